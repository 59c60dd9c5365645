"""A request goes a step by the shortest statement, and under its new names by the one that writes all."""

import pytest

from gateway.store.port import Store, VersionConflict
from gateway.store.rows import change_rows
from gateway.workflow.records import State
from tests.store.values import creation, step

NEW = creation(1).request


def test_a_step_writes_neither_names_nor_whether_the_request_is_open() -> None:
    rows = change_rows(step(1, before=NEW))
    assert (len(rows.step_request), len(rows.register.step_line)) == (1, 1)
    assert (rows.update_request, rows.register.known_line) == ((), ())


@pytest.mark.parametrize("names", [{"peer": "other"}, {"partner": "other"}, {"partner_request_id": "EV-77"}], ids=str)
def test_a_request_that_gets_another_name_is_written_whole(names: dict[str, str]) -> None:
    rows = change_rows(step(1, before=NEW, of=names))
    assert (len(rows.update_request), rows.step_request) == (1, ())


def test_what_was_before_and_is_not_said_may_have_been_anything() -> None:
    rows = change_rows(step(1))
    assert (len(rows.update_request), rows.step_request) == (1, ())
    assert (len(rows.register.known_line), rows.register.step_line) == (1, ())


@pytest.mark.parametrize("state", [State.UNFILLED, State.COMPLETED], ids=str)
def test_a_request_that_ends_is_entered_as_ended(state: State) -> None:
    rows = change_rows(step(1, before=NEW, of={"state": state}))
    assert (len(rows.step_request), len(rows.register.known_line), rows.register.step_line) == (1, 1, ())


async def test_a_step_is_written_at_the_version_that_was_read_alone(store: Store) -> None:
    await store.commit(creation(1))
    await store.commit(step(1, before=NEW, of={"state": State.WILL_SUPPLY}))
    with pytest.raises(VersionConflict):
        await store.commit(step(1, before=NEW, of={"state": State.UNFILLED}))
    known = await store.request("HILL-1")
    assert known is not None
    assert (known.state, known.version) == (State.WILL_SUPPLY, 2)


async def test_a_request_is_found_under_the_names_that_it_has_by_now(store: Store) -> None:
    moved = step(1, before=NEW)
    renamed = step(1, version=3, before=moved.request, of={"partner_request_id": "EV-77"})
    for change in (creation(1), moved, renamed):
        await store.commit(change)
    assert moved.request is not None
    agency, before = moved.request.requesting_agency, moved.request.partner_request_id
    assert await store.request_by_partner_id(agency, before) is None
    assert await store.request_by_partner_id(agency, "EV-77") == renamed.request
