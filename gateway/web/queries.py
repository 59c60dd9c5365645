"""The parameters of a GET, read and checked. Raises `answers.UnusableError` with the name of what can't be used."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Final, TypeVar

from aiohttp import web

from gateway.store.port import RequestFilter, Store
from gateway.web.answers import UnusableError
from gateway.web.scans import request_of
from gateway.workflow.partners import Partner
from gateway.workflow.records import Request, State

LIMIT_MAX: Final = 200
"""Requests in one answer."""
_TEXT_MAX: Final = 200

Number = TypeVar("Number", int, float)


def request_filter(query: Mapping[str, str], states: list[str]) -> RequestFilter:
    """Read the filters of `GET requests`."""
    known = set(State)
    for state in states:
        if state not in known:
            raise UnusableError(f"state: there is none called “{state[:40]}”; there are {', '.join(State)}.")
    text = query.get("q", "").strip()
    if len(text) > _TEXT_MAX:
        raise UnusableError(f"q: at most {_TEXT_MAX} characters.")
    before = query.get("before")
    return RequestFilter(
        states=tuple(states),
        partner=query.get("partner") or None,
        text=text or None,
        before=_cursor(before) if before else None,
        limit=whole_number(query, "limit", default=50, least=1, most=LIMIT_MAX),
    )


def cursor_of(request: Request) -> str:
    """Give the `before` that goes on after this request."""
    return f"{request.updated_at.isoformat()}~{request.id}"


def _cursor(text: str) -> tuple[datetime, str]:
    moment, _, request_id = text.partition("~")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not request_id:
        raise UnusableError("before: take it as it came in “next”.")
    return at, request_id


def whole_number(query: Mapping[str, str], name: str, *, default: int, least: int, most: int) -> int:
    """Read a whole number between two bounds."""
    text = query.get(name)
    if text is None:
        return default
    digits = text.lstrip("0") or "0"
    # as many digits as the bound has, first: Python turns no text of thousands of digits into a number
    if not (text.isascii() and text.isdigit() and len(digits) <= len(str(most)) and least <= int(digits) <= most):
        raise UnusableError(f"{name}: a whole number from {least} to {most}.")
    return int(digits)


def yes_or_no(query: Mapping[str, str], name: str) -> bool:
    """Read `true` or `false`; false where it isn't there."""
    text = query.get(name, "false")
    if text not in {"true", "false"}:
        raise UnusableError(f"{name}: true or false.")
    return text == "true"


async def the_request(store: Store, http: web.Request) -> Request:
    """Give the request that the address names, by whichever number (scans.py). Raises NotThereError, ConflictError."""
    return await request_of(store, http.match_info["request"])


async def partners_by_id(store: Store) -> dict[str, Partner]:
    """Give every partner by its id."""
    return {partner.id: partner for partner in await store.partners()}


async def all_in(store: Store, states: tuple[State, ...]) -> AsyncIterator[Request]:
    """Give every request in the states, newest first, page by page."""
    before = None
    while True:
        page = await store.requests(RequestFilter(states=states, before=before, limit=LIMIT_MAX))
        for request in page:
            yield request
        if len(page) < LIMIT_MAX:
            return
        before = (page[-1].updated_at, page[-1].id)
