"""One scan, whichever label is at hand, means the request: over the live API."""

import msgspec
import pytest

from gateway.store.port import Change
from gateway.workflow.borrowing_records import Borrowing, LenderLine
from gateway.workflow.records import Copy, Item, ItemPlace, Request, Role, State
from tests.web.known import ALMANAC, a_request, keep
from tests.web.live import Live

POOL, THEIRS = "30000000009013", "31168098063892"
LINE = LenderLine(partner="valley", peer="hub", agency="ISIL:XX-EVL")


def borrowed(number: str = "B-27K3M-9QXT2", state: State = State.ON_ITS_WAY, **fields: object) -> Request:
    """A request of ours that the second lender has sent."""
    record = Borrowing(
        pickup_branch="East", asked=(LINE, LINE), lender_request_id="V-77", lender_items=(THEIRS, "9002")
    )
    usual = {"role": Role.BORROWING, "borrowing": record, "partner_request_id": number, "items": ()}
    return a_request(number, state, **{**usual, **fields})


async def meant(live: Live, scan: str) -> str:
    status, answer = await live.call("GET", f"/requests/{scan}")
    assert status == 200, answer
    return str(answer["request"]["id"])


@pytest.mark.parametrize(
    "scan", ["B-27K3M-9QXT2", "B-27K3M-9QXT2.2", "V-77", THEIRS, f"a{THEIRS}b", f"*{THEIRS}*", "9002"]
)
async def test_what_comes_is_received_by_one_scan_of_our_number_theirs_or_the_items_barcode(live: Live, scan: str):
    await keep(live.store, borrowed())
    assert await meant(live, scan) == "B-27K3M-9QXT2"
    status, answer = await live.call("POST", f"/requests/{scan}/actions/receive")
    assert (status, answer["request"], answer["state"]) == (200, "B-27K3M-9QXT2", "receiving")
    named = "The request" if scan == "B-27K3M-9QXT2" else "Request B-27K3M-9QXT2"
    assert answer["words"] == f"{named} is “Being received”."


async def test_what_goes_back_is_found_by_the_barcode_that_stands_for_it(live: Live):
    item = Item(copy=Copy(item_barcode=POOL, branch="East"), place=ItemPlace.BACK)
    await keep(live.store, borrowed(state=State.TO_RETURN, items=(item,)))
    status, answer = await live.call("POST", f"/requests/{POOL}/actions/send-back")
    assert (status, answer["state"]) == (200, "taking back")


async def test_what_we_lend_is_found_by_its_item_and_the_partners_number(live: Live):
    await keep(live.store, a_request("r1", State.LOANED))
    assert await meant(live, ALMANAC.item_barcode) == "r1"
    assert await meant(live, "their-r1") == "r1"


@pytest.mark.parametrize("scan", ["b-27k3m-9qxt2", "b-27k3m-9qxt2.2", " B-27k3m-9QXT2 ", "v-77"])
async def test_numbers_are_read_without_regard_to_case(live: Live, scan: str):
    await keep(live.store, borrowed())
    assert await meant(live, scan) == "B-27K3M-9QXT2"


@pytest.mark.parametrize("scan", ["V-7", "3116809806389", "B-27K3M", "unheard-of", "%"])
async def test_a_part_of_a_number_is_no_number(live: Live, scan: str):
    await keep(live.store, borrowed())
    assert (await live.call("GET", f"/requests/{scan}"))[0] == 404


async def test_a_barcode_that_was_used_before_means_the_open_request(live: Live):
    item = Item(copy=Copy(item_barcode=POOL, branch="East"), place=ItemPlace.BACK)
    await keep(live.store, borrowed("B-1", State.COMPLETED, items=(item,)), borrowed("B-2", items=(item,)))
    assert await meant(live, POOL) == "B-2"
    assert await meant(live, "B-1") == "B-1", "by our own number any request is found"


async def test_of_several_a_person_names_one(live: Live):
    await keep(live.store, borrowed("B-1"), borrowed("B-2"))
    status, answer = await live.call("POST", f"/requests/{THEIRS}/actions/receive")
    assert (status, answer["detail"]) == (
        409,
        f"More than one request has {THEIRS}: B-2, B-1. Name the one that you mean.",
    )


async def test_what_the_lender_says_later_is_found_as_well(live: Live):
    request = borrowed()
    await keep(live.store, request)
    said = msgspec.structs.replace(request.borrowed, lender_items=("9009",))
    await live.store.commit(
        Change(request=msgspec.structs.replace(request, borrowing=said, version=2), history_of=request.id)
    )
    assert await meant(live, "9009") == request.id


@pytest.mark.parametrize("scan", ["V-77", THEIRS, "B-27K3M-9QXT2.2"])
async def test_a_parcel_for_a_request_that_is_over_is_received_by_its_label(live: Live, scan: str):
    await keep(live.store, borrowed(state=State.CANCELLED))
    status, answer = await live.call("POST", f"/requests/{scan}/actions/receive")
    assert (status, answer["state"]) == (200, "receiving")


async def test_our_own_barcodes_mean_no_request_that_is_over(live: Live):
    item = Item(copy=Copy(item_barcode=POOL, branch="East"), place=ItemPlace.BACK)
    await keep(live.store, borrowed(state=State.CANCELLED, items=(item,)))
    assert (await live.call("GET", f"/requests/{POOL}"))[0] == 404
