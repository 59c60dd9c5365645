"""The part of the port that is about who works here: accounts, the sessions that are open, tokens of programs, and who looked up a customer."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from gateway.store.values import Token
from gateway.workflow.staff import Account, LookUp, Session, Switch, Switching


class StaffPort(Protocol):
    """What the gateway asks of its store about accounts, sessions, tokens and look-ups. Every method may raise StoreUnavailable."""

    async def accounts(self) -> tuple[Account, ...]:
        """Every account, disabled ones too, by name."""

    async def account(self, name: str) -> Account | None:
        """By its name, in any case."""

    async def account_of_subject(self, subject: str) -> Account | None:
        """By who it is at the provider (`Account.oidc_subject`)."""

    async def add_account(self, account: Account) -> bool:
        """Keep a new account; False where there is, or was, one with its name or its subject."""

    async def save_account(self, account: Account) -> bool:
        """Write a change of the version before; False where the account has changed since that was read."""

    async def add_session(self, session: Session) -> None:
        """Keep a new session."""

    async def session_by_hash(self, digest: str) -> tuple[Session, Account] | None:
        """The session whose token has this SHA-256, ended or not, and its account as it is now."""

    async def sessions(self, *, account: str | None = None, at: datetime) -> tuple[Session, ...]:
        """Sessions that are neither revoked nor past their latest end, those seen last first; of one account (any case), or all."""

    async def session_seen(self, session_id: str, *, at: datetime) -> None:
        """Write down when a session was seen last."""

    async def revoke_session(self, session_id: str, *, at: datetime) -> bool:
        """Let a session count no more; False where it doesn't anyway, or there is none."""

    async def revoke_sessions(self, account: str, *, at: datetime, but: str | None = None) -> int:
        """Let all of an account's sessions count no more, `but` one; give how many."""

    async def forget_sessions(self, *, ended_before: datetime) -> int:
        """Delete sessions whose latest end was before then; give how many."""

    async def add_token(self, token: Token) -> bool:
        """Keep a new token; False where there is, or was, one with its name."""

    async def revoke_token(self, name: str, *, at: datetime) -> None:
        """Let a token count no more; one that was revoked before stays as it is."""

    async def tokens(self) -> tuple[Token, ...]:
        """Every token, revoked ones too, by name."""

    async def add_look_ups(self, look_ups: Iterable[LookUp]) -> None:
        """Write down that somebody saw who a customer is."""

    async def count_look_ups(self, by: str, *, since: datetime) -> int:
        """How often somebody has asked to see it since then; what a strap showed is not counted."""

    async def look_ups(
        self, *, by: str | None = None, request: str | None = None, before: int | None = None, limit: int
    ) -> tuple[tuple[int, LookUp], ...]:
        """Look-ups with their numbers, newest first: of one request, else of one person, of those before a number."""

    async def switch(self, switching: Switching) -> None:
        """Write down that something was switched off or on, which counts from now on."""

    async def switched(self) -> Mapping[Switch, Switching]:
        """Return what was last done to each switch; one that nobody has touched is on."""

    async def switchings(self, *, limit: int) -> tuple[Switching, ...]:
        """Return what was switched, newest first."""
