"""What `ill-gateway doctor` looks at of the disk: what is free of it where the store lies."""

import os
import shutil
from pathlib import Path
from typing import Final

from gateway.app.findings import DoctorFinding, Level
from gateway.config import Settings
from gateway.store.factory import sqlite_path

LITTLE_FREE: Final = 0.1
"""The part of a disk below which somebody should look: the same as of the alert IllGatewayDiskNearlyFull."""


def look_at_disk(settings: Settings) -> DoctorFinding:
    """What is free where the store lies; of PostgreSQL's disk only the server knows."""
    path = sqlite_path(settings.store.url)
    folder = _nearest(path.absolute().parent if path else Path.cwd())
    usage, size = shutil.disk_usage(folder), _size(path) if path else 0
    words = f"{folder}: {usage.free / 2**30:.1f} GB free, {usage.free / usage.total:.0%} of the disk."
    if usage.free / usage.total < LITTLE_FREE:
        return DoctorFinding(
            "disk", Level.WRONG, words, "Make room, or move the store: without room nothing is accepted."
        )
    if usage.free < 2 * size:
        act = "Make room, or move the store: a copy needs as much again as the store has, and so does the way back."
        return DoctorFinding("disk", Level.WRONG, f"{words} The store takes {size / 2**30:.1f} GB.", act)
    return DoctorFinding("disk", Level.WELL, words)


def _size(path: Path) -> int:
    """Return how many bytes a file has; 0 if it is not there, or not for whoever looks."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _nearest(folder: Path) -> Path:
    """Return the folder, or the one above it that is there, and can be looked at."""
    return next(each for each in (folder, *folder.parents) if os.path.exists(each))  # noqa: PTH110 - Path's raises PermissionError
