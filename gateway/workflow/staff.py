"""People who work here: their roles, their accounts, and the sessions that they have open.

Records that the store keeps (design rule 8: released fields are never renamed, new ones have defaults). No password and no token is in them,
only what proves one: a password's slow hash, a token's fast one, for a token is too long to be guessed.
"""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec


class StaffRole(StrEnum):
    """What an account or a token stands for, the humblest first; each may do what those before it may."""

    VIEWER = "viewer"
    TECHNICIAN = "technician"
    MANAGER = "manager"
    ADMIN = "admin"


class SignInWay(StrEnum):
    """How somebody proved who it is."""

    PASSWORD = "password"  # noqa: S105 - the name of a way, no password
    OIDC = "oidc"


class Account(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody who signs in: the name is written into history, and never given to anybody else."""

    name: str
    """As it was first written; it is found in any case (`name_key`)."""
    role: StaffRole
    made_at: datetime
    made_by: str
    password_hash: str | None = None
    """Argon2id; None: no password opens it."""
    oidc_subject: str | None = None
    """Who it is at the provider: the issuer, a space, and the provider's name for the person."""
    disabled_at: datetime | None = None
    must_change: bool = False
    """Whether the password is to be changed at the next sign-in, since somebody else knows it."""
    demonstration: bool = False
    """Made by a demonstration, with a password that everybody knows: opens nothing anywhere else."""
    links_next: bool = False
    """Whether the next person of this name at the provider is this one, as an administrator has said."""
    version: int = 1
    """Rises with every change; a change of what was read before the last one is not written."""


class Session(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody who is signed in, at one browser."""

    id: str
    """What it is called where sessions are listed and revoked; it proves nothing."""
    hash: str
    """The SHA-256 of the token that the browser shows."""
    account: str
    """The account's `name_key`."""
    made_at: datetime
    last_seen_at: datetime
    ends_at: datetime
    """The latest time that it can count; it may end before."""
    way: SignInWay = SignInWay.PASSWORD
    address: str = ""
    agent: str = ""
    """What the browser says of itself, cut."""
    revoked_at: datetime | None = None


class LookUpWay(StrEnum):
    """How somebody saw who a customer is."""

    REQUEST = "request"
    """One request's customer was shown."""
    CARD = "card"
    """Requests were looked for by a customer's card."""
    STRAP = "strap"
    """A paper was printed with the name."""


class LookUp(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody saw who a customer is. Nothing of the customer is in it."""

    at: datetime
    by: str
    request: str | None
    """The request whose customer was shown; None: requests were looked for by the card."""
    way: LookUpWay
    what: str
    """What was shown, and why, in words."""


class Switch(StrEnum):
    """What the settings file sets up and people can switch off at the desk, and on again."""

    PARTNER_CATALOGUES = "partner catalogues"
    PULL_SLIPS = "pull slips"
    STATEMENTS = "statements"
    REPORT = "report"


class Switching(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody switched something off or on."""

    switch: Switch
    is_on: bool
    at: datetime
    by: str


def name_key(name: str) -> str:
    """Return what an account is found by: its name in any case is the same account."""
    return name.strip().casefold()


def is_open(session: Session, account: Account, at: datetime, idle: timedelta) -> bool:
    """Say whether a session counts at that time, its account being as it is now."""
    over = session.revoked_at is not None or account.disabled_at is not None
    return not over and at < session.ends_at and at - session.last_seen_at < idle
