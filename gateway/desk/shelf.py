"""Where the items of the pull list stand, in the order in which one walks.

The register knows no shelves, so each request of the list is read for them. What it says holds until its line of the register is written again:
it is kept beside the line, and a page reads what has changed and what it shows.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec

from gateway.desk.structs.lists import ListName
from gateway.desk.views import LISTS, list_rows
from gateway.store.register_port import RegisterLine
from gateway.workflow.records import Request

Read = Callable[[Collection[str]], Awaitable[Mapping[str, Request]]]
"""Gives requests by their ids: the register's `requests`."""

KEPT_MOST: Final = 5_000
"""Requests of which it is kept."""
AT_ONCE: Final = 250
"""Requests that are read without letting others in: some ten milliseconds."""
_NO_TIME: Final = datetime.max.replace(tzinfo=UTC)
"""The pull list asks for no date."""


class Spot(msgspec.Struct, frozen=True, gc=False):
    """Where an item stands."""

    place: tuple[str | int, ...]
    """`documents.lists.walking_key`."""
    request: str
    item_barcode: str | None


class Shelves:
    """What is known of where items stand."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._known: dict[str, tuple[RegisterLine, tuple[Spot, ...]]] = {}

    async def walk(self, lines: Sequence[RegisterLine], read: Read) -> list[Spot]:
        """Return where the items of these lines stand, in the order in which one walks."""
        await self._learn(read, [line for line in lines if not self._knows(line)])
        spots = [spot for line in lines if self._knows(line) for spot in self._known[line.request][1]]
        return sorted(spots, key=lambda spot: spot.place)

    def _knows(self, line: RegisterLine) -> bool:
        known = self._known.get(line.request)
        return known is not None and known[0] is line

    async def _learn(self, read: Read, lines: Sequence[RegisterLine]) -> None:
        if len(self._known) + len(lines) > KEPT_MOST:
            self._known.clear()
        for first in range(0, len(lines), AT_ONCE):
            piece = {line.request: line for line in lines[first : first + AT_ONCE]}
            for name, request in (await read(piece)).items():
                rows = list_rows(ListName.PULL, [request], {}, _NO_TIME, _NO_TIME)
                spots = (Spot(LISTS[ListName.PULL].order(row), name, row.item_barcode) for row in rows)
                self._known[name] = (piece[name], tuple(spots))
