"""`copyright list | royalty`: copies that count for the rule of five, and royalties that were paid."""

import argparse
from pathlib import Path
from typing import Any

from gateway.commands.client import ApiClient, calling_flags, made, told
from gateway.commands.output import plain, print_table
from gateway.commands.saved_files import into_flag, save
from gateway.desk.structs.common import Done
from gateway.desk.structs.copyright import CopyrightQuery, CopyrightShown, RoyaltyBody


def add(commands: Any) -> None:
    """Add the group to the parser's commands."""
    common = calling_flags()
    group = commands.add_parser("copyright").add_subparsers(required=True, metavar="COMMAND")
    listing = group.add_parser("list", parents=[common, into_flag()], help="copies of a calendar year, by title")
    listing.add_argument("--year", type=int, help="the calendar year (this one)")
    listing.add_argument("--over", action="store_true", help="only titles with more than are allowed")
    listing.add_argument("--after", metavar="TITLE", help="go on from here: “next” of the page before")
    listing.add_argument("--limit", type=int, help="titles at once (6)")
    listing.set_defaults(run=list_copied)
    noting = group.add_parser("royalty", parents=[common], help="note what was paid for a copy")
    noting.add_argument("request", help="the request's number")
    noting.add_argument("amount", help="like 12.50")
    noting.add_argument("--currency", help="ISO 4217 (USD)")
    noting.add_argument("--reference", help="the clearance center's order number, or the invoice's")
    noting.add_argument("--paid-on", metavar="DATE", help="the day (today)")
    noting.set_defaults(run=note_royalty)


def list_copied(options: argparse.Namespace) -> int:
    """Print a year's titles, or write them to a file."""
    into: Path | None = options.into
    if into:
        return save(options, "copyright", query=CopyrightQuery, year=options.year, over=options.over or None)
    query = made(CopyrightQuery, year=options.year, over=options.over or None, after=options.after, limit=options.limit)
    told(options, ApiClient.of(options).ask("GET", "copyright", query=query), CopyrightShown, _print)
    return 0


def _print(shown: CopyrightShown) -> None:
    rows = [
        (work.title, work.number, work.counted, work.filled, work.open, "over" if work.counted > shown.allowed else "")
        for work in shown.works
    ]
    print_table(
        ("TITLE", "NUMBER", f"OF {shown.allowed}", "FILLED", "OPEN", ""), rows, empty=f"No copy in {shown.year}."
    )
    if shown.next:
        print(f"More: --after {plain(shown.next)}")
    print(f"{shown.over} over what is allowed, {shown.unpaid} of them filled and without a royalty.")
    print(plain(shown.definition))


def note_royalty(options: argparse.Namespace) -> int:
    """Note a royalty."""
    body = made(
        RoyaltyBody,
        amount=options.amount,
        currency=options.currency,
        reference=options.reference,
        paid_on=options.paid_on,
    )
    answer = ApiClient.of(options).ask("POST", "requests", options.request, "royalty", body=body)
    told(options, answer, Done, lambda done: print(plain(done.words)))
    return 0
