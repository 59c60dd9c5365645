"""Bills over the live API: what is done to one, and what stands in the place of the workers."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from gateway.dispatch.bills import BillCause
from gateway.money.effects import BillPaper
from gateway.money.events import BillItemSeen, PaperMade
from gateway.money.records import Seen
from gateway.store.bills_port import KeptPaper
from gateway.store.port import Change, HistoryEntry, HistoryKind
from gateway.web.api import PREFIX
from gateway.workflow.effects import OpenTask
from gateway.workflow.facts import Fact, Folded, Milestone
from gateway.workflow.records import Role, State
from gateway.workflow.staff import StaffRole
from gateway.workflow.tasks import TaskKind
from tests.web.known import START, VALLEY, a_request, keep
from tests.web.live import Live

PDF = b"%PDF-1.7 made up"


async def lost(live: Live, name: str = "r1") -> None:
    """Keep a loan that is lost, with its task."""
    await keep(live.store, a_request(name, State.LOST, shipped_at=START, due_at=START))
    entry = HistoryEntry(at=START, by="gateway", kind=HistoryKind.DECISION, words="Overdue.", state="overdue")
    task = OpenTask(kind=TaskKind.BILL, words="Long overdue or lost: to be billed.")
    await live.store.commit(Change(history_of=name, history=(entry,), open_tasks=(task,)))


async def seen(live: Live, bill: str, what: Seen = Seen.OUT) -> None:
    """In the place of the worker that asks 17."""
    await live.desk.money.bills.submit_bill(bill, BillItemSeen(at=START, seen=what, words="on loan."))


async def made(live: Live, bill: str) -> None:
    """In the place of the worker that makes the PDF."""
    kept = KeptPaper(bill=bill, paper=BillPaper.BILL, made_at=START, digest="d", template_hash="t", pdf=PDF)
    event = PaperMade(at=START, paper=BillPaper.BILL, digest="d")
    await live.desk.money.bills.submit_bill(bill, event, BillCause(paper=kept))


async def act(
    live: Live, bill: str, action: str, role: StaffRole = StaffRole.TECHNICIAN, **body: Any
) -> tuple[int, Any]:
    return await live.call("POST", f"/bills/{bill}/actions/{action}", role=role, body=body)


def fetch(live: Live, path: str, **options: Any) -> Any:
    """Make a call whose answer is a file."""
    headers = {"Authorization": f"Bearer {live.tokens[StaffRole.VIEWER]}"}
    return live.http.get(live.url + PREFIX + path, headers=headers, **options)


async def invoice(live: Live, amount: str = "75.00") -> str:
    """An invoice with a number and its PDF."""
    line = {"kind": "fee", "words": "Fee", "amount": amount}
    status, answer = await live.call("POST", "/bills", body={"partner": VALLEY.id, "lines": [line]})
    assert status == 201, answer
    bill = answer["bill"]["id"]
    assert (await act(live, bill, "finalise"))[0] == 200
    await made(live, bill)
    return str(bill)


async def sent_for_a_fee(live: Live, name: str) -> None:
    """A copy that was sent, and costs something, with its fact."""
    await keep(live.store, a_request(name, State.COPY_COMPLETED))
    piece = await live.store.facts.changed(10)
    assert piece is not None
    fact = Fact(
        role=Role.LENDING,
        partner=VALLEY.id,
        currency="USD",
        charged_minor=500,
        standing=(Milestone.SUPPLIED,),
        arrived_at=START,
        supplied_at=START - timedelta(days=1),
    )
    assert await live.store.facts.write(piece, [Folded(fact=fact)], ZoneInfo("UTC"))
