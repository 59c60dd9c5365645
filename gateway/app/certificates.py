"""Certificates and keys that are replaced while we run: looked at once a minute, and used for what connects from then on.

Files that can't be used, or of which only one was written yet, change nothing: what was read before goes on, the log says so,
and the next change of them is looked at again.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

import structlog
from msgspec import Struct

from gateway.clock import TimeSource

LOOK_S: Final = 60.0

_log = structlog.get_logger(__name__)

Stamps = tuple[tuple[int, int, int] | None, ...]


class Renewable(Struct, frozen=True, kw_only=True):
    """What is made of files: whose it is, which files these are just now, and how it is made again.

    `renew` raises OSError (those of ssl too) or ValueError where the files can't be used, and changes nothing then.
    """

    what: str
    files: Callable[[], Iterable[str]]
    renew: Callable[[], None]


async def watch(renewables: Sequence[Renewable], time: TimeSource) -> None:
    """Make anew what has changed files, again and again. Runs until cancelled."""
    seen = [_stamps(each) for each in renewables]
    while True:
        await time.sleep(LOOK_S)
        for place, renewable in enumerate(renewables):
            found = _stamps(renewable)
            if found != seen[place]:
                seen[place] = found
                _renew(renewable)


def _renew(renewable: Renewable) -> None:
    try:
        renewable.renew()
    except (OSError, ValueError) as error:
        _log.error("changed certificates or keys can't be used", what=renewable.what, why=type(error).__name__)
    else:
        _log.info("certificates and keys were read again", what=renewable.what)


def _stamps(renewable: Renewable) -> Stamps:
    """What tells that a file is another one than before, behind links too."""
    return tuple(map(_stamp, renewable.files()))


def _stamp(file: str) -> tuple[int, int, int] | None:
    try:
        found = Path(file).stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
