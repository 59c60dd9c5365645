"""How gateways divide the connections that they share: evenly, and never one twice. Pure."""

from collections.abc import Mapping

import msgspec


class Attendance(msgspec.Struct, frozen=True, kw_only=True):
    """What a gateway hears when it says that it lives."""

    seats: int
    """How many of the connections it may use."""
    gateways: int
    """How many gateways live, itself included."""


def granted(name: str, seats: int, in_use: int, others: Mapping[str, int]) -> int:
    """Return how many of `seats` the gateway of this name may use, `in_use` being its own and `others` everybody else's.

    Its even share, as far as it has that already or the others have left it free. Where seats don't come out even,
    whoever has more keeps more, so that nothing moves without need.
    """
    holders = sorted((-held, holder) for holder, held in {**others, name: in_use}.items())
    share, left_over = divmod(seats, len(holders))
    even = share + (holders.index((-in_use, name)) < left_over)
    return min(even, max(in_use, seats - sum(others.values())))
