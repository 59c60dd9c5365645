"""`borrow new | openurl | import | works | customer | look-ups`: what our customers want from other libraries."""

import argparse
from pathlib import Path
from typing import Any, TypeVar

from gateway.commands.base import plain_lines
from gateway.commands.client import ApiClient, calling_flags, made, problem_line, told
from gateway.commands.output import moment, plain, print_json, print_table
from gateway.desk.structs.customers import CustomerFields, CustomerShown, LookUpBody, LookUpList, LookUpsQuery
from gateway.desk.structs.orders import (
    TEXTS,
    AskedBody,
    LinkBody,
    OrderListImported,
    OrderListQuery,
    OrderPlaced,
    WorkBody,
    WorksFound,
)
from gateway.workflow.values import Identifier, Money

Order = TypeVar("Order", bound=AskedBody)

SERVICES = {"loan": "Loan", "copy": "Copy", "either": "CopyOrLoan"}
OTHER_WORDS = {
    "record_id": "its number in the lenders' catalogue",
    "article_title": "of an article in it",
    "article_author": "of that article",
    "published": "when it came out",
}
"""What is said of a field of the work, where its name does not say it."""


def add(commands: Any) -> None:
    """Add the group to the parser's commands."""
    common = calling_flags()
    group = commands.add_parser("borrow").add_subparsers(required=True, metavar="COMMAND")
    _add_new(group.add_parser("new", parents=[common], help="ask for a work that a customer wants"))
    linking = group.add_parser("openurl", parents=[common], help="likewise, with the work as an OpenURL")
    _add_order(linking)
    linking.add_argument("openurl", metavar="OPENURL", help="the link, or its part behind the question mark")
    linking.add_argument("--service", choices=SERVICES, help="in place of what the link says")
    linking.set_defaults(run=ask_by_link)
    importing = group.add_parser("import", parents=[common], help="read a list of orders (CSV): all of them or none")
    importing.add_argument("file", type=Path, help="the list")
    how = importing.add_mutually_exclusive_group()
    how.add_argument("--preview", action="store_true", help="only say what would be imported")
    how.add_argument(
        "--problems", action="store_true", help="only print requests and problems as CSV, to mend the file by"
    )
    importing.set_defaults(run=import_list)
    choosing = group.add_parser("works", parents=[common], help="the works that an order may mean, in all catalogues")
    choosing.add_argument("request", help="the request's number")
    choosing.set_defaults(run=list_works)
    revealing = group.add_parser("customer", parents=[common], help="say who asked; it is written down who looked")
    revealing.add_argument("request", help="the request's number")
    revealing.add_argument("--reason", required=True, help="why you look")
    revealing.set_defaults(run=show_customer)
    looking = group.add_parser("look-ups", parents=[common], help="who looked up customers, and why, newest first")
    looking.add_argument("--by", metavar="NAME", help="of one person")
    looking.add_argument("--request", help="of one request's customer")
    looking.add_argument("--limit", type=int, help="so many at the most (default: 100)")
    looking.set_defaults(run=list_look_ups)


def _add_new(asking: argparse.ArgumentParser) -> None:
    _add_order(asking)
    asking.add_argument("--service", choices=SERVICES, default="loan", help="what is wanted (default: %(default)s)")
    for name in TEXTS:
        asking.add_argument(f"--{name.replace('_', '-')}", help=OTHER_WORDS.get(name, f"its {name}"))
    asking.add_argument("--volume", action="append", help="may be repeated")
    asking.add_argument(
        "--id",
        action="append",
        nargs=2,
        metavar=("CODE", "NUMBER"),
        help="ISBN, ISSN, DOI, PMID, OCLC or LCCN; may be repeated",
    )
    asking.set_defaults(run=ask)


def _add_order(asking: argparse.ArgumentParser) -> None:
    asking.add_argument("--customer", required=True, metavar="BARCODE", help="whose order it is")
    asking.add_argument("--name", help="the customer's: kept apart, and looked for in notes")
    asking.add_argument("--email", help="likewise")
    asking.add_argument("--phone", help="likewise")
    asking.add_argument("--pickup", metavar="BRANCH", help="where it is picked up")
    asking.add_argument("--need-before", metavar="TIME", help="ISO 8601; a date ends with that day")
    asking.add_argument("--level", help="such as Rush")
    asking.add_argument("--note", help="words for the lender, nothing of the customer")
    asking.add_argument("--max-cost", nargs=2, metavar=("AMOUNT", "CURRENCY"), help="the most we pay")
    asking.add_argument("--copyright", metavar="CODE", help="such as US-CCG; chosen where it isn't given")
    asking.add_argument("--this-edition", action="store_true", help="no other edition will do")
    asking.add_argument("--key", help="the same key twice makes one request")


def ask(options: argparse.Namespace) -> int:
    """Ask for a work."""
    texts = {name: getattr(options, name) for name in TEXTS}
    numbers = tuple(Identifier(code=code, value=number) for code, number in options.id or ())
    volumes = tuple(options.volume or ())
    order = _asked(WorkBody, options, **texts, volumes=volumes, identifiers=numbers)
    return _place(options, "borrowing", order=order)


def ask_by_link(options: argparse.Namespace) -> int:
    """Ask for the work of a link."""
    return _place(options, "borrowing", "openurl", order=_asked(LinkBody, options, openurl=options.openurl))


def _place(options: argparse.Namespace, *path: str, order: AskedBody) -> int:
    told(options, ApiClient.of(options).ask("POST", *path, body=order, key=options.key), OrderPlaced, _print_placed)
    return 0


def _print_placed(placed: OrderPlaced) -> None:
    for warning in placed.warnings:
        print(f"Note: {plain(warning)}")
    print(plain(placed.words))


def _asked(shape: type[Order], options: argparse.Namespace, **work: Any) -> Order:
    """Make an order of its work and of what all orders say beside it."""
    cost = options.max_cost
    return made(
        shape,
        customer=options.customer,
        name=options.name,
        email=options.email,
        phone=options.phone,
        pickup_branch=options.pickup,
        need_before=options.need_before,
        level=options.level,
        note=options.note,
        max_cost=made(Money, amount=cost[0], currency=cost[1].upper()) if cost else None,
        copyright=options.copyright,
        any_edition=False if options.this_edition else None,
        service=SERVICES.get(options.service),
        **work,
    )


def import_list(options: argparse.Namespace) -> int:
    """Send a list; with an error in any line nothing is imported, and every problem is told."""
    form = "text" if options.preview and not options.json else "csv" if options.problems else None
    query = made(OrderListQuery, preview=options.preview or options.problems, format=form)
    answer = ApiClient.of(options).hand_in("borrowing", "list", file=options.file, content_type="text/csv", query=query)
    if form:
        print("\n".join(plain_lines(answer.text())))
    elif options.preview:
        print_json(answer.json())
    else:
        told(options, answer, OrderListImported, _print_imported)
    return 0


def _print_imported(imported: OrderListImported) -> None:
    for problem in imported.problems:
        print(plain(problem_line(problem)))
    for line in imported.requests:
        print(f"line {line.row}  {line.request}" + ("" if line.is_new else "  was there before"))
    print(f"{imported.imported} requests imported, {imported.known} were there before.")


def list_works(options: argparse.Namespace) -> int:
    """Print the works that an order may mean; `requests act REQUEST correct-work --work …` says which one it is."""
    told(options, ApiClient.of(options).ask("GET", "requests", options.request, "works"), WorksFound, _print_works)
    return 0


def _print_works(found: WorksFound) -> None:
    rows = [
        (
            each.title,
            each.author,
            each.published,
            each.edition,
            each.numbers,
            ", ".join((*(("ours",) if each.is_ours else ()), *each.where)),
        )
        for each in found.works
    ]
    print_table(
        ("TITLE", "AUTHOR", "YEAR", "EDITION", "NUMBERS", "WHERE"), rows, empty="No catalogue has anything like it."
    )
    print(plain(found.words))


def show_customer(options: argparse.Namespace) -> int:
    """Say who asked."""
    body = made(LookUpBody, words=options.reason)
    answer = ApiClient.of(options).ask("POST", "requests", options.request, "customer", body=body)
    told(options, answer, CustomerShown, _print_customer)
    return 0


def list_look_ups(options: argparse.Namespace) -> int:
    """Print who looked up customers."""
    query = made(LookUpsQuery, by=options.by, request=options.request, limit=options.limit)
    told(options, ApiClient.of(options).ask("GET", "look-ups", query=query), LookUpList, _print_look_ups)
    return 0


def _print_look_ups(listed: LookUpList) -> None:
    rows = [(moment(each.at), each.by, each.request or "", plain(each.what)) for each in listed.look_ups]
    print_table(("AT", "BY", "REQUEST", "WHAT"), rows, empty="Nobody has looked up a customer.")


def _print_customer(shown: CustomerShown) -> None:
    for name in CustomerFields.__struct_fields__:
        if value := getattr(shown.customer, name):
            print(f"{name:<8} {plain(value)}")
