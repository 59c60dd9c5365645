"""What is large goes back to the system as soon as it is free: measured in a process of its own, as passwords are hashed."""

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
