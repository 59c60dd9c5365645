"""A live API and a shell to call it from, in UTC."""

import os
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from gateway.commands.output import AtLibrary
from tests.commands.shell import Shell
from tests.commands.sites import Site
from tests.store.fresh import Fill
from tests.web.live import live_api


@pytest.fixture
def in_utc() -> Iterator[None]:
    """This machine's time is UTC: what a gateway tells is printed in its library's zone, which is another."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TZ", "UTC")
        environment.setattr(AtLibrary, "zone", "")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
async def shell(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    in_utc: None,
    fill: Fill | None,
) -> AsyncIterator[Shell]:
    async with live_api(fill=fill) as live:
        yield Shell(live, capsys, monkeypatch)


@pytest.fixture(autouse=True)
def stepped_back(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """By how much commands have stepped back behind others. It is not done: nothing could take it back, and later tests of this process, and the processes that
    they start, would starve beside those of other workers.
    """
    steps: list[int] = []
    monkeypatch.setattr(os, "nice", steps.append)
    return steps


@pytest.fixture
def bare_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A folder in which no store was made yet."""
    for name in [name for name in os.environ if name.startswith("ILL_GATEWAY_")]:
        monkeypatch.delenv(name)
    (tmp_path / "gateway").mkdir()
    made = Site(tmp_path / "gateway")
    monkeypatch.chdir(made.folder)
    return made
