"""The contract of the port, on both stores: bills through their door, numbers, the ledger, credit, papers."""

import asyncio
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from gateway.dispatch.bill_planning import BillPlanner
from gateway.dispatch.bills import BillCause, BillIntake, UnknownBill
from gateway.money.amounts import NOTHING, total
from gateway.money.effects import AskItem, BillPaper, MakePaper
from gateway.money.engine import MoneyIgnored, MoneyRefused
from gateway.money.events import BillAct, BillActed, BillItemSeen, PaperMade, PaperNotMade, Proposed
from gateway.money.machine import BillDecision
from gateway.money.payments import ShareFault
from gateway.money.records import Bill, BilledAmount, BillKind, BillState, LineKind, Loan, Means, Payment, Seen
from gateway.store.bills_port import BillFilter, KeptPaper
from gateway.store.port import AlreadyExists, Change, LeaseLost, Store
from gateway.store.postgres import PostgresStore
from gateway.workflow.effects import OpenTask
from gateway.workflow.tasks import TaskKind
from tests.money.books import FROZEN
from tests.store.values import NOW, creation, later

LOAN = Loan(request="HILL-1", title="The Imaginary Almanac", item_barcode="399990001", due_on=date(2026, 1, 2))


def replacement(amount: str = "75.00", loan: Loan | None = None) -> BilledAmount:
    return BilledAmount(kind=LineKind.REPLACEMENT, words="Replacement", amount=Decimal(amount), loan=loan)


def proposed(name: str = "M-1", *lines: BilledAmount, at: float = 0, **more: Any) -> Proposed:
    given = lines or (replacement(),)
    return Proposed(
        **{"at": later(at), "by": "anna", "bill": name, "partner": "sample", "currency": "USD", "lines": given, **more}
    )


def acted(act: BillAct, at: float = 1, **more: Any) -> BillActed:
    return BillActed(at=later(at), by="anna", act=act, **more)


def finalise(at: float = 1) -> BillActed:
    return acted(BillAct.FINALISE, at, **FROZEN)


def payment(amount: str, at: float = 5, **more: Any) -> Payment:
    made = {
        "id": "",
        "partner": "sample",
        "currency": "USD",
        "amount": Decimal(amount),
        "received_on": date(2026, 1, 6),
    }
    return Payment(**{**made, "means": Means.CHECK, "booked_at": later(at), "booked_by": "anna", **more})


@pytest.fixture
def door(store: Store) -> BillIntake:
    return BillIntake(store, BillPlanner())


async def known(store: Store, name: str = "M-1") -> Bill:
    found = await store.bills.bill(name)
    assert found is not None
    return found


async def numbers_of(store: Store, names: list[str]) -> list[int]:
    bills = [await known(store, name) for name in names]
    return sorted(bill.number.number for bill in bills if bill.number)


async def must_agree(store: Store) -> None:
    """The ledger's sums are the bills' and the credit's."""
    for bill in await store.bills.bills(BillFilter(limit=1000)):
        assert total(entry.amount for entry in await store.bills.ledger(bill=bill.id)) == bill.balance
    entries = await store.bills.ledger(partner="sample")
    credit = total(amount for _, _, amount in await store.bills.credit("sample"))
    assert total(entry.amount for entry in entries if entry.bill is None) == -credit


async def test_a_bill_is_kept_as_it_was_made(store: Store, door: BillIntake) -> None:
    made = await door.begin(proposed("M-1", replacement("75.00", LOAN), replacement("0.05"), item_barcode="399990001"))
    assert await known(store) == made
    assert (made.state, made.lines[0].loan, made.total) == (BillState.CANDIDATE, LOAN, Decimal("75.05"))
    (row,) = await store.pending("M-1")
    assert row.effect == AskItem(item_barcode="399990001")
    (entry,) = await store.bills.history("M-1")
    assert (entry.words, entry.state) == ("The invoice was begun.", "candidate")
    assert await store.bills.of_request("HILL-1") == (made,)
    assert await store.bills.of_request("HILL-2") == ()


async def test_an_item_has_one_bill_until_that_is_dropped(store: Store, door: BillIntake) -> None:
    line = replacement("75.00", LOAN)
    await door.begin(proposed("M-1", line, item_barcode="399990001"))
    with pytest.raises(AlreadyExists):
        await door.begin(proposed("M-2", line, item_barcode="399990001"))
    await door.submit_bill("M-1", acted(BillAct.DROP))
    assert (await door.begin(proposed("M-3", line, item_barcode="399990001"))).state is BillState.CANDIDATE


async def test_the_outcome_of_work_and_what_is_decided_on_it_are_one(store: Store, door: BillIntake) -> None:
    await door.begin(proposed(item_barcode="399990001"))
    lane = (await store.pending("M-1"))[0].lane
    (row,) = await store.claim(lane, now=later(1), until=later(60), owner="one", limit=5, in_turn=True)
    seen = BillItemSeen(at=later(2), seen=Seen.OUT, words="on loan.")
    with pytest.raises(LeaseLost):
        await door.submit_bill("M-1", seen, BillCause(completes=row.id, owner="another"))
    assert (await known(store)).seen is None
    await door.submit_bill("M-1", seen, BillCause(completes=row.id, owner="one"))
    assert (await known(store)).seen is Seen.OUT
    assert await store.pending("M-1") == ()


async def test_finalising_takes_the_next_number_and_ends_the_requests_task(store: Store, door: BillIntake) -> None:
    await store.commit(creation(1))
    await store.commit(
        Change(
            history_of="HILL-1",
            event=None,
            open_tasks=(OpenTask(kind=TaskKind.BILL, words="Lost."),),
            history=creation(1).history,
        )
    )
    for name in ("M-1", "M-2"):
        await door.begin(proposed(name, replacement("75.00", LOAN)))
        assert isinstance(await door.submit_bill(name, finalise()), BillDecision)
    numbers = [str((await known(store, name)).number) for name in ("M-1", "M-2")]
    assert numbers == ["ILL-2027-00001", "ILL-2027-00002"]
    assert await store.bills.numbered("ILL", 2027, 2) == await known(store, "M-2")
    assert await store.tasks(request="HILL-1") == ()
    assert "was finalised: M-1, 75.00 USD" in (await store.history("HILL-1"))[-2].words
    assert [row.effect for row in await store.pending("M-1")] == [MakePaper()]
    await must_agree(store)


async def test_a_bill_outlives_its_request(store: Store, door: BillIntake) -> None:
    await door.begin(proposed("M-1", replacement("75.00", LOAN), item_barcode="399990001"))
    await door.submit_bill("M-1", BillItemSeen(at=later(1), seen=Seen.OUT, words="on loan."))
    await door.submit_bill("M-1", acted(BillAct.SHELF_CHECKED))
    assert isinstance(await door.submit_bill("M-1", finalise()), BillDecision)
    assert await store.request("HILL-1") is None
    assert (await known(store)).state is BillState.FINALISED


async def test_a_refused_bill_takes_no_number(store: Store, door: BillIntake) -> None:
    await door.begin(proposed("M-1", replacement("0.00")))
    assert isinstance(await door.submit_bill("M-1", finalise()), MoneyRefused)
    await door.begin(proposed("M-2"))
    await door.submit_bill("M-2", finalise())
    assert str((await known(store, "M-2")).number) == "ILL-2027-00001"


async def test_a_paper_is_kept_byte_for_byte_with_what_says_so(store: Store, door: BillIntake) -> None:
    await door.begin(proposed())
    await door.submit_bill("M-1", finalise())
    pdf = bytes(range(256))
    kept = KeptPaper(bill="M-1", paper=BillPaper.BILL, made_at=later(3), digest="d", template_hash="t", pdf=pdf)
    made = PaperMade(at=later(3), paper=BillPaper.BILL, digest="d")
    await door.submit_bill("M-1", made, BillCause(paper=kept))
    assert await store.bills.paper("M-1", BillPaper.BILL) == kept
    assert await store.bills.paper("M-1", BillPaper.REMINDER_1) is None
    assert await store.bills.papers("M-1") == (BillPaper.BILL,)
    with pytest.raises(AlreadyExists):
        await door.submit_bill("M-1", made, BillCause(paper=kept))


async def test_a_payment_is_shared_and_what_is_left_is_credit(store: Store, door: BillIntake) -> None:
    for name in ("M-1", "M-2"):
        await door.begin(proposed(name))
        await door.submit_bill(name, finalise())
    booked = await door.pay(payment("160.00"), {"M-1": Decimal("75.00"), "M-2": Decimal("50.00")}, key="k1")
    assert isinstance(booked, Payment)
    assert [(await known(store, name)).state for name in ("M-1", "M-2")] == [BillState.PAID, BillState.PART_PAID]
    assert await store.bills.credit("sample") == (("sample", "USD", Decimal("35.00")),)
    assert await store.bills.payment(booked.id) == booked
    assert await store.bills.subject_of("k1") == booked.id
    with pytest.raises(AlreadyExists):
        await door.pay(payment("160.00"), {}, key="k1")
    assert await store.bills.payments(limit=9) == (booked,)
    await must_agree(store)


async def test_no_more_can_be_paid_than_is_owed(store: Store, door: BillIntake) -> None:
    await door.begin(proposed())
    await door.submit_bill("M-1", finalise())
    with pytest.raises(ShareFault, match=r"owes 75\.00 USD"):
        await door.pay(payment("100.00"), {"M-1": Decimal("75.01")})
    with pytest.raises(ShareFault, match="no bill of this partner"):
        await door.pay(payment("100.00", partner="other"), {"M-1": Decimal("75.00")})
    assert await store.bills.payments(limit=9) == ()


async def test_a_payment_is_taken_back_once(store: Store, door: BillIntake) -> None:
    await door.begin(proposed())
    await door.submit_bill("M-1", finalise())
    booked = await door.pay(payment("100.00"), {"M-1": Decimal("75.00")})
    assert isinstance(booked, Payment)
    back = await door.take_back(booked.id, why="bounced", at=later(9), by="anna")
    assert isinstance(back, Payment)
    assert (await known(store)).balance == Decimal("75.00")
    assert await store.bills.credit() == ()
    assert isinstance(await door.take_back(booked.id, why="again", at=later(10), by="anna"), MoneyRefused)
    await must_agree(store)


async def test_credit_pays_once_and_never_twice(store: Store, door: BillIntake) -> None:
    for name in ("M-1", "M-2"):
        await door.begin(proposed(name))
        await door.submit_bill(name, finalise())
    await door.pay(payment("80.00"), {})
    asked = [door.use_credit(name, Decimal("75.00"), at=later(7), by="anna") for name in ("M-1", "M-2")]
    rulings = await asyncio.gather(*asked)
    assert sorted(type(ruling).__name__ for ruling in rulings) == ["BillDecision", "MoneyRefused"]
    assert await store.bills.credit("sample") == (("sample", "USD", Decimal("5.00")),)
    await must_agree(store)


async def test_a_credit_note_is_booked_on_its_invoice_in_the_same_moment(store: Store, door: BillIntake) -> None:
    await door.begin(proposed())
    await door.submit_bill("M-1", finalise())
    await door.pay(payment("75.00"), {"M-1": Decimal("75.00")})
    line = BilledAmount(kind=LineKind.CREDIT, words="Credit", amount=Decimal("75.00"))
    await door.begin(proposed("M-2", line, kind=BillKind.CREDIT_NOTE, credits="M-1"))
    assert isinstance(
        await door.submit_bill("M-2", acted(BillAct.FINALISE, **{**FROZEN, "series": "CN"})), BillDecision
    )
    invoice, note = await known(store), await known(store, "M-2")
    assert (invoice.state, invoice.balance, note.state, str(note.number)) == (
        BillState.CREDITED,
        NOTHING,
        BillState.FINALISED,
        "CN-2027-00001",
    )
    assert await store.bills.credit() == (("sample", "USD", Decimal("75.00")),)
    assert await store.bills.credit_notes("M-1") == (note,)
    await door.begin(proposed("M-3", line, kind=BillKind.CREDIT_NOTE, credits="M-1"))
    assert isinstance(await door.submit_bill("M-3", finalise()), MoneyRefused), "it was taken back before"
    assert (await known(store, "M-3")).state is BillState.DRAFT
    await must_agree(store)


async def test_what_comes_late_is_written_down_and_changes_nothing(store: Store, door: BillIntake) -> None:
    await door.begin(proposed())
    assert isinstance(
        await door.submit_bill("M-1", PaperMade(at=later(1), paper=BillPaper.BILL, digest="d")), MoneyIgnored
    )
    assert len(await store.bills.history("M-1")) == 2
    with pytest.raises(UnknownBill):
        await door.submit_bill("M-9", finalise())


async def test_tasks_of_a_bill_stand_beside_the_others_and_end_with_it(store: Store, door: BillIntake) -> None:
    await door.begin(proposed())
    await door.submit_bill("M-1", finalise())
    await door.submit_bill("M-1", PaperNotMade(at=later(2), paper=BillPaper.BILL, words="line 3"))
    (task,) = await store.tasks(kind=TaskKind.PAPER_FAILED)
    assert (task.about, task.request) == ("M-1", None)
    await door.submit_bill("M-1", acted(BillAct.MAKE_PAPER, 3, template_hash="1" * 64))
    assert await store.tasks() == ()


async def test_bills_are_listed_newest_first_page_by_page(store: Store, door: BillIntake) -> None:
    for number in range(5):
        await door.begin(proposed(f"M-{number}", at=number, partner=f"p{number % 2}"))
    await door.submit_bill("M-0", finalise(9))
    assert [bill.id for bill in await store.bills.bills(BillFilter(limit=2))] == ["M-0", "M-4"]
    last = await known(store, "M-4")
    page = await store.bills.bills(BillFilter(limit=2, before=(last.updated_at, last.id)))
    assert [bill.id for bill in page] == ["M-3", "M-2"]
    drafts = await store.bills.bills(BillFilter(states=(BillState.DRAFT, BillState.SENT), partner="p0"))
    assert [bill.id for bill in drafts] == ["M-4", "M-2"]
    assert [bill.id for bill in await store.bills.bills(BillFilter(owed=True, kind=BillKind.INVOICE))] == ["M-0"]
    assert await store.bills.count_by_state() == {BillState.DRAFT: 4, BillState.FINALISED: 1}
    (owed,) = await store.bills.owed()
    assert (owed.partner, owed.balance, owed.dated) == ("p0", Decimal("75.00"), date(2026, 7, 1))
    assert await store.bills.owed("p1") == ()
    named = await store.bills.bills_of_ids(["M-3", "gone", "M-0"])
    assert named == {name: await known(store, name) for name in ("M-0", "M-3")}
    assert await store.bills.bills_of_ids([]) == {}
    assert len(await store.bills.ledger_within(NOW, NOW + timedelta(days=1))) == 1


async def test_keys_are_forgotten(store: Store, door: BillIntake) -> None:
    await door.begin(proposed(), key="k1")
    assert await store.bills.subject_of("k1") == "M-1"
    assert await store.bills.forget_keys(before=later(1)) == 1
    assert await store.bills.subject_of("k1") is None


@pytest.mark.parametrize("currency", ["JPY", "USD", "KWD"])
async def test_amounts_of_a_billion_and_of_any_digits_come_back_as_they_were(
    store: Store, door: BillIntake, currency: str
) -> None:
    made = await door.begin(proposed("M-1", replacement("1000000000"), replacement("1"), currency=currency))
    assert (await known(store)).total == made.total == Decimal(1000000001)


async def test_many_that_finalise_at_once_leave_no_gap(store: Store, door: BillIntake) -> None:
    names = [f"M-{number:02}" for number in range(24)]
    for name in names:
        await door.begin(proposed(name))
    await asyncio.gather(*(door.submit_bill(name, finalise()) for name in names for _ in range(2)))
    numbers = await numbers_of(store, names)
    assert numbers == list(range(1, 25))


@pytest.mark.process
async def test_several_gateways_leave_no_gap_and_no_two_take_one(stores: tuple[PostgresStore, PostgresStore]) -> None:
    doors = [BillIntake(store, BillPlanner()) for store in stores]
    names = [f"M-{number:02}" for number in range(20)]
    for name in names:
        await doors[0].begin(proposed(name))
    rulings = await asyncio.gather(*(door.submit_bill(name, finalise()) for name in names for door in doors))
    assert sum(isinstance(ruling, BillDecision) for ruling in rulings) == len(names), "one of two people finalises"
    numbers = await numbers_of(stores[1], names)
    assert numbers == list(range(1, 21))
    await must_agree(stores[0])
