"""The control port: what it makes the partner send, and its answers to nonsense."""

import json
from collections.abc import AsyncIterator
from http import HTTPStatus

import aiohttp
import pytest

from gateway.demo.partner.running import RunningPartner, serve
from gateway.demo.partner.settings import PartnerSettings
from gateway.iso18626.codec import decode
from gateway.iso18626.codes import Action, ErrorType, RequestType, ServiceType, Status, Version
from gateway.iso18626.messages import ErrorData
from tests.demo.partner.supplier import BEARER, Supplier, direct, said, supplier, tell

ALMANAC = {"title": "The Imaginary Almanac", "isbn": "9780000000019"}


@pytest.fixture
async def other() -> AsyncIterator[Supplier]:
    async with supplier() as running:
        yield running


def settings_for(other: Supplier, **changes) -> PartnerSettings:
    return PartnerSettings(
        supplier_url=f"http://127.0.0.1:{other.port}/iso18626",
        basic_user="sample",
        basic_password="specimen",
        bearer=BEARER,
        **changes,
    )


@pytest.fixture
async def partner(other: Supplier) -> AsyncIterator[RunningPartner]:
    async with await serve(settings_for(other)) as running:
        yield running


async def asked(partner: RunningPartner, **wish) -> str:
    page = await direct(partner, "POST", "/requests", ALMANAC | wish, expect=HTTPStatus.CREATED)
    return str(page["id"])


async def test_a_new_request(partner: RunningPartner, other: Supplier):
    page = await direct(partner, "POST", "/requests", ALMANAC | {"service": "CopyOrLoan"}, expect=HTTPStatus.CREATED)
    (message,) = other.messages
    assert message.header.requesting_agency_request_id == page["id"]
    assert message.service_info.service_type is ServiceType.COPY_OR_LOAN
    assert message.service_info.request_type is RequestType.NEW
    assert message.requesting_agency_info.name == "Sample Valley Library"
    assert [(sent["what"], sent["sending"]) for sent in page["sent"]] == [("New", "confirmed")]
    assert other.authorizations == ["Basic c2FtcGxlOnNwZWNpbWVu"]
    assert await direct(partner, "GET", "/requests") == {"requests": [page]}


async def test_two_requests_have_two_ids_and_an_id_is_taken_once(partner: RunningPartner, other: Supplier):
    assert await asked(partner) != await asked(partner)
    assert await asked(partner, id="A-1") == "A-1"
    await direct(partner, "POST", "/requests", ALMANAC | {"id": "A-1"}, expect=HTTPStatus.CONFLICT)
    assert len(other.documents) == 3


async def test_actions_carry_both_ids_and_a_note(partner: RunningPartner, other: Supplier):
    request_id = await asked(partner)
    await tell(partner, said(request_id, Status.LOANED))
    page = await direct(partner, "POST", f"/requests/{request_id}/actions/Received", {"note": "Thank you."})
    action = other.messages[-1]
    assert (action.action, action.note) == (Action.RECEIVED, "Thank you.")
    assert action.header.supplying_agency_request_id == "OUR-1"
    assert (page["sent"][-1]["what"], page["sent"][-1]["note"]) == ("Received", "Thank you.")


async def test_reminder_and_retry(partner: RunningPartner, other: Supplier):
    request_id = await asked(partner)
    await direct(partner, "POST", f"/requests/{request_id}/reminder")
    changes = {"note": "Another edition will do."}
    page = await direct(partner, "POST", f"/requests/{request_id}/retry", changes, expect=HTTPStatus.CREATED)
    _, reminder, retry = other.messages
    assert reminder.service_info.request_type is RequestType.REMINDER
    assert reminder.header.requesting_agency_request_id == request_id
    assert retry.service_info.request_type is RequestType.RETRY
    assert retry.service_info.requesting_agency_previous_request_id == request_id
    assert retry.service_info.note == "Another edition will do."
    assert retry.bibliographic_info.title == "The Imaginary Almanac"
    assert (page["id"] != request_id, page["previous_id"]) == (True, request_id)


async def test_resend_sends_the_same_bytes(partner: RunningPartner, other: Supplier):
    request_id = await asked(partner)
    page = await direct(partner, "POST", f"/requests/{request_id}/resend")
    assert other.documents[0] == other.documents[1]
    assert [sent["what"] for sent in page["sent"]] == ["New", "New"]


async def test_everything_twice(partner: RunningPartner, other: Supplier):
    await direct(partner, "POST", "/misbehaviours", {"name": "sends_twice"})
    await asked(partner)
    assert len(other.documents) == 2
    assert other.documents[0] == other.documents[1]


async def test_out_of_order(partner: RunningPartner, other: Supplier):
    request_id = await asked(partner)
    told = await direct(partner, "POST", "/misbehaviours", {"name": "sends_late", "about": ["Received"], "count": 1})
    assert told["orders"][0]["name"] == "sends_late"
    page = await direct(partner, "POST", f"/requests/{request_id}/actions/Received")
    assert page["sent"][-1]["sending"] == "kept"
    page = await direct(partner, "POST", f"/requests/{request_id}/actions/ShippedReturn")
    assert [message.action for message in other.messages[1:]] == [Action.SHIPPED_RETURN, Action.RECEIVED]
    assert [sent["what"] for sent in page["sent"][2:]] == ["ShippedReturn", "Received"]


async def test_a_refusal_and_a_failure_are_told(partner: RunningPartner, other: Supplier):
    other.error = ErrorData(ErrorType.UNRECOGNISED_DATA_VALUE, "requestingAgencyId")
    request_id = await asked(partner)
    other.status = HTTPStatus.SERVICE_UNAVAILABLE
    page = await direct(partner, "POST", f"/requests/{request_id}/resend")
    assert [(sent["sending"], sent["words"]) for sent in page["sent"]] == [
        ("refused", "UnrecognisedDataValue requestingAgencyId"),
        ("not delivered", "it takes no messages at present (HTTP 503)"),
    ]


async def test_misbehaviour_counts_and_ends(partner: RunningPartner):
    request_id = await asked(partner)
    await direct(partner, "POST", "/misbehaviours", {"name": "fails", "count": 3})
    await tell(partner, said(request_id))
    told = await direct(partner, "DELETE", "/misbehaviours")
    assert told == {"orders": [], "fired": {"fails": 1}}
    assert (await tell(partner, said(request_id)))[0] == HTTPStatus.OK


async def test_reset_forgets_everything(partner: RunningPartner):
    await asked(partner)
    await direct(partner, "POST", "/misbehaviours", {"name": "fails"})
    assert await direct(partner, "POST", "/reset") == {"requests": []}
    assert await direct(partner, "GET", "/misbehaviours") == {"orders": [], "fired": {}}


@pytest.mark.parametrize(("version", "dialect"), [(Version.V2021_2, "plain"), (Version.V1_2, "reshare")])
async def test_version_and_dialect(other: Supplier, version: Version, dialect: str):
    async with await serve(settings_for(other, version=version, dialect=dialect)) as partner:
        request_id = await asked(partner)
        await direct(partner, "POST", f"/requests/{request_id}/actions/Received")
    assert [decode(document).version for document in other.documents] == [version, version]
    sequences = [b"#seq:1#" in other.documents[0], b"#seq:2#" in other.documents[1]]
    assert sequences == [dialect == "reshare"] * 2


@pytest.mark.parametrize(
    ("call", "body", "status", "words"),
    [
        ("GET /requests/B-1", None, 404, "there is no such request"),
        ("POST /requests/B-1/actions/Received", None, 404, "there is no such request"),
        ("POST /requests/B-1/resend", None, 404, "there is no such request"),
        ("POST /requests/A-1/actions/Dance", None, 422, "Invalid enum value 'Dance'"),
        ("POST /requests/A-1/actions/Lost", None, 422, "Lost"),
        ("POST /requests/A-1/actions/Received", {"when": "now"}, 422, "unknown field `when`"),
        ("POST /requests", {"titel": "x"}, 422, "unknown field `titel`"),
        ("POST /requests", [], 422, "Expected `object`"),
        ("POST /misbehaviours", {"name": "politely"}, 422, "Invalid enum value 'politely'"),
        ("GET /elsewhere", None, 404, "Not Found"),
        ("PUT /requests", None, 405, "Method Not Allowed"),
    ],
)
async def test_nonsense_is_answered_in_words(partner: RunningPartner, call, body, status, words):
    method, path = call.split()
    await asked(partner, id="A-1")
    assert words in (await direct(partner, method, path, body, expect=status))["error"]


async def test_a_body_that_is_no_json(partner: RunningPartner):
    url = f"http://127.0.0.1:{partner.control_port}/requests"
    async with aiohttp.ClientSession() as session, session.post(url, data=b"{") as got:
        assert got.status == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "truncated" in json.loads(await got.read())["error"]
