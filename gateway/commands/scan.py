"""`scan`: a number, a barcode or words do the next step, each said in one line; and the papers of all at the end."""

import argparse
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from gateway.commands.client import ApiClient, calling_flags, made
from gateway.commands.output import plain, print_json
from gateway.commands.pdf_files import write_pdf
from gateway.desk.structs.scans import ScanBody, ScanMode, Scanned

PAUSE_S: Final = 0.2
"""Between two questions what has become of a scan."""


def add(commands: Any) -> None:
    """Add the command to the parser's commands."""
    parser = commands.add_parser("scan", parents=[calling_flags()])
    parser.add_argument(
        "codes", nargs="*", metavar="CODE", help="a number, a barcode, an ISBN or words; none: lines of the input"
    )
    modes = [mode.value for mode in ScanMode]
    parser.add_argument("--mode", choices=modes, metavar="MODE", help=f"the step for all: {', '.join(modes)}")
    parser.add_argument("--cart", help="into which cart; the one of before, if it is left out")
    parser.add_argument("--again", action="store_true", default=None, help="meant although it was scanned just now")
    parser.add_argument(
        "--sure", action="store_true", default=None, help="the item is meant although it has another title"
    )
    parser.add_argument("--wait", type=float, default=10.0, metavar="SECONDS", help="for the outcome, at most (10)")
    parser.add_argument("--pdf", type=Path, metavar="FILE", help="write the cart's papers there")
    parser.set_defaults(run=scan)


def scan(options: argparse.Namespace) -> int:
    """Scan each code in order; 1 if one of them came to nothing."""
    gateway = ApiClient.of(options)
    told = [_told(options, gateway, code) for code in options.codes or _lines(sys.stdin)]
    if options.pdf and told:
        write_pdf(options.pdf, gateway.ask("GET", "carts", told[-1].cart, "papers").data)
    return int(any(each.result == "stop" for each in told))


def _lines(lines: Iterable[str]) -> Iterator[str]:
    return (line.strip() for line in lines if line.strip())


def _told(options: argparse.Namespace, gateway: ApiClient, code: str) -> Scanned:
    body = made(ScanBody, code=code, mode=options.mode, cart=options.cart, again=options.again, sure=options.sure)
    answer = gateway.ask("POST", "scans", body=body)
    found = answer.of(Scanned)
    until = time.monotonic() + options.wait
    while found.open and time.monotonic() < until:
        time.sleep(PAUSE_S)
        answer = gateway.ask("GET", "scans", found.scan)
        found = answer.of(Scanned)
    if options.json:
        print_json(answer.json())
    else:
        print("\n".join(_lines_of(found)))
    return found


def _lines_of(found: Scanned) -> Iterator[str]:
    twice = " (scanned a moment ago; nothing more was done)" if found.repeated else ""
    about = f"  {plain(found.title)}" if found.title else ""
    yield f"{found.result:<5} {plain(found.said)}.{twice}{about}"
    yield from (f"      {offer.act or 'requests show'} {offer.request}: {plain(offer.words)}" for offer in found.offers)
