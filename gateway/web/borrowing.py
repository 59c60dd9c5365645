"""What our customers want from other libraries, over the API: one order, a link, a whole list; and who asked."""

import asyncio
from http import HTTPStatus

import msgspec
from aiohttp import web

from gateway.desk.cards import read_card
from gateway.desk.errors import ConflictError, NotThereError, StoreFailedError, UnusableError
from gateway.desk.orders import BadOrder, Line, LinkBody, WorkBody, caller_key, listed_order, order_of
from gateway.desk.ports import Desk
from gateway.desk.reads import LIMIT_MAX
from gateway.desk.requests import lines_of
from gateway.desk.structs.common import Problem
from gateway.dispatch.asking import KeyUsed, Order, Placed
from gateway.dispatch.roles import OPEN_IN
from gateway.orders import request_list
from gateway.orders.list_report import preview, report_csv
from gateway.orders.request_list import BYTES_MAX, ListedRequest, ListRules, RequestList, read_request_list
from gateway.store.port import Change, HistoryEntry, HistoryKind, StoreUnavailable
from gateway.web.answers import ok, read_bytes, read_json, text
from gateway.web.ports import Call
from gateway.web.queries import the_request, yes_or_no
from gateway.workflow.records import Role

REASON_MAX = 500


class CardBody(msgspec.Struct, frozen=True, kw_only=True):
    """What `POST borrowing/of-customer` takes."""

    customer: Line
    """The barcode, as scanned."""
    open: bool = False
    """Only what is not over yet."""


async def ask(api: Desk, call: Call) -> web.Response:
    """POST borrowing: one order; 201 with its request, 200 with the one that the same Idempotency-Key made before."""
    return await _place(api, call, await read_json(call.http, WorkBody))


async def ask_by_link(api: Desk, call: Call) -> web.Response:
    """POST borrowing/openurl: likewise, with the work as an OpenURL."""
    return await _place(api, call, await read_json(call.http, LinkBody))


async def ask_by_list(api: Desk, call: Call) -> web.Response:
    """POST borrowing/list: a CSV list of orders, all of them or none; a line that was imported before makes no second request.

    ?preview=true says what would be imported; with ?format=csv as a list to mend the file by, with ?format=text in lines.
    """
    is_preview = yes_or_no(call.http.query, "preview")
    form = call.http.query.get("format", "json")
    if form not in {"json", "csv", "text"} or (form != "json" and not is_preview):
        raise UnusableError("format: json, or for a preview csv or text.")
    data = await read_bytes(call.http, BYTES_MAX)
    # In a thread: a long list takes a while to read, and peers must get their confirmations meanwhile.
    orders, listed = await asyncio.to_thread(_read, data, _list_rules(api), api)
    if is_preview:
        return await _preview(api, listed, orders, form)
    if not listed.may_be_imported:
        raise UnusableError("The list can't be taken as it is; nothing was imported.", problems=_told(listed))
    placed = await _import(api, call, orders)
    lines = [
        {"row": each.line, "request": made.request, "state": made.state, "is_new": made.is_new}
        for each, made in zip(listed.requests, placed, strict=True)
    ]
    imported = sum(each.is_new for each in placed)
    return ok({"imported": imported, "known": len(placed) - imported, "requests": lines, "problems": _told(listed)})


async def show_customer(api: Desk, call: Call) -> web.Response:
    """GET requests/{request}/customer: who asked, with ?reason=; who looked and why is written into the request's history."""
    request = await the_request(api.store, call.http)
    reason = call.http.query.get("reason", "").strip()
    if not reason or len(reason) > REASON_MAX or not reason.isprintable():
        raise UnusableError(f"reason: say in up to {REASON_MAX} characters why the customer is looked up.")
    if request.role is Role.LENDING:
        raise ConflictError("The request is a partner's: nobody here knows its customer.")
    objection = await api.object_to_notes(request, [reason])
    if objection:
        raise UnusableError(f"reason: {objection}")
    customer = await api.store.borrowing.customer(request.id)
    if customer is None:
        raise NotThereError("The request is anonymous by now: who asked is known no more.")
    await _write_down(api, call, request.id, f"Looked up who asked: {reason}")
    return ok({"request": request.id, "customer": customer})


async def list_of_customer(api: Desk, call: Call) -> web.Response:
    """POST borrowing/of-customer: the requests of a customer, by the card; in each it is written down who looked.

    In the body, for a card in an address would stand in the logs of proxies.
    """
    body = await read_json(call.http, CardBody)
    numbers = await api.store.borrowing.requests_of(read_card(body.customer), limit=LIMIT_MAX)
    requests = [request for number in numbers if (request := await api.store.request(number))]
    found = [request for request in requests if not body.open or request.state in OPEN_IN[request.role]]
    for request in found:
        await _write_down(api, call, request.id, "Looked for by the customer's card.")
    return ok({"requests": await lines_of(api.store, found), "next": None})


async def _write_down(api: Desk, call: Call, request_id: str, words: str) -> None:
    entry = HistoryEntry(at=api.now(), by=call.caller.name, kind=HistoryKind.NOTE, words=words)
    await api.store.commit(Change(history_of=request_id, history=(entry,)))


async def _place(api: Desk, call: Call, body: WorkBody | LinkBody) -> web.Response:
    try:
        key = caller_key(call.caller.name, call.http.headers.get("Idempotency-Key"))
    except ValueError as error:
        raise UnusableError(f"Idempotency-Key: {error}.") from None
    try:
        order, warnings = order_of(body, key=key, rules=api.pickup, zone=api.zone, now=api.now())
    except BadOrder as error:
        raise UnusableError(
            "The order can't be taken as it is.",
            [Problem(column=each.column, words=each.words) for each in error.problems],
        ) from None
    try:
        placed = await api.asking.place(order, by=call.caller.name)
    except KeyUsed as error:
        raise UnusableError(f"Idempotency-Key: it was used for another order, request {error}.") from None
    words = f"Request {placed.request} is “{placed.state}”." + ("" if placed.is_new else " It was made before.")
    answer = {**msgspec.structs.asdict(placed), "warnings": warnings, "words": words}
    return ok(answer, HTTPStatus.CREATED if placed.is_new else HTTPStatus.OK)


# ── a list ───────────────────────────────────────────────────────────────────────────────────────


def _list_rules(api: Desk) -> ListRules:
    return msgspec.structs.replace(api.list_rules, today=api.today(), branches=api.pickup.branches)


def _read(data: bytes, rules: ListRules, api: Desk) -> tuple[list[Order], RequestList]:
    """The orders of a list, and the list with the problems that show only beside the library's own rules."""
    listed = read_request_list(data, rules)
    orders: list[Order] = []
    good: list[ListedRequest] = []
    problems = list(listed.problems)
    for each in listed.requests:
        try:
            orders.append(listed_order(each, rules=api.pickup, zone=api.zone))
            good.append(each)
        except BadOrder as error:
            problems += [
                request_list.Problem(line=each.line, column=found.column, words=found.words) for found in error.problems
            ]
    problems.sort(key=lambda problem: problem.line)
    return orders, RequestList(requests=tuple(good), problems=tuple(problems))


async def _import(api: Desk, call: Call, orders: list[Order]) -> list[Placed]:
    try:
        return await api.asking.place_all(orders, by=call.caller.name)
    except StoreUnavailable:
        words = (
            "The store failed before the whole list was written. Import the list again: no line makes a second request."
        )
        raise StoreFailedError(words) from None


def _told(listed: RequestList) -> list[Problem]:
    return [
        Problem(row=each.line, column=each.column, severity=each.severity, words=each.words) for each in listed.problems
    ]


async def _preview(api: Desk, listed: RequestList, orders: list[Order], form: str) -> web.Response:
    if form == "csv":
        return text(report_csv(listed))
    if form == "text":
        return text(f"{preview(listed)}\n")
    rows = [
        {
            "row": each.line,
            "service": each.citation.service,
            "title": each.citation.wanted.article_title or each.citation.wanted.title,
            "identifiers": each.citation.wanted.identifiers,
            "pickup_branch": order.pickup_branch,
            "need_before": order.need_before,
            "known": await api.asking.request_of(order.key or ""),
        }
        for each, order in zip(listed.requests, orders, strict=True)
    ]
    return ok({"may_be_imported": listed.may_be_imported, "requests": rows, "problems": _told(listed)})
