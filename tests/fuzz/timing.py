"""The time bound of the harnesses: processor time of this process, so that a busy machine fails nobody."""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager

BOUND_S = 2.0
"""For one document of at most 64 KB; a decoder takes milliseconds, a coverage-guided run some ten times as long."""


@contextmanager
def bounded(limit_s: float = BOUND_S) -> Iterator[None]:
    """Fail if the block takes more processor time than it may.

    What lived before is kept out of garbage collection, for good, unless that is so already (tests/conftest.py): a full one walks over every
    test that was collected, and takes longer than the bound of some, here and in the tests that come after. The block's own garbage counts.
    """
    if not gc.get_freeze_count():
        gc.freeze()
    began_s = time.process_time()
    yield
    took_s = time.process_time() - began_s
    assert took_s < limit_s, f"took {took_s:.2f} s"
