"""A store in which two years of made-up requests have happened, and are counted."""

from gateway.dispatch.bookkeeping import Bookkeeper
from gateway.reports.folding import House
from gateway.store.sqlite import SqliteStore
from tests.fakes.clock import FakeTime
from tests.reports.made_up import OWN, by_time, ways


async def two_years(store: SqliteStore) -> None:
    for change in by_time(ways(7, 40)):
        await store.commit(change)
    await Bookkeeper(store, lambda: House(own=frozenset({OWN})), FakeTime()).catch_up()
