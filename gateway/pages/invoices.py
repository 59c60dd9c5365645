"""Lenders' invoices: what came and where it stands, entering one or a list, one invoice with what history says of it. A part of the table in `site.py`."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Final
from urllib.parse import quote, urlencode

import msgspec
from aiohttp import web
from multidict import MultiDict

from gateway.attachments import attachment, send
from gateway.desk import invoice_files, invoice_lists, invoices
from gateway.desk.access import Right
from gateway.desk.errors import ConflictError, DeskError, NotThereError, UnusableError
from gateway.desk.payments import partner_names
from gateway.desk.structs.common import Problem, Upload
from gateway.desk.structs.invoices import (
    EnterBody,
    InvoiceAct,
    InvoiceActBody,
    InvoiceKind,
    InvoiceListQuery,
    InvoiceShown,
    InvoicesQuery,
    InvoicesTaken,
    InvoiceState,
    Means,
)
from gateway.pages.forms import ListForm, by_field, read_form, read_query
from gateway.pages.money import new_key
from gateway.pages.table import Page
from gateway.pages.visit import Visit

MOST_FORM: Final = invoice_files.MOST_BYTES + 256 * 1024
"""Bytes of a form with a document."""
_UNTYPED: Final = frozenset({"form_token", "seen"})
"""Fields that nobody types."""
_SOUGHT_BY: Final = frozenset({"words", "fiscal_year", "state"})
"""Fields by which the list is searched."""
_NO_PAGE: Final = "That page of the list is not there: this is the first."
_UNREAD: Final = "Can't be read."
_LIKE: Final[Mapping[str, str]] = {"amount": "An amount like 12.50.", "currency": "Three letters, like USD."}
_AN_ACT: Final = "/money/invoices/{invoice}/{action}"


# ── the list ─────────────────────────────────────────────────────────────────────────────────────


async def show_list(visit: Visit) -> web.StreamResponse:
    """GET /money/invoices: what lenders ask of us."""
    query, problems = _query(visit)
    try:
        listed = await invoices.list_invoices(visit.desk, visit.caller, query)
    except UnusableError as wrong:
        field, _, words = wrong.detail.partition(": ")
        if field == "words":
            problems["words"], query = words, msgspec.structs.replace(query, words=None)
        else:
            problems[""] = _NO_PAGE
        query = msgspec.structs.replace(query, before=None)
        listed = await invoices.list_invoices(visit.desk, visit.caller, query)
    return await visit.show(
        "invoices.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK,
        listed=listed,
        query=query,
        typed=visit.http.query,
        states=InvoiceState,
        problems=problems,
        more=urlencode({name: value for name, value in visit.http.query.items() if name not in {"before", *problems}}),
    )


def _query(visit: Visit) -> tuple[InvoicesQuery, dict[str, str]]:
    """Which invoices are asked for; what was typed wrong into a field is left out, and said of it. Raises UnusableError for what is no field."""
    try:
        return visit.query(InvoicesQuery), {}
    except UnusableError as wrong:
        problems = by_field(wrong.problems or ())
        if not problems.keys() <= _SOUGHT_BY:
            raise
    kept = MultiDict((name, text) for name, text in visit.http.query.items() if name not in {"before", *problems})
    return read_query(kept, InvoicesQuery), problems


# ── entering one ─────────────────────────────────────────────────────────────────────────────────


async def show_form(visit: Visit) -> web.StreamResponse:
    """GET /money/invoices/new: an empty form."""
    return await _form(
        visit, {"currency": visit.desk.money.billing.defaults.currency, "request": visit.http.query.get("request", "")}
    )


async def _form(
    visit: Visit, typed: Mapping[str, str], problems: Mapping[str, str] | None = None
) -> web.StreamResponse:
    return await visit.show(
        "invoice_form.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK,
        typed=typed,
        partners=await partner_names(visit.desk),
        kinds=InvoiceKind,
        key=typed.get("key") or new_key(),
        problems=problems or {},
    )


async def enter(visit: Visit) -> web.StreamResponse:
    """POST /money/invoices/new: enter an invoice, with its document."""
    given = await visit.texts()
    document = await visit.handed("document")
    try:
        made = await invoices.enter_with_document(
            visit.desk,
            visit.caller,
            _body(given),
            key=given.get("key") or None,
            chunks=document.chunks() if document else None,
        )
    except (ConflictError, UnusableError) as wrong:
        return await _form(visit, given, _problems(wrong))
    return visit.go(_address(made))


def _body(given: Mapping[str, str]) -> EnterBody:
    """What was typed. Raises UnusableError, with what is wrong at each field."""
    fields = MultiDict(given)
    fields["lender"] = given.get("lender", "").strip() or given.get("lender_name", "")
    fields["currency"] = given.get("currency", "").strip().upper()
    return read_form(fields, EnterBody)


def _problems(wrong: DeskError) -> dict[str, str]:
    if not wrong.problems:
        field = "document" if wrong.detail.startswith("file:") else ""
        return {field: wrong.detail.removeprefix("file: ")}
    return {
        name: _LIKE.get(name, words) if words == _UNREAD else words for name, words in by_field(wrong.problems).items()
    }


def _address(shown: InvoiceShown) -> str:
    return f"/money/invoices/{quote(shown.invoice.id, safe='')}"


# ── a list ───────────────────────────────────────────────────────────────────────────────────────


async def show_import(visit: Visit) -> web.StreamResponse:
    """GET /money/invoices/list: hand in a list."""
    return await _import(visit)


async def take_import(visit: Visit) -> web.StreamResponse:
    """POST /money/invoices/list: look at a list, or enter it."""
    form = await visit.form(ListForm)
    data = await visit.file() or form.text.encode()
    if not data.strip():
        return await _import(visit, problems={"file": "Choose a file, or paste the list."})
    query = InvoiceListQuery(preview=form.step == "preview")
    try:
        taken = await invoice_lists.take_invoices(
            visit.desk, visit.caller, query, Upload(content_type="text/csv", data=data)
        )
    except UnusableError as wrong:
        return await _import(visit, text=data, problems={"": wrong.detail}, faults=wrong.problems or ())
    return await _import(visit, text=data, taken=taken)


async def _import(
    visit: Visit,
    *,
    text: bytes = b"",
    taken: InvoicesTaken | None = None,
    problems: dict[str, str] | None = None,
    faults: tuple[Problem, ...] = (),
) -> web.StreamResponse:
    return await visit.show(
        "invoice_list.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK,
        taken=taken,
        text=text.decode("utf-8", "replace"),
        problems=problems or {},
        faults=faults,
    )


# ── one invoice ──────────────────────────────────────────────────────────────────────────────────


async def show_invoice(visit: Visit) -> web.StreamResponse:
    """GET /money/invoices/<id>: one invoice."""
    return await _invoice(visit)


async def _invoice(
    visit: Visit,
    problems: dict[str, str] | None = None,
    given: Mapping[str, str] | None = None,
    tried: InvoiceAct | None = None,
) -> web.StreamResponse:
    """The page of one invoice; what was typed into the form of an act that was refused stands there again.

    It stands beside the form if that is not there any more; so does a correction if somebody has changed the invoice since it was typed: in the
    form it would go over what nobody has seen.
    """
    found = await invoices.show_invoice(visit.desk, visit.caller, visit.path("invoice"))
    acts = {offer.act: offer for offer in found.acts}
    given = given or {}
    is_current = given.get("seen") == str(found.invoice.version)
    typed = given if tried is InvoiceAct.CORRECT and tried in acts and is_current else {}
    is_beside = tried is not None and (tried not in acts or (tried is InvoiceAct.CORRECT and not typed))
    return await visit.show(
        "invoice.html",
        HTTPStatus.CONFLICT if problems else HTTPStatus.OK,
        found=found,
        acts=acts,
        InvoiceAct=InvoiceAct,
        means=Means,
        kinds=InvoiceKind,
        partners=await partner_names(visit.desk),
        typed=typed or _as_typed(found),
        beside=[(name, text) for name, text in given.items() if text and name not in _UNTYPED] if is_beside else (),
        given=given,
        tried=tried,
        problems=problems or {},
    )


def _as_typed(found: InvoiceShown) -> dict[str, str]:
    """What the form for corrections begins with."""
    invoice = found.invoice
    values = {
        "lender": invoice.partner,
        "lender_name": None if invoice.partner else invoice.lender,
        "number": invoice.number,
        "kind": invoice.kind,
        "dated": invoice.dated,
        "due": invoice.due,
        "amount": invoice.amount,
        "currency": invoice.currency,
        "request": invoice.request,
        "title": invoice.title,
        "note": found.note,
    }
    return {name: str(value) for name, value in values.items() if value is not None}


async def act(visit: Visit) -> web.StreamResponse:
    """POST /money/invoices/<id>/<act>: do something to an invoice."""
    given, action = await visit.texts(), _action(visit)
    try:
        body = await _act_body(visit, given, action)
        done = await invoices.act_on_invoice(visit.desk, visit.caller, visit.path("invoice"), action, body)
    except (ConflictError, UnusableError) as wrong:
        return await _invoice(visit, _problems(wrong), given, action)
    return visit.go(_address(done))


class SeenForm(msgspec.Struct, frozen=True, kw_only=True):
    """The version that a correction was typed over."""

    seen: int | None = None


async def _act_body(visit: Visit, given: Mapping[str, str], action: InvoiceAct) -> InvoiceActBody:
    """What the act's form says. Raises UnusableError; ConflictError if a correction was typed before somebody has changed the invoice."""
    if action is not InvoiceAct.CORRECT:
        return await visit.form(InvoiceActBody)
    form = await visit.form(SeenForm)
    found = await invoices.show_invoice(visit.desk, visit.caller, visit.path("invoice"))
    invoices.must_be_as_seen(found.invoice.version, form.seen)
    return InvoiceActBody(claim=_body(given), seen=form.seen)


def _action(visit: Visit) -> InvoiceAct:
    try:
        return InvoiceAct(visit.path("action"))
    except ValueError:
        raise UnusableError("There is no such act.") from None


# ── files ────────────────────────────────────────────────────────────────────────────────────────


async def add_document(visit: Visit) -> web.StreamResponse:
    """POST /money/invoices/<id>/documents: keep a document with it."""
    document = await visit.handed("document")
    if document is None:
        return await _invoice(visit, {"document": "Choose a file."})
    name = visit.path("invoice")
    try:
        await invoice_files.add_document(visit.desk, visit.caller, name, document.chunks())
    except (ConflictError, UnusableError) as wrong:
        return await _invoice(visit, _problems(wrong))
    return visit.go(f"/money/invoices/{quote(name, safe='')}")


def _number(visit: Visit, name: str) -> int:
    text = visit.path(name)
    if not text.isdecimal() or len(text) > 4:  # noqa: PLR2004 - no invoice has ten thousand
        raise NotThereError("There is none with this number.")
    return int(text)


async def document(visit: Visit) -> web.StreamResponse:
    """GET /money/invoices/<id>/documents/<number>: a document, to be saved."""
    file = await invoice_files.fetch_document(
        visit.desk, visit.caller, visit.path("invoice"), _number(visit, "document")
    )
    response = attachment(file.content_type, file.size, file.name)
    await response.prepare(visit.http)
    await send(response, file.chunks)
    return response


async def letter(visit: Visit) -> web.StreamResponse:
    """GET /money/invoices/<id>/letters/<number>: a dispute letter as it was made."""
    given = await invoice_files.show_letter(visit.desk, visit.caller, visit.path("invoice"), _number(visit, "letter"))
    return visit.download(given, given.name or "letter.pdf")


# ── the accounting system ────────────────────────────────────────────────────────────────────────


class ExportForm(msgspec.Struct, frozen=True, kw_only=True):
    """A form with nothing but its one-use key."""

    key: Annotated[str, msgspec.Meta(max_length=64)] | None = None


async def show_exports(visit: Visit) -> web.StreamResponse:
    """GET /money/invoices/exports: what the accounting system was given, and what waits."""
    return await _exports(visit)


async def _exports(visit: Visit, problem: str = "") -> web.StreamResponse:
    return await visit.show(
        "invoice_exports.html",
        HTTPStatus.CONFLICT if problem else HTTPStatus.OK,
        listed=await invoice_files.list_batches(visit.desk, visit.caller),
        key=new_key(),
        problems={"": problem} if problem else {},
    )


async def make_export(visit: Visit) -> web.StreamResponse:
    """POST /money/invoices/exports: give all that is approved to the accounting system."""
    form = await visit.form(ExportForm)
    try:
        await invoice_files.export_invoices(visit.desk, visit.caller, form.key)
    except ConflictError as wrong:
        return await _exports(visit, wrong.detail)
    return visit.go("/money/invoices/exports")


async def export(visit: Visit) -> web.StreamResponse:
    """GET /money/invoices/exports/<export>: an export as CSV."""
    given = await invoice_files.show_batch(visit.desk, visit.caller, visit.path("batch"))
    return visit.download(given, given.name or "invoices.csv")


# fmt: off
INVOICES: Final = (
    Page("GET",  "/money/invoices",                                Right.READ, show_list),
    Page("GET",  "/money/invoices/new",                            Right.ACT,  show_form),
    Page("POST", "/money/invoices/new",                            Right.ACT,  enter, MOST_FORM),
    Page("GET",  "/money/invoices/list",                           Right.ACT,  show_import),
    Page("POST", "/money/invoices/list",                           Right.ACT,  take_import, invoice_lists.LIST_MAX),
    Page("GET",  "/money/invoices/exports",                        Right.READ, show_exports),
    Page("POST", "/money/invoices/exports",                        Right.ACT,  make_export),
    Page("GET",  "/money/invoices/exports/{batch}",                Right.READ, export),
    Page("GET",  "/money/invoices/{invoice}",                      Right.READ, show_invoice),
    Page("GET",  "/money/invoices/{invoice}/documents/{document}", Right.ACT,  document),
    Page("GET",  "/money/invoices/{invoice}/letters/{letter}",     Right.READ, letter),
    Page("POST", "/money/invoices/{invoice}/documents",            Right.ACT,  add_document, MOST_FORM),
    Page("POST", _AN_ACT,                                          Right.ACT,  act),
)
# fmt: on
