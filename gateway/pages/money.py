"""Money: what is to be billed, bills and what is done with one, what is owed. A part of the table in `site.py`."""

import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Final
from urllib.parse import quote, urlencode

import msgspec
from aiohttp import web

from gateway.desk import bills, fee_bills, payments, statements
from gateway.desk.access import Right
from gateway.desk.errors import ConflictError, UnusableError
from gateway.desk.structs.bills import (
    KINDS_OF_LINES,
    BillAct,
    BillActBody,
    BillPaperQuery,
    BillShown,
    BillsQuery,
    BillState,
    CreditBody,
    ProposeBody,
    StatementQuery,
    UseCreditBody,
)
from gateway.pages.bill_lines import MORE_LINES, are_as_kept, places, read_lines, typed_beside
from gateway.pages.forms import by_field
from gateway.pages.paging import After, paged
from gateway.pages.table import Page
from gateway.pages.visit import Visit

TO_BILL_LISTED: Final = 30
"""Of what is to be billed; the others stand among the tasks, and here when these are billed."""
OWED_LISTED: Final = 30
"""Partners on one page of what is owed: their rows are long."""
Short = Annotated[str, msgspec.Meta(max_length=1000)]


async def show_list(visit: Visit) -> web.StreamResponse:
    """GET /money: what is to be billed, and the bills."""
    return await _list(visit)


async def _list(visit: Visit, problem: str = "", said: str = "") -> web.StreamResponse:
    query = visit.query(BillsQuery) if not (problem or said) else BillsQuery()
    return await visit.show(
        "money.html",
        HTTPStatus.CONFLICT if problem else HTTPStatus.OK,
        listed=await bills.list_bills(visit.desk, visit.caller, query),
        to_bill=(await bills.list_to_bill(visit.desk, visit.caller)).requests,
        to_bill_listed=TO_BILL_LISTED,
        query=query,
        states=BillState,
        key=new_key(),
        problems={"": problem} if problem else {},
        said=said,
        more=urlencode({name: value for name, value in visit.http.query.items() if name != "before"}),
    )


async def gather(visit: Visit) -> web.StreamResponse:
    """POST /money/fees: begin the bills of fees that are due."""
    made = await fee_bills.gather_fees(visit.desk, visit.caller)
    return await _list(visit, said=f"{len(made.bills)} drafts of fees begun." if made.bills else "No fee is due.")


def new_key() -> str:
    """A one-use key for a form."""
    return secrets.token_urlsafe(16)


class BeginForm(msgspec.Struct, frozen=True, kw_only=True):
    """A request that is to be billed."""

    request: Annotated[str, msgspec.Meta(max_length=64)]
    item: Annotated[str, msgspec.Meta(max_length=64)] = ""
    key: Annotated[str, msgspec.Meta(max_length=64)] | None = None


async def begin(visit: Visit) -> web.StreamResponse:
    """POST /money: begin a bill for a request."""
    form = await visit.form(BeginForm)
    body = ProposeBody(request=form.request, item=form.item or None)
    try:
        made = await bills.propose_bill(visit.desk, visit.caller, body, form.key or None)
    except (ConflictError, UnusableError) as wrong:
        return await _list(visit, wrong.detail)
    return visit.go(_address(made))


def _address(shown: BillShown) -> str:
    return f"/money/bills/{quote(shown.bill.id, safe='')}"


async def show_bill(
    visit: Visit,
    problems: dict[str, str] | None = None,
    given: Mapping[str, str] | None = None,
    tried: BillAct | None = None,
) -> web.StreamResponse:
    """GET /money/bills/<id>: one bill; what was typed into the form of an act that was refused stands there again.

    It stands beside the form if that is not there any more; so do lines if somebody has changed the bill since they were typed: in the
    form they would go over what nobody has seen.
    """
    found = await bills.show_bill(visit.desk, visit.caller, visit.path("bill"))
    acts = {offer.act: offer for offer in found.acts if not offer.for_managers or visit.may(Right.MANAGE)}
    given = given or {}
    typed = given if BillAct.CHANGE in acts and places(given) and given.get("seen") == str(found.bill.version) else {}
    elsewhere = {name: text for name, text in given.items() if name != "note"} if BillAct.CHANGE in acts else given
    return await visit.show(
        "bill.html",
        HTTPStatus.CONFLICT if problems else HTTPStatus.OK,
        found=found,
        rows=[*found.lines, *[None] * max(MORE_LINES, places(typed) - len(found.lines))],
        typed=typed,
        beside=typed_beside(elsewhere) if not typed and (places(given) or tried not in acts) else (),
        kinds=KINDS_OF_LINES[found.bill.kind],
        enclosed=visit.desk.money.billing.enclosed,
        acts=acts,
        BillAct=BillAct,
        key=new_key(),
        problems=problems or {},
        given=given,
        tried=tried,
    )


class BillActForm(msgspec.Struct, frozen=True, kw_only=True):
    """What is done with a bill, with a reason or an address."""

    reason: Short = ""
    to: Annotated[str, msgspec.Meta(max_length=254)] = ""
    note: Short = ""
    """What was typed beside the lines, and is kept with them."""
    seen: int | None = None


async def act(visit: Visit) -> web.StreamResponse:
    """POST /money/bills/<id>/<act>: do something to a bill; the lines that come with "Finalise" are kept first, and a note beside them."""
    action, form, given = _action(visit), await visit.form(BillActForm), await visit.texts()
    form = msgspec.structs.replace(form, note=form.note.strip())
    if action is BillAct.CHANGE or places(given):
        found = await bills.show_bill(visit.desk, visit.caller, visit.path("bill"))
        kept = await _keep_lines(visit, found, form)
        if isinstance(kept, dict):
            return await show_bill(visit, kept, given, BillAct.CHANGE)
        if action is BillAct.CHANGE or (action is BillAct.NOTE and form.note):
            return visit.go(_address(found))
        form, given = msgspec.structs.replace(form, seen=kept), {**given, "seen": str(kept), "note": ""}
    body = BillActBody(reason=form.reason, to=form.to or None, seen=form.seen)
    try:
        done = await bills.act_on_bill(visit.desk, visit.caller, visit.path("bill"), action, body)
    except (ConflictError, UnusableError) as wrong:
        field = "note" if places(given) else "reason-note"
        told = {field: wrong.detail} if action is BillAct.NOTE and not form.reason.strip() else _told(wrong)
        return await show_bill(visit, told, given, action)
    return visit.go(_address(done))


async def _keep_lines(visit: Visit, found: BillShown, form: BillActForm) -> int | dict[str, str]:
    """Write the lines of the form, if they are not what is kept already, and its note; return the version that has them, or what is wrong, by field."""
    desk, caller, name, version = visit.desk, visit.caller, found.bill.id, found.bill.version
    try:
        bills.must_be_as_seen(version, form.seen)
        lines = read_lines(await visit.texts(), found.lines)
        if isinstance(lines, dict):
            return lines
        if not are_as_kept(lines, found.lines):
            await bills.act_on_bill(desk, caller, name, BillAct.CHANGE, BillActBody(seen=version, lines=lines))
            version += 1
        if form.note:
            await bills.act_on_bill(desk, caller, name, BillAct.NOTE, BillActBody(seen=version, reason=form.note))
            version += 1
    except (ConflictError, UnusableError) as wrong:
        return _told(wrong)
    return version


def _told(wrong: ConflictError | UnusableError) -> dict[str, str]:
    return by_field(wrong.problems or ()) or {"": wrong.detail}


def _action(visit: Visit) -> BillAct:
    try:
        return BillAct(visit.path("action"))
    except ValueError:
        raise UnusableError("There is no such act.") from None


class KeyForm(msgspec.Struct, frozen=True, kw_only=True):
    """A form with nothing but its one-use key."""

    key: Annotated[str, msgspec.Meta(max_length=64)] | None = None


async def credit(visit: Visit) -> web.StreamResponse:
    """POST /money/bills/<id>/credit-note: begin a credit note, as the terms say."""
    form = await visit.form(KeyForm)
    try:
        note = await bills.propose_credit_note(
            visit.desk, visit.caller, visit.path("bill"), CreditBody(), form.key or None
        )
    except ConflictError as wrong:
        return await show_bill(visit, {"": wrong.detail})
    return visit.go(_address(note))


async def use_credit(visit: Visit) -> web.StreamResponse:
    """POST /money/bills/<id>/use-credit: pay with what the partner has paid too much."""
    try:
        done = await bills.use_credit(visit.desk, visit.caller, visit.path("bill"), UseCreditBody())
    except (ConflictError, UnusableError) as wrong:
        return await show_bill(visit, {"": wrong.detail})
    return visit.go(_address(done))


async def paper(visit: Visit) -> web.StreamResponse:
    """GET /money/bills/<id>/paper: a PDF as it was made."""
    query = visit.query(BillPaperQuery)
    given = await bills.show_bill_paper(visit.desk, visit.caller, visit.path("bill"), query)
    return visit.download(given, given.name or "bill.pdf")


# ── what is owed ─────────────────────────────────────────────────────────────────────────────────


async def show_owed(visit: Visit) -> web.StreamResponse:
    """GET /money/owed: what each partner owes, by age; the sums are those of all pages."""
    owed = await payments.list_owed(visit.desk, visit.caller)
    page = paged(owed.partners, visit.query(After).after, lambda each: f"{each.partner} {each.currency}", OWED_LISTED)
    return await visit.show("owed.html", owed=owed, page=page, mails=visit.desk.mail.plan.mails)


async def statement(visit: Visit) -> web.StreamResponse:
    """GET /money/owed/<partner>: its statement as PDF."""
    query = visit.query(StatementQuery)
    given = await statements.print_statement(visit.desk, visit.caller, visit.path("partner"), query)
    return visit.download(given, given.name or "statement.pdf")


# fmt: off
MONEY: Final = (
    Page("GET",  "/money",                             Right.READ,   show_list),
    Page("POST", "/money",                             Right.ACT,    begin),
    Page("POST", "/money/fees",                        Right.ACT,    gather),
    Page("GET",  "/money/owed",                        Right.READ,   show_owed),
    Page("GET",  "/money/owed/{partner}",              Right.READ,   statement),
    Page("GET",  "/money/bills/{bill}",                Right.READ,   show_bill),
    Page("GET",  "/money/bills/{bill}/paper",          Right.READ,   paper),
    Page("POST", "/money/bills/{bill}/credit-note",    Right.ACT,    credit),
    Page("POST", "/money/bills/{bill}/use-credit",     Right.ACT,    use_credit),
    Page("POST", "/money/bills/{bill}/{action}",       Right.ACT,    act),
)
# fmt: on
