"""What there is to do now: how much of each kind, and how our neighbours are."""

from collections.abc import Iterable

from gateway.desk.ports import Desk
from gateway.desk.search import day_began
from gateway.desk.structs.lists import ABOUT, DAYS_AHEAD, ListName
from gateway.desk.structs.today import Health, Neighbour, Work
from gateway.desk.times import days_ahead
from gateway.desk.views import LISTS
from gateway.desk.waiting import whom
from gateway.dispatch.planning import PEER_LANE
from gateway.store.port import BackOff
from gateway.store.register_port import StateCount


async def count_work(desk: Desk) -> Work:
    """Return how much of each kind there is to do."""
    now = desk.now()
    until = days_ahead(now, DAYS_AHEAD, desk.zone)
    states = await desk.store.register.count_open(now, today=day_began(desk), until=until)
    return Work(
        lists={name: _count(name, states) for name in ListName},
        tasks=await desk.store.count_tasks(),
        health=await _health(desk),
        held=await desk.store.recovery.current() is not None,
    )


def _count(name: ListName, states: Iterable[StateCount]) -> int:
    rule, role = LISTS[name], ABOUT[name].role
    return sum(rule.counted(each) for each in states if each.role == role and each.state in rule.states)


async def _health(desk: Desk) -> Health:
    backoffs = [backoff for backoff in await desk.store.backoffs() if backoff.lane.startswith(PEER_LANE)]
    away = [await _away(desk, backoff) for backoff in backoffs]
    return Health(acs_trouble=desk.acs_status().trouble, away=tuple(away))


async def _away(desk: Desk, backoff: BackOff) -> Neighbour:
    return Neighbour(
        name=whom(backoff.lane),
        since=backoff.since,
        words=backoff.words,
        waiting=await desk.store.count_waiting(backoff.lane),
        next_at=max(backoff.until, desk.now()),
    )
