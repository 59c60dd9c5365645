"""The partner's page in a browser: what it knows of each request, and buttons that make it ask, act, answer and misbehave.

It stands on the control port beside control.py, needs no script, and is for people who learn the desk on a demonstration.
"""

from collections.abc import Awaitable, Callable
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Final

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from msgspec.structs import replace

from gateway.demo.partner.directing import COPY, MOVES, TROUBLES, WORKS, moves_for
from gateway.demo.partner.lender import ANSWERS, offered
from gateway.demo.partner.library import PartnerLibrary
from gateway.demo.partner.records import Saying
from gateway.iso18626.codes import Action

HOME: Final = "/"
HERE: Final = Path(__file__).parent
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
RESEND, BEHAVE = "resend", "behave"
"""What buttons send besides the words of the tables."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Board:
    """The page, and what its forms do. Each form leads back to the page."""

    def __init__(self, library: PartnerLibrary) -> None:
        self._library = library
        self._template = _template()

    def routes(self) -> list[web.RouteDef]:
        """What to serve beside the JSON."""
        return [
            web.get(HOME, self.show),
            web.get("/board.css", self.style),
            web.post("/board/ask", self._ours(self.ask)),
            web.post("/board/requests/{id}", self._ours(self.move)),
            web.post("/board/asked/{id}", self._ours(self.answer)),
            web.post("/board/trouble", self._ours(self.trouble)),
        ]

    async def show(self, _http: web.Request) -> web.Response:
        """The page."""
        library = self._library
        text = self._template.render(
            name=library.settings.library_name,
            works=WORKS,
            asked=[(each, offered(each)) for each in reversed(library.lending.requests())],
            answers=ANSWERS,
            lends=library.settings.lends,
            requests=[(each, moves_for(each)) for each in reversed(library.books.pages())],
            moves=MOVES,
            troubles=TROUBLES,
            orders=library.script.orders,
            order_words={each.order.name: each.words for each in TROUBLES.values()},
        )
        return web.Response(text=text, content_type="text/html", headers=HEADERS)

    async def style(self, _http: web.Request) -> web.StreamResponse:
        """Its style sheet."""
        return web.FileResponse(HERE / "board.css", headers=HEADERS)

    async def ask(self, http: web.Request) -> str:
        """Ask for a work, as a loan or as a copy."""
        form = await http.post()
        work = WORKS.get(_text(form.get("work")))
        if work is None:
            raise web.HTTPUnprocessableEntity(reason="no such work")
        wish = replace(work.wish, note=_text(form.get("note")) or None)
        if form.get("service") == COPY.service:
            wish = replace(wish, service=COPY.service, article_title=COPY.article_title, pages=COPY.pages)
        return (await self._library.ask(wish)).id

    async def move(self, http: web.Request) -> str:
        """A step with a request of our own."""
        request_id, form = http.match_info["id"], await http.post()
        page, note = self._library.books.page(request_id), _text(form.get("note")) or None
        match form.get("do"):
            case "reminder":
                await self._library.remind(request_id)
            case "retry":
                return (await self._library.ask(replace(page.wish, id=None, note=note), previous_id=request_id)).id
            case "resend":
                await self._library.resend(request_id)
            case action if action in set(Action):
                await self._library.act(request_id, Action(action), note)
            case _:
                raise web.HTTPUnprocessableEntity(reason="no such step")
        return request_id

    async def answer(self, http: web.Request) -> str:
        """What we say as lender."""
        request_id, form = http.match_info["id"], await http.post()
        saying = _text(form.get("say"))
        if saying == RESEND:
            await self._library.resend(request_id)
        elif saying in set(Saying):
            await self._library.say(request_id, Saying(saying), _text(form.get("note")) or None)
        else:
            raise web.HTTPUnprocessableEntity(reason="no such answer")
        return request_id

    async def trouble(self, http: web.Request) -> str:
        """Order trouble, or the end of it."""
        name = _text((await http.post()).get("name"))
        if name == BEHAVE:
            self._library.script.clear()
        elif name in TROUBLES:
            self._library.script.add(TROUBLES[name].order)
        else:
            raise web.HTTPUnprocessableEntity(reason="no such trouble")
        return "trouble"

    def _ours(self, do: Callable[[web.Request], Awaitable[str]]) -> Handler:
        """A form of this page alone, not one that another site has a browser send; back to the place that it was about."""

        async def answer(http: web.Request) -> web.StreamResponse:
            if http.headers.get("Origin", f"http://{http.host}") != f"http://{http.host}":
                raise web.HTTPForbidden(reason="the form is another site's")
            place = await do(http)
            return web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": f"{HOME}#{place}"})

        return answer


@cache
def _template() -> Template:
    """What the boards of all partners of a process write with: it is compiled once."""
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("board.html")


def _text(value: object) -> str:
    """A field of a form; a file or nothing is no text."""
    return value.strip() if isinstance(value, str) else ""
