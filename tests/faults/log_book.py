"""What the gateway's own log says against it. Pure.

A run disturbs the gateway as it may be disturbed: of that it warns. An error in its log is a fault of its own, be it that the work was tried again and came to
a good end. And no customer's barcode is ever in it. (A full disk is full for the log too: what is said meanwhile is lost.)
"""

import re
from collections.abc import Collection, Iterator
from typing import Final

from tests.faults.breaches import Breach, Rule

_ERROR: Final = re.compile(r"^\S+ +\[(?:error|critical) *\] +(?P<words>.*)$", re.MULTILINE)
_UNWRITTEN: Final = re.compile(r"^A log line could not be written \((?!OSError)(?P<words>.*)$", re.MULTILINE)
_REQUEST: Final = re.compile(r"\brequest=(?P<number>\S+)")
_BARCODE: Final = re.compile(r"(?<!\d)\d{14}(?!\d)")
FORESEEN: Final = ("could not start ", "seats were not confirmed in time: ")
"""How errors begin that tell of a database that is away."""
_SHOWN: Final = 200


def breaches_of(log: str, cards: Collection[str]) -> Iterator[Breach]:
    """Give every breach in a log; `cards` are the barcodes of customers."""
    for found in (*_ERROR.finditer(log), *_UNWRITTEN.finditer(log)):
        words = " ".join(found["words"].split())
        request = _REQUEST.search(words)
        if not words.startswith(FORESEEN):
            yield Breach(rule=Rule.LOGGED, request=request["number"] if request else "", words=words[:_SHOWN])
    for barcode in sorted(set(_BARCODE.findall(log)) & set(cards)):
        yield Breach(rule=Rule.LOGGED, request="", words=f"the barcode of a customer, {barcode}")
