import asyncio
from datetime import datetime, timedelta

import msgspec
import pytest
from lxml import etree
from pysip2.models import SIPRequest

from gateway.dispatch.performers.look_ups import UNKNOWN_ITEM_WAIT_S
from gateway.dispatch.performers.performing import note_exchange
from gateway.dispatch.results import Fault, Happened, Later, Result
from gateway.iso18626.codec import decode
from gateway.iso18626.codes import ErrorType, ReasonForMessage, Status
from gateway.iso18626.replies import NotDelivered, Rejected
from gateway.sip2.codec import Reply
from gateway.sip2.connection import Exchange
from gateway.sip2.errors import Inexpressible, LoginRefused, NotSent, Outcome, Reason, Unknown
from gateway.store.port import EffectRow, HistoryKind, LeaseLost
from gateway.workflow.effects import AnyEffect, AskCopies, FindCopies, Look, Perform, StartTimer, Tell
from gateway.workflow.events import CopiesChecked, CopiesFound, Looked, NotTold, Performed, StaffActed, TimerFired, Told
from gateway.workflow.finding import CatalogueSilentError
from gateway.workflow.records import Act, AnswerKind, Clock, Copy, Finding, Request, State
from gateway.workflow.records import Outcome as ActOutcome
from gateway.workflow.triggers import StaffAction
from tests.dispatch.house import ACCOUNT, BARCODE, DATE, HOLD_LISTED, ITEM_HERE, NO_HOLDS, OWNER, House, sip2

BUSY = NotSent(Reason.BREAKER, "the circulation system does not answer")
LOST = Unknown("15", Outcome.TIMEOUT)
NO_SUCH_ITEM = sip2(f"18010001{DATE}AB{BARCODE}|AJ|")
UNWRITABLE = Inexpressible("item_identifier of message 17 has a character that cp850 lacks")


def row(
    request: Request, effect: AnyEffect, *, started: datetime | None = None, payload: bytes | None = None
) -> EffectRow:
    return EffectRow(
        id=999, request=request.id, effect=effect, lane=None, due_at=request.created_at, attempts=0, started_at=started,
        payload=payload,
    )  # fmt: skip


async def perform(house: House, effect: AnyEffect, **details: object) -> Result:
    """Perform an effect that no row stands behind, for what needs no row."""
    request = await house.new()
    return await house.performers.perform(row(request, effect, **details), request)  # type: ignore[arg-type]


def event_of(report: Result) -> object:
    assert isinstance(report, Happened), report
    return report.event


class Starts:
    """Records what was marked started, in place of the store's own marks."""

    def __init__(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        self.payloads: list[bytes | None] = []
        self.asked_before: list[int] = []
        self._house = house
        monkeypatch.setattr(house.store, "start", self._start)

    async def _start(self, effect_id: int, *, owner: str, at: datetime, payload: bytes | None = None) -> None:
        self.payloads.append(payload)
        self.asked_before.append(len(self._house.acs.asked) + len(self._house.poster.sent))


@pytest.fixture
def starts(house: House, monkeypatch: pytest.MonkeyPatch) -> Starts:
    return Starts(house, monkeypatch)


# ── copies ──


async def test_copies_are_found_and_no_more_than_the_policy_asks_about(house: House):
    house.finder.copies = tuple(Copy(item_barcode=str(number), branch="EXC") for number in range(30))
    await house.set_policy(max_copies=7)
    found = event_of(await perform(house, FindCopies(wanted=(await house.new("R0")).wanted)))
    assert isinstance(found, CopiesFound)
    assert len(found.copies) == 7


async def test_no_copy_comes_with_the_policys_answer(house: House):
    house.finder.copies = ()
    found = event_of(await perform(house, FindCopies(wanted=(await house.new("R0")).wanted)))
    assert isinstance(found, CopiesFound)
    assert found.answer is not None
    assert found.answer.reason == "NotHeld"
    assert found.auto, "the partner gets answers by itself"


async def test_not_held_is_staffs_to_say_where_the_look_up_proves_nothing(house: House):
    house.finder.copies, house.finder.certain = (), False
    found = event_of(await perform(house, FindCopies(wanted=(await house.new("R0")).wanted)))
    assert isinstance(found, CopiesFound)
    assert (found.auto, found.words) == (False, "Found.")


async def test_a_silent_catalogue_is_asked_again_later(house: House, monkeypatch: pytest.MonkeyPatch):
    async def silent(wanted):
        raise CatalogueSilentError("The catalogue did not answer.")

    monkeypatch.setattr(house.finder, "find", silent)
    report = await perform(house, FindCopies(wanted=(await house.new("R0")).wanted))
    assert isinstance(report, Later)
    assert (report.words, report.unstarted) == ("The catalogue did not answer.", True)


async def test_every_copy_is_asked_about_and_the_policy_answers(house: House):
    checked = event_of(await perform(house, AskCopies(copies=house.finder.copies)))
    assert isinstance(checked, CopiesChecked)
    assert checked.answer.kind is AnswerKind.SUPPLY
    assert checked.auto
    assert house.acs.asked == ["17"]


@pytest.mark.parametrize("trouble", [BUSY, Unknown("17", Outcome.TIMEOUT)])
async def test_copies_that_cannot_be_asked_about_wait(house: House, trouble: Exception):
    house.acs.answers["17"] = trouble
    assert isinstance(await perform(house, AskCopies(copies=house.finder.copies)), Later)


async def test_a_copy_whose_barcode_cannot_be_written_is_passed_over_and_the_others_answers_are_kept(house: House):
    odd = Copy(item_barcode="3000\u20130001011", branch="EXC")

    def item(request: SIPRequest) -> Reply | Exception:
        return UNWRITABLE if request.item_identifier == odd.item_barcode else ITEM_HERE  # type: ignore[attr-defined]

    house.acs.answers["17"] = item
    checked = event_of(await perform(house, AskCopies(copies=(odd, *house.finder.copies))))
    assert isinstance(checked, CopiesChecked)
    assert [each.status for each in checked.copies] == ["", "03"]
    assert checked.answer.kind is AnswerKind.SUPPLY


@pytest.mark.parametrize("others", [ITEM_HERE, NO_SUCH_ITEM], ids=["can be sent", "not known"])
async def test_a_copy_whose_reply_is_lost_again_keeps_no_others_answer_back(house: House, others: Reply):
    lost = Copy(item_barcode="30000000001028", branch="EXC")

    def item(request: SIPRequest) -> Reply | Exception:
        is_lost = request.item_identifier == lost.item_barcode  # type: ignore[attr-defined]
        return Unknown("17", Outcome.WRONG_ECHO) if is_lost else others

    house.acs.answers["17"] = item
    request = await house.new()
    asking = row(request, AskCopies(copies=(lost, *house.finder.copies)))
    assert isinstance(await house.performers.perform(asking, request), Later)
    checked = event_of(await house.performers.perform(msgspec.structs.replace(asking, attempts=1), request))
    assert isinstance(checked, CopiesChecked)
    assert checked.copies[0].status == ""
    assert checked.answer.kind is (AnswerKind.SUPPLY if others is ITEM_HERE else AnswerKind.STAFF)


async def test_where_every_reply_is_lost_again_the_asking_waits(house: House):
    house.acs.answers["17"] = Unknown("17", Outcome.TIMEOUT)
    request = await house.new()
    asking = msgspec.structs.replace(row(request, AskCopies(copies=house.finder.copies)), attempts=1)
    assert isinstance(await house.performers.perform(asking, request), Later)


async def test_where_no_copys_barcode_can_be_written_staff_decide_at_once(house: House):
    house.acs.answers["17"] = UNWRITABLE
    checked = event_of(await perform(house, AskCopies(copies=house.finder.copies)))
    assert isinstance(checked, CopiesChecked)
    assert checked.answer.kind is AnswerKind.STAFF


async def test_a_copy_that_is_not_known_there_is_asked_about_once_more_before_that_counts(house: House):
    house.acs.answers["17"] = NO_SUCH_ITEM
    request = await house.new()
    asking = row(request, AskCopies(copies=house.finder.copies))
    first = await house.performers.perform(asking, request)
    assert isinstance(first, Later)
    assert (first.fault, first.after_s, first.told) == (Fault.ITS_OWN, UNKNOWN_ITEM_WAIT_S, first.words)
    checked = event_of(await house.performers.perform(msgspec.structs.replace(asking, attempts=1), request))
    assert isinstance(checked, CopiesChecked)
    assert checked.answer.kind is AnswerKind.STAFF
    assert not checked.copies[0].known


async def test_a_copy_that_can_be_sent_waits_for_none_that_is_not_known(house: House, monkeypatch: pytest.MonkeyPatch):
    copies = (*house.finder.copies, Copy(item_barcode="399990002", branch="EXC"))
    replies = iter([ITEM_HERE, NO_SUCH_ITEM])

    async def exchange(_request: object, **_: object) -> object:
        return next(replies)

    monkeypatch.setattr(house.acs, "exchange", exchange)
    checked = event_of(await perform(house, AskCopies(copies=copies)))
    assert isinstance(checked, CopiesChecked)
    assert checked.answer.kind is AnswerKind.SUPPLY


# ── acts ──


async def test_an_act_is_marked_started_before_its_first_byte(house: House, starts: Starts):
    event = event_of(await perform(house, Perform(act=Act.HOLD, item_barcode=BARCODE)))
    assert isinstance(event, Performed)
    assert event.outcome is ActOutcome.DONE
    assert starts.asked_before == [0], "nothing had been asked yet"


async def test_an_act_found_started_is_not_done_again_its_outcome_is_unknown(house: House, starts: Starts):
    event = event_of(await perform(house, Perform(act=Act.CHECKOUT, item_barcode=BARCODE), started=house.time.now()))
    assert isinstance(event, Performed)
    assert event.outcome is ActOutcome.UNKNOWN
    assert house.acs.asked == []
    assert starts.payloads == []


async def test_a_withdrawn_act_is_not_done(house: House):
    with pytest.raises(LeaseLost):
        await perform(house, Perform(act=Act.HOLD, item_barcode=BARCODE))
    assert house.acs.asked == []


@pytest.mark.parametrize("trouble", [BUSY, LoginRefused(Reason.LOGIN, "refused", 600.0)])
async def test_an_act_that_was_not_sent_waits(house: House, starts: Starts, trouble: NotSent):
    house.acs.answers["15"] = trouble
    later = await perform(house, Perform(act=Act.HOLD, item_barcode=BARCODE))
    untried = trouble.reason is Reason.BREAKER
    assert later == Later(
        words=str(trouble), unstarted=True, fault=Fault.LANES, after_s=trouble.retry_after_s, untried=untried
    )


async def test_a_lost_reply_is_an_unknown_outcome_and_counted(house: House, starts: Starts):
    house.acs.answers["15"] = LOST
    event = event_of(await perform(house, Perform(act=Act.HOLD, item_barcode=BARCODE)))
    assert isinstance(event, Performed)
    assert event.outcome is ActOutcome.UNKNOWN
    assert house.registry.get_sample_value("ill_unknown_outcomes_total", {"act": "hold"}) == 1.0


async def test_an_act_that_cannot_be_said_is_refused_and_never_tried_again(house: House, starts: Starts):
    house.acs.answers["15"] = Inexpressible("item_identifier of message 15 has a | or a control character")
    event = event_of(await perform(house, Perform(act=Act.HOLD, item_barcode="3|")))
    assert isinstance(event, Performed)
    assert event.outcome is ActOutcome.REFUSED


@pytest.mark.parametrize(
    ("act", "message"), [(Act.HOLD, "15"), (Act.RENEW, "29"), (Act.CHECKOUT, "11"), (Act.CHECKIN, "09")]
)
async def test_what_is_not_done_over_sip2_staff_are_asked_for(house: House, starts: Starts, act: Act, message: str):
    house.acs.knows[message] = False
    event = event_of(await perform(house, Perform(act=act, item_barcode=BARCODE)))
    assert isinstance(event, Looked)
    assert event.finding is Finding.UNCLEAR
    assert "SIP2" in event.words
    assert house.acs.asked == []


async def test_a_partner_without_an_account_is_a_case_for_staff(house: House, starts: Starts):
    await house.set_partner(account=None)
    event = event_of(await perform(house, Perform(act=Act.CHECKOUT, item_barcode=BARCODE)))
    assert isinstance(event, Looked)
    assert "account" in event.words


async def test_a_checkouts_due_date_is_the_circulation_systems(house: House, starts: Starts):
    house.acs.answers["11"] = sip2(f"121NUY{DATE}AOEX|AA{ACCOUNT}|AB{BARCODE}|AJAlmanac|AH20261209    235900|")
    event = event_of(await perform(house, Perform(act=Act.CHECKOUT, item_barcode=BARCODE)))
    assert isinstance(event, Performed)
    assert event.due_at is not None
    assert event.due_at.isoformat() == "2026-12-09T23:59:00+00:00"


# ── looks ──


async def test_a_look_that_is_clear_asks_no_further(house: House):
    house.acs.answers["63"] = HOLD_LISTED
    looked = event_of(await perform(house, Look(act=Act.HOLD, item_barcode=BARCODE)))
    assert isinstance(looked, Looked)
    assert looked.finding is Finding.YES
    assert house.acs.asked == ["63"]


async def test_a_look_goes_on_asking_while_it_is_unclear(house: House):
    house.acs.answers["63"] = sip2(f"64              000{DATE}                        AOEX|AA{ACCOUNT}|AEExample|")
    looked = event_of(await perform(house, Look(act=Act.HOLD, item_barcode=BARCODE, queue_length=0)))
    assert isinstance(looked, Looked)
    assert looked.finding is Finding.NO
    assert house.acs.asked == ["63", "63", "17"]


async def test_a_hold_that_is_listed_nowhere_is_absent(house: House):
    house.acs.answers["63"] = NO_HOLDS
    looked = event_of(await perform(house, Look(act=Act.HOLD, item_barcode=BARCODE)))
    assert isinstance(looked, Looked)
    assert looked.finding is Finding.NO


async def test_a_look_that_fails_waits(house: House):
    house.acs.answers["63"] = BUSY
    assert isinstance(await perform(house, Look(act=Act.HOLD, item_barcode=BARCODE)), Later)


async def test_a_question_that_cannot_be_written_leaves_a_look_unclear(house: House):
    house.acs.answers |= {"63": UNWRITABLE, "17": UNWRITABLE}
    looked = event_of(await perform(house, Look(act=Act.HOLD, item_barcode=BARCODE)))
    assert isinstance(looked, Looked)
    assert looked.finding is Finding.UNCLEAR


async def test_a_look_goes_on_after_a_question_that_cannot_be_written(house: House):
    house.acs.answers["63"] = UNWRITABLE
    looked = event_of(await perform(house, Look(act=Act.HOLD, item_barcode=BARCODE, queue_length=0)))
    assert isinstance(looked, Looked)
    assert (looked.finding, house.acs.asked) == (Finding.NO, ["17"])


async def test_without_an_account_a_look_asks_about_the_item_alone(house: House):
    await house.set_partner(account=None)
    await perform(house, Look(act=Act.CHECKOUT, item_barcode=BARCODE))
    assert house.acs.asked == ["17"]


@pytest.mark.parametrize(("unknown", "asked"), [("17", ["63"]), ("63", ["17"])])
async def test_what_the_system_does_not_know_is_not_asked(house: House, unknown: str, asked: list[str]):
    house.acs.knows[unknown] = False
    house.acs.answers["63"] = sip2(f"64              000{DATE}                        AOEX|AA{ACCOUNT}|AEExample|")
    looked = event_of(await perform(house, Look(act=Act.CHECKOUT, item_barcode=BARCODE)))
    assert isinstance(looked, Looked)
    assert house.acs.asked == asked


# ── messages ──


def tell(house: House, status: Status = Status.WILL_SUPPLY, **facts: object) -> Tell:
    return Tell(reason=ReasonForMessage.REQUEST_RESPONSE, status=status, last_change=house.time.now(), **facts)  # type: ignore[arg-type]


async def test_a_confirmed_message_is_told_and_stands_in_the_timeline(house: House, starts: Starts):
    report = await perform(house, tell(house))
    assert isinstance(event_of(report), Told)
    assert isinstance(report, Happened)
    (entry,) = report.history
    assert entry.kind is HistoryKind.MESSAGE_OUT
    assert "<" in entry.detail["document"]
    assert starts.payloads == house.poster.sent, "the bytes are kept before they are sent"


async def test_what_was_sent_before_is_sent_again_as_the_very_same_bytes(house: House, starts: Starts):
    request = await house.new()
    effect = tell(house)
    await house.performers.perform(row(request, effect), request)
    await house.time.advance(3600)
    await house.performers.perform(row(request, effect, payload=house.poster.sent[0]), request)
    first, second = house.poster.sent
    assert first == second


async def test_a_message_that_was_not_delivered_waits_and_may_have_arrived(house: House, starts: Starts):
    house.poster.outcomes = [NotDelivered(words="no connection", may_have_arrived=False, retry_after_s=120.0)]
    later = await perform(house, tell(house))
    assert later == Later(words="no connection", unstarted=False, fault=Fault.LANES, after_s=120.0)


def rejected(error: ErrorType = ErrorType.UNRECOGNISED_DATA_VALUE) -> Rejected:
    return Rejected(http_status=200, error_type=error, error_value="R1")


async def test_unknown_id_is_tried_again_for_a_minute_before_it_counts(house: House, starts: Starts):
    house.poster.outcomes = [rejected(), rejected()]
    request = await house.new()
    waiting = await house.performers.perform(row(request, tell(house)), request)
    assert isinstance(waiting, Later)
    assert waiting.fault is Fault.ITS_OWN
    await house.time.advance(61)
    assert isinstance(event_of(await house.performers.perform(row(request, tell(house)), request)), NotTold)


async def test_once_the_partner_has_taken_a_message_an_unknown_value_counts_at_once(house: House, starts: Starts):
    house.poster.outcomes = [rejected()]
    request = msgspec.structs.replace(await house.new(), known_there=True)
    assert isinstance(event_of(await house.performers.perform(row(request, tell(house)), request)), NotTold)


async def test_any_other_error_counts_at_once_and_says_what_it_was(house: House, starts: Starts):
    house.poster.outcomes = [rejected(ErrorType.UNSUPPORTED_REASON_FOR_MESSAGE_TYPE)]
    event = event_of(await perform(house, tell(house)))
    assert isinstance(event, NotTold)
    assert "UnsupportedReasonForMessageType" in event.words


async def test_a_peer_without_an_address_cannot_be_told(house: House, starts: Starts):
    await house.set_peer(url=None)
    assert isinstance(event_of(await perform(house, tell(house))), NotTold)


async def test_what_a_partner_cannot_take_is_told_in_words(house: House, starts: Starts):
    await house.set_peer(dialect="alma")
    await perform(house, tell(house, Status.EXPECT_TO_SUPPLY))
    (message,) = house.poster.messages
    assert message.message_info.reason_for_message is ReasonForMessage.NOTIFICATION
    assert "expect to supply" in (message.message_info.note or "")


async def test_history_says_what_went_out_and_not_what_was_meant(house: House, starts: Starts):
    await house.set_peer(dialect="alma")
    answer = tell(house, Status.EXPECT_TO_SUPPLY)
    answer = msgspec.structs.replace(answer, reason=ReasonForMessage.STATUS_REQUEST_RESPONSE)
    report = await perform(house, answer)
    assert isinstance(report, Happened)
    assert [entry.words for entry in report.history] == ["Sent Notification."]
    (message,) = house.poster.messages
    assert message.message_info.reason_for_message is ReasonForMessage.NOTIFICATION


async def test_what_a_version_cannot_express_is_told_in_words(house: House, starts: Starts):
    await perform(house, tell(house, Status.RELEASE_HOLD_RETURN))
    (message,) = house.poster.messages
    assert message.message_info.reason_for_message is ReasonForMessage.NOTIFICATION


async def test_a_message_goes_out_in_the_peers_version(house: House, starts: Starts):
    await house.set_peer(version="2021-2")
    await perform(house, tell(house, Status.LOANED, sent_at=house.time.now(), item_barcodes=("1", "2")))
    assert decode(house.poster.sent[0]).version == "2021-2"
    assert [element.text for element in etree.fromstring(house.poster.sent[0]).iter("{*}itemId")] == ["1", "2"]


# ── the rest ──


async def test_a_timer_that_is_due_has_fired(house: House):
    event = event_of(await perform(house, StartTimer(clock=Clock.HOLD, since=house.time.now())))
    assert event == TimerFired(at=house.time.now(), clock=Clock.HOLD)


async def test_the_talk_with_the_circulation_system_stands_in_the_requests_own_timeline(house: House):
    exchange = Exchange("17", "17 …", "18 …", 0.05, Outcome.REPLY, (), 0.0)

    def talk(_request: SIPRequest) -> Reply:
        note_exchange(exchange)
        return HOLD_LISTED

    house.acs.answers["63"] = talk
    first, second = await asyncio.gather(
        perform_look(house, "R1"),
        perform_look(house, "R2"),
    )
    for report in (first, second):
        assert isinstance(report, Happened)
        assert [entry.kind for entry in report.history] == [HistoryKind.SIP2], "one exchange each, not the other's"


async def perform_look(house: House, number: str) -> Result:
    request = await house.new(number)
    return await house.performers.perform(row(request, Look(act=Act.HOLD, item_barcode=BARCODE)), request)


async def test_a_repeat_within_the_grace_is_of_the_request_not_of_the_message(house: House, starts: Starts):
    request = await house.new()
    old = msgspec.structs.replace(request, created_at=request.created_at - timedelta(hours=1))
    house.poster.outcomes = [rejected()]
    assert isinstance(event_of(await house.performers.perform(row(old, tell(house)), old)), NotTold)


@pytest.mark.parametrize(("days", "overtaken"), [(3, [False]), (10, [True, False]), (30, [True, True, False])])
async def test_an_overdue_clock_says_whether_the_next_has_run_too(house: House, days: int, overtaken: list[bool]):
    due_at = house.time.now() - timedelta(days=days)
    loan = StaffActed(
        at=house.time.now(), by="desk", action=StaffAction.FORCE, reason="Seen.", state=State.LOANED,
        item_barcodes=(BARCODE,), due_at=due_at,
    )  # fmt: skip
    known = await house.new()
    await house.intake.act(known.id, loan)
    now, fired = house.time.now(), []
    for row in await house.store.claim(None, now=now, until=now + timedelta(seconds=60), owner=OWNER, limit=10):
        report = await house.performers.perform(row, await house.current())
        assert isinstance(report, Happened)
        assert isinstance(report.event, TimerFired)
        if report.event.clock.value.startswith("overdue"):
            fired.append(report.event.overtaken)
    assert fired == overtaken
