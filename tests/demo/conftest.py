"""A library whose clock stands still, and an ACS that serves it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from gateway.demo.acs.collection import demonstration_collection, state_at
from gateway.demo.acs.library import Library
from gateway.demo.acs.records import Habits
from gateway.demo.acs.running import RunningAcs, serve
from gateway.demo.acs.settings import AcsSettings
from tests.demo.stage.terminal import Terminal

NOW = datetime(2026, 10, 26, 10, 15, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def library() -> Library:
    return Library(state_at(demonstration_collection(), NOW), Habits())


@pytest.fixture
async def acs() -> AsyncIterator[RunningAcs]:
    async with await serve(AcsSettings(), now=lambda: NOW) as running:
        yield running


@pytest.fixture
async def terminal(acs: RunningAcs) -> AsyncIterator[Terminal]:
    async with await Terminal.connect(acs.port) as line:
        yield line
