"""The request that a scan means: by our number, the other side's, or the barcode of an item, ours or the lender's.

So one scan at the desk does a step, whichever label is at hand (ill.md, duty 2). By our own number any request is found; by
another only one that is open, for barcodes are used again; by the lender's labels, where none is open, also one of ours
that is over, for a parcel may come all the same; and so does an item that was lost.
"""

from typing import Final

from gateway.barcodes import scanned
from gateway.desk.errors import ConflictError, NotThereError
from gateway.dispatch.numbered import with_number
from gateway.dispatch.roles import TABLES
from gateway.store.port import Store
from gateway.workflow.borrowing.numbers import read_number
from gateway.workflow.borrowing.table import BORROWING
from gateway.workflow.records import Request, Role, State


async def request_of(store: Store, scan: str) -> Request:
    """Return the request. Raises NotThereError, ConflictError where it could be several."""
    return _only(scanned(scan).barcode, await requests_of(store, scan))


async def requests_of(store: Store, scan: str) -> list[Request]:
    """Return every request that it could be."""
    text = scanned(scan).barcode
    number = read_number(text)
    for name in dict.fromkeys((scan, *((number[0], number[0].upper()) if number else ()))):
        request = await store.request(name)
        if request is not None:
            return [request]
    return await _meant(store, text)


async def _meant(store: Store, text: str) -> list[Request]:
    """The open requests that have exactly this number or barcode; where there is none, those that are over and can still be meant."""
    found = await with_number(store, text)
    is_open = [each for each in found if each.state not in TABLES[each.role].finals and _is_among(text, _numbers(each))]
    return is_open or [each for each in found if each.state in _OVER and _is_among(text, _of_what_comes(each))]


_OVER: Final = (*BORROWING.finals, State.LOST)


def _of_what_comes(request: Request) -> set[str | None]:
    """What is scanned of a request that is over: a lender's parcel that comes all the same, or an item of ours that was lost."""
    return _numbers(request) if request.state is State.LOST else _labels(request)


def _is_among(text: str, numbers: set[str | None]) -> bool:
    """Without regard to case: a number is typed by hand as often as scanned."""
    return text.casefold() in {number.casefold() for number in numbers if number}


def _numbers(request: Request) -> set[str | None]:
    own: set[str | None] = {request.partner_request_id, *(item.barcode for item in request.items)}
    return own | _labels(request)


def _labels(request: Request) -> set[str | None]:
    """What a lender writes on a parcel for us; nothing where we lend."""
    if request.role is Role.LENDING:
        return set()
    return {request.borrowed.lender_request_id, *request.borrowed.lender_items}


def _only(text: str, found: list[Request]) -> Request:
    if not found:
        raise NotThereError("There is no such request.")
    if len(found) > 1:
        listed = ", ".join(each.id for each in found)
        raise ConflictError(f"More than one request has {text[:64]}: {listed}. Name the one that you mean.")
    return found[0]
