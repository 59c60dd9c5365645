"""`lists pull | to-ship | due | … | to-receive | on-the-shelf | …`: where things are and where they go."""

import argparse
import sys
from typing import Any

from gateway.commands.client import ApiClient, calling_flags, made, told
from gateway.commands.output import address, branch_name, moment, print_table
from gateway.commands.pdf_files import pdf_flags, save_pdf
from gateway.desk.structs.lists import ABOUT, ListName, ListQuery, ListShown
from gateway.workflow.records import Role


def add(commands: Any) -> None:
    """Add the group to the parser's commands: one command a list."""
    common = calling_flags()
    group = commands.add_parser("lists").add_subparsers(required=True, metavar="LIST")
    for name, about in ABOUT.items():
        ours = "borrowing: " if about.role is Role.BORROWING else ""
        parents = [common, pdf_flags()] if name is ListName.PULL else [common]
        listing = group.add_parser(name.value, parents=parents, help=f"{ours}{about.words}")
        listing.set_defaults(run=show_list, list=name, days=None, paper=False, pdf=None)
        if name is ListName.DUE:
            listing.add_argument("--days", type=int, help="how far to look (7)")
        if name is ListName.PULL:
            listing.add_argument("--paper", action="store_true", help="as a page to print")


def show_list(options: argparse.Namespace) -> int:
    """Print a worklist; the pull list as a PDF has a slip for each item."""
    if options.pdf:
        return save_pdf(options, "lists", options.list, query=ListQuery)
    query = made(ListQuery, days=options.days, format="text" if options.paper else None)
    answer = ApiClient.of(options).ask("GET", "lists", options.list, query=query)
    if options.paper:
        sys.stdout.write(answer.text())
    else:
        told(options, answer, ListShown, _print)
    return 0


def _print(shown: ListShown) -> None:
    rows = [
        (
            branch_name(shown.branches, row.branch),
            row.call_number,
            row.item_barcode,
            row.title,
            moment(row.due_at),
            row.partner,
            address(row.address),
            row.request,
        )
        for row in shown.rows
    ]
    headings = ("BRANCH", "CALL NUMBER", "ITEM", "TITLE", "DUE", "PARTNER", "ADDRESS", "REQUEST")
    print_table(headings, rows, empty=f"Nothing {shown.words}.")
