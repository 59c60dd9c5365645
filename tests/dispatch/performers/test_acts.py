"""An act that comes late, or once more, is looked at first; what a check-in says of another request of ours is named."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from gateway.dispatch.performers.acts import LATE
from gateway.dispatch.results import Fault, Happened, Later
from gateway.sip2.errors import Outcome, Unknown
from gateway.store.port import Change, EffectRow, HistoryEntry, HistoryKind, NewEffect
from gateway.workflow.effects import Perform, Seek, StartTimer
from gateway.workflow.events import Looked, Performed
from gateway.workflow.partners import Partner
from gateway.workflow.records import Act, Clock, Finding, Item, Request
from gateway.workflow.records import Outcome as ActOutcome
from tests.dispatch.borrowing_house import event_of, perform
from tests.dispatch.house import ACCOUNT, BARCODE, DATE, ITEM_HERE, House, sip2
from tests.dispatch.test_item_order import CHARGED, LENT, TAKEN_IN
from tests.fakes.directory import put

NO_LOANS = sip2(f"64              000{DATE}000000000000000000000000AOEX|AA{ACCOUNT}|AEExample|BLY|")
UNTOLD = sip2(f"64              000{DATE}                        AOEX|AA{ACCOUNT}|AEExample|")
ITEM_OUT = sip2(f"18040001{DATE}CF0|AB{BARCODE}|AJThe Imaginary Almanac|AH20261209    235900|")
RENEWED = sip2(f"301YNN{DATE}AOEX|AA{ACCOUNT}|AB{BARCODE}|AJThe Imaginary Almanac|AH20270106    235900|")
END = datetime(2026, 11, 13, 17, 24, tzinfo=UTC)
OTHER_ACCOUNT = "20000000090098"
TRAPPED = f"101YNY{DATE}AOEX|AB{BARCODE}|AQEXC|CV01|"
NOT_LENT = sip2(
    f"120NNN{DATE}AOEX|AA{ACCOUNT}|AB{BARCODE}|AJThe Imaginary Almanac|AH|AFIt is on hold for somebody else.|"
)
EVERYBODY = [Act.CHECKOUT, Act.RENEW, Act.CHECKIN]
CODE = {Act.CHECKOUT: "11", Act.RENEW: "29", Act.CHECKIN: "09", Act.ARRIVE: "09"}


@pytest.fixture(autouse=True)
def answers(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def start(*_: object, **__: object) -> None:
        """Whatever row it is, it is ours."""

    monkeypatch.setattr(house.store, "start", start)
    house.acs.answers |= {"11": LENT, "29": RENEWED, "09": TAKEN_IN, "17": ITEM_OUT, "63": NO_LOANS}


def row(request: Request, act: Act, house: House, **values: object) -> EffectRow:
    """An act that is due now."""
    usual = {
        "id": 9, "request": request.id, "effect": Perform(act=act, item_barcode=BARCODE), "lane": None,
        "due_at": house.time.now(), "attempts": 0, "started_at": None, "payload": None,
    }  # fmt: skip
    return EffectRow(**(usual | values))  # type: ignore[arg-type]


async def done(house: House, request: Request, asked: EffectRow) -> Performed | Looked:
    report = await house.performers.perform(asked, request)
    assert isinstance(report, Happened), report
    assert isinstance(report.event, Performed | Looked)
    return report.event


async def test_an_act_is_as_late_as_the_scan_that_it_follows(house: House):
    """Between the two a hold was taken off, for which the circulation system had to come back first."""
    request = await house.new()
    scanned = msgspec.structs.replace(request, state_since=house.time.now() - LATE - timedelta(seconds=1))
    event = await done(house, scanned, row(request, Act.CHECKIN, house))
    assert isinstance(event, Looked)
    assert event.is_anothers
    assert "09" not in house.acs.asked


@pytest.mark.parametrize("act", EVERYBODY)
async def test_what_waited_is_not_done_to_somebody_elses_loan(house: House, act: Act):
    """It waited for a connection, or for its gateway; meanwhile the item was lent to somebody else."""
    request = await house.new()
    asked = row(request, act, house)
    for late in (
        msgspec.structs.replace(asked, attempts=1),
        msgspec.structs.replace(asked, item_turn=2),
        msgspec.structs.replace(asked, with_lane=True),
        msgspec.structs.replace(asked, due_at=asked.due_at - LATE - timedelta(seconds=1)),
        msgspec.structs.replace(asked, effect=Perform(act=act, item_barcode=BARCODE, once_more=True)),
    ):
        event = await done(house, request, late)
        assert isinstance(event, Looked)
        assert event.is_anothers
        assert event.due_at is None, "somebody else's loan is nobody's business"
        assert event.finding is (Finding.YES if act is Act.CHECKIN else Finding.NO)
    assert CODE[act] not in house.acs.asked


@pytest.mark.parametrize("act", EVERYBODY)
async def test_what_waited_and_is_still_ours_is_done(house: House, act: Act):
    house.acs.answers |= {"17": ITEM_HERE} if act is Act.CHECKOUT else {"63": CHARGED}
    request = await house.new()
    event = await done(house, request, row(request, act, house, attempts=1))
    assert isinstance(event, Performed)
    assert house.acs.asked[-1] == CODE[act]


@pytest.mark.parametrize("act", [Act.CHECKIN, Act.ARRIVE])
async def test_where_nobody_can_tell_a_persons_word_counts(house: House, act: Act):
    """Without lists of loans a check-in is done as a person has it tried again; what is on loan does not arrive by itself."""
    house.acs.answers["63"] = UNTOLD
    request = await house.new()
    event = await done(house, request, row(request, act, house, attempts=1))
    assert isinstance(event, Performed if act is Act.CHECKIN else Looked)


@pytest.mark.parametrize("act", [*EVERYBODY, Act.ARRIVE])
async def test_what_comes_in_time_costs_no_round_trip_more(house: House, act: Act):
    request = await house.new()
    assert isinstance(await done(house, request, row(request, act, house, item_turn=1)), Performed)
    assert house.acs.asked == [CODE[act]]


@pytest.mark.parametrize("act", EVERYBODY)
async def test_what_waits_long_for_its_connection_is_looked_at_before_it_is_done(house: House, act: Act):
    """It was asked for in time. All connections were in use or being opened, and meanwhile the item was lent to somebody else."""
    request, waited_s = await house.new(), LATE.total_seconds() + 1

    async def long() -> None:
        await house.time.advance(waited_s)

    house.acs.connected = long
    asked = row(request, act, house)
    later = await house.performers.perform(asked, request)
    assert isinstance(later, Later)
    assert (later.unstarted, later.fault, later.after_s) == (True, Fault.ITS_OWN, 0.0)
    event = await done(house, request, msgspec.structs.replace(asked, attempts=1))
    assert isinstance(event, Looked)
    assert event.is_anothers
    assert CODE[act] not in house.acs.asked


async def test_on_a_circulation_system_with_long_queues_an_act_is_done_after_all(house: House):
    """Each try looks at it anew and may wait longer."""
    house.acs.answers |= {"17": ITEM_HERE}
    request = await house.new()

    async def long() -> None:
        await house.time.advance(2.5 * LATE.total_seconds())

    house.acs.connected = long
    for attempts in range(3):
        report = await house.performers.perform(row(request, Act.CHECKOUT, house, attempts=attempts), request)
    assert isinstance(report, Happened)
    assert house.acs.asked.count("11") == 1


async def test_a_look_before_an_act_that_fails_postpones_it(house: House):
    house.acs.answers["17"] = Unknown("17", Outcome.TIMEOUT)
    request = await house.new()
    later = await house.performers.perform(row(request, Act.CHECKIN, house, attempts=1), request)
    assert isinstance(later, Later)
    assert later.unstarted


# ── trapped for our own other request ──


@pytest.mark.parametrize(
    ("fields", "named"),
    [(f"CY{OTHER_ACCOUNT}|", True), ("CY20000000099999|", False), ("", True)],
    ids=["theirs", "a customer's", "not said"],
)
async def test_another_request_of_ours_that_trapped_an_item_is_named(house: House, fields: str, named: bool):  # noqa: FBT001 - a case
    request, waiting = await house.new("R1"), await another_waits(house)
    house.acs.answers["09"] = sip2(TRAPPED.replace("CV01", "CV01" if fields else "CV02") + fields)
    event = await done(house, request, row(request, Act.ARRIVE, house))
    assert isinstance(event, Performed)
    assert event.outcome is ActOutcome.REFUSED
    assert (waiting.id in event.words) is named
    assert OTHER_ACCOUNT not in event.words


async def test_a_refused_checkout_names_the_request_for_which_the_item_is_kept(house: House):
    """It is on its way to the desk for that one's hold; who has it in hand can't tell for whom."""
    request, waiting = await house.new("R1"), await another_waits(house)
    house.acs.answers["11"] = NOT_LENT
    event = await done(house, request, row(request, Act.CHECKOUT, house))
    assert isinstance(event, Performed)
    assert event.outcome is ActOutcome.REFUSED
    assert event.words == f"It is on hold for somebody else. It is wanted for our request {waiting.id} too."


async def another_waits(house: House) -> Request:
    """Another partner's request that has the same item, on hold."""
    other = Partner(
        id="other", name="Other Library", peer="peer-two", symbols=("ISIL:XX-OTHER",), account=OTHER_ACCOUNT
    )
    await put(house.store, other)
    await house.directory.refresh()
    waiting = await house.new("R2")
    copy = house.finder.copies[0]
    version = waiting.version + 1
    theirs = msgspec.structs.replace(waiting, items=(Item(copy=copy),), account=OTHER_ACCOUNT, version=version)
    await save(house, theirs)
    return theirs


async def save(house: House, request: Request) -> None:
    entry = HistoryEntry(at=house.time.now(), by="test", kind=HistoryKind.NOTE, words="Changed.")
    await house.store.commit(Change(request=request, history=(entry,)))


# ── where an item of ours is that should come to the desk ──


@pytest.mark.parametrize(
    ("status", "coming", "words"),
    [
        ("10", True, "By the circulation system it is in transit, MAIN."),
        ("08", True, "By the circulation system it is on the hold shelf, MAIN."),
        ("03", False, "By the circulation system it is available, MAIN."),
    ],
)
async def test_before_a_promise_is_broken_17_says_whether_the_item_is_coming(
    house: House, status: str, words: str, *, coming: bool
):
    house.acs.answers["17"] = sip2(f"18{status}0001{DATE}CF0|AB{BARCODE}|AJThe Imaginary Almanac|APMAIN|")
    request = await house.new()
    sought = event_of(await perform(house, Seek(item_barcode=BARCODE, after=Clock.HOLD), request))
    assert (house.acs.asked[-1], sought.coming, sought.words) == ("17", coming, words)


async def test_the_hour_at_which_the_promise_ends_is_named_with_the_first_of_its_clocks(house: House):
    request = await house.new()
    hold = StartTimer(clock=Clock.HOLD, since=house.time.now(), until=house.time.now() + timedelta(days=2))
    await house.store.commit(
        Change(
            request=msgspec.structs.replace(request, version=request.version + 1),
            history_of=request.id,
            effects=(NewEffect(effect=hold, lane=None, due_at=END),),
        )
    )
    sought = event_of(await perform(house, Seek(item_barcode=BARCODE, after=Clock.HOLD_AMBER), request))
    ends = END.astimezone(house.terminal.zone)
    assert f"The promise ends {ends:%A %d %B, %H:%M}." in sought.words


async def test_an_item_of_which_nothing_can_be_said_counts_as_not_seen(house: House):
    house.acs.answers["17"] = sip2(f"18000001{DATE}AB{BARCODE}|AJ|")
    request = await house.new()
    sought = event_of(await perform(house, Seek(item_barcode=BARCODE, after=Clock.HOLD), request))
    assert (sought.coming, sought.words) == (False, "The circulation system can't say where it is.")


@pytest.mark.parametrize(
    ("came", "words"),
    [(Outcome.TIMEOUT, "It did not answer in time."), (Outcome.DAMAGED, "Its answer was damaged.")],
)
async def test_an_act_that_was_not_answered_says_why_as_people_say_it(house: House, came: Outcome, words: str):
    request = await house.new()
    house.acs.answers["11"] = Unknown("11", came)
    event = await done(house, request, row(request, Act.CHECKOUT, house))
    assert isinstance(event, Performed)
    assert (event.outcome, event.words) == (ActOutcome.UNKNOWN, words)
