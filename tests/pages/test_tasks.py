"""Tasks as pages: what is read there is closed, and nothing that was said since."""

import re

from gateway.store.port import Change
from gateway.workflow.effects import OpenTask
from gateway.workflow.records import State
from gateway.workflow.tasks import TaskKind
from tests.pages.conftest import Browser, SignIn, Site
from tests.store.values import entry
from tests.web.known import a_request, keep

READ = re.compile(r'name="read" value="([^"]*)"')


async def say(site: Site, words: str) -> None:
    """Have the open task say something else."""
    task = OpenTask(kind=TaskKind.CONTRADICTION, words=words)
    await site.live.store.commit(Change(history_of="r1", history=(entry(words),), open_tasks=(task,)))


async def done(browser: Browser, page: str, number: int) -> int:
    found = READ.search(page)
    assert found
    status, _ = await browser.post(f"/tasks/{number}/done", fields={"read": found.group(1), "to": "/tasks"})
    return status


async def test_a_page_of_before_closes_no_task_that_says_something_else_by_now(site: Site, sign_in: SignIn):
    await keep(site.live.store, a_request("r1", State.CHECKED_OUT))
    await say(site, "It is on loan to somebody else.")
    browser = await sign_in()
    [task] = await site.live.store.tasks()
    for path in ("/tasks", "/requests/r1"):
        _, page = await browser.get(path)
        await say(site, f"A second one comes, which is to go back: told on {path}.")
        assert await done(browser, page, task.id) == 409
        assert len(await site.live.store.tasks()) == 1
    _, page = await browser.get("/tasks")
    assert await done(browser, page, task.id) == 200
    assert await site.live.store.tasks() == ()
