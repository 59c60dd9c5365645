"""Requests by a number: however it is written, the newest first, whatever they came to."""

import msgspec

from gateway.dispatch.numbered import with_number
from gateway.store.port import Change
from gateway.workflow.records import Copy, Item, State
from tests.dispatch.house import BARCODE, House


async def test_a_request_is_found_by_its_items_barcode_however_it_is_written(house: House):
    request = await house.new()
    reserved = msgspec.structs.replace(request, items=(Item(copy=house.finder.copies[0]),), version=2)
    await house.store.commit(Change(request=reserved))
    for written in (BARCODE, f" {BARCODE[:1]} {BARCODE[1:5]}-{BARCODE[5:]}"):
        assert [each.id for each in await with_number(house.store, written)] == [request.id]


async def test_a_request_is_found_by_the_barcode_it_got_last_and_by_the_one_before(house: House):
    request = await house.new()
    for version, barcode in enumerate((BARCODE, "39999OTHER"), 2):
        item = Item(copy=Copy(item_barcode=barcode, branch="MAIN"))
        request = msgspec.structs.replace(request, items=(item,), state=State.CHECKED_OUT, version=version)
        await house.store.commit(Change(request=request))
    assert [each.id for each in await with_number(house.store, "39999other")] == [request.id]
    assert [each.id for each in await with_number(house.store, BARCODE)] == [request.id], (
        "whoever asks looks at its items"
    )


async def test_nothing_is_found_by_what_is_no_number(house: House):
    await house.new()
    assert await with_number(house.store, "---") == []
    assert await with_number(house.store, "") == []
