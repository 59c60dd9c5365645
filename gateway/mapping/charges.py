"""What the circulation system shows of a price that staff set there for an unreturned item: 63 with the customer's fees, and 17.

No message of SIP2 sets a price or a charge (money.md, "Prices in the ILS"), so it is read back. What each product shows stands in
sip2/products.toml ("fees"). 64's AV are lines of text with an amount, and seldom a barcode; its BV is all that the customer owes; 18's BV is
a fee of the item, in some products its deposit, and no price. A line that names the item counts most, then one with its title, then one with the very
amount; then whether the customer owes as much at all. What can't be told is UNCLEAR, never a guess. Pure.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final

import msgspec
from pysip2.models import SIPRequest

from gateway.mapping.circulation import Terminal, is_valid
from gateway.sip2 import requests
from gateway.sip2.codec import Reply, folded
from gateway.sip2.requests import Summary
from gateway.workflow.charges import PriceVerdict
from gateway.workflow.duplicates import normalised

_AMOUNT: Final = re.compile(r"(?<![\d.,])\d{1,6}[.,]\d{2}(?!\d|[.,]\d)", re.ASCII)
_TITLE_WORDS: Final = 3
"""So many words of a title, from its beginning, tell which item a line is about."""


class ChargeWanted(msgspec.Struct, frozen=True, kw_only=True):
    """What was to be charged, for which item."""

    item_barcode: str
    title: str
    amount: Decimal
    is_off: bool = False
    """It came back: the charge is to be gone."""


class ChargeSeen(msgspec.Struct, frozen=True, kw_only=True):
    """What the replies come to, in words that name no customer."""

    verdict: PriceVerdict
    words: str


def fees_request(account: str, *, at: datetime, terminal: Terminal) -> SIPRequest:
    """Ask for the customer's fees, a line each (63 with the fourth position of its summary)."""
    return requests.patron_information(terminal.profile, at.astimezone(terminal.zone), account, summary=Summary.FINES)


def judge(wanted: ChargeWanted, fees: Reply, item: Reply | None) -> ChargeSeen:
    """Say whether the charge stands in the circulation system as wanted, or is gone as wanted."""
    if is_valid(fees) is not True:
        return ChargeSeen(
            verdict=PriceVerdict.UNCLEAR, words="The circulation system says nothing of the customer's fees."
        )
    lines, owed = _lines(fees), amount_in(fees.first("BV"))
    about = _about(lines, wanted)
    found = {amount for line in about for amount in amounts_in(line)}
    of_item = amount_in(item.first("BV")) if item else None
    if wanted.is_off:
        return _gone(wanted, lines, found, owed, fees, names_it=bool(about))
    seen = _stands(wanted, lines, found, owed, of_item, fees)
    is_bare = not found and not all(map(amounts_in, lines))
    return _of_bare_lines(wanted, len(lines), owed, seen, names_it=bool(about)) if is_bare else seen


def _stands(  # noqa: PLR0911, PLR0917 - one answer for each that a reply can show
    wanted: ChargeWanted,
    lines: list[str],
    found: set[Decimal],
    owed: Decimal | None,
    of_item: Decimal | None,
    fees: Reply,
) -> ChargeSeen:
    amount = wanted.amount
    if amount in found:
        return ChargeSeen(verdict=PriceVerdict.AGREES, words=f"A fee of {amount} for the item stands there.")
    if found:
        told = ", ".join(str(each) for each in sorted(found))
        return ChargeSeen(verdict=PriceVerdict.DIFFERS, words=f"The fee for the item is {told}, not {amount}.")
    if any(amount in amounts_in(line) for line in lines):
        return ChargeSeen(verdict=PriceVerdict.AGREES, words=f"A fee of {amount} stands there; its line names no item.")
    if of_item == amount:
        return ChargeSeen(verdict=PriceVerdict.AGREES, words=f"The item shows a fee of {amount}.")
    if owed is not None and owed < amount:
        return ChargeSeen(
            verdict=PriceVerdict.DIFFERS, words=f"The customer owes {owed} in all, less than {amount}: it is not set."
        )
    if _is_complete(fees, lines) and lines:
        return ChargeSeen(
            verdict=PriceVerdict.DIFFERS, words=f"No fee of {amount} is among the customer's {len(lines)}."
        )
    return ChargeSeen(verdict=PriceVerdict.UNCLEAR, words="The fees have no line that tells: look in the ILS.")


def _of_bare_lines(
    wanted: ChargeWanted, count: int, owed: Decimal | None, seen: ChargeSeen, *, names_it: bool
) -> ChargeSeen:
    """Some products name the items that cost something and no amounts: then only a fee that is all that is owed can be told."""
    if seen.verdict is PriceVerdict.AGREES or (owed is not None and owed < wanted.amount):
        return seen
    if names_it and count == 1 and owed == wanted.amount:
        return ChargeSeen(
            verdict=PriceVerdict.AGREES, words=f"The item costs something, and the customer owes {owed} in all."
        )
    return ChargeSeen(verdict=PriceVerdict.UNCLEAR, words="A fee's line names no amount: look in the ILS.")


def _gone(
    wanted: ChargeWanted, lines: list[str], found: set[Decimal], owed: Decimal | None, fees: Reply, *, names_it: bool
) -> ChargeSeen:
    if any(found):
        return ChargeSeen(verdict=PriceVerdict.DIFFERS, words=f"A fee for the item still stands there: {max(found)}.")
    if any(wanted.amount in amounts_in(line) for line in lines):
        return ChargeSeen(verdict=PriceVerdict.DIFFERS, words=f"A fee of {wanted.amount} still stands there.")
    if owed is not None and owed < wanted.amount:
        return ChargeSeen(verdict=PriceVerdict.AGREES, words=f"The customer owes {owed} in all: the charge is off.")
    if names_it:
        return ChargeSeen(
            verdict=PriceVerdict.DIFFERS, words="A fee for the item still stands there; its line names no amount."
        )
    if _is_complete(fees, lines):
        return ChargeSeen(verdict=PriceVerdict.AGREES, words="No fee for the item is among the customer's.")
    return ChargeSeen(verdict=PriceVerdict.UNCLEAR, words="The fees have no line that tells: look in the ILS.")


def _lines(fees: Reply) -> list[str]:
    return [line.strip() for line in fees.fields.get("AV", ()) if line.strip()]


def _is_complete(fees: Reply, lines: list[str]) -> bool:
    """Whether as many lines came as the reply counts."""
    told = fees.fixed.get("fine_items_count", "").strip()
    return told.isdecimal() and int(told) == len(lines)


def _about(lines: Iterable[str], wanted: ChargeWanted) -> list[str]:
    """The lines that name the item; else those that begin its title."""
    every = list(lines)
    named = [line for line in every if folded(wanted.item_barcode) in folded(line)] if wanted.item_barcode else []
    words = normalised(wanted.title).split()[:_TITLE_WORDS] if wanted.title else []
    start = " ".join(words)
    return named or ([line for line in every if start in normalised(line)] if len(words) == _TITLE_WORDS else [])


def amounts_in(text: str) -> set[Decimal]:
    """Return the amounts that stand in a text, such as “Lost item 45.00”."""
    return {Decimal(each.replace(",", ".")) for each in _AMOUNT.findall(text)}


def amount_in(text: str) -> Decimal | None:
    """Read a field that is an amount; None where it is none."""
    try:
        amount = Decimal(text.strip().lstrip("$€£").replace(",", "."))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None
