"""Worklists over the API, on a real server and store."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from gateway.desk.reads import LIMIT_MAX
from gateway.desk.structs.lists import ListName
from gateway.desk.today import count_work
from gateway.dispatch.roles import TABLES
from gateway.workflow.borrowing_records import Borrowing, LenderLine
from gateway.workflow.records import Copy, Item, ItemPlace, Request, Role, State
from gateway.workflow.values import PostalAddress
from tests.web.known import START, a_request, keep
from tests.web.live import Live


def item(
    barcode: str,
    place: ItemPlace,
    *,
    call_number: str | None = None,
    branch: str = "Main",
    due_at: datetime | None = None,
) -> Item:
    return Item(copy=Copy(item_barcode=barcode, branch=branch, call_number=call_number), place=place, due_at=due_at)


async def rows(live: Live, path: str) -> list[dict[str, Any]]:
    status, answer = await live.call("GET", f"/lists/{path}", role="viewer")
    assert status == 200
    found: list[dict[str, Any]] = answer["rows"]
    return found


async def test_a_row_has_call_number_branch_and_address(live: Live):
    await keep(live.store, a_request())
    assert await rows(live, "pull") == [
        {
            "request": "r1",
            "state": "will supply",
            "state_since": "2026-10-28T09:00:00Z",
            "partner": "Example Valley Library",
            "address": {"line1": "1 Imaginary Road", "locality": "Valley", "postal_code": "00001"},
            "title": "The Imaginary Almanac",
            "author": "A. Author",
            "item_barcode": "30234000517861",
            "branch": "Main",
            "call_number": "QA76.73 ALM",
            "due_at": None,
        }
    ]


async def test_the_pull_list_goes_along_the_shelves_and_leaves_out_what_is_at_the_desk(live: Live):
    await keep(
        live.store,
        a_request("r1", items=(item("1", ItemPlace.HELD, call_number="QA76 X"), item("2", ItemPlace.AT_DESK))),
        a_request("r2", items=(item("3", ItemPlace.HELD, call_number="QA9 X"),)),
        a_request("r3", items=(item("4", ItemPlace.HELD, call_number="A1", branch="East"),)),
        a_request("r4", State.TO_COPY, items=(item("5", ItemPlace.CHOSEN, call_number="Z1"),)),
    )
    assert [row["item_barcode"] for row in await rows(live, "pull")] == ["4", "3", "1", "5"]


async def test_to_ship_is_what_has_arrived_the_longest_waiting_first(live: Live):
    later = START + timedelta(hours=1)
    await keep(
        live.store,
        a_request("r1", State.ARRIVED, state_since=later, items=(item("1", ItemPlace.AT_DESK),)),
        a_request("r2", State.ARRIVED, items=(item("2", ItemPlace.AT_DESK),)),
        a_request("r3", State.WILL_SUPPLY),
    )
    assert [row["request"] for row in await rows(live, "to-ship")] == ["r2", "r1"]


async def test_due_and_overdue_part_at_now(live: Live):
    live_items = {"late": -1, "soon": 2, "far": 30}
    await keep(
        live.store,
        *(
            a_request(name, State.LOANED, items=(item(name, ItemPlace.OUT, due_at=START + timedelta(days=days)),))
            for name, days in live_items.items()
        ),
        a_request("back", State.CHECKING_IN, items=(item("back", ItemPlace.BACK, due_at=START),)),
    )
    assert [row["item_barcode"] for row in await rows(live, "overdue")] == ["late"]
    assert [row["item_barcode"] for row in await rows(live, "due")] == ["soon"]
    assert [row["item_barcode"] for row in await rows(live, "due?days=60")] == ["soon", "far"]


async def test_due_today_lasts_until_the_local_day_ends(live: Live):
    """START is 03:00 in Denver; 23:59 there is 05:59 UTC of the next day."""
    tonight = START.replace(day=29, hour=5, minute=59)
    await keep(live.store, a_request("r1", State.LOANED, items=(item("1", ItemPlace.OUT, due_at=tonight),)))
    assert len(await rows(live, "due?days=0")) == 1


async def test_a_forced_loan_without_items_is_still_chased(live: Live):
    await keep(live.store, a_request("r1", State.LOANED, items=(), due_at=START - timedelta(days=1)))
    assert [(row["request"], row["item_barcode"]) for row in await rows(live, "overdue")] == [("r1", None)]


async def test_checked_out_not_told_is_a_queue_of_its_own(live: Live):
    await keep(live.store, a_request("r1", State.CHECKED_OUT), a_request("r2", State.LOANED))
    assert [row["request"] for row in await rows(live, "checked-out-not-told")] == ["r1"]


async def test_a_list_is_complete_beyond_one_page_of_the_store(live: Live):
    count = LIMIT_MAX + 3
    await keep(live.store, *(a_request(f"r{n}", updated_at=START + timedelta(seconds=n // 2)) for n in range(count)))
    found = await rows(live, "pull")
    assert len({row["request"] for row in found}) == len(found) == count


async def test_the_pull_list_is_there_as_paper(live: Live):
    await keep(live.store, a_request())
    status, page = await live.call("GET", "/lists/pull?format=text")
    assert status == 200
    assert "QA76.73 ALM" in page


@pytest.mark.parametrize(
    ("path", "status"), [("nothing", 404), ("due?days=x", 422), ("due?days=400", 422), ("due?format=text", 422)]
)
async def test_what_is_no_list_is_refused(live: Live, path: str, status: int):
    assert (await live.call("GET", f"/lists/{path}"))[0] == status


# ── what we borrow ───────────────────────────────────────────────────────────────────────────────

BORROWED = {"to-receive": State.ON_ITS_WAY, "on-the-shelf": State.ON_SHELF, "to-send-back": State.TO_RETURN}


def ours(request_id: str, state: State, **fields: Any) -> Request:
    """A request of ours that Example Valley Library was asked for."""
    line = LenderLine(partner="valley", peer="hub", agency="ISIL:XX-EVL")
    usual: dict[str, Any] = {
        "role": Role.BORROWING,
        "requesting_agency": "ISIL:XX-ECL",
        "supplying_agency": "ISIL:XX-EVL",
        "partner_request_id": request_id,
        "borrowing": Borrowing(pickup_branch="Main", asked=(line,)),
        "items": (),
    }
    return a_request(request_id, state, **usual | fields)


async def test_what_we_borrow_has_lists_of_its_own(live: Live):
    await keep(live.store, *(ours(f"B-{name}", state) for name, state in BORROWED.items()))
    for name in BORROWED:
        assert [(row["request"], row["branch"]) for row in await rows(live, name)] == [(f"B-{name}", "Main")]


async def test_a_state_that_both_roles_have_mixes_nothing(live: Live):
    await keep(live.store, a_request("r1", State.DECIDING), ours("B-1", State.DECIDING, partner=None))
    assert [row["request"] for row in await rows(live, "stopped")] == ["B-1"]


async def test_overdue_at_the_lender_goes_by_the_lenders_date(live: Live):
    """The customer's own date is later: nobody is late for that."""
    with_customer = item("pool-1", ItemPlace.OUT, due_at=START + timedelta(days=9))
    late, fine = START - timedelta(days=1), START + timedelta(days=1)
    await keep(
        live.store,
        ours("B-1", State.WITH_CUSTOMER, due_at=late, items=(with_customer,)),
        ours("B-2", State.WITH_CUSTOMER, due_at=fine, items=(with_customer,)),
        ours("B-3", State.SENT_BACK, due_at=late),
    )
    assert [row["request"] for row in await rows(live, "overdue-at-lender")] == ["B-1"]
    assert [row["due_at"] for row in await rows(live, "with-customers")] == [
        "2026-10-27T09:00:00Z", "2026-10-29T09:00:00Z",
    ]  # fmt: skip


async def test_a_row_shows_where_the_lender_wants_it_back(live: Live):
    back = PostalAddress(line1="Returns, 1 Imaginary Road")
    borrowed = Borrowing(pickup_branch="Main", return_to=back)
    await keep(live.store, ours("B-1", State.TO_RETURN, borrowing=borrowed), ours("B-2", State.TO_RETURN))
    assert [row["address"]["line1"] for row in await rows(live, "to-send-back")] == [
        "Returns, 1 Imaginary Road", "1 Imaginary Road",
    ]  # fmt: skip


# ── how many there are ───────────────────────────────────────────────────────────────────────────


USUAL_PLACE = {State.WILL_SUPPLY: ItemPlace.HELD, State.TO_COPY: ItemPlace.CHOSEN, State.ARRIVED: ItemPlace.AT_DESK}


async def test_each_list_is_counted_as_it_is_shown(live: Live):
    """A request in every state, in both roles, late, due soon and due later: the count beside a list is that of its requests."""
    days = {"late": -1, "soon": 2, "far": 30}
    for state in TABLES[Role.LENDING].states:
        for name, count in days.items():
            due = START + timedelta(days=count)
            out = item(f"{state}-{name}", USUAL_PLACE.get(state, ItemPlace.OUT), due_at=due)
            await keep(live.store, a_request(f"L-{state}-{name}", state, due_at=due, items=(out,)))
    for state in TABLES[Role.BORROWING].states:
        for name, count in days.items():
            await keep(live.store, ours(f"B-{state}-{name}", state, due_at=START + timedelta(days=count)))
    counts = (await count_work(live.desk)).lists
    shown = {name: len({row["request"] for row in await rows(live, name)}) for name in ListName}
    assert counts == shown
    assert all(shown.values()), "each list has something in it"
