"""Signing in and out."""

from http import HTTPStatus
from typing import Final
from urllib.parse import quote, urlsplit

import msgspec
from aiohttp import web

from gateway.desk import sessions
from gateway.desk.errors import BusyError, TooOftenError, WrongPasswordError
from gateway.pages.live import HUB
from gateway.pages.visit import Visit

AFTER: Final = "/"
"""Where somebody goes who was on the way to nowhere."""


class SignIn(msgspec.Struct, frozen=True, kw_only=True):
    """What the form says."""

    name: str = ""
    password: str = ""
    to: str = AFTER


class On(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody was going."""

    to: str = AFTER


def ask(visit: Visit) -> web.Response:
    """Lead somebody who is not signed in to the form, and from there to where they were going; after a form, to its page."""
    to = visit.http.path_qs if visit.http.method == "GET" else visit.http.path
    return visit.go(f"/sign-in?to={quote(to, safe='')}")


async def show(visit: Visit) -> web.StreamResponse:
    """GET /sign-in: the form; whoever is signed in already goes on."""
    to = _way(visit.query(On).to)
    if visit.visitor is not None:
        return visit.go(to)
    return await visit.show("sign_in.html", name="", to=to, problems={})


async def sign_in(visit: Visit) -> web.StreamResponse:
    """POST /sign-in: check the password, and go where one was going."""
    form = await visit.form(SignIn)
    try:
        token, _session = await sessions.sign_in(
            visit.desk, form.name, form.password, address=visit.address, agent=visit.browser
        )
    except (WrongPasswordError, TooOftenError, BusyError) as exc:
        return await visit.show(
            "sign_in.html", HTTPStatus.FORBIDDEN, name=form.name, to=_way(form.to), problems={"password": exc.detail}
        )
    answer = visit.go(_way(form.to))
    answer.set_cookie(
        visit.settings.cookie,
        token,
        path="/",
        httponly=True,
        secure=visit.settings.is_secure,
        samesite="Lax",
    )
    return answer


async def sign_out(visit: Visit) -> web.StreamResponse:
    """POST /sign-out: the session counts no more."""
    await sessions.sign_out(visit.desk, visit.signed_in.signed)
    visit.http.app[HUB].end(visit.signed_in)
    answer = visit.go("/sign-in")
    answer.del_cookie(visit.settings.cookie, path="/", secure=visit.settings.is_secure, httponly=True, samesite="Lax")
    return answer


def _way(to: str) -> str:
    """Where to go on to: a page of this site, whoever made the address."""
    parts = urlsplit(to)
    is_ours = not parts.scheme and not parts.netloc and to.startswith("/") and not to.startswith(("//", "/\\"))
    return to if is_ours and to.isprintable() else AFTER
