"""Alma: what it shows, and where.

Known from how the CrossLink broker writes to it (github.com/indexdata/crosslink, broker/shim) and from Ex Libris' developer
pages (ISO ILL: requests, shipped, unfilled, received, returned, checked in, cancel, renew, general messages):

- It does not know ExpectToSupply. It wants StatusChange beside Loaned, RequestResponse beside WillSupply and LoanCompleted.
- It shows a note only in a general message (Notification), so conditions and costs are told there in words, and answered
  by a Notification ACCEPT or REJECT (any case, blanks and punctuation around it).
- A link is shown where the note says `URL: …`; addresses where the note has the blocks `#SHIP_TO#…#ST_END#` (of a request) and
  `#RETURN_TO#…#RT_END#` (of what was sent).
- In a request it takes the codes of the open lists alone, in the lists' own capitals; the highest price in words too.
- The status of its Notifications is empty, its reasons are often not the standard's.

Our reading: an offer has RequestReceived beside it, which promises nothing; the broker writes WillSupply there. A word
ACCEPT or REJECT in capitals with words after it counts as the answer too.
"""

from typing import Final

from msgspec.structs import replace

from gateway.iso18626.codes import (
    BibliographicItemIdCode,
    BibliographicRecordIdCode,
    OpenCode,
    PublicationType,
    ReasonForMessage,
    ServiceLevel,
    Status,
)
from gateway.iso18626.dialects.habits import Dialect, Offers, fields, lines, note_of, with_note
from gateway.iso18626.dialects.offers import cost_words
from gateway.iso18626.messages import BibliographicInfo, Message, Request, ServiceInfo, SupplyingAgencyMessage
from gateway.iso18626.notes import label, return_block, ship_block
from gateway.iso18626.values import Code, PhysicalAddress


def speak(message: Message) -> Message:
    """What Alma shows only in a note is put there too; codes that it would not know are left out."""
    match message:
        case SupplyingAgencyMessage():
            return with_note(message, lines(fields(_link(message), note_of(message)), _return_label(message)))
        case Request():
            return _request(message)
        case _:
            return message


def _link(message: SupplyingAgencyMessage) -> str | None:
    delivery = message.delivery_info
    if delivery is None or not delivery.is_by_url:
        return None
    url = delivery.url or next(iter(delivery.item_ids), None)
    return f"URL: {url}" if url else None


def _return_label(message: SupplyingAgencyMessage) -> str | None:
    info = message.return_info
    if message.status_info.status is not Status.LOANED or info is None or info.physical_address is None:
        return None
    return return_block(label(info.name, info.physical_address))


def _request(request: Request) -> Request:
    billing, service = request.billing_info, request.service_info
    costs = billing.maximum_costs if billing is not None else None
    cost = cost_words((costs,)) if costs is not None else None
    published = request.publication_info
    if published is not None:
        published = replace(published, publication_type=_listed(PublicationType, published.publication_type))
    return replace(
        request,
        bibliographic_info=_bibliographic_info(request.bibliographic_info),
        publication_info=published,
        service_info=None if service is None else _service(service, cost, _ship_label(request)),
    )


def _service(service: ServiceInfo, cost: str | None, ship_label: str | None) -> ServiceInfo:
    level = service.service_level
    if level is not None:
        level = _listed(ServiceLevel, level) or Code.of(ServiceLevel.STANDARD)
    return replace(service, service_level=level, note=lines(service.note, cost, ship_label))


def _bibliographic_info(info: BibliographicInfo) -> BibliographicInfo:
    items = (
        replace(each, bibliographic_item_identifier_code=code)
        for each in info.bibliographic_item_ids
        if (code := _listed(BibliographicItemIdCode, each.bibliographic_item_identifier_code))
    )
    records = (
        replace(each, bibliographic_record_identifier_code=code)
        for each in info.bibliographic_record_ids
        if (code := _listed(BibliographicRecordIdCode, each.bibliographic_record_identifier_code))
    )
    return replace(info, bibliographic_item_ids=tuple(items), bibliographic_record_ids=tuple(records))


def _listed(codes: type[OpenCode], code: Code | None) -> Code | None:
    """The code as its list writes it; None where the list has no such code."""
    known = codes.lookup(code.value) if code is not None else None
    return None if known is None or code is None else replace(code, value=known.value)


def _ship_label(request: Request) -> str | None:
    """The first postal address for delivery."""
    name = request.requesting_agency_info.name if request.requesting_agency_info else None
    wishes = sorted(request.requested_delivery_infos, key=lambda wish: wish.sort_order or 0)
    addresses = (wish.address for wish in wishes if isinstance(wish.address, PhysicalAddress))
    return next((ship_block(label(name, address)) for address in addresses), None)


DIALECT: Final = Dialect(
    name="alma",
    answers_in_words=True,
    words=True,
    rejects=frozenset({Status.EXPECT_TO_SUPPLY}),
    reasons={
        Status.LOANED: ReasonForMessage.STATUS_CHANGE,
        Status.WILL_SUPPLY: ReasonForMessage.REQUEST_RESPONSE,
        Status.LOAN_COMPLETED: ReasonForMessage.REQUEST_RESPONSE,
    },
    offers=Offers.WORDS,
    speak=speak,
)
