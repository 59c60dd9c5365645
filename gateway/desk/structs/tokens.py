"""Tokens of the API, and the roles that they stand for. A hash never leaves the store."""

from datetime import datetime
from typing import Annotated

import msgspec

from gateway.workflow.staff import StaffRole


class TokenBody(msgspec.Struct, frozen=True, kw_only=True):
    """A token that is to be made."""

    name: Annotated[str, msgspec.Meta(max_length=40)]
    role: StaffRole
    until: str | None = None
    """The last day on which it is valid, or a time; without it until it is revoked."""


class TokenShown(msgspec.Struct, frozen=True, kw_only=True):
    """A token without its secret."""

    name: str
    role: StaffRole
    created_at: datetime
    revoked_at: datetime | None
    ends_at: datetime | None
    suspended_at: datetime | None = None
    """Since when it is suspended after a restore, until an administrator confirms accounts and tokens."""


class TokenListed(TokenShown, frozen=True, kw_only=True):
    """A token in the list."""

    configured: bool
    """Whether it stands in the configuration, and so can't be revoked here."""


class TokenMade(TokenShown, frozen=True, kw_only=True):
    """A new token with its secret, shown this once."""

    token: str


class TokenList(msgspec.Struct, frozen=True, kw_only=True):
    """All tokens, revoked ones too."""

    tokens: tuple[TokenListed, ...]
