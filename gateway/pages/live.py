"""News for pages that are open: one stream of server-sent events for each browser, fed by one look for all of them.

    event: news
    data: {"requests": ["…"], "all": false, "lists": {"pull": 14, …}, "tasks": 5}

A change anywhere wakes one task, which waits a moment for more, looks once, and writes the same bytes to every stream. A browser
that reads slowly gets the newest news in place of those that it has missed. While nothing changes nothing is looked at; a comment now and then
shows that the line is alive, and then it is asked whether the session still counts. A stream ends with its session, and when the gateway
stops; the browser comes back by itself, and catches up (`GET /news`).
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final

import msgspec
from aiohttp import web

from gateway.desk.errors import StoreUnavailable
from gateway.desk.news import COMMITS_WITHIN, mark_now, news_since, on_change
from gateway.desk.ports import Desk
from gateway.desk.sessions import session_of
from gateway.desk.structs.news import Mark, News
from gateway.pages.visit import Visit, Visitor

GATHERED_S: Final = 0.3
"""How long a change waits for others to be told with."""
ALIVE_EVERY_S: Final = 20.0
"""Proxies commonly cut a line on which nothing has come for a minute."""
_ALIVE: Final = b": alive\n\n"

_log = logging.getLogger(__name__)


class Hub:
    """Everybody who listens, and the task that looks for them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._streams: dict[asyncio.Queue[bytes | None], Visitor] = {}
        self._changed = asyncio.Event()
        self._stopped = False

    async def running(self, _application: web.Application) -> AsyncIterator[None]:
        """Look while the site is served (aiohttp's `cleanup_ctx`)."""
        on_change(self._desk, self._changed.set)
        task = asyncio.create_task(self._look(), name="news for pages")
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    async def stop(self, _application: web.Application) -> None:
        """End every stream (aiohttp's `on_shutdown`): the listener waits for them."""
        self._stopped = True
        for stream in self._streams:
            _put(stream, None, None)

    def end(self, visitor: Visitor) -> None:
        """End the streams of somebody who signs out."""
        for stream, listener in self._streams.items():
            if listener.token == visitor.token:
                _put(stream, None, None)

    async def stream(self, visit: Visit, visitor: Visitor) -> web.StreamResponse:
        """Send news until the browser goes, the session ends, or the gateway stops."""
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
        queue: asyncio.Queue[bytes | None] = asyncio.Queue(maxsize=1)
        await answer.prepare(visit.http)
        self._streams[queue] = visitor
        try:
            await answer.write(_ALIVE)
            while not self._stopped and (data := await self._next(visitor, queue)) is not None:
                await answer.write(data)
        except ConnectionResetError:
            pass  # the browser has gone
        finally:
            self._streams.pop(queue, None)
        return answer

    async def _next(self, visitor: Visitor, queue: asyncio.Queue[bytes | None]) -> bytes | None:
        """Wait for news; None where the stream is to end."""
        try:
            async with asyncio.timeout(ALIVE_EVERY_S):
                return await queue.get()
        except TimeoutError:
            return _ALIVE if await self._still_counts(visitor) else None

    async def _still_counts(self, visitor: Visitor) -> bool:
        try:
            return await session_of(self._desk, visitor.token, seen=False) is not None
        except StoreUnavailable:
            return True  # asked again with the next sign of life

    async def _look(self) -> None:
        mark, told = mark_now(self._desk), None
        while True:
            await self._changed.wait()
            await asyncio.sleep(GATHERED_S)
            self._changed.clear()
            if not self._streams:
                mark = mark_now(self._desk)
                continue
            try:
                news, mark = await news_since(self._desk, mark)
                if not news.requests and (news.lists, news.tasks) == told:
                    continue
            except StoreUnavailable:
                _log.warning("store unavailable, during news for pages")
                continue  # what is missed now is told with the next change
            except Exception:  # noqa: BLE001 - what one change made unreadable the next may mend; it is logged whole
                _log.exception("news for pages could not be read")
                continue
            told = (news.lists, news.tasks)
            data, of_more = encoded(news), encoded(msgspec.structs.replace(news, all=True))
            for stream in self._streams:
                _put(stream, data, of_more)


STREAM: Final = "/events"
HUB: Final = web.AppKey("hub", Hub)
"""Under which a site keeps it."""


async def listen(visit: Visit) -> web.StreamResponse:
    """GET /events: news as they come."""
    return await visit.http.app[HUB].stream(visit, visit.signed_in)


class Since(msgspec.Struct, frozen=True, kw_only=True):
    """When a page was made, or heard news last."""

    since: datetime


async def catch_up(visit: Visit) -> web.StreamResponse:
    """GET /news: what has changed since a page was made or heard news last, and how many there are of everything."""
    since = visit.query(Since).since
    news, _mark = await news_since(visit.desk, Mark(at=since), COMMITS_WITHIN)
    return web.Response(body=msgspec.json.encode(news), content_type="application/json")


def encoded(news: News) -> bytes:
    """Write news as one event. JSON has no line ends, which would end the event's data."""
    return b"event: news\ndata: " + msgspec.json.encode(news) + b"\n\n"


def _put(stream: asyncio.Queue[bytes | None], data: bytes | None, of_more: bytes | None) -> None:
    """Hand on the newest; where the news before was not taken in time, it says that there was more. The end comes in place of all."""
    if stream.full():
        data = None if stream.get_nowait() is None else of_more
    stream.put_nowait(data)
