"""Your account: who you are here, another password, and where you are signed in."""

from http import HTTPStatus
from typing import Final

import msgspec
from aiohttp import web

from gateway.desk import accounts, sessions
from gateway.desk.errors import TooOftenError, UnusableError, WrongPasswordError
from gateway.desk.passwords import LENGTH_MIN
from gateway.desk.structs.accounts import OwnPasswordBody
from gateway.pages.forms import by_field
from gateway.pages.paging import After
from gateway.pages.staff import page_of_sessions
from gateway.pages.visit import Visit

HOME: Final = "/account"
_DIFFER: Final = {"again": "The two new passwords differ."}


class PasswordForm(msgspec.Struct, frozen=True, kw_only=True):
    """What the form says."""

    current: str = ""
    new: str = ""
    again: str = ""


class AccountQuery(After, frozen=True, kw_only=True):
    """What has just been done, and the page of sessions."""

    said: str = ""


async def show(visit: Visit) -> web.StreamResponse:
    """GET /account: the page."""
    done = "Your password is changed. You are signed out everywhere else." if visit.query(AccountQuery).said else ""
    return await _shown(visit, done=done)


async def stay(_visit: Visit) -> web.StreamResponse:
    """GET /account/stay: somebody is there; the session goes on (static/session.js)."""
    return web.Response(status=HTTPStatus.NO_CONTENT)


async def change_password(visit: Visit) -> web.StreamResponse:
    """POST /account/password: the new one counts from now on."""
    form = await visit.form(PasswordForm)
    problems = {} if form.new == form.again else _DIFFER
    if not problems:
        body = OwnPasswordBody(current=form.current, new=form.new)
        try:
            await accounts.change_own_password(visit.desk, visit.signed_in.signed, body, address=visit.address)
        except (UnusableError, WrongPasswordError, TooOftenError) as exc:
            problems = by_field(exc.problems or ()) or {"current": exc.detail}
        else:
            return visit.go(f"{HOME}?said=password")
    return await _shown(visit, HTTPStatus.UNPROCESSABLE_ENTITY, problems=problems)


async def end_session(visit: Visit) -> web.StreamResponse:
    """POST /account/sessions/{session}/end: that browser is signed out."""
    await sessions.revoke_session(visit.desk, visit.caller, visit.path("session"))
    return visit.go(visit.query(After).of(HOME))


async def _shown(
    visit: Visit, status: HTTPStatus = HTTPStatus.OK, *, done: str = "", problems: dict[str, str] | None = None
) -> web.Response:
    signed = visit.signed_in.signed
    own = await sessions.own_sessions(visit.desk, visit.caller)
    return await visit.show(
        "account.html",
        status,
        signed=signed,
        page=page_of_sessions(own, visit.query(AccountQuery).after),
        rules=visit.desk.sign_in.sign_ins.rules,
        least=LENGTH_MIN,
        done=done,
        problems=problems or {},
    )
