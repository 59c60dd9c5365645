"""What there is to do now: how much of each kind, the oldest tasks, and how our neighbours are."""

from collections.abc import Iterable

from gateway.desk.access import Caller
from gateway.desk.ports import Desk
from gateway.desk.structs.lists import ABOUT, DAYS_AHEAD, ListName
from gateway.desk.structs.today import Health, Neighbour, Today, Work
from gateway.desk.times import days_ahead
from gateway.desk.views import LISTS
from gateway.desk.waiting import whom
from gateway.dispatch.planning import PEER_LANE
from gateway.store.register_port import StateCount

TASKS_SHOWN = 10


async def show_today(desk: Desk, _caller: Caller) -> Today:
    """Return what to do now: the oldest tasks, the number of requests in each list, and who does not answer."""
    tasks = (await desk.store.tasks())[:TASKS_SHOWN]
    titles = {}
    for number in {task.request for task in tasks if task.request}:
        request = await desk.store.request(number)
        if request is not None and request.wanted.title:
            titles[number] = request.wanted.title
    return Today(work=await count_work(desk), tasks=tasks, titles=titles)


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
