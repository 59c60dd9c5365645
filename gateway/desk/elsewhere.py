"""Sign in by an OpenID Connect provider: it says who somebody is and in which groups, and the table of groups says what they may here.

An account is made at the first sign-in, and belongs to that person at that provider for ever: one that has a password is handed over only
where an administrator has said so, never because the provider knows somebody by its name. The role follows the groups at every sign-in.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Final

import msgspec

from gateway.desk.access import SIGN_IN_NAME
from gateway.desk.errors import BusyError, WrongPasswordError
from gateway.desk.ports import Desk, Elsewhere, SignInParts
from gateway.desk.sessions import open_session, refuse_closed
from gateway.desk.sign_ins import SignInOutcome, SignInTry
from gateway.desk.structs.sessions import SessionShown
from gateway.identity.trip import NotProvedError, Person, Trip
from gateway.store.port import Store
from gateway.workflow.staff import Account, SignInWay, StaffRole

BY_PROVIDER: Final = "sign-in"
"""Who made an account that nobody made."""
_TRIES: Final = 3


async def leave(desk: Desk, to: str, *, address: str) -> tuple[str, Trip]:
    """Return where to send the browser, and what it carries until it is back. Raises WrongPasswordError, TooOftenError."""
    desk.sign_in.sign_ins.count_address(address)
    try:
        return await _elsewhere(desk.sign_in).provider.begin(to)
    except NotProvedError as exc:
        raise _refused(desk.sign_in, address, str(exc)) from exc


async def come_back(
    desk: Desk, trip: Trip, given: Mapping[str, str], *, address: str, agent: str
) -> tuple[str, SessionShown]:
    """Open a session for whoever came back; return its token and the session. Raises WrongPasswordError, TooOftenError, BusyError."""
    desk.sign_in.sign_ins.count_address(address)
    try:
        person = await _elsewhere(desk.sign_in).provider.end(trip, given)
    except NotProvedError as exc:
        raise _refused(desk.sign_in, address, str(exc)) from exc
    account = await _account_of(desk, person, address)
    refuse_closed(desk.sign_in, account, address)
    desk.sign_in.sign_ins.forget_address(address)
    return await open_session(desk, account, SignInWay.OIDC, address=address, agent=agent)


async def _account_of(desk: Desk, person: Person, address: str) -> Account:
    """Return the person's account with the role that their groups have now; make one if they have none. Raises WrongPasswordError."""
    role = _role_of(desk.sign_in, person)
    if role is None:
        raise _refused(
            desk.sign_in, address, "None of your groups may sign in here. An administrator can say which would."
        )
    for _ in range(_TRIES):
        known = await desk.store.account_of_subject(person.subject)
        if known is None:
            return await _new_account(desk, person, role, address)
        if known.role is role:
            return known
        changed = msgspec.structs.replace(known, role=role, version=known.version + 1)
        if await desk.store.save_account(changed):
            return changed
    raise BusyError("Your account is being changed at this moment: try again.")


async def _new_account(desk: Desk, person: Person, role: StaffRole, address: str) -> Account:
    if not SIGN_IN_NAME.fullmatch(person.name):
        raise _refused(desk.sign_in, address, "The provider gives you a sign-in name that can't be used here.")
    account = Account(
        name=person.name,
        role=role,
        made_at=desk.now(),
        made_by=BY_PROVIDER,
        oidc_subject=person.subject,
        demonstration=desk.sign_in.sign_ins.rules.demonstration,
    )
    if not await desk.store.add_account(account):
        linked = await _linked(desk.store, person, role)
        if linked is not None:
            return linked
        words = f"Somebody here is called “{person.name}” already, and it may not be you. An administrator can help."
        raise _refused(desk.sign_in, address, words)
    return account


async def _linked(store: Store, person: Person, role: StaffRole) -> Account | None:
    """Give the person the account of their name, if an administrator has said that it is theirs."""
    known = await store.account(person.name)
    if known is None or not known.links_next or known.oidc_subject is not None:
        return None
    changed = msgspec.structs.replace(
        known, oidc_subject=person.subject, role=role, links_next=False, version=known.version + 1
    )
    return changed if await store.save_account(changed) else None


def _role_of(sign_in: SignInParts, person: Person) -> StaffRole | None:
    """The highest role that one of the groups has."""
    roles = [role for group, role in _elsewhere(sign_in).roles.items() if group in person.groups]
    return max(roles, key=list(StaffRole).index, default=None)


def _elsewhere(sign_in: SignInParts) -> Elsewhere:
    if sign_in.elsewhere is None:
        raise WrongPasswordError("There is no other way to sign in here than a password.")
    return sign_in.elsewhere


def _refused(sign_in: SignInParts, address: str, words: str) -> WrongPasswordError:
    sign_in.sign_ins.on_try(SignInTry(outcome=SignInOutcome.WRONG, address=address))
    return WrongPasswordError(words)


def packed(trip: Trip) -> str:
    """Write a trip down as a browser carries it: it is the browser's own, and tells it nothing."""
    return urlsafe_b64encode(msgspec.json.encode(trip)).decode()


def unpacked(text: str) -> Trip | None:
    """Read it again; None if it is none."""
    try:
        return msgspec.json.decode(urlsafe_b64decode(text.encode()), type=Trip)
    except (msgspec.DecodeError, ValueError):
        return None
