"""The place of a SQLite store's file: whether the file there is the one that was opened, and whether one that was there is lost.

Without these looks a gateway would confirm what it writes into a file that nobody finds again, and make an empty store where one was lost. SQLite
looks likewise before it writes without a log (SQLITE_READONLY_DBMOVED); with one it does not.
"""

from pathlib import Path
from typing import Final

from gateway.store.errors import StoreUnavailable

_LEFT: Final = (".mark", "-wal")
"""What stands beside a store that was there: its mark (mark.py; one that the settings have elsewhere is not looked for), and commits that are not in
the file yet."""


def is_new(path: Path) -> bool:
    """Say whether a start would make the store; not if that can't be seen, which the start tells better."""
    try:
        return not path.exists() and lost(path) is None
    except OSError:
        return False


def lost(path: Path) -> str | None:
    """Say in words that a store was at this place and is there no more; None if it is there, or none ever was. Raises OSError."""
    names = [f"{path.name}{suffix}" for suffix in _LEFT if path.with_name(f"{path.name}{suffix}").exists()]
    if path.exists() or not names:
        return None
    return (
        f"there is no store at {path.absolute()}, and {' and '.join(names)} beside it: one was there. Put it back, or bring back a copy "
        f"(restore --new); only if an empty one is wanted, take away {' and '.join(names)}"
    )


class OpenedFile:
    """A store's file as it was at its place when it was opened."""

    def __init__(self, path: Path) -> None:
        """Note which file is there now. Raises OSError."""
        self._path = path.absolute()
        self._opened = self._there()

    def must_be_there(self) -> None:
        """Raise StoreUnavailable unless the file that was opened is still there."""
        try:
            is_there = self._there() == self._opened
        except OSError:
            is_there = False
        if not is_there:
            raise StoreUnavailable(
                f"{self._path} was moved, deleted or replaced while the gateway has it open: nothing is taken until that very file is back"
            )

    def _there(self) -> tuple[int, int]:
        found = self._path.stat()
        return found.st_dev, found.st_ino
