"""The audit chain: whether history is what it was when it was sealed."""

from datetime import datetime
from typing import Annotated

import msgspec


class AuditFault(msgspec.Struct, frozen=True, kw_only=True):
    """Where the chain and history differ."""

    entry: int | None
    """The line of history; None: a seal or a purge as a whole."""
    words: str


class AuditShown(msgspec.Struct, frozen=True, kw_only=True):
    """What a look at the whole chain came to."""

    seals: int
    lines: int
    """Lines of history that are sealed, those that were purged since among them."""
    unsealed: int
    """Lines that are not sealed yet: those of the last minutes."""
    head: str
    """Compare it with one that was kept elsewhere: in a log, in a back-up's manifest."""
    sealed_at: datetime | None
    faults: tuple[AuditFault, ...]
    erased: int
    purged: int
    knows_head: bool | None
    """Whether the head that was asked about is one of the chain's; None if none was."""
    book_seals: int
    book_lines: int
    """Sealed lines of what is written once beside history: of bills, lenders' invoices, both ledgers, partners and peers, policies."""
    book_unsealed: int
    restored_at: datetime | None
    """When the store was brought back to an earlier time, for the last time; None if it never was. A head from between the two is not one of the chain's."""
    restored_to: datetime | None
    """That earlier time; None if it is not known."""
    time_zone: str = ""
    """The library's, in which people read these times."""


class AuditProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far the look that was begun last is, of those that go on in the gateway that answers."""

    going: bool
    """Whether one goes on."""
    line: int
    """The line of history that it has reached."""
    newest: int
    """The line with which it ends; the books follow."""


class VerifyBody(msgspec.Struct, frozen=True, kw_only=True):
    """A head that was kept elsewhere, if there is one."""

    head: Annotated[str, msgspec.Meta(max_length=64)] = ""


class EraseBody(msgspec.Struct, frozen=True, kw_only=True):
    """Why the words of a line of history are erased."""

    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=500)]
