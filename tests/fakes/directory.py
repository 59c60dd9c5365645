"""Peers and partners as they are to stand in a store, without the checks of the API."""

from datetime import UTC, datetime

from gateway.store.directory_port import RecordChange
from gateway.store.port import Store
from gateway.workflow.partners import Partner, Peer

AT = datetime(2026, 10, 28, 9, 0, tzinfo=UTC)


async def put(store: Store, *records: Peer | Partner) -> None:
    """Keep the records, in place of those with their ids."""
    version = await store.directory_version()
    known: dict[tuple[type, str], Peer | Partner] = {}
    known |= {(Peer, peer.id): peer for peer in await store.peers()}
    known |= {(Partner, partner.id): partner for partner in await store.partners()}
    changes = [RecordChange(before=known.get((type(record), record.id)), after=record) for record in records]
    assert await store.change_directory(changes, version=version, at=AT, by="test", what="put")
