"""Our request numbers: short enough to type, those of one moment side by side, never the same twice.

What the store keeps of a request lies under its number, in five indexes. Numbers that rise with the clock put new requests
together on the last page of each; by chance, every request would have five pages of its own to write, the more so the
older the store, and these were half of what a commit wrote.
"""

import random
from datetime import UTC, datetime, timedelta
from typing import Final

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""No 0, 1, I or O: a number is read from paper and typed by people."""

LENDING: Final = "L"
BORROWING: Final = "B"
BILL_LETTER: Final = "M"
"""Of a bill before it has a number of its series, and after."""
PAYMENT_LETTER: Final = "P"
INVOICE_LETTER: Final = "V"
"""Of an invoice that a lender has sent us."""
EXPORT_LETTER: Final = "X"
"""Of an export of such invoices to the accounting system."""
NOTICE_LETTER: Final = "N"
"""What the numbers of requests begin with, by the role that we have in them."""

_FIRST_DAY = datetime(2020, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DAY_US = 86_400_000_000
_STEPS_A_DAY = 1 << 35  # the last 7 characters: a step is 2.5 us
_PAIRS = tuple(first + second for first in ALPHABET for second in ALPHABET)
_PLACES = range(40, -1, -10)
"""Of the 5 pairs of characters in a number, 50 bits: enough for 89 years."""
_CALM, _BUSY = 1 << 13, 1 << 8
"""By how many steps at the most a number lies behind the earliest that it could be, so that those of several gateways seldom meet,
and one that is mistyped seldom names another request: while there is time, up to 20 ms; in a rush, whose numbers run ahead
of the clock, 0.6 ms, which allows for 3,000 a second."""
_RUSH = 10 * _STEPS_A_DAY // 86_400
"""How far numbers may run ahead of the clock before there is a rush: ten seconds, a list of 1,000 orders."""


class Numbers:
    """The numbers that one gateway gives to requests in which we have one role."""

    def __init__(self, role: str = LENDING) -> None:
        """None is given yet."""
        self._role = role
        self._last = 0

    def next(self, at: datetime) -> str:
        """Return a new number such as `L-27K3M-9QXT2`: 3 characters for the day (UTC), 7 for the time (iso18626.md allows 32 in all).

        Each is above those before it, whatever the clock does, until the process ends. Should two meet, of two gateways or
        after the clock was set back, the store refuses the second request, and it gets another.
        """
        earliest = (at - _FIRST_DAY) // _MICROSECOND * _STEPS_A_DAY // _DAY_US
        chance = random.getrandbits(16) % (_CALM if self._last < earliest + _RUSH else _BUSY)
        number = self._last = max(earliest, self._last) + 1 + chance
        text = "".join([_PAIRS[number >> place & 1023] for place in _PLACES])
        return f"{self._role}-{text[:5]}-{text[5:]}"
