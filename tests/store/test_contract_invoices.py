"""Lenders' invoices in either store: what a decision says is written whole or not at all; two of one number meet; nothing of the books is mixed up."""

import asyncio
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from gateway.dispatch.bill_planning import MAIL_LANE, PRINTING_LANE
from gateway.dispatch.invoices import InvoiceCause, InvoiceIntake, UnknownInvoice
from gateway.dispatch.purging import forget_invoice
from gateway.money.amounts import NOTHING
from gateway.money.engine import Decision, MoneyIgnored, MoneyRefused
from gateway.money.invoices.effects import MailLetter, MakeLetter
from gateway.money.invoices.events import (
    InvoiceAct,
    InvoiceActed,
    InvoiceEntered,
    InvoiceExported,
    LetterMade,
    LetterNotMade,
)
from gateway.money.invoices.records import Claim, Invoice, InvoiceState
from gateway.money.records import Means
from gateway.notices.records import Notice, NoticeKind
from gateway.store.invoices_port import InvoiceFilter, KeptLetter
from gateway.store.notices_port import NewNotice, NoticeChange, NoticeFilter
from gateway.store.port import AlreadyExists, LeaseLost, Store
from gateway.store.postgres import PostgresStore
from gateway.workflow.tasks import TaskKind
from tests.money.test_invoice_table import CLAIM, DIFFERS, LETTER
from tests.store.values import NOW, later

A, S = InvoiceAct, InvoiceState


def claim(**more: Any) -> Claim:
    return msgspec.structs.replace(CLAIM, **more)


def entered(name: str = "V-1", at: float = 0, **more: Any) -> InvoiceEntered:
    found = more.pop("findings", ())
    return InvoiceEntered(at=later(at), by="anna", invoice=name, claim=claim(**more), fiscal_year=2027, findings=found)


def acted(act: InvoiceAct, by: str = "anna", at: float = 1, **more: Any) -> InvoiceActed:
    return InvoiceActed(at=later(at), by=by, act=act, **more)


PAY: dict[str, Any] = {"paid_on": date(2026, 1, 9), "means": Means.CHECK, "reference": "4711"}


@pytest.fixture
def door(store: Store) -> InvoiceIntake:
    return InvoiceIntake(store)


async def known(store: Store, name: str = "V-1") -> Invoice:
    found = await store.invoices.invoice(name)
    assert found is not None
    return found


async def approved(door: InvoiceIntake, name: str = "V-1", **more: Any) -> None:
    await door.enter(entered(name, **more))
    assert isinstance(await door.submit_invoice(name, acted(A.VERIFY)), Decision)
    assert isinstance(await door.submit_invoice(name, acted(A.APPROVE, "berta")), Decision)


async def test_an_invoice_is_kept_as_it_was_entered(store: Store, door: InvoiceIntake) -> None:
    made = await door.enter(entered(findings=(DIFFERS,), amount=Decimal("80.05")))
    assert await known(store) == made
    assert (made.state, made.claim.amount, made.agreed) == (S.ENTERED, Decimal("80.05"), Decimal("80.05"))
    (entry,) = await store.invoices.history("V-1")
    assert (entry.by, entry.state, "80.05 USD" in entry.words) == ("anna", "entered", True)
    assert await store.invoices.of_request("B-1") == (made,)
    assert await store.invoices.of_lender("sample", limit=9) == (made,)
    assert await store.invoices.invoice("V-2") is None


@pytest.mark.parametrize("number", ["2026/00417", "2026-00417", "2026 00417"])
async def test_the_same_number_of_a_lender_is_taken_once(store: Store, door: InvoiceIntake, number: str) -> None:
    await door.enter(entered())
    with pytest.raises(AlreadyExists):
        await door.enter(entered("V-2", number=number))
    assert await store.invoices.invoice("V-2") is None
    await door.enter(entered("V-3", number=number, request="B-2"))
    await door.enter(entered("V-4", number=number, dated=date(2025, 10, 1)))
    await door.enter(entered("V-5", number=number, partner="hills"))
    await door.submit_invoice("V-1", acted(A.DROP, words="a slip"))
    await door.enter(entered("V-6", number=number))


async def test_one_of_two_who_enter_it_at_once_is_told(door: InvoiceIntake) -> None:
    both = await asyncio.gather(*(door.enter(entered(f"V-{place}")) for place in range(2)), return_exceptions=True)
    assert sorted(type(each).__name__ for each in both) == ["AlreadyExists", "Invoice"]


async def test_a_form_that_is_sent_twice_enters_one(store: Store, door: InvoiceIntake) -> None:
    await door.enter(entered(), key="k1")
    with pytest.raises(AlreadyExists):
        await door.enter(entered("V-2", number="other"), key="k1")
    assert await store.bills.subject_of("k1") == "V-1"


async def test_two_people_who_approve_at_once_are_one_approval(store: Store, door: InvoiceIntake) -> None:
    await door.enter(entered())
    await door.submit_invoice("V-1", acted(A.VERIFY))
    asked = [door.submit_invoice("V-1", acted(A.APPROVE, name)) for name in ("berta", "carla")]
    rulings = await asyncio.gather(*asked)
    assert sorted(type(ruling).__name__ for ruling in rulings) == ["Decision", "MoneyRefused"]
    assert (await known(store)).approved_by in {"berta", "carla"}
    assert sum("Approved" in entry.words for entry in await store.invoices.history("V-1")) == 1
    assert await store.tasks(kind=TaskKind.APPROVE_INVOICE) == ()


async def test_one_approves_while_the_other_disputes(store: Store, door: InvoiceIntake) -> None:
    await door.enter(entered())
    await door.submit_invoice("V-1", acted(A.VERIFY))
    dispute = acted(A.DISPUTE, "carla", words="Not so.", letter=LETTER)
    await asyncio.gather(door.submit_invoice("V-1", acted(A.APPROVE, "berta")), door.submit_invoice("V-1", dispute))
    found = await known(store)
    assert (found.state, found.approved_by) == (S.DISPUTED, None), "whoever was first, it is disputed in the end"


async def test_a_task_asks_for_the_second_person_and_ends_with_the_approval(store: Store, door: InvoiceIntake) -> None:
    await door.enter(entered())
    await door.submit_invoice("V-1", acted(A.VERIFY))
    (task,) = await store.tasks(kind=TaskKind.APPROVE_INVOICE)
    assert (task.about, task.request, "verified by anna" in task.words) == ("V-1", None, True)
    await door.submit_invoice("V-1", acted(A.SEND_BACK, "berta", words="Which book?"))
    assert await store.tasks() == ()


async def test_a_letter_is_kept_byte_for_byte_with_what_says_so(store: Store, door: InvoiceIntake) -> None:
    await door.enter(entered())
    await door.submit_invoice("V-1", acted(A.DISPUTE, words="Not so.", letter=LETTER))
    (row,) = await store.claim(PRINTING_LANE, now=later(2), until=later(60), owner="one", limit=5)
    assert row.effect == MakeLetter(letter=1)
    pdf = bytes(range(256))
    kept = KeptLetter(invoice="V-1", letter=1, made_at=later(3), digest="d", template_hash="t", pdf=pdf)
    made = LetterMade(at=later(3), letter=1, digest="d")
    with pytest.raises(LeaseLost):
        await door.submit_invoice("V-1", made, InvoiceCause(completes=row.id, owner="another", letter=kept))
    assert await store.invoices.letter("V-1", 1) is None
    await door.submit_invoice("V-1", made, InvoiceCause(completes=row.id, owner="one", letter=kept))
    assert await store.invoices.letter("V-1", 1) == kept
    assert await store.invoices.letters("V-1") == (1,)
    assert await store.pending("V-1") == ()
    await door.submit_invoice("V-1", acted(A.MAIL, at=4, to="ill@partner.example"))
    (mailing,) = await store.claim(MAIL_LANE, now=later(5), until=later(60), owner="one", limit=5)
    assert isinstance(mailing.effect, MailLetter)


async def test_a_template_that_is_wrong_is_a_task_and_ends_with_the_next_letter(
    store: Store, door: InvoiceIntake
) -> None:
    await door.enter(entered())
    await door.submit_invoice("V-1", acted(A.DISPUTE, words="Not so.", letter=LETTER))
    await door.submit_invoice("V-1", LetterNotMade(at=later(2), letter=1, words="line 3"))
    assert [task.about for task in await store.tasks(kind=TaskKind.PAPER_FAILED)] == ["V-1"]
    await door.submit_invoice("V-1", acted(A.MAKE_LETTER, at=3))
    assert await store.tasks() == ()


async def test_an_export_holds_each_approved_invoice_once(store: Store, door: InvoiceIntake) -> None:
    for place in range(3):
        await approved(door, f"V-{place}", number=f"77-{place}")
    await door.enter(entered("V-9", number="99"))
    batch, invoices = await door.export(at=later(9), by="carla", key="k1")
    assert [invoice.id for invoice in invoices] == ["V-0", "V-1", "V-2"]
    assert await store.invoices.in_batch(batch) == invoices
    assert {invoice.state for invoice in invoices} == {S.EXPORTED}
    assert await store.bills.subject_of("k1") == batch
    assert [(each.batch, each.count) for each in await store.invoices.batches(limit=5)] == [(batch, 3)]
    assert (await door.export(at=later(10), by="carla"))[1] == ()
    await approved(door, "V-4", number="78")
    with pytest.raises(AlreadyExists):
        await door.export(at=later(11), by="carla", key="k1")
    assert (await known(store, "V-4")).state is S.APPROVED, "nothing of it was written"


async def test_two_who_export_at_once_give_no_invoice_twice(store: Store, door: InvoiceIntake) -> None:
    for place in range(12):
        await approved(door, f"V-{place:02}", number=f"77-{place}")
    exports = await asyncio.gather(*(door.export(at=later(9), by=name) for name in ("berta", "carla")))
    names = [invoice.id for _, invoices in exports for invoice in invoices]
    assert sorted(names) == [f"V-{place:02}" for place in range(12)]
    assert sum(each.count for each in await store.invoices.batches(limit=5)) == 12


async def test_an_export_and_a_dispute_at_once_pay_nothing_that_is_disputed(store: Store, door: InvoiceIntake) -> None:
    await approved(door)
    dispute = acted(A.DISPUTE, "carla", words="Not so.", letter=LETTER)
    _, ruling = await asyncio.gather(door.export(at=later(9), by="berta"), door.submit_invoice("V-1", dispute))
    state = (await known(store)).state
    assert state is (S.DISPUTED if isinstance(ruling, Decision) else S.EXPORTED)


@pytest.mark.parametrize(
    ("amount", "currency"),
    [("1000000000.01", "USD"), ("0.00", "USD"), ("1000000000", "JPY"), ("1000000000.001", "KWD"), ("0", "JPY")],
)
async def test_amounts_of_a_billion_and_of_nothing_come_back_as_they_were(
    store: Store, door: InvoiceIntake, amount: str, currency: str
) -> None:
    await approved(door, "V-9", number="other", currency=currency, amount=Decimal(1000))
    made = await door.enter(entered(amount=Decimal(amount), currency=currency))
    found = await known(store)
    assert (found.claim.amount, found.agreed) == (made.agreed, made.agreed)
    assert str(found.agreed) == amount
    totals = {(row.state, row.currency): row.agreed for row in await store.invoices.totals()}
    assert totals[S.ENTERED, currency] == made.agreed
    ruling = await door.submit_invoice("V-1", acted(A.VERIFY))
    assert isinstance(ruling, Decision)
    assert ruling.subject.state is (S.WITHDRAWN if made.agreed == NOTHING else S.VERIFIED)


async def test_invoices_are_listed_newest_first_page_by_page(store: Store, door: InvoiceIntake) -> None:
    for place in range(5):
        lender = "sample" if place % 2 else "hills"
        await door.enter(entered(f"V-{place}", at=place, number=f"77-{place}", partner=lender))
    await door.submit_invoice("V-0", acted(A.NOTE, at=9, words="call them"))
    listed = await store.invoices.invoices(InvoiceFilter(limit=2))
    assert [invoice.id for invoice in listed] == ["V-0", "V-4"]
    before = (listed[-1].updated_at, listed[-1].id)
    assert [each.id for each in await store.invoices.invoices(InvoiceFilter(limit=2, before=before))] == ["V-3", "V-2"]
    of_lender = InvoiceFilter(lenders=("other", "sample"), states=(S.ENTERED, S.PAID))
    assert [each.id for each in await store.invoices.invoices(of_lender)] == ["V-3", "V-1"]
    assert await store.invoices.invoices(InvoiceFilter(fiscal_year=2026)) == ()
    assert len(await store.invoices.invoices(InvoiceFilter(fiscal_year=2027))) == 5


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("samp",), {"V-1", "V-2"}),
        (("samp", "alman"), {"V-1"}),
        (("202600417",), {"V-1"}),
        (("00417",), {"V-1"}),
        (("uber",), {"V-2"}),
        (("nobody",), set()),
        (("samp%",), set()),
    ],
)
async def test_invoices_are_found_by_the_beginnings_of_words(
    store: Store, door: InvoiceIntake, words: tuple[str, ...], found: set[str]
) -> None:
    await door.enter(entered("V-1", title="The Imaginary Almanac"))
    await door.enter(entered("V-2", number="88", title="Über Öl"))
    listed = await store.invoices.invoices(InvoiceFilter(words=words))
    assert {invoice.id for invoice in listed} == found


async def test_words_follow_what_was_corrected(store: Store, door: InvoiceIntake) -> None:
    await door.enter(entered(title="The Imaginary Almanac"))
    await door.submit_invoice("V-1", acted(A.CORRECT, claim=claim(title="Knots Nobody Ties"), fiscal_year=2027))
    assert await store.invoices.invoices(InvoiceFilter(words=("almanac",))) == ()
    assert len(await store.invoices.invoices(InvoiceFilter(words=("knots",)))) == 1


async def test_a_correction_to_another_invoices_number_is_told(store: Store, door: InvoiceIntake) -> None:
    await door.enter(entered("V-1"))
    await door.enter(entered("V-2", number="88"))
    with pytest.raises(AlreadyExists):
        await door.submit_invoice("V-2", acted(A.CORRECT, claim=claim(), fiscal_year=2027))
    assert (await known(store, "V-2")).claim.number == "88"


async def test_what_comes_late_is_written_down_and_changes_nothing(store: Store, door: InvoiceIntake) -> None:
    await door.enter(entered())
    late = await door.submit_invoice("V-1", InvoiceExported(at=later(1), by="berta", batch="X-1"))
    assert isinstance(late, MoneyIgnored)
    assert len(await store.invoices.history("V-1")) == 2
    assert isinstance(await door.submit_invoice("V-1", acted(A.PAY, **PAY)), MoneyRefused)
    assert len(await store.invoices.history("V-1")) == 2
    with pytest.raises(UnknownInvoice):
        await door.submit_invoice("V-9", acted(A.NOTE, words="x"))


async def test_only_what_ended_long_ago_is_forgotten_with_all_of_it(store: Store, door: InvoiceIntake) -> None:
    for name, number in (("V-1", "1"), ("V-2", "2")):
        await approved(door, name, number=number)
    await door.submit_invoice("V-1", acted(A.PAY, "berta", 5, **PAY))
    letters = [
        Notice(
            id=f"{name} letter 1", kind=NoticeKind.DISPUTE, about=name, to="a@b.example", made_at=NOW, changed_at=NOW
        )
        for name in ("V-1", "V-2")
    ]
    await store.notices.commit(NoticeChange(at=NOW, new=tuple(NewNotice(notice=each) for each in letters)))
    end = later(6)
    assert await store.invoices.ended(before=later(5), limit=9) == ()
    assert await store.invoices.ended(before=end, limit=9) == ("V-1",)
    assert not await forget_invoice(store, "V-2", ended_before=end, at=end)
    assert await forget_invoice(store, "V-1", ended_before=end, at=end)
    assert await store.invoices.invoice("V-1") is None
    assert await store.invoices.history("V-1") == ()
    assert [mail.about for mail in await store.notices.notices(NoticeFilter())] == ["V-2"], "its letters' mails too"
    assert [each.id for each in await store.invoices.invoices(InvoiceFilter(words=("samp",)))] == ["V-2"]
    assert len(await store.invoices.history("V-2")) == 3


async def test_the_fiscal_year_stays_as_it_was_when_it_was_entered(store: Store, door: InvoiceIntake) -> None:
    await door.enter(entered())
    changed = InvoiceEntered(at=later(1), by="anna", invoice="V-2", claim=claim(number="88"), fiscal_year=2026)
    await door.enter(changed)
    years = {name: (await known(store, name)).fiscal_year for name in ("V-1", "V-2")}
    assert years == {"V-1": 2027, "V-2": 2026}
    later_on = later(1) + timedelta(days=400)
    await door.submit_invoice("V-1", InvoiceActed(at=later_on, by="anna", act=A.NOTE, words="still here"))
    assert (await known(store)).fiscal_year == 2027


@pytest.mark.process
async def test_of_two_gateways_one_approves_and_one_exports(stores: tuple[PostgresStore, PostgresStore]) -> None:
    doors = [InvoiceIntake(store) for store in stores]
    names = [f"V-{place:02}" for place in range(10)]
    for place, name in enumerate(names):
        await doors[0].enter(entered(name, number=f"77-{place}"))
        await doors[0].submit_invoice(name, acted(A.VERIFY))
    tries = (
        door.submit_invoice(name, acted(A.APPROVE, who))
        for name in names
        for door, who in zip(doors, ("berta", "carla"), strict=True)
    )
    rulings = await asyncio.gather(*tries)
    assert sum(isinstance(ruling, Decision) for ruling in rulings) == len(names)
    exports = await asyncio.gather(*(door.export(at=later(9), by="berta") for door in doors))
    assert sorted(invoice.id for _, invoices in exports for invoice in invoices) == names
