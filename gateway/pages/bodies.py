"""How large a form may be, looked at before it is taken apart: that is done in one go, and costs what whoever sends it likes.

Two megabytes of fields would hold everybody up for a second. So what somebody sends who is not signed in is short, a form without a file
is not much longer, and the fields of both are counted first. Parts (multipart) are taken by pages alone that take a file; a stranger's file
is let by, and what was typed beside it may be as long as another form of theirs: if it is longer, that is said.
"""

from contextlib import ExitStack
from typing import Any, Final

from aiohttp import web
from multidict import MultiDict, MultiMapping

from gateway.pages.guards import SAFE
from gateway.pages.parts import TypedTooLong, read_parts, read_texts
from gateway.pages.table import Page
from gateway.pages.visit import Visitor

STRANGERS_MAX: Final = 64 * 1024
"""Bytes: a sign-in, with a form that was typed before the session ended."""
FORM_MAX: Final = 128 * 1024
"""Bytes: a policy of a hundred lines has half of it."""
CARRIED_MAX: Final = STRANGERS_MAX - 4 * 1024
"""Bytes of such a form as the sign-in page sends it; the rest is for name, password and the way back."""
STRANGERS_FILE_MAX: Final = 8 * 1024 * 1024
"""Bytes of a form with a file that are read of a stranger's: what was typed mostly stands before the file, and a longer one hides what is behind it."""
STRANGERS_FIELDS: Final = 1_000
FORM_FIELDS: Final = 5_000
PARTS: Final = "multipart/form-data"
FIELDS: Final = "application/x-www-form-urlencoded"


def most_bytes(visitor: Visitor | None) -> int:
    """Return how long a body may be that is no form with a file."""
    return STRANGERS_MAX if visitor is None else FORM_MAX


async def look_at(http: web.Request, page: Page, visitor: Visitor | None) -> None:
    """Refuse a form that no page of ours sends. Raises HTTPRequestEntityTooLarge, HTTPUnsupportedMediaType."""
    if http.content_type == PARTS:
        if page.most_bytes is None:
            raise web.HTTPUnsupportedMediaType
        return  # read as it comes (`read`, `typed`)
    if (http.charset or "utf-8").casefold() != "utf-8":
        raise web.HTTPUnsupportedMediaType
    most = STRANGERS_FIELDS if visitor is None else FORM_FIELDS
    fields = (await http.read()).count(b"&") + 1
    if fields > most:
        raise web.HTTPRequestEntityTooLarge(max_size=most, actual_size=fields)


async def typed(http: web.Request, page: Page) -> MultiMapping[Any] | None:
    """Read what was typed into a form that can't be taken now; nothing if it is not to be kept, or can't be read. None: it is too long."""
    is_kept = http.method not in SAFE and page.right is not None
    try:
        if is_kept and http.content_type == PARTS and page.most_bytes is not None:
            return await read_texts(http, min(page.most_bytes, STRANGERS_FILE_MAX), STRANGERS_MAX)
        if not (is_kept and http.content_type == FIELDS):
            return MultiDict()
        await look_at(http, page, None)
        return await http.post()
    except TypedTooLong:
        return None
    except (web.HTTPException, UnicodeDecodeError, LookupError):
        return MultiDict()


async def read(http: web.Request, page: Page, files: ExitStack) -> MultiMapping[Any]:
    """Read a form of somebody who is signed in; its files are there until `files` is left. Raises as `read_parts` does."""
    if http.content_type == PARTS and page.most_bytes is not None:
        return await read_parts(http, page.most_bytes, files)
    return await http.post()
