"""How many files and sockets the process may have open: as many as its listeners let in, or it says so at the start.

A process that runs out of descriptors can't even take a connection in order to refuse it, so no limit of a listener holds any more.
"""

import resource
from contextlib import suppress
from typing import Final

import structlog

from gateway.config import Settings
from gateway.room import MOST_LINGERING

LISTENERS: Final = ("http", "api", "desk", "operations")
"""Those that a gateway has, by their names in `Gateway.ports`; each bears as many connections as the settings say."""
BESIDE: Final = 200
"""For the store, the circulation system, the catalogue, and what we send."""

_log = structlog.get_logger(__name__)


def wanted(settings: Settings) -> int:
    """What the settings allow to be open at once."""
    return len(LISTENERS) * (settings.http.max_connections + MOST_LINGERING) + BESIDE


def allow(count: int) -> int:
    """Raise the process's own limit to so many, as far as the system lets us; give what it is, and log it if it is less."""
    with suppress(OSError, ValueError):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft >= count:
            return soft
        resource.setrlimit(resource.RLIMIT_NOFILE, (count if hard < 0 else min(count, hard), hard))
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        _log.warning("fewer descriptors than connections are allowed: raise LimitNOFILE", allowed=soft, wanted=count)
    return soft
