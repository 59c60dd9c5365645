"""`account` and `sessions` against a live API."""

import io

import pytest

from gateway.desk import sessions
from tests.commands.shell import Ran, Shell

PASSWORD = "seven visibly fictional words"


async def run(shell: Shell, environment: pytest.MonkeyPatch, *argv: str, typed: str = PASSWORD) -> Ran:
    """Run a command that reads a password."""
    environment.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
    return await shell.run(*argv, "--password-stdin")


async def test_the_first_account_is_made_with_the_configured_token_and_signs_in(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
):
    made = await run(shell, monkeypatch, "account", "add", "mara", "technician")
    assert (made.code, made.out) == (0, "mara can sign in as technician.\n")
    await sessions.sign_in(shell.live.desk, "mara", PASSWORD, address="192.0.2.1", agent="Example Browser")
    [line] = [line for line in (await shell.run("sessions", "list")).out.splitlines() if "mara" in line]
    assert "192.0.2.1" in line
    assert (await shell.run("sessions", "revoke", line.split()[0])).code == 0
    assert (await shell.run("sessions", "list")).out == "Nobody is signed in.\n"


async def test_an_account_is_switched_off_and_on_and_gets_another_role_and_password(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
):
    await run(shell, monkeypatch, "account", "add", "mara", "technician")
    assert (await shell.run("account", "role", "mara", "manager")).out == "mara is manager.\n"
    assert (await shell.run("account", "disable", "mara")).out == "mara is switched off, and signed out.\n"
    assert (await shell.run("account", "enable", "mara")).out == "mara is switched on.\n"
    changed = await run(shell, monkeypatch, "account", "password", "mara", "--must-change")
    assert changed.out == "mara has another password.\n"
    assert "manager" in (await shell.run("account", "list")).out
    await sessions.sign_in(shell.live.desk, "mara", PASSWORD)
    assert (await shell.run("sessions", "revoke", "--account", "mara")).out == "1 session is over.\n"


async def test_that_a_token_of_somebody_who_is_switched_off_still_counts_is_said(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
):
    await run(shell, monkeypatch, "account", "add", "Mara", "technician")
    assert (await shell.run("token", "create", "mara", "technician")).code == 0
    assert (await shell.run("account", "disable", "mara")).out.splitlines() == [
        "Mara is switched off, and signed out.",
        "The token mara still calls the API: ill-gateway token revoke mara",
    ]
    assert (await shell.run("token", "revoke", "mara")).code == 0
    assert (await shell.run("account", "disable", "mara")).out == "Mara is switched off, and signed out.\n"


async def test_a_password_is_no_argument_and_asked_for_at_a_terminal(shell: Shell, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    ran = await shell.run("account", "add", "mara", "technician")
    assert (ran.code, "--password-stdin" in ran.err) == (1, True)


async def test_what_is_wrong_with_a_password_is_told_and_it_is_not_quoted(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
):
    ran = await run(shell, monkeypatch, "account", "add", "mara", "technician", typed="too short")
    assert ran.code == 1
    assert ran.err.startswith("password: a password has 12 to 256 characters")
    assert ran.err.count("\n") == 1, "and once"
    assert "too short" not in ran.err


async def test_either_a_session_or_an_account_is_named(shell: Shell):
    assert (await shell.run("sessions", "revoke")).code == 1
    assert (await shell.run("sessions", "revoke", "x", "--account", "mara")).code == 1
