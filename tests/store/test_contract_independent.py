"""The contract of the port, on both stores: each figure is what plain SQL and a few lines beside it count over the history, and not over facts."""

from datetime import timedelta
from typing import Any, cast

import pytest

from gateway.reports.catalogue import BY_NAME
from gateway.store.port import Store
from gateway.workflow.figures import Direction, FaultCount
from gateway.workflow.partners import Partner
from gateway.workflow.records import State
from tests.fakes.examples import share_of
from tests.reports.made_up import ways
from tests.store.recounted import came, filled_for_customers, legs, partners, supplied
from tests.store.recounted_answers import by_itself, copies_counted, reasons_of_lenders, reasons_of_ours, trusted
from tests.store.test_contract_facts import (
    SEEDS,
    acts,
    filled,
    how_long_it_took,
    lived,
    noes,
    provided_and_received,
    rows_of,
    whole,
)


@pytest.mark.parametrize("seed", share_of(SEEDS))
async def test_what_is_counted_is_what_plain_sql_counts_over_the_history(store: Store, seed: int) -> None:
    await lived(store, seed)
    await provided_and_received(store)
    await filled(store)
    await how_long_it_took(store)
    await noes(store)
    await acts(store)
    await came(store)
    await supplied(store)
    await filled_for_customers(store)
    await legs(store)
    await partners(store)
    await by_itself(store)
    await trusted(store)
    await reasons_of_ours(store)
    await reasons_of_lenders(store)
    await copies_counted(store)


def test_made_up_histories_have_in_them_what_is_hard_to_count() -> None:
    """Sets, what the gateway answered and staff answered anew, noes one after the other, what was lost on its way and paid for."""
    lived_by = [[change for change in way.changes if change.request] for seed in SEEDS for way in ways(seed, 24)]
    states = [[change.request.state.value for change in changes if change.request] for changes in lived_by]
    sets = [way[-1].request for way in lived_by if way[-1].request and len(way[-1].request.items) > 1]
    assert sum(request.state in {State.LOANED, State.COMPLETED, State.COPY_COMPLETED} for request in sets) > 3
    assert sum(way[:3] == ["searching", "unfilled", "deciding"] for way in states) > 3
    assert sum(way.count("unfilled") > 2 for way in states) > 0
    assert sum("unfilled" in way and "retry possible" in way for way in states) > 1
    assert sum(way[-2:] == ["lost", "completed"] and "receiving" not in way for way in states) > 3


async def test_failed_exchanges_stand_beside_each_partner_of_their_system(store: Store) -> None:
    """All tries of the period, both ways; not those of another system, nor of another time."""

    class WithPartners:
        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

        async def partners(self) -> tuple[Partner, ...]:
            peers = {"valley": "hub", "hill": "hub", "branch-1": "own", "far": "quiet"}
            return tuple(Partner(id=name, name=name, peer=peer) for name, peer in peers.items())

    period = whole()
    days = {"hub": (period.first, period.last), "own": (period.last,), "quiet": (period.first - timedelta(days=1),)}
    await store.add_faults(
        FaultCount(peer=peer, day=day, direction=direction, fault="too_many", count=3)
        for peer, those in days.items()
        for day in those
        for direction in Direction
    )
    (rows,) = await rows_of(cast("Store", WithPartners()), BY_NAME["partners"], [period])
    assert {row.name: row.cells[8] for row in rows if not row.is_total} == {"valley": 12, "hill": 12, "branch-1": 6}
