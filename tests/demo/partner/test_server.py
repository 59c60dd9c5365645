"""The partner's door over a socket: confirmations, refusals, and each misbehaviour as the supplier sees it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from http import HTTPStatus

import aiohttp
import pytest

from gateway.demo.partner.misbehaviour import Misbehaviour, Order
from gateway.demo.partner.records import Novelty, Wish
from gateway.demo.partner.running import RunningPartner, serve
from gateway.demo.partner.settings import PartnerSettings
from gateway.iso18626.codec import decode, encode
from gateway.iso18626.codes import Action, ErrorType, MessageStatus, ReasonForMessage, Status
from gateway.iso18626.messages import ErrorData, Header, RequestingAgencyMessage, SupplyingAgencyMessageConfirmation
from gateway.iso18626.values import AgencyId
from tests.demo.partner.supplier import BEARER, NOW, Supplier, confirmed, said, supplier, tell, until

M = Misbehaviour


@pytest.fixture
async def partner() -> AsyncIterator[RunningPartner]:
    """A partner with one request, whose supplier nobody reaches: what it hears is all that matters here."""
    async with await serve(PartnerSettings(bearer=BEARER), now=lambda: NOW) as running:
        running.library.books.open("A-1", Wish(title="The Imaginary Almanac"))
        yield running


async def test_a_message_is_confirmed_and_stands_in_the_books(partner: RunningPartner):
    confirmation = await confirmed(partner, said("A-1", Status.WILL_SUPPLY, ReasonForMessage.REQUEST_RESPONSE))
    assert isinstance(confirmation, SupplyingAgencyMessageConfirmation)
    assert confirmation.confirmation_header.message_status is MessageStatus.OK
    assert confirmation.confirmation_header.requesting_agency_request_id == "A-1"
    assert confirmation.reason_for_message is ReasonForMessage.REQUEST_RESPONSE
    (told,) = partner.library.books.page("A-1").told
    assert (told.status, told.answered, told.deviations) == (Status.WILL_SUPPLY, "OK", ())


async def test_a_repeat_is_confirmed_and_noticed(partner: RunningPartner):
    for _ in range(2):
        await confirmed(partner, said("A-1"))
    assert [told.novelty for told in partner.library.books.page("A-1").told] == [Novelty.NEW, Novelty.SAME_BYTES]


async def test_what_the_schema_has_against_a_document_is_kept(partner: RunningPartner):
    document = encode(said("A-1")).replace(b"<lastChange>2026-10-26T10:15:00Z</lastChange>", b"")
    await confirmed(partner, document)
    (told,) = partner.library.books.page("A-1").told
    assert ["lastChange" in deviation for deviation in told.deviations] == [True]


@pytest.mark.parametrize(
    ("message", "value"),
    [
        (said("B-1"), "requestingAgencyRequestId"),
        (said("A-1", agency="ISIL:XX-ELSEWHERE"), "requestingAgencyId"),
    ],
)
async def test_an_unknown_id_is_refused(partner: RunningPartner, message, value: str):
    confirmation = await confirmed(partner, message)
    assert confirmation.errors == (ErrorData(ErrorType.UNRECOGNISED_DATA_VALUE, value),)
    assert partner.library.books.page("A-1").told == ()


async def test_an_action_on_what_it_was_never_asked_for_is_refused(partner: RunningPartner):
    action = RequestingAgencyMessage(
        header=Header(
            supplying_agency_id=AgencyId.of("ISIL:XX-PARTNER"),
            requesting_agency_id=AgencyId.of("ISIL:XX-EXAMPLE"),
            timestamp=NOW,
            requesting_agency_request_id="A-1",
        ),
        action=Action.RECEIVED,
    )
    _, body = await tell(partner, action)
    assert decode(body).message.errors[0].error_value == "requestingAgencyRequestId"  # type: ignore[union-attr]


async def test_nonsense_is_badly_formed(partner: RunningPartner):
    confirmation = await confirmed(partner, b"nonsense")
    assert confirmation.errors[0].error_type is ErrorType.BADLY_FORMED_MESSAGE


async def test_a_confirmation_is_no_message(partner: RunningPartner):
    _, confirmation = await tell(partner, said("A-1"))
    answer = await confirmed(partner, confirmation)
    assert answer.errors[0].error_type is ErrorType.BADLY_FORMED_MESSAGE


async def test_the_supplier_must_show_its_token(partner: RunningPartner):
    assert (await tell(partner, said("A-1"), bearer="wrong"))[0] == HTTPStatus.UNAUTHORIZED
    assert (await tell(partner, said("A-1"), bearer=None))[0] == HTTPStatus.UNAUTHORIZED
    assert (await tell(partner, said("A-1"), media_type="text/plain"))[0] == HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    assert partner.library.books.page("A-1").told == ()


async def test_a_product_that_cannot_take_a_status_refuses_it():
    async with await serve(PartnerSettings(dialect="alma")) as partner:
        partner.library.books.open("A-1", Wish())
        confirmation = await confirmed(partner, said("A-1", Status.EXPECT_TO_SUPPLY))
        assert confirmation.errors[0].error_value == "status ExpectToSupply"
        told = said("A-1", Status.EXPECT_TO_SUPPLY, ReasonForMessage.NOTIFICATION)
        assert not (await confirmed(partner, told)).errors


# ── misbehaviour ─────────────────────────────────────────────────────────────────────────────────


def heard(partner: RunningPartner) -> list[str]:
    return [told.answered for told in partner.library.books.page("A-1").told]


@pytest.mark.parametrize(
    ("name", "status", "taken"),
    [
        (M.FAILS, HTTPStatus.INTERNAL_SERVER_ERROR, []),
        (M.FAILS_AFTER, HTTPStatus.INTERNAL_SERVER_ERROR, ["fails_after"]),
        (M.UNAVAILABLE, HTTPStatus.SERVICE_UNAVAILABLE, []),
        (M.WEB_PAGE, HTTPStatus.OK, []),
        (M.WEB_PAGE_AFTER, HTTPStatus.OK, ["web_page_after"]),
    ],
)
async def test_http_without_a_confirmation(partner: RunningPartner, name: M, status: HTTPStatus, taken: list[str]):
    partner.library.script.add(Order(name=name, count=1))
    got, body = await tell(partner, said("A-1"))
    assert (got, heard(partner)) == (status, taken)
    assert b"Confirmation" not in body
    assert not (await confirmed(partner, said("A-1"))).errors


@pytest.mark.parametrize(("name", "taken"), [(M.SILENT, []), (M.SILENT_AFTER, ["silent_after"])])
async def test_silence(partner: RunningPartner, name: M, taken: list[str]):
    partner.library.script.add(Order(name=name))
    with pytest.raises(TimeoutError):
        await tell(partner, said("A-1"), timeout_s=0.2)
    assert heard(partner) == taken


async def test_silence_does_not_keep_the_partner_from_stopping(partner: RunningPartner):
    partner.library.script.add(Order(name=M.SILENT_AFTER))
    waiting = asyncio.create_task(tell(partner, said("A-1")))
    await until(lambda: bool(heard(partner)))
    await partner.aclose()
    with pytest.raises(aiohttp.ClientError):
        await waiting


@pytest.mark.parametrize(("name", "taken"), [(M.HANGS_UP, []), (M.HANGS_UP_AFTER, ["hangs_up_after"])])
async def test_a_connection_that_breaks(partner: RunningPartner, name: M, taken: list[str]):
    partner.library.script.add(Order(name=name))
    with pytest.raises(aiohttp.ClientConnectionError):
        await tell(partner, said("A-1"))
    assert heard(partner) == taken


async def test_a_refusal_as_ordered(partner: RunningPartner):
    order = Order(
        name=M.REFUSES, about=frozenset({"Recalled"}), error_type=ErrorType.UNSUPPORTED_REASON_FOR_MESSAGE_TYPE
    )
    partner.library.script.add(order)
    assert not (await confirmed(partner, said("A-1", Status.LOANED))).errors
    confirmation = await confirmed(partner, said("A-1", Status.RECALLED))
    assert confirmation.errors == (ErrorData(ErrorType.UNSUPPORTED_REASON_FOR_MESSAGE_TYPE, "as ordered"),)
    assert heard(partner) == ["OK"]


async def test_a_slow_answer_comes_after_the_books_are_written(partner: RunningPartner):
    partner.library.script.add(Order(name=M.SLOW, count=1, delay_s=0.2))
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    answer = asyncio.create_task(confirmed(partner, said("A-1")))
    await until(lambda: bool(heard(partner)))
    assert not answer.done()
    assert not (await answer).errors
    assert loop.time() - began_s >= 0.2


# ── by itself ────────────────────────────────────────────────────────────────────────────────────


async def actions(other: Supplier, count: int) -> list[str]:
    """The actions that the supplier got, once there are so many."""
    await until(lambda: len(other.documents) >= count)
    return [message.action for message in other.messages if isinstance(message, RequestingAgencyMessage)]


async def test_an_automatic_partner_does_what_is_due_once():
    async with supplier() as other:
        settings = PartnerSettings(supplier_url=f"http://127.0.0.1:{other.port}/iso18626", automatic=True)
        async with await serve(settings) as partner:
            partner.library.books.open("A-1", Wish())
            due = NOW + timedelta(days=42)
            await tell(partner, said("A-1", Status.LOANED, due=due))
            assert await actions(other, 1) == [Action.RECEIVED]
            await tell(partner, said("A-1", Status.LOANED, due=due + timedelta(days=1)))
            await tell(partner, said("A-1", Status.OVERDUE))
            assert await actions(other, 2) == [Action.RECEIVED, Action.SHIPPED_RETURN]
