"""Who else is in the room of a run, besides the partners, the desk and the weather: switched on one by one, or all together."""

from enum import StrEnum
from typing import Final


class Crowd(StrEnum):
    """Each is drawn from the seed without moving what the others draw."""

    STRANGERS = "strangers"
    """Customers and staff at the circulation system who act on the same items meanwhile (strangers.py)."""
    RIVALS = "rivals"
    """Two partners that want one item."""
    HANDS = "hands"
    """A second pair of hands at the desk: answers twice, answers late, scans the wrong barcode."""
    PEERS = "peers"
    """Lenders that refuse a repeated New, never say a thing twice, offer again and again, or send what was cancelled long ago."""
    OUTAGES = "outages"
    """Outages long enough for waits to grow, calm enough afterwards to see them end (waits.py)."""


EVERYBODY: Final = frozenset(Crowd)
