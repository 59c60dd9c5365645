"""The queue's work for lenders' invoices: each dispute letter set once as PDF, kept and mailed; files go when their years are over."""

import asyncio
import hashlib
from datetime import UTC, timedelta
from decimal import Decimal
from typing import Any

import pytest

from gateway.dispatch.invoices import InvoiceCause
from gateway.dispatch.keeping import Keeping, Purger
from gateway.dispatch.results import InvoiceHappened
from gateway.money.invoices.effects import MailLetter
from gateway.money.invoices.events import (
    InvoiceAct,
    InvoiceActed,
    InvoiceEntered,
    LetterMade,
    LetterMailed,
    LetterNotMailed,
)
from gateway.money.invoices.records import Invoice
from gateway.money.records import Means
from gateway.notices.records import NoticeState
from gateway.store.copies_port import CopyFile
from gateway.store.invoices_port import KeptLetter
from gateway.store.notices_port import NoticeFilter
from gateway.workflow.tasks import TaskKind
from tests.dispatch.house import OWNER, House, request
from tests.dispatch.test_keeping import KEPT, end, run
from tests.dispatch.test_mail import TO, mail
from tests.dispatch.working import until, working
from tests.fakes.mail_server import MailBox, Step, mail_server
from tests.money.test_invoice_table import LETTER
from tests.store.test_contract_invoices import claim

A = InvoiceAct


async def enter(house: House, **more: Any) -> None:
    event = InvoiceEntered(
        at=house.time.now(), by="anna", invoice="V-1", claim=claim(**more), fiscal_year=2027, findings=()
    )
    await house.invoices.enter(event)


async def act(house: House, act: InvoiceAct, by: str = "anna", **more: Any) -> None:
    await house.invoices.submit_invoice("V-1", InvoiceActed(at=house.time.now(), by=by, act=act, **more))


async def known(house: House) -> Invoice:
    found = await house.store.invoices.invoice("V-1")
    assert found is not None
    return found


@pytest.mark.process
async def test_a_dispute_letter_is_set_once_and_kept_byte_for_byte(house: House):
    await enter(house)
    await act(house, A.DISPUTE, words="Not so.", letter=LETTER)

    async def made() -> bool:
        return (await known(house)).letter_made

    async with working(house):
        await until(made, house)
    kept = await house.store.invoices.letter("V-1", 1)
    assert kept is not None
    assert kept.pdf.startswith(b"%PDF")
    assert kept.digest == hashlib.sha256(kept.pdf).hexdigest()
    assert await house.store.pending("V-1") == ()


async def test_news_of_a_letter_refuses_no_form_that_was_open(house: House):
    await enter(house)
    await act(house, A.DISPUTE, words="Not so.", letter=LETTER)
    now, read = house.time.now(), await known(house)
    kept = KeptLetter(invoice="V-1", letter=1, made_at=now, digest="d", template_hash="t", pdf=b"%PDF-1.7\n.\n")
    await house.invoices.submit_invoice(
        "V-1", LetterMade(at=now, by="system", letter=1, digest="d"), InvoiceCause(letter=kept)
    )
    assert (await known(house)).version == read.version + 1
    ended = InvoiceActed(at=now, by="berta", act=A.END_DISPUTE, words="They agree.", amount=Decimal("25.00"))
    await house.invoices.submit_invoice("V-1", ended, InvoiceCause(seen=read.version_of_forms))
    assert (await known(house)).agreed == Decimal("25.00")


async def test_without_mail_a_letter_that_is_to_be_mailed_is_a_task(house: House):
    await enter(house)
    await act(house, A.DISPUTE, words="Not so.", letter=LETTER)
    await _made(house)
    await act(house, A.MAIL, to=TO)

    async def asked() -> bool:
        return bool(await house.store.tasks(kind=TaskKind.NOT_MAILED))

    async with working(house):
        await until(asked, house)


async def _made(house: House) -> None:
    """In the place of the worker that sets the letter."""
    at = house.time.now()
    kept = KeptLetter(invoice="V-1", letter=1, made_at=at, digest="d", template_hash="t", pdf=b"%PDF-1.7\n.\n")
    (row,) = await house.store.claim("printing", now=at, until=at + timedelta(days=9), owner=OWNER, limit=5)
    cause = InvoiceCause(completes=row.id, owner=OWNER, letter=kept)
    await house.invoices.submit_invoice("V-1", LetterMade(at=at, letter=1, digest="d"), cause)


async def sent(house: House, box: MailBox) -> InvoiceHappened:
    await enter(house)
    await act(house, A.DISPUTE, words="Not so.", letter=LETTER)
    await _made(house)
    await act(house, A.MAIL, to=TO)
    at = house.time.now()
    (row,) = await house.store.claim("mail", now=at, until=at + timedelta(days=9), owner=OWNER, limit=5)
    assert isinstance(row.effect, MailLetter)
    result = await mail(house, box).send_letter(row, row.effect, await known(house))
    assert isinstance(result, InvoiceHappened)
    return result


async def test_a_letter_is_handed_over_with_its_pdf(house: House):
    async with mail_server() as box:
        result = await sent(house, box)
    assert isinstance(result.event, LetterMailed)
    (message,) = box.messages
    assert (message["To"], message["Subject"]) == (TO, "Your invoice 2026/00417: disputed by Example Valley Library")
    assert message["Message-ID"].startswith("<V-1.dispute-1.")
    assert [part.get_filename() for part in message.walk() if part.get_filename()] == ["V-1-dispute-1.pdf"]


async def test_a_line_that_breaks_after_the_letter_leaves_it_to_a_person(house: House):
    async with mail_server() as box:
        box.drop_at = Step.END_OF_DATA
        result = await sent(house, box)
    assert isinstance(result.event, LetterNotMailed)
    assert result.event.perhaps


async def test_a_letter_stands_among_all_mails_with_what_became_of_it(house: House):
    async def stands() -> list[tuple[str, NoticeState]]:
        return [(mail.to, mail.state) for mail in await house.store.notices.notices(NoticeFilter(about="V-1"))]

    async with mail_server() as box:
        result = await sent(house, box)
    assert await stands() == [(TO, NoticeState.WAITING)]
    await house.invoices.submit_invoice("V-1", result.event)
    assert await stands() == [(TO, NoticeState.SENT)]


# ── retention ────────────────────────────────────────────────────────────────────────────────────


def file(house: House) -> CopyFile:
    at = house.time.now()
    return CopyFile(
        id="a" * 64, request="V-1", name="V-1-1.pdf", content_type="application/pdf", by="anna", at=at,
        ends_at=at + timedelta(days=9_000), size=9, pieces=1, is_complete=True,
    )  # fmt: skip


async def paid(house: House) -> None:
    await enter(house)
    await house.store.copies.begin(file(house))
    await house.store.copies.add_piece("a" * 64, 0, b"%PDF-1.7\n")
    await act(house, A.VERIFY)
    await act(house, A.APPROVE, "berta")
    today = house.time.now().date()
    await act(house, A.PAY, paid_on=today, means=Means.CHECK, reference="4711")


async def purged(house: House, years: int) -> int:
    keeping = Keeping(requests=None, documents=None, look_ups=None, bills=None, invoice_years=years)
    running = asyncio.create_task(Purger(house.store, keeping, house.time, UTC).run())
    while not running.done():
        await house.time.advance(1)
        await asyncio.sleep(0.001)
    return running.result().invoices


async def test_a_paid_invoice_goes_with_its_document_after_its_fiscal_years(house: House):
    await paid(house)
    ended = house.time.now()
    last_kept = ended.replace(year=ended.year + (8 if ended.month >= 7 else 7), month=6, day=30)
    await house.time.advance((last_kept - ended).total_seconds())
    assert await purged(house, 7) == 0
    await house.time.advance(2 * 86_400)
    assert await purged(house, 7) == 1
    assert await house.store.invoices.invoice("V-1") is None
    assert await house.store.copies.of_request("V-1") == ()


async def test_an_open_invoice_stays_however_old_it_is_and_so_does_its_request(house: House):
    await house.receive_raw(request(house.time.now()))
    ours = (await house.current()).id
    await enter(house, request=ours)
    await end(house)
    await house.time.advance(9_000 * 86_400)
    assert await run(house) == 0, "a request whose invoice is open stays"
    assert KEPT.requests is not None
    assert await purged(house, 0) == 0
    assert (await known(house)).claim.request == ours
    await act(house, A.WITHDRAW, words="They gave up.")
    assert await run(house) == 1, "and goes when that is over"
    assert (await known(house)).claim.request == ours
