"""What becomes of memory that is free again, and what isn't counted of it."""

import ctypes
from importlib.util import find_spec
from typing import Final

LARGE_BYTES: Final = 1 << 20
SPARE_BYTES: Final = 16 << 20
"""Kept at hand of all that is smaller."""
_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3
_ARENA_MAX: Final = -8
"""Of mallopt(3)."""
_COUNTED: Final = 9
"""SQLITE_CONFIG_MEMSTATUS of sqlite3_config (sqlite3.h)."""
ARENAS: Final = 2
"""Heaps that all threads share. Each would get its own, with free pieces that no other thread can use; Python's lets one run at a time anyway."""


def give_back_what_is_large() -> None:
    """Have large pieces handed back to the system as soon as they are free.

    Left to itself glibc takes what is large and often wanted from what it keeps: after a second password a gateway held the 19 MB that its
    hash had taken (argon2), and after a few long messages theirs, for good. Another C library has no such call.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, LARGE_BYTES)
        mallopt(_TRIM_THRESHOLD, SPARE_BYTES)
        mallopt(_ARENA_MAX, ARENAS)


def leave_sqlite_uncounted() -> None:
    """Keep SQLite from counting each piece of memory that it takes and gives back, under a lock, for a sum that nobody asks for.

    That was a sixth of what its statements take. It can be said only before `sqlite3` is imported; later it changes nothing, as where
    Python has SQLite built in.
    """
    module = find_spec("_sqlite3")
    path = module.origin if module is not None and module.has_location else None
    config = getattr(ctypes.CDLL(path), "sqlite3_config", None) if path is not None else None
    if config is not None:
        config.argtypes = [ctypes.c_int]  # what follows is as the first says
        config(_COUNTED, 0)
