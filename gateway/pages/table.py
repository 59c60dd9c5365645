"""A row of the table of pages."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from gateway.desk.access import Right
from gateway.pages.visit import Visit

PageFunction = Callable[[Visit], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Page:
    """One row. Without a right anybody may see it."""

    method: str
    path: str
    right: Right | None
    function: PageFunction
    most_bytes: int | None = None
    """Of a form that has a file; None: it has none."""
