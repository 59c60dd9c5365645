"""How the files of the tests are handed out to pytest-xdist's workers."""

from collections.abc import Iterable
from typing import Final

import pytest
from xdist.scheduler import LoadFileScheduling

LONGEST: Final = (
    "tests/documents/test_pdf.py",
    "tests/store/test_contract_sums.py",
    "tests/web/test_openapi.py",
    "tests/workflow/test_borrowing_table.py",
    "tests/workflow/test_table.py",
)
"""Files that compute for seconds on end. They are run first: nobody waits for one of them at the end while other cores stand idle."""


def longest_first(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """Give the tests in the order in which they are run; those of a file stay together."""
    return sorted(items, key=lambda item: not item.nodeid.startswith(LONGEST))


class ByFile(LoadFileScheduling):  # type: ignore[misc] # xdist has no types
    """What `--dist loadfile` does. At each test that ends, xdist's own counts through all that the worker was ever given: with 14,000
    tests a third of what the process does that hands them out.
    """

    def _pending_of(self, workload: dict[str, dict[str, bool]]) -> int:
        """Count the tests that are still to come; a worker takes its files one after the other, so the first that is done ends the count."""
        pending = 0
        for file in reversed(workload.values()):
            left = sum(not is_done for is_done in file.values())
            if not left:
                break
            pending += left
        return pending
