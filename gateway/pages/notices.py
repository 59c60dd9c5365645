"""Notices: what went out by e-mail, what is unknown or refused and what can be done about it, what mails say."""

from http import HTTPStatus
from urllib.parse import quote, urlencode

import msgspec
from aiohttp import web

from gateway.desk import notices
from gateway.desk.errors import ConflictError, DeskError, UnusableError
from gateway.desk.structs.notices import (
    NoticeAct,
    NoticeActBody,
    NoticeFileQuery,
    NoticeKind,
    NoticesQuery,
    NoticeState,
    SendNowBody,
)
from gateway.pages.visit import Visit

ACT_WORDS = {
    NoticeAct.SEND_AGAIN: ("Send again", "It goes out once more, to this address."),
    NoticeAct.ARRIVED: ("It arrived", "The partner or branch says so: nothing more is sent."),
    NoticeAct.SET_ASIDE: ("Set aside", "It was printed, or is not needed: nothing more is sent."),
}
"""The label of each act, and what it does."""


async def show_list(visit: Visit) -> web.StreamResponse:
    """GET /notices: mails, newest change first."""
    return await _list(visit, visit.query(NoticesQuery))


async def _list(
    visit: Visit, query: NoticesQuery, *, said: str = "", problem: str = "", about: str = ""
) -> web.StreamResponse:
    plan = visit.desk.mail.plan
    return await visit.show(
        "notices.html",
        HTTPStatus.CONFLICT if problem else HTTPStatus.OK,
        listed=await notices.list_notices(visit.desk, visit.caller, query),
        query=query,
        states=NoticeState,
        kinds=NoticeKind,
        plan=plan,
        branches=tuple((code, visit.desk.library.branch(code)) for code in plan.branches),
        said=said,
        problem=problem,
        about=about,
        more=urlencode({name: value for name, value in visit.http.query.items() if name != "before"}),
    )


class SendForm(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be mailed now."""

    kind: str
    about: str = ""
    currency: str = ""


async def send_now(visit: Visit) -> web.StreamResponse:
    """POST /notices: mail statements, pull slips or the report now."""
    form = await visit.form(SendForm)
    given = {name: value for name, value in msgspec.structs.asdict(form).items() if value}
    try:
        body = msgspec.convert(given, SendNowBody)
        sent = await notices.send_now(visit.desk, visit.caller, body)
    except msgspec.ValidationError:
        return await _list(visit, NoticesQuery(), problem="Choose what is to be sent.")
    except DeskError as wrong:
        return await _list(visit, NoticesQuery(), problem=wrong.detail, about=form.about)
    return await _list(visit, NoticesQuery(), said=sent.words)


async def show_notice(visit: Visit) -> web.StreamResponse:
    """GET /notices/<id>: one mail with what it says."""
    return await _notice(visit)


async def _notice(
    visit: Visit, problem: str = "", given: "NoticeActForm | None" = None, tried: NoticeAct | None = None
) -> web.StreamResponse:
    found = await notices.show_notice(visit.desk, visit.caller, visit.path("notice"))
    return await visit.show(
        "notice.html",
        HTTPStatus.CONFLICT if problem else HTTPStatus.OK,
        found=found,
        acts=ACT_WORDS,
        NoticeAct=NoticeAct,
        problems={"to": problem} if problem else {},
        to=(given.to if given else "") or found.notice.to,
        words={tried: given.words} if given else {},
    )


class NoticeActForm(msgspec.Struct, frozen=True, kw_only=True):
    """What is done about a mail."""

    to: str = ""
    words: str = ""


async def act(visit: Visit) -> web.StreamResponse:
    """POST /notices/<id>/<act>: send it again, say that it arrived, or set it aside."""
    action, form = _action(visit), await visit.form(NoticeActForm)
    try:
        body = msgspec.convert({"to": form.to.strip() or None, "words": form.words}, NoticeActBody)
        await notices.act_on_notice(visit.desk, visit.caller, visit.path("notice"), action, body)
    except msgspec.ValidationError:
        return await _notice(visit, "Give an e-mail address like ill@library.example.", form, action)
    except (ConflictError, UnusableError) as wrong:
        return await _notice(visit, wrong.detail, form, action)
    return visit.go(f"/notices/{quote(visit.path('notice'), safe='')}")


def _action(visit: Visit) -> NoticeAct:
    try:
        return NoticeAct(visit.path("action"))
    except ValueError:
        raise UnusableError("There is no such act.") from None


async def show_file(visit: Visit) -> web.StreamResponse:
    """GET /notices/<id>/file: a file that went with it."""
    given = await notices.show_file(visit.desk, visit.caller, visit.path("notice"), visit.query(NoticeFileQuery))
    return visit.download(given, given.name or "file")


async def show_texts(visit: Visit) -> web.StreamResponse:
    """GET /notices/texts: what mails say, with made-up values."""
    shown = await notices.show_texts(visit.desk, visit.caller)
    return await visit.show("notice_texts.html", texts=shown.texts)
