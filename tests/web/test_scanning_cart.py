"""The cart of what was scanned: listed, counted, printed at once, why what waits does, and which line undoes what."""

from datetime import timedelta

import msgspec
import pytest

from gateway.dispatch.planning import ACS_LANE
from gateway.iso18626.codes import ReasonForMessage, Status
from gateway.store.port import BackOff, Change, NewEffect
from gateway.workflow.borrowing_events import BarcodeAssigned
from gateway.workflow.effects import Tell
from gateway.workflow.partners import Partner
from gateway.workflow.records import Act, Item, ItemPlace, State
from tests.web.known import ALMANAC, START, a_request, keep
from tests.web.live import Live
from tests.web.scanning import ITEM, NORTH, SOUTH, answered, happen, look_again, ours, scan


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


async def test_undo_of_an_arrival_does_not_undo_one_that_came_after_it(desk: Live):
    """It was undone on the request's page, so the first scan of it still stands in its cart."""
    await keep(desk.store, a_request())
    found = []
    for _ in range(2):
        scanned = await scan(desk, ITEM, mode="arrive")
        await answered(desk, "r1", Act.ARRIVE)
        found.append(await look_again(desk, scanned))
        if len(found) == 1:
            assert (await desk.call("POST", "/requests/r1/actions/undo", role="technician", body={}))[0] == 200
            desk.time.set_by(1)
    first, second = found
    assert ((await look_again(desk, first))["undo_until"], second["undo_until"]) == (None, "2026-10-28T09:01:01Z")
    status, refused = await desk.call("POST", f"/scans/{first['scan']}/undo", role="technician")
    assert (status, "was brought here again" in refused["detail"]) == (409, True)
    assert (await desk.call("POST", f"/scans/{second['scan']}/undo", role="technician"))[0] == 200


async def test_a_receipt_after_which_it_was_handed_out_and_that_was_undone_offers_no_undo(desk: Live):
    """It is on the hold shelf again, but the lender's parcel is not waited for any more."""
    await keep(desk.store, ours(State.ON_ITS_WAY))
    received = await scan(desk, "B-1")
    await happen(desk, "B-1", BarcodeAssigned(at=desk.time.now(), barcode=ITEM))
    for done in (Act.HOLD, Act.RECEIVE):
        await answered(desk, "B-1", done)
    assert (await look_again(desk, received))["undo_until"] == "2026-10-28T09:01:00Z"
    gone = await scan(desk, "B-1", act="handed-out")
    assert (await desk.call("POST", f"/scans/{gone['scan']}/undo", role="technician"))[0] == 200
    shown = await look_again(desk, received)
    assert (shown["state"], shown["undo_until"]) == ("waiting for the customer", None)
    _, cart = await desk.call("GET", f"/carts/{received['cart']}", role="technician")
    assert [each["undo_until"] for each in cart["scans"]] == [None, None]
    assert (await desk.call("POST", f"/scans/{received['scan']}/undo", role="technician"))[0] == 409
