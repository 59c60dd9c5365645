"""Tasks over the API, on a real server and store."""

import asyncio
from typing import Any

import pytest

from gateway.desk.access import Caller
from gateway.desk.structs.tasks import ClosedQuery
from gateway.desk.tasks import list_closed
from gateway.store.port import Change
from gateway.workflow.effects import OpenTask
from gateway.workflow.records import State
from gateway.workflow.staff import StaffRole
from gateway.workflow.tasks import TaskKind
from tests.store.values import entry
from tests.web.known import a_request, keep_with_story
from tests.web.live import Live


async def task_id(live: Live) -> int:
    await keep_with_story(live.store, a_request())
    _, answer = await live.call("GET", "/tasks", role="viewer")
    [task] = answer["tasks"]
    return int(task["id"])


async def test_open_tasks_are_listed_and_narrowed_down(live: Live):
    await task_id(live)
    assert len((await live.call("GET", "/tasks?request=r1&kind=not%20at%20the%20desk%20yet"))[1]["tasks"]) == 1
    assert (await live.call("GET", "/tasks?request=r2"))[1]["tasks"] == []
    assert (await live.call("GET", "/tasks?kind=bill"))[1]["tasks"] == []
    assert (await live.call("GET", "/tasks?kind=nonsense"))[0] == 422


async def test_a_claimed_task_is_nobody_elses(live: Live):
    number = await task_id(live)
    assert (await live.call("POST", f"/tasks/{number}/claim", role="technician"))[0] == 200
    status, answer = await live.call("POST", f"/tasks/{number}/claim", role="manager")
    assert (status, answer["error"]) == (409, "refused")
    assert (await live.call("GET", "/tasks"))[1]["tasks"][0]["claimed_by"] == "a-technician"


async def test_closing_a_task_is_written_into_history_with_who_did_it(live: Live):
    number = await task_id(live)
    body = {"note": "It stood on the wrong shelf."}
    assert (await live.call("POST", f"/tasks/{number}/done", role="technician", body=body))[0] == 200
    entry = (await live.call("GET", "/requests/r1/timeline"))[1]["entries"][-1]
    assert (entry["by"], entry["kind"]) == ("a-technician", "note")
    assert entry["words"] == "Task “not at the desk yet” is done. It stood on the wrong shelf."
    assert (await live.call("GET", "/tasks"))[1]["tasks"] == []


async def test_what_is_written_at_a_task_is_looked_through(live: Live):
    number = await task_id(live)
    status, answer = await live.call("POST", f"/tasks/{number}/done", body={"note": "29999000000123 had it."})
    assert (status, answer["detail"].partition(".")[0]) == (422, "note: It tells of a customer: barcode")
    assert len((await live.call("GET", "/tasks"))[1]["tasks"]) == 1


async def test_a_task_is_closed_once(live: Live):
    number = await task_id(live)
    await live.call("POST", f"/tasks/{number}/done", body={})
    assert (await live.call("POST", f"/tasks/{number}/done", body={}))[0] == 409


async def test_what_has_been_read_is_closed_and_nothing_that_was_said_since(live: Live):
    number = await task_id(live)
    status, answer = await live.call("POST", f"/tasks/{number}/done", body={"read": "Something that it said before."})
    [task] = (await live.call("GET", "/tasks"))[1]["tasks"]
    assert (status, answer["detail"]) == (409, f"The task says something else by now: {task['words']}")
    assert (await live.call("POST", f"/tasks/{number}/done", body={"read": f" {task['words']}\n"}))[0] == 200


async def test_the_same_words_told_again_are_another_telling(live: Live):
    for _ in range(2):
        await live.store.put_task("valley", TaskKind.RECONCILE, "A loan too many.", at=live.time.now())
    [task] = (await live.call("GET", "/tasks"))[1]["tasks"]
    assert task["told"] == (await live.call("GET", "/tasks/settling"))[1]["tasks"][0]["told"] == 2
    done = f"/tasks/{task['id']}/done"
    status, answer = await live.call("POST", done, body={"told": 1})
    by_now = "The task has changed since it was read, and was told 2 times by now: A loan too many."
    assert (status, answer["detail"]) == (409, by_now)
    status, answer = await live.call("POST", done, body={"told": 2, "read": "Something else."})
    assert (status, answer["detail"]) == (409, "The task says something else by now: A loan too many.")
    assert (await live.call("POST", done, body={"told": 2, "read": task["words"]}))[0] == 200


async def test_what_is_told_while_somebody_closes_a_task_stays_open(live: Live, monkeypatch: pytest.MonkeyPatch):
    """Between the look at the task and the end of it."""
    number = await task_id(live)
    close, again = live.store.close_task, (OpenTask(kind=TaskKind.CANNOT_FIND, words="Still not at the desk."),)

    async def told_before(*task: Any, **more: Any) -> bool:
        await live.store.commit(Change(history_of="r1", history=(entry("Looked again."),), open_tasks=again))
        return await close(*task, **more)

    monkeypatch.setattr(live.store, "close_task", told_before)
    status, answer = await live.call("POST", f"/tasks/{number}/done", body={})
    by_now = "The task has changed since it was read, and was told 2 times by now: Still not at the desk."
    assert (status, answer["detail"]) == (409, by_now)
    assert [task.words for task in await live.store.tasks()] == ["Still not at the desk."]


async def several(live: Live) -> list[dict[str, int]]:
    """Let there be three tasks, the second told twice; say them as they were read."""
    for about in ("valley", "hills", "hills", "lakes"):
        await live.store.put_task(about, TaskKind.RECONCILE, "A loan too many.", at=live.time.now())
    return [
        {"task": task["id"], "told": task.get("told", 1)} for task in (await live.call("GET", "/tasks"))[1]["tasks"]
    ]


async def test_of_several_those_are_closed_that_are_as_they_were_read(live: Live):
    read = await several(live)
    await live.store.put_task("hills", TaskKind.RECONCILE, "A loan too many.", at=live.time.now())
    status, answer = await live.call("POST", "/tasks/settle", body={"tasks": read})
    assert (status, [line["done"] for line in answer["lines"]]) == (200, [True, False, True])
    assert answer["lines"][1]["words"].endswith("was told 3 times by now: A loan too many.")
    assert [task.about for task in await live.store.tasks()] == ["hills"]


async def test_who_does_not_say_what_was_read_closes_several_whatever_they_say(live: Live):
    numbers = [each["task"] for each in await several(live)]
    answer = (await live.call("POST", "/tasks/settle", body={"tasks": numbers}))[1]
    assert [line["done"] for line in answer["lines"]] == [True, True, True]


async def test_two_who_close_the_same_tasks_at_once_close_each_once(live: Live):
    read = await several(live)
    both = [live.call("POST", "/tasks/settle", body={"tasks": tasks}) for tasks in (read, read[::-1])]
    (_, first), (_, second) = await asyncio.gather(*both)
    for mine, other in zip(first["lines"], second["lines"][::-1], strict=True):
        assert {mine["done"], other["done"]} == {True, False}
        assert "The task is done already." in {mine["words"], other["words"]}
    assert len(await live.store.history(None)) == 3


async def test_a_note_for_several_is_kept_with_each_that_is_closed_and_goes_with_no_act(live: Live):
    number = await task_id(live)
    body = {"tasks": [{"task": number}], "note": "It stood on the wrong shelf."}
    assert (await live.call("POST", "/tasks/settle", body={**body, "action": "coming"}))[0] == 422
    assert (await live.call("POST", "/tasks/settle", body=body))[1]["lines"][0]["done"]
    line = (await live.call("GET", "/requests/r1/timeline"))[1]["entries"][-1]
    assert line["words"] == "Task “not at the desk yet” is done. It stood on the wrong shelf."


async def test_a_task_of_no_request_is_listed_claimed_and_closed(live: Live):
    await live.store.put_task("valley", TaskKind.RECONCILE, "A loan that nobody asked for.", at=live.time.now())
    [task] = (await live.call("GET", "/tasks"))[1]["tasks"]
    assert (task["request"], task["about"], task["words"]) == (None, "valley", "A loan that nobody asked for.")
    done = f"/tasks/{task['id']}/done"
    assert (await live.call("POST", f"/tasks/{task['id']}/claim", body={}))[0] == 200
    assert (await live.call("POST", done, body={"note": "It was a test."}))[0] == 422, "nothing would keep it"
    assert (await live.call("POST", done, body={}))[0] == 200
    assert (await live.call("POST", done, body={}))[0] == 409
    words = f"Task “{TaskKind.RECONCILE}” about valley is done. It said: A loan that nobody asked for."
    [told] = await live.store.history(None)
    assert (told.by, told.words) == ("first-admin", words)


async def test_who_closed_tasks_of_no_request_is_listed_part_by_part(live: Live):
    reader, seen = Caller("ann", StaffRole.VIEWER), []
    for number in range(3):
        await live.store.put_task(f"partner-{number}", TaskKind.RECONCILE, f"Loan {number}.", at=live.time.now())
        [task] = await live.store.tasks()
        assert (await live.call("POST", f"/tasks/{task.id}/done", body={}))[0] == 200
    part = await list_closed(live.desk, reader, ClosedQuery(limit=2))
    while part.lines:
        seen += [(line.by, line.words[-7:]) for line in part.lines]
        if part.next is None:
            break
        part = await list_closed(live.desk, reader, ClosedQuery(limit=2, before=part.next))
    assert seen == [("first-admin", f"Loan {number}.") for number in (2, 1, 0)]


@pytest.mark.parametrize(
    ("kind", "state", "act"),
    [(TaskKind.DUE_DATE, State.CHECKED_OUT, "done-by-hand"), (TaskKind.ANSWER, State.DECIDING, "unfilled")],
)
async def test_a_task_that_the_partners_answer_waits_for_is_closed_by_an_act_alone(
    live: Live, kind: TaskKind, state: State, act: str
):
    tasks = (OpenTask(kind=kind, words="Look."),)
    await live.store.commit(Change(request=a_request(state=state), created=True, history_of="r1", open_tasks=tasks))
    [task] = (await live.call("GET", "/tasks"))[1]["tasks"]
    status, answer = await live.call("POST", f"/tasks/{task['id']}/done", body={})
    assert (status, answer["error"]) == (409, "refused")
    assert act in answer["detail"]
    assert len((await live.call("GET", "/tasks"))[1]["tasks"]) == 1


async def test_an_unknown_task_is_not_found(live: Live):
    for number in ("999", "9" * 30, "x"):
        assert (await live.call("POST", f"/tasks/{number}/claim", body={}))[0] == 404
