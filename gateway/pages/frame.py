"""What stands around every page: the library's name, the navigation with its counts, how our neighbours are.

The counts are the same for everybody, and a page or two a second asks for them: they are kept for a moment.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

from gateway.desk.access import Caller
from gateway.desk.ports import Desk
from gateway.desk.standing import database_banners, standing_of
from gateway.desk.structs.lists import ListName
from gateway.desk.structs.news import HouseStanding
from gateway.desk.structs.today import Health
from gateway.desk.today import count_work
from gateway.pages.navigation import Navigation, shown
from gateway.right_of_way import RightOfWay

KEPT_FOR: Final = timedelta(seconds=2)


class FrameShown(msgspec.Struct, frozen=True, kw_only=True):
    """What a layout shows besides the page itself."""

    at: str
    """Since when what the page shows may have changed (ISO 8601)."""
    library: str
    is_demonstration: bool
    navigation: Navigation = ()
    health: Health | None = None
    held: bool = False
    """Whether all work is held after a restore."""
    standing: HouseStanding = HouseStanding()


class _Counts(msgspec.Struct, frozen=True, kw_only=True):
    at: datetime
    lists: Mapping[ListName, int]
    tasks: int
    health: Health
    held: bool


class Frame:
    """Makes it. One of each site."""

    def __init__(self, *, is_demonstration: bool, right_of_way: RightOfWay) -> None:
        self._is_demonstration = is_demonstration
        self.right_of_way = right_of_way
        self._counts: _Counts | None = None
        self.writing = asyncio.Lock()
        """Pages are written one after the other. News brings all who look at Today at once: in one turn of the event loop each would write a piece,
        and whoever waits for some turns, as partners' messages do, would wait for as many pieces in each."""

    async def around(self, desk: Desk, caller: Caller | None, path: str, at: datetime) -> FrameShown:
        """Return what stands around a page at this path; for somebody who is not signed in, the name alone."""
        if caller is None:
            return FrameShown(
                at=at.isoformat(),
                library=desk.library.name,
                is_demonstration=self._is_demonstration,
                standing=HouseStanding(banners=database_banners(desk)),
            )
        counts = await self._fresh(desk)
        return FrameShown(
            at=at.isoformat(),
            library=desk.library.name,
            is_demonstration=self._is_demonstration,
            navigation=shown(caller, path, counts.lists, counts.tasks),
            health=counts.health,
            held=counts.held,
            standing=standing_of(desk),
        )

    async def _fresh(self, desk: Desk) -> _Counts:
        now = desk.now()
        if self._counts is None or not timedelta(0) <= now - self._counts.at < KEPT_FOR:
            work = await count_work(desk)
            self._counts = _Counts(
                at=now, lists=work.lists, tasks=sum(work.tasks.values()), health=work.health, held=work.held
            )
        return self._counts
