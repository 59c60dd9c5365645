"""Our request numbers: short enough to type, long enough never to meet twice."""

import secrets

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""No 0, 1, I or O: a number is read from paper and typed by people."""


def new_request_id() -> str:
    """Give a new number such as `L-7K3M9-QXT2B`: 13 characters, 50 random bits (iso18626.md allows 32 characters)."""
    number = secrets.randbits(50)
    chars = "".join(ALPHABET[number >> place & 31] for place in range(0, 50, 5))
    return f"L-{chars[:5]}-{chars[5:]}"
