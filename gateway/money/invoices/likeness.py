"""Whether two invoices are one that was entered twice, although their numbers are not written alike. Pure.

A number is copied from paper by hand, and lenders write one number in several ways: `INV-00417`, `Inv. 417`, `417`. So numbers are
compared by their `key`; those that differ in one place, as after a slip of the finger, count as near, and then the amount must agree too:
a lender's next invoice has a near number as well.
"""

import re
import unicodedata
from datetime import timedelta
from typing import Final

from gateway.money.invoices.records import Claim, Invoice, InvoiceState

_LOOK_ALIKE: Final = str.maketrans("OQILSBZ", "0011582")
"""Letters that people and scanners take for digits, and the reverse."""
_PART: Final = re.compile(r"[A-Z]+|[0-9]+")
_CALLED: Final = frozenset({"INV", "INVOICE", "NO", "NR", "NUMBER", "RECHNUNG", "RE", "BILL"})
"""What stands before a number and says only that it is one."""
_LONG_ENOUGH: Final = 4
"""Characters of a key from which a slip is told from another number."""
MONTHS_APART: Final = timedelta(days=62)
"""Near numbers of near days; a year later a lender may well ask for the same amount."""
_GONE: Final = frozenset({InvoiceState.DROPPED, InvoiceState.WITHDRAWN})


def key_of(number: str) -> str:
    """Return a number as it is compared: `Inv. 00417-b` is `4178`. Never empty for a number that has a letter or a digit."""
    plain = unicodedata.normalize("NFKC", number).upper()
    parts = _PART.findall(plain)
    said = [part for part in parts if part not in _CALLED] or parts
    together = "".join(said).translate(_LOOK_ALIKE)
    return together.lstrip("0") or together


def lender_key(claim: Claim) -> str:
    """Return by what a lender is told from others: its record, else its name without case and marks."""
    if claim.partner is not None:
        return claim.partner
    folded = unicodedata.normalize("NFKD", claim.lender).casefold()
    return " ".join(re.findall(r"\w+", "".join(each for each in folded if not unicodedata.combining(each))))


def is_near(one: str, other: str) -> bool:
    """Whether two keys differ by one slip: a character more, less, another, or two that changed places."""
    if min(len(one), len(other)) < _LONG_ENOUGH or abs(len(one) - len(other)) > 1:
        return False
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a == b[1:] or a[1:] == b or (a[:2] == b[:2][::-1] and a[2:] == b[2:])


def is_twin(claim: Claim, other: Invoice) -> bool:
    """Whether the other invoice, of the same lender, is this one by all that can be told."""
    theirs = other.claim
    if other.state in _GONE:
        return False
    one_request = claim.request is None or theirs.request is None or claim.request == theirs.request
    one, two = key_of(claim.number), key_of(theirs.number)
    if one == two:
        return one_request
    same_sum = (claim.amount, claim.currency) == (theirs.amount, theirs.currency)
    return is_near(one, two) and same_sum and one_request and abs(claim.dated - theirs.dated) <= MONTHS_APART


def is_billed_again(claim: Claim, other: Invoice) -> bool:
    """Whether the other invoice asks for the same thing about the same request, under whatever number."""
    same = (claim.request, claim.kind) == (other.claim.request, other.claim.kind)
    return claim.request is not None and same and other.state not in _GONE
