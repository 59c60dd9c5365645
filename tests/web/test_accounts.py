"""Accounts and sessions on a real store: over the API, and by the functions that pages use."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.desk import accounts, sessions
from gateway.desk.access import Caller
from gateway.desk.errors import DeskError, TooOftenError, UnusableError, WrongPasswordError
from gateway.desk.passwords import KNOWN_TO_ALL, objection
from gateway.desk.sessions import AGENT_MAX, Signed
from gateway.desk.sign_ins import OF_A_NAME, OF_AN_ADDRESS, SignInOutcome, SignInRules, SignIns
from gateway.desk.structs.accounts import AccountBody, OwnPasswordBody
from gateway.workflow.staff import StaffRole
from tests.web.live import Live

PASSWORD = "seven visibly fictional words"
HERE, ELSEWHERE = "192.0.2.1", "198.51.100.9"


async def make(live: Live, name: str = "ann", role: str = "technician", **more) -> int:
    body = {"name": name, "role": role, "password": PASSWORD} | more
    return (await live.call("POST", "/accounts", body=body))[0]


async def enter(live: Live, name: str = "ann", password: str = PASSWORD, address: str = HERE) -> str:
    """Sign in; give the token."""
    token, _ = await sessions.sign_in(live.desk, name, password, address=address, agent="Example Browser")
    return token


async def signed(live: Live, token: str) -> Signed:
    found = await sessions.session_of(live.desk, token)
    assert found is not None
    return found


async def is_in(live: Live, token: str) -> bool:
    return await sessions.session_of(live.desk, token) is not None


# signing in


async def test_who_knows_name_and_password_is_signed_in_with_the_accounts_role(live: Live):
    assert await make(live) == 201
    found = await signed(live, await enter(live, " ANN"))
    assert found.caller == Caller("ann", StaffRole.TECHNICIAN, is_at_desk=True)
    assert (found.session.address, found.session.agent) == (HERE, "Example Browser")
    assert (live.tries[-1].outcome, live.tries[-1].account) == (SignInOutcome.DONE, "ann")


@pytest.mark.parametrize(
    ("name", "password"), [("ann", "another password"), ("nobody", PASSWORD), ("ann", ""), ("", "")]
)
async def test_what_is_wrong_is_not_told_apart(live: Live, name: str, password: str):
    await make(live)
    with pytest.raises(WrongPasswordError, match="Name or password is wrong"):
        await enter(live, name, password)
    assert live.tries[-1].account == ("ann" if name == "ann" else None), "a password typed as a name is told nobody"


@pytest.mark.parametrize(
    "text", ["x" * 2_000_000, "a\0b", "\udce9", "\u0344" * 500_000], ids=["long", "NUL", "surrogate", "to be composed"]
)
async def test_whatever_is_typed_is_wrong_and_breaks_nothing(live: Live, text: str):
    await make(live)
    for name, password in ((text, PASSWORD), ("ann", text), (text, text)):
        with pytest.raises(WrongPasswordError):
            await enter(live, name, password)
    _, session = await sessions.sign_in(live.desk, "ann", PASSWORD, agent=f"A\udce9\0{text}")
    assert len(session.agent) <= AGENT_MAX


async def test_a_password_of_any_form_of_unicode_is_the_same(live: Live):
    await make(live, password="ein schönes Passwort")
    assert await enter(live, password="ein scho\u0308nes Passwort")


async def test_a_name_is_guessed_at_a_few_times_and_its_owner_is_not_locked_out(live: Live):
    await make(live)
    await enter(live)
    for _ in range(int(OF_A_NAME.burst)):
        with pytest.raises(WrongPasswordError):
            await enter(live, password="a guess", address=ELSEWHERE)
    with pytest.raises(TooOftenError) as refused:
        await enter(live, address="203.0.113.5")
    assert refused.value.wait_s > 0
    assert live.tries[-1].outcome is SignInOutcome.TOO_OFTEN
    assert await enter(live), "from where there is a session of the account"


async def test_an_address_guesses_at_a_few_names(live: Live):
    await make(live)
    for number in range(int(OF_AN_ADDRESS.burst)):
        with pytest.raises(WrongPasswordError):
            await enter(live, f"guess-{number}")
    with pytest.raises(TooOftenError):
        await enter(live)
    assert await enter(live, address=ELSEWHERE)


async def test_guesses_at_once_are_counted_before_they_are_judged(live: Live):
    await make(live)
    tries = [enter(live, password=f"guess {number}", address=ELSEWHERE) for number in range(15)]
    found = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(each, TooOftenError) for each in found) == 15 - int(OF_A_NAME.burst)


# sessions


async def test_a_session_ends_when_nothing_is_asked_for_too_long(live: Live):
    await make(live)
    token = await enter(live)
    for _ in range(3):
        await live.time.advance(7 * 3600)
        assert await is_in(live, token)
    await live.time.advance(8 * 3600)
    assert not await is_in(live, token)
    assert (await live.call("GET", "/sessions"))[1] == {"sessions": []}


async def test_a_session_ends_after_a_week_whatever_is_asked(live: Live):
    await make(live)
    token = await enter(live)
    for _ in range(23):
        await live.time.advance(7 * 3600)
        assert await is_in(live, token)
    await live.time.advance(7 * 3600)
    assert not await is_in(live, token)


async def test_when_it_was_seen_last_is_written_once_a_minute(live: Live):
    await make(live)
    token = await enter(live)
    await live.time.advance(59)
    assert (await signed(live, token)).session.last_seen_at == live.time.now() - timedelta(seconds=59)
    await live.time.advance(1)
    assert (await signed(live, token)).session.last_seen_at == live.time.now()


async def test_a_page_that_looks_by_itself_keeps_no_session_open(live: Live):
    await make(live)
    token = await enter(live)
    for hours in (7, 1):
        await live.time.advance(hours * 3600)
        found = await sessions.session_of(live.desk, token, seen=False)
        assert (found is not None) is (hours == 7)


async def test_signing_out_ends_one_session(live: Live):
    await make(live)
    one, other = await enter(live), await enter(live)
    await sessions.sign_out(live.desk, await signed(live, one))
    assert (await is_in(live, one), await is_in(live, other)) == (False, True)


async def test_sessions_are_listed_and_revoked_and_no_token_is_in_the_list(live: Live):
    await make(live)
    token = await enter(live)
    status, listed = await live.call("GET", "/sessions?account=Ann")
    assert status == 200
    assert [each["account"] for each in listed["sessions"]] == ["ann"]
    assert token not in str(listed)
    assert "hash" not in str(listed)
    number = listed["sessions"][0]["id"]
    assert (await live.call("DELETE", f"/sessions/{number}"))[0] == 200
    assert (await live.call("DELETE", f"/sessions/{number}"))[0] == 404
    assert not await is_in(live, token)


async def test_ones_own_session_is_ones_own_to_end_and_no_other(live: Live):
    await make(live)
    await make(live, "bob")
    mine, theirs = await enter(live), await enter(live, "bob")
    me, them = await signed(live, mine), await signed(live, theirs)
    with pytest.raises(DeskError, match="no session but their own"):
        await sessions.revoke_session(live.desk, me.caller, them.session.id)
    await sessions.revoke_session(live.desk, me.caller, me.session.id)
    assert not await is_in(live, mine)


@pytest.mark.parametrize("token", ["", "x", "\udce9", "a" * 5000])
async def test_a_token_that_is_none_proves_nobody(live: Live, token: str):
    assert not await is_in(live, token)


# accounts


async def test_a_name_is_taken_in_any_case_and_for_ever(live: Live):
    assert await make(live) == 201
    assert await make(live, "ANN") == 409
    assert (await live.call("POST", "/accounts/ann/disable"))[0] == 200
    assert await make(live, "ann") == 409


@pytest.mark.parametrize("name", ["", "the desk", "-x", "ä", "a\n", "x" * 65])
async def test_a_name_that_is_none_is_refused(live: Live, name: str):
    assert await make(live, name) == 422


@pytest.mark.parametrize("password", ["short", "x" * 12, "my-name-is-annabel", *sorted(KNOWN_TO_ALL), "x" * 300])
async def test_a_weak_password_is_refused_in_words_and_not_quoted(live: Live, password: str):
    body = {"name": "annabel", "role": "viewer", "password": password}
    status, answer = await live.call("POST", "/accounts", body=body)
    assert (status, answer["detail"][:9]) == (422, "password:")
    assert password not in str(answer)


def test_what_a_person_would_choose_is_taken():
    assert objection("correct horse battery", "ann") is None


async def test_who_is_no_administrator_changes_no_account(live: Live):
    for role in ("viewer", "technician", "manager"):
        for method, path in (
            ("GET", "/accounts"),
            ("POST", "/accounts"),
            ("GET", "/sessions"),
            ("POST", "/accounts/x/disable"),
        ):
            assert (await live.call(method, path, role=role))[0] == 403


async def test_the_list_of_accounts_holds_no_hash(live: Live):
    await make(live)
    status, listed = await live.call("GET", "/accounts")
    assert (status, [each["name"] for each in listed["accounts"]]) == (200, ["ann"])
    assert "argon2" not in str(listed)


async def test_an_account_that_is_switched_off_ends_its_sessions_and_opens_nothing(live: Live):
    await make(live)
    token = await enter(live)
    assert (await live.call("POST", "/accounts/Ann/disable"))[0] == 200
    assert not await is_in(live, token)
    with pytest.raises(WrongPasswordError, match="switched off"):
        await enter(live)
    with pytest.raises(WrongPasswordError, match="Name or password"):
        await enter(live, password="a guess")
    assert (await live.call("POST", "/accounts/ann/enable"))[0] == 200
    assert await enter(live)
    assert not await is_in(live, token), "what was ended stays so"


async def test_another_role_counts_from_the_next_click(live: Live):
    await make(live)
    token = await enter(live)
    assert (await live.call("POST", "/accounts/ann/role", body={"role": "manager"}))[0] == 200
    assert (await signed(live, token)).caller.role is StaffRole.MANAGER


async def test_an_administrator_is_left(live: Live):
    await make(live, "root", "admin")
    own = (await signed(live, await enter(live, "root"))).caller
    with pytest.raises(DeskError, match="another administrator"):
        await accounts.disable_account(live.desk, own, "ROOT")


async def test_a_lost_password_is_set_by_an_administrator(live: Live):
    await make(live)
    token = await enter(live)
    body = {"password": "another fictional password", "must_change": True}
    assert (await live.call("POST", "/accounts/ann/password", body=body))[0] == 200
    assert not await is_in(live, token)
    with pytest.raises(WrongPasswordError):
        await enter(live)
    again = await signed(live, await enter(live, password="another fictional password"))
    assert again.must_change


async def test_ones_own_password_is_changed_with_the_old_one_and_signs_out_everywhere_else(live: Live):
    await make(live, must_change=True)
    one, other = await enter(live), await enter(live)
    me = await signed(live, one)
    wrong = OwnPasswordBody(current="a guess", new="another fictional password")
    with pytest.raises(WrongPasswordError, match="current"):
        await accounts.change_own_password(live.desk, me, wrong, address=HERE)
    with pytest.raises(UnusableError, match="new"):
        await accounts.change_own_password(live.desk, me, OwnPasswordBody(current=PASSWORD, new="short"), address=HERE)
    body = OwnPasswordBody(current=PASSWORD, new="another fictional password")
    await accounts.change_own_password(live.desk, me, body, address=HERE)
    assert (await is_in(live, one), await is_in(live, other)) == (True, False)
    assert not (await signed(live, one)).must_change
    assert await enter(live, password="another fictional password")


async def test_nobody_changes_an_account_that_is_not_there(live: Live):
    for path, body in (
        ("role", {"role": "viewer"}),
        ("disable", None),
        ("password", {"password": PASSWORD}),
        ("end-sessions", None),
    ):
        assert (await live.call("POST", f"/accounts/nobody/{path}", body=body))[0] == 404


# a demonstration


async def test_a_demonstrations_account_opens_nothing_elsewhere(live: Live):
    """Its store may be copied, or its gateway started with other settings."""
    elsewhere = live.desk
    demonstration = replace(
        elsewhere, sign_in=replace(elsewhere.sign_in, sign_ins=SignIns(SignInRules(demonstration=True)))
    )
    admin = Caller("first-admin", StaffRole.ADMIN)
    body = AccountBody(name="manager", role=StaffRole.MANAGER, password="demonstration")
    assert (await accounts.add_account(demonstration, admin, body)).demonstration
    token, _ = await sessions.sign_in(demonstration, "manager", "demonstration")
    assert await sessions.session_of(demonstration, token) is not None
    assert await sessions.session_of(elsewhere, token) is None
    with pytest.raises(WrongPasswordError, match="made by a demonstration"):
        await sessions.sign_in(elsewhere, "manager", "demonstration")
    assert (await live.call("POST", "/accounts/manager/enable"))[0] == 200
    with pytest.raises(WrongPasswordError):
        await sessions.sign_in(elsewhere, "manager", "demonstration")


async def test_an_account_of_a_demonstration_is_made_ones_own_by_a_password_of_its_own(live: Live):
    demonstration = replace(
        live.desk, sign_in=replace(live.desk.sign_in, sign_ins=SignIns(SignInRules(demonstration=True)))
    )
    body = AccountBody(name="manager", role=StaffRole.MANAGER, password="demonstration")
    await accounts.add_account(demonstration, Caller("first-admin", StaffRole.ADMIN), body)
    assert (await live.call("POST", "/accounts/manager/password", body={"password": PASSWORD}))[0] == 200
    assert await enter(live, "manager")
