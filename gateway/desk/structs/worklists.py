"""A worklist as its page shows it: filtered, in its order, with what can be done to what is chosen of it."""

from datetime import datetime
from typing import Annotated

import msgspec

from gateway.desk.structs.common import Barcode
from gateway.desk.structs.lists import DAYS_AHEAD, ListName
from gateway.desk.structs.papers import PrintQuery
from gateway.desk.structs.search import AgeRange, FacetShown, MarkedAs, Value
from gateway.desk.structs.sheet import FormField, SheetMark, line_of
from gateway.workflow.meaning import ActFlag
from gateway.workflow.records import Role, State
from gateway.workflow.triggers import StaffAction


class WorklistQuery(PrintQuery, frozen=True, kw_only=True):
    """Which part of a list: one of the values of each field that has any; and how it is printed."""

    partner: tuple[Value, ...] = ()
    branch: tuple[Value, ...] = ()
    flag: tuple[MarkedAs, ...] = ()
    age: tuple[AgeRange, ...] = ()
    whose: tuple[Value, ...] = ()
    days: Annotated[int, msgspec.Meta(ge=0, le=366)] = DAYS_AHEAD
    """How far `due` looks."""
    only: Annotated[tuple[Annotated[str, msgspec.Meta(max_length=64)], ...], msgspec.Meta(max_length=200)] = ()
    """These requests alone are printed."""
    after: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    """The `next` of the page before."""
    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 100


class WorkRow(msgspec.Struct, frozen=True, kw_only=True):
    """One item of a list, in words."""

    request: str
    seen: int
    """The version that is shown, as `seen` of an act has it."""
    seen_in: State
    state: str
    step: StaffAction | None
    """Its next step, if it is the desk's to take."""
    since: datetime
    partner: str | None
    title: str | None
    author: str | None
    item_barcode: Barcode | None
    branch: str | None
    call_number: str | None
    due_at: datetime | None
    assigned_to: str | None
    marks: tuple[SheetMark, ...]
    printed_at: datetime | None = None
    """When its paper was last sent to print."""
    printed_by: str | None = None


class ListAct(msgspec.Struct, frozen=True, kw_only=True):
    """What can be done to several requests at once: its button, what it does, and who hears of it."""

    action: StaffAction
    name: str
    does: str
    tells: str | None
    flags: tuple[ActFlag, ...]
    """What it says of itself on its button, in whichever of the list's states."""
    asks: bool
    """A person is asked whether it is meant, in one of these states at least."""
    elsewhere: tuple[str, ...] = ()
    """Where it does something else, or others hear of it: in which state, and what."""
    reason: FormField | None = None
    """The reason that it asks for."""

    @property
    def line(self) -> str:
        """What it does, and who hears of it."""
        return " ".join((line_of(self.does, self.tells), *self.elsewhere))

    @property
    def at_once(self) -> bool:
        """Whether one press does it: nothing has to be filled in, and nobody is asked."""
        return not self.asks and self.reason is None


class Worklist(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a list."""

    list: ListName
    role: Role
    words: str
    rows: tuple[WorkRow, ...]
    next: str | None
    count: int
    """Requests, on all pages."""
    facets: tuple[FacetShown, ...]
    acts: tuple[ListAct, ...]
    """The next steps of all states that its requests can be in, whether one is or not, and what can be done in any."""
