"""What is large goes back to the system as soon as it is free, and SQLite counts nothing: measured in processes of their own."""

import subprocess
import sys

import pytest

HASHES = """
import re
from pathlib import Path
from argon2 import PasswordHasher
from gateway.app.memory import give_back_what_is_large

def resident_mb():
    return int(re.search(r"VmRSS:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024

give_back_what_is_large()
hasher = PasswordHasher(time_cost=1, memory_cost=32 * 1024, parallelism=1)
before = resident_mb()
for _ in range(3):
    hasher.hash("a visibly fictional password")
print(resident_mb() - before)
"""


@pytest.mark.process
def test_what_a_password_takes_is_given_back() -> None:
    run = subprocess.run([sys.executable, "-c", HASHES], capture_output=True, text=True, check=True)
    assert float(run.stdout) < 16, "half of what one hash takes"


SQLITE = """
import ctypes
from gateway.app.memory import leave_sqlite_uncounted

leave_sqlite_uncounted()
import _sqlite3
import sqlite3
sqlite3.connect(":memory:").execute("CREATE TABLE rows (number)")
print(ctypes.CDLL(_sqlite3.__file__).sqlite3_memory_used())
"""


@pytest.mark.process
def test_sqlite_counts_no_memory_once_it_is_told() -> None:
    def counted(program: str) -> int:
        return int(subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout)

    assert counted(SQLITE) == 0
    assert counted(SQLITE.replace("\nleave_sqlite_uncounted()", "")) > 0, "what is counted is seen"


@pytest.mark.process
def test_the_command_that_serves_tells_it_in_time() -> None:
    """Nothing that a command loads first has loaded SQLite."""
    program = """
import argparse, sys
from gateway.app import memory
from gateway.commands import setup

def stop():
    print("sqlite3" in sys.modules)
    raise KeyboardInterrupt

memory.leave_sqlite_uncounted = stop
setup.settings_of = lambda options: None
try:
    setup.serve(argparse.Namespace())
except KeyboardInterrupt:
    pass
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]
