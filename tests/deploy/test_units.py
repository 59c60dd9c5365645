"""systemd's own judgement of the units, and that what they name is there."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from gateway.config.sections import OperationsSection
from tests.deploy.shipped import DEPLOY, longest_stop_s

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
    assert longest_stop_s(OperationsSection()) < int(given[1])


def test_the_timer_starts_the_unit_of_its_name():
    assert (DEPLOY / UNITS[2]).stem == (DEPLOY / UNITS[1]).stem


def test_a_credential_is_named_as_the_settings_name_it():
    """The same word in the unit's comment and behind “credential:”."""
    text = (DEPLOY / UNITS[0]).read_text()
    assert re.findall(r"LoadCredential=([\w-]+):", text) == re.findall(r'"credential:([\w-]+)"', text)
    assert (DEPLOY / UNITS[1]).read_text().count("#LoadCredential=") == 1
