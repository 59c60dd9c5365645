"""Notes that are new to a person: on the request, and on the lists that show it, until he has opened it."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from gateway.desk import notes
from gateway.desk.access import Caller
from gateway.desk.notes import NEW_FOR
from gateway.desk.sheet import show_sheet
from gateway.dispatch.intake import Intake
from gateway.store.port import Change, HistoryEntry, HistoryKind
from gateway.workflow.events import PartnerActed, PartnerAction, StaffActed
from gateway.workflow.records import State
from gateway.workflow.staff import StaffRole
from gateway.workflow.triggers import StaffAction
from tests.web.known import a_request
from tests.web.live import Live, live_api

TECHNICIAN = Caller("a-technician", StaffRole.TECHNICIAN)


@pytest.fixture
async def door() -> AsyncIterator[Live]:
    """An API whose acts are written."""
    async with live_api(writes=True) as running:
        await running.store.commit(Change(request=a_request(state=State.LOANED), created=True, history_of="r1"))
        yield running


async def write(door: Live, words: str, role: str = "manager") -> None:
    await door.time.advance(60)
    assert (await door.call("POST", "/requests/r1/actions/note", role=role, body={"inside": words}))[0] == 200


async def hear(door: Live, words: str) -> None:
    """The partner writes."""
    await door.time.advance(60)
    assert isinstance(door.desk.intake, Intake)
    told = PartnerActed(at=door.time.now(), by="hub", action=PartnerAction.NOTIFICATION, note=words)
    await door.desk.intake.submit("r1", told)


async def new(door: Live, role: str = "technician") -> list[str]:
    shown = (await door.call("GET", "/requests/r1/sheet", role=role))[1]
    return [note["words"] for note in shown["notes"] if note["new"]]


async def marked(door: Live, role: str = "technician") -> list[bool]:
    """Whether the row of a search, and of a worklist, says so."""
    found = (await door.call("GET", "/search", role=role))[1]["rows"]
    listed = (await door.call("GET", "/worklists/due", role=role, params={"days": "366"}))[1]["rows"]
    return [any(mark["words"] == "New note" for mark in row["marks"]) for row in (*found, *listed)]


async def read(door: Live) -> None:
    await notes.have_read(door.desk, TECHNICIAN, await show_sheet(door.desk, TECHNICIAN, "r1"))


async def test_what_a_colleague_writes_is_new_to_everybody_else_until_they_have_read_it(door: Live) -> None:
    await write(door, "The spine is loose.")
    assert (await new(door), await new(door, "manager"), await new(door, "viewer")) == (
        ["The spine is loose."],
        [],
        ["The spine is loose."],
    )
    assert (all(await marked(door)), any(await marked(door, "manager"))) == (True, False)
    await read(door)
    assert (await new(door), await new(door, "viewer")) == ([], ["The spine is loose."])
    assert (any(await marked(door)), all(await marked(door, "viewer"))) == (False, True)
    await write(door, "It is mended.")
    assert await new(door) == ["It is mended."]
    assert all(await marked(door))


async def test_what_the_partner_writes_is_new_to_everybody_though_one_has_settled_it(door: Live) -> None:
    await hear(door, "Could we keep it?")
    [task] = await door.store.tasks(request="r1")
    assert (await door.call("POST", f"/tasks/{task.id}/done", role="manager", body={}))[0] == 200
    for role in ("technician", "manager"):
        assert await new(door, role) == ["Could we keep it?"]
    await read(door)
    assert (await new(door), await new(door, "manager")) == ([], ["Could we keep it?"])


async def test_nothing_is_written_down_for_whoever_saw_nothing_new(door: Live) -> None:
    await write(door, "My own words.", role="technician")
    await read(door)
    assert await door.store.views.notes_read(TECHNICIAN.name, ["r1"]) == {}


async def test_an_old_note_is_news_to_nobody(door: Live) -> None:
    await write(door, "The spine is loose.")
    await door.time.advance((NEW_FOR - timedelta(hours=1)).total_seconds())
    assert await new(door) == ["The spine is loose."]
    await door.time.advance(7200)
    assert (await new(door), any(await marked(door))) == ([], False)


async def test_one_undo_takes_back_no_words_of_an_act_that_it_passes_over(door: Live) -> None:
    """A second parcel that was sent back stays so, as the request stays where it stands."""
    for action, note in (
        (StaffAction.RECEIVE, "Here."),
        (StaffAction.SEND_OTHER_BACK, "Yours goes back."),
        (StaffAction.UNDO, None),
    ):
        acted = StaffActed(at=door.time.now(), by="ann", action=action, note=note)
        head = HistoryEntry(at=acted.at, by="ann", kind=HistoryKind.DECISION, words="Done.")
        await door.store.commit(Change(history_of="r1", event=acted, history=(head,)))
    shown = (await door.call("GET", "/requests/r1/sheet"))[1]
    assert [each["words"] for each in shown["notes"]] == ["Yours goes back."]
