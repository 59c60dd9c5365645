"""Notices through the queue, against a real mail server: sent once, refused, unknown, sent again, too late; all with their tasks."""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from gateway.dispatch.notices import UnknownNotice
from gateway.dispatch.performers.mail import Mail
from gateway.dispatch.smtp import MailServer, Smtp
from gateway.notices.life import NoticeEvent, NoticeTrigger
from gateway.notices.records import Notice, NoticeFile, NoticeKind, NoticeState
from gateway.outgoing import Destinations
from gateway.store.port import AlreadyExists
from gateway.workflow.tasks import TaskKind
from tests.dispatch.house import OWNER, House
from tests.dispatch.working import until, working
from tests.fakes.mail_server import MailBox, Step, mail_server

FILE = NoticeFile(name="statement.pdf", content_type="application/pdf", data=b"%PDF-1.7\n.\n.. dots\n")


@pytest.fixture
async def box() -> AsyncIterator[MailBox]:
    async with mail_server() as opened:
        yield opened


def notice(house: House, name: str = "N-1", **more: Any) -> Notice:
    now = house.time.now()
    given: dict[str, Any] = {
        "id": name,
        "kind": NoticeKind.STATEMENT,
        "about": "sample",
        "to": "a@partner.example",
        "subject": "Statement",
        "body": "See the attached statement.\n",
        "made_at": now,
        "changed_at": now,
    }
    return Notice(**(given | more))


async def begin(house: House, *made: Notice, slot: str | None = None) -> None:
    await house.notices.begin([(each, (FILE,)) for each in made], at=house.time.now(), slot=slot)


@asynccontextmanager
async def mailing(house: House, box: MailBox, **more: Any) -> AsyncIterator[None]:
    given: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": box.port,
        "sender": "ill@library.example",
        "start_tls": False,
        "pause_s": 0.0,
    }
    way = Smtp(time=house.time, server=MailServer(**(given | more)), destinations=Destinations(("127.0.0.0/8",)))
    house.performers.office.mail = Mail(store=house.store, time=house.time, owner=OWNER, way=way)
    async with working(house):
        yield


async def stands(house: House, name: str = "N-1") -> Notice:
    found = await house.store.notices.notice(name)
    assert found is not None
    return found


def is_now(house: House, state: NoticeState, name: str = "N-1") -> Callable[[], Coroutine[Any, Any, bool]]:
    async def reached() -> bool:
        return (await stands(house, name)).state is state

    return reached


async def tasks(house: House) -> list[tuple[str | None, TaskKind]]:
    return [(task.about, task.kind) for task in await house.store.tasks()]


async def test_a_notice_goes_out_with_its_files(house: House, box: MailBox):
    await begin(house, notice(house))
    async with mailing(house, box):
        await until(is_now(house, NoticeState.SENT), house)
    (message,) = box.messages
    assert (message["To"], message["Subject"]) == ("a@partner.example", "Statement")
    assert message["Message-ID"] == "<N-1.1@library.example>"
    attached = [part for part in message.walk() if part.get_filename()]
    assert [(part.get_filename(), part.get_payload(decode=True)) for part in attached] == [(FILE.name, FILE.data)]
    assert await house.store.pending("N-1") == ()
    assert await tasks(house) == []


async def test_a_refused_address_is_a_task_that_ends_when_it_goes_to_another(house: House, box: MailBox):
    box.to_recipient = "550 no such box"
    await begin(house, notice(house))
    async with mailing(house, box):
        await until(is_now(house, NoticeState.REFUSED), house)
        assert await tasks(house) == [("N-1", TaskKind.NOT_MAILED)]
        box.to_recipient = "250 OK"
        again = NoticeEvent(trigger=NoticeTrigger.SEND_AGAIN, at=house.time.now(), by="anna", to="b@partner.example")
        assert await house.notices.submit("N-1", again)
        await until(is_now(house, NoticeState.SENT), house)
    assert [message["To"] for message in box.messages] == ["b@partner.example"]
    assert box.messages[0]["Message-ID"] == "<N-1.2@library.example>", "another mail than the one that was refused"
    assert await tasks(house) == []


async def test_a_notice_that_is_cut_off_goes_once_more_and_is_unknown_if_that_is_cut_too(house: House, box: MailBox):
    box.drop_at = Step.END_OF_DATA
    await begin(house, notice(house))
    async with mailing(house, box):
        await until(is_now(house, NoticeState.UNKNOWN), house, step_s=5)
    assert len(box.taken) == 2
    assert len({message["Message-ID"] for message in box.messages}) == 1
    assert await tasks(house) == [("N-1", TaskKind.PERHAPS_MAILED)]


async def test_a_greylisted_notice_is_tried_until_it_is_taken(house: House, box: MailBox):
    box.to_recipient = "451 come again"

    async def was_asked_twice() -> bool:
        return box.asked >= 2

    await begin(house, notice(house))
    async with mailing(house, box):
        await until(was_asked_twice, house, step_s=5)
        box.to_recipient = "250 OK"
        await until(is_now(house, NoticeState.SENT), house, step_s=20)
    assert len(box.taken) == 1


async def test_what_is_tried_in_vain_is_a_task_and_is_tried_on(house: House, box: MailBox):
    async def is_task() -> bool:
        return await tasks(house) == [("N-1", TaskKind.NOT_MAILED)]

    box.to_recipient = "451 come again"
    await begin(house, notice(house))
    async with mailing(house, box):
        await until(is_task, house, step_s=20)
        assert (await stands(house)).state is NoticeState.WAITING
        box.to_recipient = "250 OK"
        await until(is_now(house, NoticeState.SENT), house, step_s=20)
    assert await tasks(house) == []


async def test_pull_slips_of_yesterday_are_not_sent(house: House, box: MailBox):
    late = house.time.now() - timedelta(seconds=1)
    await begin(house, notice(house, kind=NoticeKind.PULL_SLIPS, about="HILL", not_after=late))
    async with mailing(house, box):
        await until(is_now(house, NoticeState.REFUSED), house)
    assert "too late" in (await stands(house)).words
    assert box.taken == []


async def test_without_a_mail_server_it_is_refused_at_once(house: House):
    await begin(house, notice(house))
    async with working(house):
        await until(is_now(house, NoticeState.REFUSED), house)
    assert "[mail]" in (await stands(house)).words


async def test_a_time_of_the_schedule_is_seen_to_once_with_all_its_mails(house: House):
    await begin(house, notice(house, "N-1"), notice(house, "N-2"), slot="statement 2026-11-01 06:00")
    with pytest.raises(AlreadyExists):
        await begin(house, notice(house, "N-3"), slot="statement 2026-11-01 06:00")
    assert await house.store.notices.notice("N-3") is None
    assert await house.store.notices.is_seen_to("statement 2026-11-01 06:00")


async def test_a_notice_that_can_not_be_sent_from_the_start_is_a_task(house: House):
    await begin(house, notice(house, to="", state=NoticeState.REFUSED, words="no e-mail address is known."))
    assert await tasks(house) == [("N-1", TaskKind.NOT_MAILED)]
    assert await house.store.pending("N-1") == ()


async def test_nothing_happens_to_a_notice_that_is_not_there(house: House):
    event = NoticeEvent(trigger=NoticeTrigger.ARRIVED, at=datetime.now().astimezone())
    with pytest.raises(UnknownNotice):
        await house.notices.submit("N-404", event)
