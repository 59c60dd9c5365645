"""`tasks` against a live API."""

import pytest

from gateway.workflow.tasks import TaskKind
from tests.commands.shell import Shell
from tests.web.known import START, a_request, keep_with_story


async def test_a_task_is_listed_claimed_and_done(shell: Shell):
    await keep_with_story(shell.live.store, a_request())
    assert "Not at the desk after two days." in (await shell.run("tasks", "list")).out
    assert (await shell.run("tasks", "claim", "1")).out == "Task 1 is yours.\n"
    assert "first-admin" in (await shell.run("tasks", "list", "--request", "r1")).out
    done = await shell.run("tasks", "done", "1", "--note", "Found it.")
    assert (done.code, done.out) == (0, "Task 1: Task “not at the desk yet” is done. Found it.\n")
    assert (await shell.run("tasks", "list")).out == "No open task.\n"


async def test_a_task_of_no_request_says_what_it_is_about(shell: Shell):
    await shell.live.store.put_task("valley", TaskKind.RECONCILE, "A loan too many.", at=START)
    heading, line = (await shell.run("tasks", "list")).out.splitlines()
    assert heading.split() == ["TASK", "KIND", "ABOUT", "SINCE", "WHAT"]
    assert "valley" in line


async def test_a_done_task_is_refused(shell: Shell):
    await keep_with_story(shell.live.store, a_request())
    await shell.run("tasks", "done", "1")
    ran = await shell.run("tasks", "done", "1")
    assert (ran.code, ran.out) == (1, "Task 1 is left as it is: The task is done already.\n")


async def test_several_are_closed_as_they_were_read_with_a_line_each(shell: Shell):
    """The list says how often each was told, and that is what is typed; a number by itself is a task that was told once."""
    store = shell.live.store
    for about in ("valley", "hills", "hills", "lakes"):
        await store.put_task(about, TaskKind.RECONCILE, f"A loan too many at {about}.", at=START)
    heading, valley, hills, lakes = (await shell.run("tasks", "list")).out.splitlines()
    assert heading.split() == ["TASK", "TOLD", "KIND", "ABOUT", "SINCE", "WHAT"]
    assert [line.split()[:2] for line in (valley, hills, lakes)] == [["1", "does"], ["2", "2"], ["3", "does"]]
    await store.put_task("valley", TaskKind.RECONCILE, "A loan too many at valley.", at=START)
    ran = await shell.run("tasks", "done", "1", "2:2", "3", "404")
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "Task 1 is left as it is: The task has changed since it was read, and was told 2 times by now: A loan too many at valley.",
        "Task 2: Task “does not match” about hills is done. It said: A loan too many at hills.",
        "Task 3: Task “does not match” about lakes is done. It said: A loan too many at lakes.",
        "Task 404 is left as it is: There is no such task.",
    ]
    assert [task.about for task in await store.tasks()] == ["valley"]
    ran = await shell.run("tasks", "done", "1:2", "--json")
    assert (ran.code, [line["done"] for line in ran.json["lines"]]) == (0, [True])


@pytest.mark.parametrize("typed", ["x", "0", "1:", "1:x", "1:0", "1:2:3", ":2", "9" * 30])
async def test_what_is_no_task_is_said_before_anything_is_closed(shell: Shell, typed: str):
    await keep_with_story(shell.live.store, a_request())
    ran = await shell.run("tasks", "done", "1", typed)
    assert (ran.code, ran.err.partition(": ")[0]) == (1, typed)
    assert len(await shell.live.store.tasks()) == 1


async def test_tasks_as_json(shell: Shell):
    await keep_with_story(shell.live.store, a_request())
    assert (await shell.run("tasks", "list", "--kind", "bill", "--json")).json == {"tasks": []}
    assert (await shell.run("tasks", "claim", "1", "--json")).json["result"] == "done"
