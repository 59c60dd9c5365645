"""The parameters of a GET, read and checked. Raises UnusableError with the name of what can't be used."""

from collections.abc import Mapping

from aiohttp import web

from gateway.desk.errors import UnusableError
from gateway.desk.scans import request_of
from gateway.store.port import Store
from gateway.workflow.records import Request


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
