"""The pages of one request and of tasks, without scripts: what is wrong stands at its field, and what was typed is kept."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.desk.errors import ConflictError
from gateway.pages import one_request
from gateway.pages.guards import BY_ITSELF
from gateway.store.port import Change, HistoryEntry, HistoryKind
from gateway.workflow.borrowing_events import RotaMade
from gateway.workflow.borrowing_records import LenderLine
from gateway.workflow.effects import OpenTask
from gateway.workflow.events import Looked, Performed, StaffActed
from gateway.workflow.records import Act, Answer, AnswerKind, Finding, Outcome, State
from gateway.workflow.staff import StaffRole
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import StaffAction
from gateway.workflow.words import narrate
from tests.pages.conftest import SignIn, Site
from tests.web.known import ALMANAC, START, a_request, keep
from tests.web.live import real_intake


async def with_request(site: Site, number: str = "r1", state: State = State.WILL_SUPPLY, *kinds: TaskKind) -> None:
    """Let there be a request with tasks."""
    tasks = tuple(OpenTask(kind=kind, words=f"About {number}.") for kind in kinds)
    made = Change(request=a_request(number, state), created=True, history_of=number, open_tasks=tasks)
    await site.live.store.commit(made)


async def test_what_is_wrong_stands_at_its_field_and_what_was_typed_is_kept(site: Site, sign_in: SignIn):
    await with_request(site)
    browser = await sign_in()
    await browser.get("/requests/r1")
    typed = {"reason": "OnLoan", "retry_after": "the day after", "note": "With <b>regrets</b>."}
    status, page = await browser.post("/requests/r1/acts/retry", fields=typed)
    assert status == 422
    assert 'id="more-retry-retry_after-problem">Not a date or time of ISO 8601.' in page
    assert "With &lt;b&gt;regrets&lt;/b&gt;.</textarea>" in page
    assert '<option value="OnLoan" selected>On loan</option>' in page
    assert '<details class="menu more" open>' in page


async def test_a_price_of_nothing_is_no_offer_and_is_left_out_of_one_with_a_condition(site: Site, sign_in: SignIn):
    await with_request(site, "r1", State.DECIDING)
    browser = await sign_in()
    await browser.get("/requests/r1")
    free = {"answer.cost.amount": "0.00", "answer.cost.currency": "USD"}
    status, page = await browser.post("/requests/r1/acts/offer", fields=free)
    assert (status, site.live.intake.acted) == (422, [])
    assert re.search(r'id="[^"]*answer-cost-amount-problem">The price is 0\. .* choose “Supply it”\.', page)
    status, _ = await browser.post("/requests/r1/acts/offer", fields=free | {"answer.condition": "LibraryUseOnly"})
    assert status == 200
    [(_, event)] = site.live.intake.acted
    assert event.answer == Answer(kind=AnswerKind.RETRY, condition="LibraryUseOnly")


async def test_what_the_place_of_each_lender_comes_of_is_folded_away(site: Site, sign_in: SignIn):
    await with_request(site)
    lender = LenderLine(partner="valley", peer="hub", agency="ISIL:XX-EVL", score=49, reason="fill rate not known +39")
    made = RotaMade(at=START, lenders=(lender,))
    head = HistoryEntry(at=START, by="gateway", kind=HistoryKind.DECISION, words=narrate(made, UTC))
    await site.live.store.commit(Change(history_of="r1", event=made, history=(head,)))
    _, page = await (await sign_in()).get("/requests/r1")
    assert "<b>Lenders to ask: Example Valley Library.</b>" in page
    before, folded, rest = page.partition("<summary>Why in this order</summary>")
    assert (bool(folded), "+39" in before, "(49: fill rate not known +39)" in rest) == (True, False, True)


async def test_what_is_not_possible_any_more_says_why_and_what_was_typed(site: Site, sign_in: SignIn):
    """Its form stands nowhere on the page."""
    await with_request(site)
    browser = await sign_in()
    await browser.get("/requests/r1")
    typed = {"item_barcodes": "30234000517861", "seen": "1", "key": "a-key-of-its-form"}
    status, page = await browser.post("/requests/r1/acts/check-in", fields=typed)
    assert status == 409
    assert "Not done" in page
    assert "is not possible while" in page
    assert "kept below" not in page
    assert re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", page)[:1] == [("Item barcodes", "30234000517861")]
    offered = {"answer.cost.amount": "12.50", "answer.condition": "LibraryUseOnly", "reason": "OnLoan"}
    _, page = await browser.post(
        "/requests/r1/acts/offer", fields=offered | {"answer.cost.currency": "USD", "seen": "1"}
    )
    assert ("Condition", "Library use only") in re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", page)[:4]
    assert ("Reason", "On loan") in re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", page)[:4]
    status, page = await browser.post("/requests/r1/acts/check-in", fields={"seen": "1", "key": "another-key-of-it"})
    assert (status, "typed" in page.partition('id="refused"')[2].partition("</div>")[0]) == (409, False)


async def test_what_was_refused_says_why_and_keeps_the_form(
    site: Site, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
):
    async def acted_since(*_: Any, **_given: Any) -> Any:
        raise ConflictError("A colleague has acted on it since.")

    await with_request(site)
    browser = await sign_in()
    await browser.get("/requests/r1")
    monkeypatch.setattr(one_request, "send_form", acted_since)
    status, page = await browser.post("/requests/r1/acts/retry", fields={"note": "With <b>regrets</b>."})
    said = page.partition('id="refused"')[2].partition("</div>")[0]
    assert (status, "colleague has acted" in said, "kept below" in said, "regrets" in said) == (409, True, True, False)
    assert "With &lt;b&gt;regrets&lt;/b&gt;.</textarea>" in page


@pytest.mark.process
@pytest.mark.parametrize(
    ("paper", "status"), [("label", 200), ("shipping-label", 200), ("return-label", 404), ("borrowed-strap", 404)]
)
async def test_a_paper_is_found_by_its_own_name_too_and_another_does_not_come(
    site: Site, sign_in: SignIn, paper: str, status: int
):
    await keep(site.live.store, a_request("r1", State.CHECKED_OUT))
    browser = await sign_in()
    async with browser.http.get(f"{browser.url}/requests/r1/papers/{paper}.pdf") as answer:
        assert (answer.status, answer.content_type == "application/pdf") == (status, status == 200)


async def test_an_act_that_is_none_is_not_found(site: Site, sign_in: SignIn):
    await with_request(site)
    browser = await sign_in()
    await browser.get("/requests/r1")
    assert (await browser.post("/requests/r1/acts/steal", fields={}))[0] == 404
    assert (await browser.get("/requests/r1/papers/secret.pdf"))[0] == 404
    assert (await browser.get("/requests/r1/messages/99999999999999999999"))[0] == 404


@pytest.mark.parametrize(("state", "is_open"), [(State.WILL_SUPPLY, True), (State.COMPLETED, False)])
async def test_that_nobody_sees_to_it_is_said_of_what_is_open_alone(
    site: Site, sign_in: SignIn, state: State, *, is_open: bool
):
    await with_request(site, "r1", state)
    _, page = await (await sign_in()).get("/requests/r1")
    assert ("Nobody sees to it yet." in page) is is_open


async def test_what_takes_a_form_leads_to_its_page_when_it_is_looked_at(site: Site, sign_in: SignIn):
    await with_request(site)
    browser = await sign_in()
    for path in ("acts/ship", "customer", "try-now"):
        status, page = await browser.get(f"/requests/r1/{path}")
        assert (status, "The Imaginary Almanac" in page) == (200, True)
    assert "<h1>Tasks</h1>" in (await browser.get("/tasks/7/open"))[1]


async def test_each_act_has_one_form_on_the_page(site: Site, sign_in: SignIn):
    await with_request(site, "r1", State.WILL_SUPPLY, TaskKind.CANNOT_FIND, TaskKind.READ_NOTE)
    browser = await sign_in()
    page = (await browser.get("/requests/r1"))[1]
    acts = [part.split('"')[0] for part in page.split('data-act="')[1:]]
    assert len(acts) == len(set(acts)) > 5


async def test_several_tasks_are_closed_together_with_a_line_each(site: Site, sign_in: SignIn):
    await with_request(site, "r1", State.LOANED, TaskKind.READ_NOTE)
    await with_request(site, "r2", State.CHECKED_OUT, TaskKind.DUE_DATE)
    browser = await sign_in()
    await browser.get("/tasks")
    chosen = [("task", str(task.id)) for task in await site.live.store.tasks()]
    sent = [("form_token", browser.form_token), *chosen]
    async with browser.http.post(f"{site.url}/tasks/settle", data=sent) as answer:
        assert answer.status == 200
        page = await answer.text()
    assert "1 of 2 tasks done" in page
    assert "The partner still waits for this" in page
    assert "Choose the tasks first." in (await browser.post("/tasks/settle", fields={}))[1]


async def test_whoever_opens_a_task_has_it(site: Site, sign_in: SignIn):
    await with_request(site, "r1", State.LOANED, TaskKind.READ_NOTE)
    browser = await sign_in()
    await browser.get("/tasks")
    [task] = await site.live.store.tasks()
    status, page = await browser.post(f"/tasks/{task.id}/open", fields={})
    assert (status, "has it" in page) == (200, True)
    assert "I see to it" not in page


async def test_opening_a_request_reads_its_notes_and_a_page_that_refreshes_itself_does_not(site: Site, sign_in: SignIn):
    at = site.live.time.now()
    told = StaffActed(at=at, by="a-person-manager", action=StaffAction.NOTE, inside="The spine is loose.")
    line = HistoryEntry(at=at, by=told.by, kind=HistoryKind.DECISION, words="A note.")
    made = Change(request=a_request("r1"), created=True, history_of="r1", event=told, history=(line,))
    await site.live.store.commit(made)
    await site.live.time.advance(60)
    browser = await sign_in()
    for _ in range(2):
        page = (await browser.get("/requests/r1", headers={BY_ITSELF: "news"}))[1]
        assert page.count("New to you") == 1
    assert "New to you" in (await browser.get("/requests/r1"))[1]
    assert "New to you" not in (await browser.get("/requests/r1"))[1]
    assert "New to you" not in (await (await sign_in(StaffRole.MANAGER)).get("/requests/r1"))[1], (
        "it is the manager's own"
    )


async def test_what_the_partner_asks_of_the_copy_and_the_rule_of_copyright_stand_on_the_page(
    site: Site, sign_in: SignIn
):
    made = a_request("r1", asks_for="Must come with the CD.", copyright="US-CCG")
    await site.live.store.commit(Change(request=made, created=True, history_of="r1"))
    page = (await (await sign_in()).get("/requests/r1"))[1]
    assert "Look before it goes out:" in page
    assert "Must come with the CD." in page
    assert "Asked for under US-CCG." in page


async def test_a_due_date_is_the_same_day_in_all_of_a_page_and_it_is_the_librarys(site: Site, sign_in: SignIn):
    """The library is in Denver: the end of 9 December there is the 10th in UTC."""
    due_at = datetime(2026, 12, 10, 6, 59, 59, tzinfo=UTC)
    await site.live.store.commit(Change(request=a_request(state=State.CHECKING_OUT), created=True, history_of="r1"))
    lent = Performed(at=START, act=Act.CHECKOUT, item_barcode=ALMANAC.item_barcode, outcome=Outcome.DONE, due_at=due_at)
    seen = Looked(at=START, act=Act.CHECKOUT, item_barcode=ALMANAC.item_barcode, finding=Finding.YES, due_at=due_at)
    for event in (lent, seen):
        await real_intake(site.live).submit("r1", event)
    _, page = await (await sign_in()).get("/requests/r1")
    shown = re.sub(r"<[^>]*>", "", page)
    assert shown.count("9 December") > 2, "in the head, and in the story"
    assert "10 December" not in shown
