"""Messages to lenders: sent once, with the very bytes again, and what each refusal of them means."""

from datetime import datetime
from typing import Any

import msgspec
import pytest

from gateway.dispatch.results import Fault, Happened, Later
from gateway.iso18626.codec import decode
from gateway.iso18626.codes import Action, ErrorType, RequestType
from gateway.iso18626.replies import NotDelivered, Rejected
from gateway.store.port import HistoryKind
from gateway.workflow.borrowing_events import LenderSaid, LenderSays, NeverAsked, Sent, Unsent
from gateway.workflow.effects import SendAction, SendRequest
from gateway.workflow.records import Request
from tests.dispatch.borrowing_house import CARD, NUMBER, asking, event_of, let, line, perform
from tests.dispatch.house import House

pytestmark = pytest.mark.usefixtures("borrowing")


def new(house: House, attempt: int = 1) -> SendRequest:
    return SendRequest(kind=RequestType.NEW, attempt=attempt, lender=line(house, "sample"))


def say(house: House, action: Action = Action.RECEIVED, **fields: Any) -> SendAction:
    return SendAction(action=action, attempt=1, lender=line(house, "sample"), **fields)


@pytest.fixture
def starts(house: House, monkeypatch: pytest.MonkeyPatch) -> list[bytes | None]:
    """What was marked started, in place of the store's own marks; the store knows nothing of these rows."""
    payloads: list[bytes | None] = []

    async def start(effect_id: int, *, owner: str, at: datetime, payload: bytes | None = None) -> None:
        assert len(house.poster.sent) == len(payloads), "marked before it is sent"
        payloads.append(payload)

    monkeypatch.setattr(house.store, "start", start)
    return payloads


async def test_a_confirmed_request_is_sent_and_stands_in_the_history(house: House, starts: list[bytes | None]):
    report = await perform(house, new(house), await asking(house))
    assert event_of(report) == Sent(at=house.time.now(), what="New", attempt=1)
    assert isinstance(report, Happened)
    (entry,) = report.history
    assert (entry.kind, entry.detail["answer"]) == (HistoryKind.MESSAGE_OUT, "OK")
    assert starts == house.poster.sent
    assert CARD not in entry.detail["document"]
    assert "Inventa" not in entry.detail["document"]


async def test_an_action_names_the_attempt_that_it_is_about(house: House, starts: list[bytes | None]):
    report = await perform(house, say(house, note="Words."), await asking(house))
    assert event_of(report) == Sent(at=house.time.now(), what="Received", attempt=1)
    message: Any = decode(house.poster.sent[0]).message
    assert (message.header.requesting_agency_request_id, message.action, message.note) == (
        NUMBER,
        Action.RECEIVED,
        "Words.",
    )


@pytest.mark.parametrize("make", [new, say])
async def test_a_resend_is_the_very_bytes_of_the_first_time(house: House, starts: list[bytes | None], make: Any):
    request = await asking(house)
    house.poster.outcomes = [NotDelivered(words="no connection", may_have_arrived=True, retry_after_s=7.0)]
    later = await perform(house, make(house), request)
    assert later == Later(words="no connection", unstarted=False, fault=Fault.LANES, after_s=7.0)
    await house.time.advance(3600)
    await house.set_peer(version="2021-2")
    event = event_of(await perform(house, make(house), request, payload=starts[0]))
    assert isinstance(event, Sent)
    assert house.poster.sent[0] == house.poster.sent[1]


def sent_by_the_first(house: House, request: Request, **fields: Any) -> Request:
    """The second was to be asked, and the first, which had been left, has sent the item."""
    asked = (line(house, "sample"), line(house, "sample"))
    return msgspec.structs.replace(
        request, borrowing=msgspec.structs.replace(request.borrowed, asked=asked, sent_by=1, **fields)
    )


async def test_whose_turn_comes_when_another_has_sent_the_item_is_not_asked(house: House, starts: list[bytes | None]):
    request = sent_by_the_first(house, await asking(house))
    report = await perform(house, new(house, attempt=2), request)
    assert report == Happened(event=NeverAsked(at=house.time.now(), what="New", attempt=2), heard=False)
    assert starts == []
    await perform(house, new(house), request)
    assert isinstance(event_of(await perform(house, new(house, attempt=2), request, payload=starts[0])), Sent)


async def test_whoever_was_left_before_its_turn_is_asked_and_told_cancel_where_nobody_has_sent_it(
    house: House, starts: list[bytes | None]
):
    request = sent_by_the_first(house, await asking(house))
    gone_on = msgspec.structs.replace(request, borrowing=msgspec.structs.replace(request.borrowed, sent_by=None))
    assert isinstance(event_of(await perform(house, new(house), gone_on)), Sent)


async def test_who_was_not_asked_need_not_hear_cancel_and_others_do(house: House, starts: list[bytes | None]):
    request = sent_by_the_first(house, await asking(house), never_asked=(2,))
    cancel = msgspec.structs.replace(say(house, Action.CANCEL), attempt=2)
    assert event_of(await perform(house, cancel, request)) == NeverAsked(at=house.time.now(), what="Cancel", attempt=2)
    assert starts == []
    assert isinstance(event_of(await perform(house, say(house), request)), Sent)


async def test_a_lender_without_an_address_cannot_be_asked(house: House, starts: list[bytes | None]):
    request = await asking(house)
    await house.set_peer(url=None)
    event = event_of(await perform(house, new(house), request))
    assert (event.what, event.attempt, starts) == ("New", 1, [])
    assert isinstance(event, Unsent)


def rejected(error: ErrorType = ErrorType.UNRECOGNISED_DATA_VALUE, words: str = NUMBER) -> Rejected:
    return Rejected(http_status=200, error_type=error, error_value=words)


async def test_a_refused_request_is_not_sent_at_once(house: House, starts: list[bytes | None]):
    house.poster.outcomes = [rejected()]
    report = await perform(house, new(house), await asking(house))
    event = event_of(report)
    assert isinstance(event, Unsent)
    assert event.words == f"UnrecognisedDataValue {NUMBER}"
    assert isinstance(report, Happened)
    assert report.history[0].detail["answer"] == event.words


async def test_a_lender_that_does_not_know_the_request_yet_is_told_again_for_a_minute(
    house: House, starts: list[bytes | None]
):
    request = await asking(house)
    house.poster.outcomes = [rejected(), rejected()]
    waiting = await perform(house, say(house), request)
    assert isinstance(waiting, Later)
    assert (waiting.unstarted, waiting.fault) == (False, Fault.ITS_OWN)
    await house.time.advance(61)
    assert isinstance(event_of(await perform(house, say(house), request)), Unsent)


async def test_once_the_lender_has_spoken_an_unknown_id_counts_at_once(house: House, starts: list[bytes | None]):
    await asking(house)
    request = await let(house, LenderSaid(at=house.time.now(), says=LenderSays.RECEIVED, attempt=1))
    house.poster.outcomes = [rejected()]
    event = event_of(await perform(house, say(house), request))
    assert isinstance(event, Unsent)
    assert not event.unknown_there, "it knows the request: it is another value that it does not"


async def test_a_status_request_that_is_refused_is_not_sent_to_that_system_again(
    house: House, starts: list[bytes | None]
):
    ask_status = msgspec.structs.replace(say(house), action=Action.STATUS_REQUEST)
    request = await asking(house)
    house.poster.outcomes = [rejected(ErrorType.UNSUPPORTED_ACTION_TYPE)]
    for _ in range(2):
        event = event_of(await perform(house, ask_status, request))
        assert (event.what, type(event)) == ("StatusRequest", Unsent)
    assert len(house.poster.sent) == 1
    known = house.directory.peer(line(house, "sample").peer)
    assert known is not None
    assert known.refuses == ("StatusRequest",)


async def test_another_no_to_a_status_request_says_nothing_of_the_system(house: House, starts: list[bytes | None]):
    ask_status = msgspec.structs.replace(say(house), action=Action.STATUS_REQUEST)
    house.poster.outcomes = [rejected(ErrorType.BADLY_FORMED_MESSAGE)]
    assert isinstance(event_of(await perform(house, ask_status, await asking(house))), Unsent)
    known = house.directory.peer(line(house, "sample").peer)
    assert known is not None
    assert known.refuses == ()


async def test_what_a_system_is_known_to_refuse_is_said_in_words_at_once(house: House, starts: list[bytes | None]):
    await house.set_peer(refuses=("received",))
    await perform(house, say(house), await asking(house))
    message: Any = decode(house.poster.sent[0]).message
    assert (message.action, message.note) == (Action.NOTIFICATION, "We have received the item.")


async def test_cancel_for_a_supplier_behind_a_broker_is_addressed_to_it(house: House, starts: list[bytes | None]):
    cancel = msgspec.structs.replace(say(house), action=Action.CANCEL, supplier="ISIL:XX-BEHIND")
    event = event_of(await perform(house, cancel, await asking(house)))
    assert event == Sent(at=house.time.now(), what="Cancel to supplier", attempt=1)
    message: Any = decode(house.poster.sent[0]).message
    assert message.header.supplying_agency_id.value == "XX-BEHIND"


EXISTS = "requestingAgencyRequestId: request with a given ID already exists"


@pytest.mark.parametrize(
    "words", [EXISTS, "requestType: Retry not possible", f"requestingAgencyRequestId {NUMBER} is in use"]
)
async def test_exists_already_to_a_request_that_was_sent_before_is_the_ok_that_was_lost(
    house: House, starts: list[bytes | None], words: str
):
    house.poster.outcomes = [rejected(words=words)]
    report = await perform(house, new(house), await asking(house), payload=b"<sent-before/>")
    assert event_of(report) == Sent(at=house.time.now(), what="New", attempt=1)
    assert isinstance(report, Happened)
    assert words in report.history[0].detail["answer"]


async def test_exists_already_to_a_request_that_is_sent_for_the_first_time_is_a_no(
    house: House, starts: list[bytes | None]
):
    house.poster.outcomes = [rejected(words=EXISTS)]
    event = event_of(await perform(house, new(house), await asking(house)))
    assert isinstance(event, Unsent)
    assert not event.may_be_there


async def test_any_other_no_to_a_request_that_was_sent_before_leaves_open_whether_the_lender_has_it(
    house: House, starts: list[bytes | None]
):
    house.poster.outcomes = [rejected(ErrorType.BADLY_FORMED_MESSAGE)]
    event = event_of(await perform(house, new(house), await asking(house), payload=b"<sent-before/>"))
    assert isinstance(event, Unsent)
    assert event.may_be_there


async def test_a_no_to_a_request_of_which_the_lender_has_spoken_is_the_ok_that_was_lost(
    house: House, starts: list[bytes | None]
):
    await asking(house)
    request = await let(house, LenderSaid(at=house.time.now(), says=LenderSays.WILL_SUPPLY, attempt=1))
    house.poster.outcomes = [rejected(words="failed")]
    assert isinstance(event_of(await perform(house, new(house), request, payload=b"<sent-before/>")), Sent)


async def test_any_other_refusal_of_an_action_counts_at_once(house: House, starts: list[bytes | None]):
    house.poster.outcomes = [rejected(ErrorType.UNSUPPORTED_ACTION_TYPE)]
    event = event_of(await perform(house, say(house, note="Words."), await asking(house)))
    assert isinstance(event, Unsent)
    assert event.note == "Words.", "kept for what is said instead"
