"""systemd's own judgement of the units, and that what they name is there."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from gateway.config.sections import OperationsSection
from tests.deploy.shipped import DEPLOY, ROOT, longest_stop_s

UNITS = ("ill-gateway.service", "ill-gateway-backup.service", "ill-gateway-backup.timer")


@pytest.mark.process
@pytest.mark.parametrize("name", UNITS)
def test_systemd_takes_it(name: str, tmp_path: Path):
    """Without the program itself and its user, which are not on this machine."""
    analyse = shutil.which("systemd-analyze")
    if analyse is None:
        pytest.skip("systemd is not installed")
    for unit in UNITS:
        text = (DEPLOY / unit).read_text()
        text = re.sub(r"/opt/ill-gateway/bin/ill-gateway", "/bin/true", text)
        (tmp_path / unit).write_text(re.sub(r"^(User|Group)=.*\n|Documentation=.*\n", "", text, flags=re.MULTILINE))
    command = [analyse, "verify", "--man=no", "--recursive-errors=no", str(tmp_path / name)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | {"HOME": str(tmp_path)}
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_gateway_may_take_as_long_to_stop_as_it_can_by_its_settings():
    given = re.search(r"^TimeoutStopSec=(\d+)s$", (DEPLOY / UNITS[0]).read_text(), re.MULTILINE)
    assert given is not None
    (announced,) = re.findall(
        r"five times operations.announce_s \(0 s; (\d) s at most", (DEPLOY / UNITS[0]).read_text()
    )
    assert f"| `announce_s` | 2 to {announced} |" in (ROOT / "docs" / "operating.md").read_text()
    assert longest_stop_s(OperationsSection(announce_s=float(announced))) < int(given[1])


@pytest.mark.process
def test_a_command_runs_as_the_unit_does(tmp_path: Path):
    """The arguments that systemd-run gets, against what the units say."""
    stand_in = tmp_path / "systemd-run"
    stand_in.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    stand_in.chmod(0o755)
    done = subprocess.run(
        [DEPLOY / "as-ill-gateway", "backup", "a folder"],
        capture_output=True, text=True, check=True, env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
    )  # fmt: skip
    said = done.stdout.splitlines()
    assert said[-3:] == ["/opt/ill-gateway/bin/ill-gateway", "backup", "a folder"]
    for unit in UNITS[:2]:
        own = dict(re.findall(r"^(\w+)=(.+)$", (DEPLOY / unit).read_text(), re.MULTILINE))
        assert {
            f"--uid={own['User']}",
            f"--gid={own['Group']}",
            f"--working-directory={own['WorkingDirectory']}",
            f"--setenv={own['Environment']}",
            f"--property=EnvironmentFile={own['EnvironmentFile']}",
        } <= set(said)


def test_a_file_that_everybody_may_read_keeps_nobody_from_starting():
    """The check before the start is told in the journal, and no more (gateway/config/loading.py)."""
    (check,) = re.findall(r"^ExecStartPre=(.*)$", (DEPLOY / UNITS[0]).read_text(), re.MULTILINE)
    assert check.startswith("-")


def test_an_old_back_up_that_cannot_be_deleted_makes_no_failure_of_a_new_one():
    """Which would be made again at once."""
    assert re.findall(r"^ExecStartPost=(.)", (DEPLOY / UNITS[1]).read_text(), re.MULTILINE) == ["-"]


def test_a_back_up_that_fails_is_tried_again_the_same_night_as_the_guide_says():
    """A restart of the gateway breaks its copy off. Tries are counted for less than the day from one night to the next."""
    given = dict(re.findall(r"^(Restart\w*|StartLimit\w+)=(.+)$", (DEPLOY / UNITS[1]).read_text(), re.MULTILINE))
    assert given == {
        "Restart": "on-failure", "RestartSec": "10min", "StartLimitIntervalSec": "20h", "StartLimitBurst": "6"
    }  # fmt: skip
    assert "by systemd after ten minutes, five times at the most" in (ROOT / "docs" / "operating.md").read_text()


def test_the_timer_starts_the_unit_of_its_name():
    assert (DEPLOY / UNITS[2]).stem == (DEPLOY / UNITS[1]).stem


def test_a_credential_is_named_as_the_settings_name_it():
    """The same word in the unit's comment and behind “credential:”."""
    text = (DEPLOY / UNITS[0]).read_text()
    assert re.findall(r"LoadCredential=([\w-]+):", text) == re.findall(r'"credential:([\w-]+)"', text)
    assert (DEPLOY / UNITS[1]).read_text().count("#LoadCredential=") == 1


def test_the_gateway_waits_for_the_clock_as_the_guide_says():
    """A start with a clock that is ahead would let go of what is kept (docs/operating.md, “What is kept”)."""
    text = (DEPLOY / UNITS[0]).read_text()
    for word in ("After", "Wants"):
        assert re.search(rf"^{word}=.*\btime-sync\.target\b", text, re.MULTILINE)
    (told,) = set(re.findall(r"systemctl enable (\S+\.service)", text))
    guide = (ROOT / "docs" / "operating.md").read_text()
    assert f"`systemctl enable {told}`" in guide
    assert f"`systemctl edit {told.removesuffix('.service')}`: `[Service]`, `TimeoutStartSec=" in guide
