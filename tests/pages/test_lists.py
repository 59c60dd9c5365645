"""Acts for chosen rows of a list, for chosen tasks and on the walk: judged by what was read, as an act on a request's page is."""

import re

import pytest

from gateway.store.port import Change
from gateway.workflow.effects import OpenTask
from gateway.workflow.records import State
from gateway.workflow.staff import StaffRole
from gateway.workflow.tasks import TaskKind
from tests.pages.conftest import Browser, SignIn, Site
from tests.store.values import entry
from tests.web.known import a_request, keep
from tests.web.live import real_intake

CHOOSE = re.compile(r'<input type="checkbox" name="request" id="[^"]*" value="([^"]*)"')
CHOOSE_TASK = re.compile(r'name="task" id="[^"]*" value="([^"]*)"')
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
HAS_FLAGGED = "a-person-manager has acted on it since, at 03:00: “Flag”."


@pytest.fixture(autouse=True)
def acts_are_written(site: Site) -> None:
    """Let what people do be written, as the gateway does it."""
    site.live.intake.writes = real_intake(site.live)


async def flags(sign_in: SignIn, request: str) -> None:
    """Have the manager flag a request."""
    manager = await sign_in(StaffRole.MANAGER)
    await manager.get(f"/requests/{request}")
    assert (await manager.post(f"/requests/{request}/acts/flag", fields={"inside": "Do not ship!"}))[0] == 200


async def do(browser: Browser, address: str, act: str, *chosen: str) -> str:
    """Press the button of an act with rows chosen as they were shown; the page that comes."""
    form = {"form_token": browser.form_token, "act": act, "back": address, "key": "k1"}
    sent = [*form.items(), *(("request", each) for each in chosen)]
    path = "/requests/acts" if address == "/requests" else address
    async with browser.http.post(browser.url + path, data=sent) as answer:
        assert answer.status == 200
        return await answer.text()


async def waits_to_be_undone(site: Site, request: str) -> bool:
    """Whether everything that is to be done for a request waits for the minute in which it can be undone."""
    waiting = await site.live.store.pending(request)
    return bool(waiting) and all((row.due_at - site.live.time.now()).total_seconds() == 60 for row in waiting)


@pytest.mark.parametrize(("address", "act"), [("/lists/pull", "arrive-and-ship"), ("/requests", "assign")])
async def test_who_comes_second_hears_who_did_what_in_the_line_of_that_request(
    site: Site, sign_in: SignIn, address: str, act: str
):
    await keep(site.live.store, a_request("r1"), a_request("r2"))
    browser = await sign_in()
    chosen = CHOOSE.findall((await browser.get(address))[1])
    await flags(sign_in, "r1")
    page = await do(browser, address, act, *chosen)
    assert "Done for 1 of 2" in page
    assert HAS_FLAGGED in page
    request = await site.live.store.request("r1")
    assert request is not None
    assert request.state is State.WILL_SUPPLY


async def test_what_was_read_anew_is_done_and_can_be_undone_for_a_minute(site: Site, sign_in: SignIn):
    await keep(site.live.store, a_request("r1"))
    browser = await sign_in()
    await flags(sign_in, "r1")
    chosen = CHOOSE.findall((await browser.get("/lists/pull"))[1])
    assert "Done for 1 of 1" in await do(browser, "/lists/pull", "arrive-and-ship", *chosen)
    request = await site.live.store.request("r1")
    assert request is not None
    assert (request.state is State.WILL_SUPPLY, request.undo_s) == (False, 60.0)


async def test_on_the_walk_not_there_is_judged_by_what_was_read_and_can_be_undone(site: Site, sign_in: SignIn):
    await keep(site.live.store, a_request("r1"))
    browser = await sign_in()
    _, page = await browser.get("/lists/pull?walk=all")
    await flags(sign_in, "r1")
    for is_new in (False, True):
        form = dict(HIDDEN.findall(page.split('<form class="sheet"')[1]))
        _, page = await browser.post("/lists/pull/walk", fields={**form, "did": "missing"})
        assert (HAS_FLAGGED in page) is not is_new
        assert await waits_to_be_undone(site, "r1") is is_new


async def test_what_was_not_there_and_is_undone_stands_ahead_again(site: Site, sign_in: SignIn):
    await keep(site.live.store, a_request("r1"))
    browser = await sign_in()
    _, page = await browser.get("/lists/pull?walk=all&missing=r1")
    assert "0 of 1" in page
    assert ">Not there</button>" in page


async def test_chosen_tasks_are_settled_as_they_and_their_requests_were_read(site: Site, sign_in: SignIn):
    task = OpenTask(kind=TaskKind.CANNOT_FIND, words="It is not on its shelf.")
    await keep(site.live.store, a_request("r1"))
    await site.live.store.commit(Change(history_of="r1", history=(entry("Told."),), open_tasks=(task,)))
    browser = await sign_in()
    _, page = await browser.get("/tasks?kind=not+at+the+desk+yet")
    await flags(sign_in, "r1")
    for is_new in (False, True):
        sent = {"task": CHOOSE_TASK.findall(page)[0], "action": "arrive-and-ship"}
        _, page = await browser.post("/tasks/settle?kind=not+at+the+desk+yet", fields=sent)
        assert (HAS_FLAGGED in page) is not is_new
        request = await site.live.store.request("r1")
        assert request is not None
        assert (request.state is State.WILL_SUPPLY) is not is_new


async def test_what_a_scan_offers_is_judged_by_what_was_read_then(site: Site, sign_in: SignIn):
    await keep(site.live.store, a_request("r1"))
    browser = await sign_in()
    _, page = await browser.post("/scan", fields={"code": "r1", "mode": "look"})
    form = dict(HIDDEN.findall(page.split('data-act="arrived"')[1].split("</form>")[0]))
    await flags(sign_in, "r1")
    _, page = await browser.post("/scan", fields=form)
    assert HAS_FLAGGED in page
    again = dict(HIDDEN.findall(page.split('data-act="arrived"')[1].split("</form>")[0]))
    assert again["seen"] > form["seen"]
    await browser.post("/scan", fields=again)
    request = await site.live.store.request("r1")
    assert request is not None
    assert request.state is not State.WILL_SUPPLY


async def test_what_is_no_row_of_ours_is_refused_in_words(sign_in: SignIn):
    browser = await sign_in()
    await browser.get("/lists/pull")
    for row in ("r1:x", "r1:1:nowhere", "r1:-1", "r" * 100):
        assert "Choose the requests again" in await do(browser, "/lists/pull", "flag", row)
