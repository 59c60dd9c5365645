"""What a field of a request can carry, whatever the code page of the circulation system is. Pure.

For barcodes and accounts where they enter: what passes here may still lack in one code page, which `codec.encode` finds.
"""

import unicodedata
from typing import Final

_FIELD_END: Final = "|"


def not_carried(text: str) -> str | None:
    """Name the first character that can't stand in a barcode or an account, by its place alone: the text may be a customer's.

    Letters and digits can, and the marks of ASCII but the bar, with which SIP2 ends a field; None where all can.
    """
    for place, char in enumerate(text, start=1):
        if char == _FIELD_END or not (char.isalnum() or " " <= char <= "~"):
            name = unicodedata.name(char, "a control character").lower()
            return f"SIP2 can't carry its character {place}, {name}"
    return None
