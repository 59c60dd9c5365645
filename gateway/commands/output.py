"""What commands print: aligned tables, times at the library, JSON, progress. Nothing that could steer a terminal gets through."""

import argparse
import contextlib
import json
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from functools import cache
from typing import Any, BinaryIO, Final

import msgspec

from gateway.documents.layout import clean, columns
from gateway.workflow.values import Money, PostalAddress

PROGRESS_AFTER_S = 1.0
"""What takes longer than this shows that it goes on."""
TICK_S = 0.2
FORETELL_AFTER_S: Final = 3.0
"""Before that the speed is a guess."""
SECONDS_BELOW_S: Final = 90.0


def json_flag() -> argparse.ArgumentParser:
    """Return the flag that asks for JSON, as a parent of the commands that have both."""
    flag = argparse.ArgumentParser(add_help=False)
    flag.add_argument("--json", action="store_true", help="print JSON, for scripts")
    return flag


def print_json(value: Any) -> None:
    """Print an answer as it came, for scripts; what would steer a terminal or turn its text about is escaped, as JSON may be."""
    print("".join(map(_shown, json.dumps(value, indent=2, ensure_ascii=False))))


def _shown(character: str) -> str:
    """JSON's own line breaks and what can be printed as they are; ESC, C1 controls and bidirectional marks escaped."""
    return character if character.isprintable() or character == "\n" else json.dumps(character)[1:-1]


def print_table(headings: Sequence[str], rows: Iterable[Sequence[Any]], *, empty: str) -> None:
    """Print rows under their headings, each column as wide as it must be and none that is empty; `empty` where there is no row."""
    cells = [[plain(cell) for cell in row] for row in rows]
    if not cells:
        print(empty)
        return
    filled = [place for place in range(len(headings)) if any(row[place] for row in cells)]
    lines = [[row[place] for place in filled] for row in (headings, *cells)]
    widths = [max(columns(line[place]) for line in lines) for place in range(len(filled))]
    for line in lines:
        print("  ".join(_padded(cell, width) for cell, width in zip(line, widths, strict=True)).rstrip())


def plain(value: Any) -> str:
    """Return a value as one line without control characters; nothing for None."""
    return "" if value is None else clean(str(value))


class AtLibrary:
    """Where times are told: the gateway says it with each answer, and a command calls one gateway."""

    zone = ""
    """The library's, by its name; where no gateway named one, times are this machine's."""


def moment(at: datetime | None, *, seconds: bool = False, zone: str = "") -> str:
    """Return a time in the zone of that name, else in the library's; nothing for None."""
    if at is None:
        return ""
    name = zone or AtLibrary.zone
    return at.astimezone(_zone(name) if name else None).strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")


@cache
def _zone(name: str) -> tzinfo | None:
    """Return the zone of a name; None, which is said once, if this machine has none of that name."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415 - few commands need it, and it brings six modules

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder of zones, "Europe"
        print(f"This machine has no time zone “{plain(name)}”: times are told in its own.", file=sys.stderr)
        return None


def address(value: PostalAddress | None) -> str:
    """Return an address on one line."""
    return ", ".join(filter(None, msgspec.structs.astuple(value))) if value else ""


def price(cost: Money | None) -> str | None:
    """Return an amount of money; nothing for None."""
    return f"{cost.amount} {cost.currency}" if cost else None


def branch_name(branches: Mapping[str, str], code: str | None) -> str:
    """Return the name of a branch as an answer of the API knows it; its code where it has no other."""
    return branches.get(code or "", code or "")


class CountedFile:
    """A file that knows how much of it was read."""

    def __init__(self, source: BinaryIO, size: int) -> None:
        self._source = source
        self.size = size
        self._read = 0

    def read(self, count: int = -1) -> bytes:
        """Read on."""
        data = self._source.read(count)
        self._read += len(data)
        return data

    def words(self) -> str:
        """Say how far it is."""
        if self._read < self.size:
            return f"sending, {100 * self._read // self.size} %"
        return "sent, the gateway is importing"


class Stage:
    """What a long command is at, for `progress`: the thread that works tells, the one that shows asks."""

    def __init__(self, doing: str) -> None:
        self._now = (doing, 0, 0, time.monotonic())

    def tell(self, doing: str, done: int, of: int) -> None:
        """Tell what is done now, and how much of it: of 0, if nobody can know."""
        was, _, _, began_s = self._now
        self._now = (doing, done, of, began_s if was == doing else time.monotonic())

    def words(self) -> str:
        """Say how far it is."""
        doing, done, of, began_s = self._now
        return ", ".join([doing, *how_far(done, of, time.monotonic() - began_s)])


def how_far(done: int, of: int, spent_s: float) -> Iterator[str]:
    """Say how much is done, and how long the rest takes at that speed."""
    if of > 0:
        yield f"{min(100, 100 * done // of)} %"
    if 0 < done < of and spent_s >= FORETELL_AFTER_S:
        left_s = spent_s * (of - done) / done
        yield f"{left_s:.0f} s left" if left_s < SECONDS_BELOW_S else f"{left_s / 60:.0f} min left"


@contextlib.contextmanager
def progress(words: Callable[[], str]) -> Iterator[None]:
    """Show on stderr what goes on and for how long, once it takes more than a second; nothing where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield
        return
    done = threading.Event()
    shown = threading.Thread(target=_show, args=(words, done), daemon=True)
    shown.start()
    try:
        yield
    finally:
        done.set()
        shown.join()


def _show(words: Callable[[], str], done: threading.Event) -> None:
    began = time.monotonic()
    if done.wait(PROGRESS_AFTER_S):
        return
    while not done.wait(TICK_S):
        sys.stderr.write(f"\r\x1b[K{words()} ({time.monotonic() - began:.0f} s)")
        sys.stderr.flush()
    sys.stderr.write("\r\x1b[K")


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - columns(cell))
