"""Processes that work on a store and are killed in the midst of it."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def killed_while_working(module: str, url: str, *names: str, lines: int = 20) -> list[list[str]]:
    """Run a module once for each name, kill all of them once each has said so many lines, and return the words of every whole line."""
    started = [
        subprocess.Popen([sys.executable, "-m", module, url, name], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for name in names
    ]
    said = []
    for child in started:
        assert child.stdout is not None
        said += [child.stdout.readline() for _ in range(lines)]
    for child in started:
        child.kill()
    for child in started:
        assert child.stdout is not None
        said += child.stdout.readlines()
        child.wait()
        child.stdout.close()
    return [line.split() for line in said if line.endswith("\n")]
