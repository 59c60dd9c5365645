"""The partner is asked to lend: it confirms, keeps what it was asked, and says Unfilled."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from gateway.demo.partner.running import serve
from gateway.demo.partner.settings import PartnerSettings
from gateway.iso18626.codes import MessageStatus, ReasonForMessage, ServiceType, Status
from gateway.iso18626.messages import BibliographicInfo, BibliographicItemId, Header, Request, ServiceInfo
from gateway.iso18626.values import AgencyId, Code
from tests.demo.partner.supplier import confirmed, supplier, until

NOW = datetime(2026, 10, 26, 10, 15, tzinfo=UTC)
ISBN = BibliographicItemId(
    bibliographic_item_identifier="9780000000620", bibliographic_item_identifier_code=Code("ISBN")
)


def request(supplying: str) -> Request:
    return Request(
        header=Header(
            supplying_agency_id=AgencyId.of(supplying),
            requesting_agency_id=AgencyId.of("ISIL:XX-EXAMPLE"),
            timestamp=NOW,
            requesting_agency_request_id="B-1",
        ),
        bibliographic_info=BibliographicInfo(title="The Cartographer of Clouds"),
        service_info=ServiceInfo(service_type=ServiceType.LOAN),
    )


@pytest.mark.parametrize(
    ("work", "status"),
    [
        ({"supplier_unique_record_id": "sv000003"}, Status.WILL_SUPPLY),
        ({"bibliographic_item_ids": (ISBN,)}, Status.WILL_SUPPLY),
        ({"supplier_unique_record_id": "sv000002"}, Status.UNFILLED),
    ],
)
async def test_it_sends_what_its_catalogue_has_in(work: dict[str, Any], status: Status):
    asked = request("ISIL:XX-PARTNER")
    asked = msgspec.structs.replace(asked, bibliographic_info=BibliographicInfo(title="Some title", **work))
    async with supplier() as other:
        settings = PartnerSettings(supplier_url=f"http://127.0.0.1:{other.port}/iso18626")
        async with await serve(settings, now=lambda: NOW) as partner:
            await confirmed(partner, asked)
            await until(lambda: bool(other.documents))
    (answer,) = other.messages
    assert answer.status_info.status is status


async def test_it_lends_nothing():
    async with supplier() as other:
        settings = PartnerSettings(supplier_url=f"http://127.0.0.1:{other.port}/iso18626")
        async with await serve(settings, now=lambda: NOW) as partner:
            confirmation = await confirmed(partner, request("ISIL:XX-PARTNER"))
            assert confirmation.confirmation_header.message_status is MessageStatus.OK
            await until(lambda: bool(other.documents))
            (asked,) = partner.library.lending.requests()
    assert (asked.id, asked.by, asked.title) == ("B-1", "ISIL:XX-EXAMPLE", "The Cartographer of Clouds")
    (answer,) = other.messages
    assert answer.header.requesting_agency_request_id == "B-1"
    assert answer.header.supplying_agency_request_id
    assert (answer.status_info.status, answer.message_info.reason_for_message) == (
        Status.UNFILLED,
        ReasonForMessage.REQUEST_RESPONSE,
    )
    assert answer.message_info.reason_unfilled.value == "NotHeld"


async def test_a_request_to_somebody_else_is_refused():
    async with await serve(PartnerSettings(), now=lambda: NOW) as partner:
        confirmation = await confirmed(partner, request("ISIL:XX-SOMEBODY"))
        assert confirmation.confirmation_header.message_status is MessageStatus.ERROR
        assert partner.library.lending.requests() == ()
