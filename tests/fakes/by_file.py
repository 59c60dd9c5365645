"""How the files of the tests are handed out to pytest-xdist's workers."""

from collections.abc import Iterable
from itertools import groupby
from typing import Final

import pytest
from xdist.scheduler import LoadFileScheduling

LONGEST: Final = (
    "tests/browser/test_accessibility.py",
    "tests/e2e/test_failover.py",
    "tests/workflow/test_table.py",
    "tests/faults/test_faults.py",
    "tests/browser/test_office_forms.py",
    "tests/guards/test_alerts_arrive.py",
    "tests/workflow/test_borrowing_table.py",
    "tests/e2e/test_instances.py",
    "tests/browser/test_rough_days.py",
    "tests/web/test_openapi.py",
    "tests/browser/test_focus.py",
    "tests/e2e/test_outage.py",
    "tests/documents/test_pdf.py",
    "tests/browser/test_two_gateways.py",
    "tests/store/test_contract_sums.py",
)
"""Files that take long, what computes and what waits by turns. They are run first: nobody waits for one of them at the end while other cores
stand idle.
"""


def in_turn(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """Give the tests in the order in which they are run; those of a file stay together.

    The longest files first; then of every folder a file now and then. One folder after the other, all workers would wait for processes at
    one time (tests/e2e), and all compute at another (tests/workflow).
    """
    tests = list(items)
    files = sorted({_file(item) for item in tests}, key=lambda file: file.rpartition("/"))
    folders = groupby((file for file in files if file not in LONGEST), key=lambda file: file.rpartition("/")[0])
    longest = [file for file in LONGEST if file in files]
    turns = {file: turn for turn, file in enumerate((*longest, *spread(list(of) for _, of in folders)))}
    return sorted(tests, key=lambda item: turns[_file(item)])


def spread(folders: Iterable[list[str]]) -> list[str]:
    """Give the files of all folders, each folder's from the beginning to the end and in its order."""
    placed = [((place + 0.5) / len(files), file) for files in folders for place, file in enumerate(files)]
    return [file for _, file in sorted(placed)]


def _file(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


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
