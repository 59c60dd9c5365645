"""Acts and looks in the circulation system, and in whose timeline the talk with it stands."""

import asyncio

import pytest
from pysip2.models import SIPRequest

from gateway.dispatch.performers.overhearing import note_exchange
from gateway.dispatch.results import Fault, Happened, Later, Result
from gateway.sip2.codec import Reply
from gateway.sip2.connection import Exchange
from gateway.sip2.errors import Inexpressible, LoginRefused, NotSent, Outcome, Reason, Unknown
from gateway.store.port import HistoryKind, LeaseLost
from gateway.workflow.effects import Look, Perform, StartTimer
from gateway.workflow.events import Looked, Performed, TimerFired
from gateway.workflow.records import Act, Clock, Finding
from gateway.workflow.records import Outcome as ActOutcome
from tests.dispatch.house import ACCOUNT, BARCODE, DATE, HOLD_LISTED, NO_HOLDS, House, sip2
from tests.dispatch.performers.performed import BUSY, UNWRITABLE, Starts, event_of, perform, row

LOST = Unknown("15", Outcome.TIMEOUT)


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
