"""What our customers want from other libraries: one order, a link, a whole list. What a form may say: orders.py."""

import asyncio
from typing import Final

import msgspec

from gateway.desk.access import Caller
from gateway.desk.drafts import read_order
from gateway.desk.errors import StoreFailedError, UnusableError
from gateway.desk.orders import BadOrder, caller_key, listed_order
from gateway.desk.ports import Desk
from gateway.desk.structs.common import Download, Problem, Upload
from gateway.desk.structs.orders import (
    Key,
    LinkBody,
    OrderImported,
    OrderListImported,
    OrderListPreview,
    OrderListQuery,
    OrderPlaced,
    OrderPreviewed,
    WorkBody,
)
from gateway.dispatch.asking import Asking, KeyUsed, Order, Placed
from gateway.orders import request_list
from gateway.orders.list_report import preview, report_csv
from gateway.orders.request_list import BYTES_MAX, ListedRequest, ListRules, RequestList, read_request_list
from gateway.store.port import StoreUnavailable

LIST_MAX: Final = BYTES_MAX
"""Bytes of a list of orders."""


async def ask(desk: Desk, caller: Caller, body: WorkBody, key: Key | None = None) -> OrderPlaced:
    """Take an order: return its request, or the one that the same key made before."""
    return await _place(desk, caller, body, key)


async def ask_by_link(desk: Desk, caller: Caller, body: LinkBody, key: Key | None = None) -> OrderPlaced:
    """Take an order whose work is an OpenURL, likewise."""
    return await _place(desk, caller, body, key)


async def ask_by_list(
    desk: Desk, caller: Caller, query: OrderListQuery, body: Upload
) -> OrderListImported | OrderListPreview | Download:
    """Take a CSV list of orders, all of them or none; a row that was imported before makes no second request.

    A preview says what would be imported, and writes nothing.
    """
    if query.format != "json" and not query.preview:
        raise UnusableError("format: json, or for a preview csv or text.")
    # In a thread: a long list takes a while to read, and peers must get their confirmations meanwhile.
    orders, listed = await asyncio.to_thread(_read, body.data, _list_rules(desk), desk)
    if query.preview:
        return await _preview(desk.orders.asking, listed, orders, query.format)
    if not listed.may_be_imported:
        raise UnusableError("The list can't be taken as it is; nothing was imported.", problems=_told(listed))
    placed = await _import(desk.orders.asking, caller, orders)
    rows = tuple(
        OrderImported(row=each.line, request=made.request, state=made.state, is_new=made.is_new)
        for each, made in zip(listed.requests, placed, strict=True)
    )
    imported = sum(row.is_new for row in rows)
    return OrderListImported(imported=imported, known=len(rows) - imported, requests=rows, problems=_told(listed))


async def _place(desk: Desk, caller: Caller, body: WorkBody | LinkBody, key: str | None) -> OrderPlaced:
    try:
        kept_as = caller_key(caller.name, key)
    except ValueError as error:
        raise UnusableError(f"Idempotency-Key: {error}.") from None
    order, warnings = read_order(desk, body, key=kept_as)
    order = msgspec.structs.replace(order, at_desk=caller.is_at_desk)
    try:
        placed = await desk.orders.asking.place(order, by=caller.name)
    except KeyUsed as error:
        raise UnusableError(f"Idempotency-Key: it was used for another order, request {error}.") from None
    words = f"Request {placed.request} is “{placed.state}”." + ("" if placed.is_new else " It was made before.")
    return OrderPlaced(**msgspec.structs.asdict(placed), warnings=warnings, words=words)


# ── a list ───────────────────────────────────────────────────────────────────────────────────────


def _list_rules(desk: Desk) -> ListRules:
    return msgspec.structs.replace(desk.orders.list_rules, today=desk.today(), branches=desk.orders.pickup.branches)


def _read(data: bytes, rules: ListRules, desk: Desk) -> tuple[list[Order], RequestList]:
    """The orders of a list, and the list with the problems that show only beside the library's own rules."""
    listed = read_request_list(data, rules)
    orders: list[Order] = []
    good: list[ListedRequest] = []
    problems = list(listed.problems)
    for each in listed.requests:
        try:
            orders.append(listed_order(each, rules=desk.orders.pickup, zone=desk.zone))
            good.append(each)
        except BadOrder as error:
            problems += [
                request_list.ListProblem(line=each.line, column=found.column, words=found.words)
                for found in error.problems
            ]
    problems.sort(key=lambda problem: problem.line)
    return orders, RequestList(requests=tuple(good), problems=tuple(problems))


async def _import(asking: Asking, caller: Caller, orders: list[Order]) -> list[Placed]:
    try:
        return await asking.place_all(orders, by=caller.name)
    except StoreUnavailable:
        words = (
            "The store failed before the whole list was written. Import the list again: no line makes a second request."
        )
        raise StoreFailedError(words) from None


def _told(listed: RequestList) -> tuple[Problem, ...]:
    return tuple(
        Problem(row=each.line, column=each.column, severity=each.severity, words=each.words) for each in listed.problems
    )


async def _preview(asking: Asking, listed: RequestList, orders: list[Order], form: str) -> OrderListPreview | Download:
    if form == "csv":
        return Download(content_type="text/plain", text=report_csv(listed))
    if form == "text":
        return Download(content_type="text/plain", text=f"{preview(listed)}\n")
    rows = [await _previewed(asking, each, order) for each, order in zip(listed.requests, orders, strict=True)]
    return OrderListPreview(may_be_imported=listed.may_be_imported, requests=tuple(rows), problems=_told(listed))


async def _previewed(asking: Asking, listed: ListedRequest, order: Order) -> OrderPreviewed:
    wanted = listed.citation.wanted
    return OrderPreviewed(
        row=listed.line,
        service=listed.citation.service,
        title=wanted.article_title or wanted.title,
        identifiers=wanted.identifiers,
        pickup_branch=order.pickup_branch,
        need_before=order.need_before,
        known=await asking.request_of(order.key or ""),
    )
