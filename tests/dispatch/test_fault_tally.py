"""Failed exchanges are counted in memory and kept by day."""

from datetime import timedelta

from gateway.dispatch.fault_tally import FaultTally
from gateway.iso18626.codes import ErrorType
from gateway.iso18626.exchange import Exchange, Result
from gateway.workflow.figures import Direction
from gateway.workflow.partners import STRANGER
from tests.dispatch.house import House

OK = Exchange(result=Result.OK, peer="hub", latency_s=0.1)
ERROR = Exchange(result=Result.ERROR, peer="hub", error_type=ErrorType.UNRECOGNISED_DATA_VALUE, latency_s=0.1)
LOST = Exchange(result=Result.NOT_DELIVERED, peer="hub", latency_s=0.1)


async def test_what_failed_is_counted_by_peer_day_direction_and_fault(house: House):
    tally, today = FaultTally(house.store, house.time.now), house.time.now().date()
    for exchange in (OK, ERROR, ERROR):
        tally.count(Direction.IN, exchange)
    tally.count(Direction.OUT, LOST)
    await tally.write()
    await house.time.advance(timedelta(days=1).total_seconds())
    tally.count(Direction.OUT, LOST)
    await tally.write()
    await tally.write()
    kept = await house.store.faults("hub", first=today, last=today + timedelta(days=1))
    assert [(each.day, each.direction, each.fault, each.count) for each in kept] == [
        (today, Direction.IN, "UnrecognisedDataValue", 2),
        (today, Direction.OUT, "not_delivered", 1),
        (today + timedelta(days=1), Direction.OUT, "not_delivered", 1),
    ]


async def test_callers_that_nobody_knows_are_not_counted(house: House):
    tally = FaultTally(house.store, house.time.now)
    for peer in (None, "", STRANGER):
        tally.count(Direction.IN, Exchange(result=Result.NOT_ALLOWED, peer=peer, latency_s=0.1))
    assert not tally._counts


async def test_counts_outlast_a_store_that_is_gone(house: House):
    tally = FaultTally(house.store, house.time.now)
    tally.count(Direction.OUT, LOST)
    await house.store.close()
    await tally.write()
    assert sum(tally._counts.values()) == 1
