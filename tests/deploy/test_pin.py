"""`make pin`: writes the digest beside each tag, all or nothing; here with an engine that is a script."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.shipped import ROOT

pytestmark = pytest.mark.process

FILES = ("Dockerfile", "deploy/compose/compose.yaml", "deploy/pin")
ENGINE = """#!/bin/sh
case "$1" in
  pull) [ "$3" != "{missing}" ] ;;
  image) for image; do :; done; printf 'other@sha256:00\\n%s@sha256:{digest}\\n' "${{image%:*}}" ;;
esac
"""
DIGEST = "ab" * 32


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def pin(project: Path, *, digest: str = DIGEST, missing: str = "") -> subprocess.CompletedProcess[str]:
    engine = project / "bin" / "docker"
    engine.parent.mkdir(exist_ok=True)
    engine.write_text(ENGINE.format(missing=missing, digest=digest))
    engine.chmod(0o755)
    path = f"{engine.parent}:/usr/bin:/bin"
    return subprocess.run([project / "deploy/pin"], env={"PATH": path}, capture_output=True, text=True, check=False)


def images(project: Path) -> list[str]:
    """Every image that is not built here."""
    lines = [line.split() for name in FILES[:2] for line in (project / name).read_text().splitlines()]
    return [words[1] for words in lines if words and words[0] in {"FROM", "image:"} and words[1] != "ill-gateway"]


def test_each_image_gets_its_digest_and_keeps_its_tag(project: Path):
    before = images(project)
    assert pin(project).returncode == 0
    assert images(project) == [f"{image}@sha256:{DIGEST}" for image in before]
    assert " AS build" in (project / "Dockerfile").read_text()


def test_later_digests_take_the_place_of_earlier_ones(project: Path):
    before = images(project)
    assert pin(project).returncode == 0
    assert pin(project, digest="cd" * 32).returncode == 0
    assert images(project) == [f"{image}@sha256:{'cd' * 32}" for image in before]


def test_without_one_of_them_nothing_is_changed(project: Path):
    texts = [(project / name).read_text() for name in FILES]
    done = pin(project, missing="caddy:2")
    assert done.returncode == 1
    assert "nothing was pinned" in done.stderr
    assert [(project / name).read_text() for name in FILES] == texts


def test_the_image_names_debians_release():
    """libyaz5, postgresql-client and what is below Python stay what they were tried with."""
    bases = [line.split()[1] for line in (ROOT / "Dockerfile").read_text().splitlines() if line.startswith("FROM ")]
    assert {base.partition("@")[0] for base in bases} == {"python:3.13-slim-bookworm"}
