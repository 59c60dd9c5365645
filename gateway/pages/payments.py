"""Payments of partners: booked, paid back, taken back. A part of the table in `site.py`."""

import re
from contextlib import suppress
from datetime import date
from http import HTTPStatus
from typing import Annotated, Final

import msgspec
from aiohttp import web

from gateway.desk import bills, payments
from gateway.desk.access import Right
from gateway.desk.errors import ConflictError, UnusableError
from gateway.desk.structs.bills import Means, PayBackBody, PayBody, PaymentsQuery, TakeBackBody
from gateway.pages.forms import by_field
from gateway.pages.money import Short, new_key
from gateway.pages.table import Page
from gateway.pages.visit import Visit

_AMOUNT: Final = re.compile(r"[+-]?(\d{1,14}\.?\d{0,6}|\.\d{1,6})", re.ASCII)
_CURRENCY: Final = re.compile(r"[A-Za-z]{3}")


class PayForm(msgspec.Struct, frozen=True, kw_only=True):
    """Money that came, as it was typed."""

    partner: Annotated[str, msgspec.Meta(max_length=64)] = ""
    amount: Annotated[str, msgspec.Meta(max_length=20)] = ""
    currency: Annotated[str, msgspec.Meta(max_length=3)] = ""
    received_on: Annotated[str, msgspec.Meta(max_length=10)] = ""
    means: Annotated[str, msgspec.Meta(max_length=20)] = Means.CHECK.value
    reference: Annotated[str, msgspec.Meta(max_length=200)] = ""
    bill: Annotated[str, msgspec.Meta(max_length=64)] = ""
    """Only this one is paid; the oldest first if it is empty."""
    key: Annotated[str, msgspec.Meta(max_length=64)] | None = None


class PayBackForm(msgspec.Struct, frozen=True, kw_only=True):
    """Credit that we pay back, as it was typed."""

    partner: Annotated[str, msgspec.Meta(max_length=64)] = ""
    amount: Annotated[str, msgspec.Meta(max_length=20)] = ""
    currency: Annotated[str, msgspec.Meta(max_length=3)] = ""
    reference: Annotated[str, msgspec.Meta(max_length=200)] = ""
    key: Annotated[str, msgspec.Meta(max_length=64)] | None = None


class PaymentsPage(PaymentsQuery, frozen=True, kw_only=True):
    """Whose payments, and what the form begins with."""

    bill: Annotated[str, msgspec.Meta(max_length=64)] = ""


async def show_payments(visit: Visit) -> web.StreamResponse:
    """GET /money/payments: the newest payments, and a form for one."""
    query = visit.query(PaymentsPage)
    form = PayForm(partner=query.partner or "", bill=query.bill, currency=visit.desk.money.billing.defaults.currency)
    if query.bill:
        found = (await bills.show_bill(visit.desk, visit.caller, query.bill)).bill
        form = PayForm(
            partner=found.partner, bill=found.number or found.id, currency=found.currency, amount=str(found.balance)
        )
    return await _payments(visit, form, query.partner)


async def _payments(
    visit: Visit,
    form: PayForm,
    partner: str | None = None,
    *,
    problems: dict[str, str] | None = None,
    back: PayBackForm | None = None,
    reason: str = "",
) -> web.StreamResponse:
    query = PaymentsQuery(partner=partner or None)
    return await visit.show(
        "payments.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK,
        listed=(await payments.list_payments(visit.desk, visit.caller, query)).payments,
        partners=await payments.partner_names(visit.desk),
        with_credit=await payments.with_credit(visit.desk),
        means=Means,
        form=form,
        key=new_key(),
        partner=partner,
        back=back or PayBackForm(currency=form.currency),
        taken_back=visit.http.match_info.get("payment"),
        reason=reason,
        problems=problems or {},
    )


async def pay(visit: Visit) -> web.StreamResponse:
    """POST /money/payments: book one."""
    form = await visit.form(PayForm)
    problems = _misread(form)
    try:
        if not problems:
            await payments.book_payment(visit.desk, visit.caller, _pay_body(form), form.key or None)
            return visit.go("/money/payments")
    except msgspec.ValidationError:
        problems = {"": "The form was not sent as it was shown: load the page again."}
    except (ConflictError, UnusableError) as wrong:
        problems = by_field(wrong.problems or ()) or {"": wrong.detail}
        if "shares" in problems:
            problems["bill"] = problems.pop("shares")
    return await _payments(visit, form, problems=problems)


def _misread(form: PayForm) -> dict[str, str]:
    """Say at each field what can't be read."""
    problems = {}
    if not form.partner.strip():
        problems["partner"] = "Choose the library that it came from."
    if not _AMOUNT.fullmatch(form.amount.strip()):
        problems["amount"] = "Write an amount like 12.50, without signs between the thousands."
    if not _CURRENCY.fullmatch(form.currency.strip()):
        problems["currency"] = "Write the three letters of its code, like USD."
    if form.received_on.strip() and not _is_day(form.received_on.strip()):
        problems["received_on"] = "Write a day like 2026-12-24."
    return problems


def _is_day(text: str) -> bool:
    with suppress(msgspec.ValidationError):
        return bool(msgspec.convert(text, date))
    return False


def _pay_body(form: PayForm) -> PayBody:
    """Raises msgspec.ValidationError."""
    amount = form.amount.strip()
    given = {
        "partner": form.partner,
        "amount": amount,
        "currency": form.currency.strip().upper(),
        "received_on": form.received_on.strip() or None,
        "means": form.means,
        "reference": form.reference,
        "shares": {form.bill.strip(): amount} if form.bill.strip() else None,
    }
    return msgspec.convert(given, PayBody)


async def pay_back(visit: Visit) -> web.StreamResponse:
    """POST /money/payments/back: we paid some of a partner's credit back to it."""
    form = await visit.form(PayBackForm)
    start = PayForm(currency=form.currency or visit.desk.money.billing.defaults.currency)
    given = {name: value.strip() for name, value in msgspec.structs.asdict(form).items() if value and name != "key"}
    try:
        body = msgspec.convert({**given, "currency": given.get("currency", "").upper()}, PayBackBody)
        await payments.pay_back(visit.desk, visit.caller, body, form.key or None)
    except msgspec.ValidationError:
        words = "A partner, an amount like 12.50, a currency like USD."
        return await _payments(visit, start, problems={"back": words}, back=form)
    except (ConflictError, UnusableError) as wrong:
        return await _payments(visit, start, problems={"back": wrong.detail}, back=form)
    return visit.go("/money/payments")


class TakeBackForm(msgspec.Struct, frozen=True, kw_only=True):
    """Why a payment did not hold."""

    reason: Short = ""


async def take_back(visit: Visit) -> web.StreamResponse:
    """POST /money/payments/<id>/take-back: it did not hold."""
    form = await visit.form(TakeBackForm)
    start = PayForm(currency=visit.desk.money.billing.defaults.currency)
    if not form.reason.strip():
        return await _payments(visit, start, problems={"": "Say why the payment did not hold."})
    try:
        body = TakeBackBody(reason=form.reason)
        await payments.take_back_payment(visit.desk, visit.caller, visit.path("payment"), body)
    except ConflictError as wrong:
        return await _payments(visit, start, problems={"": wrong.detail}, reason=form.reason)
    return visit.go("/money/payments")


PAYMENTS: Final = (
    Page("GET", "/money/payments", Right.READ, show_payments),
    Page("POST", "/money/payments", Right.ACT, pay),
    Page("POST", "/money/payments/back", Right.MANAGE, pay_back),
    Page("POST", "/money/payments/{payment}/take-back", Right.MANAGE, take_back),
)
