"""A library that nobody knows: it sends a request as a system of its own would, and shows nothing of who it is unless it is told to."""

import urllib.error
import urllib.request
from datetime import UTC, datetime

from gateway.demo.stage.stack import Stack
from gateway.iso18626 import messages as iso
from gateway.iso18626 import values
from gateway.iso18626.codec import decode, encode

NAME = "Example Stranger Library"


def ask(
    stack: Stack, agency: str, number: str, authorization: str | None = None
) -> tuple[int, iso.RequestConfirmation | None]:
    """Ask for a book; give the status of the answer, and the confirmation if there is one."""
    message = iso.Request(
        header=iso.Header(
            supplying_agency_id=values.AgencyId.of("ISIL:XX-EXAMPLE"),
            requesting_agency_id=values.AgencyId.of(agency),
            timestamp=datetime.now(UTC),
            requesting_agency_request_id=number,
        ),
        bibliographic_info=iso.BibliographicInfo(
            title="A Field Guide to Nonexistent Birds", supplier_unique_record_id="ex000002"
        ),
        requesting_agency_info=iso.RequestingAgencyInfo(
            name=NAME,
            addresses=(values.PhysicalAddress(line1="9 Nowhere Lane", locality="Elsewhere"),),
        ),
    )
    headers = {"Content-Type": "application/xml"} | ({"Authorization": authorization} if authorization else {})
    url = f"http://127.0.0.1:{stack.ports.peers}/iso18626"
    request = urllib.request.Request(url, data=encode(message), headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - likewise
            decoded = decode(answer.read()).message
    except urllib.error.HTTPError as refused:
        return refused.code, None
    assert isinstance(decoded, iso.RequestConfirmation)
    return 200, decoded
