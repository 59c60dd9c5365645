"""`tasks` against a live API."""

from gateway.workflow.tasks import TaskKind
from tests.commands.shell import Shell
from tests.web.known import START, a_request, keep_with_story


async def test_a_task_is_listed_claimed_and_done(shell: Shell):
    await keep_with_story(shell.live.store, a_request())
    assert "Not at the desk after two days." in (await shell.run("tasks", "list")).out
    assert (await shell.run("tasks", "claim", "1")).out == "Task 1 is yours.\n"
    assert "first-admin" in (await shell.run("tasks", "list", "--request", "r1")).out
    done = await shell.run("tasks", "done", "1", "--note", "Found it.")
    assert (done.code, done.out) == (0, "Task “not at the desk yet” is done. Found it.\n")
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
    assert (ran.code, ran.err) == (1, "The task is done already.\n")


async def test_tasks_as_json(shell: Shell):
    await keep_with_story(shell.live.store, a_request())
    assert (await shell.run("tasks", "list", "--kind", "bill", "--json")).json == {"tasks": []}
    assert (await shell.run("tasks", "claim", "1", "--json")).json["result"] == "done"
