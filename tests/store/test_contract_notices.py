"""The contract of the port, on both stores: notices with their files, lists, slots, forgetting; and how the mails of bills stand."""

from datetime import timedelta
from typing import Any

import pytest

from gateway.dispatch.bill_planning import BillPlanner
from gateway.dispatch.bills import BillCause, BillIntake
from gateway.dispatch.purging import purge_bill
from gateway.money.effects import BillPaper
from gateway.money.events import BillAct, Mailed, NotMailed, PaperMade
from gateway.money.records import BillState
from gateway.notices.effects import SendNotice
from gateway.notices.records import Notice, NoticeFile, NoticeKind, NoticeState
from gateway.store.bills_port import KeptPaper
from gateway.store.notices_port import NewNotice, NoticeChange, NoticeFilter
from gateway.store.port import AlreadyExists, LeaseLost, NewEffect, Store, VersionConflict
from gateway.workflow.effects import OpenTask
from gateway.workflow.tasks import TaskKind
from tests.store.outside import run
from tests.store.test_contract_bills import acted, finalise, proposed
from tests.store.values import NOW, later

FILE = NoticeFile(name="a.pdf", content_type="application/pdf", data=b"%PDF\x00\xff")
OTHER = NoticeFile(name="b.csv", content_type="text/csv", data=b"a,b\n")


def notice(name: str = "N-1", at: float = 0, **more: Any) -> Notice:
    given: dict[str, Any] = {
        "id": name,
        "kind": NoticeKind.STATEMENT,
        "about": "sample",
        "to": "a@partner.example",
        "subject": "Statement\0",
        "body": "See it.\n",
        "made_at": later(at),
        "changed_at": later(at),
    }
    return Notice(**(given | more))


def send(at: float = 0) -> NewEffect:
    return NewEffect(effect=SendNotice(), lane="mail", due_at=later(at))


async def put(
    store: Store, *notices: Notice, files: tuple[NoticeFile, ...] = (FILE, OTHER), slot: str | None = None
) -> None:
    new = tuple(NewNotice(notice=each, files=files, effects=(send(),)) for each in notices)
    await store.notices.commit(NoticeChange(at=NOW, new=new, slot=slot))


async def test_a_notice_is_kept_with_its_files_and_its_work(store: Store):
    await put(store, notice(not_after=later(9)))
    assert await store.notices.notice("N-1") == notice(not_after=later(9), subject="Statement")
    assert await store.notices.files("N-1") == (FILE, OTHER)
    (row,) = await store.pending("N-1")
    assert (row.effect, row.lane, row.request) == (SendNotice(), "mail", "N-1")
    assert await store.notices.notice("N-2") is None


async def test_what_became_of_it_completes_its_work_in_the_same_transaction(store: Store):
    await put(store, notice())
    (row,) = await store.claim("mail", now=NOW, until=later(60), owner="a", limit=1)
    sent = notice(
        state=NoticeState.REFUSED, version=2, words="No.", changed_at=later(1), changed_by="anna", to="b@c.example"
    )
    task = OpenTask(kind=TaskKind.NOT_MAILED, words="Look.")
    change = NoticeChange(at=later(1), changed=sent, open_tasks=(task,), completes=row.id, owner="b")
    with pytest.raises(LeaseLost):
        await store.notices.commit(change)
    assert (await store.notices.notice("N-1")) == notice(subject="Statement"), "nothing of it is written"
    await store.notices.commit(NoticeChange(at=later(1), changed=sent, open_tasks=(task,), completes=row.id, owner="a"))
    found = await store.notices.notice("N-1")
    assert found is not None
    assert (found.state, found.words, found.to, found.changed_by) == (NoticeState.REFUSED, "No.", "b@c.example", "anna")
    assert await store.pending("N-1") == ()
    assert [(each.about, each.kind) for each in await store.tasks()] == [("N-1", TaskKind.NOT_MAILED)]
    with pytest.raises(VersionConflict):
        await store.notices.commit(NoticeChange(at=later(2), changed=sent))


async def test_a_slot_is_seen_to_once_with_all_its_notices(store: Store):
    await put(store, notice("N-1"), notice("N-2"), slot="statement 2026-11-01 06:00")
    with pytest.raises(AlreadyExists):
        await put(store, notice("N-3"), slot="statement 2026-11-01 06:00")
    assert await store.notices.notice("N-3") is None
    assert await store.notices.is_seen_to("statement 2026-11-01 06:00")
    assert not await store.notices.is_seen_to("statement 2026-12-01 06:00")


async def test_notices_are_listed_newest_change_first_page_by_page(store: Store):
    await put(store, *(notice(f"N-{number}", number) for number in range(5)))
    await put(store, notice("N-9", 9, kind=NoticeKind.REPORT, about="board", state=NoticeState.SENT))
    page = await store.notices.notices(NoticeFilter(limit=2))
    assert [each.id for each in page] == ["N-9", "N-4"]
    rest = await store.notices.notices(NoticeFilter(before=(page[-1].changed_at, page[-1].id)))
    assert [each.id for each in rest] == ["N-3", "N-2", "N-1", "N-0"]
    assert [each.id for each in await store.notices.notices(NoticeFilter(state=NoticeState.SENT))] == ["N-9"]
    assert [each.id for each in await store.notices.notices(NoticeFilter(kind=NoticeKind.REPORT))] == ["N-9"]
    assert len(await store.notices.notices(NoticeFilter(about="sample"))) == 5
    assert await store.notices.count() == {NoticeState.WAITING: 5, NoticeState.SENT: 1}


async def test_what_nobody_waits_for_is_forgotten_with_its_files(store: Store):
    await put(
        store, notice("N-1", state=NoticeState.SENT), notice("N-2"), notice("N-3", state=NoticeState.REFUSED), slot="x"
    )
    await put(store, notice("N-4", 100, state=NoticeState.SENT), notice("N-5", state=NoticeState.SET_ASIDE))
    assert await store.notices.forget(before=later(50), limit=1) == 1
    assert await store.notices.forget(before=later(50), limit=10) == 1
    assert await store.notices.forget(before=later(50), limit=10) == 0
    left = {each.id for each in await store.notices.notices(NoticeFilter())}
    assert left == {"N-2", "N-3", "N-4"}, "what waits and what a person is to see to stays"
    assert await store.notices.files("N-1") == ()
    assert not await store.notices.is_seen_to("x")


async def test_the_mails_of_a_bill_stand_in_the_same_list(store: Store):
    door = BillIntake(store, BillPlanner())

    async def mails() -> list[tuple[str, NoticeState, str]]:
        return [(each.subject, each.state, each.to) for each in await store.notices.notices(NoticeFilter(about="M-1"))]

    await door.begin(proposed())
    await door.submit_bill("M-1", finalise())
    kept = KeptPaper(bill="M-1", paper=BillPaper.BILL, made_at=later(2), digest="d", template_hash="t", pdf=b"%PDF")
    await door.submit_bill("M-1", PaperMade(at=later(2), paper=BillPaper.BILL, digest="d"), BillCause(paper=kept))
    assert await mails() == []
    await door.submit_bill("M-1", acted(BillAct.MAIL, 3, to="a@b.example"))
    (waiting,) = await mails()
    assert waiting[1:] == (NoticeState.WAITING, "a@b.example")
    assert waiting[0].startswith("invoice ILL-")
    refused = NotMailed(at=later(4), paper=BillPaper.BILL, to="a@b.example", words="550.")
    await door.submit_bill("M-1", refused)
    assert [each[1] for each in await mails()] == [NoticeState.REFUSED]
    await door.submit_bill("M-1", acted(BillAct.MAIL, 5, to="c@d.example"))
    await door.submit_bill("M-1", Mailed(at=later(6), paper=BillPaper.BILL, to="c@d.example"))
    assert [each[1:] for each in await mails()] == [(NoticeState.SENT, "c@d.example")]


async def test_a_refused_mail_of_a_bill_is_set_aside_when_the_bill_goes_on_paper(store: Store):
    door = BillIntake(store, BillPlanner())
    await door.begin(proposed())
    await door.submit_bill("M-1", finalise())
    kept = KeptPaper(bill="M-1", paper=BillPaper.BILL, made_at=later(2), digest="d", template_hash="t", pdf=b"%PDF")
    await door.submit_bill("M-1", PaperMade(at=later(2), paper=BillPaper.BILL, digest="d"), BillCause(paper=kept))
    await door.submit_bill("M-1", NotMailed(at=later(4), paper=BillPaper.BILL, to="a@b.example", words="550."))
    await door.submit_bill("M-1", acted(BillAct.POSTED, 5))
    (mail,) = await store.notices.notices(NoticeFilter(about="M-1"))
    assert (mail.state, mail.changed_by) == (NoticeState.SET_ASIDE, "anna")
    assert mail.changed_at - mail.made_at == timedelta(seconds=1)


async def test_the_mails_of_a_bill_go_with_it_be_they_refused(store: Store):
    """Nobody sees to them any more once the bill is settled, and an address is not kept for ever."""
    door = BillIntake(store, BillPlanner())
    for name in ("M-1", "M-2"):
        await door.begin(proposed(name))
        await door.submit_bill(name, finalise())
        refused = NotMailed(at=later(4), paper=BillPaper.BILL, to=f"{name}@b.example", words="550.")
        await door.submit_bill(name, refused)
    await door.submit_bill("M-1", acted(BillAct.WRITE_OFF, 5, words="gone"))
    await run(store, "DELETE FROM effects")
    await run(store, "UPDATE tasks SET closed_at = 1")
    (old,) = await store.keeping.old_bills(BillState.WRITTEN_OFF, settled_before=later(100), limit=9)
    await purge_bill(store, old, at=later(500))
    assert [mail.to for mail in await store.notices.notices(NoticeFilter())] == ["M-2@b.example"]
