"""New order: who wants which work, what would stand in the way, and sending it; lists of orders.

One form does all: its buttons look up, take a work that was found, and send. What is in an order's way is shown before it is sent;
a second press of the button sets aside what may be, and the rest waits as a task.
"""

import hashlib
import secrets
from collections.abc import Iterable
from http import HTTPStatus
from typing import Annotated, Final, Literal
from urllib.parse import quote

import msgspec
from aiohttp import web

from gateway.desk.borrowing import ask, ask_by_list
from gateway.desk.drafts import check_card, draft_by_link, find_works, foresee_order, order_body, order_choices
from gateway.desk.errors import DeskError, UnusableError
from gateway.desk.structs.common import Upload
from gateway.desk.structs.customers import CardBody
from gateway.desk.structs.orders import (
    CardChecked,
    OrderForeseen,
    OrderListImported,
    OrderListPreview,
    OrderListQuery,
    TypedOrder,
    WorksFound,
    WorksQuery,
)
from gateway.pages.forms import ListForm, by_field
from gateway.pages.visit import Visit

SENT: Final = "sent"
"""The parameter that names the request that was just made."""
Step = Literal["look", "send", "more"]


class OrderForm(TypedOrder, frozen=True, kw_only=True):
    """The form: the order, and where one is with it."""

    step: Step = "look"
    take: Annotated[int, msgspec.Meta(ge=0, le=1000)] | None = None
    """Which of the works that were found is meant."""
    key: Annotated[str, msgspec.Meta(max_length=100)] = ""
    """For one use: the same form sent twice makes one request."""
    seen: Annotated[str, msgspec.Meta(max_length=100)] = ""
    """What was shown of what stands in the way, as a digest."""


class OrderBeside(msgspec.Struct, frozen=True, kw_only=True):
    """What stands beside the form."""

    card: CardChecked | None = None
    works: WorksFound | None = None
    foreseen: OrderForeseen | None = None


async def show_form(visit: Visit) -> web.StreamResponse:
    """GET /orders/new: the form; an OpenURL's keys fill it."""
    if SENT in visit.http.query or not visit.http.query:
        return await _form(visit, OrderForm(), sent=visit.http.query.get(SENT))
    draft = await draft_by_link(visit.desk, visit.caller, visit.http.rel_url.raw_query_string)
    form = msgspec.convert(
        {**msgspec.structs.asdict(draft.work), "note": (draft.note or "")[:2000]}, OrderForm, strict=False
    )
    return await _form(visit, form, said=draft.warnings)


async def take_form(visit: Visit) -> web.StreamResponse:
    """POST /orders/new: look up, take what was found, or send."""
    try:
        form = await visit.form(OrderForm)
    except UnusableError as wrong:
        raw = await visit.http.post()
        kept = {name: value for name, value in raw.items() if name in _TEXTS and isinstance(value, str)}
        return await _form(visit, msgspec.structs.replace(OrderForm(), **kept), problems=by_field(wrong.problems or ()))
    if form.step == "look" or form.take is not None:
        return await _look(visit, form)
    return await _send(visit, form)


async def _look(visit: Visit, form: OrderForm) -> web.StreamResponse:
    """Look at the card, and for the work."""
    problems: dict[str, str] = {}
    card = works = None
    try:
        card = await check_card(visit.desk, visit.caller, CardBody(customer=form.customer)) if form.customer else None
    except UnusableError as wrong:
        problems["customer"] = wrong.detail
    try:
        works = await _works(visit, form)
    except UnusableError as wrong:
        problems |= by_field(wrong.problems or ())
    if works is not None:
        form = _filled(form, works)
    return await _form(visit, form, OrderBeside(card=card, works=works), problems=problems)


async def _works(visit: Visit, form: OrderForm) -> WorksFound | None:
    if not (form.numbers or form.title):
        return None
    query = WorksQuery(numbers=form.numbers[:500], title=form.title[:500], author=form.author[:500])
    return await find_works(visit.desk, visit.caller, query)


def _filled(form: OrderForm, found: WorksFound) -> OrderForm:
    """Take the work that was chosen, or the only one if nothing says yet which work it is."""
    if form.take is not None and form.take < len(found.works):
        work = found.works[form.take]
    elif len(found.works) == 1 and not form.title:
        work = found.works[0]
    else:
        return form
    told = {
        name: text
        for name in _TAKEN
        if (text := getattr(work, name)) and not (name == "published" and form.article_title)
    }
    return msgspec.structs.replace(form, **told)


_TAKEN: Final = ("title", "author", "published", "edition", "publisher", "series", "numbers")
"""What a work that was found puts into the form; of an article the year stays, which is its own."""


async def _send(visit: Visit, form: OrderForm) -> web.StreamResponse:
    """Send the order, unless something is in its way that was not shown yet."""
    try:
        body = order_body(visit.desk, form)
        foreseen = await foresee_order(visit.desk, visit.caller, body)
        digest = _digest(foreseen)
        if digest and digest != form.seen:
            form = msgspec.structs.replace(form, seen=digest)
            return await _form(visit, form, OrderBeside(foreseen=foreseen), status=HTTPStatus.CONFLICT)
        waived = tuple(each.concern for each in foreseen.doubts if each.may_be_set_aside)
        placed = await ask(visit.desk, visit.caller, msgspec.structs.replace(body, waived=waived), form.key or None)
    except UnusableError as wrong:
        problems = by_field(wrong.problems or ()) or {"": wrong.detail}
        return await _form(visit, form, problems=problems)
    if form.step == "more":
        again = OrderForm(customer=form.customer, pickup_branch=form.pickup_branch)
        return await _form(visit, again, sent=placed.request)
    return visit.go(f"/orders/new?{SENT}={quote(placed.request)}")


def _digest(foreseen: OrderForeseen) -> str:
    """Name what is in the way; nothing if nothing is."""
    words = [*(each.words for each in foreseen.doubts), *foreseen.warnings]
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:32] if words else ""


async def _form(
    visit: Visit,
    form: OrderForm,
    beside: OrderBeside | None = None,
    *,
    problems: dict[str, str] | None = None,
    said: Iterable[str] = (),
    sent: str | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> web.StreamResponse:
    if problems:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    return await visit.show(
        "order.html",
        status,
        form=form if form.key else msgspec.structs.replace(form, key=secrets.token_urlsafe(16)),
        beside=beside or OrderBeside(),
        choices=await order_choices(visit.desk, visit.caller),
        problems=problems or {},
        said=tuple(said),
        sent=sent,
    )


_TEXTS: Final = frozenset(each.name for each in msgspec.structs.fields(OrderForm) if each.type is not bool) - {
    "step", "take", "waived", "service",
}  # fmt: skip


# ── a list ───────────────────────────────────────────────────────────────────────────────────────


async def show_list(visit: Visit) -> web.StreamResponse:
    """GET /orders/list: hand in a list."""
    return await _list(visit)


async def take_list(visit: Visit) -> web.StreamResponse:
    """POST /orders/list: look at a list, or import it."""
    form = await visit.form(ListForm)
    data = await visit.file() or form.text.encode()
    if not data.strip():
        return await _list(visit, problems={"file": "Choose a file, or paste the list."})
    upload = Upload(content_type="text/csv", data=data)
    query = OrderListQuery(preview=form.step == "preview")
    try:
        came_to = await ask_by_list(visit.desk, visit.caller, query, upload)
    except DeskError as wrong:
        return await _list(visit, text=data, problems={"": wrong.detail}, wrong=wrong)
    return await _list(visit, text=data, came_to=came_to)


async def _list(
    visit: Visit,
    *,
    text: bytes = b"",
    came_to: object = None,
    problems: dict[str, str] | None = None,
    wrong: DeskError | None = None,
) -> web.StreamResponse:
    return await visit.show(
        "order_list.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK,
        preview=came_to if isinstance(came_to, OrderListPreview) else None,
        imported=came_to if isinstance(came_to, OrderListImported) else None,
        text=text.decode("utf-8", "replace"),
        problems=problems or {},
        wrong=wrong.problems or () if wrong else (),
    )
