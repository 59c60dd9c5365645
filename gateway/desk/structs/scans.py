"""Scans: what is scanned and how it is meant, what it came to, and the cart that it stands in."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from gateway.desk.structs.papers import CartLine
from gateway.workflow.records import Role, State
from gateway.workflow.triggers import StaffAction

UNDO_S = 60.0
"""How long what a scan did can be undone."""
Id = Annotated[str, msgspec.Meta(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9_.-]+$")]


class ScanMode(StrEnum):
    """What a scan is to do; all but the first pin it, for a cart of books with the same step."""

    NEXT = "next"
    """The step of the state that the request is in."""
    ARRIVE = "arrive"
    SHIP = "ship"
    CHECK_IN = "check-in"
    RECEIVE = "receive"
    SEND_BACK = "send-back"
    LOOK = "look"
    """Nothing: say what it is and where it stands."""


class ScanBody(msgspec.Struct, frozen=True, kw_only=True):
    """A scan."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    """Our number, the other library's, an item's barcode or one of the pool, a customer's card, an ISBN, or words; as scanned."""
    mode: ScanMode = ScanMode.NEXT
    key: Annotated[str, msgspec.Meta(min_length=8, max_length=64)] | None = None
    """One-use, made up by the caller: the same scan sent again, as after a lost answer, does nothing more."""
    cart: Id | None = None
    """Which cart; the one into which the caller has scanned last, if it is left out."""
    act: StaffAction | None = None
    """This, in place of the step: one of the offers of the scan before."""
    again: bool = False
    """It is meant although the same code was scanned a moment ago."""
    seen_in: State | None = None
    """The state in which that was offered; if it would do something else by now, it is refused."""
    seen: Annotated[int, msgspec.Meta(ge=0)] | None = None
    """The version of the request of which that was offered; if another person has acted on it since, it is refused."""
    sure: bool = False
    """The item is meant although it has another title than the request."""


class UndoBody(msgspec.Struct, frozen=True, kw_only=True):
    """A scan that is to be undone."""

    seen: Annotated[int, msgspec.Meta(ge=0)] | None = None
    """The version of the request of which the scan was shown; if another person has acted on it since, it is refused."""


class ScanOffer(msgspec.Struct, frozen=True, kw_only=True):
    """Something that can be done next, by its number key."""

    key: int
    name: str
    """What stands on the button."""
    words: str
    """What it does, and who hears of it; of a request, where it stands."""
    request: str
    act: StaffAction | None = None
    """None: look at the request."""
    sure: bool = False


class Scanned(msgspec.Struct, frozen=True, kw_only=True):
    """What a scan came to, in one line: `said`."""

    scan: str
    cart: str
    at: datetime
    result: str
    """done, look (a person must), or stop (nothing was done): each has its sound."""
    said: str
    word: str
    """The same in a word."""
    open: bool
    """The circulation system has not answered yet: ask again."""
    repeated: bool = False
    """It was scanned a moment ago: this is what came of that, and nothing more was done."""
    request: str | None = None
    role: Role | None = None
    state: State | None = None
    seen: int | None = None
    """The request's version, as `seen` of what is offered, or undone, has it; in a cart of what is under way, or can be undone."""
    title: str | None = None
    item: str | None = None
    act: StaffAction | None = None
    """What it did."""
    undo_until: datetime | None = None
    """None: it can't be undone, or no more."""
    undone: bool = False
    offers: tuple[ScanOffer, ...] = ()
    search: str | None = None
    """What was scanned or typed, where no open request has it: one that has ended may, or it is to be ordered. Kept nowhere."""


class CartShown(msgspec.Struct, frozen=True, kw_only=True):
    """What was scanned into a cart, newest first, and its papers."""

    cart: str
    scans: tuple[Scanned, ...]
    done: int
    look: int
    stop: int
    papers: tuple[CartLine, ...]
    """Those of what was done, in the order in which it was scanned: as `POST papers` takes them."""
