"""What each ready-made deployment deletes of old back-ups, once a new one is made: run as it is written there."""

import os
import re
import subprocess
import time
from pathlib import Path

import pytest

from tests.deploy.shipped import DEPLOY

FILES = ("ill-gateway-backup.service", "compose/every-night", "helm/ill-gateway/templates/backup.yaml")
KEPT, DAY_S = 30, 86_400


def cleared(folder: Path, file: str) -> set[str]:
    """Delete what the deployment would; return the names of what is left."""
    (line,) = re.findall(r"find \. [^\n]* \+", (DEPLOY / file).read_text())
    line = line.replace("{{ .Values.backup.keepDays }}", str(KEPT))
    done = subprocess.run(["/bin/sh", "-ec", line], cwd=folder, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return {path.name for path in folder.iterdir()}


def made(folder: Path, name: str, *, days: float) -> str:
    """A folder that was made so many days ago, as the clock sees it."""
    (folder / name).mkdir()
    (folder / name / "manifest.json").touch()
    at = time.time() - days * DAY_S
    os.utime(folder / name, (at, at))
    return name


@pytest.mark.process
@pytest.mark.parametrize("file", FILES)
def test_of_those_of_more_than_thirty_days_ago_the_newest_thirty_stay(tmp_path: Path, file: str):
    """To a clock that is years ahead all but the new one are old; one that has a name of its own is nobody's to delete."""
    of_old = [made(tmp_path, f"2026-11-{day:02}-0230", days=3650 - day) for day in range(1, 31)]
    now, aside = made(tmp_path, "2036-11-28-0230", days=0), made(tmp_path, "last-of-sqlite", days=4000)
    assert cleared(tmp_path, file) == {*of_old[1:], now, aside}


@pytest.mark.process
@pytest.mark.parametrize("file", FILES)
def test_none_goes_within_thirty_days_however_many_there_are(tmp_path: Path, file: str):
    kept = {made(tmp_path, f"2026-11-28-{number:04}", days=29) for number in range(40)}
    assert cleared(tmp_path, file) == kept


@pytest.mark.process
@pytest.mark.parametrize("file", FILES)
def test_what_is_older_than_thirty_nights_goes(tmp_path: Path, file: str):
    names = [
        made(tmp_path, f"2026-{month:02}-{day:02}", days=400 - 31 * month - day)
        for month in (1, 2)
        for day in range(1, 29)
    ]
    assert cleared(tmp_path, file) == set(names[-KEPT:])


@pytest.mark.process
@pytest.mark.parametrize("file", FILES)
def test_what_a_link_leads_to_stays_and_the_link_is_none_of_the_thirty(tmp_path: Path, file: str):
    """Back-ups of old that were moved to another disk."""
    disk, backups = tmp_path / "disk", tmp_path / "backups"
    disk.mkdir()
    backups.mkdir()
    (backups / "2020-01-01-0230").symlink_to(disk / made(disk, "2020-01-01-0230", days=2000))
    names = [made(backups, f"2026-11-{day:02}-0230", days=431 - day) for day in range(1, 32)]
    assert cleared(backups, file) == {"2020-01-01-0230", *names[1:]}
    assert (disk / "2020-01-01-0230" / "manifest.json").exists()
