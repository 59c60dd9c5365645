"""What there is to do now: how much of each kind, what of it presses, and how our neighbours are."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from gateway.desk.facets import MARKS
from gateway.desk.ports import Desk
from gateway.desk.search import day_began
from gateway.desk.structs.lists import ABOUT, DAYS_AHEAD, ListName
from gateway.desk.structs.sheet import SheetMark
from gateway.desk.structs.today import Awaited, Card, Health, Neighbour, TaskGroup, Undelivered, Workload
from gateway.desk.times import days_ahead
from gateway.desk.views import LISTS
from gateway.desk.waiting import library_or_system
from gateway.dispatch.planning import PEER_LANE
from gateway.store.columns import moment
from gateway.store.port import BackOff, Store
from gateway.store.register_port import Facet, Flag, RequestsFound, Sort, Sought, StateCount
from gateway.store.tasks_port import Claimed
from gateway.workflow.partners import OurLibrary, Partner
from gateway.workflow.records import Role, State
from gateway.workflow.tasks import TaskKind

CARDS: Final = (
    ("To fetch from the shelf", ListName.PULL),
    ("Arrived, to ship", ListName.TO_SHIP),
    ("On its way here", ListName.TO_RECEIVE),
    ("To send back", ListName.TO_SEND_BACK),
)
"""What is walked for first, with its list."""
AWAITED: Final = (
    ("Parcels that we sent back, and the lender has not confirmed", ListName.SENT_BACK),
    ("Books of ours that should be back", ListName.OVERDUE),
)
"""What others have to do next, with its list; what is on its way here is walked for."""
_BRANCHES_MOST: Final = 3
_COUNTED: Final = (Facet.BRANCH, Facet.FLAG)
"""What cards say of a list; to count the requests of three hundred partners for each of five takes a millisecond."""
_PRESSING: Final[Mapping[str, str]] = {
    Flag.RUSH: "rush",
    Flag.LATE: "late",
    Flag.TASK: "with a task",
    Flag.UNREAD: "unread",
}
"""What is said of it, the most pressing first. A copy that should be at the desk by now has a task: its clock is amber."""


async def count_work(desk: Desk) -> Workload:
    """Return how much of each kind there is to do, and how our neighbours are."""
    return Workload(
        lists=await count_lists(desk),
        tasks=await desk.store.count_tasks(),
        health=await _health(desk),
        held=await desk.store.recovery.current() is not None,
        reads_only=desk.store.reads_only,
    )


async def count_lists(desk: Desk) -> Mapping[ListName, int]:
    """Return how many requests stand in each list."""
    now = desk.now()
    until = days_ahead(now, DAYS_AHEAD, desk.zone)
    states = await desk.store.register.count_open(now, today=day_began(desk), until=until)
    return {name: _count(name, states) for name in ListName}


def _count(name: ListName, states: Iterable[StateCount]) -> int:
    rule, role = LISTS[name], ABOUT[name].role
    return sum(rule.counted(each) for each in states if each.role == role and each.state in rule.states)


async def show_cards(desk: Desk, work: Workload) -> tuple[Card, ...]:
    """Return what is walked for first: requests to answer, and the lists of the day."""
    lists = [_open_in(desk, ABOUT[name].role, LISTS[name].states) for _, name in CARDS]
    asked = (_open_in(desk, Role.LENDING, (State.DECIDING,)), *lists)
    deciding, *found = await desk.store.register.open_each(asked, Sort.WAITING, counted=_COUNTED)
    cards = [_card(desk.library, words, name, work, of) for (words, name), of in zip(CARDS, found, strict=True)]
    return (await _to_answer(desk.store, work, deciding), *cards)


async def group_tasks(desk: Desk, work: Workload) -> tuple[TaskGroup, ...]:
    """Return the open tasks by kind, the kind that waits longest first."""
    oldest = await desk.store.oldest_tasks()
    groups = [
        TaskGroup(kind=kind, count=work.tasks[kind], since=at) for kind, at in oldest.items() if kind in work.tasks
    ]
    return tuple(sorted(groups, key=lambda group: group.since))


def awaited(work: Workload) -> tuple[Awaited, ...]:
    """Return what others have to do next, if there is any."""
    return tuple(Awaited(words=words, count=count, list=name) for words, name in AWAITED if (count := work.lists[name]))


async def _to_answer(store: Store, work: Workload, found: RequestsFound) -> Card:
    oldest = await store.page_of_tasks([TaskKind.ANSWER], Claimed.ALL, me="", after=0, limit=1)
    return Card(
        words="Requests to answer",
        count=work.tasks.get(TaskKind.ANSWER, 0),
        list=None,
        kind=TaskKind.ANSWER,
        since=oldest[0].opened_at if oldest else None,
        marks=tuple(_marks(found, besides=Flag.TASK)),
    )


def _card(library: OurLibrary, words: str, name: ListName, work: Workload, found: RequestsFound) -> Card:
    longest = next((line.state_since for line in found.lines), None)
    return Card(
        words=words,
        count=work.lists[name],
        list=name,
        since=None if longest is None else moment(longest),
        branches=_branches(library, found.counts.get(Facet.BRANCH, {})) if name is ListName.PULL else (),
        marks=tuple(_marks(found)),
    )


def _open_in(desk: Desk, role: Role, states: Iterable[State]) -> Sought:
    """Ask for what is open in these states: the one that waits longest, and the counts of all."""
    values = {Facet.ROLE: frozenset({role.value}), Facet.STATE: frozenset(state.value for state in states)}
    return Sought(values=values, now=desk.now(), today=day_began(desk))


def _marks(found: RequestsFound, besides: Flag | None = None) -> Iterator[SheetMark]:
    counts = found.counts.get(Facet.FLAG, {})
    for flag, words in _PRESSING.items():
        if flag != besides and (count := counts.get(flag)):
            yield SheetMark(words=f"{count:,} {words}", colour=MARKS[flag].colour)


def _branches(library: OurLibrary, counts: Mapping[str, int]) -> tuple[str, ...]:
    """Say how many stand where, the most first; of several branches alone."""
    if len(counts) < 2:  # noqa: PLR2004 - one place needs no telling
        return ()
    most = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    named = [f"{count:,} {library.branches.get(code, code) or 'no branch'}" for code, count in most[:_BRANCHES_MOST]]
    others = sum(count for _, count in most[_BRANCHES_MOST:])
    return (*named, f"{others:,} elsewhere") if others else tuple(named)


async def _health(desk: Desk) -> Health:
    backoffs = await _left_alone(desk.store)
    partners = await desk.store.partners() if backoffs else ()
    return Health(
        acs_trouble=desk.circulation.status().trouble,
        away=tuple([await _neighbour(desk, backoff, partners) for backoff in backoffs]),
    )


async def show_undelivered(desk: Desk) -> tuple[Undelivered, ...]:
    """Return what failed for partners who are not left alone: the first failure blames nobody yet, and is shown all the same."""
    left_alone = set(map(_lane, await _left_alone(desk.store)))
    lanes = [
        lane for lane in await desk.store.lanes() if lane and lane.startswith(PEER_LANE) and lane not in left_alone
    ]
    failing = await desk.store.failing(lanes)
    partners = await desk.store.partners() if failing else ()
    return tuple(
        Undelivered(to=library_or_system(each.lane, partners), since=each.since, next_at=max(each.until, desk.now()))
        for each in failing
    )


async def _left_alone(store: Store) -> list[BackOff]:
    return [backoff for backoff in await store.backoffs() if backoff.lane.startswith(PEER_LANE)]


async def _neighbour(desk: Desk, backoff: BackOff, partners: Sequence[Partner]) -> Neighbour:
    return Neighbour(
        name=library_or_system(backoff.lane, partners),
        since=backoff.since,
        words=backoff.words,
        waiting=await desk.store.count_waiting(_lane(backoff)),
        shares_lane=backoff.lane != _lane(backoff),
        next_at=max(backoff.until, desk.now()),
    )


def _lane(backoff: BackOff) -> str:
    """Return whose lane a back-off is about: what a library behind a system is stored under begins with that system's lane."""
    return backoff.lane.partition(" ")[0]
