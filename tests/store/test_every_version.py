"""A store of every schema version that there was is carried forward, with what is in it, on both databases."""

import msgspec
import pytest

from gateway.store.factory import open_store
from gateway.store.port import DatabaseTooNew
from tests.store.outside import run
from tests.store.then import NEWEST, know, lay_version
from tests.store.values import creation, request, step

COLUMNS = "id, role, state, version, peer, partner, requesting_agency_key, partner_request_id, updated_at, search, body"


def of_then(number: int) -> str:
    """The statement that writes a request as every version since the first has had it."""
    made = request(number)
    body = msgspec.json.encode(made).decode()
    values = f"'{made.id}', 'lending', 'searching', 1, 'example-broker', 'example-valley', 'isil:zz-exval', 'EV-{number}', 1, '{made.id}'"
    return f"INSERT INTO requests ({COLUMNS}) VALUES ({values}, '{body}')"  # noqa: S608 - constants


@pytest.mark.parametrize("version", range(1, NEWEST + 1))
async def test_a_store_of_each_version_is_carried_forward(place: str, version: int) -> None:
    await lay_version(place, version)
    store = open_store(place)
    await store.open()
    try:
        await run(store, of_then(1))
        assert await store.migrate() == (version, NEWEST)
        found = await store.request("HILL-1")
        assert found == request(1)
        assert await store.register.count_open(found.updated_at, today=found.updated_at, until=found.updated_at)
        await store.commit(step(1))
        await store.commit(creation(2))
        assert await store.migrate() == (NEWEST, NEWEST)
    finally:
        await store.close()


@pytest.mark.parametrize("version", [1, NEWEST - 1])
async def test_a_program_of_an_older_version_leaves_a_newer_store_alone(
    url: str, version: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(url)
    await store.open()
    await store.migrate()
    await store.close()
    know(monkeypatch, version)
    with pytest.raises(DatabaseTooNew, match="install that version or bring back a back-up from before it"):
        await open_store(url).open()
