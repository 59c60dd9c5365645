"""`catalogue find`: try a look-up, as a request for the work would be looked up."""

import argparse
from typing import Any, Final

from gateway.commands.client import Gateway, calling_flags
from gateway.commands.output import branch_name, plain, print_json, print_table

OPTIONS: Final = ("oclc", "lccn", "isbn", "issn", "record", "title", "author", "year", "edition", "volume", "issue")
"""What a work can be looked for by; the API's parameters have the same names."""


def add(commands: Any) -> None:
    """Add the group to the parser's commands."""
    common = calling_flags()
    group = commands.add_parser("catalogue").add_subparsers(required=True, metavar="COMMAND")
    finding = group.add_parser("find", parents=[common], help="look a work up, and say how: changes nothing")
    for name in OPTIONS:
        finding.add_argument(f"--{name}", help="our own record number" if name == "record" else None)
    finding.add_argument("--any-edition", action="store_true", help="other editions will do as well")
    finding.set_defaults(run=find_copies)


def find_copies(options: argparse.Namespace) -> int:
    """Print the copies and how they were found. 0 where there are some, 1 where there are none."""
    query = {name: getattr(options, name) for name in OPTIONS}
    query["any_edition"] = "true" if options.any_edition else None
    answer = Gateway.of(options).get("catalogue", "copies", **query)
    if options.json:
        print_json(answer)
    else:
        _print(answer)
    return 0 if answer["copies"] else 1


def _print(answer: Any) -> None:
    names = ("call_number", "item_type", "volume", "title", "doubt")
    rows = [
        (copy["item_barcode"], branch_name(answer, copy.get("branch")), *map(copy.get, names))
        for copy in answer["copies"]
    ]
    headings = ("BARCODE", "BRANCH", "CALL NUMBER", "TYPE", "PART", "TITLE", "DOUBT")
    print_table(headings, rows, empty="No copy." if answer["certain"] else "No copy was found; that proves nothing.")
    print(plain(answer["words"]))
