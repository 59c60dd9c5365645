"""A customer asks (ill.md, duty 1): what any form of intake gives becomes a request of ours, and only once.

One transaction a request; whether it may go out is looked at afterwards (`Vetting.vet`), so that nobody waits for the circulation
system. An order that was taken before, by its key, gives the request that it made.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo
from itertools import islice
from typing import Final

import msgspec

from gateway.clock import TimeSource
from gateway.dispatch.ids import BORROWING, Numbers
from gateway.dispatch.intake import Cause, Intake
from gateway.iso18626.codes import CopyrightCompliance, ServiceType
from gateway.orders.citation import Citation
from gateway.store.borrowing_port import Asked, Customer
from gateway.store.port import AlreadyExists, Store
from gateway.workflow import copyright as copyright_rules
from gateway.workflow import duplicates
from gateway.workflow.borrowing_events import CustomerAsked
from gateway.workflow.borrowing_records import Concern
from gateway.workflow.records import Request, State
from gateway.workflow.values import Money, Wanted

AT_ONCE: Final = 50
"""How many orders of a list are written together: they share durable commits, and peers' messages come between."""
NUMBER_TRIES: Final = 3


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What a customer asks for, checked. `key`: the same order twice has the same one."""

    customer: Customer
    citation: Citation
    pickup_branch: str
    level: str | None = None
    need_before: datetime | None = None
    note: str | None = None
    """For the lender; what the citation had no place for stands behind it."""
    max_cost: Money | None = None
    copyright: str | None = None
    """None: chosen by the work and its age, where a copy is wanted."""
    any_edition: bool = True
    waived: tuple[Concern, ...] = ()
    """What whoever orders it has seen, and sets aside."""
    key: str | None = None
    at_desk: bool = False
    """A person at the desk placed it, so that its time says nothing of a customer's."""

    def __repr__(self) -> str:
        """Nothing of the customer."""
        return f"Order({self.citation!r})"

    @property
    def words(self) -> str | None:
        """The note that goes to the lender."""
        return "; ".join(filter(None, (self.note, self.citation.note))) or None


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """The request that an order made, now or before."""

    request: str
    state: State
    is_new: bool
    copyright: str | None = None


class AskingRules(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, and what is added to what a form says."""

    agency: str
    """Ours, as `type:value`."""
    zone: tzinfo
    rule_of_five: copyright_rules.RuleOfFive = copyright_rules.RuleOfFive()
    max_cost: Money | None = None
    """What we pay where an order names no limit."""
    copies_to: str | None = None
    """The department's e-mail address for copies."""


class KeyUsed(Exception):  # noqa: N818 - it says what happened
    """The key was used for another order: whoever gave it twice would not get what is asked for now."""


class Asking:
    """Takes orders."""

    def __init__(self, *, store: Store, intake: Intake, time: TimeSource, rules: AskingRules) -> None:
        """Nothing is done yet."""
        self._store = store
        self._intake = intake
        self._time = time
        self._rules = rules
        self._numbers = Numbers(BORROWING)

    async def place(self, order: Order, *, by: str) -> Placed:
        """Make the order's request, or give the one that it made before. Raises KeyUsed, StoreUnavailable."""
        for _ in range(NUMBER_TRIES):
            known = await self._known(order)
            if known is not None:
                return _placed(known, is_new=False)
            try:
                return _placed(await self._begin(order, by), is_new=True)
            except AlreadyExists:
                continue  # the key was taken meanwhile, or the number was
        raise AlreadyExists(order.key or "number")

    async def place_all(self, orders: Sequence[Order], *, by: str) -> list[Placed]:
        """Take the orders of a list, in its order. Raises as `place`: what was taken until then stays, and is known again."""
        placed: list[Placed] = []
        for some in _parts(orders, AT_ONCE):
            outcomes = await asyncio.gather(*(self.place(order, by=by) for order in some), return_exceptions=True)
            for outcome in outcomes:
                if isinstance(outcome, BaseException):
                    raise outcome
                placed.append(outcome)
        return placed

    async def request_of(self, key: str) -> str | None:
        """Return the request that was made under a key."""
        return await self._store.borrowing.request_by_intake_key(key)

    async def _known(self, order: Order) -> Request | None:
        request_id = await self.request_of(order.key) if order.key else None
        request = await self._store.request(request_id) if request_id else None
        if request is None:
            return None
        customer = await self._store.borrowing.customer(request.id)
        wanted = request.borrowed.written or request.wanted
        is_same = (wanted, request.service) == (order.citation.wanted, order.citation.service)
        is_others = customer is not None and customer.barcode != order.customer.barcode
        if not is_same or (is_others and not request.borrowed.card_corrected):
            raise KeyUsed(request.id)
        return request

    async def _begin(self, order: Order, by: str) -> Request:
        at, rules, citation = self._time.now(), self._rules, order.citation
        compliance = self.compliance(order, at)
        event = CustomerAsked(
            at=at,
            by=by,
            request=self._numbers.next(at),
            agency=rules.agency,
            wanted=citation.wanted,
            pickup_branch=order.pickup_branch,
            service=citation.service,
            level=order.level,
            need_before=order.need_before,
            note=order.words,
            max_cost=order.max_cost or rules.max_cost,
            copyright=compliance,
            any_edition=order.any_edition,
            deliver_by_mail_to=rules.copies_to,
            waived=order.waived,
            at_desk=order.at_desk,
        )
        asked = Asked(
            customer=order.customer,
            works=duplicates.work_keys(citation.wanted),
            intake_key=order.key,
            copied=self._counted_as(citation.wanted, compliance, at),
        )
        return (await self._intake.begin(event, Cause(asked=asked))).request

    def compliance(self, order: Order, at: datetime) -> str | None:
        """Return the copyright compliance that the order's request carries; None for a loan."""
        citation, rules = order.citation, self._rules
        if citation.service is ServiceType.LOAN:
            return None
        day = at.astimezone(rules.zone).date()
        chosen = copyright_rules.compliance(citation.wanted, citation.service, day, rules.rule_of_five)
        return order.copyright or (chosen.code.value if chosen else None)

    def _counted_as(self, wanted: Wanted, compliance: str | None, at: datetime) -> str | None:
        """What the rule of five counts it by; it is about what is asked for under the guidelines alone."""
        if compliance != CopyrightCompliance.US_CCG:
            return None
        return copyright_rules.count_key(wanted, at.astimezone(self._rules.zone).year)


def _placed(request: Request, *, is_new: bool) -> Placed:
    return Placed(request=request.id, state=request.state, is_new=is_new, copyright=request.borrowed.copyright)


def _parts(orders: Iterable[Order], size: int) -> Iterator[list[Order]]:
    rest = iter(orders)
    while part := list(islice(rest, size)):
        yield part
