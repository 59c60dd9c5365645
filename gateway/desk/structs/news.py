"""What has changed since somebody looked."""

from collections.abc import Mapping
from datetime import datetime

import msgspec


class News(msgspec.Struct, frozen=True, kw_only=True):
    """What changed: pages that show any of it look again."""

    at: datetime
    """How far this looks."""
    requests: tuple[str, ...]
    """By their numbers."""
    all: bool = False
    """More than are named: whoever shows a request looks."""
    lists: Mapping[str, int]
    """How many requests are in each worklist now."""
    tasks: int
    """How many tasks are open now."""


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """How far somebody has looked."""

    at: datetime
    seen: Mapping[str, datetime] = {}
    """What was told of already, of the time that is looked at again."""
