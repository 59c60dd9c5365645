"""`catalogue find`: try a look-up, as a request for the work would be looked up."""

import argparse
from typing import Any, Final

from gateway.commands.client import ApiClient, calling_flags, made, told
from gateway.commands.output import plain, print_table
from gateway.desk.structs.catalogue import FIELDS, CopiesQuery, CopiesShown

HELP: Final = {
    "record": "our own record number",
    "oclc": "the work's OCLC number",
    "lccn": "the work's LCCN",
    "isbn": "the work's ISBN",
    "issn": "the work's ISSN",
    "year": "its year of publication",
}


def add(commands: Any) -> None:
    """Add the group to the parser's commands."""
    common = calling_flags()
    group = commands.add_parser("catalogue").add_subparsers(required=True, metavar="COMMAND")
    finding = group.add_parser("find", parents=[common], help="look a work up, and say how: changes nothing")
    for name in FIELDS:
        finding.add_argument(f"--{name}", help=HELP.get(name, f"the work's {name}"))
    finding.add_argument("--any-edition", action="store_true", help="other editions will do as well")
    finding.set_defaults(run=find_copies)


def find_copies(options: argparse.Namespace) -> int:
    """Print the copies and how they were found. 0 where there are some, 1 where there are none."""
    query = made(CopiesQuery, any_edition=options.any_edition, **{name: getattr(options, name) for name in FIELDS})
    answer = ApiClient.of(options).ask("GET", "catalogue", "copies", query=query)
    return 0 if told(options, answer, CopiesShown, _print).copies else 1


def _print(found: CopiesShown) -> None:
    rows = [
        (
            copy.item_barcode,
            found.branches.get(copy.branch, copy.branch),
            copy.call_number,
            copy.item_type,
            copy.volume,
            copy.title,
            copy.doubt,
        )
        for copy in found.copies
    ]
    headings = ("BARCODE", "BRANCH", "CALL NUMBER", "TYPE", "PART", "TITLE", "DOUBT")
    print_table(headings, rows, empty="No copy." if found.certain else "No copy was found; that proves nothing.")
    print(plain(found.words))
