"""Which values of a filter a page shows at once, and which are folded away. Pure."""

from typing import Final

import msgspec

from gateway.desk.structs.search import FacetShown, FacetValue

UNFOLDED: Final = 15
"""Values that are there once a filter is unfolded, besides the chosen ones."""


class FacetParts(msgspec.Struct, frozen=True, kw_only=True):
    """The values of a filter that there are or that were chosen, as a page has them."""

    at_once: tuple[FacetValue, ...]
    folded: tuple[FacetValue, ...]
    more: int
    """How many there are besides those that are shown at once."""
    is_open: bool
    """Whether one was chosen that is not shown at once."""
    has_others: bool
    """Whether there are more than are ever shown."""


def parted(facet: FacetShown, most: int) -> FacetParts:
    """Part the values: so many at once, then the chosen ones and so many folded. A field may have hundreds, and every list asks."""
    there = [value for value in facet.values if value.count]
    there += [value for value in facet.values if value.is_chosen and not value.count]
    behind = there[UNFOLDED:]
    return FacetParts(
        at_once=tuple(there[:most]),
        folded=(*there[most:UNFOLDED], *(value for value in behind if value.is_chosen)),
        more=len(there) - most,
        is_open=any(value.is_chosen for value in there[most:]),
        has_others=bool(behind),
    )
