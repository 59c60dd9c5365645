"""Prices in the ILS by the API: listed, named, ticked, read back, red again, taken off."""

import dataclasses
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from gateway.desk.access import Caller
from gateway.desk.ports import PriceRules
from gateway.desk.prices import list_prices
from gateway.sip2.errors import NotSent, Reason
from gateway.store.borrowing_port import Asked, Customer
from gateway.store.port import Change
from gateway.workflow.borrowing_events import CustomerAsked
from gateway.workflow.borrowing_records import Borrowing, LenderLine
from gateway.workflow.records import Copy, Item, Request, Role, State
from gateway.workflow.staff import StaffRole
from gateway.workflow.values import Wanted
from tests.dispatch.house import sip2
from tests.web.known import START
from tests.web.live import Live, charges_of

ITEM = "39999000000011"
CARD = "29999000000019"


async def borrow(
    live: Live,
    number: int = 1,
    state: State = State.LOST,
    due_at: datetime | None = None,
    form: str | None = None,
    **of: Any,
) -> str:
    """Keep a borrowed item with a barcode of the pool."""
    event = CustomerAsked(
        at=START,
        request=f"B-{number:05}",
        agency="ISIL:WE",
        wanted=Wanted(title="The Imaginary Almanac", form=form),
        pickup_branch="Main",
    )
    lender = LenderLine(partner="valley", peer="hub", agency="ISIL:XX-EVL")
    request = Request(
        id=event.request, role=Role.BORROWING, state=state, version=1, peer="hub", partner="valley", requesting_agency="ISIL:WE",
        supplying_agency="", partner_request_id=event.request, created_at=START, updated_at=START, state_since=START,
        wanted=event.wanted, due_at=due_at, items=(Item(copy=Copy(item_barcode=ITEM, branch="Main")),),
        borrowing=Borrowing(pickup_branch="Main", asked=(lender,)), **of,
    )  # fmt: skip
    await live.store.commit(
        Change(request=request, created=True, event=event, asked=Asked(customer=Customer(barcode=CARD)))
    )
    return request.id


async def moved(live: Live, request: str, state: State) -> None:
    """Let a request stand elsewhere by now."""
    known = await live.store.request(request)
    assert known is not None
    changed = msgspec.structs.replace(known, state=state, version=known.version + 1)
    await live.store.commit(Change(request=changed))


def owes(live: Live, *lines: str, owed: str = "0.00") -> None:
    """Have the circulation system show these fees."""
    fields = "".join(f"AV{line}|" for line in lines)
    live.acs.answers["63"] = sip2(
        f"64{' ' * 14}00120261028    090000000000000000{len(lines):04}00000000AOEX|AA{CARD}|AEAnn Example|BLY|BV{owed}|{fields}"
    )


async def rows(live: Live) -> list[dict[str, Any]]:
    status, found = await live.call("GET", "/prices", role="viewer")
    assert status == 200
    return list(found["rows"])


async def step(live: Live, request: str, name: str) -> dict[str, Any]:
    status, done = await live.call("POST", f"/requests/{request}/price/{name}", role="technician", body={})
    assert status == 200, done
    return dict(done["row"])


async def test_what_is_lost_or_long_overdue_is_listed_with_our_own_price(live: Live):
    await borrow(live, 1)
    await borrow(live, 2, State.WITH_CUSTOMER, START - timedelta(days=29))
    await borrow(live, 3, State.WITH_CUSTOMER, START - timedelta(days=27))
    await borrow(live, 4, State.ON_SHELF)
    found = await rows(live)
    assert {row["request"] for row in found} == {"B-00001", "B-00002"}
    assert {(row["amount"], row["currency"], row["by_lender"], row["standing"]) for row in found} == {
        ("50.00", "USD", False, "to set")
    }
    assert (found[0]["item_barcode"], found[0]["lender"]) == (ITEM, "Example Valley Library")


async def test_the_usual_price_is_that_of_the_form_that_is_wanted(live: Live):
    by_format = {"book": Decimal("50.00"), "film": Decimal("35.00"), "Blu-ray": Decimal("40.00")}
    desk = dataclasses.replace(
        live.desk, money=dataclasses.replace(live.desk.money, price_rules=PriceRules(by_format=by_format))
    )
    forms = {1: None, 2: "DVD", 3: "blu-ray", 4: "Microform", 5: "LargePrint", 6: "a scroll"}
    for number, form in forms.items():
        await borrow(live, number, form=form)
    listed = await list_prices(desk, Caller("ann", StaffRole.TECHNICIAN))
    amounts = {row.request: row.amount for row in listed.rows}
    assert [amounts[f"B-{number:05}"] for number in forms] == ["50.00", "35.00", "40.00", "50.00", "50.00", "50.00"]


async def test_it_is_red_until_it_agrees_and_again_when_it_differs(live: Live):
    request = await borrow(live)
    body = {"amount": "45", "currency": "USD"}
    _, named = await live.call("POST", f"/requests/{request}/price", role="technician", body=body)
    assert (named["row"]["amount"], named["row"]["by_lender"], named["row"]["standing"]) == ("45.00", True, "to set")
    owes(live, owed="3.00")
    assert (await step(live, request, "set"))["standing"] == "differs"
    owes(live, f"{ITEM} lost 45.00", owed="48.00")
    assert (await step(live, request, "look"))["standing"] == "agrees"
    owes(live, owed="3.00")
    assert await charges_of(live).look_at_all() == 1, "as every day"
    assert (await rows(live))[0]["standing"] == "differs"
    words = [entry.words for entry in await live.store.history(request)]
    assert "Price of 45.00 USD set in the ILS." in words
    assert not any(CARD in each or "Ann" in each for each in words)


async def test_what_came_back_is_to_be_taken_off_and_is_settled_when_it_is(live: Live):
    request = await borrow(live)
    owes(live, f"{ITEM} lost 50.00", owed="50.00")
    assert (await step(live, request, "set"))["standing"] == "agrees"
    await moved(live, request, State.TO_RETURN)
    assert (await rows(live))[0]["standing"] == "take the charge off"
    assert (await step(live, request, "off"))["standing"] == "differs", "it still stands there"
    owes(live)
    assert (await step(live, request, "off"))["standing"] == "agrees"
    assert await rows(live) == []


async def test_what_was_paid_is_no_longer_there_and_stays_red_until_somebody_says_so(live: Live):
    request = await borrow(live)
    owes(live, f"{ITEM} lost 50.00", owed="50.00")
    assert (await step(live, request, "set"))["standing"] == "agrees"
    owes(live)
    assert await charges_of(live).look_at_all() == 1, "gone: paid, or taken off? nobody can read that back"
    row = (await rows(live))[0]
    assert (row["standing"], "if it was paid, say so" in row["words"]) == ("differs", True)
    assert (await step(live, request, "look"))["words"] == row["words"], "and so every day"
    paid = await step(live, request, "paid")
    assert (paid["standing"], paid["paid_by"]) == ("paid", "a-technician")
    assert await charges_of(live).look_at_all() == 0, "it stays so although no fee is there"
    assert [each["standing"] for each in await rows(live)] == ["paid"], "it is still missing"
    await moved(live, request, State.COMPLETED)
    await charges_of(live).look_at_all()
    assert await rows(live) == [], "the lender has its money as well"


async def test_what_came_back_after_it_was_paid_is_to_be_given_back(live: Live):
    request = await borrow(live)
    owes(live, f"{ITEM} lost 50.00", owed="50.00")
    await step(live, request, "set")
    owes(live)
    await step(live, request, "paid")
    await moved(live, request, State.TO_RETURN)
    row = (await rows(live))[0]
    assert (row["standing"], "give the money back" in row["words"]) == ("take the charge off", True)
    status, refused = await live.call("POST", f"/requests/{request}/price/paid", role="technician", body={})
    assert (status, "It came back" in refused["detail"]) == (409, True)
    assert (await step(live, request, "off"))["standing"] == "agrees"
    assert await rows(live) == []


async def test_what_was_paid_and_is_set_once_more_is_looked_for_again(live: Live):
    request = await borrow(live)
    owes(live, f"{ITEM} lost 50.00", owed="50.00")
    await step(live, request, "set")
    await step(live, request, "paid")
    owes(live)
    assert (await step(live, request, "set"))["standing"] == "differs"


async def test_what_is_waived_before_it_is_set_is_looked_for_no_more(live: Live):
    request = await borrow(live)
    assert (await step(live, request, "paid"))["standing"] == "paid"
    assert await charges_of(live).look_at_all() == 0
    await moved(live, request, State.COMPLETED)
    await charges_of(live).look_at_all()
    assert await live.store.prices.prices() == {}


async def test_what_came_back_before_it_was_set_is_nobodys_to_set(live: Live):
    request = await borrow(live)
    await live.call("POST", f"/requests/{request}/price", role="technician", body={"amount": "45.00"})
    await moved(live, request, State.TO_RETURN)
    assert await rows(live) == []
    await charges_of(live).look_at_all()
    assert await live.store.prices.prices() == {}, "it keeps its request from being purged no longer"


async def test_another_price_is_to_be_set_anew(live: Live):
    request = await borrow(live)
    owes(live, f"{ITEM} lost 50.00", owed="50.00")
    await step(live, request, "set")
    _, named = await live.call("POST", f"/requests/{request}/price", role="technician", body={"amount": "60.00"})
    assert (named["row"]["standing"], named["row"]["set_by"]) == ("to set", None)
    _, again = await live.call("POST", f"/requests/{request}/price", role="technician", body={"format": "book"})
    assert (again["row"]["amount"], again["row"]["by_lender"]) == ("50.00", False)


async def test_a_circulation_system_that_is_away_changes_nothing_that_was_seen(live: Live):
    request = await borrow(live)
    owes(live, f"{ITEM} lost 50.00", owed="50.00")
    await step(live, request, "set")
    live.acs.answers["63"] = NotSent(Reason.LATE, "away")
    seen = await step(live, request, "look")
    assert (seen["standing"], "does not answer" in seen["words"]) == ("agrees", True)


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        ("price", {"amount": "much"}, 422, "amount like 12.50"),
        ("price", {"format": "scroll"}, 422, "name one, or a format: book"),
        ("price", {}, 422, "name one, or a format"),
        ("price/off", {}, 409, "nothing to take off"),
        ("price/look", {}, 409, "not set yet"),
        ("price/burn", {}, 404, "there are set, off, paid, look"),
    ],
)
async def test_what_can_not_be_done_is_said_in_words(
    live: Live, path: str, body: dict[str, Any], status: int, words: str
):
    request = await borrow(live)
    got, refused = await live.call("POST", f"/requests/{request}/{path}", role="technician", body=body)
    assert (got, words in refused["detail"]) == (status, True), refused


async def test_a_request_to_us_has_no_price_of_this_kind(live: Live):
    assert (await live.call("POST", "/requests/L-1/price", role="technician", body={"amount": "1"}))[0] == 404
