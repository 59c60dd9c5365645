"""Mails: what went out, is unknown or refused; what can be done about one; what they say. What goes out by itself: due_notices.py."""

from collections.abc import Iterable, Mapping

from gateway.desk.access import Caller
from gateway.desk.bills import read_cursor
from gateway.desk.due_notices import note_mailed
from gateway.desk.errors import ConflictError, NotThereError, UnusableError
from gateway.desk.notice_making import Made, Slips, pull_slips, reports, statement, statements
from gateway.desk.ports import Desk
from gateway.desk.reads import partners_by_id
from gateway.desk.shown import shown
from gateway.desk.structs.bills import StatementQuery
from gateway.desk.structs.common import Download
from gateway.desk.structs.notices import (
    NoticeAct,
    NoticeActBody,
    NoticeFileQuery,
    NoticeLine,
    NoticeList,
    NoticeShown,
    NoticesQuery,
    NoticeTexts,
    SendNowBody,
    SentNow,
    TextShown,
)
from gateway.dispatch.notices import UnknownNotice
from gateway.notices import life, texts
from gateway.notices.life import TRIGGER_OF, NoticeEvent
from gateway.notices.records import OF_PAPERS, Notice, NoticeKind
from gateway.store.notices_port import NoticeFilter
from gateway.store.port import Store
from gateway.workflow.partners import OurLibrary, Partner

NO_MAIL = "E-mail is not set up ([mail]): print it in place of that."


async def list_notices(desk: Desk, _caller: Caller, query: NoticesQuery) -> NoticeList:
    """Return mails, newest change first, page by page."""
    where = NoticeFilter(
        state=query.state, kind=query.kind, about=query.about, before=read_cursor(query.before), limit=query.limit
    )
    found = await desk.store.notices.notices(where)
    names = await partners_by_id(desk.store)
    last = found[-1] if len(found) == query.limit else None
    return NoticeList(
        notices=tuple(_line(desk.library, notice, names) for notice in found),
        counts=await desk.store.notices.count(),
        next=f"{last.changed_at.isoformat()} {last.id}" if last else None,
    )


def _line(library: OurLibrary, notice: Notice, partners: Mapping[str, Partner]) -> NoticeLine:
    is_of_paper, is_of_invoice = notice.kind in OF_PAPERS, notice.kind is NoticeKind.DISPUTE
    return shown(
        notice,
        NoticeLine,
        about_name=_name(library, notice, partners),
        bill=notice.about if is_of_paper and not is_of_invoice else None,
        invoice=notice.about if is_of_invoice else None,
        acts=() if is_of_paper else life.acts(notice.state),
    )


def _name(library: OurLibrary, notice: Notice, partners: Mapping[str, Partner]) -> str:
    match notice.kind:
        case NoticeKind.STATEMENT:
            partner = partners.get(notice.about)
            return partner.name if partner else notice.about
        case NoticeKind.PULL_SLIPS:
            return library.branch(notice.about)
    return notice.about


async def show_notice(desk: Desk, _caller: Caller, notice: str) -> NoticeShown:
    """Return one mail with what it says."""
    return await _shown(desk, await _found(desk.store, notice))


async def _found(store: Store, name: str) -> Notice:
    notice = await store.notices.notice(name)
    if notice is None:
        raise NotThereError("There is no such mail.")
    return notice


async def _shown(desk: Desk, notice: Notice) -> NoticeShown:
    files = await desk.store.notices.files(notice.id)
    return NoticeShown(
        notice=_line(desk.library, notice, await partners_by_id(desk.store)),
        body=notice.body,
        files=tuple(file.name for file in files),
    )


async def show_file(desk: Desk, _caller: Caller, notice: str, query: NoticeFileQuery) -> Download:
    """Return a file of a mail, byte for byte."""
    files = await desk.store.notices.files((await _found(desk.store, notice)).id)
    file = next((file for file in files if query.name in {"", file.name}), None)
    if file is None:
        raise NotThereError("This mail has no such file.")
    return Download(content_type=file.content_type, data=file.data, name=file.name)


async def act_on_notice(desk: Desk, caller: Caller, notice: str, action: NoticeAct, body: NoticeActBody) -> NoticeShown:
    """Send a mail again, say that it arrived, or set it aside. Raises ConflictError if that is not possible now."""
    found = await _found(desk.store, notice)
    if found.kind in OF_PAPERS:
        raise ConflictError("What can be done about it is done at its bill or invoice.")
    if action is NoticeAct.SEND_AGAIN and not desk.mail.plan.mails:
        raise ConflictError(NO_MAIL)
    if action is NoticeAct.SEND_AGAIN and not (body.to or found.to):
        raise UnusableError("to: name the e-mail address; nobody knows one.")
    event = NoticeEvent(
        trigger=TRIGGER_OF[action], at=desk.now(), by=caller.name, words=" ".join(body.words.split()), to=body.to
    )
    try:
        decision = await desk.mail.notices.submit(found.id, event)
    except UnknownNotice:
        raise NotThereError("There is no such mail.") from None
    if decision is None:
        raise ConflictError(f"That is not possible while the mail is “{found.state}”.")
    return await _shown(desk, decision.notice)


async def send_now(desk: Desk, caller: Caller, body: SendNowBody) -> SentNow:
    """Mail statements, pull slips or the report now, in place of waiting for their time."""
    if not desk.mail.plan.mails:
        raise ConflictError(NO_MAIL)
    made, slips = await _made(desk, caller, body)
    await desk.mail.notices.begin(made, at=desk.now())
    if slips is not None:
        await note_mailed(desk, slips, caller)
    words = f"{len(made)} {'mail' if len(made) == 1 else 'mails'} to send." if made else "There is nothing to send."
    return SentNow(notices=tuple(notice.id for notice, _ in made), words=words)


async def _made(desk: Desk, caller: Caller, body: SendNowBody) -> tuple[list[Made], Slips | None]:
    match body.kind:
        case "statement":
            if body.about is None:
                return await statements(desk), None
            return [await statement(desk, body.about, StatementQuery(currency=body.currency))], None
        case "pull slips":
            slips = await pull_slips(desk, _branches(desk, body.about), at=desk.now(), only_new=False)
            return slips.mails, slips
        case "report":
            if not desk.mail.plan.report_to:
                raise ConflictError("Nobody is named to get the report ([notices] report_to).")
            return await reports(desk, caller), None


def _branches(desk: Desk, name: str | None) -> Iterable[str]:
    """All branches that get pull slips, or one. Raises NotThereError, ConflictError."""
    if name is None and not desk.mail.plan.branches:
        raise ConflictError("No branch has an address for its pull slips ([branches.<code>] pull_slips_to).")
    if name is not None and name not in desk.library.branches:
        raise NotThereError("There is no such branch.")
    return (name,) if name is not None else tuple(desk.mail.plan.branches)


async def show_texts(desk: Desk, _caller: Caller) -> NoticeTexts:
    """Return what mails of each kind say, and how that looks."""
    return NoticeTexts(texts=tuple(_text(kind, desk.mail.plan.texts) for kind in NoticeKind))


def _text(kind: NoticeKind, own: Mapping[str, str]) -> TextShown:
    text, sample = texts.text_of(kind, own), texts.written(kind, texts.SAMPLES[kind], own)
    settings = (texts.setting(kind, "subject"), texts.setting(kind, "body"))
    return TextShown(
        kind=kind,
        subject=text.subject,
        body=text.body,
        is_own=any(name in own for name in settings),
        names=tuple(texts.SAMPLES[kind]),
        subject_shown=sample.subject,
        body_shown=sample.body,
        settings=settings,
    )
