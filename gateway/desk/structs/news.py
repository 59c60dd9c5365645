"""What has changed since somebody looked."""

from collections.abc import Mapping
from datetime import datetime

import msgspec


class Banner(msgspec.Struct, frozen=True, kw_only=True):
    """What stands above every page so long as something is wrong."""

    label: str
    """What it is about."""
    head: str
    words: str


class HouseStanding(msgspec.Struct, frozen=True, kw_only=True):
    """How what everybody works with stands."""

    acs_trouble: str | None = None
    """Why work at the circulation system does not get on; None if it does."""
    banners: tuple[Banner, ...] = ()


class News(msgspec.Struct, frozen=True, kw_only=True):
    """What changed: pages that show any of it look again."""

    at: datetime
    """How far this looks."""
    requests: tuple[str, ...]
    """By their numbers."""
    changed: Mapping[str, datetime] = {}
    """When each was changed: a page that shows it as it was left then need not look."""
    all: bool = False
    """More than are named: whoever shows a request looks."""
    lists: Mapping[str, int]
    """How many requests are in each worklist now."""
    tasks: int
    """How many tasks are open now."""
    standing: HouseStanding


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """How far somebody has looked."""

    at: datetime
    seen: Mapping[str, datetime] = {}
    """What was told of already, of the time that is looked at again."""
