"""Packages of npm that tests use, installed once from tests/npm/package-lock.json, by their hashes."""

import fcntl
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

FOLDER: Final = Path(__file__).parents[1] / "npm"
PACKAGES: Final = FOLDER / "node_modules"
NODE, NPM = shutil.which("node"), shutil.which("npm")


def installed() -> None:
    """Have the packages in place as the lock file names them; skip the test where node is missing."""
    if NODE is None or NPM is None:
        pytest.skip("Debian's packages nodejs and npm are not installed")
    with (FOLDER / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_current():
            command = [NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            subprocess.run(command, cwd=FOLDER, check=True, capture_output=True, timeout=300)


def _is_current() -> bool:
    done = PACKAGES / ".package-lock.json"
    return done.exists() and done.stat().st_mtime >= (FOLDER / "package-lock.json").stat().st_mtime
