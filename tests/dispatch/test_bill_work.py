"""The queue's work for bills: 17 about the item, each paper set once as PDF and kept, reminders by their clock."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from gateway.documents.job import PaperStyle
from gateway.documents.template_files import hash_of
from gateway.money.effects import BillPaper
from gateway.money.events import BillAct, BillActed
from gateway.money.records import Bill, BillState, Seen
from gateway.stationery import PaperName
from gateway.workflow.tasks import TaskKind
from tests.dispatch.house import DATE, House, sip2
from tests.dispatch.working import until, working
from tests.money.books import FROZEN
from tests.store.test_contract_bills import LOAN, proposed, replacement

HASH = hash_of(PaperStyle(), PaperName.INVOICE)


async def bill_of(house: House) -> Bill:
    found = await house.store.bills.bill("M-1")
    assert found is not None
    return found


def acted(house: House, act: BillAct, **more: Any) -> BillActed:
    return BillActed(at=house.time.now(), by="anna", act=act, **more)


async def finalised(house: House, template_hash: str = HASH) -> None:
    await house.bills.begin(proposed("M-1", replacement("75.00", LOAN)))
    await house.bills.submit_bill("M-1", acted(house, BillAct.FINALISE, **{**FROZEN, "template_hash": template_hash}))


@pytest.mark.parametrize(
    ("status", "seen"), [("03", Seen.BACK), ("04", Seen.OUT), ("12", Seen.OUT), ("01", Seen.UNCLEAR)]
)
async def test_the_circulation_system_is_asked_about_the_item(house: House, status: str, seen: Seen):
    async def looked() -> bool:
        return (await bill_of(house)).seen is not None

    house.acs.answers["17"] = sip2(f"18{status}0001{DATE}CF0|AB399990001|AJ|")
    await house.bills.begin(proposed("M-1", replacement("75.00", LOAN), item_barcode="399990001"))
    async with working(house):
        await until(looked, house)
    assert (await bill_of(house)).seen is seen
    assert await house.store.pending("M-1") == ()


@pytest.mark.process
async def test_a_paper_is_set_once_and_kept_byte_for_byte(house: House):
    await finalised(house)
    async with working(house):
        await _made(house, BillPaper.BILL)
    kept = await house.store.bills.paper("M-1", BillPaper.BILL)
    assert kept is not None
    assert kept.pdf.startswith(b"%PDF")
    assert (kept.digest, kept.template_hash) == (hashlib.sha256(kept.pdf).hexdigest(), HASH)
    assert (await bill_of(house)).paper_made


async def test_a_template_that_was_changed_since_makes_no_paper_but_a_task(house: House):
    await finalised(house, "0" * 64)
    async with working(house):
        await _task(house, TaskKind.PAPER_FAILED)
    assert await house.store.bills.paper("M-1", BillPaper.BILL) is None


@pytest.mark.process
async def test_a_reminder_on_paper_is_set_after_its_days_and_is_somebodys_to_send(house: House):
    await finalised(house)
    async with working(house):
        await _made(house, BillPaper.BILL)
        await house.bills.submit_bill("M-1", acted(house, BillAct.POSTED))
        await house.time.advance(timedelta(hours=1).total_seconds())
        assert await house.store.bills.paper("M-1", BillPaper.REMINDER_1) is None
    await house.time.advance(
        timedelta(days=31).total_seconds()
    )  # while nobody works: an outbox would look 90,000 times
    async with working(house):
        await _made(house, BillPaper.REMINDER_1)
        await _task(house, TaskKind.POST_LETTER)
    bill = await bill_of(house)
    assert (bill.state, bill.reminders) == (BillState.SENT, 1)
    (row,) = await house.store.pending("M-1")
    assert row.due_at > house.time.now() + timedelta(days=29)


async def _made(house: House, paper: BillPaper) -> None:
    """Until a paper is kept: setting it takes a process some tenths of a second."""

    async def kept() -> bool:
        return await house.store.bills.paper("M-1", paper) is not None

    await until(kept, house)


async def _task(house: House, kind: TaskKind) -> None:
    async def opened() -> bool:
        return bool(await house.store.tasks(kind=kind))

    await until(opened, house)
