"""What directory services tell, and what staff do with it."""

from collections.abc import Mapping
from datetime import datetime

import msgspec


class ColumnChange(msgspec.Struct, frozen=True, kw_only=True):
    """A column's text before and after; empty where it says nothing."""

    before: str
    after: str


class ProposalShown(msgspec.Struct, frozen=True, kw_only=True):
    """What one entry of a directory would change."""

    id: str
    directory: str
    partner: str
    """Its id, as it is or would be."""
    name: str
    is_new: bool
    symbols: tuple[str, ...]
    """As the directory has them."""
    changes: Mapping[str, ColumnChange]
    """By the columns of the partner's record, and with `peer.` before them of its peer's."""
    note: str
    """What of it would not be changed, and why."""
    problems: tuple[str, ...]
    """What is wrong with it: it can't be accepted as it is."""


class DirectoryShown(msgspec.Struct, frozen=True, kw_only=True):
    """A directory service, and how its last reading ended."""

    id: str
    form: str
    every_hours: int
    read_at: datetime | None
    entries: int
    trouble: str


class Directories(msgspec.Struct, frozen=True, kw_only=True):
    """The services of the settings, and everything that they propose."""

    version: int
    """Of all peers and partners, for accepting."""
    directories: tuple[DirectoryShown, ...]
    proposals: tuple[ProposalShown, ...]


class ProposalAnswered(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a proposal."""

    partner: str
    name: str
    words: str
