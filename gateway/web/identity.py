"""Whose call is it? The token in its Authorization header says so."""

from collections.abc import Iterable
from datetime import datetime

from gateway.desk.access import Caller, holder
from gateway.store.port import Token


def identify(header: str | None, tokens: Iterable[Token], at: datetime) -> Caller | None:
    """Return the caller that an Authorization header proves; None if it proves none of the tokens that count at that time."""
    scheme, _, credentials = (header or "").strip().partition(" ")
    return holder(credentials, tokens, at) if scheme.casefold() == "bearer" else None
