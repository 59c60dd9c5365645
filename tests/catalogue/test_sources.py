"""The finder that the settings ask for."""

from datetime import UTC, datetime

import msgspec
import pytest

from gateway.catalogue.sources import CatalogueGround, copy_finder
from gateway.workflow.catalogue import CatalogueKind
from gateway.workflow.finding import Found
from gateway.workflow.records import Copy
from gateway.workflow.values import Wanted
from tests.catalogue.records import SETTINGS, item, record, response
from tests.catalogue.sru_server import sru_server

IN_LIST = Copy(item_barcode="30000000000009", branch="LIST")
WANTED = Wanted(record_id="b1", title="The Imaginary Almanac")


async def find(kind: CatalogueKind, *listed: Copy) -> Found:
    async def find_by_keys(_keys: tuple[str, ...]) -> tuple[Copy, ...]:
        return listed

    async def sleep(_delay_s: float) -> None:
        raise AssertionError("nothing is tried again")

    async with sru_server(response(record("b1", item("30000000000001")))) as server:
        settings = None if kind is CatalogueKind.LIST else msgspec.structs.replace(SETTINGS, url=server.url)
        source = copy_finder(
            kind,
            settings,
            find_by_keys=find_by_keys,
            password=None,
            on_search=lambda *_: None,
            ground=CatalogueGround(now=lambda: datetime.now(UTC), sleep=sleep, zone=UTC),
        )
        async with source as finder:
            return await finder.find(WANTED)


@pytest.mark.parametrize(
    ("kind", "listed", "barcode"),
    [
        (CatalogueKind.LIST, (IN_LIST,), "30000000000009"),
        (CatalogueKind.SRU, (IN_LIST,), "30000000000001"),
        (CatalogueKind.BOTH, (IN_LIST,), "30000000000009"),
        (CatalogueKind.BOTH, (), "30000000000001"),
    ],
)
async def test_copies_come_from_the_source_that_is_set(kind: CatalogueKind, listed: tuple[Copy, ...], barcode: str):
    assert [copy.item_barcode for copy in (await find(kind, *listed)).copies] == [barcode]


async def test_the_list_alone_has_no_more_than_it_has():
    assert (await find(CatalogueKind.LIST)).copies == ()


async def test_both_sources_say_what_they_did():
    words = (await find(CatalogueKind.BOTH)).words
    assert words == "Item list: searched by record:b1. Catalogue: record number b1: 1 record."
