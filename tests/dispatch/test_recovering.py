"""After a restore: lenders are asked, the circulation system is compared with, and what is found is kept of each open request."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from gateway.dispatch.intake import Cause, Ruling
from gateway.dispatch.recovering import AGAIN, EVERY_S, Recoverer, turn_at, watch
from gateway.iso18626.codec import decode
from gateway.iso18626.codes import Action, ErrorType, RequestType
from gateway.iso18626.messages import RequestingAgencyMessage
from gateway.iso18626.replies import Rejected
from gateway.store.port import StoreUnavailable
from gateway.workflow.borrowing_events import LenderSaid, LenderSays, RotaMade, Sent, Unsent, Vetted
from gateway.workflow.events import AnyEvent, StaffActed
from gateway.workflow.records import State
from gateway.workflow.recovery import Agreement, Beside, Recovery
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import StaffAction
from gateway.workflow.values import Wanted
from tests.dispatch.borrowing_house import LENDERS, NUMBER, add_lenders, ask, asking, let, line
from tests.dispatch.house import ACCOUNT, House
from tests.dispatch.test_reconcile import Shelves, keep, reconciler
from tests.dispatch.working import until, working
from tests.workflow.builders import FIRST, STRANGER

S = State
LENT = "L2026-000001"


@pytest.fixture
async def shelves(house: House) -> Shelves:
    """The store has just been restored."""
    given = Shelves()
    house.acs.answers["63"] = given
    await add_lenders(house)
    return given


def recoverer(house: House) -> Recoverer:
    return Recoverer(store=house.store, intake=house.intake, reconciler=reconciler(house), time=house.time)


async def restore(house: House) -> None:
    await house.store.recovery.begin(Recovery(since=house.time.now(), why="A copy was restored."))


async def found(house: House) -> dict[str, Beside]:
    """What is kept of each request after a comparison."""
    await recoverer(house).compare()
    kept = [await house.store.recovery.compared(agreement, limit=99) for agreement in Agreement]
    return {beside.request: beside for page in kept for beside in page}


async def test_without_a_recovery_nothing_is_asked(house: House, shelves: Shelves):
    await recoverer(house).compare()
    assert shelves.asked == []


async def test_what_agrees_and_what_differs(house: House, shelves: Shelves):
    await keep(house, S.LOANED)
    await restore(house)
    assert (await found(house))[LENT].agreement is Agreement.DIFFERS
    shelves.loans[ACCOUNT] = [FIRST]
    await house.time.advance(60)
    assert (await found(house))[LENT].agreement is Agreement.AGREES


async def test_a_hold_of_nobody_may_be_of_a_request_that_is_not_answered(house: House, shelves: Shelves):
    await keep(house, S.SEARCHING, items=())
    shelves.holds[ACCOUNT] = [STRANGER]
    await restore(house)
    beside = (await found(house))[LENT]
    assert beside.agreement is Agreement.DIFFERS
    assert STRANGER in beside.words


async def test_each_partner_with_open_requests_is_a_task_for_it_can_not_be_asked(house: House, shelves: Shelves):
    await keep(house, S.LOANED)
    shelves.loans[ACCOUNT] = [FIRST]
    await restore(house)
    await found(house)
    await found(house)
    about = [
        task
        for task in await house.store.tasks(kind=TaskKind.RECONCILE)
        if task.about and task.about.startswith("partner ")
    ]
    assert len(about) == 1
    assert "is lost with the restore" in about[0].words


async def test_a_lender_is_asked_once_and_its_word_is_waited_for(house: House, shelves: Shelves):
    await asking(house)
    await restore(house)
    assert (await found(house))[NUMBER].agreement is Agreement.UNCLEAR
    asks = [row for row in await house.store.pending(NUMBER) if row.effect.key == "send:StatusRequest"]
    assert len(asks) == 1
    assert "was asked where it stands" in (await found(house))[NUMBER].words
    assert len([row for row in await house.store.pending(NUMBER) if row.effect.key == "send:StatusRequest"]) == 1


async def test_a_lender_that_takes_no_question_is_a_task_and_said(house: House, shelves: Shelves):
    await asking(house)
    await restore(house)
    await found(house)
    event = Unsent(
        at=house.time.now(), what=Action.STATUS_REQUEST, attempt=1, words="Its system takes no StatusRequest."
    )
    await house.intake.submit(NUMBER, event)
    assert await house.store.tasks(kind=TaskKind.LENDER_SILENT)
    beside = (await found(house))[NUMBER]
    assert "can't be asked where it stands" in beside.words


async def test_whatever_a_lender_of_what_is_on_its_way_did_not_take_is_the_question(house: House, shelves: Shelves):
    await asking(house)
    await let(house, LenderSaid(at=house.time.now(), attempt=1, says=LenderSays.LOANED))
    await restore(house)
    assert "was asked where it stands" in (await found(house))[NUMBER].words
    event = Unsent(at=house.time.now(), what=Action.STATUS_REQUEST, attempt=1, words="ERROR no such request")
    assert (await let(house, event)).state is S.ON_ITS_WAY
    assert "no such request" in (await found(house))[NUMBER].words


async def test_a_refused_question_is_seen_where_another_message_was_refused_before_the_restore(
    house: House, shelves: Shelves
):
    """The task is the same, open since before, with new words."""
    await asking(house)
    await let(house, LenderSaid(at=house.time.now(), attempt=1, says=LenderSays.LOANED))
    await let(house, Unsent(at=house.time.now(), what="Notification", attempt=1, words="ERROR no notes here"))
    await house.time.advance(3600)
    await restore(house)
    (before,) = await house.store.tasks(kind=TaskKind.NOT_TOLD)
    assert "was asked where it stands" in (await found(house))[NUMBER].words, "the old words are no answer"
    await let(house, Unsent(at=house.time.now(), what=Action.STATUS_REQUEST, attempt=1, words="ERROR no such request"))
    assert "no such request" in (await found(house))[NUMBER].words
    (now,) = await house.store.tasks(kind=TaskKind.NOT_TOLD)
    assert now.opened_at == before.opened_at < house.time.now()


async def test_a_lender_is_asked_even_if_the_order_itself_may_not_have_gone_out(house: House, shelves: Shelves):
    """What waits before the question in the copy is held: the lender hears the question alone, and its “unknown” is told."""
    await ask(house)
    at, lines = house.time.now(), tuple(line(house, each) for each in LENDERS)
    await let(house, Vetted(at=at), RotaMade(at=at, lenders=lines))
    assert "send:New" in [row.effect.key for row in await house.store.pending(NUMBER)]
    await house.time.advance(3600)
    await restore(house)
    unknown = Rejected(http_status=200, error_type=ErrorType.UNRECOGNISED_DATA_VALUE, error_value="no such request")
    house.poster.outcomes.append(unknown)
    async with working(house):
        assert "was asked where it stands" in (await found(house))[NUMBER].words

        async def is_known() -> bool:
            return bool(await house.store.tasks(kind=TaskKind.LENDER_SILENT))

        await until(is_known, house)
        (question,) = [decode(sent).message for sent in house.poster.sent]
        assert isinstance(question, RequestingAgencyMessage)
        assert question.action is Action.STATUS_REQUEST
        assert "no such request" in (await found(house))[NUMBER].words


SECOND = "B-27K3M-9QXT3"


class Killed(BaseException):
    """The gateway is gone."""


class MortalIntake:
    """The house's door, which the gateway does not outlive a number of questions at."""

    def __init__(self, house: House, questions: int) -> None:
        self._house, self._left = house, questions

    async def submit(self, request_id: str, event: AnyEvent, cause: Cause) -> Ruling:
        """Let it through, or be killed before it."""
        if not self._left:
            raise Killed
        self._left -= 1
        return await self._house.intake.submit(request_id, event, cause)


async def killed_after(house: House, questions: int) -> None:
    """Compare, and be killed in the middle of asking."""
    mortal = Recoverer(
        store=house.store, intake=MortalIntake(house, questions), reconciler=reconciler(house), time=house.time
    )
    with pytest.raises(Killed):
        await mortal.compare()


async def until_sent(house: House, count: int) -> None:
    """Until so many messages have been sent and nothing waits that may be."""

    async def is_quiet() -> bool:
        waiting = [row for number in (NUMBER, SECOND) for row in await house.store.pending(number)]
        return len(house.poster.sent) >= count and all(row.effect.key != "send:StatusRequest" for row in waiting)

    await until(is_quiet, house)


def questions_of(house: House) -> list[str]:
    """The requests that lenders were asked about, one a question."""
    messages = [decode(sent).message for sent in house.poster.sent]
    asked = [each for each in messages if isinstance(each, RequestingAgencyMessage)]
    assert all(each.action is Action.STATUS_REQUEST for each in asked)
    return sorted(each.header.requesting_agency_request_id for each in asked)


@pytest.mark.parametrize("is_sent", [False, True])
async def test_a_kill_between_two_questions_neither_loses_nor_doubles_one(
    house: House, shelves: Shelves, *, is_sent: bool
):
    """The first question still waits when the next gateway compares, or the lender has taken it and has not answered."""
    await asking(house)
    await asking_second(house)
    await restore(house)
    await killed_after(house, 1)
    async with working(house):
        if is_sent:
            await until_sent(house, 1)
        kept = await found(house)
        await until_sent(house, 2)
        await found(house)
        await until_sent(house, 2)
    assert questions_of(house) == [NUMBER, SECOND]
    assert all("was asked where it stands" in kept[number].words for number in (NUMBER, SECOND))


async def test_a_question_that_was_in_the_copy_and_has_gone_out_is_not_asked_again(house: House, shelves: Shelves):
    await asking(house)
    await let(house, StaffActed(at=house.time.now(), by="desk", action=StaffAction.ASK_STATUS))
    await house.time.advance(3600)
    await restore(house)
    await found(house)
    async with working(house):
        await until_sent(house, 1)
        await found(house)
        await until_sent(house, 1)
    assert questions_of(house) == [NUMBER]


async def test_two_who_compare_at_once_ask_each_lender_once(house: House, shelves: Shelves):
    """A person presses at one gateway while another compares: both have seen that nothing was asked yet."""
    await asking(house)
    await restore(house)
    both = asyncio.Barrier(2)

    class Meeting(MortalIntake):
        async def submit(self, request_id: str, event: AnyEvent, cause: Cause) -> Ruling:
            await both.wait()
            return await super().submit(request_id, event, cause)

    async with asyncio.TaskGroup() as group:
        for _ in range(2):
            intake = Meeting(house, 1)
            each = Recoverer(store=house.store, intake=intake, reconciler=reconciler(house), time=house.time)
            group.create_task(each.compare())
    asked = [line for line in await house.store.story.lines(NUMBER, limit=99) if isinstance(line.event, StaffActed)]
    assert len(asked) == 1


async def test_a_lender_that_could_not_be_asked_before_the_restore_is_asked_now(house: House, shelves: Shelves):
    """The task of then is open in the copy, and is no answer to the question of now."""
    await asking(house)
    await let(house, StaffActed(at=house.time.now(), by="desk", action=StaffAction.ASK_STATUS))
    async with working(house):
        await until_sent(house, 1)
    await let(house, Unsent(at=house.time.now(), what=Action.STATUS_REQUEST, attempt=1, words="ERROR of yesterday"))
    assert await house.store.tasks(kind=TaskKind.LENDER_SILENT)
    await house.time.advance(3600)
    await restore(house)
    async with working(house):
        beside = (await found(house))[NUMBER]
        await until_sent(house, 2)
    assert questions_of(house) == [NUMBER, NUMBER]
    assert "was asked where it stands" in beside.words
    assert "yesterday" not in beside.words


async def asking_second(house: House) -> None:
    """A second request of ours, at the second lender."""
    await ask(house, SECOND, wanted=Wanted(title="A Second Imaginary Almanac"))
    at, lines = house.time.now(), (line(house, LENDERS[1]),)
    sent = Sent(at=at, what=RequestType.NEW, attempt=1)
    await let(house, Vetted(at=at), RotaMade(at=at, lenders=lines), sent, number=SECOND)


async def test_an_order_that_has_not_gone_out_is_unclear(house: House, shelves: Shelves):
    await ask(house)
    await restore(house)
    assert (await found(house))[NUMBER].agreement is Agreement.UNCLEAR


async def test_one_gateway_compares_once_after_each_restore(house: House, shelves: Shelves):
    await keep(house, S.LOANED)
    turns: set[datetime] = set()

    async def take_on(at: datetime) -> bool:
        turns.add(at)
        return True

    counting = Faltering(store=house.store, intake=house.intake, reconciler=reconciler(house), time=house.time)
    watching = asyncio.create_task(watch(counting, house.store, clock=house.time, take_on=take_on))
    await house.time.advance(EVERY_S)
    assert turns == set()
    await restore(house)
    since = house.time.now()
    await house.time.advance(EVERY_S)
    await until_compared(house)
    await house.time.advance(EVERY_S)
    assert (counting.tries, turns) == (1, {since})
    watching.cancel()


class Faltering(Recoverer):
    """At its first tries the store is away."""

    failures = 0
    tries = 0

    async def compare(self) -> None:
        """Compare, but for the first tries."""
        self.tries += 1
        if self.tries <= self.failures:
            raise StoreUnavailable("away for a moment")
        await super().compare()


@pytest.mark.parametrize("is_gone", [False, True])
async def test_a_comparison_that_broke_off_is_made_anew_after_ten_minutes(
    house: House, shelves: Shelves, *, is_gone: bool
):
    """The store was away for a moment; or the gateway that took it on was killed."""
    faltering = Faltering(store=house.store, intake=house.intake, reconciler=reconciler(house), time=house.time)
    faltering.failures = 0 if is_gone else 1
    await restore(house)
    since = house.time.now()

    async def take_on(at: datetime) -> bool:
        return await house.store.take_turn("recovery", at=at)

    assert not is_gone or await take_on(since)
    watching = asyncio.create_task(watch(faltering, house.store, clock=house.time, take_on=take_on))
    async with asyncio.timeout(60):
        while (current := await house.store.recovery.current()) is None or current.compared_at is None:
            await house.time.advance(EVERY_S)
    assert faltering.tries == faltering.failures + 1
    assert current.compared_at >= since + AGAIN
    watching.cancel()


async def test_a_comparison_that_lasts_for_several_turns_is_made_by_one_gateway(house: House, shelves: Shelves):
    ends = asyncio.Event()

    class Slow(Faltering):
        async def compare(self) -> None:
            await ends.wait()
            await super().compare()

    async def take_on(at: datetime) -> bool:
        return await house.store.take_turn("recovery", at=at)

    ours, theirs = (
        kind(store=house.store, intake=house.intake, reconciler=reconciler(house), time=house.time)
        for kind in (Slow, Faltering)
    )
    await restore(house)
    gateways = []
    for each in (ours, theirs):
        gateways.append(asyncio.create_task(watch(each, house.store, clock=house.time, take_on=take_on)))
        await until_it_is_waited(house, watching=len(gateways))
    for _ in range(int(3 * AGAIN.total_seconds() / EVERY_S)):
        await house.time.advance(EVERY_S)
        await until_it_is_waited(house, watching=2)
    ends.set()
    await until_compared(house)
    for gateway in gateways:
        gateway.cancel()
    await asyncio.gather(*gateways, return_exceptions=True)
    assert (ours.tries, theirs.tries) == (1, 0)


async def until_it_is_waited(house: House, *, watching: int) -> None:
    """The store's answers come when they come: both gateways sleep again, one of them beside its comparison."""
    async with asyncio.timeout(60):
        while house.time.sleepers < watching:
            await asyncio.sleep(0)


@pytest.mark.parametrize(("passed_s", "turn_s"), [(-5, 0), (0, 0), (599, 0), (600, 600), (6000.5, 6000)])
def test_there_is_a_turn_every_ten_minutes(passed_s: float, turn_s: float):
    since = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    assert turn_at(since, since + timedelta(seconds=passed_s)) == since + timedelta(seconds=turn_s)


async def until_compared(house: House) -> None:
    async with asyncio.timeout(60):
        while (current := await house.store.recovery.current()) is None or current.compared_at is None:
            await asyncio.sleep(0)
