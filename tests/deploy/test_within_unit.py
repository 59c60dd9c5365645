"""The gateway does all its work within what its unit allows: the same filters of system calls, laid around a real one (within_unit.py)."""

import ctypes.util
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import aiohttp
import pytest

from gateway.demo.acs.collection import demonstration_collection
from gateway.demo.stage.house import DESK_PASSWORD, answers
from gateway.demo.stage.processes import Process, environment_for, wait_for
from gateway.demo.stage.stack import Stack
from gateway.z3950.values import NO_LIBRARY, READY
from tests.deploy.shipped import DEPLOY
from tests.deploy.within_unit import allowed_calls
from tests.pages.conftest import Browser

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(
        shutil.which("systemd-analyze") is None or ctypes.util.find_library("seccomp") is None,
        reason="systemd, which knows the sets of calls, is not installed",
    ),
]

UNIT: Final = DEPLOY / "ill-gateway.service"
WITHIN: Final = ("tests.deploy.within_unit", str(UNIT))


class Confined(Stack):
    """A stack whose gateway runs as its unit lets it."""

    def _gateway_process(self) -> Process:
        return Process(
            "gateway within its unit",
            (*WITHIN, "gateway.cli", "serve", "--config", str(self.config)),
            log=self.directory / "gateway.log",
            is_ready=lambda: answers(self.operations, "/readyz"),
        )


def run(module: str) -> subprocess.CompletedProcess[bytes]:
    """Run a module that reads to the end of nothing."""
    line = [sys.executable, "-m", *WITHIN, module]
    return subprocess.run(line, env=environment_for({}), input=b"", capture_output=True, check=False)


async def test_it_takes_messages_asks_prints_writes_workbooks_and_lets_people_sign_in(tmp_path: Path):
    with Confined(tmp_path / "stack") as stack:
        stack.import_items()
        stack.open_accounts()
        held = demonstration_collection().titles[0]
        sent = stack.partner.post("/requests", {"title": held.title, "oclc": held.oclc})["sent"][-1]
        assert sent["sending"] == "confirmed"
        wait_for(lambda: stack.acs.ask("received").get("17"), "a question about an item", watch=stack.processes)
        assert stack.api.get("/papers/test").startswith("%PDF")
        assert stack.api.get("/figures/export?period=2026&format=xlsx").startswith("PK")
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
            browser = Browser(stack.desk_url, http)
            assert (await browser.post("/sign-in", fields={"name": "technician", "password": DESK_PASSWORD}))[0] == 200


def test_catalogues_over_z3950_can_be_asked():
    done = run("gateway.z3950.reader")
    if done.returncode == NO_LIBRARY:
        pytest.skip("libyaz5 is not installed")
    assert (done.returncode, done.stdout) == (0, READY), done.stderr


def test_the_filters_hold():
    """Else nothing of the above says anything: what the unit refuses is refused."""
    tried = "import os; os.sched_setaffinity(0, {0})"
    line = [sys.executable, "-m", *WITHIN, "timeit", "-n1", "-r1", tried]
    done = subprocess.run(line, env=environment_for({}), capture_output=True, text=True, check=False)
    assert "PermissionError" in done.stderr
    assert "setpriority" in allowed_calls(UNIT)
    assert not {"sched_setaffinity", "reboot", "mount"} & allowed_calls(UNIT)
