"""What a call is, and a route's handler of its own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from gateway.desk.access import Caller
from gateway.desk.ports import Desk


@dataclass(frozen=True, slots=True)
class Call:
    """One call: the HTTP request and who makes it."""

    http: web.Request
    caller: Caller


Handler = Callable[[Desk, Call], Awaitable[web.StreamResponse]]
