"""Payments, what is owed by age, and what goes to the accounting system. Statements: statements.py."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Final

from msgspec.structs import replace

from gateway.desk.access import Caller
from gateway.desk.bill_making import partner_of
from gateway.desk.bills import find_bill
from gateway.desk.errors import ConflictError, NotThereError, UnusableError
from gateway.desk.ports import Desk
from gateway.desk.reads import partners_by_id
from gateway.desk.shown import shown
from gateway.desk.structs.bills import (
    LedgerQuery,
    OwedList,
    OwedShown,
    PayBackBody,
    PayBody,
    PaymentList,
    PaymentShown,
    PaymentsQuery,
    TakeBackBody,
)
from gateway.desk.structs.common import Download, Problem
from gateway.desk.structs.orders import Key
from gateway.dispatch.bills import UnknownPayment
from gateway.money import ageing, amounts, payments
from gateway.money.ageing import BillAge
from gateway.money.amounts import NOTHING, AmountFault, total
from gateway.money.currencies import UnknownCurrency
from gateway.money.engine import MoneyRefused
from gateway.money.export import LedgerLines, exported
from gateway.money.records import Bill, BillState, EntryKind, LedgerEntry, Payment
from gateway.store.bills_port import BillFilter, OwedRow
from gateway.store.port import AlreadyExists, Store
from gateway.workflow.partners import Partner

_MOST_BILLS: Final = 1000
_YEAR: Final = timedelta(days=365)
_FIRST_YEAR: Final = 1990
_LAST_YEAR: Final = 2200
_MOST_DAYS: Final = timedelta(days=3700)


async def book_payment(desk: Desk, caller: Caller, body: PayBody, key: Key | None = None) -> PaymentShown:
    """Book money that came, with its shares; what is over stays as the partner's credit."""
    if key is not None and (known := await desk.store.bills.subject_of(key)) is not None:
        return await _shown(desk.store, known, is_new=False)
    payment = _payment(desk, caller, body)
    try:
        partner = await partner_of(desk.store, body.partner)
    except NotThereError as missing:
        raise UnusableError(missing.detail, _at("partner", missing.detail)) from None
    payment = replace(payment, partner=partner.id)
    shares = await _shares(desk.store, body, payment)
    try:
        booked = await desk.money.bills.pay(payment, shares, key=key)
    except payments.ShareFault as fault:
        raise ConflictError(str(fault), _at("shares", str(fault))) from None
    except AlreadyExists:
        raise ConflictError("This form was sent before: look at the payments.") from None
    if isinstance(booked, MoneyRefused):
        raise ConflictError(f"{partner.name}: {booked.words}")
    return await _shown(desk.store, booked.id)


def _payment(desk: Desk, caller: Caller, body: PayBody) -> Payment:
    """The payment in the currency in which it is booked. Raises UnusableError."""
    is_other = body.booked_in is not None and body.booked_in != body.currency
    if is_other != (body.rate is not None):
        raise _unusable("rate", "goes with booked_in, if the money came in another currency")
    try:
        came = amounts.positive(body.amount, body.currency)
        booked = amounts.positive(_converted(came, body), body.booked_in or body.currency)
    except (AmountFault, UnknownCurrency) as fault:
        raise _unusable("amount", str(fault)) from None
    today = desk.today()
    if body.received_on is not None and body.received_on > today:
        raise _unusable("received_on", "is still to come; name the day on which the money came")
    return Payment(
        id="",
        partner=body.partner,
        currency=body.booked_in if is_other and body.booked_in else body.currency,
        amount=booked,
        received_on=body.received_on or today,
        means=body.means,
        reference=" ".join(body.reference.split()),
        booked_at=desk.now(),
        booked_by=caller.name,
        paid_in=body.currency if is_other else None,
        paid_amount=came if is_other else None,
        rate=body.rate if is_other else None,
    )


def _converted(came: Decimal, body: PayBody) -> Decimal:
    """What came in the currency in which it is booked, at the rate that was entered. Raises AmountFault, UnknownCurrency."""
    if body.rate is None or body.booked_in is None:
        return came
    if not (body.rate.is_finite() and NOTHING < body.rate < amounts.MOST):
        raise AmountFault("can't be converted at this rate")
    return amounts.converted(came, body.rate, body.booked_in)


def _unusable(column: str, words: str) -> UnusableError:
    return UnusableError(f"{column}: {words}.", _at(column, words))


def _at(column: str, words: str) -> tuple[Problem, ...]:
    return (Problem(column=column, words=words),)


async def _shares(store: Store, body: PayBody, payment: Payment) -> dict[str, Decimal]:
    """The shares as they were entered, else the oldest bills first. Raises UnusableError."""
    if body.shares is None:
        owed = await store.bills.bills(BillFilter(partner=payment.partner, owed=True, limit=_MOST_BILLS))
        return payments.oldest_first(payment, owed)
    try:
        return {
            (await find_bill(store, name)).id: amounts.checked(share, payment.currency)
            for name, share in body.shares.items()
            if share
        }
    except AmountFault as fault:
        raise _unusable("shares", str(fault)) from None
    except NotThereError as missing:
        raise UnusableError(missing.detail, _at("shares", missing.detail)) from None


async def pay_back(desk: Desk, caller: Caller, body: PayBackBody, key: Key | None = None) -> PaymentShown:
    """Book that we paid some of a partner's credit back to it."""
    if key is not None and (known := await desk.store.bills.subject_of(key)) is not None:
        return await _shown(desk.store, known, is_new=False)
    came = PayBody(
        partner=body.partner,
        amount=body.amount,
        currency=body.currency,
        received_on=body.paid_on,
        means=body.means,
        reference=body.reference,
    )
    try:
        booked = await desk.money.bills.pay_back(_payment(desk, caller, came), key=key)
    except AlreadyExists:
        raise ConflictError("This form was sent before: look at the payments.") from None
    if isinstance(booked, MoneyRefused):
        raise ConflictError(booked.words)
    return await _shown(desk.store, booked.id)


async def take_back_payment(desk: Desk, caller: Caller, payment: str, body: TakeBackBody) -> PaymentShown:
    """Take a payment back that did not hold: a check that bounced, money that was booked for the wrong partner."""
    reason = " ".join(body.reason.split())
    try:
        back = await desk.money.bills.take_back(payment, why=reason, at=desk.now(), by=caller.name)
    except UnknownPayment:
        raise NotThereError("There is no such payment.") from None
    if isinstance(back, MoneyRefused):
        raise ConflictError(back.words)
    return await _shown(desk.store, payment)


async def show_payment(desk: Desk, _caller: Caller, payment: str) -> PaymentShown:
    """Return one payment."""
    return await _shown(desk.store, payment)


async def list_payments(desk: Desk, _caller: Caller, query: PaymentsQuery) -> PaymentList:
    """Return the newest payments."""
    found, known = (
        await desk.store.bills.payments(partner=query.partner, limit=query.limit),
        await partners_by_id(desk.store),
    )
    return PaymentList(payments=await _with_shares(desk.store, found, known))


async def _shown(store: Store, payment_id: str, *, is_new: bool = True) -> PaymentShown:
    payment = await store.bills.payment(payment_id)
    if payment is None:
        raise NotThereError("There is no such payment.")
    [told] = await _with_shares(store, [payment], await partners_by_id(store), is_new=is_new)
    return told


async def _with_shares(
    store: Store, payments: Sequence[Payment], known: Mapping[str, Partner], *, is_new: bool = True
) -> tuple[PaymentShown, ...]:
    """Show payments with what they were booked for, and what those bills are called."""
    entries = {payment.id: await store.bills.ledger(payment=payment.id) for payment in payments}
    ids = sorted({entry.bill for each in entries.values() for entry in each if entry.bill})
    numbers = {bill.id: str(bill.number) for bill in (await store.bills.bills_of_ids(ids)).values() if bill.number}
    return tuple(_with(payment, entries[payment.id], known, numbers, is_new=is_new) for payment in payments)


def _with(
    payment: Payment,
    entries: Iterable[LedgerEntry],
    known: Mapping[str, Partner],
    numbers: Mapping[str, str],
    *,
    is_new: bool,
) -> PaymentShown:
    partner = known.get(payment.partner)
    shares: dict[str, Decimal] = {}
    for entry in entries:
        if entry.bill and entry.kind in {EntryKind.PAID, EntryKind.REVERSED}:
            shares[entry.bill] = shares.get(entry.bill, NOTHING) - entry.amount
    left = -total(entry.amount for entry in entries if entry.kind is EntryKind.OVERPAID)
    return shown(
        payment,
        PaymentShown,
        partner_name=partner.name if partner else payment.partner,
        shares=shares,
        numbers={bill: numbers[bill] for bill in shares if bill in numbers},
        left=left,
        is_new=is_new,
    )


async def partner_names(desk: Desk) -> tuple[tuple[str, str], ...]:
    """Return each partner's id and name, by name."""
    found = await desk.store.partners()
    return tuple((partner.id, partner.name) for partner in sorted(found, key=lambda each: each.name.casefold()))


async def with_credit(desk: Desk) -> frozenset[str]:
    """Return the partners that have credit."""
    return frozenset(partner for partner, _, _ in await desk.store.bills.credit())


# ── what is owed ─────────────────────────────────────────────────────────────────────────────────


async def list_owed(desk: Desk, _caller: Caller) -> OwedList:
    """Return what each partner owes, by how old it is, and what it has as credit."""
    today, names = desk.today(), await partners_by_id(desk.store)
    rows, credit = await desk.store.bills.owed(), await desk.store.bills.credit()
    return await asyncio.to_thread(_all_owed, rows, credit, today, names)


def _all_owed(
    rows: Iterable[OwedRow], had: Iterable[tuple[str, str, Decimal]], today: date, names: dict[str, Partner]
) -> OwedList:
    """Put together what may be some ten thousand bills."""
    credit = {(partner, currency): amount for partner, currency, amount in had}
    of_key: dict[tuple[str, str], list[OwedRow]] = {key: [] for key in credit}
    for row in rows:
        of_key.setdefault((row.partner, row.currency), []).append(row)
    partners = [_owed(key, of_key[key], credit.get(key, NOTHING), today, names) for key in sorted(of_key)]
    currencies = sorted({owed.currency for owed in partners})
    return OwedList(
        today=today,
        partners=tuple(partners),
        totals=tuple(
            _summed(currency, [owed for owed in partners if owed.currency == currency]) for currency in currencies
        ),
    )


def _owed(
    key: tuple[str, str], rows: list[OwedRow], credit: Decimal, today: date, names: dict[str, Partner]
) -> OwedShown:
    partner, currency = key
    known = names.get(partner)
    by_age = {age: total(row.balance for row in rows if ageing.age_of(row.dated, today) is age) for age in BillAge}
    return OwedShown(
        partner=partner,
        partner_name=known.name if known else partner,
        currency=currency,
        by_age=by_age,
        total=total(by_age.values()),
        disputed=total(row.balance for row in rows if row.state is BillState.DISPUTED),
        credit=credit,
    )


def _summed(currency: str, partners: Iterable[OwedShown]) -> OwedShown:
    partners = list(partners)
    by_age = {age: total(owed.by_age[age] for owed in partners) for age in BillAge}
    return OwedShown(
        partner="",
        partner_name="All partners",
        currency=currency,
        by_age=by_age,
        total=total(by_age.values()),
        disputed=total(owed.disputed for owed in partners),
        credit=total(owed.credit for owed in partners),
    )


def days_of(desk: Desk, first: date | None, last: date | None) -> tuple[date, date]:
    """The first and the last day; the year until today if they are left out. Raises UnusableError."""
    last = last or desk.today()
    if not _FIRST_YEAR <= last.year <= _LAST_YEAR:
        raise _unusable("last", f"must be of the years {_FIRST_YEAR} to {_LAST_YEAR}")
    first = first or last - _YEAR
    if not timedelta(0) <= last - first <= _MOST_DAYS:
        raise _unusable("first", "at most ten years before the last day, and not after it")
    return first, last


def begin_of(zone: tzinfo, day: date) -> datetime:
    """Return when a day begins at the library."""
    return datetime.combine(day, time(), zone)


async def bills_of(store: Store, entries: Iterable[LedgerEntry]) -> list[Bill]:
    """Return the bills that lines of the ledger are of, in the order of the lines."""
    names = list(dict.fromkeys(entry.bill for entry in entries if entry.bill))
    found = await store.bills.bills_of_ids(names)
    return [found[name] for name in names if name in found]


async def export_ledger(desk: Desk, _caller: Caller, query: LedgerQuery) -> Download:
    """Hand out what was booked as CSV, with the columns that the settings name."""
    first, last = days_of(desk, query.first, query.last)
    since, until = begin_of(desk.zone, first), begin_of(desk.zone, last + timedelta(days=1))
    entries = await desk.store.bills.ledger_within(since, until)
    named = dict.fromkeys(name for entry in entries for name in (entry.bill, entry.credit_note) if name)
    paid = dict.fromkeys(entry.payment for entry in entries if entry.payment)
    bills = await desk.store.bills.bills_of_ids(list(named))
    booked = await desk.store.bills.payments_of_ids(list(paid))
    names = {partner.id: partner.name for partner in await desk.store.partners()}
    books = LedgerLines(entries, bills, booked, names)
    text = await asyncio.to_thread(exported, books, desk.money.billing.export, desk.zone)
    return Download(content_type="text/csv", text=text, name=f"ledger-{first}-{last}.csv")
