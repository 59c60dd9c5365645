"""The contract of the port, on both stores: what was scanned at the desk."""

from datetime import timedelta
from typing import Any

import msgspec

from gateway.store.port import Store
from gateway.store.scans_port import ScanRecord, ScanResult
from gateway.workflow.triggers import StaffAction
from tests.store.values import NOW, later


def scan(number: int, code: str = "30234000517861", **fields: Any) -> ScanRecord:
    return ScanRecord(
        **{
            "id": f"s{number}",
            "cart": "technician.1",
            "at": later(number),
            "by": "technician",
            "code": code,
            "result": ScanResult.DONE,
            "said": "Shipped.",
            "request": "HILL-1",
            "act": StaffAction.SHIP,
            "undo_until": later(number + 60),
            **fields,
        }
    )


async def test_a_scan_is_kept_and_changed(store: Store) -> None:
    assert await store.scans.add(scan(1), unless_since=None)
    assert await store.scans.scan("s1") == scan(1)
    changed = msgspec.structs.replace(scan(1), undone=True, code="")
    await store.scans.change(changed)
    assert await store.scans.scan("s1") == changed
    assert await store.scans.newest_of(scan(1).code, since=NOW) is None
    assert await store.scans.scan("s2") is None


async def test_the_second_of_two_equal_scans_is_not_kept(store: Store) -> None:
    assert await store.scans.add(scan(1), unless_since=NOW)
    assert not await store.scans.add(scan(2), unless_since=NOW)
    assert await store.scans.add(scan(3, "31168098063892"), unless_since=NOW)
    assert await store.scans.newest_of(scan(1).code, since=NOW) == scan(1)
    assert await store.scans.add(scan(70), unless_since=later(10)), "the first is too long ago"
    assert await store.scans.add(scan(71), unless_since=None), "it is meant"


async def test_a_cart_is_a_list_newest_first_and_its_owner_goes_on_with_it(store: Store) -> None:
    for number in (1, 2, 3):
        await store.scans.add(scan(number), unless_since=None)
    await store.scans.add(scan(4, cart="manager.1", by="manager"), unless_since=None)
    assert [each.id for each in await store.scans.of_cart("technician.1", limit=2)] == ["s3", "s2"]
    assert await store.scans.newest_cart("technician", since=later(2)) == "technician.1"
    assert await store.scans.newest_cart("technician", since=later(4)) is None


async def test_old_scans_are_forgotten(store: Store) -> None:
    for number in (1, 2, 3):
        await store.scans.add(scan(number), unless_since=None)
    assert await store.scans.forget(before=NOW + timedelta(seconds=3)) == 2
    assert [each.id for each in await store.scans.of_cart("technician.1", limit=9)] == ["s3"]
