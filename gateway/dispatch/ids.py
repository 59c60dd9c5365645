"""Our request numbers: short enough to type, long enough never to meet twice, those of one day side by side.

What the store keeps of a request lies under its number: with the day in front, new requests touch the few pages of today's
and not as many as the store is old.
"""

import secrets
from base64 import b32encode
from datetime import date, datetime
from functools import lru_cache
from typing import Final

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""No 0, 1, I or O: a number is read from paper and typed by people."""

_FIRST_DAY = date(2020, 1, 1)
_DAY_BITS = 15
_OURS = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", ALPHABET.encode())


LENDING: Final = "L"
BORROWING: Final = "B"
"""What the numbers of requests begin with, by the role that we have in them."""


def new_request_id(at: datetime, role: str = LENDING) -> str:
    """Give a new number such as `L-27K3M-9QXT2`: 13 characters, 3 for the day, 7 random (iso18626.md allows 32).

    Should two meet all the same, the store refuses the second, and it gets another.
    """
    chance = b32encode(secrets.token_bytes(5)).translate(_OURS).decode()  # 8 characters
    return f"{role}-{_day(at.date())}{chance[:2]}-{chance[2:7]}"


@lru_cache(maxsize=2)
def _day(day: date) -> str:
    number = (day - _FIRST_DAY).days % (1 << _DAY_BITS)
    return "".join(ALPHABET[number >> place & 31] for place in (10, 5, 0))
