"""Every command, and the parser that is made of them."""

import argparse
from collections.abc import Sequence
from importlib import import_module
from typing import Final, NamedTuple

from gateway import __version__
from gateway.commands.base import DEFAULT_URL, TOKEN_VARIABLE, URL_VARIABLE


class Command(NamedTuple):
    """A command, or a group of them."""

    name: str
    """What is typed."""
    module: str
    """The module of `commands` that adds it, and what it takes, to a parser."""
    words: str
    """What `--help` says of it: of a group, its commands."""


# fmt: off
COMMANDS: Final = tuple(Command(*row) for row in (
    ("serve",        "setup",       "run the gateway until SIGTERM"),
    ("check-config", "setup",       "name every mistake in the settings"),
    ("migrate",      "setup",       "bring the store's tables up to date"),
    ("doctor",       "doctor",      "look at everything that the gateway needs; say what is wrong, what to do, and what was not looked at"),
    ("backup",       "backup",      "make a verified copy of the store, also while the gateway serves; or say that the site has made one (--own)"),
    ("restore",      "backup",      "put such a copy in the store's place; all work is held until people let it go on"),
    ("restored",     "backup",      "say that the store was brought back by other means: all work is held likewise"),
    ("audit",        "audit",       "verify, erase"),
    ("recovery",     "recovery",    "show, list, compare, confirm-access, numbers, confirm-numbers, go-on, end"),
    ("diagram",      "setup",       "print the states of a loan as a Mermaid diagram"),
    ("demo",         "demo",        "open the desk on a demonstration, with a partner that plays along, to learn on"),
    ("demo-acs",     "setup",       "run the demonstration circulation system (its own --help)"),
    ("demo-partner", "setup",       "run the demonstration partner library (its own --help)"),
    ("conformance",  "conformance", "try a partner's test endpoint: what it accepts, refuses and repairs"),
    ("statement",    "conformance", "print what we speak, element by element, as Markdown"),
    ("requests",     "requests",    "list, show, act, acts, try-now, slip, label, strap, band, routing, pull"),
    ("borrow",       "borrow",      "new, openurl, import, works, customer, look-ups"),
    ("pool",         "pool",        "list, add, block, unblock"),
    ("bills",        "bills",       "list, to-bill, show, begin, act, credit-note, paper, pay, pay-back, payments, take-back, fees, owed, statement, export"),
    ("invoices",     "invoices",    "list, show, enter, import, act, add-document, document, letter, export, exports"),
    ("notices",      "notices",     "list, show, act, send, texts"),
    ("tasks",        "tasks",       "list, claim, done"),
    ("scan",         "scan",        "do the next step of what was scanned, and say what came of it"),
    ("lists",        "lists",       ("pull, to-ship, due, overdue, checked-out-not-told, stopped, conditions, to-receive, on-the-shelf, "
                                     "with-customers, overdue-at-lender, to-send-back, sent-back, copies-here, to-pay")),
    ("papers",       "papers",      "check, copy, stocks"),
    ("catalogue",    "catalogue",   "find"),
    ("items",        "items",       "import"),
    ("peers",        "peers",       "list, show, add, change, remove, history"),
    ("partners",     "partners",    ("list, show, add, change, remove, merge, approve, suspend, resume, test-account, figures, import, export, history, "
                                     "proposals, accept, decline, read-directories")),
    ("prices",       "prices",      "list, name, set, off, paid, look"),
    ("copyright",    "copyright",   "list, royalty"),
    ("figures",      "statistics",  "list, show, report, requests, entries, export"),
    ("policy",       "policy",      "show, history, set, replace, lines, try"),
    ("account",      "accounts",    "add, list, role, disable, enable, link, password"),
    ("sessions",     "accounts",    "list, revoke"),
    ("token",        "tokens",      "create, list, revoke"),
    ("acs",          "operating",   "check, status, ask, reconcile, resume"),
    ("lending",      "operating",   "pause, resume"),
    ("man",          "manual",      "print the manual page of all commands (roff)"),
    ("completion",   "manual",      "print the completion of all commands for bash"),
))
# fmt: on
"""Every command, in the order of `--help`. A call imports the module of the command that was typed, and of no other."""

EPILOG: Final = f"""\
Most commands talk to the running gateway: --url or {URL_VARIABLE} says where it is ({DEFAULT_URL}),
--token or {TOKEN_VARIABLE} who asks. The first token is the one that the configuration names.

exit codes: 0 done; 1 not done, stderr says why; 2 the command was typed wrongly; 3 (serve) another gateway has our name
"""


def make_parser(argv: Sequence[str]) -> argparse.ArgumentParser:
    """Make the parser with the command that is typed there; of every command its line alone, if none is."""
    parser = argparse.ArgumentParser(
        prog="ill-gateway",
        description="Interlibrary loan between ISO 18626 partners and a circulation system.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    typed = next((word for word in argv if not word.startswith("-")), None)
    module = next((command.module for command in COMMANDS if command.name == typed), None)
    if module is None:
        for command in COMMANDS:
            commands.add_parser(command.name, help=command.words)
    else:
        import_module(f"gateway.commands.{module}").add(commands)
    return parser
