"""Prices of borrowed items that were not returned: named here, set in the ILS by staff, read back by the gateway (money.md, duty 8)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

from gateway.desk.access import Caller
from gateway.desk.errors import ConflictError, NotThereError, UnusableError
from gateway.desk.history import write_down
from gateway.desk.ports import Desk, MoneyParts
from gateway.desk.reads import partners_by_id
from gateway.desk.search import day_began
from gateway.desk.structs.prices import PriceBody, PriceDone, PriceList, PriceRow, PriceStanding, PriceStep
from gateway.desk.views import partner_name
from gateway.dispatch.roles import TABLES
from gateway.money.amounts import AmountFault, amount_of, checked, minor_units, read
from gateway.money.currencies import UnknownCurrency
from gateway.store.port import Store
from gateway.store.register_port import Facet, Sort, Sought
from gateway.workflow.borrowing.loans import is_back
from gateway.workflow.charges import Price, PriceVerdict, price_name
from gateway.workflow.partners import Partner
from gateway.workflow.records import Request, Role, State

SHOWN_MOST: Final = 30
"""What is seen to makes room for what comes after it."""
READ_MOST: Final = 250
_STANDINGS: Final[Mapping[PriceVerdict, PriceStanding]] = {
    PriceVerdict.TO_SET: PriceStanding.TO_SET,
    PriceVerdict.AGREES: PriceStanding.AGREES,
    PriceVerdict.DIFFERS: PriceStanding.DIFFERS,
    PriceVerdict.UNCLEAR: PriceStanding.UNCLEAR,
}
RED: Final = (PriceStanding.DIFFERS, PriceStanding.TO_TAKE_OFF, PriceStanding.TO_SET, PriceStanding.UNCLEAR)
"""What must be seen to, the worst first; what agrees comes last."""
_TO_DO: Final[Mapping[PriceStanding, str]] = {
    PriceStanding.TO_SET: "Set it in the ILS, then say so here.",
    PriceStanding.TO_TAKE_OFF: "It came back: take the charge off in the ILS, then say so here.",
}
_PAID_AND_BACK: Final = (
    "It came back after it was paid: give the money back in the ILS as your rules say, then say so here."
)
_SAID: Final[Mapping[PriceStep, str]] = {
    PriceStep.SET: "Price of {price} set in the ILS.",
    PriceStep.OFF: "Charge of {price} taken off in the ILS.",
    PriceStep.PAID: "Charge of {price} was paid, or waived, in the ILS.",
}


_ANEW: Final[Mapping[str, None]] = dict.fromkeys(("off_by", "off_at", "paid_by", "paid_at", "agreed_at"))
"""What was said and seen of a charge that is set once more."""


async def list_prices(desk: Desk, _caller: Caller) -> PriceList:
    """Return unreturned items with their prices, and charges that are to come off; those to see to first, thirty at the most."""
    partners, open_prices = await partners_by_id(desk.store), await desk.store.prices.prices()
    unreturned = await _unreturned(desk)
    found = await desk.store.register.requests({*unreturned, *open_prices})
    settled = await desk.store.prices.prices_of([name for name in found if name not in open_prices])
    prices = {**open_prices, **settled}
    rows = [
        _row(desk, request, prices.get(name), partners)
        for name, request in found.items()
        if not _is_over(request, prices.get(name))
    ]
    rows.sort(key=lambda row: (_rank(row), row.due_at is None, row.due_at, row.request))
    rules = desk.money.price_rules
    return PriceList(
        rows=tuple(rows[:SHOWN_MOST]),
        more=len(rows) > SHOWN_MOST,
        formats=tuple(rules.by_format),
        currency=rules.currency,
        red=sum(row.standing in RED[:2] for row in rows),
    )


async def _unreturned(desk: Desk) -> list[str]:
    """Return the requests of ours whose item is lost, or with the customer long past its date: those due first, some more than are shown."""
    before = desk.now() - timedelta(days=desk.money.price_rules.after_days)
    found = []
    for state, due in ((State.LOST, None), (State.WITH_CUSTOMER, (None, before))):
        values = {Facet.ROLE: frozenset({Role.BORROWING.value}), Facet.STATE: frozenset({state.value})}
        sought = Sought(values=values, due=due, now=desk.now(), today=day_began(desk))
        page = await desk.store.register.open(sought, Sort.DUE, after=None, limit=READ_MOST)
        found += [line.request for line in page.lines]
    return found


def _rank(row: PriceRow) -> int:
    return RED.index(row.standing) if row.standing in RED else len(RED)


def _row(desk: Desk, request: Request, kept: Price | None, partners: Mapping[str, Partner]) -> PriceRow:
    price = kept or _usual(desk, request)
    standing = _standing(request, price)
    return PriceRow(
        request=request.id,
        title=request.wanted.title or "(no title)",
        lender=partner_name(request, partners),
        item_barcode=request.items[0].barcode if request.items else "",
        due_at=request.due_at,
        state=TABLES[request.role].standing(request.state).name,
        amount=str(amount_of(price.minor, price.currency)),
        currency=price.currency,
        by_lender=price.by_lender,
        standing=standing,
        words=_PAID_AND_BACK
        if standing is PriceStanding.TO_TAKE_OFF and price.is_paid
        else _TO_DO.get(standing) or price.seen,
        seen_at=price.seen_at,
        set_by=price.set_by,
        off_by=price.off_by,
        paid_by=price.paid_by,
    )


async def is_price_to_set(store: Store, request: str) -> bool:
    """Say whether nobody has set the price of an unreturned item in the ILS, or said that none is charged."""
    price = await store.prices.price(request)
    return price is None or (price.set_at is None and not price.is_paid)


def _is_over(request: Request, price: Price | None) -> bool:
    """Whether it came back before anybody had set it."""
    return is_back(request) and (price is None or price.set_at is None)


def _standing(request: Request, price: Price) -> PriceStanding:
    if is_back(request) and price.set_at is not None and price.off_at is None:
        return PriceStanding.TO_TAKE_OFF
    if price.is_paid:
        return PriceStanding.PAID
    return _STANDINGS[price.verdict]


def _usual(desk: Desk, request: Request) -> Price:
    """Return the library's own price for the form that is wanted, until somebody names another."""
    rules = desk.money.price_rules
    amount = rules.by_format[price_name(request.wanted.form, rules.by_format)]
    return Price(
        request=request.id,
        minor=minor_units(amount, rules.currency),
        currency=rules.currency,
        by_lender=False,
        named_by="settings",
        named_at=desk.now(),
    )


async def name_price(desk: Desk, caller: Caller, request: str, body: PriceBody) -> PriceDone:
    """Name what an item costs: the lender's price, or the library's own for a format. What was set before is to be set anew if it differs."""
    found = await _borrowed(desk.store, request)
    known = await desk.store.prices.price(found.id) or _usual(desk, found)
    currency = body.currency or desk.money.price_rules.currency
    minor = _minor(desk.money, body, currency)
    named = msgspec.structs.replace(
        known,
        minor=minor,
        currency=currency,
        by_lender=body.amount is not None,
        named_by=caller.name,
        named_at=desk.now(),
    )
    if (minor, currency) != (known.minor, known.currency):
        named = msgspec.structs.replace(
            named, **_ANEW, set_by=None, set_at=None, verdict=PriceVerdict.TO_SET, seen="", seen_at=None
        )
    await desk.store.prices.save_price(named, settled=False)
    whose = "the lender's" if named.by_lender else "the library's own"
    words = f"Price of the item: {_said(named)} ({whose})."
    await write_down(desk, caller, found.id, words)
    return await _done(desk, found, named, words)


def _minor(money: MoneyParts, body: PriceBody, currency: str) -> int:
    by_format = money.price_rules.by_format
    try:
        if body.amount is not None:
            return minor_units(read(body.amount, currency), currency)
        if body.format is not None and body.format in by_format:
            return minor_units(checked(by_format[body.format], currency), currency)
    except (AmountFault, UnknownCurrency) as wrong:
        raise UnusableError(f"amount: {wrong}.") from None
    raise UnusableError(f"amount: name one, or a format: {', '.join(by_format)}.")


async def step_price(desk: Desk, caller: Caller, request: str, step: PriceStep) -> PriceDone:
    """Say that the price was set in the ILS, or taken off again, or just look: the circulation system is asked at once, and what it shows is kept."""
    found = await _borrowed(desk.store, request)
    price = await desk.store.prices.price(found.id) or _usual(desk, found)
    if step is PriceStep.OFF and price.set_at is None:
        raise ConflictError("Nobody has said that it was set: there is nothing to take off.")
    if step is PriceStep.PAID and is_back(found):
        raise ConflictError("It came back: take the charge off, or give the money back, in the ILS.")
    price = _stepped(price, step, caller.name, desk.now())
    if step is not PriceStep.LOOK:
        await desk.store.prices.save_price(price, settled=False)
        await write_down(desk, caller, found.id, _SAID[step].format(price=_said(price)))
    if price.set_at is None and not price.is_paid:
        raise ConflictError("It is not set yet: there is nothing to look at.")
    looked = await desk.money.read_back(price)
    return await _done(desk, found, looked, looked.seen or _SAID[PriceStep.SET].format(price=_said(price)))


def _stepped(price: Price, step: PriceStep, by: str, at: datetime) -> Price:
    match step:
        case PriceStep.SET:
            return msgspec.structs.replace(price, **_ANEW, set_by=by, set_at=at)
        case PriceStep.OFF:
            return msgspec.structs.replace(price, off_by=by, off_at=at)
        case PriceStep.PAID:
            return msgspec.structs.replace(price, paid_by=by, paid_at=at)
    return price


async def _done(desk: Desk, request: Request, price: Price, words: str) -> PriceDone:
    row = _row(desk, request, price, await partners_by_id(desk.store))
    return PriceDone(row=row, words=words)


async def _borrowed(store: Store, request: str) -> Request:
    found = await store.request(request)
    if found is None or found.role is not Role.BORROWING:
        raise NotThereError("There is no such request of ours.")
    return found


def _said(price: Price) -> str:
    return f"{amount_of(price.minor, price.currency)} {price.currency}"
