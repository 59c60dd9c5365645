"""Files of copies, for partners: each under an address that nobody can guess, on the listener that partners reach.

    GET /copies/<43 characters>

Whoever has the address has the file, until its end: it is a link in a message to the partner, and whoever reads that gives it to a
customer. So nothing here says what else there is, nobody is told a file that has ended from one that never was, and a browser neither
shows the file nor keeps it. Guessing is hopeless (256 bits); what is bounded is the work that it makes, by address.
"""

from collections import Counter
from collections.abc import Callable
from enum import StrEnum
from http import HTTPStatus
from math import ceil
from time import monotonic
from typing import Final

from aiohttp import hdrs, web

from gateway.attachments import TO_BE_SAVED, attachment, send
from gateway.desk.copies import PATH, fetched_by
from gateway.desk.errors import NotThereError, StoreUnavailable
from gateway.desk.guesses import caller_address
from gateway.desk.ports import Desk
from gateway.desk.structs.common import Outgoing
from gateway.iso18626.limits import Buckets, Rate

TOKEN_LENGTH: Final = 43
FETCHES: Final = Rate(burst=60, per_s=0.5)
"""Of one address, whatever it asks for: a partner's staff behind one proxy, and no robot."""
AT_ONCE: Final = 32
AT_ONCE_EACH: Final = 8
"""Of one address: files that are being sent."""
RETRY_AFTER_S: Final = 5
_GONE: Final = "There is no such file, or it is kept no longer. Ask the library that has sent the link.\n"


class CopyFetch(StrEnum):
    """What came of a call."""

    SENT = "sent"
    BROKEN_OFF = "broken_off"
    NOT_THERE = "not_there"
    TOO_MANY = "too_many"
    NOT_ACCEPTED = "not_accepted"
    UNAVAILABLE = "unavailable"


Answered = tuple[CopyFetch, web.StreamResponse]


class CopyDoor:
    """Answers what is asked under PATH. `servers` is how many gateways the rate is divided among; `on_fetch` hears of each call."""

    def __init__(
        self,
        desk: Desk,
        *,
        proxies: tuple[str, ...] = (),
        on_fetch: Callable[[str], None],
        servers: Callable[[], int] = lambda: 1,
    ) -> None:
        self._desk = desk
        self._proxies = proxies
        self._on_fetch = on_fetch
        self._servers = servers
        self._calls = Buckets()
        self._sending: Counter[str] = Counter()

    def is_asked(self, request: web.BaseRequest) -> bool:
        """Whether the call is for a file."""
        return request.path.startswith(PATH)

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Send the file, or say that there is none."""
        address = caller_address(request.remote, request.headers.getall(hdrs.X_FORWARDED_FOR, ()), self._proxies)
        try:
            result, response = await self._answered(request, address)
        except StoreUnavailable:
            result, response = CopyFetch.UNAVAILABLE, _later(HTTPStatus.SERVICE_UNAVAILABLE, RETRY_AFTER_S)
        self._on_fetch(result)
        return response

    async def _answered(self, request: web.BaseRequest, address: str) -> Answered:
        wait_s = self._calls.take(address, FETCHES.share(self._servers()), monotonic())
        if wait_s:
            return CopyFetch.TOO_MANY, _later(HTTPStatus.TOO_MANY_REQUESTS, wait_s)
        if request.method not in {hdrs.METH_GET, hdrs.METH_HEAD}:
            return CopyFetch.NOT_ACCEPTED, _text(HTTPStatus.METHOD_NOT_ALLOWED, {hdrs.ALLOW: "GET, HEAD"})
        token = request.path.removeprefix(PATH)
        file = await fetched_by(self._desk, token) if len(token) == TOKEN_LENGTH else None
        if file is None:
            return CopyFetch.NOT_THERE, _text(HTTPStatus.NOT_FOUND, {}, _GONE)
        if self._sending[address] >= AT_ONCE_EACH or self._sending.total() >= AT_ONCE:
            return CopyFetch.TOO_MANY, _later(HTTPStatus.TOO_MANY_REQUESTS, RETRY_AFTER_S)
        return await self._counted(request, address, file)

    async def _counted(self, request: web.BaseRequest, address: str, file: Outgoing) -> Answered:
        self._sending[address] += 1
        try:
            return await _sent(request, file)
        finally:
            self._sending[address] -= 1
            if not self._sending[address]:
                del self._sending[address]


async def _sent(request: web.BaseRequest, file: Outgoing) -> Answered:
    response = attachment(file.content_type, file.size, file.name)
    await response.prepare(request)
    if request.method == hdrs.METH_HEAD:
        return CopyFetch.SENT, response
    try:
        await send(response, file.chunks)
    except (TimeoutError, OSError, NotThereError, StoreUnavailable):  # too late to say anything: the length tells
        if request.transport is not None:
            request.transport.abort()
        return CopyFetch.BROKEN_OFF, response
    return CopyFetch.SENT, response


def _later(status: HTTPStatus, wait_s: float) -> web.Response:
    return _text(status, {hdrs.RETRY_AFTER: str(max(1, ceil(wait_s)))})


def _text(status: HTTPStatus, headers: dict[str, str], words: str | None = None) -> web.Response:
    return web.Response(status=status, text=words or f"{status.phrase}\n", headers={**TO_BE_SAVED, **headers})
