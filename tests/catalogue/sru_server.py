"""A small SRU server of the tests' own, for trouble: it says what it is told to say, and keeps what it was asked."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.test_utils import TestServer

Answer = bytes | Callable[[web.Request], Awaitable[web.StreamResponse]]


class SruServer:
    """Gives the answers in their order, the last one again and again; `asked` holds each call's parameters."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked: list[dict[str, str]] = []
        self.authorizations: list[str | None] = []
        self.most_at_once = 0
        self._at_once = 0
        self.url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(dict(request.query))
        self.authorizations.append(request.headers.get("Authorization"))
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            if isinstance(answer, bytes):
                await asyncio.sleep(0)
                return web.Response(body=answer, content_type="text/xml")
            return await answer(request)
        finally:
            self._at_once -= 1


@asynccontextmanager
async def sru_server(*answers: Answer) -> AsyncIterator[SruServer]:
    """Serve until the block ends."""
    server = SruServer(*answers)
    application = web.Application()
    application.router.add_get("/sru", server.handle)
    async with TestServer(application) as running:
        server.url = str(running.make_url("/sru"))
        yield server
