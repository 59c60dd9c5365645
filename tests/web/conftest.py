"""A live API for each test that asks for one."""

from collections.abc import AsyncIterator

import pytest

from tests.store.fresh import Fill
from tests.web.live import Live, live_api, real_intake


@pytest.fixture
async def live(fill: Fill | None) -> AsyncIterator[Live]:
    async with live_api(fill=fill) as running:
        yield running


@pytest.fixture
def desk(live: Live) -> Live:
    live.intake.writes = real_intake(live)
    return live
