"""Acts for chosen rows of a list, for chosen tasks and on the walk: judged by what was read, as an act on a request's page is."""

import re
from datetime import UTC
from typing import Any

import pytest

from gateway.desk.access import Caller
from gateway.desk.forms import About, form_of
from gateway.desk.structs.lists import ABOUT, ListName
from gateway.desk.views import LISTS
from gateway.desk.worklists import acts_for
from gateway.dispatch.roles import TABLES
from gateway.store.port import Change
from gateway.workflow.borrowing_records import Borrowing
from gateway.workflow.effects import OpenTask
from gateway.workflow.meaning import NAMES
from gateway.workflow.records import Request, Role, State
from gateway.workflow.staff import StaffRole
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import StaffAction
from tests.pages.conftest import Browser, SignIn, Site
from tests.store.values import entry
from tests.web.known import START, a_request, keep
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


def ours(number: str, state: State = State.DECIDING, **fields: Any) -> Request:
    """A request for a customer of ours."""
    borrowed = {"role": Role.BORROWING, "borrowing": Borrowing(pickup_branch="East"), "partner": None, "items": ()}
    return a_request(number, state, **{**borrowed, **fields})


async def at(site: Site, number: str) -> Request:
    """Return a request as it stands now."""
    found = await site.live.store.request(number)
    assert found is not None
    return found


async def do(browser: Browser, address: str, act: str, *chosen: str, key: str = "k1", reason: str = "") -> str:
    """Press the button of an act with rows chosen as they were shown; the page that comes."""
    form = {"form_token": browser.form_token, "act": act, "back": address, "key": key, "reason": reason}
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
    assert f"Done for 1 of 2: {NAMES[StaffAction(act)]}" in page
    assert HAS_FLAGGED in page
    request = await at(site, "r1")
    assert request.state is State.WILL_SUPPLY


async def test_what_was_read_anew_is_done_and_can_be_undone_for_a_minute(site: Site, sign_in: SignIn):
    await keep(site.live.store, a_request("r1"))
    browser = await sign_in()
    await flags(sign_in, "r1")
    chosen = CHOOSE.findall((await browser.get("/lists/pull"))[1])
    assert "Done for 1 of 1" in await do(browser, "/lists/pull", "arrive-and-ship", *chosen)
    request = await at(site, "r1")
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
    assert ">Not there<small>" in page


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
        request = await at(site, "r1")
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
    request = await at(site, "r1")
    assert request.state is not State.WILL_SUPPLY


async def test_what_is_no_row_of_ours_is_refused_in_words(sign_in: SignIn):
    browser = await sign_in()
    await browser.get("/lists/pull")
    for row in ("r1:x", "r1:1:nowhere", "r1:-1", "r" * 100):
        assert "Choose the requests again" in await do(browser, "/lists/pull", "flag", row)


async def test_what_asks_for_a_reason_asks_for_it_in_a_list_too_and_keeps_what_was_typed(site: Site, sign_in: SignIn):
    await keep(site.live.store, ours("b1"), ours("b2"))
    browser = await sign_in()
    _, page = await browser.get("/lists/stopped")
    assert '<label for="reason">Why all the same</label>' in page
    chosen = CHOOSE.findall(page)
    page = await do(browser, "/lists/stopped", "go-on", chosen[0])
    assert "Say the reason." in page
    assert page.count(" checked aria-label=") == 1, "what was chosen stays chosen"
    await flags(sign_in, "b1")
    page = await do(browser, "/lists/stopped", "go-on", *chosen, reason="The customer needs it for class.")
    assert ("Done for 1 of 2" in page, HAS_FLAGGED in page) == (True, True)
    assert 'value="The customer needs it for class."' in page, "for the one that was not done"
    assert page.count(" checked aria-label=") == 1
    assert "Done for 1 of 1" in await do(
        browser, "/lists/stopped", "go-on", *CHOOSE.findall(page), key="k2", reason="The customer needs it for class."
    )
    for request in ("b1", "b2"):
        assert (await at(site, request)).state is State.CHOOSING_LENDER


@pytest.mark.parametrize(
    ("states", "steps"),
    [
        ((State.WILL_SUPPLY,), {"arrive-and-ship"}),
        ((State.TO_COPY,), {"copy-sent"}),
        ((State.TO_COPY, State.WILL_SUPPLY), {"arrive-and-ship", "copy-sent"}),
    ],
    ids=["loans alone", "copies alone", "both"],
)
async def test_a_step_that_is_the_next_one_of_no_row_is_hidden_and_can_be_shown(
    site: Site, sign_in: SignIn, states: tuple[State, ...], steps: set[str]
):
    await keep(site.live.store, *(a_request(f"r{n}", state, items=()) for n, state in enumerate(states)))
    _, html = await (await sign_in()).get("/lists/pull")
    parts = re.findall(r'<(button|p) [^>]*data-step-of="([^"]+)"( hidden)?', html)
    assert {(tag, step, not hidden) for tag, step, hidden in parts} == {
        (tag, step, step in steps) for tag in ("button", "p") for step in ("arrive-and-ship", "copy-sent")
    }
    assert set(re.findall(r' data-step="([^"]+)"', html)) == steps


@pytest.mark.parametrize("name", ListName)
async def test_nothing_is_offered_for_several_that_could_never_be_done_to_any(name: ListName):
    """What an act's form must have filled in is asked in the list, or proposed for each request."""
    table, about = TABLES[ABOUT[name].role], ABOUT[name]
    for act in acts_for(Caller(name="m", role=StaffRole.MANAGER), name):
        for state in set(LISTS[name].states) & set(table.states):
            lines = [line for line in table.lines(state) if line.action is act.action and act.action != "note"]
            request = ours("b1", state) if about.role is Role.BORROWING else a_request("r1", state)
            for line in lines:
                form = form_of(line, About(request=request, zone=UTC, caller="m"))
                missing = {field.name for field in form.fields if field.required and not field.value}
                assert missing <= ({act.reason.name} if act.reason else set()), act.action


@pytest.mark.parametrize(
    ("address", "act", "says"),
    [
        ("/lists/due", "check-in", ("ends the loan · tells no", "Tells the partner: Renew No, and Loan completed once all are back.")),
        ("/lists/overdue-at-lender", "send-back", ("gives up", "the customer&#39;s hold comes off, then it is checked in.")),
        ("/lists/pull?walk=all", "cannot-find", ("gives up · tells no", "Tells the partner: Unfilled, where no copy is left.")),
        ("/tasks", "check-in", ("ends the loan", "Tells the partner: Loan completed, once all are back.")),
        ("/lists/pull", "flag", ("", "Say that it needs attention, and why. Nobody is told.")),
        ("/requests/r1", "check-in", ("ends the loan", "Check the item in; with the last one the loan is over.")),
    ],
)  # fmt: skip
async def test_a_button_says_what_ends_and_who_hears_no_and_its_line_is_on_the_page(
    site: Site, sign_in: SignIn, address: str, act: str, says: tuple[str, str]
):
    marks, told = says
    task = OpenTask(kind=TaskKind.NOT_RETURNED, words="It was sent back a week ago.")
    await keep(site.live.store, a_request("r1", State.OVERDUE, due_at=START), a_request("r2"))
    await keep(site.live.store, ours("b1", State.ON_SHELF, due_at=START))
    await site.live.store.commit(Change(history_of="r1", history=(entry("Told."),), open_tasks=(task,)))
    browser = await sign_in()
    _, page = await browser.get(address)
    button = re.search(
        r"<button[^>]*>[^<]*(<small>[^<]*</small>)?</button>", page[page.index(f'data-act="{act}"') - 60 :]
    )
    assert button
    assert marks in (button[1] or "").lower()
    assert told in re.sub(r"<[^>]*>", "", page)
    for line in re.findall(r'aria-describedby="([^"]*)"', page):
        assert f'id="{line}"' in page
    assert "title=" not in button[0]
