"""What those who take part in a month know of it and of each other."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

import msgspec

from bench.month.agenda import Agenda
from bench.month.expected import Right
from bench.month.house import House
from bench.month.truth import Ask, OrderTruth, Truth
from gateway.desk.structs.acts import ActBody
from gateway.iso18626 import messages as iso
from gateway.workflow.records import Request
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import StaffAction


class Fetch(msgspec.Struct, kw_only=True):
    """A book that a branch was asked for: looks at the shelf, and when it went and came."""

    looks: int = 0
    sent_at: datetime | None = None
    here_at: datetime | None = None
    found_none: bool = False


class StaffPart(Protocol):
    """Whoever works for the library, as the others see them."""

    @property
    def fetches(self) -> Mapping[tuple[str, str], Fetch]:
        """What branches were asked for, by request and barcode."""

    def is_needed(self, kind: TaskKind, request: Request) -> bool:
        """Whether a person had to do what a task asks for."""

    def is_on_its_way(self, request: str, barcode: str) -> bool:
        """Whether a book was sent to the desk and has not gone on from there."""

    def on_shelf(self, request: Request) -> None:
        """The customer comes for it, and brings it back."""

    def change_date(self, barcode: str, due_at: datetime) -> None:
        """Set another due date in the ILS."""

    async def do(self, request: str, action: StaffAction, body: ActBody = ..., *, decides: bool = True) -> bool:
        """Do an act; whether it was taken."""

    async def parcel_back(self, number: str) -> None:
        """A partner's parcel has come."""

    async def parcel_for_us(self, number: str, order: OrderTruth) -> None:
        """A lender's parcel has come."""


class TallyPart(Protocol):
    """What is counted, as the others see it."""

    requests: dict[str, Request]
    by_partner: dict[str, Request]
    decisions: dict[str, list[str]]
    trouble: set[str]
    unknown_scans: int
    refused: Counter[str]

    def answered(self, ask: Ask, message: iso.SupplyingAgencyMessage) -> None:
        """A partner has heard something."""

    def asked(self, order: OrderTruth, lender: str) -> None:
        """A lender was asked."""

    def command(self, request: str | None, what: str, *, decides: bool) -> None:
        """Staff have done something."""

    def right_of(self, number: str) -> Right:
        """The right answer to a partner's request."""


class Month(Protocol):
    """The month, as everybody in it sees it."""

    world: Truth
    house: House
    agenda: Agenda
    asks: dict[str, Ask]
    numbers: dict[str, int]
    placing: int

    @property
    def days(self) -> int:
        """How many it has, with those in which what was begun ends."""

    @property
    def staff(self) -> StaffPart:
        """Whoever works for the library."""

    @property
    def tally(self) -> TallyPart:
        """What is counted."""

    def now(self) -> datetime:
        """The present moment."""

    def order_of(self, number: str) -> OrderTruth:
        """The order behind a request of ours, by its number or that of an attempt."""

    def is_given_up(self, order: int) -> bool:
        """Whether the customer was told that it can't be had."""

    def in_office(self, at: datetime) -> datetime:
        """At that moment where it is in office hours, else at the next one's beginning."""
