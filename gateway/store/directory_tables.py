"""Peers, partners and their history as tables: the half of the directory's port that is common SQL."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from gateway.store import encoding
from gateway.store.columns import Fetched, moment, stamp
from gateway.store.directory_port import ChangeLine, RecordChange, RecordKind
from gateway.store.port import Topic
from gateway.store.verbs import Statement, Verbs
from gateway.workflow.partners import Partner, Peer

PEERS = "SELECT body FROM peers ORDER BY id"
SEED_PEER = "INSERT INTO peers (id, body) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING"
PARTNERS = "SELECT body FROM partners ORDER BY id"
SEED_PARTNER = "INSERT INTO partners (id, body) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING"
VERSION = "SELECT version FROM directory_version WHERE id = 1"
NEXT_VERSION = "UPDATE directory_version SET version = version + 1 WHERE id = 1 AND version = $1"
SAVE = {
    RecordKind.PEER: "INSERT INTO peers (id, body) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
    RecordKind.PARTNER: (
        "INSERT INTO partners (id, body) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET body = excluded.body"
    ),
}
REMOVE = {
    RecordKind.PEER: "DELETE FROM peers WHERE id = $1",
    RecordKind.PARTNER: "DELETE FROM partners WHERE id = $1",
}
KEEP_HISTORY = """
    INSERT INTO directory_history (at, changed_by, kind, record, what, before_it, after_it)
    VALUES ($1, $2, $3, $4, $5, $6, $7)"""
REMOVED = "SELECT DISTINCT kind, record FROM directory_history WHERE after_it IS NULL"
HISTORY = """
    SELECT at, changed_by, kind, record, what, before_it, after_it FROM directory_history
    WHERE kind = $1 AND record = $2 ORDER BY id DESC LIMIT $3"""

_DECODERS: dict[RecordKind, Callable[[str], Peer | Partner]] = {
    RecordKind.PEER: encoding.decode_peer,
    RecordKind.PARTNER: encoding.decode_partner,
}


class DirectoryTables(Verbs):
    """The port's DirectoryPort."""

    async def peers(self) -> tuple[Peer, ...]:
        """See the port."""
        return tuple(encoding.decode_peer(body) for (body,) in await self._fetch(PEERS))

    async def partners(self) -> tuple[Partner, ...]:
        """See the port."""
        return tuple(encoding.decode_partner(body) for (body,) in await self._fetch(PARTNERS))

    async def seed(self, peers: Iterable[Peer], partners: Iterable[Partner]) -> None:
        """See the port."""
        gone = {(kind, record) for kind, record in await self._fetch_slowly(REMOVED)}
        new_peers = [peer for peer in peers if (RecordKind.PEER, peer.id) not in gone]
        new_partners = [partner for partner in partners if (RecordKind.PARTNER, partner.id) not in gone]
        await self._load(
            (SEED_PEER, [(peer.id, encoding.encode(peer)) for peer in new_peers]),
            (SEED_PARTNER, [(partner.id, encoding.encode(partner)) for partner in new_partners]),
        )

    async def directory_version(self) -> int:
        """See the port."""
        return int((await self._fetch(VERSION))[0][0])

    async def change_directory(
        self, changes: Iterable[RecordChange], *, version: int, at: datetime, by: str, what: str
    ) -> bool:
        """See the port. Only the first statement can find nothing to change: then none of the others is run."""
        written = (statement for change in changes for statement in _statements(change, at, by, what))
        claim = (NEXT_VERSION, (version,))
        return bool(await self._change(claim, *written, *self._announcement(Topic.DIRECTORY)))

    async def directory_history(self, kind: RecordKind, record_id: str, *, limit: int) -> tuple[ChangeLine, ...]:
        """See the port."""
        return tuple(map(_change_line, await self._fetch(HISTORY, kind.value, record_id, limit)))


def _statements(change: RecordChange, at: datetime, by: str, what: str) -> Iterator[Statement]:
    kind, record = change.kind, change.record
    before, after = (None if each is None else encoding.encode(each) for each in (change.before, change.after))
    if after is None:
        yield REMOVE[kind], (record.id,)
    else:
        yield SAVE[kind], (record.id, after)
    yield KEEP_HISTORY, (stamp(at), by, kind.value, record.id, what, before, after)


def _change_line(row: Fetched) -> ChangeLine:
    at, by, kind_name, record, what, before, after = row
    kind = RecordKind(kind_name)
    decode = _DECODERS[kind]
    return ChangeLine(
        at=moment(at),
        by=by,
        kind=kind,
        id=record,
        what=what,
        before=None if before is None else decode(before),
        after=None if after is None else decode(after),
    )
