"""The pool of barcodes for borrowed items: its ranges with their counts, more barcodes, and those out of use."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final

from stdnum import luhn

from gateway.barcodes import BarcodeKind, BarcodeWarning, Scan, scanned
from gateway.desk.access import Caller
from gateway.desk.errors import ConflictError, NotThereError, UnusableError
from gateway.desk.ports import Desk
from gateway.desk.shown import shown
from gateway.desk.structs.common import Problem
from gateway.desk.structs.pool import (
    AT_ONCE_MAX,
    AddBody,
    Added,
    BarcodeList,
    BarcodeSet,
    BarcodeShown,
    BarcodesQuery,
    BlockQuery,
    RangeList,
    RangeShown,
)
from gateway.workflow.borrowing.pool import warning
from gateway.workflow.borrowing_records import PoolState

_LUHN_LENGTH: Final = 14
_FORM: Final = re.compile(r"[A-Za-z0-9._$:/+-]{1,64}", re.ASCII)


async def show_pool(desk: Desk, _caller: Caller) -> RangeList:
    """Return every range, with a warning if few of its barcodes are free."""
    return RangeList(ranges=await _ranges(desk))


async def add_barcodes(desk: Desk, _caller: Caller, body: AddBody) -> Added:
    """Put barcodes into a range; those that are in the pool stay as they are.

    That the circulation system knows an item under each (17) is looked at when it is used.
    """
    barcodes, odd = _barcodes(body)
    await desk.store.borrowing.add_barcodes(body.range, barcodes, at=desk.now())
    shown = next((each for each in await _ranges(desk) if each.range == body.range), None)
    if shown is None:
        raise ConflictError("Each of these barcodes is in the pool already, in another range; nothing was changed.")
    words = f"Range “{body.range}” has {shown.total} barcodes, {shown.free} of them free."
    warnings = (f"The check digit of {odd} barcodes is wrong: compare them with the labels.",) if odd else ()
    return Added(given=len(barcodes), range=shown, warnings=warnings, words=words)


async def list_barcodes(desk: Desk, _caller: Caller, range: str, query: BarcodesQuery) -> BarcodeList:  # noqa: A002 - the name in the address
    """Return the barcodes of a range, page by page. Raises NotThereError."""
    shown_range = next((each for each in await _ranges(desk) if each.range == range), None)
    if shown_range is None:
        raise NotThereError("There is no such range in the pool.")
    found = await desk.store.borrowing.barcodes_of(range, state=query.state, after=query.after, limit=query.limit)
    return BarcodeList(
        range=shown_range,
        barcodes=tuple(shown(barcode, BarcodeShown) for barcode in found),
        next=found[-1].barcode if len(found) == query.limit else None,
    )


async def block_barcode(desk: Desk, caller: Caller, barcode: str, query: BlockQuery) -> BarcodeSet:
    """Take a barcode out of use, and keep who said why; refused while a request has it."""
    why = " ".join(query.why.split())
    return await _set_blocked(desk, barcode, blocked=True, why=f"{why} ({caller.name})" if why else caller.name)


async def unblock_barcode(desk: Desk, _caller: Caller, barcode: str) -> BarcodeSet:
    """Put it back, free."""
    return await _set_blocked(desk, barcode, blocked=False)


async def _set_blocked(desk: Desk, barcode: str, *, blocked: bool, why: str = "") -> BarcodeSet:
    known = await desk.store.borrowing.barcode(barcode)
    if known is None:
        raise NotThereError("There is no such barcode in the pool.")
    if not blocked and known.state is not PoolState.BLOCKED:
        raise ConflictError(f"The barcode is not blocked: it is {known.state}.")
    if not await desk.store.borrowing.block_barcode(barcode, blocked=blocked, at=desk.now(), why=why):
        raise ConflictError(f"Request {known.request} has the barcode.")
    return BarcodeSet(barcode=barcode, words=f"Barcode {barcode} is {'blocked' if blocked else 'free again'}.")


async def _ranges(desk: Desk) -> tuple[RangeShown, ...]:
    rested_before = desk.now() - timedelta(days=desk.orders.rest_days)
    counts = await desk.store.borrowing.count_barcodes(rested_before=rested_before)
    return tuple(range_shown(name, states) for name, states in counts.items() if name)


def range_shown(name: str, counts: Mapping[PoolState, int]) -> RangeShown:
    """Add a range up."""
    total, free = sum(counts.values()), counts.get(PoolState.FREE, 0)
    return RangeShown(range=name, total=total, free=free, counts=counts, warning=warning(counts))


def _barcodes(body: AddBody) -> tuple[tuple[str, ...], int]:
    """The barcodes, each once, and how many have a wrong check digit. Raises UnusableError with each that is none."""
    if bool(body.barcodes) == bool(body.first or body.last):
        raise UnusableError("Give either barcodes, or first and last.")
    scans = [scanned(text) for text in body.barcodes or run(body.first or "", body.last or "")]
    problems = [
        Problem(column=scan.barcode[:64] or "empty", words=words) for scan in scans if (words := _why_not(scan))
    ]
    if problems:
        raise UnusableError("The barcodes can't be taken as they are; nothing was changed.", problems=problems)
    odd = sum(BarcodeWarning.CHECK_DIGIT in scan.warnings for scan in scans)
    return tuple(dict.fromkeys(scan.barcode for scan in scans)), odd


def _why_not(scan: Scan) -> str | None:
    """Why a barcode can't stand for an item; None where it can."""
    if scan.kind is BarcodeKind.CUSTOMER:
        return "this has the form of a customer's barcode"
    if scan.kind is BarcodeKind.ISBN:
        return "this is an ISBN: scan the barcode beside it"
    return None if _FORM.fullmatch(scan.barcode) else "not a barcode: letters, digits and few marks only"


def run(first: str, last: str) -> Iterator[str]:
    """Count from the first barcode to the last; where both end with the check digit of ill.md's barcodes, so do all between.

    Raises UnusableError.
    """
    if not (first.isascii() and last.isascii() and first.isdigit() and last.isdigit() and len(first) == len(last)):
        raise _no_run("must be numbers with the same number of digits")
    is_checked = len(first) == _LUHN_LENGTH and luhn.is_valid(first) and luhn.is_valid(last)
    start, end = (int(text[:-1] if is_checked else text) for text in (first, last))
    if not 0 <= end - start < AT_ONCE_MAX:
        raise _no_run(f"must name at most {AT_ONCE_MAX:,} barcodes, the first one first")
    width = len(first) - is_checked
    for number in range(start, end + 1):
        body = f"{number:0{width}}"
        yield body + luhn.calc_check_digit(body) if is_checked else body


def _no_run(words: str) -> UnusableError:
    return UnusableError(f"first, last: {words}.", [Problem(column="last", words=f"The first and the last {words}.")])
