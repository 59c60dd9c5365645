"""The number that each attempt has: ours with the attempt behind it, since every lender must get one of its own.

iso18626.md, "Ids": at most 32 characters, unique per attempt. Pure.
"""

_SEPARATOR = "."
_MOST_DIGITS = 3


def attempt_number(request_id: str, attempt: int) -> str:
    """Return the requestingAgencyRequestId of an attempt: `B-27K3M-9QXT2`, then `B-27K3M-9QXT2.2`."""
    return request_id if attempt == 1 else f"{request_id}{_SEPARATOR}{attempt}"


def read_number(number: str) -> tuple[str, int] | None:
    """Return the request and the attempt of a number as a lender sends it back; None where it is none of ours."""
    request_id, separator, attempt = number.strip().partition(_SEPARATOR)
    if not separator:
        return request_id, 1
    is_number = attempt.isascii() and attempt.isdecimal() and len(attempt) <= _MOST_DIGITS
    return (request_id, int(attempt)) if is_number else None
