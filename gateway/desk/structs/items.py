"""The local item list: how a list is taken, and what came of it."""

from typing import Annotated

import msgspec

from gateway.desk.structs.common import Problem


class ItemsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """How a list is taken."""

    replace: bool = False
    """Forget the items that aren't in it."""
    drop_at_most: Annotated[int, msgspec.Meta(ge=0, le=100)] = 10
    """Per cent of the list that `replace` may forget: a list that was cut short is no order to forget."""
    dry_run: bool = False
    """Answer the same, and change nothing."""


class ItemsImported(msgspec.Struct, frozen=True, kw_only=True):
    """What a list came to."""

    imported: int
    dropped: int
    """How many are forgotten, of how many that were there."""
    of: int
    dry_run: bool
    problems: tuple[Problem, ...]
