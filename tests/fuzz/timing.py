"""The time bound of the harnesses: processor time of this process, so that a busy machine fails nobody."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

BOUND_S = 2.0
"""For one document of at most 64 KB; a decoder takes milliseconds, a coverage-guided run some ten times as long."""


@contextmanager
def bounded(limit_s: float = BOUND_S) -> Iterator[None]:
    """Fail if the block takes more processor time than it may."""
    began_s = time.process_time()
    yield
    took_s = time.process_time() - began_s
    assert took_s < limit_s, f"took {took_s:.2f} s"
