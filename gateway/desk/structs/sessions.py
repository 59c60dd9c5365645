"""Sessions: who is signed in, since when, and where."""

from datetime import datetime

import msgspec

from gateway.workflow.staff import SignInWay


class SessionShown(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is signed in, at one browser."""

    id: str
    account: str
    made_at: datetime
    last_seen_at: datetime
    ends_at: datetime
    """The latest time that it can count; it ends before if it is revoked, or nothing is asked for too long."""
    way: SignInWay
    address: str
    agent: str


class SessionsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Whose sessions."""

    account: str | None = None
    """A sign-in name; without it everybody's."""


class SessionList(msgspec.Struct, frozen=True, kw_only=True):
    """Sessions that count, those seen last first."""

    sessions: tuple[SessionShown, ...]
