from collections.abc import AsyncIterator

import pytest

from tests.dispatch.borrowing_house import AVAILABLE, FREE_CARD, add_lenders
from tests.dispatch.house import House, open_house
from tests.store.conftest import (  # noqa: F401 - fixtures: a store of each kind, and what it stands on
    kept_sqlite_url,
    kept_store,
    laid_postgres_url,
    lay_postgres,
    postgres,
    postgres_store,
    store,
    two_for_partners,
    url,
)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with open_house() as opened:
        yield opened


@pytest.fixture
async def borrowing(house: House) -> None:
    """Three lenders, a customer without blocks, nothing of ours on the shelf."""
    await add_lenders(house)
    house.acs.answers |= {"63": FREE_CARD, "17": AVAILABLE}
    house.finder.copies = ()
