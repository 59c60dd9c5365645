"""`requests list | show | act | acts | try-now | slip | label | strap | band | routing | pull`: the work of the desk from a shell."""

import argparse
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from gateway.commands import acts, borrowed
from gateway.commands.base import Failure
from gateway.commands.client import ApiAnswer, ApiClient, calling_flags, made, told
from gateway.commands.output import branch_name, moment, plain, price, print_json, print_table
from gateway.commands.pdf_files import pdf_flags, save_pdf
from gateway.commands.timeline import timeline
from gateway.desk.structs.customers import CardBody
from gateway.desk.structs.papers import PaperQuery
from gateway.desk.structs.requests import (
    RequestLines,
    RequestShown,
    RequestsQuery,
    Timeline,
    TimelineEntry,
    Tried,
    Wait,
)
from gateway.iso18626.codes import ServiceType
from gateway.workflow.places import PLACE_WORDS
from gateway.workflow.records import Answer, Role, State


class RequestWithTimeline(RequestShown, frozen=True, kw_only=True):
    """A request as the API shows it, and everything that happened to it: both in one answer for scripts."""

    timeline: tuple[TimelineEntry, ...] = ()


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
    showing.add_argument("request", help="the request's number")
    showing.add_argument("--full", action="store_true", help="whole protocol messages")
    showing.set_defaults(run=show_request)

    acts.add(group, common)

    hurrying = group.add_parser("try-now", parents=[common], help="start its waiting work at once, back-off or not")
    hurrying.add_argument("request", help="the request's number")
    hurrying.set_defaults(run=try_now)

    for name, (paper, words, of_items) in PAPERS.items():
        printing = group.add_parser(name, parents=[common, pdf_flags()], help=words)
        printing.add_argument("request", help="the request's number")
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
    told(options, answer, RequestLines, _print_lines)
    return 0


def _print_lines(listed: RequestLines) -> None:
    rows = [
        (
            line.id,
            line.state,
            moment(line.updated_at),
            line.partner,
            line.title,
            " ".join(line.item_barcodes),
            moment(line.due_at),
        )
        for line in listed.requests
    ]
    print_table(("REQUEST", "STATE", "UPDATED", "PARTNER", "TITLE", "ITEM", "DUE"), rows, empty="No request.")
    if listed.next:
        print(f"More: --before {listed.next}")


def _listed(options: argparse.Namespace) -> ApiAnswer:
    query = made(
        RequestsQuery,
        state=tuple(options.state or ()),
        open=options.open,
        role=options.role,
        partner=options.partner,
        q=options.search,
        limit=options.limit,
        before=options.before,
    )
    return ApiClient.of(options).ask("GET", "requests", query=query)


def _of_customer(options: argparse.Namespace) -> ApiAnswer:
    others = ("state", "role", "partner", "search", "limit", "before")
    if any(getattr(options, name) for name in others):
        raise Failure("With --customer goes --open, and nothing else: all that the customer asked for is listed.")
    body = CardBody(customer=options.customer, open=bool(options.open))
    return ApiClient.of(options).ask("POST", "borrowing", "of-customer", body=body)


def show_request(options: argparse.Namespace) -> int:
    """Print one request: what it is, its timeline, what staff must do, what happens next."""
    gateway = ApiClient.of(options)
    answer = gateway.ask("GET", "requests", options.request)
    story = gateway.ask("GET", "requests", options.request, "timeline")
    entries = story.of(Timeline).entries
    if options.json:
        print_json(msgspec.to_builtins(msgspec.structs.replace(answer.of(RequestWithTimeline), timeline=entries)))
        return 0
    shown = answer.of(RequestShown)
    sections = (
        _head(shown),
        ["Timeline", *timeline(entries, full=options.full)],
        _tasks(shown),
        _next(shown),
        _possible(shown),
    )
    print("\n\n".join("\n".join(section) for section in map(list, sections) if section))
    return 0


def try_now(options: argparse.Namespace) -> int:
    """Start waiting work; where there is none, that is a failure, in the gateway's words."""
    answer = ApiClient.of(options).ask("POST", "requests", options.request, "try-now")
    told(options, answer, Tried, lambda tried: print(plain(tried.words)))
    return 0


def show_paper(options: argparse.Namespace) -> int:
    """Print a paper as it goes to the printer, or write it as a PDF."""
    if options.pdf:
        return save_pdf(options, "requests", options.request, options.paper, query=PaperQuery, item=options.item)
    query = made(PaperQuery, item=options.item)
    text = ApiClient.of(options).ask("GET", "requests", options.request, options.paper, query=query).text()
    if options.json:
        print_json({"text": text})
    else:
        print(text, end="")
    return 0


# ── one request in words ─────────────────────────────────────────────────────────────────────────


def _head(shown: RequestShown) -> Iterator[str]:
    request = shown.request
    theirs = f"{shown.partner_name}, their number {request.partner_request_id}"
    yield f"Request {request.id}: {request.state} since {moment(request.state_since)}"
    yield from _fields(
        ("title", request.wanted.title),
        ("author", request.wanted.author),
        ("article", request.wanted.article_title),
        ("for", theirs if request.role is Role.LENDING else None),
        ("wanted as", None if request.service is ServiceType.LOAN else request.service),
        ("needed by", moment(request.need_before)),
        ("follows", _answer(request.follows)),
        ("note", request.note),
        ("due", moment(request.due_at)),
        *borrowed.fields(shown),
    )
    for item in request.items:
        branch = branch_name(shown.branches, item.copy.branch)
        parts = (item.barcode, item.copy.call_number, branch, PLACE_WORDS[item.place][request.role])
        yield from _fields(("item", ", ".join(filter(None, parts))))


def _answer(answer: Answer | None) -> str | None:
    """What a Retry follows: the answer, or the offer, that its partner had before."""
    if answer is None:
        return None
    said = (
        price(answer.cost),
        answer.condition,
        f"not before {moment(answer.retry_after)}" if answer.retry_after else None,
        answer.note,
    )
    return ", ".join(filter(None, (f"our “{answer.kind}”", answer.reason, *said)))


def _fields(*fields: tuple[str, Any]) -> Iterator[str]:
    for label, value in fields:
        if value:
            yield f"  {label:<10} {plain(value)}"


def _tasks(shown: RequestShown) -> Iterator[str]:
    if shown.tasks:
        yield "Tasks for staff"
    for task in shown.tasks:
        claimed = f" ({task.claimed_by} sees to it)" if task.claimed_by else ""
        yield f"  {task.id}  {task.kind}: {plain(task.words)}{plain(claimed)}"


def _next(shown: RequestShown) -> Iterator[str]:
    yield "What happens next"
    if not shown.next:
        yield "  Nothing by itself; staff are asked (tasks)." if shown.tasks else "  Nothing by itself."
    for work in shown.next:
        tried = f" (tries: {work.attempts})" if work.attempts else ""
        yield f"  {moment(work.due_at, seconds=True)}  {plain(work.words)}{tried}"
        if work.why:
            yield f"{'':23}{plain(_why(work.why))}"


def _why(wait: Wait) -> str:
    """Why it has not gone on, since when, what the last try came to, and when the next is."""
    since = f" since {moment(wait.since, seconds=True)}" if wait.since else ""
    reason = f" ({wait.reason.rstrip('.')})" if wait.reason else ""
    next_try = f"; next try {moment(wait.next_at, seconds=True)}" if wait.next_at else ""
    return f"{wait.words}{since}{reason}{next_try}"


def _possible(shown: RequestShown) -> Iterator[str]:
    yield "You can" if shown.acts else "You can do nothing here"
    yield from acts.in_lines(shown.acts)
