"""`token create | list | revoke`: who may call the API. The first token is the configuration's."""

import argparse
from datetime import UTC, datetime
from typing import Any

from gateway.commands.client import ApiClient, calling_flags, made, told
from gateway.commands.output import moment, plain, print_table
from gateway.desk.structs.tokens import TokenBody, TokenList, TokenListed, TokenMade, TokenShown
from gateway.workflow.staff import StaffRole


def add(commands: Any) -> None:
    """Add the group to the parser's commands."""
    common = calling_flags()
    group = commands.add_parser("token").add_subparsers(required=True, metavar="COMMAND")
    creating = group.add_parser("create", parents=[common], help="make a token; its secret is shown this once")
    creating.add_argument("name", help="whose it is: written into history")
    creating.add_argument("role", choices=[each.value for each in StaffRole], help="what it may do")
    creating.add_argument("--until", help="the last day on which it is valid, as 2027-01-31 (until it is revoked)")
    creating.set_defaults(run=create_token)
    group.add_parser("list", parents=[common], help="every token, revoked ones too").set_defaults(run=list_tokens)
    revoking = group.add_parser("revoke", parents=[common], help="from now on it is no longer valid")
    revoking.add_argument("name", help="the token's name")
    revoking.set_defaults(run=revoke_token)


def create_token(options: argparse.Namespace) -> int:
    """Make a token and print it, alone on its line, for a script to take."""
    body = made(TokenBody, name=options.name, role=options.role, until=options.until)
    answer = ApiClient.of(options).ask("POST", "tokens", body=body)
    told(options, answer, TokenMade, lambda token: print(plain(token.token)))
    return 0


def list_tokens(options: argparse.Namespace) -> int:
    """Print names, roles and times."""
    told(options, ApiClient.of(options).ask("GET", "tokens"), TokenList, _print_tokens)
    return 0


def _print_tokens(listed: TokenList) -> None:
    now = datetime.now(UTC)
    rows = [
        (
            token.name,
            token.role,
            "configuration" if token.configured else moment(token.created_at),
            moment(token.ends_at),
            _valid(token, now),
        )
        for token in listed.tokens
    ]
    print_table(("NAME", "ROLE", "MADE", "ENDS", "VALID"), rows, empty="No token.")


def _valid(token: TokenListed, now: datetime) -> str:
    """Say whether it is valid, or why not."""
    if token.revoked_at:
        return f"no, revoked {moment(token.revoked_at)}"
    if token.ends_at and token.ends_at <= now:
        return "no, it has ended"
    if token.suspended_at:
        return f"no, suspended since the restore of {moment(token.suspended_at)} (recovery confirm-access)"
    return "yes"


def revoke_token(options: argparse.Namespace) -> int:
    """Revoke a token."""
    answer = ApiClient.of(options).ask("DELETE", "tokens", options.name)
    told(options, answer, TokenShown, lambda token: print(f"{plain(token.name)} is revoked."))
    return 0
