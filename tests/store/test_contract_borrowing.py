"""The contract of the port, on both stores: customers, earlier requests, intake keys, copied articles, pool barcodes."""

from datetime import datetime

import msgspec
import pytest

from gateway.store import borrowing
from gateway.store.borrowing_port import Asked, Customer, PoolBarcode
from gateway.store.port import AlreadyExists, BarcodeTaken, Store
from gateway.workflow.borrowing_records import BarcodeMove, Borrowing, PoolState
from gateway.workflow.records import Role, State
from tests.store.values import NOW, creation, later, step

CARD = "20000000090031"
WHO = Customer(barcode=CARD, name="Inventa Person", email="inventa@library.example")
ASKED = Asked(customer=WHO, works=("isbn:9780000000002", "title:almanac"))
OURS = {"role": Role.BORROWING, "borrowing": Borrowing(pickup_branch="EAST")}
LONG_AGO = later(-1e6)


async def ask(store: Store, number: int = 1, asked: Asked = ASKED, at: datetime = NOW, **values) -> None:
    """Make the request of ours HILL-<number>."""
    made = creation(number, **OURS, created_at=at, updated_at=at, **values)
    await store.commit(msgspec.structs.replace(made, asked=asked, inbound=None))


async def move(store: Store, barcode: str, to: PoolState, number: int = 1, version: int = 2) -> None:
    """Let the request HILL-<number> take a step with a pool barcode."""
    await make(store, BarcodeMove(barcode=barcode, to=to), number, version)


async def make(store: Store, move: BarcodeMove, number: int, version: int = 2) -> None:
    """Let the request HILL-<number> make the move."""
    await store.commit(step(number, version, of={**OURS, "updated_at": later(version)}, barcodes=(move,)))


async def pool(store: Store, barcode: str) -> tuple[PoolState, str | None]:
    """Where a barcode stands, and whose it is."""
    found = await store.borrowing.barcode(barcode)
    assert found is not None
    return found.state, found.request


# customers


async def test_who_asked_is_kept_apart_from_the_request(store: Store) -> None:
    await ask(store)
    assert await store.borrowing.customer("HILL-1") == WHO
    assert await store.borrowing.customer("HILL-2") is None
    made = await store.request("HILL-1")
    assert CARD not in repr(made)
    assert CARD not in repr(await store.history("HILL-1"))


async def test_a_customers_earlier_requests_for_a_work_are_found_by_any_of_its_keys_oldest_first(store: Store) -> None:
    await ask(store, 1, at=later(20))
    await ask(store, 2, Asked(customer=WHO, works=("isbn:9780000000002",)), at=later(10))
    await ask(store, 3, Asked(customer=Customer(barcode="another"), works=ASKED.works))
    find = store.borrowing.earlier_requests
    assert await find(CARD, ASKED.works, since=NOW) == ("HILL-2", "HILL-1")
    assert await find(CARD, ["title:almanac"], since=NOW) == ("HILL-1",)
    assert await find(CARD, ASKED.works, since=later(15)) == ("HILL-1",)
    assert await find(CARD, ASKED.works, since=later(21)) == ()
    assert await find(CARD, [], since=NOW) == ()


async def test_a_key_of_intake_makes_one_request(store: Store) -> None:
    keyed = msgspec.structs.replace(ASKED, intake_key="form-17")
    await ask(store, 1, keyed)
    with pytest.raises(AlreadyExists):
        await ask(store, 2, keyed)
    assert await store.request("HILL-2") is None, "nothing of the second is left"
    assert await store.borrowing.customer("HILL-2") is None
    assert await store.borrowing.request_by_intake_key("form-17") == "HILL-1"
    assert await store.borrowing.request_by_intake_key("form-18") is None


async def test_copies_asked_for_in_vain_are_not_counted(store: Store) -> None:
    counted = msgspec.structs.replace(ASKED, copied="issn:00000000/2026")
    for number, state in enumerate((State.ASKING, State.COMPLETED, State.CANCELLED, State.UNFILLED), start=1):
        await ask(store, number, counted, state=state)
    await ask(store, 5)
    assert await store.borrowing.count_copied("issn:00000000/2026") == 2
    assert await store.borrowing.count_copied("issn:00000000/2025") == 0


async def test_customers_of_ended_requests_are_forgotten_and_history_stays(store: Store) -> None:
    keyed = msgspec.structs.replace(ASKED, intake_key="form-1")
    await ask(store, 1, keyed, state=State.COMPLETED)
    await ask(store, 2, state=State.COMPLETED, at=later(60))
    await ask(store, 3, state=State.ASKING)
    before = await store.history("HILL-1")
    assert await store.borrowing.anonymise([State.COMPLETED, State.CANCELLED], ended_before=later(30)) == 1
    assert await store.borrowing.customer("HILL-1") is None
    assert await store.borrowing.request_by_intake_key("form-1") is None
    assert await store.borrowing.earlier_requests(CARD, ASKED.works, since=LONG_AGO) == ("HILL-3", "HILL-2")
    assert await store.borrowing.customer("HILL-2") == WHO
    assert await store.borrowing.customer("HILL-3") == WHO
    assert before
    assert await store.history("HILL-1") == before
    assert await store.request("HILL-1") is not None


async def test_customers_are_forgotten_a_piece_at_a_time(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(borrowing, "_AT_ONCE", 2)
    for number in range(1, 6):
        state = State.ASKING if number == 2 else State.COMPLETED
        await ask(store, number, msgspec.structs.replace(ASKED, intake_key=f"form-{number}"), state=state)
    assert await store.borrowing.anonymise([State.COMPLETED], ended_before=later(30)) == 4
    assert [n for n in range(1, 6) if await store.borrowing.customer(f"HILL-{n}")] == [2]
    assert [n for n in range(1, 6) if await store.borrowing.request_by_intake_key(f"form-{n}")] == [2]


async def test_a_customers_requests_are_found_newest_first_a_work_without_keys_too(store: Store) -> None:
    await ask(store, 1)
    await ask(store, 2, Asked(customer=WHO), at=later(10))
    await ask(store, 3, Asked(customer=Customer(barcode="another")))
    assert await store.borrowing.requests_of(CARD, limit=9) == ("HILL-2", "HILL-1")
    assert await store.borrowing.requests_of(CARD, limit=1) == ("HILL-2",)
    assert await store.borrowing.earlier_requests(CARD, ["title:almanac"], since=NOW) == ("HILL-1",)


async def test_a_corrected_card_takes_the_place_of_the_one_that_was_known(store: Store) -> None:
    await ask(store)
    right = msgspec.structs.replace(WHO, barcode="20000000090049")
    await store.commit(step(1, 2, of={**OURS, "updated_at": later(1)}, corrected=right))
    assert await store.borrowing.customer("HILL-1") == right
    assert await store.borrowing.requests_of(CARD, limit=9) == ()
    assert await store.borrowing.earlier_requests(right.barcode, ASKED.works, since=NOW) == ("HILL-1",)


# the pool


async def test_barcodes_are_put_into_a_range_once(store: Store) -> None:
    await store.borrowing.add_barcodes("pool", ["1000", "2000"], at=NOW)
    await ask(store)
    await move(store, "1000", PoolState.ASSIGNED)
    await store.borrowing.add_barcodes("other", ["1000", "3000"], at=later(9))
    assert await store.borrowing.barcode("1000") == PoolBarcode(
        barcode="1000", range="pool", state=PoolState.ASSIGNED, request="HILL-1", since=later(2)
    )
    assert await store.borrowing.barcode("4000") is None
    assert await store.borrowing.count_barcodes(rested_before=LONG_AGO) == {
        "pool": {PoolState.ASSIGNED: 1, PoolState.FREE: 1},
        "other": {PoolState.FREE: 1},
    }


async def test_no_barcode_is_on_two_requests(store: Store) -> None:
    await store.borrowing.add_barcodes("pool", ["1000"], at=NOW)
    await ask(store, 1)
    await ask(store, 2)
    await move(store, "1000", PoolState.ASSIGNED, number=1)
    with pytest.raises(BarcodeTaken):
        await move(store, "1000", PoolState.ASSIGNED, number=2)
    assert await pool(store, "1000") == (PoolState.ASSIGNED, "HILL-1")
    second = await store.request("HILL-2")
    assert second is not None
    assert second.version == 1, "the decision that would have taken it was not made"


async def test_whoever_lets_a_barcode_rest_leaves_it_to_the_request_that_has_it_by_now(store: Store) -> None:
    await store.borrowing.add_barcodes("pool", ["1000"], at=NOW)
    await ask(store, 1)
    await ask(store, 2)
    await move(store, "1000", PoolState.ASSIGNED, number=2)
    await move(store, "1000", PoolState.COOLING, number=1)
    assert await pool(store, "1000") == (PoolState.ASSIGNED, "HILL-2")


async def test_a_barcode_that_another_had_and_let_go_since_it_was_found_free_is_not_taken(store: Store) -> None:
    await store.borrowing.add_barcodes("pool", ["1000"], at=NOW)
    await ask(store, 1)
    await ask(store, 2)
    await move(store, "1000", PoolState.ASSIGNED, number=1)
    await move(store, "1000", PoolState.COOLING, number=1, version=3)
    with pytest.raises(BarcodeTaken):
        await make(store, BarcodeMove(barcode="1000", to=PoolState.ASSIGNED, free_since=NOW), number=2)
    assert await pool(store, "1000") == (PoolState.COOLING, None), "it rests"
    await make(store, BarcodeMove(barcode="1000", to=PoolState.ASSIGNED, free_since=later(3)), number=2)
    assert await pool(store, "1000") == (PoolState.ASSIGNED, "HILL-2")


async def test_a_barcode_that_was_blocked_meanwhile_is_not_taken(store: Store) -> None:
    await store.borrowing.add_barcodes("pool", ["1000"], at=NOW)
    await store.borrowing.block_barcode("1000", blocked=True, at=NOW)
    await ask(store)
    with pytest.raises(BarcodeTaken):
        await move(store, "1000", PoolState.ASSIGNED)
    assert await pool(store, "1000") == (PoolState.BLOCKED, None)


async def test_a_barcode_that_the_pool_did_not_have_is_the_requests_all_the_same(store: Store) -> None:
    await ask(store)
    await move(store, "7770", PoolState.ASSIGNED)
    await move(store, "7770", PoolState.WITH_CUSTOMER, version=3)
    assert await pool(store, "7770") == (PoolState.WITH_CUSTOMER, "HILL-1")


async def test_after_a_loan_it_rests_and_is_then_the_last_to_be_used_again(store: Store) -> None:
    await store.borrowing.add_barcodes("pool", ["1000", "2000", "3000"], at=NOW)
    await store.borrowing.add_barcodes("other", ["0500"], at=NOW)
    await ask(store)
    await move(store, "1000", PoolState.ASSIGNED)
    await move(store, "1000", PoolState.COOLING, version=3)

    async def free(rested_before: datetime, limit: int = 9) -> list[str]:
        found = await store.borrowing.free_barcodes("pool", rested_before=rested_before, limit=limit)
        return [each.barcode for each in found]

    assert await pool(store, "1000") == (PoolState.COOLING, None)
    assert [each.barcode for each in await store.borrowing.unused_barcodes("pool")] == ["2000", "3000", "1000"]
    assert [each.barcode for each in await store.borrowing.unused_barcodes("other")] == ["0500"]
    assert await free(LONG_AGO) == ["2000", "3000"]
    assert await free(later(3)) == ["2000", "3000", "1000"]
    assert await free(later(3), limit=1) == ["2000"]
    cooling, rested = PoolState.COOLING, PoolState.FREE
    count = store.borrowing.count_barcodes
    assert (await count(rested_before=LONG_AGO))["pool"] == {rested: 2, cooling: 1}
    assert (await count(rested_before=later(3)))["pool"] == {rested: 3}


async def test_only_a_barcode_that_nobody_has_is_blocked_and_a_blocked_one_is_not_free(store: Store) -> None:
    await store.borrowing.add_barcodes("pool", ["1000", "2000"], at=NOW)
    await ask(store)
    await move(store, "1000", PoolState.ASSIGNED)
    block = store.borrowing.block_barcode
    assert [await block(barcode, blocked=True, at=NOW) for barcode in ("1000", "2000", "9999")] == [False, True, False]
    assert await store.borrowing.free_barcodes("pool", rested_before=LONG_AGO, limit=9) == ()
    assert await block("2000", blocked=False, at=NOW)
    (freed,) = await store.borrowing.free_barcodes("pool", rested_before=LONG_AGO, limit=9)
    assert freed.barcode == "2000"


async def test_a_range_is_read_page_by_page_with_the_reason_of_what_is_blocked(store: Store) -> None:
    await store.borrowing.add_barcodes("pool", ["3000", "1000", "2000"], at=NOW)
    await store.borrowing.add_barcodes("other", ["1500"], at=NOW)
    await store.borrowing.block_barcode("2000", blocked=True, at=NOW, why="torn label")
    of = store.borrowing.barcodes_of
    assert [each.barcode for each in await of("pool", state=None, after="", limit=2)] == ["1000", "2000"]
    assert [each.barcode for each in await of("pool", state=None, after="2000", limit=2)] == ["3000"]
    (blocked,) = await of("pool", state=PoolState.BLOCKED, after="", limit=9)
    assert (blocked.barcode, blocked.why) == ("2000", "torn label")
    await store.borrowing.block_barcode("2000", blocked=False, at=NOW)
    assert [each.why for each in await of("pool", state=None, after="", limit=9)] == ["", "", ""]
