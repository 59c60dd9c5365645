"""`requests list | show | act | acts | try-now | slip | label | strap | band | routing | pull`: the work of the desk from a shell."""

import argparse
from collections.abc import Iterator, Mapping
from typing import Any, Final

from gateway.commands import acts, borrowed
from gateway.commands.client import Failure, Gateway, calling_flags
from gateway.commands.output import branch_name, moment, plain, print_json, print_table
from gateway.commands.pdf_files import pdf_flags, save_pdf
from gateway.commands.timeline import timeline
from gateway.desk.structs.requests import Timeline
from gateway.workflow.records import Role, State

PAPERS: Final = {
    "slip": ("packing-slip", "print the packing slip: to a partner, or back to the lender", False),
    "label": ("label", "print the label of that parcel", False),
    "strap": ("strap", "print the band around the item", True),
    "band": ("cover-band", "print the narrow band that leaves the item's spine free", True),
    "routing": ("routing-slip", "print the slip for the item's way inside the house", True),
    "pull": ("pull-slip", "print a slip for each item to fetch from the shelf", False),
}
"""What is printed: its address in the API, its words, and whether there is one for each item."""


def add(commands: Any) -> None:
    """Add the group to the parser's commands."""
    common = calling_flags()
    group = commands.add_parser("requests").add_subparsers(required=True, metavar="COMMAND")

    _add_list(group.add_parser("list", parents=[common], help="requests, newest first"))

    showing = group.add_parser("show", parents=[common], help="one request with its timeline and what happens next")
    showing.add_argument("request")
    showing.add_argument("--full", action="store_true", help="whole protocol messages")
    showing.set_defaults(run=show_request)

    acts.add(group, common)

    hurrying = group.add_parser("try-now", parents=[common], help="start its waiting work at once, back-off or not")
    hurrying.add_argument("request")
    hurrying.set_defaults(run=try_now)

    for name, (paper, words, of_items) in PAPERS.items():
        printing = group.add_parser(name, parents=[common, pdf_flags()], help=words)
        printing.add_argument("request")
        if of_items:
            printing.add_argument("--item", metavar="BARCODE", help="of this item alone")
        printing.set_defaults(run=show_paper, paper=paper, item=None)


def _add_list(listing: argparse.ArgumentParser) -> None:
    listing.add_argument(
        "--state",
        action="append",
        choices=[each.value for each in State],
        metavar="STATE",
        help="only in this state; may be repeated",
    )
    listing.add_argument("--open", action="store_true", default=None, help="only what is not over yet")
    role = listing.add_mutually_exclusive_group()
    for name in Role:
        role.add_argument(f"--{name}", dest="role", action="store_const", const=name.value, help=f"only {name}")
    listing.add_argument("--partner", help="only of this partner (id)")
    listing.add_argument("-q", "--search", help="part of a number, a title, an author or an item barcode")
    listing.add_argument(
        "--customer",
        metavar="BARCODE",
        help="what this customer asked for, with --open or not; it is written down who looked",
    )
    listing.add_argument("--limit", type=int, help="how many at the most (50; up to 200)")
    listing.add_argument("--before", help="go on from here: “next” of the page before")
    listing.set_defaults(run=list_requests)


def list_requests(options: argparse.Namespace) -> int:
    """Print a page of requests."""
    answer = _of_customer(options) if options.customer is not None else _listed(options)
    if options.json:
        print_json(answer)
        return 0
    rows = [
        (
            line["id"],
            line["state"],
            moment(line["updated_at"]),
            line["partner"],
            line["title"],
            " ".join(line["item_barcodes"]),
            moment(line["due_at"]),
        )
        for line in answer["requests"]
    ]
    print_table(("REQUEST", "STATE", "UPDATED", "PARTNER", "TITLE", "ITEM", "DUE"), rows, empty="No request.")
    if answer["next"]:
        print(f"More: --before {answer['next']}")
    return 0


def _listed(options: argparse.Namespace) -> Any:
    return Gateway.of(options).get(
        "requests",
        state=tuple(options.state or ()),
        open="true" if options.open else None,
        role=options.role,
        partner=options.partner,
        q=options.search,
        limit=options.limit,
        before=options.before,
    )


def _of_customer(options: argparse.Namespace) -> Any:
    others = ("state", "role", "partner", "search", "limit", "before")
    if any(getattr(options, name) for name in others):
        raise Failure("With --customer goes --open, and nothing else: all that the customer asked for is listed.")
    body = {"customer": options.customer, "open": bool(options.open)}
    return Gateway.of(options).send("POST", "borrowing", "of-customer", body=body)


def show_request(options: argparse.Namespace) -> int:
    """Print one request: what it is, its timeline, what staff must do, what happens next."""
    gateway = Gateway.of(options)
    shown = gateway.get("requests", options.request)
    story = gateway.ask("GET", "requests", options.request, "timeline")
    if options.json:
        print_json({**shown, "timeline": story.json()["entries"]})
        return 0
    sections = (
        _head(shown),
        ["Timeline", *timeline(story.of(Timeline).entries, full=options.full)],
        _tasks(shown),
        _next(shown),
        _possible(shown),
    )
    print("\n\n".join("\n".join(section) for section in map(list, sections) if section))
    return 0


def try_now(options: argparse.Namespace) -> int:
    """Start waiting work; where there is none, that is a failure, in the gateway's words."""
    answer = Gateway.of(options).send("POST", "requests", options.request, "try-now")
    if options.json:
        print_json(answer)
    else:
        print(plain(answer["words"]))
    return 0


def show_paper(options: argparse.Namespace) -> int:
    """Print a paper as it goes to the printer, or write it as a PDF."""
    if options.pdf:
        return save_pdf(options, "requests", options.request, options.paper, item=options.item)
    text = Gateway.of(options).get_text("requests", options.request, options.paper, item=options.item)
    if options.json:
        print_json({"text": text})
    else:
        print(text, end="")
    return 0


# ── one request in words ─────────────────────────────────────────────────────────────────────────


def _head(shown: Mapping[str, Any]) -> Iterator[str]:
    request = shown["request"]
    wanted, is_ours = request.get("wanted", {}), request.get("borrowing") is not None
    yield f"Request {request['id']}: {request['state']} since {moment(request['state_since'])}"
    yield from _fields(
        ("title", wanted.get("title")),
        ("author", wanted.get("author")),
        ("article", wanted.get("article_title")),
        ("for", None if is_ours else f"{shown['partner_name']}, their number {request['partner_request_id']}"),
        ("wanted as", request.get("service")),
        ("needed by", moment(request.get("need_before"))),
        ("follows", _answer(request.get("follows"))),
        ("note", request.get("note")),
        ("due", moment(request.get("due_at"))),
        *borrowed.fields(shown),
    )
    for item in request.get("items", ()):
        copy = item["copy"]
        parts = (
            copy["item_barcode"],
            copy.get("call_number"),
            branch_name(shown, copy.get("branch")),
            item.get("place", "chosen"),
        )
        yield from _fields(("item", ", ".join(part for part in parts if part)))


def _answer(answer: Mapping[str, Any] | None) -> str | None:
    """What a Retry follows: the answer, or the offer, that its partner had before."""
    if answer is None:
        return None
    cost = answer.get("cost")
    said = (
        f"{cost['amount']} {cost['currency']}" if cost else None,
        answer.get("condition"),
        f"not before {moment(answer['retry_after'])}" if answer.get("retry_after") else None,
        answer.get("note"),
    )
    return ", ".join(filter(None, (f"our “{answer['kind']}”", answer.get("reason"), *said)))


def _fields(*fields: tuple[str, Any]) -> Iterator[str]:
    for label, value in fields:
        if value:
            yield f"  {label:<10} {plain(value)}"


def _tasks(shown: Mapping[str, Any]) -> Iterator[str]:
    if shown["tasks"]:
        yield "Tasks for staff"
    for task in shown["tasks"]:
        claimed = f" ({task['claimed_by']} sees to it)" if task.get("claimed_by") else ""
        yield f"  {task['id']}  {task['kind']}: {plain(task['words'])}{plain(claimed)}"


def _next(shown: Mapping[str, Any]) -> Iterator[str]:
    yield "What happens next"
    if not shown["next"]:
        yield "  Nothing by itself; staff are asked (tasks)." if shown["tasks"] else "  Nothing by itself."
    for work in shown["next"]:
        tried = f" (tries: {work['attempts']})" if work["attempts"] else ""
        yield f"  {moment(work['due_at'], seconds=True)}  {plain(work['words'])}{tried}"
        if work["why"]:
            yield f"{'':23}{plain(_why(work['why']))}"


def _why(wait: Mapping[str, Any]) -> str:
    """Why it has not gone on, since when, what the last try came to, and when the next is."""
    since = f" since {moment(wait['since'], seconds=True)}" if wait["since"] else ""
    reason = f" ({wait['reason'].rstrip('.')})" if wait["reason"] else ""
    next_try = f"; next try {moment(wait['next_at'], seconds=True)}" if wait["next_at"] else ""
    return f"{wait['words']}{since}{reason}{next_try}"


def _possible(shown: Mapping[str, Any]) -> Iterator[str]:
    yield "You can" if shown["acts"] else "You can do nothing here"
    yield from acts.told(acts.lines_of(shown))
