"""How long branches take: the settings first, then what was learned, read anew now and then."""

from datetime import timedelta

import msgspec

from gateway.dispatch.fetch_book import FRESH_S, FetchBook
from gateway.workflow import fetching
from gateway.workflow.calendar import Calendars
from gateway.workflow.records import CopyStatus, Request, State
from tests.fakes.clock import FakeTime
from tests.workflow.builders import copy, item, request


class Supplied:
    """A store that has these requests."""

    def __init__(self, *requests: Request) -> None:
        self.requests = requests
        self.asked = 0

    async def fetched(self, **_which: object) -> tuple[Request, ...]:
        self.asked += 1
        return self.requests


def brought(at: FakeTime) -> Request:
    promised = at.now() - timedelta(days=2)
    made = request(State.LOANED, items=(item(1),))
    return msgspec.structs.replace(made, promised_at=promised, at_desk_at=promised + timedelta(days=1))


def book(store: Supplied, time: FakeTime, **as_set: int) -> FetchBook:
    return FetchBook(store=store, time=time, calendars=Calendars(), as_set=as_set)  # type: ignore[arg-type]


async def test_what_was_learned_is_kept_for_a_while():
    time = FakeTime()
    store = Supplied(*[brought(time)] * 6)
    known = book(store, time)
    assert (await known.of_branches())[item(1).copy.branch].nearly_all == 1
    await known.of_branches()
    assert store.asked == 1
    await time.advance(FRESH_S)
    await known.of_branches()
    assert store.asked == 2


async def test_the_settings_count_before_what_was_learned():
    time = FakeTime()
    branch = item(1).copy.branch
    known = await book(Supplied(*[brought(time)] * 6), time, **{branch: 3}).of_branches()
    assert (known[branch].mostly, known[branch].nearly_all) == (3, 3)
    assert known[branch].words.startswith("3 open days by the settings, in place of what is learned: of 6 books")


async def test_the_policy_counts_before_the_settings_and_can_be_taken_back():
    time, said = FakeTime(), {item(1).copy.branch: 1}
    known = FetchBook(
        store=Supplied(),  # type: ignore[arg-type]
        time=time,
        calendars=Calendars(),
        as_set={item(1).copy.branch: 3},
        by_policy=lambda: said,
    )
    assert (await known.of_branches())[item(1).copy.branch].nearly_all == 1
    said.clear()
    assert (await known.of_branches())[item(1).copy.branch].nearly_all == 3


async def test_a_copy_of_a_branch_that_has_brought_nothing_says_so():
    (timed,) = await book(Supplied(), FakeTime()).timed((CopyStatus(copy=copy(1), status="03"),))
    assert timed.fetching is fetching.UNKNOWN
