"""Signing in and out."""

from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote, quote_plus, urlsplit

import msgspec
from aiohttp import hdrs, web
from multidict import MultiMapping

from gateway.desk import sessions
from gateway.desk.errors import BusyError, StoreUnavailable, TooOftenError, WrongPasswordError
from gateway.pages.bodies import CARRIED_MAX, PARTS
from gateway.pages.forms import way_back
from gateway.pages.kept import FOLDED_ABOVE, Kept, carried, keep, kept
from gateway.pages.troubles import TOO_LONG_TO_KEEP, TroublePage, show_trouble, store_trouble, trouble_of
from gateway.pages.visit import Visit, Visitor

SIGNED_IN_AGAIN: Final = TroublePage(
    status=HTTPStatus.OK,
    heading="You are signed in again",
    sentences=("Your session had ended, so what you typed was not taken. Nothing was changed.",),
)
AFTER: Final = "/"
"""Where somebody goes who was on the way to nowhere."""


class SignIn(msgspec.Struct, frozen=True, kw_only=True):
    """What the form says."""

    name: str = ""
    password: str = ""
    to: str = AFTER
    kept: str = ""
    """A form that was sent when the session had ended."""


class On(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody was going."""

    to: str = AFTER


async def ask(visit: Visit, typed: MultiMapping[Any] | None) -> web.StreamResponse:
    """Lead somebody who is not signed in to the form, and from there to where they were going; what they typed goes along (None: too long)."""
    http = visit.http
    if "text/event-stream" in http.headers.get(hdrs.ACCEPT, ""):
        return web.Response(status=HTTPStatus.NO_CONTENT)  # what tells a browser to come back no more
    is_script = "HX-Request" in http.headers
    page = _page_before(http)
    form = None if typed is None else keep(http.path_qs, typed)
    text = carried(form) if form else ""
    if typed is None or len(quote_plus(text)) > CARRIED_MAX:
        return await show_trouble(visit, TOO_LONG_TO_KEEP)
    if text:
        return instead(await show_form(visit, HTTPStatus.FORBIDDEN, to=way(page), kept=text, has_ended=True))
    to = page if is_script else http.path_qs if http.method == "GET" else http.path
    address = f"/sign-in?to={quote(way(to), safe='')}"
    return web.Response(headers={"HX-Redirect": address}) if is_script else visit.go(address)


def instead(answer: web.Response) -> web.Response:
    """Put a page in place of an answer; a script that wanted a part of a page puts it in place of the whole."""
    answer.headers.update({"HX-Retarget": "body", "HX-Reswap": "outerHTML", "HX-Reselect": "body"})
    return answer


def _page_before(http: web.Request) -> str:
    """The page on which a form was filled in."""
    return _page_of(http.headers.get("HX-Current-URL") or http.headers.get(hdrs.REFERER) or AFTER)


def _page_of(address: str) -> str:
    """The path of a page's whole address; that of the first page for an address that is none."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return AFTER
    return f"{parts.path or AFTER}{'?' + parts.query if parts.query else ''}"


async def show_form(visit: Visit, status: HTTPStatus = HTTPStatus.OK, /, **given: Any) -> web.Response:
    """Answer with the form, and the other way to sign in."""
    elsewhere = visit.desk.sign_in.elsewhere.label if visit.desk.sign_in.elsewhere else None
    usual = {"name": "", "to": AFTER, "problems": {}, "kept": "", "has_ended": False, "elsewhere": elsewhere}
    return await visit.show("sign_in.html", status, **usual | given)


async def show(visit: Visit) -> web.StreamResponse:
    """GET /sign-in: the form; whoever is signed in already goes on."""
    to = way(visit.query(On).to)
    if visit.visitor is not None:
        return visit.go(to)
    return await show_form(visit, to=to)


async def sign_in(visit: Visit) -> web.StreamResponse:
    """POST /sign-in: check the password, and go where one was going; whoever has signed in meanwhile needs none."""
    form = await visit.form(SignIn)
    if visit.visitor is not None and form.kept:
        return await _go_on(visit, visit.visitor, form.to, form.kept)
    try:
        token, _session = await sessions.sign_in(
            visit.desk, form.name, form.password, address=visit.address, agent=visit.browser
        )
    except (WrongPasswordError, TooOftenError, BusyError) as exc:
        said = trouble_of(exc)
        problems = {"password": exc.detail}
        answer = await show_form(visit, said.status, name=form.name, to=way(form.to), problems=problems, kept=form.kept)
        answer.headers.update(said.headers)
        return answer
    except StoreUnavailable as exc:
        if not form.kept:
            raise
        said = store_trouble(exc)
        problems = {"": f"{said.heading}. Try again in a while."}
        return await show_form(visit, said.status, name=form.name, to=way(form.to), problems=problems, kept=form.kept)
    return await enter(visit, token, form.to, form.kept)


async def enter(visit: Visit, token: str, to: str, typed: str = "") -> web.StreamResponse:
    """Give the browser a session that was opened, and go on."""
    signed = await sessions.session_of(visit.desk, token)
    if signed is None:
        return visit.go("/sign-in")  # it was ended in this moment
    if visit.visitor is not None:
        await sessions.sign_out(visit.desk, visit.visitor.signed)  # nobody would find that one again
    answer = await _go_on(visit, Visitor(signed=signed, token=token), to, typed)
    visit.have_kept(answer, visit.settings.cookie, token)
    return answer


async def _go_on(visit: Visit, visitor: Visitor, to: str, typed: str) -> web.Response:
    """Go where one was going; what was typed before is shown, to be sent again."""
    form = kept(typed)
    if form is None or way(form.action) != form.action:
        return visit.go(way(to))
    return await _show_again(replace(visit, visitor=visitor), SIGNED_IN_AGAIN, form, way(to), visitor.form_token)


async def send_again(
    visit: Visit, why: TroublePage, typed: MultiMapping[Any], form_token: str, *, buttons_too: bool = True
) -> web.Response | None:
    """Show what was typed into a form that was not taken, with why not, to be sent again; None if nothing worth it was.

    A form that is a button alone is worth it only if the very same can be taken a little later.
    """
    form = keep(visit.http.path_qs, typed)
    if form is None or not (buttons_too or form.shown or form.files):
        return None
    return await _show_again(visit, why, form, way(_page_before(visit.http)), form_token)


async def _show_again(visit: Visit, why: TroublePage, form: Kept, to: str, form_token: str) -> web.Response:
    answer = await visit.show(
        "send_again.html",
        why.status,
        why=why,
        kept=form,
        to=to,
        token=form_token,
        in_parts=bool(form.files) or visit.http.content_type == PARTS,  # a list may be longer than a form of fields
        folded_above=FOLDED_ABOVE,
    )
    answer.headers.update(why.headers)
    return answer


async def sign_out(visit: Visit) -> web.StreamResponse:
    """POST /sign-out: the session counts no more."""
    await sessions.sign_out(visit.desk, visit.signed_in.signed)
    answer = visit.go("/sign-in")
    answer.del_cookie(visit.settings.cookie, path="/", secure=visit.settings.is_secure, httponly=True, samesite="Lax")
    return answer


def way(to: str) -> str:
    """Where to go on to: a page of this site, whoever made the address."""
    return way_back(to) or AFTER
