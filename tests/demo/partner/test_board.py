"""The partner's page: forms without a script, what they make it do, and whom they are refused to."""

import re
from collections.abc import AsyncIterator
from http import HTTPStatus

import aiohttp
import pytest

from gateway.demo.acs.collection import CollectionName, demonstration_collection
from gateway.demo.partner.directing import CHECKED_OUT, NOBODYS, ON_SHELF, REFERENCE, TROUBLES, WORKS
from gateway.demo.partner.running import RunningPartner, serve
from gateway.demo.partner.settings import PartnerSettings
from gateway.iso18626.codes import Action, ReasonForMessage, RequestType, ServiceType, Status, YesNo
from gateway.iso18626.messages import BibliographicInfo, Header, Request, RequestingAgencyMessage, ServiceInfo
from gateway.iso18626.values import AgencyId
from tests.demo.partner.supplier import NOW, Supplier, confirmed, direct, said, supplier, tell, until

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
async def other() -> AsyncIterator[Supplier]:
    async with supplier() as running:
        yield running


@pytest.fixture
async def partner(other: Supplier) -> AsyncIterator[RunningPartner]:
    url = f"http://127.0.0.1:{other.port}/iso18626"
    async with await serve(PartnerSettings(supplier_url=url, lends=True, timeout_s=1.0)) as running:
        yield running


async def press(
    partner: RunningPartner, path: str, expect: HTTPStatus = HTTPStatus.SEE_OTHER, origin: str = "", **form: str
) -> str:
    """Send a form of the page; where it leads, or what it is refused with."""
    url = f"http://127.0.0.1:{partner.control_port}"
    headers = {"Origin": origin or url}
    async with (
        aiohttp.ClientSession() as session,
        session.post(url + path, data=form, headers=headers, allow_redirects=False) as got,
    ):
        assert got.status == expect, await got.text()
        return got.headers.get("Location") or await got.text()


async def look(partner: RunningPartner) -> str:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{partner.control_port}/") as got:
        policy = got.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        return await got.text()


def buttons(page: str) -> set[str]:
    return set(re.findall(r'name="(?:do|say)" value="([^"]+)"', page))


def order(number: str = "B-1", kind: RequestType = RequestType.NEW, title: str = "The Silent Orchestra") -> Request:
    return Request(
        header=Header(
            supplying_agency_id=AgencyId.of("ISIL:XX-PARTNER"),
            requesting_agency_id=AgencyId.of("ISIL:XX-EXAMPLE"),
            timestamp=NOW,
            requesting_agency_request_id=number,
        ),
        bibliographic_info=BibliographicInfo(title=title),
        service_info=ServiceInfo(request_type=kind, service_type=ServiceType.LOAN),
    )


def action(what: Action, number: str = "B-1") -> RequestingAgencyMessage:
    header = Header(
        supplying_agency_id=AgencyId.of("ISIL:XX-PARTNER"),
        requesting_agency_id=AgencyId.of("ISIL:XX-EXAMPLE"),
        timestamp=NOW,
        requesting_agency_request_id=number,
    )
    return RequestingAgencyMessage(header=header, action=what)


def test_the_works_stand_as_the_page_says():
    """At the start of a demonstration; what is lent meanwhile is another matter."""
    collection = demonstration_collection(CollectionName.VALLEY)
    numbers = {title.isbn: title.record_id for title in collection.titles if title.isbn}
    titles = {title.isbn: title.title for title in collection.titles if title.isbn}
    for work in WORKS.values():
        items = [item for item in collection.items if item.record_id == numbers.get(work.wish.isbn or "")]
        here = [item for item in items if item.status == "03"]
        circulating = [item for item in here if item.item_type != "REF"]
        stands = ON_SHELF if circulating else REFERENCE if here else CHECKED_OUT if items else NOBODYS
        assert (work.stands, work.wish.title) == (stands, titles.get(work.wish.isbn or "", work.wish.title))


async def test_it_asks_for_a_loan_and_for_a_copy(partner: RunningPartner, other: Supplier):
    assert (await press(partner, "/board/ask", work="bridges", service="Loan", note="")).startswith("/#SVL-")
    await press(partner, "/board/ask", work="things", service="Copy", note=HOSTILE)
    loan, copy = other.messages
    assert (loan.bibliographic_info.title, loan.service_info.service_type) == ("The Atlas of Unbuilt Bridges", "Loan")
    assert loan.service_info.note is None
    assert (copy.service_info.service_type, copy.bibliographic_info.pages_requested) == ("Copy", "1-12")
    assert copy.service_info.note == HOSTILE


async def test_its_own_loan_from_beginning_to_end(partner: RunningPartner, other: Supplier):
    place = await press(partner, "/board/ask", work="bridges", service="Loan")
    number = place.removeprefix("/#")
    assert {"Cancel", "Notification"} <= buttons(await look(partner))
    assert "Received" not in buttons(await look(partner))
    await tell(partner, said(number, Status.LOANED, note=HOSTILE), bearer=None)
    page = await look(partner)
    assert {"Received", "Renew", "ShippedReturn"} <= buttons(page)
    assert HOSTILE not in page
    for step in ("Received", "Renew", "ShippedReturn", "reminder", "resend"):
        await press(partner, f"/board/requests/{number}", do=step, note="Thanks")
    assert [message.action for message in other.messages[1:4]] == ["Received", "Renew", "ShippedReturn"]
    assert other.documents[-1] == other.documents[-2]
    assert "Received" not in buttons(await look(partner))


async def test_it_lends_when_it_is_told_to(partner: RunningPartner, other: Supplier):
    await confirmed(partner, order(title=HOSTILE))
    page = await look(partner)
    assert HOSTILE not in page
    assert {"will-supply", "on-terms", "not-held", "note"} == buttons(page)
    await press(partner, "/board/asked/B-1", say="will-supply", note="With pleasure.")
    await press(partner, "/board/asked/B-1", say="ship", note="")
    promise, loaned = other.messages
    assert (promise.status_info.status, promise.message_info.note) == (Status.WILL_SUPPLY, "With pleasure.")
    assert (loaned.status_info.status, loaned.message_info.reason_for_message) == ("Loaned", "StatusChange")
    (barcode,) = loaned.delivery_info.item_ids
    assert barcode in await look(partner)
    assert "renew" not in buttons(await look(partner))
    await tell(partner, action(Action.RENEW), bearer=None)
    assert {"renew", "renew-not", "overdue", "recall", "completed"} <= buttons(await look(partner))
    await press(partner, "/board/asked/B-1", say="renew")
    renewed = other.messages[-1]
    assert (renewed.message_info.answer_yes_no, renewed.status_info.status) == (YesNo.Y, Status.LOANED)
    assert renewed.status_info.due_date > loaned.status_info.due_date
    await press(partner, "/board/asked/B-1", say="overdue")
    await tell(partner, action(Action.STATUS_REQUEST), bearer=None)
    await until(lambda: len(other.documents) == 5)
    answer = other.messages[-1]
    assert answer.message_info.reason_for_message is ReasonForMessage.STATUS_REQUEST_RESPONSE
    assert answer.status_info.status is Status.OVERDUE
    await press(partner, "/board/asked/B-1", say="completed")
    (kept,) = (await direct(partner, "GET", "/asked"))["requests"]
    assert (kept["status"], len(kept["sent"]), len(kept["heard"])) == ("LoanCompleted", 6, 2)


async def test_a_price_and_the_retry_that_accepts_it(partner: RunningPartner, other: Supplier):
    await confirmed(partner, order())
    await press(partner, "/board/asked/B-1", say="on-terms")
    (offer,) = other.messages
    assert (offer.status_info.status, offer.message_info.reason_retry.value) == ("RetryPossible", "CostExceedsMaxCost")
    assert str(offer.retry_info.offered_costs[0].monetary_value) == "5.00"
    assert "will-supply" not in buttons(await look(partner))
    await confirmed(partner, order())  # the same once more changes nothing
    assert "will-supply" not in buttons(await look(partner))
    await confirmed(partner, order(kind=RequestType.RETRY))
    assert "will-supply" in buttons(await look(partner))


async def test_trouble_befalls_requests_too_and_ends(partner: RunningPartner, other: Supplier):
    await press(partner, "/board/trouble", name="refuse")
    assert "Under way: Refuse the next message, 1 to go" in await look(partner)
    confirmation = await confirmed(partner, order())
    assert confirmation.confirmation_header.message_status == "ERROR"
    assert partner.library.lending.requests() == ()
    await press(partner, "/board/trouble", name="twice")
    await press(partner, "/board/ask", work="bridges", service="Loan")
    assert len(other.documents) == 2
    for name in TROUBLES:
        await press(partner, "/board/trouble", name=name)
    await press(partner, "/board/trouble", name="behave")
    assert "We behave." in await look(partner)


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("/board/ask", {"work": "nonsense"}, HTTPStatus.UNPROCESSABLE_ENTITY),
        ("/board/trouble", {}, HTTPStatus.UNPROCESSABLE_ENTITY),
        ("/board/requests/nobody", {"do": "Received"}, HTTPStatus.NOT_FOUND),
        ("/board/asked/B-1", {"say": "perhaps"}, HTTPStatus.UNPROCESSABLE_ENTITY),
        ("/board/asked/nobody", {"say": "ship"}, HTTPStatus.NOT_FOUND),
        ("/board/asked/nobody", {"say": "resend"}, HTTPStatus.NOT_FOUND),
    ],
)
async def test_nonsense_is_refused(partner: RunningPartner, path: str, form: dict[str, str], status: HTTPStatus):
    await press(partner, path, status, **form)


async def test_a_form_of_another_site_is_refused(partner: RunningPartner, other: Supplier):
    await press(partner, "/board/ask", HTTPStatus.FORBIDDEN, origin="http://elsewhere.example", work="bridges")
    assert other.documents == []
