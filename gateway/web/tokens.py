"""Tokens over the API: who has one, make one, revoke one. A hash never leaves the store."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

import msgspec
from aiohttp import web

from gateway.store.port import Token
from gateway.web.access import StaffRole, new_token
from gateway.web.answers import ConflictError, NotThereError, UnusableError, ok, read_json
from gateway.web.ports import Api, Call
from gateway.web.times import moment


class TokenBody(msgspec.Struct, frozen=True, kw_only=True):
    """What `POST tokens` takes."""

    name: Annotated[str, msgspec.Meta(max_length=40)]
    role: StaffRole
    until: str | None = None
    """The last day on which it counts, or a time; without it until it is revoked."""


async def list_tokens(api: Api, _call: Call) -> web.Response:
    """GET tokens: name, role and times of each, revoked ones too."""
    configured = {token.name for token in api.extra_tokens}
    return ok({"tokens": [{**_shown(token), "configured": token.name in configured} for token in await api.tokens()]})


async def create_token(api: Api, call: Call) -> web.Response:
    """POST tokens: make one and show its secret, this once. A name is never used again: history knows it."""
    body = await read_json(call.http, TokenBody)
    try:
        token, shown_once = new_token(body.name, body.role, api.now(), _end(api, body.until))
    except ValueError as error:
        raise UnusableError(f"name: {error}.") from None
    is_configured = any(token.name == body.name for token in api.extra_tokens)
    if is_configured or not await api.store.add_token(token):
        raise ConflictError(f"There is, or was, a token called “{body.name}”: choose another name.")
    return ok({**_shown(token), "token": shown_once}, HTTPStatus.CREATED)


async def revoke_token(api: Api, call: Call) -> web.Response:
    """DELETE tokens/{token}: it counts no more, from the next call on. Once more does no harm."""
    name = call.http.match_info["token"]
    if any(token.name == name for token in api.extra_tokens):
        raise ConflictError("This token stands in the configuration: take it out there.")
    await api.store.revoke_token(name, at=api.now())
    token = next((token for token in await api.store.tokens() if token.name == name), None)
    if token is None:
        raise NotThereError("There is no such token.")
    return ok(_shown(token))


def _end(api: Api, until: str | None) -> datetime | None:
    if until is None:
        return None
    try:
        at = moment(until, api.zone)
    except ValueError:
        raise UnusableError("until: not a date or time of ISO 8601.") from None
    if at <= api.now():
        raise UnusableError("until: must lie in the future.")
    return at


def _shown(token: Token) -> dict[str, object]:
    return {
        "name": token.name,
        "role": token.role,
        "created_at": token.created_at,
        "revoked_at": token.revoked_at,
        "ends_at": token.ends_at,
    }
