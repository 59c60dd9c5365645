"""The process that sends mails is killed again and again at the worst moments: no mail is lost, and none arrives twice but under one Message-ID."""

import asyncio
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.dispatch.bill_planning import BillPlanner
from gateway.dispatch.bills import BillCause, BillIntake
from gateway.dispatch.notices import NoticeIntake
from gateway.money.effects import BillPaper
from gateway.money.events import BillAct, BillActed, PaperMade
from gateway.money.records import BillState
from gateway.notices.records import Notice, NoticeKind, NoticeState
from gateway.store.bills_port import BillFilter, KeptPaper
from gateway.store.factory import open_store
from gateway.store.notices_port import NoticeFilter
from gateway.store.port import Store
from gateway.workflow.tasks import TaskKind
from tests.fakes.mail_server import MailBox, mail_server
from tests.money.books import FROZEN
from tests.store.test_contract_bills import proposed, replacement

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]
NOTICES, BILLS = 12, 12
TURN_S = 300.0


async def laid(url: str) -> Store:
    store = open_store(url)
    await store.open()
    await store.migrate()
    now = datetime.now(UTC)
    bills = BillIntake(store, BillPlanner())
    for number in range(BILLS):
        name = f"M-{number}"
        await bills.begin(proposed(name, replacement("75.00")))
        acts: dict[str, Any] = {"at": now, "by": "anna"}
        await bills.submit_bill(name, BillActed(act=BillAct.FINALISE, **acts, **FROZEN))
        kept = KeptPaper(bill=name, paper=BillPaper.BILL, made_at=now, digest="d", template_hash="t", pdf=b"%PDF-1.7")
        (row,) = await store.claim("printing", now=now, until=now.replace(year=2099), owner="printer", limit=1)
        cause = BillCause(paper=kept, completes=row.id, owner="printer")
        await bills.submit_bill(name, PaperMade(at=now, paper=BillPaper.BILL, digest="d"), cause)
        await bills.submit_bill(name, BillActed(act=BillAct.MAIL, to=f"{number}@partner.example", **acts))
    made = [
        Notice(
            id=f"N-{number}",
            kind=NoticeKind.STATEMENT,
            about="sample",
            to=f"n{number}@partner.example",
            subject="Statement",
            body="See it.\n",
            made_at=now,
            changed_at=now,
        )
        for number in range(NOTICES)
    ]
    await NoticeIntake(store).begin([(each, ()) for each in made], at=now)
    return store


async def send_and_kill(url: str, box: MailBox, *, at_data: bool, after: int) -> bool:
    """Run the mailer until it has come so far; whether it was killed and not done."""
    mailer = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.dispatch.mailer", url, str(box.port), cwd=ROOT
    )
    left = after

    def count() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            mailer.kill()

    box.on_taken, box.on_recipient = (count, lambda: None) if at_data else (lambda: None, count)
    async with asyncio.timeout(TURN_S):
        code = await mailer.wait()
    assert code in {0, -9}
    return code != 0


async def test_kills_lose_no_mail_and_bring_none_twice_unseen(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/gateway.sqlite"
    await (await laid(url)).close()
    async with mail_server() as box:
        kills = 0
        for turn in range(6):
            kills += await send_and_kill(url, box, at_data=turn % 2 == 0, after=1 + turn % 3)
        assert kills == 6
        assert not await send_and_kill(url, box, at_data=True, after=0)
    store = open_store(url)
    await store.open()
    arrived = Counter(message["To"] for message in box.messages)
    identities: dict[str, set[str]] = {}
    for message in box.messages:
        identities.setdefault(message["To"], set()).add(message["Message-ID"])
    assert all(len(each) == 1 for each in identities.values()), "mail systems know a twin by it"
    await bills_are_sent_once_or_a_persons(store, arrived)
    notices = [
        each for each in await store.notices.notices(NoticeFilter(limit=100)) if each.kind is NoticeKind.STATEMENT
    ]
    assert {each.state for each in notices} == {NoticeState.SENT}
    assert all(1 <= arrived[each.to] <= 2 for each in notices)
    assert "mail" not in await store.lanes()
    await store.close()


async def bills_are_sent_once_or_a_persons(store: Store, arrived: Counter[str]) -> None:
    tasks = {task.about for task in await store.tasks(kind=TaskKind.PERHAPS_MAILED)}
    bills = await store.bills.bills(BillFilter(limit=100))
    assert len(bills) == BILLS
    for bill in bills:
        to = f"{bill.id.removeprefix('M-')}@partner.example"
        if bill.id in tasks:
            assert (bill.state, arrived[to] <= 1) == (BillState.FINALISED, True)
        else:
            assert (bill.state, arrived[to]) == (BillState.SENT, 1)
    assert 1 <= len(tasks) <= 6, "each kill left one at the most that nobody can know of"
