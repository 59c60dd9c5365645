"""News for pages that are open: one stream of server-sent events for each browser, fed by one look for all of them.

    event: news
    data: {"at": "…", "requests": ["L-…"], "changed": {"L-…": "…"}, "all": false, "lists": {"pull": 14, …}, "tasks": 5, "standing": {…}}

    event: people
    data: {"L-…": "technician2 has this open", "B-…": ""}

    event: standing
    data: {"acs_trouble": "it does not answer …", "banners": [{"label": "…", "head": "…", "words": "…"}]}

A change anywhere wakes one task, which waits a moment for more, looks once, and writes the same bytes to every stream. A browser
that reads slowly gets the newest news in place of those that it has missed. While nothing changes nothing is looked at; a comment now and then
shows that the line is alive. Every few seconds it is asked for all streams at once whether their sessions still count: a stream ends
with its session, however and wherever that was ended, and when the gateway stops; the browser comes back by itself, and catches up
(`GET /news`).

A stream's address names the requests that its browser shows (`/events?open=L-…`): so long as it lives somebody has these open, and
hears who else has (desk/presence.py).

How the database and the circulation system stand is known to each gateway without asking. It is looked at every second, and told at the
beginning of each stream and whenever it changes; no store is needed for that.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable
from datetime import datetime
from typing import Annotated, Final

import msgspec
from aiohttp import web

from gateway.desk.errors import StoreUnavailable
from gateway.desk.news import COMMITS_WITHIN, mark_now, news_since, on_change
from gateway.desk.ports import Desk
from gateway.desk.presence import TOLD_EVERY, Presence
from gateway.desk.sessions import open_sessions
from gateway.desk.standing import standing_of
from gateway.desk.structs.news import Mark, News
from gateway.listener import when_gone
from gateway.pages.visit import Visit, Visitor

GATHERED_S: Final = 0.3
"""How long a change waits for others to be told with."""
TOLD_APART_S: Final = 0.02
TOLD_WITHIN_S: Final = 1.0
"""Pages are told one after the other, in this time all of them, and first those that show what has changed: many look again at once when they hear, and
what partners send meanwhile would stand behind all of them."""
ALIVE_EVERY_S: Final = 20.0
"""Proxies commonly cut a line on which nothing has come for a minute."""
PEOPLE_GATHERED_S: Final = 1.0
"""The same for who comes and goes: whoever only loads a page anew has not gone."""
STANDING_EVERY_S: Final = 1.0
SESSIONS_EVERY_S: Final = 3.0
"""How long a stream may outlast its session."""
_ALIVE: Final = b": alive\n\n"

_log = logging.getLogger(__name__)


class _Stream:
    """One browser that listens: what it has not been sent yet, the newest of each kind."""

    def __init__(self, visitor: Visitor, requests: frozenset[str], standing: bytes) -> None:
        self.visitor = visitor
        self.requests = requests
        self.people = b""
        """What it was told of who else has these open."""
        self.standing = standing
        """What it was told of how everything stands."""
        self._waiting: dict[str, bytes] = {}
        self._due = asyncio.Event()
        self._has_ended = False

    def put(self, kind: str, data: bytes, instead: bytes | None = None) -> None:
        """Hand on the newest of a kind; `instead` where the one before was not taken in time."""
        self._waiting[kind] = instead if instead is not None and kind in self._waiting else data
        self._due.set()

    def end(self) -> None:
        """Let it end, whatever waits."""
        self._has_ended = True
        self._due.set()

    async def take(self) -> bytes | None:
        """Wait for what is to be sent; None at the end."""
        await self._due.wait()
        self._due.clear()
        data = b"".join(self._waiting.values())
        self._waiting.clear()
        return None if self._has_ended else data


class Hub:
    """Everybody who listens, and the tasks that look for them."""

    def __init__(self, desk: Desk) -> None:
        self.presence = Presence(desk)
        self._desk = desk
        self._streams: set[_Stream] = set()
        self._changed = asyncio.Event()
        self._stopped = False

    async def running(self, _application: web.Application) -> AsyncIterator[None]:
        """Look while the site is served (aiohttp's `cleanup_ctx`)."""
        on_change(self._desk, self._changed.set)
        looking = asyncio.create_task(self._look(), name="news for pages")
        telling = asyncio.create_task(self._tell_who_is_here(), name="who has what open")
        standing = asyncio.create_task(self._tell_how_it_stands(), name="how it stands")
        ending = asyncio.create_task(self._end_with_sessions(), name="streams end with their sessions")
        yield
        for task in (looking, telling, standing, ending):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def stop(self, _application: web.Application) -> None:
        """End every stream (aiohttp's `on_shutdown`): the listener waits for them."""
        self._stopped = True
        for stream in self._streams:
            stream.end()

    async def stream(self, visit: Visit, visitor: Visitor, requests: frozenset[str]) -> web.StreamResponse:
        """Send news until the browser goes, the session ends, or the gateway stops."""
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
        await answer.prepare(visit.http)
        stream = _Stream(visitor, requests, self._how_it_stands())
        self._streams.add(stream)
        go = self.presence.come(visitor.caller.name, requests)
        when_gone(visit.http, stream.end)
        try:
            await answer.write(_ALIVE + stream.standing + self._who_has(stream))
            while not self._stopped and (data := await self._next(stream)) is not None:
                await answer.write(data)
        except ConnectionResetError:
            pass  # the browser has gone
        finally:
            self._streams.remove(stream)
            go()
        return answer

    async def _next(self, stream: _Stream) -> bytes | None:
        """Wait for news; None where the stream is to end."""
        try:
            async with asyncio.timeout(ALIVE_EVERY_S):
                return await stream.take()
        except TimeoutError:
            return _ALIVE

    async def _end_with_sessions(self) -> None:
        while True:
            await asyncio.sleep(SESSIONS_EVERY_S)
            streams = tuple(self._streams)  # one that begins meanwhile is of a session that may not be found yet
            try:
                still_open = await open_sessions(self._desk) if streams else frozenset()
            except StoreUnavailable:
                continue
            except Exception:  # noqa: BLE001 - a session of a newer gateway that this one can't read ends no streams but its own gateway's
                _log.exception("which sessions count could not be asked")
                continue
            for stream in streams:
                if stream.visitor.signed.session.id not in still_open:
                    stream.end()

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
            await self._tell(news)

    async def _tell(self, news: News) -> None:
        """Tell all pages, one after the other; how everything stands may change meanwhile."""
        apart_s = min(TOLD_APART_S, TOLD_WITHIN_S / max(1, len(self._streams)))
        for stream in sorted(self._streams, key=lambda each: each.requests.isdisjoint(news.requests)):
            now = msgspec.structs.replace(news, standing=standing_of(self._desk))
            stream.put("news", encoded(now), encoded(msgspec.structs.replace(now, all=True)))
            await asyncio.sleep(apart_s)

    # how it stands

    def _how_it_stands(self) -> bytes:
        """Say how everything stands, as one event."""
        return b"event: standing\ndata: " + msgspec.json.encode(standing_of(self._desk)) + b"\n\n"

    async def _tell_how_it_stands(self) -> None:
        while True:
            await asyncio.sleep(STANDING_EVERY_S)
            data = self._how_it_stands()
            for stream in self._streams:
                if stream.standing != data:
                    stream.standing = data
                    stream.put("standing", data)

    # who has what open

    def _who_has(self, stream: _Stream) -> bytes:
        """Say who else has a stream's requests open, as one event; nothing if that was told already."""
        if not stream.requests:
            return b""
        name = stream.visitor.caller.name
        words = {request: self.presence.words(request, name) for request in sorted(stream.requests)}
        before, stream.people = stream.people, msgspec.json.encode(words)
        return b"" if stream.people == before else b"event: people\ndata: " + stream.people + b"\n\n"

    async def _tell_who_is_here(self) -> None:
        """Tell those who have the same request open of each other, at other gateways too."""
        await self._say(self.presence.begin())
        while True:
            try:
                async with asyncio.timeout(TOLD_EVERY.total_seconds()):
                    await self.presence.changed.wait()
                await asyncio.sleep(PEOPLE_GATHERED_S)
            except TimeoutError:
                self.presence.tell_all_again()
            news = self.presence.take_news()
            for stream in self._streams:
                if stream.requests & news and (data := self._who_has(stream)):
                    stream.put("people", data)
            await self._say(self.presence.tell())

    async def _say(self, saying: Awaitable[None]) -> None:
        try:
            await saying
        except StoreUnavailable:
            _log.warning("store unavailable, during who has what open")


STREAM: Final = "/events"
OPEN_MOST: Final = 20
"""Requests that one browser says it shows."""
HUB: Final = web.AppKey("hub", Hub)
"""Under which a site keeps it."""


class Listening(msgspec.Struct, frozen=True, kw_only=True):
    """Which requests the pages show that listen on a stream."""

    open: Annotated[
        tuple[Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9-]{1,32}$")], ...], msgspec.Meta(max_length=OPEN_MOST)
    ] = ()


async def listen(visit: Visit) -> web.StreamResponse:
    """GET /events: news as they come."""
    return await visit.http.app[HUB].stream(visit, visit.signed_in, frozenset(visit.query(Listening).open))


def has_open(visit: Visit, request: str) -> str:
    """Say who else has a request open just now; empty: nobody."""
    return visit.http.app[HUB].presence.words(request, visit.caller.name)


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
