"""Searching requests, an act for several of them, and views that are kept: over the API, with a real door."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from gateway.store.port import Change
from gateway.workflow.borrowing_records import Borrowing
from gateway.workflow.records import Role, State
from gateway.workflow.values import Wanted
from tests.web.known import START, a_request, keep
from tests.web.live import Live, live_api


@pytest.fixture
async def door() -> AsyncIterator[Live]:
    async with live_api(writes=True) as running:
        yield running


async def search(door: Live, **query: str) -> dict[str, Any]:
    status, answer = await door.call("GET", "/search", params=query)
    assert status == 200, answer
    return dict(answer)


def ids(found: dict[str, Any]) -> list[str]:
    return [row["id"] for row in found["rows"]]


def facet(found: dict[str, Any], field: str) -> dict[str, int]:
    (one,) = [each for each in found["facets"] if each["field"] == field]
    return {value["words"]: value["count"] for value in one["values"]}


async def test_what_is_open_comes_first_then_what_has_ended_page_by_page(door: Live) -> None:
    states = [State.WILL_SUPPLY, State.UNFILLED, State.LOANED, State.COMPLETED, State.OVERDUE]
    await keep(
        door.store,
        *(a_request(f"r{n}", state, created_at=START + timedelta(seconds=n)) for n, state in enumerate(states)),
    )
    whole = await search(door)
    assert ids(whole) == ["r4", "r2", "r0", "r3", "r1"]
    assert (whole["open"], whole["ended"], whole["ended_is_more"], whole["next"]) == (3, 2, False, None)
    for limit in ("1", "2", "3", "4"):
        found, page = [], await search(door, limit=limit)
        while True:
            found += ids(page)
            assert (page["open"], page["ended"]) == (3, 2)
            if page["next"] is None:
                break
            page = await search(door, limit=limit, after=page["next"])
        assert found == ids(whole), limit
    assert ids(await search(door, which="open", sort="oldest")) == ["r0", "r2", "r4"]
    assert ids(await search(door, which="ended", limit="1")) == ["r3"]
    assert sum(facet(await search(door, which="ended"), "state").values()) == 2
    assert facet(whole, "role") == {"We lend": 3}


async def test_words_numbers_and_the_partners_name_find_requests(door: Live) -> None:
    await keep(door.store, a_request("r1"), a_request("r2", partner=None, wanted=Wanted(title="Rivers of the South")))
    assert ids(await search(door, q="imaginary")) == ["r1"]
    assert ids(await search(door, q="example valley")) == ["r1"], "the partner's name, which stands in no line"
    assert ids(await search(door, q="valley rivers")) == []
    assert ids(await search(door, q="THEIR-r2")) == ["r2"]
    assert ids(await search(door, q="3023400051")) == ["r2", "r1"]
    assert ids(await search(door, q='"; DROP')) == []
    row = (await search(door, q="imaginary"))["rows"][0]
    assert (row["state"], row["partner"], row["branch"]) == (
        "On the pull list",
        "Example Valley Library",
        "Main Library",
    )


async def test_marks_and_whose_it_is_are_said_and_filtered_by(door: Live) -> None:
    await keep(
        door.store, a_request("r1", level="Rush"), a_request("r2", State.LOANED, due_at=START - timedelta(days=1))
    )
    await door.call("POST", "/requests/r1/actions/assign", body={"assignee": "first-admin"})
    await door.call("POST", "/requests/r1/actions/flag", body={"reason": "Look"})
    found = await search(door)
    marks = {row["id"]: [mark["words"] for mark in row["marks"]] for row in found["rows"]}
    assert marks == {"r1": ["Rush", "Needs attention"], "r2": ["Late"]}
    assert facet(found, "whose") == {"nobody": 1, "first-admin": 1}
    assert ids(await search(door, whose="me")) == ["r1"]
    assert ids(await search(door, whose="-")) == ["r2"]
    assert ids(await search(door, flag="late")) == ["r2"]
    narrowed = await search(door, flag="late", role="borrowing")
    assert facet(narrowed, "role") == {"We lend": 1, "We borrow": 0}, "what was chosen stays to be taken back"


async def test_a_cursor_of_nobodys_is_refused_in_words(door: Live) -> None:
    status, answer = await door.call("GET", "/search", params={"after": "open~x~1"})
    assert (status, answer["detail"]) == (422, "after: take it as it came in “next”.")


async def test_an_act_for_several_gives_a_line_each_and_once(door: Live) -> None:
    await keep(door.store, a_request("r1"), a_request("r2", State.COMPLETED), a_request("r3"))
    account = {"name": "ann", "role": "technician", "password": "seven visibly fictional words"}
    assert (await door.call("POST", "/accounts", body=account))[0] == 201
    body = {"requests": ["r1", "r2", "nowhere", "r3", "r1"], "assignee": "ann", "key": "k1"}
    status, answer = await door.call("POST", "/acts/assign", body=body)
    assert status == 200, answer
    results = {line["request"]: line["result"] for line in answer["lines"]}
    assert results | {"r2": ""} == {"r1": "done", "r2": "", "nowhere": "refused", "r3": "done"}
    again = (await door.call("POST", "/acts/assign", body=body))[1]
    assert [line["result"] for line in again["lines"]] == [line["result"] for line in answer["lines"]]
    assert "done before" in again["lines"][0]["words"]
    assert ids(await search(door, whose="ann", which="open")) == ["r3", "r1"]


async def test_a_worklist_is_filtered_paged_and_says_what_can_be_done(door: Live) -> None:
    late = {"due_at": START - timedelta(days=1)}
    await keep(
        door.store,
        *(a_request(f"r{n}", state_since=START + timedelta(seconds=n)) for n in range(3)),
        a_request("o1", State.LOANED, **late),
        a_request("o2", State.LOANED, partner=None, **late),
        a_request("o3", State.LOANED, due_at=START + timedelta(days=2)),
    )
    status, pull = await door.call("GET", "/worklists/pull", params={"limit": "2"})
    assert (status, len(pull["rows"]), pull["count"]) == (200, 2, 3)
    more = (await door.call("GET", "/worklists/pull", params={"limit": "2", "after": pull["next"]}))[1]
    assert (len(more["rows"]), more["next"]) == (1, None)
    assert [act["action"] for act in pull["acts"]] == [
        "arrive-and-ship",
        "copy-sent",
        "assign",
        "flag",
        "unflag",
        "note",
    ]
    overdue = (await door.call("GET", "/worklists/overdue"))[1]
    assert [row["request"] for row in overdue["rows"]] == ["o1", "o2"]
    narrowed = (await door.call("GET", "/worklists/overdue", params={"partner": "valley"}))[1]
    assert [row["request"] for row in narrowed["rows"]] == ["o1"]
    due = (await door.call("GET", "/worklists/due"))[1]
    assert [row["request"] for row in due["rows"]] == ["o3"]


async def test_what_a_worklist_offers_does_not_depend_on_the_page_of_it(door: Live) -> None:
    states = (State.WILL_SUPPLY, State.TO_COPY)
    offered = ["arrive-and-ship", "copy-sent", "assign", "flag", "unflag", "note"]
    empty = (await door.call("GET", "/worklists/pull"))[1]
    assert (empty["rows"], [act["action"] for act in empty["acts"]]) == ([], offered)
    await keep(door.store, *(a_request(f"r{n}", state, items=()) for n, state in enumerate(states)))
    first = (await door.call("GET", "/worklists/pull", params={"limit": "1"}))[1]
    second = (await door.call("GET", "/worklists/pull", params={"limit": "1", "after": first["next"]}))[1]
    assert {row["step"] for page in (first, second) for row in page["rows"]} == {"arrive-and-ship", "copy-sent"}
    for page in (first, second):
        assert (len(page["rows"]), [act["action"] for act in page["acts"]]) == (1, offered)


async def test_a_long_worklist_is_paged_by_its_order_and_counts_what_is_due(door: Live) -> None:
    days = {"o1": -3, "o2": -2, "o3": -1, "o4": 5}
    loans = [a_request(name, State.LOANED, due_at=START + timedelta(days=day)) for name, day in days.items()]
    await keep(door.store, *loans)
    page = (await door.call("GET", "/worklists/overdue", params={"limit": "2"}))[1]
    assert ([row["request"] for row in page["rows"]], page["count"]) == (["o1", "o2"], 3)
    assert facet(page, "partner") == {"Example Valley Library": 3}
    await door.store.commit(Change(request=replace(loans[1], state=State.COMPLETED, version=2)))
    rest = (await door.call("GET", "/worklists/overdue", params={"after": page["next"]}))[1]
    assert ([row["request"] for row in rest["rows"]], rest["next"], rest["count"]) == (["o3"], None, 2)
    status, answer = await door.call("GET", "/worklists/overdue", params={"after": "o2"})
    assert (status, answer["detail"]) == (422, "after: take it as it came in “next”.")


async def test_views_are_kept_by_person(door: Live) -> None:
    view = {"name": "Rush to fetch", "address": "/requests?flag=rush&state=will+supply"}
    assert (await door.call("POST", "/views", body=view))[0] == 200
    assert (await door.call("GET", "/views"))[1] == {"views": [view]}
    assert (await door.call("GET", "/views", role="viewer"))[1] == {"views": []}
    status, _ = await door.call("POST", "/views", body={"name": "x", "address": "https://elsewhere.example/"})
    assert status == 422
    assert (await door.call("DELETE", "/views/Rush%20to%20fetch"))[0] == 200
    assert (await door.call("GET", "/views"))[1] == {"views": []}
    assert (await door.call("DELETE", "/views/none"))[0] == 404


async def test_a_view_takes_the_place_of_none_of_another_list(door: Live) -> None:
    """There it would go unseen: a list shows its own views alone."""
    kept = {"name": "Rush", "address": "/requests?level=rush"}
    assert (await door.call("POST", "/views", body=kept))[0] == 200
    status, answer = await door.call("POST", "/views", body={"name": "Rush", "address": "/lists/pull?level=rush"})
    assert (status, answer["detail"]) == (409, "Another list has a view “Rush” of yours: choose another name.")
    assert (await door.call("GET", "/views"))[1] == {"views": [kept]}
    changed = {"name": "Rush", "address": "/requests?level=rush&role=lending"}
    assert (await door.call("POST", "/views", body=changed))[0] == 200
    assert (await door.call("GET", "/views"))[1] == {"views": [changed]}


async def test_what_we_borrow_is_told_apart(door: Live) -> None:
    ours = a_request("b1", State.ASKING, role=Role.BORROWING, borrowing=Borrowing(pickup_branch="Main"), items=())
    await keep(door.store, a_request("r1"), ours)
    assert ids(await search(door, role="borrowing")) == ["b1"]
    assert facet(await search(door), "branch") == {"Main Library": 2}
