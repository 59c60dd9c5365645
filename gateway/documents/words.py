"""The parts that several documents share: addresses, days, loan conditions, the work and the item, as blocks of lines."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Final

from gateway.documents.layout import Block, centred, field, large
from gateway.iso18626.codes import LoanCondition
from gateway.workflow.partners import Partner
from gateway.workflow.records import Item, OurLibrary, Request
from gateway.workflow.values import PostalAddress, Wanted

CONDITION_WORDS: Final[Mapping[LoanCondition, str]] = {
    LoanCondition.LIBRARY_USE_ONLY: "For use in the library only",
    LoanCondition.NO_REPRODUCTION: "No copies may be made",
    LoanCondition.SIGNATURE_REQUIRED: "To be handed out against signature",
    LoanCondition.SPEC_COLL_SUPERV_REQ: "For use under the supervision of special collections staff",
    LoanCondition.WATCH_LIBRARY_USE_ONLY: "For use in the library only, under supervision",
}
"""The open list LoanCondition, said to whoever has the item in hand."""


def local_day(at: datetime | None, zone: tzinfo) -> str | None:
    """Give the day at the library as YYYY-MM-DD, which no country reads amiss; `at` is aware."""
    if at is None:
        return None
    try:
        return at.astimezone(zone).date().isoformat()
    except OverflowError:  # a "never" at the end of the year 9999 has no local time east of it
        return at.date().isoformat()


def condition_words(condition: str | None) -> str | None:
    """Say a loan condition in words; one that is not of the list is said as it stands."""
    code = LoanCondition.lookup(condition or "")
    return condition if code is None else CONDITION_WORDS[code]


def address_lines(address: PostalAddress | None) -> tuple[str, ...]:
    """Give the lines of an address; what is missing leaves no gap."""
    if address is None:
        return ()
    place = ", ".join(filter(None, (address.locality, address.region)))
    town = " ".join(filter(None, (place, address.postal_code)))
    return tuple(filter(None, (address.line1, address.line2, town, address.country)))


def return_address(request: Request, lender: Partner | None) -> PostalAddress | None:
    """Give where what we borrowed goes back to: what the lender said, else what its record says."""
    own = (lender.return_address or lender.address) if lender else None
    return request.borrowed.return_to or own


def named(name: str, address: PostalAddress | None) -> tuple[str, ...]:
    """Give a name and the lines of its address, which often begin with the same name: once is enough."""
    first, *others = address_lines(address) or ("",)
    return (name, *others) if first.casefold() == name.casefold() else (name, first, *others)


def library_block(label: str, library: OurLibrary) -> Block:
    """Say who and where we are."""
    first, *others = named(library.name, library.address)
    return field(label, first, library.department, *others, library.contact)


def delivery_address(request: Request, partner: Partner | None) -> PostalAddress | None:
    """Give where a parcel goes: where the request says, for the partner may be a broker; else the partner's own address."""
    own = partner.address if partner else None
    return request.deliver_to if address_lines(request.deliver_to) else own


def recipient(request: Request, partner: Partner) -> str:
    """Give who the parcel is for, as the requesting library calls itself; else the partner's name."""
    return request.deliver_to_name or partner.name


def partner_block(label: str, partner: Partner, request: Request) -> Block:
    """Say who a parcel is for and where it goes; and the partner's courier, where it is the partner that it goes to."""
    name, address = recipient(request, partner), delivery_address(request, partner)
    is_its_own = name.casefold() == partner.name.casefold() or address == partner.address
    courier = partner.courier if is_its_own else None
    return [*field(label, *named(name, address)), *field("By courier", courier)]


def request_block(request: Request) -> Block:
    """Give both sides' numbers of the request."""
    return [*field("Your request", request.partner_request_id), *field("Our request", request.id)]


def work_block(wanted: Wanted, item: Item | None = None) -> Block:
    """Say what the work is, in our catalogue's words where they are known, else in the partner's."""
    copy = item.copy if item else None
    return [
        *field("Title", (copy and copy.title) or wanted.title),
        *field("Author", (copy and copy.author) or wanted.author),
        *field("Edition", wanted.edition),
        *field("Volume", ", ".join(wanted.volumes)),
    ]


def article_block(wanted: Wanted) -> Block:
    """Say which part of the work is wanted, for a copy."""
    return [
        *field("Article", wanted.article_title),
        *field("Article author", wanted.article_author),
        *field("Issue", wanted.issue),
        *field("Pages", wanted.pages),
    ]


def item_block(item: Item) -> Block:
    """Say which copy it is."""
    return [*field("Call number", item.copy.call_number), *field("Barcode", item.barcode)]


def due_block(day: str | None) -> Block:
    """A due date to be read from afar; nothing where there is none."""
    return [*centred([f"DUE {day}"]), "", *centred(large(day))] if day else []
