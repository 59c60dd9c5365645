"""Tasks as pages: what is read there is closed, and nothing that was said since."""

import re

import msgspec
import pytest

from gateway.store.port import Change
from gateway.workflow.effects import OpenTask
from gateway.workflow.records import LastAct, State
from gateway.workflow.tasks import TaskKind
from tests.pages.conftest import Browser, SignIn, Site
from tests.store.values import entry
from tests.web.known import START, a_request, keep

TOLD = re.compile(r'name="told" value="([^"]*)"')
CHOOSE = re.compile(r'name="task" id="[^"]*" value="([^"]*)"')


async def say(site: Site, words: str) -> None:
    """Have the open task say something else."""
    task = OpenTask(kind=TaskKind.CONTRADICTION, words=words)
    await site.live.store.commit(Change(history_of="r1", history=(entry(words),), open_tasks=(task,)))


async def done(browser: Browser, page: str, number: int) -> int:
    found = TOLD.search(page)
    assert found
    status, _ = await browser.post(f"/tasks/{number}/done", fields={"told": found.group(1), "to": "/tasks"})
    return status


async def test_a_page_of_before_closes_no_task_that_was_told_again(site: Site, sign_in: SignIn):
    await keep(site.live.store, a_request("r1", State.CHECKED_OUT))
    await say(site, "It is on loan to somebody else.")
    browser = await sign_in()
    [task] = await site.live.store.tasks()
    for path in ("/tasks", "/requests/r1"):
        _, page = await browser.get(path)
        await say(site, "It is on loan to somebody else.")
        assert await done(browser, page, task.id) == 409
        assert len(await site.live.store.tasks()) == 1
    _, page = await browser.get("/tasks")
    assert await done(browser, page, task.id) == 200
    assert await site.live.store.tasks() == ()


async def test_a_page_says_how_often_a_task_was_told_if_that_is_more_than_once(site: Site, sign_in: SignIn):
    await keep(site.live.store, a_request("r1", State.CHECKED_OUT))
    browser = await sign_in()
    for is_again in (False, True):
        await say(site, "It is on loan to somebody else.")
        for path in ("/tasks", "/requests/r1"):
            assert ("told 2 times" in (await browser.get(path))[1]) == is_again


@pytest.mark.parametrize(
    ("about", "page"),
    [("M-1", "/money/bills/M-1"), ("V-1", "/money/invoices/V-1"), ("N-1", "/notices/N-1"), ("valley", None)],
)
async def test_a_task_without_a_request_leads_to_what_it_is_about(
    site: Site, sign_in: SignIn, about: str, page: str | None
):
    await site.live.store.put_task(about, TaskKind.RECONCILE, "Look at it.", at=site.live.time.now())
    _, html = await (await sign_in()).get("/tasks")
    assert re.findall(r'<a class="button main" href="([^"]*)">Open</a>', html) == ([page] if page else [])


async def test_of_several_chosen_those_are_closed_that_are_as_the_page_has_them(site: Site, sign_in: SignIn):
    await keep(site.live.store, a_request("r1", State.CHECKED_OUT))
    await say(site, "It is on loan to somebody else.")
    await site.live.store.put_task("valley", TaskKind.RECONCILE, "A loan too many.", at=site.live.time.now())
    browser = await sign_in()
    chosen = CHOOSE.findall((await browser.get("/tasks"))[1])
    await say(site, "It is on loan to somebody else.")
    status, page = await settle(site, browser, chosen)
    assert (status, "1 of 2 tasks done" in page) == (200, True)
    assert "has changed since it was read, and was told 2 times by now: It is on loan to somebody else." in page
    assert [task.request for task in await site.live.store.tasks()] == ["r1"]
    assert (await settle(site, browser, ["1"]))[1].count("was told 2 times by now") == 1, "a page of before the count"
    assert "1 of 1 task done" in (await settle(site, browser, CHOOSE.findall(page)))[1]


async def test_what_no_page_of_ours_sends_settles_nothing(site: Site, sign_in: SignIn):
    await site.live.store.put_task("valley", TaskKind.RECONCILE, "A loan too many.", at=site.live.time.now())
    browser = await sign_in()
    for chosen in ("x", "1:x", "9" * 5000, "1:" + "9" * 5000):
        assert (await settle(site, browser, ["1:1", chosen]))[0] == 422
    assert (await browser.post("/tasks/1/done", fields={"told": "x"}))[0] == 409
    assert len(await site.live.store.tasks()) == 1


async def settle(site: Site, browser: Browser, chosen: list[str]) -> tuple[int, str]:
    sent = [("form_token", browser.form_token), *(("task", each) for each in chosen)]
    async with browser.http.post(f"{site.url}/tasks/settle", data=sent) as answer:
        return answer.status, await answer.text()


MINE, THEIRS = (LastAct(by=by, at=START, act="arrived", version=8) for by in ("a-person-technician", "another"))


@pytest.mark.parametrize(
    ("last", "of_others", "done", "undo"),
    [
        (MINE, (), True, True),
        (THEIRS, (MINE,), True, False),
        (THEIRS, (), False, False),
        (None, (), False, False),
    ],
    ids=["it was the last act", "another person has acted since", "it was another person's", "nobody did it"],
)
async def test_a_list_says_what_whoever_reads_it_has_done_and_offers_to_undo_nothing_else(
    site: Site, sign_in: SignIn, last: LastAct | None, of_others: tuple[LastAct, ...], *, done: bool, undo: bool
):
    arrived = a_request("r1", State.ARRIVED, resume=State.WILL_SUPPLY, undo_s=60.0, last_act=last)
    await keep(site.live.store, msgspec.structs.replace(arrived, acts_of_others=of_others))
    browser = await sign_in()
    for path in ("/", "/tasks"):
        _, page = await browser.get(f"{path}?did=arrived&of=r1")
        assert ("Done: “" in page, 'data-act="undo"' in page) == (done, undo), path


@pytest.mark.parametrize(("after_s", "done"), [(59, True), (60, False)], ids=["within a minute", "later"])
async def test_what_was_done_is_told_for_as_long_as_it_can_be_undone(
    site: Site, sign_in: SignIn, after_s: float, *, done: bool
):
    """It stands in the address, which a reload asks for again."""
    browser = await sign_in()
    mine = LastAct(by="a-person-technician", at=site.live.time.now(), act="assign", version=8)
    await keep(site.live.store, a_request("r1", State.ARRIVED, last_act=mine))
    await site.live.time.advance(after_s)
    for path in ("/", "/tasks"):
        status, page = await browser.get(f"{path}?did=assign&of=r1")
        assert (status, "Done: “Assign" in page) == (200, done), path
