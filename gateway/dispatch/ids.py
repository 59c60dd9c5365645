"""Our request numbers: short enough to type, long enough never to meet twice, those of one day side by side.

What the store keeps of a request lies under its number: with the day in front, new requests touch the few pages of today's
and not as many as the store is old.
"""

import secrets
from datetime import date, datetime

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""No 0, 1, I or O: a number is read from paper and typed by people."""

_FIRST_DAY = date(2020, 1, 1)
_DAY_BITS, _RANDOM_BITS, _CHARACTER_BITS = 15, 35, 5


def new_request_id(at: datetime) -> str:
    """Give a new number such as `L-27K3M-9QXT2`: 13 characters, 3 for the day, 7 random (iso18626.md allows 32).

    Should two meet all the same, the store refuses the second, and it gets another.
    """
    day = (at.date() - _FIRST_DAY).days % (1 << _DAY_BITS)
    number = day << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
    places = range(_DAY_BITS + _RANDOM_BITS - _CHARACTER_BITS, -1, -_CHARACTER_BITS)
    chars = "".join(ALPHABET[number >> place & 31] for place in places)
    return f"L-{chars[:5]}-{chars[5:]}"
