"""Two clicks, and two people: an act under a key is done once, and who comes second hears who did what."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from gateway.store.port import Change
from gateway.workflow.records import State
from tests.web.known import a_request
from tests.web.live import Live, live_api


@pytest.fixture
async def door() -> AsyncIterator[Live]:
    """An API whose acts are written."""
    async with live_api(writes=True) as running:
        await running.store.commit(Change(request=a_request(), created=True, history_of="r1"))
        yield running


async def open_account(door: Live, name: str) -> None:
    body = {"name": name, "role": "technician", "password": "seven visibly fictional words"}
    assert (await door.call("POST", "/accounts", body=body))[0] == 201


async def act(door: Live, action: str, role: str = "technician", **body: object) -> tuple[int, dict[str, object]]:
    status, answer = await door.call("POST", f"/requests/r1/actions/{action}", role=role, body=body)
    return status, answer


async def test_a_double_click_does_it_once_and_shows_what_it_came_to(door: Live) -> None:
    answers = await asyncio.gather(*(act(door, "ship", key="form-1") for _ in range(5)))
    assert {status for status, _ in answers} == {200}
    assert {answer["state"] for _, answer in answers} == {"checking out"}
    assert sum(answer["repeated"] is False for _, answer in answers) == 1
    assert len(await door.store.pending("r1")) == 1


async def test_a_note_that_could_be_written_twice_is_written_once(door: Live) -> None:
    for _ in range(2):
        assert (await act(door, "note", key="form-1", inside="It stood in the cellar."))[0] == 200
    entries = (await door.call("GET", "/requests/r1/timeline"))[1]["entries"]
    assert sum("cellar" in entry["words"] for entry in entries) == 1


async def test_a_key_of_another_act_is_refused_and_another_persons_is_another_key(door: Live) -> None:
    assert (await act(door, "flag", key="form-1"))[0] == 200
    status, answer = await act(door, "note", key="form-1", inside="Words.")
    assert (status, answer["detail"]) == (409, "The key was used for another act, “flag” on request r1.")
    assert (await act(door, "note", role="manager", key="form-1", inside="Words."))[0] == 200


async def test_who_comes_second_hears_who_did_what(door: Live) -> None:
    assert (await act(door, "note", role="manager", inside="The partner called."))[0] == 200
    status, answer = await act(door, "ship", seen=1)
    assert status == 409
    assert str(answer["detail"]).startswith("a-manager has acted on it since, at 03:00: “Write an inside note”.")
    assert (await act(door, "ship", seen=2))[0] == 200, "having seen it, it is done"


async def test_who_comes_third_hears_what_each_of_the_others_did(door: Live) -> None:
    assert (await act(door, "note", role="manager", inside="The partner called."))[0] == 200
    assert (await act(door, "flag", role="admin"))[0] == 200
    status, answer = await act(door, "ship", seen=1)
    assert status == 409
    assert str(answer["detail"]).startswith(
        "first-admin (at 03:00: “Flag”) and a-manager (at 03:00: “Write an inside note”) have acted on it since. "
    )
    status, answer = await act(door, "ship", role="admin", seen=1)
    assert status == 409, "what one has done oneself since hides nobody else's"
    assert str(answer["detail"]).startswith("a-manager has acted on it since, at 03:00:")


async def test_what_can_do_nothing_is_not_offered(door: Live) -> None:
    shown = (await door.call("GET", "/requests/r1"))[1]
    assert {"told-by-hand", "undo", "unflag"}.isdisjoint(shown["actions"])
    await act(door, "unfilled", reason="NotOnShelf", undo_s=60)
    assert "undo" in (await door.call("GET", "/requests/r1"))[1]["actions"]
    lent = a_request("r2", State.UNFILLED)
    await door.store.commit(Change(request=lent, created=True, history_of="r2"))
    assert "undo" not in (await door.call("GET", "/requests/r2"))[1]["actions"], "it was told long ago"


async def test_it_is_assigned_and_flagged(door: Live) -> None:
    await open_account(door, "ann")
    assert (await act(door, "assign", assignee="ANN"))[0] == 200
    assert (await act(door, "flag", inside="The jacket is torn."))[0] == 200
    request = (await door.call("GET", "/requests/r1"))[1]["request"]
    assert (request["assigned_to"], request["flag"]) == ("ann", "The jacket is torn.")
    assert (await act(door, "assign", assignee="no such\nname"))[0] == 422
    assert (await act(door, "ship", assignee="ann"))[0] == 422


async def test_it_is_assigned_to_people_who_have_an_account_alone(door: Live) -> None:
    status, answer = await act(door, "assign", assignee="nobody")
    assert (status, answer["detail"]) == (422, "assignee: there is no account of this name, or it is switched off.")
    await open_account(door, "ann")
    assert (await act(door, "assign", assignee="ann"))[0] == 200
    assert (await door.call("POST", "/accounts/ann/disable", role="admin"))[0] == 200
    assert (await act(door, "assign", assignee="ann"))[0] == 422
    assert (await act(door, "assign", assignee="a-technician"))[0] == 200, "whoever asks may take it over"
