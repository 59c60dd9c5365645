"""A workbook of 100,000 rows: twenty seconds of processor time at the most, in a process of its own, in less than 100 MB."""

import os
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from gateway.documents.sheet import SheetHead

pytestmark = pytest.mark.process

ROWS = 100_000
SECONDS, MEGABYTES = 20.0, 100
# fmt: off
ROW = (
    "2026-10-28", "lending", "Example Valley Library", "0", "Main", "Loan", "supplied", "", "line 4", "will supply", "", "1", 2, "USD",
)
# fmt: on
WRITE = """
import resource
from gateway.documents import workbook

workbook.main()
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_utime + used.ru_stime)
print(open("/proc/self/status").read())
"""
"""The memory of the process alone: what `wait4` tells has in it what it was forked from."""


def test_a_hundred_thousand_rows_cost_little_time_and_memory(tmp_path: Path):
    book, rows = tmp_path / "book.xlsx", tmp_path / "rows"
    sheet = msgspec.json.encode(SheetHead(title="Requests", headings=tuple(f"Column {n}" for n in range(len(ROW)))))
    rows.write_bytes(sheet + b"\n" + (msgspec.json.encode(ROW) + b"\n") * ROWS)
    environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "TMPDIR": str(tmp_path)}
    with rows.open("rb") as given:
        command = [sys.executable, "-c", WRITE, str(book)]
        told = subprocess.run(command, stdin=given, env=environment, capture_output=True, text=True, check=True).stdout
    most = re.search(r"VmHWM:\s+(\d+) kB", told)
    assert most
    assert book.stat().st_size > ROWS
    assert float(told.splitlines()[0]) < SECONDS
    assert int(most[1]) / 1024 < MEGABYTES
