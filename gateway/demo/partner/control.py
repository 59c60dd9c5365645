"""The control port of the demonstration partner: JSON over HTTP, for tests, demonstrations and training.

    GET  /requests                           every request with what was sent and told
    GET  /requests/{id}
    POST /requests                           a Wish: sends a New
    POST /requests/{id}/actions/{action}     {"note": ...}: sends an action of ISO 18626
    POST /requests/{id}/reminder             sends a Reminder
    POST /requests/{id}/retry                changes to the Wish: sends a Retry with an id of its own
    POST /requests/{id}/resend               the last message once more, byte for byte
    GET  /asked                              the requests that came to it as lender, with what it said to each
    POST /asked/{id}/{saying}                {"note": ...}: what it says to one (lender.py), as far as the settings let it lend
    POST /asked/{id}/resend                  what it said last once more, byte for byte
    GET  /misbehaviours                      the orders in force, and how often each misbehaviour was seen
    POST /misbehaviours                      an Order
    DELETE /misbehaviours                    behave
    POST /reset                              fresh books, good behaviour

What was asked for is answered when the message has been sent, well or not: the page says what became of it. There is
no password: the port belongs on loopback. The same can be done on a page in a browser, `/` (board.py).
"""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

import msgspec
from aiohttp import web

from gateway.demo.partner.books import UnknownRequest
from gateway.demo.partner.library import PartnerLibrary
from gateway.demo.partner.misbehaviour import Order
from gateway.demo.partner.records import Saying, Wish
from gateway.iso18626.codes import Action
from gateway.iso18626.errors import Inexpressible


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an action may say besides."""

    note: str | None = None


class Control:
    """What can be asked of the partner."""

    def __init__(self, library: PartnerLibrary) -> None:
        self._library = library

    def application(self) -> web.Application:
        """The application to serve."""
        application = web.Application(middlewares=[_errors_in_words])
        application.add_routes(
            [
                web.get("/requests", self.pages),
                web.post("/requests", self.ask),
                web.get("/requests/{id}", self.page),
                web.post("/requests/{id}/actions/{action}", self.act),
                web.post("/requests/{id}/reminder", self.remind),
                web.post("/requests/{id}/retry", self.retry),
                web.post("/requests/{id}/resend", self.resend),
                web.get("/asked", self.asked),
                web.post("/asked/{id}/resend", self.resend),
                web.post("/asked/{id}/{saying}", self.say),
                web.get("/misbehaviours", self.misbehaviours),
                web.post("/misbehaviours", self.misbehave),
                web.delete("/misbehaviours", self.behave),
                web.post("/reset", self.reset),
            ]
        )
        return application

    async def pages(self, _http: web.Request) -> web.Response:
        """Every request."""
        return _json({"requests": self._library.books.pages()})

    async def page(self, http: web.Request) -> web.Response:
        """One request."""
        return _json(self._library.books.page(http.match_info["id"]))

    async def ask(self, http: web.Request) -> web.Response:
        """A new request."""
        wish = msgspec.convert(await _body(http), Wish)
        if wish.id is not None and wish.id in self._library.books:
            raise web.HTTPConflict(reason="this id is taken")
        return _json(await self._library.ask(wish), HTTPStatus.CREATED)

    async def act(self, http: web.Request) -> web.Response:
        """An action on a request."""
        action = msgspec.convert(http.match_info["action"], Action)
        words = msgspec.convert(await _body(http), Words)
        return _json(await self._library.act(http.match_info["id"], action, words.note))

    async def remind(self, http: web.Request) -> web.Response:
        """A Reminder."""
        return _json(await self._library.remind(http.match_info["id"]))

    async def retry(self, http: web.Request) -> web.Response:
        """A Retry: the same wish with changes, under another id."""
        before = self._library.books.page(http.match_info["id"])
        changed = msgspec.to_builtins(before.wish) | {"id": None} | await _body(http)
        page = await self._library.ask(msgspec.convert(changed, Wish), previous_id=before.id)
        return _json(page, HTTPStatus.CREATED)

    async def resend(self, http: web.Request) -> web.Response:
        """The last message once more."""
        return _json(await self._library.resend(http.match_info["id"]))

    async def asked(self, _http: web.Request) -> web.Response:
        """What others asked it for."""
        return _json({"requests": self._library.lending.requests()})

    async def say(self, http: web.Request) -> web.Response:
        """What it says to one of them."""
        saying = msgspec.convert(http.match_info["saying"], Saying)
        words = msgspec.convert(await _body(http), Words)
        return _json(await self._library.say(http.match_info["id"], saying, words.note))

    async def misbehaviours(self, _http: web.Request) -> web.Response:
        """How the partner misbehaves, and did."""
        script = self._library.script
        return _json({"orders": script.orders, "fired": dict(script.fired)})

    async def misbehave(self, http: web.Request) -> web.Response:
        """An order to misbehave."""
        self._library.script.add(msgspec.convert(await _body(http), Order))
        return await self.misbehaviours(http)

    async def behave(self, http: web.Request) -> web.Response:
        """No more orders."""
        self._library.script.clear()
        return await self.misbehaviours(http)

    async def reset(self, http: web.Request) -> web.Response:
        """As after a start."""
        self._library.books.clear()
        self._library.lending.clear()
        self._library.script.clear()
        self._library.script.fired.clear()
        return await self.pages(http)


async def _body(http: web.Request) -> dict[str, Any]:
    """The JSON object of the body; none is an empty one."""
    return msgspec.json.decode(await http.read() or b"{}", type=dict[str, Any])


def _json(value: Any, status: HTTPStatus = HTTPStatus.OK) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), status=status, content_type="application/json")


@web.middleware
async def _errors_in_words(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        return await handler(request)
    except UnknownRequest:
        return _json({"error": "there is no such request"}, HTTPStatus.NOT_FOUND)
    except (msgspec.MsgspecError, Inexpressible) as error:
        return _json({"error": str(error)}, HTTPStatus.UNPROCESSABLE_ENTITY)
    except web.HTTPException as error:
        return _json({"error": error.reason}, HTTPStatus(error.status))
