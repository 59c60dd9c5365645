"""Bills by e-mail against a real SMTP server on loopback: taken, refused, greylisted, away, and cut off at the end."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from gateway.dispatch.bills import BillCause
from gateway.dispatch.performers.mail import Mail
from gateway.dispatch.results import BillHappened, Fault, Later
from gateway.dispatch.smtp import MailServer, Smtp
from gateway.money.effects import BillPaper, MailPaper
from gateway.money.events import BillAct, Mailed, NotMailed, PaperMade
from gateway.money.records import Bill, BillKind
from gateway.notices.texts import Text
from gateway.outgoing import Destinations
from gateway.store.bills_port import KeptPaper
from gateway.store.port import EffectRow
from tests.dispatch.house import OWNER, House
from tests.dispatch.test_bill_work import acted, bill_of, finalised
from tests.fakes.mail_server import MailBox, Step, mail_server

TO = "bills@partner.example"
PDF = b"%PDF-1.7\n.\n.. dots\n"


@pytest.fixture
async def box() -> AsyncIterator[MailBox]:
    async with mail_server() as opened:
        yield opened


def mail(
    house: House,
    box: MailBox,
    *,
    allowed: tuple[str, ...] = ("127.0.0.0/8",),
    enclosed: tuple[Path, ...] = (),
    **more: object,
) -> Mail:
    server = MailServer(
        host="127.0.0.1", port=box.port, sender="ill@library.example", start_tls=False, timeout_s=5.0, pause_s=0.0
    )
    server = msgspec.structs.replace(server, **more)
    way = Smtp(time=house.time, server=server, destinations=Destinations(allowed))
    return Mail(store=house.store, time=house.time, owner=OWNER, way=way, enclosed=enclosed)


async def row_of(house: House, paper: BillPaper = BillPaper.BILL) -> tuple[EffectRow, Bill]:
    """The leased row of a mail with a paper that is made."""
    await finalised(house)
    kept = KeptPaper(bill="M-1", paper=BillPaper.BILL, made_at=house.time.now(), digest="d", template_hash="t", pdf=PDF)
    made = PaperMade(at=house.time.now(), paper=BillPaper.BILL, digest="d")
    await house.bills.submit_bill("M-1", made, BillCause(paper=kept))
    await house.bills.submit_bill("M-1", acted(house, BillAct.MAIL, to=TO))
    now = house.time.now()
    rows = await house.store.claim("mail", now=now, until=now.replace(year=2099), owner=OWNER, limit=5)
    (row,) = rows
    return row, await bill_of(house)


async def kept_reminder(house: House) -> None:
    kept = KeptPaper(
        bill="M-1", paper=BillPaper.REMINDER_1, made_at=house.time.now(), digest="d", template_hash="t", pdf=PDF
    )
    made = PaperMade(at=house.time.now(), paper=BillPaper.REMINDER_1, digest="d")
    await house.bills.submit_bill("M-1", made, BillCause(paper=kept))


async def sent(house: House, box: MailBox, **more: object) -> BillHappened | Later:
    row, bill = await row_of(house)
    assert isinstance(row.effect, MailPaper)
    return await mail(house, box, **more).send(row, row.effect, bill)  # type: ignore[arg-type]


async def test_a_bill_is_handed_over_with_its_pdf_byte_for_byte(house: House, box: MailBox):
    result = await sent(house, box)
    assert isinstance(result, BillHappened)
    assert isinstance(result.event, Mailed)
    (message,) = box.messages
    assert (message["To"], message["Subject"]) == (TO, "Our invoice ILL-2027-00001, Example Valley Library")
    assert message["Message-ID"].startswith("<M-1.bill.")
    attached = [part for part in message.walk() if part.get_filename()]
    assert [(part.get_filename(), part.get_payload(decode=True)) for part in attached] == [("ILL-2027-00001.pdf", PDF)]
    assert "Imaginary Almanac" not in box.taken[0].decode(), "no title of a work"


async def test_what_is_enclosed_goes_with_an_invoice_alone_and_is_a_task_if_it_is_gone(
    house: House, box: MailBox, tmp_path: Path
):
    form = tmp_path / "w-9.pdf"
    form.write_bytes(b"%PDF of the tax form")
    row, bill = await row_of(house)
    assert isinstance(row.effect, MailPaper)
    sender = mail(house, box, enclosed=(form,))
    assert isinstance(await sender.send(row, row.effect, bill), BillHappened)
    attached = [part.get_filename() for part in box.messages[0].walk() if part.get_filename()]
    assert attached == ["ILL-2027-00001.pdf", "w-9.pdf"]
    assert await sender._enclosed_with(row.effect, msgspec.structs.replace(bill, kind=BillKind.CREDIT_NOTE)) == ()
    form.unlink()
    result = await sender.send(row, row.effect, bill)
    assert isinstance(result, BillHappened)
    assert isinstance(result.event, NotMailed)
    assert (result.event.words, result.event.perhaps) == ("What is to go with it can't be read: w-9.pdf.", False)
    assert len(box.messages) == 1


@pytest.mark.parametrize(("code", "is_for_good"), [("550 no such box", True), ("451 greylisted, come again", False)])
async def test_a_refused_address_is_a_persons_and_a_greylisted_one_is_tried_again(
    house: House, box: MailBox, code: str, *, is_for_good: bool
):
    box.to_recipient = code
    result = await sent(house, box)
    if is_for_good:
        assert isinstance(result, BillHappened)
        assert isinstance(result.event, NotMailed)
        assert (result.event.perhaps, "550" in result.event.words) == (False, True)
    else:
        assert isinstance(result, Later)
        assert (result.unstarted, result.fault) == (True, Fault.ITS_OWN)
    assert box.taken == []


async def test_what_is_refused_after_data_is_known_not_to_be_taken(house: House, box: MailBox):
    box.to_data = "452 no room"
    result = await sent(house, box)
    assert isinstance(result, Later)
    assert result.unstarted


@pytest.mark.parametrize(("step", "taken"), [(Step.DATA, 0), (Step.WITHIN_DATA, 0), (Step.END_OF_DATA, 1)], ids=str)
async def test_a_bill_that_is_cut_off_from_data_on_may_have_arrived(house: House, box: MailBox, step: Step, taken: int):
    box.drop_at = step
    result = await sent(house, box)
    assert isinstance(result, BillHappened)
    assert isinstance(result.event, NotMailed)
    assert result.event.perhaps
    assert len(box.taken) == taken


@pytest.mark.parametrize("step", [Step.GREETING, Step.EHLO, Step.MAIL, Step.RCPT])
async def test_a_bill_that_is_cut_off_before_data_was_not_begun_and_goes_once(house: House, box: MailBox, step: Step):
    row, bill = await row_of(house)
    assert isinstance(row.effect, MailPaper)
    sender, box.drop_at = mail(house, box), step
    cut = await sender.send(row, row.effect, bill)
    assert isinstance(cut, Later)
    assert cut.unstarted
    assert [each.started_at for each in await house.store.pending("M-1") if each.id == row.id] == [None]
    box.drop_at = None
    again = await sender.send(row, row.effect, bill)
    assert isinstance(again, BillHappened)
    assert isinstance(again.event, Mailed)
    assert len(box.taken) == 1


async def test_a_bill_that_was_being_sent_when_the_gateway_was_killed_is_not_sent_again_by_itself(
    house: House, box: MailBox
):
    row, bill = await row_of(house)
    assert isinstance(row.effect, MailPaper)
    found = msgspec.structs.replace(row, started_at=house.time.now())
    result = await mail(house, box).send(found, row.effect, bill)
    assert isinstance(result, BillHappened)
    assert isinstance(result.event, NotMailed)
    assert (result.event.perhaps, box.asked) == (True, 0)


async def test_a_reminder_that_is_cut_off_goes_once_more_under_the_same_id(house: House, box: MailBox):
    row, bill = await row_of(house)
    assert isinstance(row.effect, MailPaper)
    effect = msgspec.structs.replace(row.effect, paper=BillPaper.REMINDER_1)
    await kept_reminder(house)
    box.drop_at = Step.END_OF_DATA
    cut = await mail(house, box).send(row, effect, bill)
    assert isinstance(cut, Later)
    assert not cut.unstarted
    box.drop_at = None
    again = await mail(house, box).send(msgspec.structs.replace(row, started_at=house.time.now()), effect, bill)
    assert isinstance(again, BillHappened)
    assert len({message["Message-ID"] for message in box.messages}) == 1
    assert len(box.taken) == 2


async def test_a_reminder_that_is_cut_off_twice_may_have_arrived_and_goes_no_third_time(house: House, box: MailBox):
    row, bill = await row_of(house)
    assert isinstance(row.effect, MailPaper)
    effect = msgspec.structs.replace(row.effect, paper=BillPaper.REMINDER_1)
    await kept_reminder(house)
    box.drop_at = Step.END_OF_DATA
    sender, again = mail(house, box), msgspec.structs.replace(row, started_at=house.time.now())
    assert isinstance(await sender.send(row, effect, bill), Later)
    result = await sender.send(again, effect, bill)
    assert isinstance(result, BillHappened)
    assert isinstance(result.event, NotMailed)
    assert (result.event.perhaps, len(box.taken)) == (True, 2)


async def test_what_may_have_arrived_stays_so_while_the_server_is_away(house: House, box: MailBox):
    row, bill = await row_of(house)
    assert isinstance(row.effect, MailPaper)
    effect = msgspec.structs.replace(row.effect, paper=BillPaper.REMINDER_1)
    await kept_reminder(house)
    again = msgspec.structs.replace(row, started_at=house.time.now())
    away = await mail(house, box, port=1).send(again, effect, bill)
    assert isinstance(away, Later)
    assert not away.unstarted, "else it would go twice more"


async def test_a_server_that_is_away_leaves_its_lane_to_the_back_off(house: House, box: MailBox):
    result = await sent(house, box, port=1)
    assert isinstance(result, Later)
    assert (result.unstarted, result.fault) == (True, Fault.LANES)


async def test_an_address_that_the_settings_do_not_allow_is_not_connected_to(house: House, box: MailBox):
    row, bill = await row_of(house)
    assert isinstance(row.effect, MailPaper)
    result = await mail(house, box, allowed=()).send(row, row.effect, bill)
    assert isinstance(result, Later)
    assert "outgoing.allowed_networks" in result.words
    assert box.asked == 0


async def test_a_letter_that_is_no_work_is_handed_over_and_what_was_refused_or_is_away_is_told(
    house: House, box: MailBox
):
    text = Text(subject="Audit chain", body="1f0c\n")
    assert await mail(house, box).post(TO, text, "audit.1f0c") is None
    (message,) = box.messages
    assert (message["To"], message["Subject"], message["Message-ID"]) == (
        TO,
        "Audit chain",
        "<audit.1f0c@library.example>",
    )
    box.to_recipient = "550 no such box"
    assert "550" in str(await mail(house, box).post(TO, text, "audit.1f0c"))
    box.to_recipient, box.to_data = "250 OK", "452 no room"
    assert "did not take it: 452" in str(await mail(house, box).post(TO, text, "audit.1f0c"))
    assert "can't be reached" in str(await mail(house, box, port=1).post(TO, text, "audit.1f0c"))
    assert len(box.taken) == 1
