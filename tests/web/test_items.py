"""Import of the local item list over the API, on a real server and store."""

import io
from typing import Any

import pytest

from gateway.desk import directory_lists, items
from tests.web.live import Live

CSV = {"Content-Type": "text/csv"}
LIST = "item_barcode,branch,title,isbn\n30234000517861,Main,The Imaginary Almanac,9780306406157\n33191000105864,East,Maps of Nowhere,9780262033848\n"


async def send(live: Live, data: str, query: str = "", headers: dict[str, str] = CSV) -> tuple[int, Any]:
    return await live.call("POST", f"/items/import{query}", data=data.encode(), headers=headers)


async def test_a_csv_list_is_found_by_its_identifiers_afterwards(live: Live):
    status, answer = await send(live, LIST)
    assert (status, answer) == (200, {"imported": 2, "dropped": 0, "of": 0, "dry_run": False, "problems": []})
    [copy] = await live.store.find_items(("isbn:9780306406157",))
    assert (copy.item_barcode, copy.branch) == ("30234000517861", "Main")


async def test_a_json_list_is_taken_too(live: Live):
    data = '[{"item_barcode": "30234000517861", "branch": "Main", "title": "The Imaginary Almanac"}]'
    status, answer = await send(live, data, headers={"Content-Type": "application/json"})
    assert (status, answer["imported"]) == (200, 1)


async def test_every_rows_problem_is_told_and_the_others_are_imported(live: Live):
    status, answer = await send(live, LIST + ",West,No barcode,\n31168098063892,West,Bad,123\n")
    assert (status, answer["imported"]) == (200, 3)
    places = {(problem["row"], problem["column"]) for problem in answer["problems"]}
    assert {(4, "item_barcode"), (5, "isbn")} <= places
    assert {row for row, _ in places} == {0, 4, 5}, "row 0: the branches that the settings don't have"


async def test_replacing_forgets_what_is_not_in_the_list(live: Live):
    await send(live, LIST)
    await send(live, ONE, "?replace=true&drop_at_most=100")
    assert await live.store.copy("30234000517861") is None
    assert await live.store.copy("31168098063892") is not None


ONE = "item_barcode,branch\n31168098063892,West\n"


@pytest.mark.parametrize("query", ["?replace=true", "?replace=true&drop_at_most=99", "?replace=true&dry_run=true"])
async def test_a_list_that_would_forget_too_much_is_refused_and_changes_nothing(live: Live, query: str):
    await send(live, LIST)
    status, answer = await send(live, ONE, query)
    assert status == 422
    assert answer["detail"].startswith("2 of 2 items are not in this list")
    assert await live.store.copy("30234000517861") is not None
    assert await live.store.copy("31168098063892") is None


async def test_a_dry_run_tells_what_would_be_done_and_changes_nothing(live: Live):
    await send(live, LIST)
    status, answer = await send(live, ONE, "?replace=true&drop_at_most=100&dry_run=true")
    assert (status, answer["imported"], answer["dropped"], answer["of"]) == (200, 1, 2, 2)
    assert await live.store.copy("30234000517861") is not None
    assert await live.store.copy("31168098063892") is None


async def test_what_is_dropped_is_counted_over_pages(live: Live, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(items, "_PAGE", 2)
    many = "".join(f"{31168098063000 + number},West\n" for number in range(5))
    await send(live, f"item_barcode,branch\n{many}")
    _, answer = await send(
        live, "item_barcode,branch\n31168098063002,West\n", "?replace=true&drop_at_most=80&dry_run=true"
    )
    assert (answer["dropped"], answer["of"]) == (4, 5)


async def test_a_list_without_a_usable_item_changes_nothing(live: Live):
    await send(live, LIST)
    status, answer = await send(live, "barcode,place\n1,2\n", "?replace=true")
    assert (status, answer["error"]) == (422, "unusable")
    assert "item_barcode" in {problem["column"] for problem in answer["problems"]}
    assert await live.store.copy("30234000517861") is not None


@pytest.mark.parametrize(
    ("query", "headers", "status"),
    [("?replace=maybe", CSV, 422), ("", {"Content-Type": "application/pdf"}, 422)],
)
async def test_what_is_no_import_is_refused(live: Live, query: str, headers: dict[str, str], status: int):
    assert (await send(live, LIST, query, headers))[0] == status


async def test_a_list_above_the_limit_is_refused(live: Live):
    headers = {"Content-Type": "text/csv"}
    too_long = bytes(directory_lists.LIST_MAX + 1)
    assert (await live.call("POST", "/directory/import", data=io.BytesIO(too_long), headers=headers))[0] == 413
