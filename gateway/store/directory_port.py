"""The part of the port that is about who we know: peers and partners, and every change of them.

A change is one transaction of any number of records, each with a line of history: who, when, what, before and after.
Whoever changes says which version of the whole it had read, so that what was checked against the other records (whose
symbol is whose) still holds when it is written.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec

from gateway.workflow.partners import Partner, Peer


class RecordKind(StrEnum):
    """What a record is of."""

    PEER = "peer"
    PARTNER = "partner"


class RecordChange(msgspec.Struct, frozen=True, kw_only=True):
    """One record made (`before` is None), changed, or removed (`after` is None); one of the two is there."""

    before: Peer | Partner | None = None
    after: Peer | Partner | None = None

    @property
    def record(self) -> Peer | Partner:
        """The newer of the two."""
        record = self.after if self.after is not None else self.before
        assert record is not None, "a change has a record"
        return record

    @property
    def kind(self) -> RecordKind:
        """What it is of."""
        return RecordKind.PEER if isinstance(self.record, Peer) else RecordKind.PARTNER


class ChangeLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the history of a record. It holds no secret, for the record holds none."""

    at: datetime
    by: str
    kind: RecordKind
    id: str
    what: str
    before: Peer | Partner | None
    after: Peer | Partner | None


class DirectoryPort(Protocol):
    """What the gateway asks of its store about peers and partners. Every method may raise StoreUnavailable."""

    async def peers(self) -> tuple[Peer, ...]:
        """Every peer, by id."""

    async def partners(self) -> tuple[Partner, ...]:
        """Every partner, by id."""

    async def seed(self, peers: Iterable[Peer], partners: Iterable[Partner]) -> None:
        """Write those that were never there; what is there stays as it was edited, what was removed stays away."""

    async def directory_version(self) -> int:
        """How often peers or partners were changed; read before the records, it says whether they are still the newest."""

    async def change_directory(
        self, changes: Iterable[RecordChange], *, version: int, at: datetime, by: str, what: str
    ) -> bool:
        """Write all of them with their history, and tell other gateways; False, and nothing is written, at another version."""

    async def directory_history(self, kind: RecordKind, record_id: str, *, limit: int) -> tuple[ChangeLine, ...]:
        """What was done to a record, newest first."""
