"""One scan does the next step and says it in one line: over the live API, with the real intake."""

from typing import Any

import pytest

from gateway.iso18626.codes import ServiceType
from gateway.store.scans_port import ScanRecord, ScanResult
from gateway.workflow.borrowing_events import BarcodeAssigned, ItemSeen
from gateway.workflow.effects import SendAction
from gateway.workflow.events import Looked, Performed
from gateway.workflow.finding import ListedItem
from gateway.workflow.records import Act, Answer, AnswerKind, Copy, Finding, Item, ItemPlace, Outcome, State
from gateway.workflow.triggers import StaffAction
from gateway.workflow.values import Wanted
from tests.web.known import ALMANAC, START, a_request, keep
from tests.web.live import Live
from tests.web.scanning import DUE, ITEM, NORTH, SOUTH, answered, happen, look_again, ours, scan

# ── lending: one scan out, one scan back ─────────────────────────────────────────────────────────


async def test_one_scan_ships_and_can_be_undone(desk: Live):
    await keep(desk.store, a_request())
    found = await scan(desk, ITEM)
    assert (found["result"], found["act"], found["open"]) == ("done", "arrive-and-ship", True)
    assert found["said"] == "Being checked in at the desk, then out to Example Valley Library"
    assert (found["request"], found["title"], found["item"]) == ("r1", "The Imaginary Almanac", ITEM)
    await answered(desk, "r1", Act.ARRIVE)
    assert (await look_again(desk, found))["said"] == "Being checked out to Example Valley Library"
    await answered(desk, "r1", Act.CHECKOUT, due_at=DUE)
    found = await look_again(desk, found)
    assert found["said"] == "Shipped to Example Valley Library · due 6 January"
    assert (found["open"], found["undo_until"]) == (False, "2026-10-28T09:01:00Z")
    status, undone = await desk.call("POST", f"/scans/{found['scan']}/undo", role="technician")
    assert (status, undone["said"], undone["open"]) == (200, "Being undone: checked in again", True)
    await answered(desk, "r1", Act.CHECKIN)
    said = "Undone: it is at the desk again, and Example Valley Library was not told"
    assert (await look_again(desk, found))["said"] == said
    await happen(desk, "r1", Looked(at=START, act=Act.HOLD, item_barcode=ITEM, finding=Finding.NO))
    undone = await look_again(desk, found)
    assert (undone["open"], undone["said"]) == (False, f"{said}. Its hold is gone: nobody else is kept from it")
    assert (await scan(desk, ITEM))["act"] == "ship", "what was undone is no first scan"


async def shipped(desk: Live) -> dict[str, Any]:
    """A scan that has shipped r1, which is the newest thing that happened to it."""
    await keep(desk.store, a_request())
    found = await scan(desk, ITEM)
    await answered(desk, "r1", Act.ARRIVE)
    await answered(desk, "r1", Act.CHECKOUT, due_at=DUE)
    return await look_again(desk, found)


async def test_who_undoes_a_scan_on_which_another_person_has_acted_hears_who_did_what(desk: Live):
    found = await shipped(desk)
    written = {"inside": "The partner called."}
    assert (await desk.call("POST", "/requests/r1/actions/note", role="manager", body=written))[0] == 200
    path, seen = f"/scans/{found['scan']}/undo", {"seen": found["seen"]}
    status, refused = await desk.call("POST", path, role="technician", body=seen)
    assert status == 409
    assert refused["detail"].startswith("a-manager has acted on it since, at 03:00: “Write an inside note”.")
    _, cart = await desk.call("GET", f"/carts/{found['cart']}", role="technician")
    [line] = cart["scans"]
    assert (line["undo_until"], line["seen"]) == (found["undo_until"], found["seen"] + 1)
    assert (await desk.call("POST", path, role="technician", body={"seen": line["seen"]}))[0] == 200, "having seen it"


async def test_undo_of_a_scan_undoes_nothing_that_was_done_after_it(desk: Live):
    found = await shipped(desk)
    undone = {"seen_in": "checked out"}
    assert (await desk.call("POST", "/requests/r1/actions/undo", role="technician", body=undone))[0] == 200
    await answered(desk, "r1", Act.CHECKIN)
    assert (await desk.call("POST", "/requests/r1/actions/unfilled", body={"undo_s": 60}))[0] == 200
    assert (await look_again(desk, found))["undo_until"] is None
    status, refused = await desk.call("POST", f"/scans/{found['scan']}/undo", role="technician")
    assert (status, "has gone on since" in refused["detail"]) == (409, True)


async def test_what_a_cart_checks_in_at_the_desk_can_be_undone_and_is_on_the_pull_list_again(desk: Live):
    await keep(desk.store, a_request())
    found = await scan(desk, ITEM, mode="arrive")
    assert (found["act"], found["open"], found["undo_until"]) == ("arrived", True, None)
    await answered(desk, "r1", Act.ARRIVE)
    found = await look_again(desk, found)
    assert found["said"] == "Here, to be shipped to Example Valley Library"
    told = await undone(desk, found)
    assert (told["state"], told["word"]) == ("will supply", "Undone")
    assert told["said"] == "Undone: it is on the pull list again. The ILS goes on showing it at the desk"
    again = await scan(desk, ITEM, mode="arrive")
    await answered(desk, "r1", Act.ARRIVE)
    again = await look_again(desk, again)
    desk.time.set_by(61)
    status, refused = await desk.call("POST", f"/scans/{again['scan']}/undo", role="technician")
    assert (status, refused["detail"]) == (
        409,
        "Too late to undo that it is here. If it is not here after all, say so: “Can't find it”.",
    )


async def test_undo_of_an_arrival_does_not_undo_that_it_was_shipped_since(desk: Live):
    await keep(desk.store, a_request())
    here = await scan(desk, ITEM, mode="arrive")
    await answered(desk, "r1", Act.ARRIVE)
    assert (await look_again(desk, here))["undo_until"] is not None
    await scan(desk, ITEM, mode="ship")
    await answered(desk, "r1", Act.CHECKOUT, due_at=DUE)
    assert (await look_again(desk, here))["undo_until"] is None
    status, refused = await desk.call("POST", f"/scans/{here['scan']}/undo", role="technician")
    assert (status, "has gone on since" in refused["detail"]) == (409, True)


async def test_who_looks_before_the_workflow_has_taken_it_settles_nothing(desk: Live):
    """A cart is asked for all the time: what was written down, and not yet decided, is not taken for refused."""
    await keep(desk.store, a_request())
    record = ScanRecord(
        id="s1", cart="technician.1", at=desk.time.now(), by="technician", code="x", result=ScanResult.STOP,
        said="It is being asked for", open=True, request="r1", act=StaffAction.ARRIVE_AND_SHIP,
    )  # fmt: skip
    await desk.store.scans.add(record, unless_since=None)
    _, cart = await desk.call("GET", "/carts/technician.1", role="technician")
    assert [line["open"] for line in cart["scans"]] == [True]
    assert await desk.store.scans.scan("s1") == record
    desk.time.set_by(61)
    _, cart = await desk.call("GET", "/carts/technician.1", role="technician")
    assert [line["said"] for line in cart["scans"]] == ["Not shipped"], "the gateway died before it was taken"


async def test_nothing_is_shipped_that_is_trapped_for_somebody_else(desk: Live):
    await keep(desk.store, a_request())
    found = await scan(desk, "r1")
    done = Performed(at=START, act=Act.ARRIVE, item_barcode=ITEM, outcome=Outcome.REFUSED, words="Held for another.")
    await happen(desk, "r1", done, Looked(at=START, act=Act.ARRIVE, item_barcode=ITEM, finding=Finding.NO))
    found = await look_again(desk, found)
    assert (found["result"], found["open"], found["undo_until"]) == ("stop", False, None)
    assert found["said"].startswith("Not shipped. The item was trapped for somebody else.")


@pytest.mark.parametrize(
    ("kept", "result", "said"),
    [
        (False, "done", "Checked in, and the loan to Example Valley Library is over · goes to Main Library"),
        (True, "look", "Checked in, and held for a customer of ours: put it on the hold shelf, Main Library"),
    ],
)
async def test_what_is_back_is_checked_in_and_goes_where_it_belongs(desk: Live, *, kept: bool, result: str, said: str):
    await keep(desk.store, a_request("r1", State.LOANED))
    found = await scan(desk, ITEM)
    assert found["act"] == "check-in"
    await answered(desk, "r1", Act.CHECKIN, kept=kept, route_to="Main")
    found = await look_again(desk, found)
    assert (found["result"], found["said"]) == (result, said)


async def test_a_check_in_can_be_undone_and_the_item_is_lent_again(desk: Live):
    await keep(desk.store, a_request("r1", State.LOANED, due_at=DUE))
    found = await scan(desk, ITEM)
    await answered(desk, "r1", Act.CHECKIN, route_to="Main")
    found = await look_again(desk, found)
    assert (found["state"], found["undo_until"]) == ("checked in", "2026-10-28T09:01:00Z")
    status, undone = await desk.call("POST", f"/scans/{found['scan']}/undo", role="technician")
    said = "Being undone: checked out to Example Valley Library again"
    assert (status, undone["said"], undone["open"]) == (200, said, True)
    await answered(desk, "r1", Act.CHECKOUT, due_at=DUE)
    undone = await look_again(desk, found)
    said = "Undone: checked out to Example Valley Library again, due 6 January. It was not told"
    assert (undone["said"], undone["state"], undone["undo_until"]) == (said, "loaned", None)
    assert (await scan(desk, ITEM))["act"] == "check-in"


async def test_what_is_kept_for_somebody_else_is_not_undone(desk: Live):
    await keep(desk.store, a_request("r1", State.LOANED, due_at=DUE))
    found = await scan(desk, ITEM)
    await answered(desk, "r1", Act.CHECKIN, kept=True)
    found = await look_again(desk, found)
    assert (found["state"], found["undo_until"]) == ("completed", None)
    status, refused = await desk.call("POST", f"/scans/{found['scan']}/undo", role="technician")
    assert status == 409
    assert "kept for somebody else's hold" in refused["detail"]


async def test_what_was_lost_and_is_found_is_checked_in(desk: Live):
    await keep(desk.store, a_request("r1", State.LOST))
    assert (await scan(desk, ITEM))["act"] == "check-in"


async def test_of_two_requests_with_an_item_the_one_that_has_it_out_comes_first(desk: Live):
    next_one = a_request("r2", partner_request_id="their-r2")
    await keep(desk.store, a_request("r1", State.RETURNING), next_one)
    assert (await scan(desk, ITEM))["request"] == "r1"


async def test_another_copy_of_the_title_is_taken_and_named(desk: Live):
    other = Copy(item_barcode="30234000500107", branch="Main", title="The imaginary almanac /")
    await desk.store.import_items([ListedItem(copy=other, keys=())], replace=False)
    await keep(desk.store, a_request())
    found = await scan(desk, other.item_barcode)
    assert (found["request"], found["act"]) == ("r1", "arrive-and-ship")
    assert desk.intake.acted[-1][1].item_barcodes == (other.item_barcode,)


async def test_the_book_that_stood_beside_it_is_not_the_one_they_asked_for(desk: Live):
    await desk.store.import_items([ListedItem(copy=copy, keys=()) for copy in (NORTH, SOUTH)], replace=False)
    wants = a_request("L-4GTP6", wanted=Wanted(title=SOUTH.title), items=(Item(copy=SOUTH, place=ItemPlace.HELD),))
    await keep(desk.store, wants, a_request())
    found = await scan(desk, NORTH.item_barcode)
    assert (found["result"], found["request"], found["title"]) == ("stop", None, "Rivers of the North")
    assert found["said"] == (f"Not the book they asked for. L-4GTP6 wants “Rivers of the South” ({SOUTH.item_barcode})")
    assert [offer["request"] for offer in found["offers"]] == ["L-4GTP6"]


async def test_a_book_whose_promise_has_lapsed_says_so_and_what_can_be_done(desk: Live):
    await desk.store.import_items([ListedItem(copy=ALMANAC, keys=())], replace=False)
    no = Answer(kind=AnswerKind.UNFILLED, reason="NotOnShelf")
    await keep(desk.store, a_request("r1", State.UNFILLED, answer=no))
    found = await scan(desk, ITEM)
    assert (found["result"], found["request"]) == ("look", None)
    assert "Its promise has lapsed" in found["said"]
    assert "Write to them that it is here" in found["said"]
    assert [offer["request"] for offer in found["offers"]] == ["r1"]


async def test_what_the_partner_asks_of_the_copy_is_said_as_it_is_shipped(desk: Live):
    await keep(desk.store, a_request(asks_for="Must come with the CD."))
    found = await scan(desk, ITEM)
    await answered(desk, "r1", Act.ARRIVE)
    await answered(desk, "r1", Act.CHECKOUT, due_at=DUE)
    told = await look_again(desk, found)
    assert told["result"] == "look"
    assert "Look first: the partner asks “Must come with the CD.”" in told["said"]


async def test_of_several_items_a_person_says_whether_all_go(desk: Live):
    items = (Item(copy=ALMANAC, place=ItemPlace.HELD), Item(copy=SOUTH, place=ItemPlace.HELD))
    await keep(desk.store, a_request(items=items))
    found = await scan(desk, ITEM)
    assert (found["result"], found["act"]) == ("look", None)
    assert "arrive-and-ship" in {offer["act"] for offer in found["offers"]}


# ── borrowing: one scan in, one scan back ────────────────────────────────────────────────────────


@pytest.mark.parametrize("code", ["B-1", "V-77", "]C1V-77", "31168098063892", "]F0A31168098063892B\r"])
async def test_what_comes_is_received_by_whatever_is_on_it(desk: Live, code: str):
    await keep(desk.store, ours(State.ON_ITS_WAY))
    found = await scan(desk, code)
    assert (found["request"], found["act"]) == ("B-1", "receive")
    assert found["said"] == "Being received from Example Valley Library"


async def test_a_receipt_can_be_undone_for_a_minute_after_the_scan(desk: Live):
    await keep(desk.store, ours(State.ON_ITS_WAY))
    found = await scan(desk, "B-1")
    desk.time.set_by(10)
    await happen(desk, "B-1", BarcodeAssigned(at=desk.time.now(), barcode=ITEM))
    await answered(desk, "B-1", Act.HOLD)
    await answered(desk, "B-1", Act.RECEIVE)
    found = await look_again(desk, found)
    assert (found["said"], found["undo_until"]) == ("Received for a customer at East", "2026-10-28T09:01:00Z")
    assert found["item"] == ITEM, "the barcode that stands for it here"
    _, undone = await desk.call("POST", f"/scans/{found['scan']}/undo", role="technician")
    assert undone["said"].startswith("Undone: Example Valley Library was not told. The hold comes off")
    assert (undone["state"], undone["open"]) == ("on its way", False)
    waits = [row.effect for row in await desk.store.pending("B-1") if isinstance(row.effect, SendAction)]
    assert waits == [], "the lender hears nothing"


async def test_a_copy_in_hand_is_handed_over_by_its_scan_and_that_can_be_undone(desk: Live):
    await keep(desk.store, ours(State.COPY_HERE, service=ServiceType.COPY))
    found = await scan(desk, "B-1")
    assert (found["act"], found["open"]) == ("handed-over", False)
    assert found["said"] == "Handed over: the copy goes to its customer at East"
    assert found["undo_until"] == "2026-10-28T09:01:00Z"
    _, undone = await desk.call("POST", f"/scans/{found['scan']}/undo", role="technician")
    assert undone["said"].startswith("Undone: the copy is still here, and Example Valley Library was not told")


async def test_what_the_customer_brought_back_is_sent_back(desk: Live):
    await keep(desk.store, ours(State.TO_RETURN, items=(Item(copy=ALMANAC, place=ItemPlace.OUT),)))
    found = await scan(desk, ITEM)
    assert found["act"] == "send-back"
    await answered(desk, "B-1", Act.CANCEL_HOLD)
    await answered(desk, "B-1", Act.CHECKIN)
    found = await look_again(desk, found)
    assert (found["said"], found["undo_until"] is not None) == ("Sent back to Example Valley Library", True)


async def test_a_state_without_a_step_offers_what_can_be_done_by_a_key(desk: Live):
    await keep(desk.store, ours(State.ON_SHELF, items=(Item(copy=ALMANAC, place=ItemPlace.AT_DESK),)))
    found = await scan(desk, ITEM)
    assert (found["result"], found["act"]) == ("look", None)
    assert "To the hold shelf" in found["said"]
    offers = {offer["act"]: offer for offer in found["offers"]}
    assert [offer["key"] for offer in found["offers"]] == list(range(1, len(offers) + 1))
    assert offers["send-back"]["words"].endswith("Gives up.")
    assert "receive" not in offers, "it was received before: nothing would come of it"
    done = await scan(desk, ITEM, act="handed-out", seen_in=found["state"])
    assert (done["act"], done["state"]) == ("handed-out", "with the customer")
    assert (await look_again(desk, done))["open"] is False


async def undone(desk: Live, found: dict[str, Any]) -> dict[str, Any]:
    """Undo a scan, which can be done for a minute from now."""
    assert found["undo_until"] == "2026-10-28T09:01:00Z"
    body = {"seen": found["seen"]}
    status, answer = await desk.call("POST", f"/scans/{found['scan']}/undo", role="technician", body=body)
    assert status == 200, answer
    return dict(await look_again(desk, found))


async def test_what_was_handed_out_and_what_came_back_can_be_undone(desk: Live):
    await keep(desk.store, ours(State.ON_SHELF, items=(Item(copy=ALMANAC, place=ItemPlace.AT_DESK),)))
    gone = await scan(desk, "B-1", act="handed-out")
    assert (gone["said"], gone["word"]) == ("Handed out to its customer at East", "Handed out")
    told = await undone(desk, gone)
    assert (told["said"], told["word"], told["state"]) == (
        "Undone: it waits on the hold shelf",
        "Undone",
        "waiting for the customer",
    )
    await scan(desk, "B-1", act="handed-out")
    back = await scan(desk, "B-1", act="came-back")
    assert (back["said"], back["word"]) == (
        "Back from its customer, to be sent back to Example Valley Library",
        "Came back",
    )
    told = await undone(desk, back)
    assert (told["said"], told["state"]) == ("Undone: the customer still has it", "with the customer")


async def test_what_a_look_has_shown_since_offers_no_undo(desk: Live):
    await keep(desk.store, ours(State.ON_SHELF, items=(Item(copy=ALMANAC, place=ItemPlace.AT_DESK),)))
    gone = await scan(desk, "B-1", act="handed-out")
    await happen(desk, "B-1", ItemSeen(at=desk.time.now(), out=True))
    status, refused = await desk.call("POST", f"/scans/{gone['scan']}/undo", role="technician")
    assert (status, refused["detail"].startswith("Too late to undo.")) == (409, True)


async def test_a_parcel_that_nobody_waited_for_is_received_without_an_undo(desk: Live):
    await keep(desk.store, ours(State.CANCELLED))
    found = await scan(desk, "V-77", mode="receive")
    await happen(desk, "B-1", BarcodeAssigned(at=desk.time.now(), barcode=ITEM))
    await answered(desk, "B-1", Act.HOLD)
    await answered(desk, "B-1", Act.RECEIVE)
    found = await look_again(desk, found)
    assert (found["said"], found["undo_until"]) == ("Received for a customer at East", None)


# ── twice, pinned, looked at ─────────────────────────────────────────────────────────────────────


async def test_the_same_code_within_a_minute_does_nothing_twice(desk: Live):
    await keep(desk.store, a_request("r1", State.LOANED), ours(State.ON_ITS_WAY))
    first = await scan(desk, ITEM)
    again = await scan(desk, f"A{ITEM}B", role="manager")
    assert (again["repeated"], again["scan"], again["said"]) == (True, first["scan"], first["said"])
    assert len(desk.intake.acted) == 1
    await answered(desk, "r1", Act.CHECKIN)
    assert (await scan(desk, ITEM))["said"].startswith("Checked in"), "as it stands by now"
    desk.time.set_by(61)
    assert not (await scan(desk, ITEM))["repeated"]


async def test_a_key_or_a_pinned_mode_means_it(desk: Live):
    await keep(desk.store, a_request())
    await scan(desk, ITEM)
    assert not (await scan(desk, ITEM, again=True))["repeated"]
    assert not (await scan(desk, ITEM, mode="check-in"))["repeated"]


@pytest.mark.parametrize(
    ("mode", "state", "act"),
    [
        ("arrive", State.WILL_SUPPLY, "arrived"),
        ("ship", State.WILL_SUPPLY, "arrive-and-ship"),
        ("ship", State.ARRIVED, "ship"),
        ("ship", State.LOANED, None),
        ("check-in", State.LOANED, "check-in"),
        ("check-in", State.WILL_SUPPLY, None),
        ("look", State.LOANED, None),
    ],
)
async def test_a_mode_pins_the_step(desk: Live, mode: str, state: State, act: str | None):
    await keep(desk.store, a_request("r1", state))
    found = await scan(desk, ITEM, mode=mode)
    assert (found["act"], found["result"]) == (act, "done" if act else "look")


@pytest.mark.parametrize("form", ["A{}B", "*{}*", "]C0{}", "]F0a{}b", "{}\r\n", "3 0234 000500008"])
async def test_whatever_a_scanner_adds_the_item_is_found(desk: Live, form: str):
    """Codabar's start and stop letters, Code 39's asterisks, a prefix that names the symbology, a line's end, blanks."""
    await keep(desk.store, a_request("r1", State.WILL_SUPPLY, items=(Item(copy=NORTH, place=ItemPlace.HELD),)))
    found = await scan(desk, form.format(NORTH.item_barcode))
    assert (found["request"], found["item"]) == ("r1", NORTH.item_barcode)
