"""`recovery show | list | compare | confirm-access | numbers | confirm-numbers | go-on | end`: after a restore, until all work goes on."""

import argparse
import dataclasses
from typing import Any

from gateway.commands.base import Failure
from gateway.commands.client import ApiClient, calling_flags, told
from gateway.commands.operating import RECONCILE_TIMEOUT_S
from gateway.commands.output import moment, plain, print_table
from gateway.desk.structs.bill_numbers import ConfirmNumbersBody, LastNumberBody, NumbersShown
from gateway.desk.structs.recovery import BesideList, BesideQuery, EndBody, RecoveryShown
from gateway.workflow.recovery import Agreement


def add(commands: Any) -> None:
    """Add the group to the parser's commands."""
    common = calling_flags()
    group = commands.add_parser("recovery").add_subparsers(required=True, metavar="COMMAND")
    for name, run, words in (
        ("show", show, "whether work is held after a restore, and how far people have come"),
        ("compare", compare, "ask the lenders and the circulation system now"),
        ("confirm-access", confirm, "accounts and tokens are as they should be: tokens are valid again"),
        ("numbers", show_numbers, "the last number of each series of bills, and whether it is in doubt"),
    ):
        group.add_parser(name, parents=[common], help=words).set_defaults(run=run)
    listing = group.add_parser("list", parents=[common], help="the requests that are held, and what was found of them")
    listing.add_argument(
        "--found",
        choices=[each.value for each in Agreement],
        default=Agreement.DIFFERS.value,
        help="what the comparison found of them (default: %(default)s)",
    )
    listing.set_defaults(run=list_held)
    numbering = group.add_parser(
        "confirm-numbers",
        parents=[common],
        help="say which numbers of bills went out last; no bill is finalised before",
    )
    numbering.add_argument(
        "--last",
        nargs=3,
        action="append",
        default=[],
        metavar=("SERIES", "YEAR", "NUMBER"),
        help="where it is another than the store has",
    )
    numbering.set_defaults(run=confirm_numbers)
    going = group.add_parser("go-on", parents=[common], help="let requests go on")
    going.add_argument("request", nargs="*", help="a request's number; several may be given")
    going.add_argument("--agreeing", action="store_true", help="all of which nothing was found")
    going.set_defaults(run=go_on)
    ending = group.add_parser("end", parents=[common], help="let all work go on")
    ending.add_argument("--sure", action="store_true", help="also what differs or is unclear")
    ending.set_defaults(run=end)


def show(options: argparse.Namespace) -> int:
    """Print what is held."""
    told(options, ApiClient.of(options).ask("GET", "recovery"), RecoveryShown, _print)
    return 0


def compare(options: argparse.Namespace) -> int:
    """Compare now."""
    gateway = dataclasses.replace(ApiClient.of(options), timeout_s=RECONCILE_TIMEOUT_S)
    told(options, gateway.ask("POST", "recovery", "compare"), RecoveryShown, _print)
    return 0


def confirm(options: argparse.Namespace) -> int:
    """Confirm accounts and tokens."""
    told(options, ApiClient.of(options).ask("POST", "recovery", "confirm-access"), RecoveryShown, _print)
    return 0


def show_numbers(options: argparse.Namespace) -> int:
    """Print the last numbers of bills."""
    told(options, ApiClient.of(options).ask("GET", "recovery", "numbers"), NumbersShown, _print_numbers)
    return 0


def confirm_numbers(options: argparse.Namespace) -> int:
    """Say which went out last."""
    try:
        last = tuple(
            LastNumberBody(series=series, fiscal_year=int(year), last=int(number))
            for series, year, number in options.last
        )
    except ValueError:
        raise Failure("--last: a series, a fiscal year and a number, like INV 2027 15.") from None
    answer = ApiClient.of(options).ask("POST", "recovery", "numbers", body=ConfirmNumbersBody(last=last))
    told(options, answer, NumbersShown, _print_numbers)
    return 0


def _print_numbers(shown: NumbersShown) -> None:
    if shown.in_doubt_since:
        print(
            f"In doubt since the restore of {moment(shown.in_doubt_since, zone=shown.time_zone)}: no bill is finalised until they are confirmed."
        )
    rows = [(each.series, each.fiscal_year, each.last, each.written) for each in shown.last]
    print_table(("SERIES", "YEAR", "LAST", "WRITTEN"), rows, empty="None.")
    for lost in shown.lost:
        print(
            plain(f"Not here: {lost.first} to {lost.last}, said by {lost.by}, {moment(lost.at, zone=shown.time_zone)}.")
        )


def list_held(options: argparse.Namespace) -> int:
    """Print the requests that are held, all pages."""
    gateway, query = ApiClient.of(options), BesideQuery(agreement=Agreement(options.found), limit=1000)
    told(options, gateway.ask("GET", "recovery", "requests", query=query), BesideList, _print_list)
    return 0


def go_on(options: argparse.Namespace) -> int:
    """Let requests go on."""
    if bool(options.request) == options.agreeing:
        raise Failure("Name either requests, or --agreeing.")
    gateway = ApiClient.of(options)
    if options.agreeing:
        told(options, gateway.ask("POST", "recovery", "go-on"), RecoveryShown, _print)
    for request in options.request:
        told(options, gateway.ask("POST", "recovery", "requests", request, "go-on"), RecoveryShown, _print_words)
    return 0


def end(options: argparse.Namespace) -> int:
    """Let all work go on."""
    answer = ApiClient.of(options).ask("POST", "recovery", "end", body=EndBody(sure=options.sure))
    told(options, answer, RecoveryShown, _print_words)
    return 0


def _print_words(shown: RecoveryShown) -> None:
    print(plain(shown.words))


def _print(shown: RecoveryShown) -> None:
    if shown.words:
        print(plain(shown.words))
    if not shown.holds or shown.counts is None:
        return
    print(plain(f"All work is held since {moment(shown.since, zone=shown.time_zone)}. {shown.why}"))
    if shown.copy_of:
        print(f"The store was brought back to {moment(shown.copy_of, seconds=True, zone=shown.time_zone)}.")
    print(f"Compared: {moment(shown.compared_at, zone=shown.time_zone) or 'not yet'}.")
    confirmed = (
        f"confirmed by {shown.confirmed_by}"
        if shown.confirmed_by
        else "not confirmed; the store's tokens are suspended"
    )
    print(plain(f"Accounts and tokens: {confirmed}."))
    counts = shown.counts
    print(f"Held: {counts.differ} differ, {counts.unclear} unclear, {counts.agree} agree. Going on: {counts.going_on}.")


def _print_list(listed: BesideList) -> None:
    rows = [(each.request, each.state, each.partner, each.words, each.act) for each in listed.requests]
    print_table(("REQUEST", "STATE", "PARTNER", "WHAT WAS FOUND", "PROPOSED"), rows, empty="None.")
    if listed.next:
        print("There are more: let these go on first.")
