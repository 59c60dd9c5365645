"""Who may do what: roles, the table of rights, callers, and the tokens that prove them.

A token is `<name>.<secret>`; the name and the role are written into history, the secret is shown once, when the token is made.
It is 256 random bits, so nobody can guess it from its hash: one SHA-256 protects it as well as a slow hash would, which
exists for the short secrets that people make up and would cost every call its time.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from gateway.store.port import Token
from gateway.workflow.staff import StaffRole

__all__ = [
    "RIGHTS",
    "ROLE_WORDS",
    "SIGN_IN_NAME",
    "Caller",
    "Right",
    "StaffRole",
    "configured_token",
    "counts",
    "holder",
    "new_token",
]


class Right(StrEnum):
    """What a call needs, said after “may not”."""

    READ = "read"
    ACT = "act on requests and tasks"
    REVEAL = "see who a customer is"
    MANAGE = "force a state, override a rule, approve an invoice, pause lending, let work go on after a restore or read who looked up customers"
    ADMINISTER = "change accounts, tokens, peers, partners, policy, items or pool barcodes"


RIGHTS: Final[dict[StaffRole, frozenset[Right]]] = {
    StaffRole.VIEWER: frozenset({Right.READ}),
    StaffRole.TECHNICIAN: frozenset({Right.READ, Right.ACT, Right.REVEAL}),
    StaffRole.MANAGER: frozenset({Right.READ, Right.ACT, Right.REVEAL, Right.MANAGE}),
    StaffRole.ADMIN: frozenset(Right),
}

ROLE_WORDS: Final[Mapping[StaffRole, str]] = {
    StaffRole.VIEWER: "sees everything but who a customer is; changes nothing",
    StaffRole.TECHNICIAN: "does the steps of requests and tasks; may see who a customer is, with a reason",
    StaffRole.MANAGER: "overrides rules, forces a state, approves invoices, pauses lending; reads who looked up customers",
    StaffRole.ADMIN: "changes accounts, tokens, partners, policy, items",
}
"""What a role may, for whoever gives one."""


NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}", re.ASCII)
"""A token's name: what an Authorization header can carry and a timeline can show."""
SIGN_IN_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@+-]{0,63}", re.ASCII)
"""A person's: what a timeline can show and nobody mistakes for another; an e-mail address may be one."""
SECRET_MIN: Final = 20
"""The shortest secret that a configured token may have, in characters; one we make has 43."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever makes a call: the name for history, and the role."""

    name: str
    role: StaffRole
    is_at_desk: bool = False
    """A person who has signed in at the desk; else a token's holder, such as the system with the customers' form."""

    def may(self, right: Right) -> bool:
        """Say whether the table gives the role this right."""
        return right in RIGHTS[self.role]


def new_token(name: str, role: StaffRole, at: datetime, ends_at: datetime | None = None) -> tuple[Token, str]:
    """Make a token: what the store keeps, and what is shown once. Raises ValueError for a name that can't be one."""
    _check_name(name)
    secret = secrets.token_urlsafe(32)
    return Token(name=name, role=role, hash=_hash(secret), created_at=at, ends_at=ends_at), f"{name}.{secret}"


def configured_token(text: str, at: datetime) -> Token:
    """Make the token that the configuration names, an admin's, from `<name>.<secret>`; kept in memory, never stored.

    It is how the first stored token gets made. Raises ValueError, which doesn't quote the secret.
    """
    name, _, secret = text.rpartition(".")
    _check_name(name)
    if len(secret) < SECRET_MIN:
        raise ValueError(f"the part after the last full stop must have {SECRET_MIN} characters or more")
    return Token(name=name, role=StaffRole.ADMIN, hash=_hash(secret), created_at=at)


def holder(credentials: str, tokens: Iterable[Token], at: datetime) -> Caller | None:
    """Return the caller that `<name>.<secret>` proves; None if it proves none of the tokens that count at that time."""
    name, _, secret = credentials.strip().rpartition(".")
    presented = _hash(secret)
    for token in tokens:
        if token.name == name and counts(token, at) and hmac.compare_digest(token.hash, presented):
            return Caller(name=token.name, role=StaffRole(token.role))
    return None


def counts(token: Token, at: datetime) -> bool:
    """Say whether a token is neither revoked, nor past its end, nor suspended after a restore."""
    is_live = token.revoked_at is None and token.suspended_at is None
    return is_live and (token.ends_at is None or at < token.ends_at)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise ValueError(
            "a token's name has 1 to 40 letters, digits, hyphens, full stops or underscores, and starts with a letter or digit"
        )
