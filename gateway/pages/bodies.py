"""How large a form may be, looked at before it is taken apart: that is done in one go, and costs what whoever sends it likes.

Two megabytes of fields would hold everybody up for a second. So what somebody sends who is not signed in is short, a form without a file
is not much longer, and the fields of both are counted first. Parts (multipart) are taken by pages alone that take a file.
"""

from typing import Final

from aiohttp import web

from gateway.pages.table import Page
from gateway.pages.visit import Visitor

STRANGERS_MAX: Final = 64 * 1024
"""Bytes: a sign-in, with a form that was typed before the session ended."""
FORM_MAX: Final = 128 * 1024
"""Bytes: a policy of a hundred lines has half of it."""
STRANGERS_FIELDS: Final = 1_000
FORM_FIELDS: Final = 5_000
PARTS: Final = "multipart/form-data"
FIELDS: Final = "application/x-www-form-urlencoded"


def most_bytes(page: Page, visitor: Visitor | None) -> int:
    """Give how long a body may be."""
    if visitor is None:
        return STRANGERS_MAX
    return FORM_MAX if page.most_bytes is None else page.most_bytes


async def look_at(http: web.Request, page: Page, visitor: Visitor | None) -> None:
    """Refuse a form that no page of ours sends. Raises HTTPRequestEntityTooLarge, HTTPUnsupportedMediaType."""
    if http.content_type == PARTS:
        if page.most_bytes is None:
            raise web.HTTPUnsupportedMediaType
        return  # read as it comes, and of a stranger not at all
    if (http.charset or "utf-8").casefold() != "utf-8":
        raise web.HTTPUnsupportedMediaType
    most = STRANGERS_FIELDS if visitor is None else FORM_FIELDS
    fields = (await http.read()).count(b"&") + 1
    if fields > most:
        raise web.HTTPRequestEntityTooLarge(max_size=most, actual_size=fields)
