"""`.ci/run`: what it could not try it says last, whatever came of the rest. Its programs are scripts here."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.shipped import ROOT

pytestmark = pytest.mark.process

SCRIPT = ROOT / ".ci/run"
SHELL = ("bash", "dirname", "cat", "tail")


def ran(folder: Path, *more: str, make: str = "exit 0") -> subprocess.CompletedProcess[str]:
    """Run it where all that is Debian's is there, and of the rest only what is named; `go` fails."""
    (folder / ".ci").mkdir()
    shutil.copy(SCRIPT, folder / ".ci/run")
    programs = folder / "bin"
    programs.mkdir()
    for name in SHELL:
        (programs / name).symlink_to(shutil.which(name) or name)
    debian = re.findall(r"([\w-]+):[\w.-]+", SCRIPT.read_text().partition("missing=")[0])
    texts = {"make": make, "go": "echo no module proxy >&2; exit 1"} | dict.fromkeys(debian, "exit 0")
    for name in (*debian, "make", *more):
        (programs / name).write_text(f"#!{programs}/bash\n{texts.get(name, 'exit 0')}\n")
        (programs / name).chmod(0o755)
    command = [programs / "bash", folder / ".ci/run"]
    return subprocess.run(command, env={"PATH": str(programs)}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("more", [(), ("go",)], ids=["no Go", "Go that can't build it"])
def test_without_helm_the_last_lines_say_that_the_chart_was_not_tested(tmp_path: Path, more: tuple[str, ...]):
    done = ran(tmp_path, *more)
    assert (done.returncode, done.stderr) == (0, "")
    assert "NOT TESTED: the Helm chart" in done.stdout.splitlines()[-4]
    assert ("no module proxy" in done.stdout) == ("go" in more)


def test_tests_that_fail_hide_neither_that_nor_themselves(tmp_path: Path):
    done = ran(tmp_path, make="exit 2")
    assert done.returncode == 2
    assert "NOT TESTED" in done.stdout


def test_with_helm_there_is_nothing_to_say(tmp_path: Path):
    done = ran(tmp_path, "helm")
    assert (done.returncode, done.stdout) == (0, "")
