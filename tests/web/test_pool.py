"""The pool of barcodes over the live API: ranges, what is few, and what is out of use."""

from collections.abc import AsyncIterator

import pytest
from stdnum import luhn

from gateway.desk.errors import UnusableError
from gateway.desk.pool import range_shown, run
from gateway.workflow.borrowing_records import PoolState
from gateway.workflow.staff import StaffRole
from tests.web.live import Live, live_api

FIRST, LAST = "39999000000016", "39999000000099"


@pytest.fixture
async def live() -> AsyncIterator[Live]:
    async with live_api() as api:
        yield api


async def test_a_run_of_barcodes_is_added_once(live: Live):
    body = {"range": "main", "first": FIRST, "last": LAST}
    for _ in range(2):
        status, answer = await live.call("POST", "/pool", body=body)
        assert (status, answer["range"]["total"], answer["range"]["free"]) == (200, 9, 9)
    assert (await live.call("GET", "/pool", role=StaffRole.VIEWER))[1]["ranges"][0]["warning"] is None


async def test_single_barcodes_are_read_as_scanned_and_customers_refused(live: Live):
    status, answer = await live.call("POST", "/pool", body={"range": "main", "barcodes": ["a39999000000016b", "P-1"]})
    assert (status, answer["given"], answer["warnings"]) == (200, 2, [])
    assert await live.store.borrowing.barcode("39999000000016") is not None
    wrong = ["20000000090031", "9780306406157", "a b"]
    status, answer = await live.call("POST", "/pool", body={"range": "main", "barcodes": ["P-2", *wrong]})
    assert (status, len(answer["problems"])) == (422, 3)
    assert await live.store.borrowing.barcode("P-2") is None


async def test_barcodes_of_another_range_make_no_range_of_their_own(live: Live):
    await live.call("POST", "/pool", body={"range": "main", "barcodes": ["P-1"]})
    status, answer = await live.call("POST", "/pool", body={"range": "other", "barcodes": ["P-1"]})
    assert (status, answer["error"]) == (409, "refused")
    assert [each["range"] for each in (await live.call("GET", "/pool"))[1]["ranges"]] == ["main"]


@pytest.mark.parametrize("body", [{"range": "main"}, {"range": "main", "barcodes": ["P-1"], "first": "1", "last": "2"}])
async def test_either_a_list_or_a_run(live: Live, body: dict[str, object]):
    assert (await live.call("POST", "/pool", body=body))[0] == 422


async def test_a_barcode_is_blocked_and_put_back(live: Live):
    await live.call("POST", "/pool", body={"range": "main", "barcodes": ["P-1"]})
    assert (await live.call("POST", "/pool/P-1/unblock"))[0] == 409
    assert (await live.call("POST", "/pool/P-1/block", role=StaffRole.TECHNICIAN))[0] == 200
    assert (await live.call("GET", "/pool"))[1]["ranges"][0]["counts"] == {"blocked": 1}
    assert (await live.call("POST", "/pool/P-1/unblock"))[0] == 200
    assert (await live.call("POST", "/pool/P-2/block"))[0] == 404


async def test_only_administrators_add(live: Live):
    body = {"range": "main", "barcodes": ["P-1"]}
    assert (await live.call("POST", "/pool", role=StaffRole.MANAGER, body=body))[0] == 403


def test_a_range_is_added_up_with_its_warning():
    shown = range_shown("main", {PoolState.FREE: 9, PoolState.ASSIGNED: 91, PoolState.BLOCKED: 5})
    assert (shown.total, shown.free, shown.warning) == (105, 9, "Under 10 % of the barcodes are free: have more made.")


def test_a_run_counts_check_digits_along_where_both_ends_have_them():
    counted = list(run(FIRST, LAST))
    assert (counted[0], counted[-1], len(counted)) == (FIRST, LAST, 9)
    assert all(map(luhn.is_valid, counted))
    assert list(run("0099", "0101")) == ["0099", "0100", "0101"]


@pytest.mark.parametrize(("first", "last"), [("1", "20"), ("2", "1"), ("a1", "a2"), ("00000", "10000")])
def test_a_run_that_is_none_is_refused(first: str, last: str):
    with pytest.raises(UnusableError):
        list(run(first, last))


async def test_the_barcodes_of_a_range_are_listed_with_why_they_are_blocked(live: Live):
    await live.call("POST", "/pool", body={"range": "pool", "barcodes": ["P-1", "P-2", "P-3"]})
    await live.call("POST", "/pool/P-2/block?why=torn%20label", role=StaffRole.TECHNICIAN)
    status, answer = await live.call("GET", "/pool/pool?limit=2", role=StaffRole.VIEWER)
    assert (status, [each["barcode"] for each in answer["barcodes"]], answer["next"]) == (200, ["P-1", "P-2"], "P-2")
    assert answer["barcodes"][1]["why"] == "torn label (a-technician)"
    _, answer = await live.call("GET", "/pool/pool?state=blocked")
    assert ([each["barcode"] for each in answer["barcodes"]], answer["next"]) == (["P-2"], None)
    assert (await live.call("GET", "/pool/nowhere"))[0] == 404
