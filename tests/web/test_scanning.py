"""One scan does the next step and says it in one line: over the live API, with the real intake."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from gateway.dispatch.planning import ACS_LANE
from gateway.iso18626.codes import ReasonForMessage, ServiceType, Status
from gateway.store.borrowing_port import Asked, Customer
from gateway.store.port import BackOff, Change, NewEffect
from gateway.store.scans_port import ScanRecord, ScanResult
from gateway.workflow.borrowing_events import BarcodeAssigned
from gateway.workflow.borrowing_records import Borrowing, LenderLine
from gateway.workflow.effects import SendAction, Tell
from gateway.workflow.events import Looked, Performed
from gateway.workflow.finding import ListedItem
from gateway.workflow.partners import Partner
from gateway.workflow.records import (
    Act,
    Answer,
    AnswerKind,
    Copy,
    Finding,
    Item,
    ItemPlace,
    Outcome,
    Request,
    Role,
    State,
)
from gateway.workflow.triggers import StaffAction
from gateway.workflow.values import Wanted
from tests.web.live import ALMANAC, START, Live, a_request, keep, real_intake

ITEM = ALMANAC.item_barcode
NORTH = Copy(item_barcode="30234000500008", branch="Main", title="Rivers of the North")
SOUTH = Copy(item_barcode="30234000500016", branch="Main", title="Rivers of the South")
CARD = "21234000000001"
DUE = START + timedelta(days=70)
LINE = LenderLine(partner="valley", peer="hub", agency="ISIL:XX-EVL")


@pytest.fixture
def desk(live: Live) -> Live:
    live.intake.writes = real_intake(live)
    return live


async def scan(live: Live, code: str, *, role: str = "technician", **body: Any) -> dict[str, Any]:
    status, answer = await live.call("POST", "/scans", role=role, body={"code": code, **body})
    assert status == 200, answer
    return dict(answer)


async def look_again(live: Live, found: dict[str, Any]) -> dict[str, Any]:
    _, answer = await live.call("GET", f"/scans/{found['scan']}", role="technician")
    return dict(answer)


async def happen(live: Live, request: str, *events: Any) -> None:
    assert live.intake.writes is not None
    for event in events:
        await live.intake.writes.submit(request, event)


async def answered(live: Live, request: str, act: Act, finding: Finding = Finding.YES, **fields: Any) -> None:
    """The circulation system has answered, and was looked at."""
    route = {"route_to": fields.pop("route_to")} if "route_to" in fields else {}
    done = Performed(at=live.time.now(), act=act, item_barcode=ITEM, outcome=Outcome.DONE, **route)
    looked = Looked(at=live.time.now(), act=act, item_barcode=ITEM, finding=finding, **fields)
    await happen(live, request, done, looked)


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


def ours(state: State, **fields: Any) -> Request:
    record = Borrowing(pickup_branch="East", asked=(LINE,), lender_request_id="V-77", lender_items=("31168098063892",))
    return a_request("B-1", state, **{"role": Role.BORROWING, "borrowing": record, "items": (), **fields})


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
    done = await scan(desk, ITEM, act="handed-out", seen_in=found["state"])
    assert (done["act"], done["state"]) == ("handed-out", "with the customer")
    assert (await look_again(desk, done))["open"] is False


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


# ── what is no item ──────────────────────────────────────────────────────────────────────────────


async def with_customer(live: Live) -> None:
    change = Change(
        request=ours(State.ON_ITS_WAY), created=True, history_of="B-1",
        asked=Asked(customer=Customer(barcode=CARD), works=("title:x",)),
    )  # fmt: skip
    await live.store.commit(change)


async def test_a_customers_card_shows_the_requests_and_is_kept_nowhere(desk: Live):
    await with_customer(desk)
    found = await scan(desk, CARD)
    assert (found["result"], found["said"]) == ("look", "A customer's card: one open request")
    assert [offer["request"] for offer in found["offers"]] == ["B-1"]
    entries = await desk.store.history("B-1")
    assert [entry.words for entry in entries] == ["Looked for by the customer's card."]
    kept = await desk.store._fetch("SELECT code, body FROM scans")  # type: ignore[attr-defined]
    assert CARD not in str(kept)
    assert (await look_again(desk, found))["offers"] == [], "nor which requests are one customer's"


async def test_a_card_where_a_book_is_expected_looks_nobody_up(desk: Live):
    await with_customer(desk)
    found = await scan(desk, CARD, mode="ship")
    assert (found["result"], found["said"], found["offers"]) == (
        "stop", "That is a customer's card: scan the item", [],
    )  # fmt: skip
    assert await desk.store.history("B-1") == ()


async def test_who_may_not_see_customers_sees_none_by_a_card(desk: Live):
    status, _ = await desk.call("POST", "/scans", role="viewer", body={"code": CARD})
    assert status == 403


async def test_an_isbn_shows_the_requests_and_does_nothing(desk: Live):
    await desk.store.import_items([ListedItem(copy=ALMANAC, keys=("isbn:9780306406157",))], replace=False)
    await keep(desk.store, a_request())
    found = await scan(desk, "9780306406157")
    assert (found["result"], found["act"], found["title"]) == ("look", None, "The Imaginary Almanac")
    assert [offer["request"] for offer in found["offers"]] == ["r1"]


async def test_words_find_open_requests(desk: Live):
    await keep(desk.store, a_request(), a_request("r2", State.COMPLETED))
    found = await scan(desk, "imaginary")
    assert (found["result"], found["said"]) == ("look", "One open request has that")
    nothing = await scan(desk, "no such words")
    assert (nothing["result"], nothing["search"]) == ("stop", "no such words")
    kept = await desk.store._fetch("SELECT code, body FROM scans")  # type: ignore[attr-defined]
    assert "no such words" not in str(kept), "a person's name may be typed"


async def test_what_means_no_request_is_told_apart_in_the_cart_if_it_is_a_book(desk: Live):
    first = await scan(desk, "30234000517861")
    for code in ("9780306406157", "20000000000105", "somebody's name"):
        await scan(desk, code)
    _, cart = await desk.call("GET", f"/carts/{first['cart']}", role="technician")
    assert {line["item"] for line in cart["scans"]} == {"30234000517861", "9780306406157", None}
    assert (await scan(desk, "20000000000105"))["search"] is None


async def test_a_scan_of_nothing_is_refused(desk: Live):
    status, answer = await desk.call("POST", "/scans", body={"code": " \r\n"})
    assert (status, answer["detail"]) == (422, "code: nothing was scanned.")


async def test_only_what_can_be_done_with_an_item_in_hand_is_taken_by_a_key(desk: Live):
    await keep(desk.store, a_request())
    status, answer = await desk.call("POST", "/scans", body={"code": ITEM, "act": "force"})
    assert (status, answer["detail"][:13]) == (422, "act: none of ")


# ── the cart ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.process
async def test_a_cart_is_listed_counted_and_printed_at_once(desk: Live):
    await keep(desk.store, a_request("r1", State.LOANED), ours(State.ON_ITS_WAY))
    first = await scan(desk, ITEM)
    await answered(desk, "r1", Act.CHECKIN, route_to="Main")
    desk.time.set_by(1)
    await scan(desk, "no such words")
    _, cart = await desk.call("GET", f"/carts/{first['cart']}", role="technician")
    assert [line["result"] for line in cart["scans"]] == ["stop", "done"]
    assert (cart["done"], cart["look"], cart["stop"]) == (1, 0, 1)
    assert cart["papers"] == [{"request": "r1", "paper": "routing-slip", "item": ITEM}]
    url = f"{desk.url}/api/v1/carts/{first['cart']}/papers"
    headers = {"Authorization": f"Bearer {desk.tokens['technician']}"}
    async with desk.http.get(url, headers=headers) as answer:
        assert (answer.status, answer.content_type) == (200, "application/pdf")


async def test_who_names_no_cart_goes_on_with_the_last_one_of_the_day(desk: Live):
    first = await scan(desk, "no such words")
    desk.time.set_by(39600)
    assert (await scan(desk, "nor these"))["cart"] == first["cart"]
    desk.time.set_by(46800)
    assert (await scan(desk, "nor those"))["cart"] != first["cart"]
    assert (await scan(desk, "here", cart="manager.1"))["cart"] == "manager.1"


async def test_what_waits_says_why(desk: Live):
    await keep(desk.store, a_request())
    found = await scan(desk, ITEM)
    desk.time.set_by(5)
    until = desk.time.now() + timedelta(seconds=30)
    await desk.store.set_backoff(BackOff(lane="acs:main", until=until, failures=3, since=START))
    waits = await look_again(desk, found)
    assert waits["open"] is True
    assert waits["said"].endswith("It waits: the circulation system has given no usable answer. It goes on by itself")


async def test_while_the_circulation_system_hangs_that_is_said_after_some_seconds(desk: Live):
    """A call that is under way is leased, and has no time at which it is tried next."""
    await keep(desk.store, a_request())
    found = await scan(desk, ITEM)
    now = desk.time.now()
    claimed = await desk.store.claim(ACS_LANE, now=now, until=now + timedelta(seconds=60), owner="one", limit=1)
    assert [row.request for row in claimed] == ["r1"]
    assert (await look_again(desk, found))["said"] == found["said"], "not at once"
    desk.time.set_by(5)
    waits = await look_again(desk, found)
    assert waits["open"] is True
    assert waits["said"] == f"{found['said']}. The circulation system has not answered yet"


async def test_a_cart_reads_the_partners_once_however_many_of_its_scans_wait(
    desk: Live, monkeypatch: pytest.MonkeyPatch
):
    """Reading all of them holds the loop for some milliseconds where there are many."""
    for number, copy in enumerate((NORTH, SOUTH, ALMANAC)):
        await keep(desk.store, a_request(f"r{number}", items=(Item(copy=copy, place=ItemPlace.HELD),)))
        await scan(desk, copy.item_barcode, cart="c1")
    desk.time.set_by(5)
    reads = 0
    partners = desk.store.partners

    async def counted() -> tuple[Partner, ...]:
        nonlocal reads
        reads += 1
        return await partners()

    monkeypatch.setattr(desk.store, "partners", counted)
    _, shown = await desk.call("GET", "/carts/c1", role="technician")
    said = [each["said"].rpartition(". ")[2] for each in shown["scans"]]
    assert (said, reads) == (["The circulation system has not answered yet"] * 3, 1)


async def test_why_a_partner_does_not_answer_is_no_reason_of_the_circulation_systems(desk: Live):
    await keep(desk.store, a_request())
    found = await scan(desk, ITEM)
    desk.time.set_by(5)
    until = desk.time.now() + timedelta(seconds=30)
    await desk.store.set_backoff(BackOff(lane="peer:hub", until=until, failures=3, since=START))
    words = Tell(reason=ReasonForMessage.STATUS_CHANGE, status=Status.WILL_SUPPLY, last_change=START)
    tell = NewEffect(effect=words, lane="peer:hub", due_at=START)
    request = await desk.store.request("r1")
    assert request is not None
    changed = msgspec.structs.replace(request, version=request.version + 1)
    await desk.store.commit(Change(request=changed, history_of="r1", effects=(tell,)))
    assert (await look_again(desk, found))["said"] == f"{found['said']}. The circulation system has not answered yet"


@pytest.mark.parametrize("form", ["A{}B", "*{}*", "]C0{}", "]F0a{}b", "{}\r\n", "3 0234 000500008"])
async def test_whatever_a_scanner_adds_the_item_is_found(desk: Live, form: str):
    """Codabar's start and stop letters, Code 39's asterisks, a prefix that names the symbology, a line's end, blanks."""
    await keep(desk.store, a_request("r1", State.WILL_SUPPLY, items=(Item(copy=NORTH, place=ItemPlace.HELD),)))
    found = await scan(desk, form.format(NORTH.item_barcode))
    assert (found["request"], found["item"]) == ("r1", NORTH.item_barcode)
