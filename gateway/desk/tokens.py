"""Tokens: who has one, make one, revoke one."""

import logging
from datetime import datetime

from gateway.desk.access import Caller, new_token
from gateway.desk.errors import ConflictError, NotThereError, UnusableError
from gateway.desk.ports import Desk
from gateway.desk.shown import shown
from gateway.desk.structs.tokens import TokenBody, TokenList, TokenListed, TokenMade, TokenShown
from gateway.desk.times import moment

_log = logging.getLogger(__name__)


async def list_tokens(desk: Desk, _caller: Caller) -> TokenList:
    """Return name, role and times of each, revoked ones too."""
    configured = {token.name for token in desk.sign_in.extra_tokens}
    tokens = [shown(token, TokenListed, configured=token.name in configured) for token in await desk.tokens()]
    return TokenList(tokens=tuple(tokens))


async def create_token(desk: Desk, caller: Caller, body: TokenBody) -> TokenMade:
    """Make a token and show its secret, this once. A name is never used again: history knows it."""
    try:
        token, shown_once = new_token(body.name, body.role, desk.now(), _end(desk, body.until))
    except ValueError as error:
        raise UnusableError(f"name: {error}.") from None
    is_configured = any(token.name == body.name for token in desk.sign_in.extra_tokens)
    if is_configured or not await desk.store.add_token(token):
        raise ConflictError(f"There is, or was, a token called “{body.name}”: choose another name.")
    _log.info("token made: %s (%s) by %s", token.name, token.role, caller.name)
    return shown(token, TokenMade, token=shown_once)


async def revoke_token(desk: Desk, caller: Caller, token: str) -> TokenShown:
    """Revoke a token, from the next call on. Once more does no harm."""
    if any(each.name == token for each in desk.sign_in.extra_tokens):
        raise ConflictError("This token stands in the configuration: take it out there.")
    await desk.store.revoke_token(token, at=desk.now())
    kept = next((each for each in await desk.store.tokens() if each.name == token), None)
    if kept is None:
        raise NotThereError("There is no such token.")
    _log.info("token revoked: %s (%s) by %s", kept.name, kept.role, caller.name)
    return shown(kept, TokenShown)


def _end(desk: Desk, until: str | None) -> datetime | None:
    if until is None:
        return None
    try:
        at = moment(until, desk.zone)
    except ValueError:
        raise UnusableError("until: not a date or time of ISO 8601.") from None
    if at <= desk.now():
        raise UnusableError("until: must lie in the future.")
    return at
