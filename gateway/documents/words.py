"""The parts that several papers share: addresses, days, loan conditions, the work and the item. Pure."""

from collections.abc import Iterable, Mapping
from typing import Final

from gateway.documents.papers import Addressee, CodeKind, Letterhead, PrintedCode, PrintedWork
from gateway.iso18626.codes import LoanCondition
from gateway.workflow.partners import OurLibrary, Partner
from gateway.workflow.records import Item, Request
from gateway.workflow.values import PostalAddress, Wanted

CONDITION_WORDS: Final[Mapping[LoanCondition, str]] = {
    LoanCondition.LIBRARY_USE_ONLY: "For use in the library only",
    LoanCondition.NO_REPRODUCTION: "No copies may be made",
    LoanCondition.SIGNATURE_REQUIRED: "To be handed out against signature",
    LoanCondition.SPEC_COLL_SUPERV_REQ: "For use under the supervision of special collections staff",
    LoanCondition.WATCH_LIBRARY_USE_ONLY: "For use in the library only, under supervision",
}
"""The open list LoanCondition, said to whoever has the item in hand."""


def conditions(codes: Iterable[str | None]) -> tuple[str, ...]:
    """Say loan conditions in words; one that is not of the list is said as it stands."""
    return tuple(_condition_words(code) for code in codes if code)


def _condition_words(condition: str) -> str:
    code = LoanCondition.lookup(condition)
    return condition if code is None else CONDITION_WORDS[code]


def address_lines(address: PostalAddress | None) -> tuple[str, ...]:
    """Return the lines of an address; what is missing leaves no gap."""
    if address is None:
        return ()
    place = ", ".join(filter(None, (address.locality, address.region)))
    town = " ".join(filter(None, (place, address.postal_code)))
    return tuple(filter(None, (address.line1, address.line2, town, address.country)))


def return_address(request: Request, lender: Partner | None) -> PostalAddress | None:
    """Return where what we borrowed goes back to: what the lender said, else what its record says."""
    own = (lender.return_address or lender.address) if lender else None
    return request.borrowed.return_to or own


def delivery_address(request: Request, partner: Partner | None) -> PostalAddress | None:
    """Return where a parcel goes: where the request says, for the partner may be a broker; else the partner's own address."""
    own = partner.address if partner else None
    return request.deliver_to if address_lines(request.deliver_to) else own


def addressee(name: str, address: PostalAddress | None, courier: str | None = None) -> Addressee:
    """Name whom a parcel is for; an address often begins with the same name, and once is enough."""
    first, *others = address_lines(address) or ("",)
    if first.casefold() == name.casefold():
        return Addressee(name=first, lines=tuple(others), courier=courier)
    return Addressee(name=name, lines=tuple(filter(None, (first, *others))), courier=courier)


def our_library(library: OurLibrary) -> Letterhead:
    """Say who and where we are."""
    named = addressee(library.name, library.address)
    return Letterhead(name=named.name, department=library.department, lines=named.lines, contact=library.contact)


def recipient(request: Request, partner: Partner) -> str:
    """Return who the parcel is for, as the requesting library calls itself; else the partner's name."""
    return request.deliver_to_name or partner.name


def partner_addressee(request: Request, partner: Partner) -> Addressee:
    """Say who a parcel is for and where it goes; and the partner's courier, if the parcel goes to the partner itself."""
    name, address = recipient(request, partner), delivery_address(request, partner)
    is_its_own = name.casefold() == partner.name.casefold() or address == partner.address
    return addressee(name, address, partner.courier if is_its_own else None)


def request_code(number: str) -> PrintedCode:
    """Return the number of a request, ours or theirs, for a scanner."""
    return PrintedCode(text=number, kind=CodeKind.REQUEST)


def at_desk(request: Request) -> PrintedCode:
    """Return the way to the request's page at the desk."""
    return PrintedCode(text=request.id, kind=CodeKind.AT_DESK)


def their_request(number: str | None) -> PrintedCode | None:
    """Return the other library's number of a request; None if it has said none."""
    return request_code(number) if number else None


def item_code(item: Item) -> PrintedCode:
    """Return the barcode of an item as our circulation system has it; that of the pool for what we borrowed."""
    return PrintedCode(text=item.barcode, kind=CodeKind.OUR_ITEM)


def look_first(request: Request, item: Item) -> str | None:
    """Say what whoever has the item in hand is to look at: what is in doubt, and what the partner asks of the copy."""
    asked = f"the partner asks: “{request.asks_for}”" if request.asks_for else None
    return "; ".join(filter(None, (item.copy.doubt, asked))) or None


def work_of(wanted: Wanted, item: Item | None = None) -> PrintedWork:
    """Say what the work is, in our catalogue's words if they are known, else in the partner's; and which part is wanted."""
    copy = item.copy if item else None
    return PrintedWork(
        title=(copy and copy.title) or wanted.title,
        author=(copy and copy.author) or wanted.author,
        edition=wanted.edition,
        volume=", ".join(wanted.volumes) or None,
        article=wanted.article_title,
        article_author=wanted.article_author,
        issue=wanted.issue,
        pages=wanted.pages,
    )
