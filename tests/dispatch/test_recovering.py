"""After a restore: lenders are asked, the circulation system is compared with, and what is found is kept of each open request."""

import asyncio

import pytest

from gateway.dispatch.intake import Cause, Ruling
from gateway.dispatch.recovering import Recoverer
from gateway.iso18626.codec import decode
from gateway.iso18626.codes import Action, ErrorType, RequestType
from gateway.iso18626.messages import RequestingAgencyMessage
from gateway.iso18626.replies import Rejected
from gateway.workflow.borrowing_events import LenderSaid, LenderSays, RotaMade, Sent, Unsent, Vetted
from gateway.workflow.events import AnyEvent, StaffActed
from gateway.workflow.records import State
from gateway.workflow.recovery import Agreement
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import StaffAction
from gateway.workflow.values import Wanted
from tests.dispatch.borrowing_house import LENDERS, NUMBER, ask, asking, let, line
from tests.dispatch.house import ACCOUNT, House
from tests.dispatch.restored import LENT, ZONE, begin, found, recoverer, restore
from tests.dispatch.test_reconcile import Shelves, keep, reconciler
from tests.dispatch.working import until, working
from tests.workflow.builders import FIRST, STRANGER

S = State


@pytest.fixture
async def shelves(house: House) -> Shelves:
    return await begin(house)


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
    assert (
        f"sent us before {house.time.now().astimezone(ZONE):%Y-%m-%d %H:%M} is lost with the restore" in about[0].words
    )


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
    assert "was asked where it stands" in (await found(house))[NUMBER].words
    async with working(house):

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
        store=house.store,
        intake=MortalIntake(house, questions),
        reconciler=reconciler(house),
        time=house.time,
        zone=ZONE,
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
            each = Recoverer(store=house.store, intake=intake, reconciler=reconciler(house), time=house.time, zone=ZONE)
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
