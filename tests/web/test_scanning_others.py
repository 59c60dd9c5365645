"""What is scanned or typed and is no item: a customer's card, an ISBN, words, nothing at all."""

from gateway.store.borrowing_port import Asked, Customer
from gateway.store.port import Change
from gateway.workflow.finding import ListedItem
from gateway.workflow.records import State
from tests.web.known import ALMANAC, a_request, keep
from tests.web.live import Live
from tests.web.scanning import CARD, ITEM, look_again, ours, scan


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
