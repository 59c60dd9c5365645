"""Accounts: who has one, make one, change its role or password, switch it off. None is ever removed: history knows its name."""

import logging
from collections.abc import Callable
from typing import Any

import msgspec

from gateway.desk.access import SIGN_IN_NAME, Caller, counts
from gateway.desk.errors import ConflictError, NotThereError, UnusableError, WrongPasswordError
from gateway.desk.passwords import objection
from gateway.desk.ports import Desk, SignInParts
from gateway.desk.sessions import Signed
from gateway.desk.shown import shown
from gateway.desk.structs.accounts import (
    AccountBody,
    AccountList,
    AccountShown,
    OwnPasswordBody,
    PasswordBody,
    RoleBody,
)
from gateway.desk.structs.common import Done, Problem
from gateway.workflow.staff import Account, name_key

_log = logging.getLogger(__name__)


async def list_accounts(desk: Desk, _caller: Caller) -> AccountList:
    """Return every account, disabled ones too, by name."""
    tokens = await _live_tokens(desk)
    return AccountList(accounts=tuple(_shown(each, tokens) for each in await desk.store.accounts()))


async def people(desk: Desk) -> tuple[str, ...]:
    """Return the names of everybody who may sign in: those to whom work can be given."""
    return tuple(sorted(account.name for account in await desk.store.accounts() if account.disabled_at is None))


async def show_account(desk: Desk, _caller: Caller, account: str) -> AccountShown:
    """Return one account, by its name in any case."""
    found = await desk.store.account(account)
    if found is None:
        raise NotThereError("There is no such account.")
    return _shown(found, await _live_tokens(desk))


async def add_account(desk: Desk, caller: Caller, body: AccountBody) -> AccountShown:
    """Make an account. A name is never given to anybody else, in any case of its letters: history knows it."""
    if not SIGN_IN_NAME.fullmatch(body.name):
        raise _wrong(
            "name",
            "a sign-in name has up to 64 letters, digits, or any of . _ @ + -, and begins with a letter or digit",
        )
    account = Account(
        name=body.name,
        role=body.role,
        made_at=desk.now(),
        made_by=caller.name,
        password_hash=await _checked_hash(desk.sign_in, body.password, body.name, "password"),
        must_change=body.must_change,
        demonstration=desk.sign_in.sign_ins.rules.demonstration,
    )
    if not await desk.store.add_account(account):
        raise ConflictError(f"There is, or was, somebody called “{body.name}”: choose another name.")
    _note("account made", account, caller)
    return _shown(account, await _live_tokens(desk))


async def change_role(desk: Desk, caller: Caller, account: str, body: RoleBody) -> AccountShown:
    """Give somebody another role, from their next click on. One's own stays, so that an administrator is left."""
    _refuse_oneself(caller, account, "change your own role")
    return await _change(desk, caller, account, "role changed", lambda _: {"role": body.role})


async def disable_account(desk: Desk, caller: Caller, account: str) -> AccountShown:
    """Switch an account off, and end its sessions at once. One's own stays on."""
    _refuse_oneself(caller, account, "switch off your own account")
    at = desk.now()
    changed = await _change(
        desk, caller, account, "account disabled", lambda now: {"disabled_at": now.disabled_at or at}
    )
    await desk.store.revoke_sessions(account, at=at)
    return changed


async def enable_account(desk: Desk, caller: Caller, account: str) -> AccountShown:
    """Switch an account on again."""
    return await _change(desk, caller, account, "account enabled", lambda _: {"disabled_at": None})


async def set_password(desk: Desk, caller: Caller, account: str, body: PasswordBody) -> AccountShown:
    """Give somebody another password, as where one was lost, and end their sessions."""
    kept = await _checked_hash(desk.sign_in, body.password, account, "password")
    changes = {"password_hash": kept, "must_change": body.must_change} | _mark(desk.sign_in)
    changed = await _change(desk, caller, account, "password set", lambda _: changes)
    await desk.store.revoke_sessions(account, at=desk.now())
    return changed


async def link_account(desk: Desk, caller: Caller, account: str) -> AccountShown:
    """Let the next person who signs in at the provider under this account's name have it, as where a library gives up passwords.

    Only where that name is the same person's: nothing else is looked at.
    """
    found = await show_account(desk, caller, account)
    if desk.sign_in.elsewhere is None:
        raise ConflictError("No OpenID Connect provider stands in the settings.")
    if found.signs_in_elsewhere:
        raise ConflictError("This account belongs to somebody at the provider already.")
    return await _change(desk, caller, account, "account to be linked", lambda _: {"links_next": True})


async def end_sessions(desk: Desk, _caller: Caller, account: str) -> Done:
    """End all sessions of an account at once."""
    if await desk.store.account(account) is None:
        raise NotThereError("There is no such account.")
    count = await desk.store.revoke_sessions(account, at=desk.now())
    return Done(words=f"{count} {'session is' if count == 1 else 'sessions are'} over.")


async def change_own_password(desk: Desk, signed: Signed, body: OwnPasswordBody, *, address: str = "") -> Done:
    """Change one's own password, and end one's sessions at other browsers. Raises WrongPasswordError, TooOftenError, UnusableError."""
    name, own = signed.caller.name, await desk.store.account(signed.caller.name)
    desk.sign_in.sign_ins.count(name, address, known=True)
    if own is None or not await desk.sign_in.sign_ins.passwords.fits(body.current, own.password_hash):
        raise WrongPasswordError(
            "current: this is not your password.", [Problem(column="current", words="This is not your password.")]
        )
    desk.sign_in.sign_ins.was_right(name, address, known=True)
    if body.new == body.current:
        raise _wrong("new", "this is the password that you have")
    changes = {"password_hash": await _checked_hash(desk.sign_in, body.new, name, "new"), "must_change": False} | _mark(
        desk.sign_in
    )
    await _change(desk, signed.caller, name, "password changed", lambda _: changes)
    await desk.store.revoke_sessions(name, at=desk.now(), but=signed.session.id)
    return Done(words="Your password is changed. You are signed out everywhere else.")


async def _checked_hash(sign_in: SignInParts, password: str, name: str, field: str) -> str:
    """Return a new password's hash; a demonstration takes any. Raises UnusableError."""
    words = None if sign_in.sign_ins.rules.demonstration else objection(password, name)
    if words is not None:
        raise _wrong(field, words)
    return await sign_in.sign_ins.passwords.hashed(password)


def _mark(sign_in: SignInParts) -> dict[str, Any]:
    """A password that a demonstration took may be known to everybody; one that is set elsewhere was looked at."""
    return {"demonstration": sign_in.sign_ins.rules.demonstration}


async def _change(
    desk: Desk, caller: Caller, name: str, what: str, changes: Callable[[Account], dict[str, Any]]
) -> AccountShown:
    """Write a change; it is made anew of what somebody else has written meanwhile."""
    while (now := await desk.store.account(name)) is not None:
        then = msgspec.structs.replace(now, **changes(now), version=now.version + 1)
        if await desk.store.save_account(then):
            _note(what, then, caller)
            return _shown(then, await _live_tokens(desk))
    raise NotThereError("There is no such account.")


def _note(what: str, account: Account, caller: Caller) -> None:
    _log.info("%s: %s (%s) by %s", what, account.name, account.role, caller.name)


def _refuse_oneself(caller: Caller, account: str, what: str) -> None:
    if name_key(caller.name) == name_key(account):
        raise ConflictError(f"You can't {what}: another administrator can.")


async def _live_tokens(desk: Desk) -> tuple[str, ...]:
    """Return the names of the tokens that count."""
    now = desk.now()
    return tuple(token.name for token in await desk.tokens() if counts(token, now))


def _shown(account: Account, tokens: tuple[str, ...]) -> AccountShown:
    return shown(
        account,
        AccountShown,
        tokens=tuple(name for name in tokens if name_key(name) == name_key(account.name)),
        has_password=account.password_hash is not None,
        signs_in_elsewhere=account.oidc_subject is not None,
    )


def _wrong(field: str, words: str) -> UnusableError:
    return UnusableError(f"{field}: {words}.", [Problem(column=field, words=f"{words[:1].upper()}{words[1:]}.")])
