"""What becomes of memory that is free again."""

import ctypes
from typing import Final

LARGE_BYTES: Final = 1 << 20
SPARE_BYTES: Final = 16 << 20
"""Kept at hand of all that is smaller."""
_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3
_ARENA_MAX: Final = -8
"""Of mallopt(3)."""
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
