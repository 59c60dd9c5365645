"""`token create | list | revoke`: who may call the API. The first token is the configuration's."""

import argparse
from typing import Any

from gateway.commands.client import Gateway, calling_flags
from gateway.commands.output import moment, plain, print_json, print_table
from gateway.desk.structs.tokens import StaffRole


def add(commands: Any) -> None:
    """Add the group to the parser's commands."""
    common = calling_flags()
    group = commands.add_parser("token").add_subparsers(required=True, metavar="COMMAND")
    creating = group.add_parser("create", parents=[common], help="make a token; its secret is shown this once")
    creating.add_argument("name", help="whose it is: written into history")
    creating.add_argument("role", choices=[each.value for each in StaffRole])
    creating.add_argument("--until", help="the last day on which it counts, as 2027-01-31 (until it is revoked)")
    creating.set_defaults(run=create_token)
    group.add_parser("list", parents=[common], help="every token, revoked ones too").set_defaults(run=list_tokens)
    revoking = group.add_parser("revoke", parents=[common], help="it counts no more, at once")
    revoking.add_argument("name")
    revoking.set_defaults(run=revoke_token)


def create_token(options: argparse.Namespace) -> int:
    """Make a token and print it, alone on its line, for a script to take."""
    body = {"name": options.name, "role": options.role, "until": options.until}
    answer = Gateway.of(options).send("POST", "tokens", body=body)
    if options.json:
        print_json(answer)
    else:
        print(plain(answer["token"]))
    return 0


def list_tokens(options: argparse.Namespace) -> int:
    """Print names, roles and times."""
    answer = Gateway.of(options).get("tokens")
    if options.json:
        print_json(answer)
        return 0
    rows = [
        (
            token["name"],
            token["role"],
            "configuration" if token["configured"] else moment(token["created_at"]),
            moment(token["ends_at"]),
            moment(token["revoked_at"]),
        )
        for token in answer["tokens"]
    ]
    print_table(("NAME", "ROLE", "MADE", "ENDS", "REVOKED"), rows, empty="No token.")
    return 0


def revoke_token(options: argparse.Namespace) -> int:
    """Revoke a token."""
    answer = Gateway.of(options).send("DELETE", "tokens", options.name)
    if options.json:
        print_json(answer)
    else:
        print(f"{plain(answer['name'])} is revoked.")
    return 0
