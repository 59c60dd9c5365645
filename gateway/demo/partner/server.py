"""The demonstration partner's door: one path to which the supplier posts, answered well or as an order has it, and its catalogue."""

import asyncio
import hmac
from http import HTTPStatus
from typing import Protocol

from aiohttp import hdrs, web

from gateway.demo.partner import catalogue
from gateway.demo.partner.library import Hearing
from gateway.demo.partner.misbehaviour import Answering
from gateway.demo.partner.settings import PartnerSettings

CATALOGUE_PATH = "/sru"
MEDIA_TYPES = frozenset({"application/xml", "text/xml"})
WEB_PAGE = "<!doctype html><html lang=en><title>Sign in</title><p>Please sign in to this fictional portal.</html>"


class Hearer(Protocol):
    """Who stands behind the door."""

    settings: PartnerSettings

    def hear(self, document: bytes) -> Hearing:
        """Take a document, and say what it is answered with. Raises nothing for whatever it holds."""


class Door:
    """Answers the supplier's posts."""

    def __init__(self, library: Hearer) -> None:
        self._library = library

    def application(self) -> web.Application:
        """The application to serve."""
        application = web.Application()
        application.add_routes([web.post(self._library.settings.path, self.answer), web.get(CATALOGUE_PATH, look_up)])
        return application

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One message. Whoever calls must show the bearer token, if there is one."""
        if not self._may_write(request.headers.get(hdrs.AUTHORIZATION, "")):
            return web.Response(status=HTTPStatus.UNAUTHORIZED, headers={hdrs.WWW_AUTHENTICATE: "Bearer"})
        if request.content_type not in MEDIA_TYPES:
            return web.Response(status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        hearing = self._library.hear(await request.read())
        await asyncio.sleep(hearing.delay_s)
        return await _respond(request, hearing)

    def _may_write(self, shown: str) -> bool:
        wanted = self._library.settings.bearer
        return wanted is None or hmac.compare_digest(shown.encode(), f"Bearer {wanted}".encode())


async def look_up(request: web.Request) -> web.Response:
    """A query of anybody's to the catalogue, over SRU."""
    return web.Response(body=catalogue.answer(request.query.get("query", "")), content_type="text/xml", charset="utf-8")


async def _respond(request: web.Request, hearing: Hearing) -> web.StreamResponse:
    match hearing.row.answers:
        case Answering.CONFIRMATION | Answering.ERROR:
            return web.Response(body=hearing.confirmation, content_type="application/xml", charset="utf-8")
        case Answering.HTTP_STATUS:
            return web.Response(status=hearing.row.http_status)
        case Answering.WEB_PAGE:
            return web.Response(text=WEB_PAGE, content_type="text/html")
        case Answering.CONNECTION_CLOSED:
            assert request.transport is not None, "the request has just been read from it"
            request.transport.abort()
            return web.Response()
        case Answering.NOTHING:
            await asyncio.Event().wait()  # until the supplier leaves or the partner stops: either cancels
            raise AssertionError("nobody sets the event")
