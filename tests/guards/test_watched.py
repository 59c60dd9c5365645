"""What watches the hostile run sees what it is there for."""

import asyncio
import gc
import io
import json
import time
from collections.abc import Iterator
from operator import itemgetter

import pytest

from tests.guards.watched import LEAST_S, watch


def busy(seconds: float) -> None:
    until_s = time.thread_time() + seconds
    while time.thread_time() < until_s:
        pass


async def works(seconds: float) -> None:
    await asyncio.sleep(0)
    busy(seconds)
    await asyncio.sleep(0)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Where the watch writes to, as long as the test runs."""
    monkeypatch.setattr(asyncio.events.Handle, "_run", asyncio.events.Handle._run)
    callbacks = list(gc.callbacks)
    told = io.StringIO()
    watch(told)
    gc.disable()  # the whole suite's garbage would be a stretch of its own
    try:
        yield told
    finally:
        gc.enable()
    gc.callbacks[:] = callbacks


def test_a_stretch_is_told_with_its_processor_time_and_what_it_was(told: io.StringIO) -> None:
    asyncio.run(works(3 * LEAST_S))
    stretch = max((json.loads(line) for line in told.getvalue().splitlines()), key=itemgetter("cpu_s"))
    assert 3 * LEAST_S <= stretch["cpu_s"] < 30 * LEAST_S
    assert "works > sleep" in stretch["what"]


def test_waiting_is_no_stretch(told: io.StringIO) -> None:
    asyncio.run(asyncio.sleep(3 * LEAST_S))
    assert told.getvalue() == ""
