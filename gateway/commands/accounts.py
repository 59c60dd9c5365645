"""`account add | list | role | disable | enable | link | password`, `sessions list | revoke`: who signs in at the desk."""

import argparse
import sys
from getpass import getpass
from typing import Any

from gateway.commands.base import Failure
from gateway.commands.client import ApiClient, calling_flags, made, told
from gateway.commands.output import moment, plain, print_table
from gateway.desk.structs.accounts import AccountBody, AccountList, AccountShown, PasswordBody, RoleBody
from gateway.desk.structs.common import Done
from gateway.desk.structs.sessions import SessionList, SessionsQuery
from gateway.workflow.staff import StaffRole


def add(commands: Any) -> None:
    """Add both groups to the parser's commands."""
    _add_accounts(commands)
    _add_sessions(commands)


def _add_accounts(commands: Any) -> None:
    common, typed = calling_flags(), _password_flags()
    group = commands.add_parser("account").add_subparsers(required=True, metavar="COMMAND")
    adding = group.add_parser("add", parents=[common, typed], help="make an account; its password is asked for")
    adding.add_argument("name", help="the sign-in name: written into history, never given to anybody else")
    adding.add_argument("role", choices=[each.value for each in StaffRole], help="what it may do")
    adding.set_defaults(run=add_account)
    group.add_parser("list", parents=[common], help="every account, those switched off too").set_defaults(
        run=list_accounts
    )
    changing = group.add_parser("role", parents=[common], help="give an account another role, at once")
    changing.add_argument("name", help="the account")
    changing.add_argument("role", choices=[each.value for each in StaffRole], help="what it may do from now on")
    changing.set_defaults(run=change_role)
    for name, words in (("disable", "switch an account off; its sessions end"), ("enable", "switch it on again")):
        command = group.add_parser(name, parents=[common], help=words)
        command.add_argument("name", help="the account")
        command.set_defaults(run=switch, act=name)
    linking = group.add_parser("link", parents=[common], help="let the person of this name at the provider have it")
    linking.add_argument("name", help="the account, which is called as the person is there")
    linking.set_defaults(run=link_account)
    setting = group.add_parser("password", parents=[common, typed], help="set a lost password; its sessions end")
    setting.add_argument("name", help="the account")
    setting.set_defaults(run=set_password)


def _add_sessions(commands: Any) -> None:
    common = calling_flags()
    group = commands.add_parser("sessions").add_subparsers(required=True, metavar="COMMAND")
    listing = group.add_parser("list", parents=[common], help="who is signed in, and where")
    listing.add_argument("--account", metavar="NAME", help="of one account alone")
    listing.set_defaults(run=list_sessions)
    revoking = group.add_parser("revoke", parents=[common], help="end a session at once, or all of an account")
    revoking.add_argument("session", nargs="?", help="as `sessions list` names it")
    revoking.add_argument("--account", metavar="NAME", help="all of this account")
    revoking.set_defaults(run=revoke_sessions)


def _password_flags() -> argparse.ArgumentParser:
    flags = argparse.ArgumentParser(add_help=False)
    flags.add_argument("--password-stdin", action="store_true", help="read the password from the first line of stdin")
    flags.add_argument("--must-change", action="store_true", help="it is to be changed at the next sign-in")
    return flags


def add_account(options: argparse.Namespace) -> int:
    """Make an account."""
    body = made(
        AccountBody,
        name=options.name,
        role=options.role,
        password=_password(options),
        must_change=options.must_change,
    )
    answer = ApiClient.of(options).ask("POST", "accounts", body=body)
    told(options, answer, AccountShown, lambda account: print(f"{plain(account.name)} can sign in as {account.role}."))
    return 0


def list_accounts(options: argparse.Namespace) -> int:
    """Print names, roles and times."""
    told(options, ApiClient.of(options).ask("GET", "accounts"), AccountList, _print_accounts)
    return 0


def _print_accounts(listed: AccountList) -> None:
    rows = [
        (each.name, each.role, moment(each.made_at), plain(each.made_by), _way(each), moment(each.disabled_at))
        for each in listed.accounts
    ]
    headings = ("NAME", "ROLE", "MADE", "BY", "SIGNS IN", "SWITCHED OFF")
    print_table(headings, rows, empty="No account yet: “ill-gateway account add NAME admin” makes one.")


def _way(account: AccountShown) -> str:
    ways = (("password", account.has_password), ("elsewhere", account.signs_in_elsewhere))
    return ", ".join(words for words, has in ways if has)


def change_role(options: argparse.Namespace) -> int:
    """Give an account another role."""
    answer = ApiClient.of(options).ask("POST", "accounts", options.name, "role", body=made(RoleBody, role=options.role))
    told(options, answer, AccountShown, lambda account: print(f"{plain(account.name)} is {account.role}."))
    return 0


def switch(options: argparse.Namespace) -> int:
    """Switch an account off or on."""
    answer = ApiClient.of(options).ask("POST", "accounts", options.name, options.act)
    told(options, answer, AccountShown, _print_switched)
    return 0


def _print_switched(account: AccountShown) -> None:
    print(f"{plain(account.name)} is switched {'on' if account.disabled_at is None else 'off, and signed out'}.")
    for token in account.tokens if account.disabled_at is not None else ():
        print(f"The token {plain(token)} still calls the API: ill-gateway token revoke {plain(token)}")


def link_account(options: argparse.Namespace) -> int:
    """Let somebody sign in by the provider."""
    answer = ApiClient.of(options).ask("POST", "accounts", options.name, "link")
    words = "belongs to the next person of this name who signs in at the provider."
    told(options, answer, AccountShown, lambda account: print(f"{plain(account.name)} {words}"))
    return 0


def set_password(options: argparse.Namespace) -> int:
    """Set somebody's password."""
    body = made(PasswordBody, password=_password(options), must_change=options.must_change)
    answer = ApiClient.of(options).ask("POST", "accounts", options.name, "password", body=body)
    told(options, answer, AccountShown, lambda account: print(f"{plain(account.name)} has another password."))
    return 0


def list_sessions(options: argparse.Namespace) -> int:
    """Print who is signed in."""
    query = SessionsQuery(account=options.account)
    told(options, ApiClient.of(options).ask("GET", "sessions", query=query), SessionList, _print_sessions)
    return 0


def _print_sessions(listed: SessionList) -> None:
    rows = [
        (each.id, each.account, moment(each.made_at), moment(each.last_seen_at), each.address, plain(each.agent))
        for each in listed.sessions
    ]
    print_table(("SESSION", "ACCOUNT", "SINCE", "SEEN", "ADDRESS", "BROWSER"), rows, empty="Nobody is signed in.")


def revoke_sessions(options: argparse.Namespace) -> int:
    """End one session, or all of an account."""
    if bool(options.session) == bool(options.account):
        raise Failure("Name either a session, or an account with --account.")
    gateway = ApiClient.of(options)
    if options.account:
        answer = gateway.ask("POST", "accounts", options.account, "end-sessions")
    else:
        answer = gateway.ask("DELETE", "sessions", options.session)
    told(options, answer, Done, lambda done: print(plain(done.words)))
    return 0


def _password(options: argparse.Namespace) -> str:
    """Read a password where nobody sees it; it is no argument, which every process of the machine could read. Raises Failure."""
    if options.password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise Failure("There is no terminal to ask for the password at: give it with --password-stdin.")
    password = getpass(f"Password for {options.name}: ")
    if getpass("Once more: ") != password:
        raise Failure("The two passwords differ.")
    return password
