"""The circulation statuses of an 18 (SIP2 2.00) in words for people."""

from collections.abc import Mapping
from typing import Final

STATUS_WORDS: Final[Mapping[str, str]] = {
    "01": "other", "02": "on order", "03": "available", "04": "on loan", "05": "on loan, not to be recalled yet",
    "06": "in process", "07": "recalled", "08": "on the hold shelf", "09": "waiting to be reshelved",
    "10": "in transit", "11": "claimed returned", "12": "lost", "13": "missing",
}  # fmt: skip
"""By the two digits of the status."""
