"""Today: what needs a decision, with the buttons that settle it, and how much else there is."""

import re
from datetime import timedelta

import pytest

from gateway.pages import frame
from gateway.store.port import BackOff, Change, Setback, Store
from gateway.store.sqlite import SqliteStore
from gateway.workflow.effects import OpenTask
from gateway.workflow.records import Copy, Item, State
from gateway.workflow.recovery import Recovery
from gateway.workflow.staff import StaffRole
from gateway.workflow.tasks import TaskKind
from tests.pages.conftest import SignIn, Site
from tests.store.values import creation, entry, find_copies, step
from tests.web.known import START, VALLEY, a_request, keep
from tests.web.test_prices import ITEM, borrow, owes

PROMISES = ("goes by itself", "the next try is")
UNTIL = START + timedelta(minutes=5)

_OF_REQUESTS = re.compile(r"FROM (requests WHERE id|effects WHERE request|tasks WHERE closed_at IS NULL AND request) ")
_MAIN = re.compile(r'<(?:a|button) class="(?:button )?main[^>]*>([^<]+)')


def main_buttons(html: str) -> list[str]:
    """What the buttons in the colour of the next step say."""
    return _MAIN.findall(html)


async def test_a_task_stands_with_what_is_proposed_and_can_be_opened(site: Site, sign_in: SignIn):
    await site.live.store.commit(creation())
    task = OpenTask(kind=TaskKind.ANSWER, words="The partner asks for it by <Friday>.")
    await site.live.store.commit(step(open_tasks=(task,), of={"state": State.DECIDING}))
    _, html = await (await sign_in()).get("/")
    assert "1 thing needs a decision." in html
    assert "The partner asks for it by &lt;Friday&gt;." in html
    assert 'action="/tasks/1/open"' in html
    assert '<a href="/tasks?kind=answer"><span>Requests to answer</span><b>1</b><small>since ' in html


async def test_however_many_tasks_there_are_what_settles_them_is_read_by_three_statements(site: Site, sign_in: SignIn):
    store, read = site.live.store, list[str]()
    assert isinstance(store, SqliteStore)
    for number in range(1, 11):
        await store.commit(creation(number))
        await store.commit(step(number, open_tasks=(OpenTask(kind=TaskKind.BILL, words="Bill the partner"),)))
    browser = await sign_in()
    for connection in store._connections:
        connection.set_trace_callback(read.append)
    _, html = await browser.get("/")
    for connection in store._connections:
        connection.set_trace_callback(None)
    assert html.count('<li class="task"') == 10
    assert len(list(filter(_OF_REQUESTS.search, read))) == 3


async def test_whoever_may_only_look_gets_no_buttons(site: Site, sign_in: SignIn):
    await site.live.store.commit(creation())
    await site.live.store.commit(step(open_tasks=(OpenTask(kind=TaskKind.BILL, words="Bill the partner"),)))
    _, html = await (await sign_in(StaffRole.VIEWER)).get("/")
    assert "Bill the partner" in html
    assert "/tasks/1/open" not in html


async def test_what_is_billed_on_its_own_page_leads_there_and_proposes_no_return(site: Site, sign_in: SignIn):
    """“It is back” would end the loan of what is lost."""
    lost = (OpenTask(kind=TaskKind.BILL, words="Long overdue or lost: to be billed."),)
    request = a_request("r1", State.LOST)
    await site.live.store.commit(Change(request=request, created=True, history_of="r1", open_tasks=lost))
    browser = await sign_in()
    _, html = await browser.get("/")
    task = html.split('<li class="task"')[1].split("</li>")[0]
    assert '<a class="button main" href="/money">Bill it</a>' in task
    assert (task.count("main"), 'data-act="check-in"' in task) == (1, True)
    _, html = await browser.get("/requests/r1")
    task = html.split('<div class="sheet task"')[1]
    assert '<a class="button" href="/money">Bill it</a>' in task
    assert "data-unfolded" not in task
    assert main_buttons(html) == ["Bill it"]
    _, html = await (await sign_in(StaffRole.VIEWER)).get("/requests/r1")
    assert main_buttons(html) == []


async def test_the_price_of_a_lost_item_is_set_before_the_loan_is_over(site: Site, sign_in: SignIn):
    to_set = (OpenTask(kind=TaskKind.PRICE, words="Lost: set the lender's price in the ILS."),)
    request = await borrow(site.live)
    await site.live.store.commit(Change(history_of=request, history=(entry("It is lost."),), open_tasks=to_set))
    browser = await sign_in()
    _, html = await browser.get(f"/requests/{request}")
    assert main_buttons(html) == ["Set its price"]
    assert 'data-act="paid"' in html.split('<div class="sheet task"')[1]
    owes(site.live, f"{ITEM} lost 50.00", owed="50.00")
    await browser.post("/prices", fields={"request": request, "step": "set"})
    _, html = await browser.get(f"/requests/{request}")
    assert main_buttons(html) == ["It is paid"]


async def test_tasks_are_counted_by_kind_with_the_age_of_the_oldest(site: Site, sign_in: SignIn):
    for number, kind in enumerate((TaskKind.ANSWER, TaskKind.BILL, TaskKind.BILL)):
        task = OpenTask(kind=kind, words="Look at it.")
        request = a_request(f"r{number}", State.DECIDING if kind is TaskKind.ANSWER else State.LOST)
        await site.live.store.commit(Change(request=request, created=True, history_of=request.id, open_tasks=(task,)))
    _, html = await (await sign_in()).get("/")
    kinds = html.split('aria-label="Tasks by kind"')[1].split("</nav>")[0]
    assert re.findall(r'/tasks\?kind=(\w+)".*?class="count">(\d+)<.*?<time', kinds) == [("answer", "1"), ("bill", "2")]


async def test_what_others_have_to_do_next_is_counted(site: Site, sign_in: SignIn):
    request = a_request("r1", State.OVERDUE, due_at=START - timedelta(days=1))
    await site.live.store.commit(Change(request=request, created=True, history_of="r1"))
    _, html = await (await sign_in()).get("/")
    assert '<a href="/lists/overdue">Books of ours that should be back</a>: 1' in html
    assert "Parcels that we sent back" not in html


async def test_who_does_not_answer_is_called_by_its_name(site: Site, sign_in: SignIn):
    browser = await sign_in()
    assert "has given no usable answer" not in (await browser.get("/"))[1]
    until = START + timedelta(minutes=5)
    await site.live.store.set_backoff(BackOff(lane="peer:hub", until=until, failures=2, since=START))
    _, html = await browser.get("/")
    assert f"{VALLEY.name} has given no usable answer since" in " ".join(html.split())
    assert "the system of" not in html


async def test_a_message_that_failed_once_is_told_at_once(site: Site, sign_in: SignIn):
    await fail_once(site.live.store)
    _, html = await (await sign_in()).get("/")
    assert f"A message to {VALLEY.name} did not get through" in html
    assert "has given no usable answer" not in html, "one failure alone leaves nobody alone"
    await site.live.store.set_backoff(BackOff(lane="peer:hub", until=UNTIL, failures=2, since=START))
    _, html = await (await sign_in()).get("/")
    assert ("did not get through" in html, "has given no usable answer" in html) == (False, True)


async def test_what_failed_is_read_for_the_page_of_the_day_alone_and_by_one_statement(site: Site, sign_in: SignIn):
    store, read = site.live.store, list[str]()
    assert isinstance(store, SqliteStore)
    for number in range(1, 4):
        await store.commit(creation(number, find_copies(f"peer:p{number}", due_at=START)))
    browser = await sign_in()
    for connection in store._connections:
        connection.set_trace_callback(read.append)
    for address, times in (("/lists/pull", 0), ("/", 1)):
        await site.live.time.advance(frame.KEPT_FOR.total_seconds() + 1)
        read.clear()
        await browser.get(address)
        assert len([text for text in read if "failed IS NOT NULL" in text]) == times, address
    for connection in store._connections:
        connection.set_trace_callback(None)


async def test_a_library_behind_a_system_is_told_of_once_with_what_waits_for_the_system(site: Site, sign_in: SignIn):
    await fail_once(site.live.store)
    await site.live.store.set_backoff(BackOff(lane="peer:hub isil:xx-evl", until=UNTIL, failures=2, since=START))
    text = " ".join((await (await sign_in()).get("/"))[1].split())
    assert f"{VALLEY.name} has given no usable answer since" in text
    assert "1 request waits to tell its system something" in text
    assert "did not get through" not in text


@pytest.mark.parametrize(("is_held", "promised"), [(False, 2), (True, 0)], ids=["as always", "held"])
async def test_while_work_is_held_no_next_try_is_promised(site: Site, sign_in: SignIn, *, is_held: bool, promised: int):
    store = site.live.store
    await fail_once(store)
    if is_held:
        await store.recovery.begin(Recovery(since=START, why="Restored."))
    await store.set_backoff(BackOff(lane="peer:other", until=UNTIL, failures=2, since=START))
    _, html = await (await sign_in()).get("/")
    assert ("did not get through" in html, "has given no usable answer" in html) == (True, True)
    assert [html.count(words) for words in PROMISES] == [promised, promised]


async def fail_once(store: Store) -> None:
    """A message to the valley's system does not get through, and is sent again later."""
    await store.commit(creation(1, find_copies("peer:hub", due_at=START)))
    (row,) = await store.claim("peer:hub", now=START, until=UNTIL, owner="a", limit=1)
    setback = Setback(at=START, words="no connection")
    await store.postpone(row.id, owner="a", due_at=UNTIL, unstarted=True, setback=setback)


async def test_a_quiet_day_is_said_so(sign_in: SignIn):
    _, html = await (await sign_in()).get("/")
    assert "Nothing needs a decision." in html
    assert "There is no task." in html


async def test_a_card_says_what_presses_where_it_stands_and_since_when(site: Site, sign_in: SignIn):
    places = (("r1", "Main", "Rush"), ("r2", "Main", None), ("r3", "East", None))
    for name, branch, level in places:
        item = Item(copy=Copy(item_barcode=f"3{name}", branch=branch))
        await keep(site.live.store, a_request(name, State.WILL_SUPPLY, items=(item,), level=level, state_since=START))
    _, html = await (await sign_in()).get("/")
    card = html.split("To fetch from the shelf")[1].split("</li>")[0]
    assert ("<b>3</b>" in card, "2 Main Library · 1 East" in card) == (True, True)
    assert ("1 rush" in card, "since" in card) == (True, True)
    assert "rush" not in html.split("Arrived, to ship")[1].split("</li>")[0]


async def test_a_task_names_branches_and_an_amber_clock_stands_on_its_card(site: Site, sign_in: SignIn):
    item = Item(copy=Copy(item_barcode="30234000517861", branch="Main"))
    words = "It has not come. It is about item 30234000517861 of Main, for valley."
    late = (OpenTask(kind=TaskKind.CANNOT_FIND, words=words),)
    request = a_request("r1", State.WILL_SUPPLY, items=(item,), partner="valley")
    await site.live.store.commit(Change(request=request, created=True, history_of="r1", open_tasks=late))
    _, html = await (await sign_in()).get("/")
    assert "<small>Item 30234000517861 of Main Library, for Example Valley Library." in html
    assert "1 with a task" in html.split("To fetch from the shelf")[1].split("</li>")[0]
