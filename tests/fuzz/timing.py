"""The time bound of the harnesses: processor time of this process, so that a busy machine fails nobody."""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

BOUND_S = 2.0
"""For one document of at most 64 KB; a decoder takes milliseconds, a coverage-guided run some ten times as long."""


@contextmanager
def bounded(limit_s: float = BOUND_S) -> Iterator[None]:
    """Fail if the block takes more processor time than it may. The block's own garbage counts."""
    _keep_what_lived_out()
    began_s = time.process_time()
    yield
    took_s = time.process_time() - began_s
    assert took_s < limit_s, f"took {took_s:.2f} s"


@cache
def _keep_what_lived_out() -> None:
    """Keep what lived before the first block out of garbage collection, for good, unless that is so already (tests/conftest.py).

    A full one walks over every test that was collected, and takes longer than the bound of some, here and in the tests that come after. So
    does counting what is kept out: a tenth of a second where all tests were collected.
    """
    if not gc.get_freeze_count():
        gc.freeze()
