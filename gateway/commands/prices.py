"""`prices list | name | set | off | paid | look`: prices in the ILS of borrowed items that were not returned."""

import argparse
from typing import Any

from gateway.commands.client import ApiClient, calling_flags, made, told
from gateway.commands.output import moment, plain, print_table
from gateway.desk.structs.prices import PriceBody, PriceDone, PriceList, PriceStep


def add(commands: Any) -> None:
    """Add the group to the parser's commands."""
    common = calling_flags()
    group = commands.add_parser("prices").add_subparsers(required=True, metavar="COMMAND")
    words = "what to set in the ILS, what differs there, what to take off"
    group.add_parser("list", parents=[common], help=words).set_defaults(run=list_prices)
    naming = group.add_parser("name", parents=[common], help="name what an item costs")
    naming.add_argument("request", help="the request's number")
    naming.add_argument("--amount", help="the lender's price, like 45.00")
    naming.add_argument("--currency", help="ISO 4217 (the library's own)")
    naming.add_argument("--format", help="in its place: the library's own price for a format of the settings")
    naming.set_defaults(run=name_price)
    for step, about in (
        (PriceStep.SET, "say that it is set in the ILS, and look"),
        (PriceStep.OFF, "say that the charge is taken off in the ILS, and look"),
        (PriceStep.PAID, "say that the customer has paid it, or that it was waived"),
        (PriceStep.LOOK, "look what the circulation system shows"),
    ):
        command = group.add_parser(step.value, parents=[common], help=about)
        command.add_argument("request", help="the request's number")
        command.set_defaults(run=step_price, step=step)


def list_prices(options: argparse.Namespace) -> int:
    """Print all that is not settled."""
    told(options, ApiClient.of(options).ask("GET", "prices"), PriceList, _print)
    return 0


def _print(found: PriceList) -> None:
    rows = [
        (
            row.request,
            row.item_barcode,
            row.title,
            f"{row.amount} {row.currency}",
            "lender's" if row.by_lender else "our own",
            row.standing,
            row.words,
            moment(row.seen_at),
        )
        for row in found.rows
    ]
    headings = ("REQUEST", "ITEM", "TITLE", "PRICE", "WHOSE", "STANDS", "", "LOOKED")
    print_table(headings, rows, empty="Nothing is missing, and no charge is to come off.")
    if found.more:
        print("There are more, which follow as these are settled.")


def name_price(options: argparse.Namespace) -> int:
    """Name a price."""
    body = made(PriceBody, amount=options.amount, currency=options.currency, format=options.format)
    answer = ApiClient.of(options).ask("POST", "requests", options.request, "price", body=body)
    told(options, answer, PriceDone, _print_done)
    return 0


def step_price(options: argparse.Namespace) -> int:
    """Take a step; 1 where what the circulation system shows differs."""
    answer = ApiClient.of(options).ask("POST", "requests", options.request, "price", options.step.value)
    done = told(options, answer, PriceDone, _print_done)
    return 1 if done.row.standing == "differs" else 0


def _print_done(done: PriceDone) -> None:
    print(plain(f"{done.row.request}: {done.row.standing}. {done.words}"))
