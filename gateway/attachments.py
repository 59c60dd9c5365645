"""Files that a browser saves and never shows: how they are answered, and sent as they are read. Knows neither store nor desk."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Final

from aiohttp import hdrs, web

PIECE_WITHIN_S: Final = 60.0
"""Whoever takes a piece more slowly is cut off: it holds a place that others wait for."""
TO_BE_SAVED: Final[Mapping[str, str]] = {
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}
"""Of every answer about such a file, also of the one that there is none."""


def attachment(content_type: str, size: int, name: str) -> web.StreamResponse:
    """Make the answer that a file follows. The name is ours: plain ASCII without quotes."""
    named: dict[str, str] = {
        hdrs.CONTENT_TYPE: content_type,
        hdrs.CONTENT_LENGTH: str(size),
        hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"',
    }
    return web.StreamResponse(headers={**TO_BE_SAVED, **named})


async def send(response: web.StreamResponse, pieces: AsyncIterator[bytes]) -> None:
    """Send a file's pieces on an answer that was begun. Raises TimeoutError, OSError where nobody takes them."""
    async for piece in pieces:
        async with asyncio.timeout(PIECE_WITHIN_S):
            await response.write(piece)
