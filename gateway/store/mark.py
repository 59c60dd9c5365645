"""The mark beside a store: a small file with the store's name, a count and a time, by which an older copy that took the store's place is noticed.

The count is written into the store first and into the file after that, so the file is never ahead of the store that it belongs to.
If it is, the store has gone back in time. What goes back together with its file (a snapshot of a whole machine) is not noticed.
"""

import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import msgspec

from gateway.store.private_files import make_private_folder
from gateway.workflow.recovery import Recovery


class StoreMark(msgspec.Struct, frozen=True, kw_only=True):
    """What the file says."""

    store: str
    count: int
    at: datetime | None = None
    """When it was written; None in a file of a version that did not say so."""


def read_mark(path: Path) -> StoreMark | None:
    """Return what the file says; None if there is none, or it can't be read."""
    with suppress(OSError, msgspec.DecodeError, UnicodeDecodeError):
        return msgspec.json.decode(path.read_bytes(), type=StoreMark)
    return None


def write_mark(path: Path, mark: StoreMark) -> None:
    """Write it in one step, into a folder that is made if the one around it is there. Raises OSError."""
    make_private_folder(path.parent)
    fresh = path.with_name(f"{path.name}.new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb") as file:
        file.write(msgspec.json.encode(mark))
    fresh.replace(path)


def has_gone_back(kept: StoreMark | None, store: str, count: int) -> bool:
    """Say whether the file is ahead of the store. A store with another name is another store, and one that was never marked may be older than marks."""
    return kept is not None and kept.store == (store or kept.store) and kept.count > count


def is_known(kept: StoreMark | None, recovery: Recovery | None) -> bool:
    """Say whether the way back was said since the file was written, or noticed by another gateway: then the last recovery began later."""
    return kept is not None and kept.at is not None and recovery is not None and recovery.since > kept.at
