"""Settings about people: accounts, sessions, tokens of programs, and who looked up a customer."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any, Final
from urllib.parse import quote

import msgspec
from aiohttp import web

from gateway.desk import accounts, customers, sessions, switches, tokens
from gateway.desk.access import ROLE_WORDS, Right, StaffRole
from gateway.desk.errors import ConflictError, DeskError, UnusableError
from gateway.desk.passwords import LENGTH_MIN
from gateway.desk.structs.accounts import AccountBody, PasswordBody, RoleBody
from gateway.desk.structs.customers import LookUpsQuery
from gateway.desk.structs.sessions import SessionList, SessionShown, SessionsQuery
from gateway.desk.structs.switches import StopBody, SwitchBody, SwitchGroup
from gateway.desk.structs.tokens import TokenBody
from gateway.pages.forms import by_field
from gateway.pages.paging import After, Paged, paged
from gateway.pages.visit import Visit

ACCOUNTS: Final = "/settings/accounts"
SESSIONS: Final = "/settings/sessions"
TOKENS: Final = "/settings/tokens"
LOOK_UPS: Final = "/settings/look-ups"


class SettingsPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of settings, for the overview."""

    address: str
    label: str
    words: str
    right: Right


SUBJECTS: Final = (
    SettingsPage(
        address="/settings/circulation",
        label="Circulation system",
        words="How the connection stands; ask it, compare its books with the requests.",
        right=Right.READ,
    ),
    SettingsPage(
        address="/settings/branches",
        label="Branches and closed days",
        words="Fixed by the settings file; shown here.",
        right=Right.READ,
    ),
    SettingsPage(
        address="/settings/papers",
        label="Papers",
        words="What each is printed on, fixed by the settings file; test prints.",
        right=Right.READ,
    ),
    SettingsPage(
        address="/settings/items", label="Item list", words="Our own copies, from a list.", right=Right.ADMINISTER
    ),
    SettingsPage(
        address=ACCOUNTS,
        label="Accounts",
        words="Who can sign in, and in which role; lost passwords.",
        right=Right.ADMINISTER,
    ),
    SettingsPage(
        address=SESSIONS, label="Sessions", words="Who is signed in, where; end one at once.", right=Right.ADMINISTER
    ),
    SettingsPage(address=TOKENS, label="Tokens", words="What programs call the API with.", right=Right.ADMINISTER),
    SettingsPage(
        address=LOOK_UPS, label="Look-ups of customers", words="Who saw who a customer is, and why.", right=Right.MANAGE
    ),
)


async def overview(visit: Visit) -> web.StreamResponse:
    """GET /settings: what can be set here, and how each switch stands."""
    return await _overview(visit)


async def set_switch(visit: Visit) -> web.StreamResponse:
    """POST /settings: let a switch of the desk stand otherwise."""
    try:
        body = await visit.form(SwitchBody)
        await switches.set_switch(visit.desk, visit.caller, body)
    except (UnusableError, ConflictError) as refused:
        return await _overview(visit, HTTPStatus.CONFLICT, refused=refused.detail)
    return await _overview(visit, said=switches.name_of(body))


async def switch_file(visit: Visit) -> web.StreamResponse:
    """POST /settings/switches: switch off, or on again, what the settings file sets up."""
    try:
        done = await switches.switch_file(visit.desk, visit.caller, await visit.form(StopBody))
    except (UnusableError, ConflictError) as refused:
        return await _overview(visit, HTTPStatus.CONFLICT, refused=refused.detail)
    return await _overview(visit, said=done.words)


async def _overview(
    visit: Visit, status: HTTPStatus = HTTPStatus.OK, *, said: str = "", refused: str = ""
) -> web.StreamResponse:
    subjects = [each for each in SUBJECTS if visit.may(each.right)]
    found = await switches.show_switches(visit.desk, visit.caller)
    return await visit.show(
        "settings.html",
        status,
        subjects=subjects,
        rules=visit.desk.sign_in.sign_ins.rules,
        switches=found,
        groups=tuple(SwitchGroup),
        said=said,
        refused=refused,
    )


# ── accounts ─────────────────────────────────────────────────────────────────────────────────────


class NewAccount(msgspec.Struct, frozen=True, kw_only=True):
    """What the form for a new account says."""

    name: str = ""
    role: StaffRole = StaffRole.TECHNICIAN
    password: str = ""
    must_change: bool = False


async def list_accounts(visit: Visit) -> web.StreamResponse:
    """GET /settings/accounts: everybody who can sign in, and a form for one more."""
    return await _accounts(visit, NewAccount(must_change=True))


async def add_account(visit: Visit) -> web.StreamResponse:
    """POST /settings/accounts: make an account."""
    form = await visit.form(NewAccount)
    body = AccountBody(name=form.name, role=form.role, password=form.password, must_change=form.must_change)
    try:
        await accounts.add_account(visit.desk, visit.caller, body)
    except UnusableError as exc:
        return await _accounts(visit, form, by_field(exc.problems or ()))
    except ConflictError as exc:
        return await _accounts(visit, form, {"name": exc.detail})
    return visit.go(_place(form.name))


async def show_account(visit: Visit) -> web.StreamResponse:
    """GET /settings/accounts/{account}: one account, and what can be changed of it."""
    return await _account(visit)


async def change_role(visit: Visit) -> web.StreamResponse:
    """POST …/role: another role, from the next click on."""
    body = await visit.form(RoleBody)
    await accounts.change_role(visit.desk, visit.caller, visit.path("account"), body)
    return _back(visit)


async def disable(visit: Visit) -> web.StreamResponse:
    """POST …/disable: switch an account off."""
    await accounts.disable_account(visit.desk, visit.caller, visit.path("account"))
    return _back(visit)


async def enable(visit: Visit) -> web.StreamResponse:
    """POST …/enable: switch it on again."""
    await accounts.enable_account(visit.desk, visit.caller, visit.path("account"))
    return _back(visit)


async def set_password(visit: Visit) -> web.StreamResponse:
    """POST …/password: another one, in place of a lost one."""
    body = await visit.form(PasswordBody)
    try:
        await accounts.set_password(visit.desk, visit.caller, visit.path("account"), body)
    except UnusableError as exc:
        return await _account(visit, HTTPStatus.UNPROCESSABLE_ENTITY, by_field(exc.problems or ()))
    return _back(visit)


async def link(visit: Visit) -> web.StreamResponse:
    """POST …/link: the next person of this name at the provider gets the account."""
    await accounts.link_account(visit.desk, visit.caller, visit.path("account"))
    return _back(visit)


async def end_sessions(visit: Visit) -> web.StreamResponse:
    """POST …/end-sessions: signed out everywhere."""
    await accounts.end_sessions(visit.desk, visit.caller, visit.path("account"))
    return _back(visit)


async def _accounts(visit: Visit, form: NewAccount, problems: Mapping[str, str] | None = None) -> web.Response:
    listed = await accounts.list_accounts(visit.desk, visit.caller)
    return await visit.show(
        "accounts.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK,
        page=paged(listed.accounts, visit.query(After).after, lambda each: each.name),
        form=form,
        problems=problems or {},
        roles=ROLE_WORDS,
        least=LENGTH_MIN,
    )


async def _account(
    visit: Visit, status: HTTPStatus = HTTPStatus.OK, problems: Mapping[str, str] | None = None
) -> web.Response:
    found = await accounts.show_account(visit.desk, visit.caller, visit.path("account"))
    open_ones = await sessions.list_sessions(visit.desk, visit.caller, SessionsQuery(account=found.name))
    return await visit.show(
        "account_of.html",
        status,
        account=found,
        can_link=visit.desk.sign_in.elsewhere is not None and not found.signs_in_elsewhere,
        is_own=found.name == visit.caller.name,
        page=page_of_sessions(open_ones, visit.query(After).after),
        roles=ROLE_WORDS,
        least=LENGTH_MIN,
        problems=problems or {},
    )


def _place(account: str) -> str:
    return f"{ACCOUNTS}/{quote(account, safe='')}"


def _back(visit: Visit) -> web.Response:
    return visit.go(_place(visit.path("account")))


# ── sessions ─────────────────────────────────────────────────────────────────────────────────────


async def list_sessions(visit: Visit) -> web.StreamResponse:
    """GET /settings/sessions: who is signed in, page by page."""
    listed = await sessions.list_sessions(visit.desk, visit.caller, SessionsQuery())
    return await visit.show(
        "sessions.html",
        page=page_of_sessions(listed, visit.query(After).after),
        own=visit.signed_in.signed.session.id,
    )


def page_of_sessions(listed: SessionList, after: str) -> Paged[SessionShown]:
    """Return a page of sessions, the newest sign-in first: that order does not move with what people do while the pages are turned."""
    newest_first = sorted(listed.sessions, key=lambda each: (each.made_at, each.id), reverse=True)
    return paged(newest_first, after, lambda each: each.id)


class EndQuery(After, frozen=True, kw_only=True):
    """Where the session was ended."""

    account: Annotated[str, msgspec.Meta(max_length=200)] = ""
    """On whose page; in everybody's list if it is empty."""


async def end_session(visit: Visit) -> web.StreamResponse:
    """POST /settings/sessions/{session}/end: that browser is signed out."""
    await sessions.revoke_session(visit.desk, visit.caller, visit.path("session"))
    query = visit.query(EndQuery)
    return visit.go(query.of(_place(query.account) if query.account else SESSIONS))


# ── tokens ───────────────────────────────────────────────────────────────────────────────────────


class NewToken(msgspec.Struct, frozen=True, kw_only=True):
    """What the form for a new token says."""

    name: str = ""
    role: StaffRole = StaffRole.TECHNICIAN
    until: str | None = None


async def list_tokens(visit: Visit) -> web.StreamResponse:
    """GET /settings/tokens: what programs call with, and a form for one more."""
    return await _tokens(visit, NewToken())


async def add_token(visit: Visit) -> web.StreamResponse:
    """POST /settings/tokens: make a token; the answer shows its secret, this once."""
    form = await visit.form(NewToken)
    try:
        body = TokenBody(name=form.name, role=form.role, until=form.until)
        made = await tokens.create_token(visit.desk, visit.caller, body)
    except (UnusableError, ConflictError) as exc:
        return await _tokens(visit, form, HTTPStatus.UNPROCESSABLE_ENTITY, problems=_at_field(exc))
    return await _tokens(visit, NewToken(), secret=made.token)


async def revoke_token(visit: Visit) -> web.StreamResponse:
    """POST /settings/tokens/{token}/revoke: it is no longer valid."""
    await tokens.revoke_token(visit.desk, visit.caller, visit.path("token"))
    return visit.go(visit.query(After).of(TOKENS))


async def _tokens(visit: Visit, form: NewToken, status: HTTPStatus = HTTPStatus.OK, **more: Any) -> web.Response:
    listed = await tokens.list_tokens(visit.desk, visit.caller)
    given = {"problems": {}, "secret": None} | more
    page = paged(listed.tokens, visit.query(After).after, lambda each: each.name)
    now = visit.desk.now()
    return await visit.show("tokens.html", status, page=page, form=form, roles=ROLE_WORDS, now=now, **given)


def _at_field(exc: DeskError) -> dict[str, str]:
    """Say it at the field that its words begin with; a name that is taken, at the name."""
    field, colon, words = exc.detail.partition(": ")
    return {field: words} if colon and field in {"name", "until"} else {"name": exc.detail}


# ── look-ups ─────────────────────────────────────────────────────────────────────────────────────


async def list_look_ups(visit: Visit) -> web.StreamResponse:
    """GET /settings/look-ups: who saw who a customer is; by person or request, a page at a time."""
    query = visit.query(LookUpsQuery)
    listed = await customers.list_look_ups(visit.desk, visit.caller, query)
    return await visit.show("look_ups.html", listed=listed, query=query)
