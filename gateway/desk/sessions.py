"""Sessions: sign in, whose session a token proves, sign out; and which are open, and to end them."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec

from gateway.desk.access import SIGN_IN_NAME, Caller, Right
from gateway.desk.errors import (
    BusyError,
    NotAllowedError,
    NotThereError,
    StoreReadsOnly,
    TooOftenError,
    WrongPasswordError,
)
from gateway.desk.ports import Desk, SignInParts
from gateway.desk.shown import shown
from gateway.desk.sign_ins import SignInOutcome, SignInTry
from gateway.desk.structs.common import Done
from gateway.desk.structs.sessions import SessionList, SessionShown, SessionsQuery
from gateway.store.port import Store
from gateway.workflow.staff import Account, Session, SignInWay, is_open, name_key

SEEN_EVERY: Final = timedelta(minutes=1)
"""How exactly it is kept when a session was seen last: a page costs no write but once in this time."""
AGENT_MAX: Final = 200
"""Characters that are kept of what a browser says of itself."""
KEPT: Final = timedelta(days=30)
"""How long a session that is over can still be found in the store."""
_WRONG: Final = "Name or password is wrong."


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """Whoever a session belongs to."""

    caller: Caller
    session: SessionShown
    must_change: bool
    """Whether the password is to be changed before anything else is done."""
    has_password: bool
    idle_s: int
    """After how many seconds in which nothing is asked the session ends."""


async def sign_in(
    desk: Desk, name: str, password: str, *, address: str = "", agent: str = ""
) -> tuple[str, SessionShown]:
    """Open a session; return its token, which is shown this once, and the session.

    `address` is the caller's (`guesses.caller_address`), `agent` what the browser says of itself. Raises WrongPasswordError,
    TooOftenError, BusyError, each with what to say. What can be nobody's name or password is read no further than that shows.
    """
    name = name.strip() if SIGN_IN_NAME.fullmatch(name.strip()) else ""
    account = await desk.store.account(name)
    known = await _is_known(desk, account, address)
    try:
        desk.sign_in.sign_ins.count(name, address, known=known)
        fits = await desk.sign_in.sign_ins.passwords.fits(password, account.password_hash if account else None)
    except TooOftenError:
        _tell(desk.sign_in, SignInOutcome.TOO_OFTEN, address, account)
        raise
    except BusyError:
        _tell(desk.sign_in, SignInOutcome.BUSY, address, account)
        raise
    if account is None or not fits:
        _tell(desk.sign_in, SignInOutcome.WRONG, address, account)
        raise WrongPasswordError(_WRONG)
    refuse_closed(desk.sign_in, account, address)
    desk.sign_in.sign_ins.was_right(name, address, known=known)
    return await open_session(desk, account, SignInWay.PASSWORD, address=address, agent=agent)


async def open_session(
    desk: Desk, account: Account, way: SignInWay, *, address: str, agent: str
) -> tuple[str, SessionShown]:
    """Open a session for somebody who was proved to be the account's; return its token and the session."""
    token, at = secrets.token_urlsafe(32), desk.now()
    session = Session(
        id=secrets.token_hex(6),
        hash=_digest(token),
        account=name_key(account.name),
        made_at=at,
        last_seen_at=at,
        ends_at=at + desk.sign_in.sign_ins.rules.longest,
        way=way,
        address=address,
        agent=_printable(agent[:AGENT_MAX]),
    )
    await desk.store.add_session(session)
    await desk.store.forget_sessions(ended_before=at - KEPT)
    _tell(desk.sign_in, SignInOutcome.DONE, address, account)
    return token, shown(session, SessionShown)


async def session_of(desk: Desk, token: str, *, seen: bool = True) -> Signed | None:
    """Return whose session a token proves, with the role that the account has now; None if none that counts.

    `seen` False: a page asks by itself, which keeps no session open that nobody uses.
    """
    found, at = await desk.store.session_by_hash(_digest(token)), desk.now()
    if found is None or not _counts(desk, *found):
        return None
    session, account = found
    if seen and at - session.last_seen_at >= SEEN_EVERY:
        session = await _seen(desk.store, session, at)
    return Signed(
        caller=Caller(account.name, account.role, is_at_desk=True),
        session=shown(session, SessionShown),
        must_change=account.must_change,
        has_password=account.password_hash is not None,
        idle_s=int(desk.sign_in.sign_ins.rules.idle.total_seconds()),
    )


async def _seen(store: Store, session: Session, at: datetime) -> Session:
    """Keep that it was seen. A database that can be read alone does not, and its pages can be looked at all the same."""
    try:
        await store.session_seen(session.id, at=at)
    except StoreReadsOnly:
        return session
    return msgspec.structs.replace(session, last_seen_at=at)


async def sign_out(desk: Desk, signed: Signed) -> None:
    """End the session; once more does no harm."""
    await desk.store.revoke_session(signed.session.id, at=desk.now())


async def own_sessions(desk: Desk, caller: Caller) -> SessionList:
    """List one's own sessions."""
    return await list_sessions(desk, caller, SessionsQuery(account=caller.name))


async def list_sessions(desk: Desk, _caller: Caller, query: SessionsQuery) -> SessionList:
    """List the sessions that count, those seen last first: everybody's, or one account's."""
    return SessionList(sessions=tuple(shown(each, SessionShown) for each in await _open(desk, query.account)))


async def open_sessions(desk: Desk) -> frozenset[str]:
    """Return the ids of all sessions that count, wherever they were opened and ended: one question for everybody who is here."""
    return frozenset(each.id for each in await _open(desk))


async def _open(desk: Desk, account: str | None = None) -> list[Session]:
    """Find the sessions that count. Whoever is switched off has none: switching off ends them."""
    at = desk.now()
    kept = await desk.store.sessions(account=account, at=at)
    return [each for each in kept if at - each.last_seen_at < desk.sign_in.sign_ins.rules.idle]


async def revoke_session(desk: Desk, caller: Caller, session: str) -> Done:
    """End a session at once: one's own, or with the right to change accounts anybody's."""
    at = desk.now()
    mine = await desk.store.sessions(account=caller.name, at=at)
    if not (caller.may(Right.ADMINISTER) or any(each.id == session for each in mine)):
        raise NotAllowedError(f"A {caller.role} may end no session but their own.")
    if not await desk.store.revoke_session(session, at=at):
        raise NotThereError("There is no such session, or it has ended.")
    return Done(words="The session is over.")


def _counts(desk: Desk, session: Session, account: Account) -> bool:
    idle = desk.sign_in.sign_ins.rules.idle
    return is_open(session, account, desk.now(), idle) and _is_of_here(desk.sign_in, account)


def _is_of_here(sign_in: SignInParts, account: Account) -> bool:
    """Everybody knows the passwords of a demonstration: its accounts open nothing but a demonstration."""
    return sign_in.sign_ins.rules.demonstration or not account.demonstration


def refuse_closed(sign_in: SignInParts, account: Account, address: str) -> None:
    """Tell whoever knows the password why the account opens nothing. Raises WrongPasswordError."""
    if _is_of_here(sign_in, account) and account.disabled_at is None:
        return
    _tell(sign_in, SignInOutcome.DISABLED, address, account)
    if not _is_of_here(sign_in, account):
        raise WrongPasswordError("This account was made by a demonstration, and opens nothing here.")
    raise WrongPasswordError("This account is switched off: an administrator can switch it on again.")


async def _is_known(desk: Desk, account: Account | None, address: str) -> bool:
    """Say whether the account has a session from this address, however long ago it was seen."""
    at = desk.now()
    sessions = await desk.store.sessions(account=account.name if account else "", at=at)
    return any(each.address == address for each in sessions)


def _printable(text: str) -> str:
    """What a browser says may be any bytes."""
    return "".join(each if each.isprintable() else "?" for each in text)


def _tell(sign_in: SignInParts, outcome: SignInOutcome, address: str, account: Account | None) -> None:
    sign_in.sign_ins.on_try(SignInTry(outcome=outcome, address=address, account=account.name if account else None))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
