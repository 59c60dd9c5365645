"""One request of a browser: who asks, what is read of it, and how it is answered."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from http import HTTPStatus
from typing import Any, TypeVar

import aiohttp_jinja2
import msgspec
from aiohttp import hdrs, web
from multidict import MultiMapping

from gateway.desk.access import Caller, Right
from gateway.desk.guesses import caller_address
from gateway.desk.ports import Desk
from gateway.desk.sessions import Signed
from gateway.desk.structs.common import Download
from gateway.pages.forms import read_form, read_query
from gateway.pages.frame import Frame
from gateway.pages.guards import form_token
from gateway.pages.parts import Handed
from gateway.pages.rendering import written
from gateway.pages.settings import SiteSettings

Shape = TypeVar("Shape", bound=msgspec.Struct)


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Whoever is signed in."""

    signed: Signed
    token: str
    """The session's, as the cookie holds it."""

    @property
    def caller(self) -> Caller:
        """Whoever asks, for the desk."""
        return self.signed.caller

    @cached_property
    def form_token(self) -> str:
        """What each form carries, to show that it is ours."""
        return form_token(self.token)


@dataclass(frozen=True, kw_only=True)
class Visit:
    """What a page's function works with. `visitor` is None on the few pages that anybody sees."""

    http: web.Request
    at: datetime
    """When it began."""
    desk: Desk
    frame: Frame
    settings: SiteSettings
    visitor: Visitor | None = None
    fields: MultiMapping[Any] | None = None
    """Of the form that was sent, by somebody who is signed in."""

    @property
    def caller(self) -> Caller:
        """Whoever asks, for the desk."""
        return self.signed_in.caller

    @property
    def signed_in(self) -> Visitor:
        """Whoever asks, on a page that needs a right."""
        if self.visitor is None:
            raise RuntimeError("a page that anybody sees asks the desk for nothing")
        return self.visitor

    def may(self, right: Right) -> bool:
        """Say whether whoever asks has a right."""
        return self.caller.may(right)

    def path(self, name: str) -> str:
        """Return a part of the address by its name in the route."""
        return self.http.match_info[name]

    def query(self, shape: type[Shape]) -> Shape:
        """Read the address's parameters. Raises UnusableError."""
        return read_query(self.http.query, shape)

    async def form(self, shape: type[Shape]) -> Shape:
        """Read the form's fields. Raises UnusableError, with what is wrong at each field."""
        return read_form(await self.posted(), shape)

    async def posted(self) -> MultiMapping[Any]:
        """Return the form's fields as they were sent: texts, and files (`parts.Handed`)."""
        return await self.http.post() if self.fields is None else self.fields

    async def texts(self) -> dict[str, str]:
        """Return what was typed and chosen, each field once."""
        return {name: text for name, text in (await self.posted()).items() if isinstance(text, str)}

    async def handed(self, name: str) -> Handed | None:
        """Return a file that was handed in, if one was."""
        given = (await self.posted()).get(name)
        return given if isinstance(given, Handed) else None

    async def file(self) -> bytes:
        """Read what was handed in as “file”; nothing if none was."""
        given = await self.handed("file")
        return await given.data() if given else b""

    @property
    def address(self) -> str:
        """Where the browser is, as far as our own proxies say."""
        hops = self.http.headers.getall(hdrs.X_FORWARDED_FOR, ())
        return caller_address(self.http.remote, hops, self.settings.proxies)

    @property
    def browser(self) -> str:
        """What the browser says of itself."""
        return self.http.headers.get(hdrs.USER_AGENT, "")[:200]

    async def show(self, template: str, status: HTTPStatus = HTTPStatus.OK, /, **given: Any) -> web.Response:
        """Answer with a page. A script that wants a part of it takes that part out (hx-select)."""
        context = await self._context(given)
        found = aiohttp_jinja2.get_env(self.http.app).get_template(template)
        async with self.frame.writing:
            text = await written(found, context, self.frame.right_of_way)
        return web.Response(text=text, content_type="text/html", status=status)

    async def show_at_length(self, template: str, status: HTTPStatus = HTTPStatus.OK, /, **given: Any) -> web.Response:
        """Answer with a page of thousands of cells: it is written in a thread, for it takes longer than the event loop may be held."""
        context = await self._context(given)
        return await asyncio.to_thread(aiohttp_jinja2.render_template, template, self.http, context, status=status)

    async def _context(self, given: Mapping[str, Any]) -> dict[str, Any]:
        caller = self.visitor.caller if self.visitor else None
        around = await self.frame.around(self.desk, caller, self.http.path, self.at)
        return {"around": around, "visitor": self.visitor, **given}

    def download(self, given: Download, name: str) -> web.Response:
        """Answer with a file that the browser saves."""
        return web.Response(
            body=given.data or given.text.encode(),
            content_type=given.content_type,
            charset="utf-8" if given.text else None,
            headers={hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"'},
        )

    def go(self, address: str) -> web.Response:
        """Answer that the browser is to look at another page of ours, as after a form that was taken."""
        return web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": address})

    def have_kept(self, answer: web.StreamResponse, name: str, value: str, *, lasts_s: int | None = None) -> None:
        """Have the browser keep a cookie, which no script reads and no other site sends; until it is closed if nothing else is said."""
        answer.set_cookie(
            name, value, max_age=lasts_s, path="/", httponly=True, secure=self.settings.is_secure, samesite="Lax"
        )
