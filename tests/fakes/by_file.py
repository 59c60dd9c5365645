"""In which order the files of the tests are run."""

from collections.abc import Iterable
from itertools import groupby
from typing import Final

import pytest

LONGEST: Final = (
    "tests/browser/test_accessibility.py",
    "tests/pages/test_live.py",
    "tests/e2e/test_failover.py",
    "tests/browser/test_tour.py",
    "tests/web/test_copies.py",
    "tests/handbook/test_story.py",
    "tests/browser/test_office_forms.py",
    "tests/store/test_plans.py",
    "tests/guards/test_alerts_arrive.py",
    "tests/demo/stage/test_play.py",
    "tests/store/test_contract_sums.py",
    "tests/faults/test_faults.py",
    "tests/browser/test_borrowing_day.py",
    "tests/store/test_postgres_servers.py",
    "tests/browser/test_scan.py",
    "tests/browser/test_scan_borrowed.py",
    "tests/pages/test_hostile_forms.py",
    "tests/browser/test_two_gateways.py",
    "tests/store/test_every_version.py",
    "tests/e2e/test_instances.py",
    "tests/workflow/test_table.py",
    "tests/web/test_openapi.py",
    "tests/browser/test_rough_days.py",
    "tests/browser/test_office.py",
    "tests/browser/test_paper_and_focus.py",
    "tests/workflow/test_borrowing_table.py",
    "tests/browser/test_one_request.py",
    "tests/dispatch/test_bill_work.py",
    "tests/browser/test_across_sites.py",
    "tests/browser/test_live_lists.py",
    "tests/browser/test_lists.py",
    "tests/documents/test_pdf.py",
    "tests/browser/test_slow_network.py",
    "tests/e2e/test_borrowing_strangers.py",
    "tests/test_alerts.py",
    "tests/e2e/test_restore.py",
    "tests/store/test_bill_numbers.py",
    "tests/e2e/test_doctor.py",
    "tests/store/test_contract_independent.py",
    "tests/e2e/test_proxy.py",
    "tests/e2e/test_broker.py",
    "tests/store/test_invoice_kills.py",
    "tests/guards/test_prometheus.py",
    "tests/e2e/test_directory.py",
    "tests/test_forked.py",
    "tests/fuzz/test_fuzz.py",
    "tests/e2e/test_money_duties.py",
    "tests/store/test_postgres_shared.py",
    "tests/store/test_postgres.py",
    "tests/dispatch/test_workbook_cost.py",
    "tests/store/test_moved_rows.py",
    "tests/e2e/test_restore_postgresql.py",
    "tests/dispatch/test_sealing.py",
    "tests/e2e/test_strangers.py",
    "tests/browser/test_recovery.py",
    "tests/catalogue/test_z3950.py",
    "tests/dispatch/test_sealed_to.py",
    "tests/e2e/test_versions.py",
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
