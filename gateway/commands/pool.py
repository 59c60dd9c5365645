"""`pool list | add | block | unblock`: the barcodes that stand for borrowed items."""

import argparse
from typing import Any

from gateway.commands.base import Failure
from gateway.commands.client import ApiClient, calling_flags, made, told
from gateway.commands.output import plain, print_table
from gateway.desk.structs.pool import AddBody, Added, BarcodeSet, RangeList
from gateway.workflow.borrowing_records import PoolState


def add(commands: Any) -> None:
    """Add the group to the parser's commands."""
    common = calling_flags()
    group = commands.add_parser("pool").add_subparsers(required=True, metavar="COMMAND")
    group.add_parser("list", parents=[common], help="every range with its counts").set_defaults(run=list_pool)
    adding = group.add_parser("add", parents=[common], help="put barcodes into a range")
    adding.add_argument("range", help="such as a branch or a format")
    adding.add_argument("barcodes", nargs="*", metavar="BARCODE", help="a barcode; several may be given")
    adding.add_argument("--first", metavar="BARCODE", help="a run of numbers: its first")
    adding.add_argument("--last", metavar="BARCODE", help="its last; check digits are counted along")
    adding.set_defaults(run=add_barcodes)
    for name, words in (("block", "take a barcode out of use"), ("unblock", "put it back")):
        command = group.add_parser(name, parents=[common], help=words)
        command.add_argument("barcode", help="the barcode")
        command.set_defaults(run=set_blocked, act=name)


def list_pool(options: argparse.Namespace) -> int:
    """Print the ranges; a warning is a line of its own."""
    told(options, ApiClient.of(options).ask("GET", "pool"), RangeList, _print_ranges)
    return 0


def _print_ranges(listed: RangeList) -> None:
    rows = [(each.range, each.total, *(each.counts.get(state, 0) for state in PoolState)) for each in listed.ranges]
    headings = ("RANGE", "TOTAL", *(state.upper() for state in PoolState))
    print_table(headings, rows, empty="The pool has no barcodes yet.")
    for each in listed.ranges:
        if each.warning:
            print(f"{plain(each.range)}: {plain(each.warning)}")


def add_barcodes(options: argparse.Namespace) -> int:
    """Add barcodes."""
    if bool(options.barcodes) == bool(options.first or options.last):
        raise Failure("Name either barcodes, or --first and --last.")
    body = made(AddBody, range=options.range, barcodes=options.barcodes, first=options.first, last=options.last)
    told(options, ApiClient.of(options).ask("POST", "pool", body=body), Added, _print_added)
    return 0


def _print_added(added: Added) -> None:
    for warning in added.warnings:
        print(f"Note: {plain(warning)}")
    print(plain(added.words))


def set_blocked(options: argparse.Namespace) -> int:
    """Block a barcode, or end that."""
    answer = ApiClient.of(options).ask("POST", "pool", options.barcode, options.act)
    told(options, answer, BarcodeSet, lambda done: print(plain(done.words)))
    return 0
