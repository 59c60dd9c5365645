"""The parameters of a GET, read and checked. Raises `answers.UnusableError` with the name of what can't be used."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final, TypeVar

import msgspec
from aiohttp import web

from gateway.desk.errors import UnusableError
from gateway.desk.reads import LIMIT_MAX, partners_by_id
from gateway.desk.scans import request_of
from gateway.dispatch.roles import OPEN_IN
from gateway.store.port import RequestFilter, Store
from gateway.web.views import RequestLine, request_line
from gateway.workflow.records import Request, Role, State

_TEXT_MAX: Final = 200

Number = TypeVar("Number", int, float)


def request_filters(query: Mapping[str, str], states: list[str]) -> tuple[RequestFilter, ...]:
    """Read the filters of `GET requests`; what any of them lets through is listed.

    For open requests there is one for each role, since a state may be the end in one role alone.
    """
    known = set(State)
    for state in states:
        if state not in known:
            raise UnusableError(f"state: there is none called “{state[:40]}”; there are {', '.join(State)}.")
    text = query.get("q", "").strip()
    if len(text) > _TEXT_MAX:
        raise UnusableError(f"q: at most {_TEXT_MAX} characters.")
    before = query.get("before")
    where = RequestFilter(
        states=tuple(states),
        role=_role(query.get("role")),
        partner=query.get("partner") or None,
        text=text or None,
        before=_cursor(before) if before else None,
        limit=page_size(query),
    )
    return tuple(_open_ones(where)) if yes_or_no(query, "open") else (where,)


def page_size(query: Mapping[str, str]) -> int:
    """Read how many requests are asked for at once."""
    return whole_number(query, "limit", default=50, least=1, most=LIMIT_MAX)


async def listed(store: Store, filters: Iterable[RequestFilter], limit: int) -> list[Request]:
    """Give what any of the filters lets through, newest first."""
    found = [request for where in filters for request in await store.requests(where)]
    return sorted(found, key=lambda request: (request.updated_at, request.id), reverse=True)[:limit]


async def lines_of(store: Store, found: Iterable[Request]) -> list[RequestLine]:
    """Give the line of each request."""
    partners = await partners_by_id(store)
    return [request_line(request, partners) for request in found]


def _open_ones(where: RequestFilter) -> Iterator[RequestFilter]:
    for role, is_open in OPEN_IN.items():
        states = tuple(state for state in is_open if not where.states or state in where.states)
        if states and where.role in {None, role}:
            yield msgspec.structs.replace(where, role=role, states=states)


def _role(name: str | None) -> str | None:
    if name is not None and name not in set(Role):
        raise UnusableError(f"role: {' or '.join(Role)}.")
    return name


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
