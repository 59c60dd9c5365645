"""What there is to do now: how much of each kind, and how our neighbours are."""

from collections.abc import Iterable

from gateway.desk.ports import Desk
from gateway.desk.structs.lists import ABOUT, DAYS_AHEAD, ListName
from gateway.desk.structs.today import Health, Neighbour, Work
from gateway.desk.times import days_ahead
from gateway.desk.views import LISTS
from gateway.desk.waiting import whom
from gateway.dispatch.planning import PEER_LANE
from gateway.store.register_port import StateCount


async def count_work(desk: Desk) -> Work:
    """Return how much of each kind there is to do."""
    now = desk.now()
    states = await desk.store.register.count_open(now, days_ahead(now, DAYS_AHEAD, desk.zone))
    return Work(
        lists={name: _count(name, states) for name in ListName},
        tasks=await desk.store.count_tasks(),
        health=await _health(desk),
    )


def _count(name: ListName, states: Iterable[StateCount]) -> int:
    rule, role = LISTS[name], ABOUT[name].role
    return sum(rule.counted(each) for each in states if each.role == role and each.state in rule.states)


async def _health(desk: Desk) -> Health:
    now, depths = desk.now(), {depth.lane: depth.depth for depth in await desk.store.depths(desk.now())}
    away = tuple(
        Neighbour(
            name=whom(backoff.lane),
            since=backoff.since,
            words=backoff.words,
            waiting=depths.get(backoff.lane, 0),
            next_at=max(backoff.until, now),
        )
        for backoff in await desk.store.backoffs()
        if backoff.lane.startswith(PEER_LANE)
    )
    return Health(acs_trouble=desk.acs_status().trouble, away=away)
