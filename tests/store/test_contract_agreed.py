"""The contract of the port, on both stores: what was agreed with requests is counted to the last digit of each currency, before and after
what is personal goes, and what a store of before kept in hundredths is carried forward.
"""

# ruff: noqa: S608 - statements are put together from this module's own pieces

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from importlib.resources import files
from itertools import product
from typing import Any, cast

import pytest

from gateway.desk.access import Caller
from gateway.desk.behind import show_behind
from gateway.desk.structs.statistics import BehindQuery
from gateway.money.amounts import amount_of
from gateway.money.currencies import DIGITS, digits_of
from gateway.reports.catalogue import BY_NAME
from gateway.reports.money import FEES
from gateway.store.facts_rows import fact_row
from gateway.store.facts_sql import BEFORE_41, WRITE, WRITTEN
from gateway.store.port import Store
from gateway.store.postgres import PostgresStore
from gateway.workflow.borrowing.groups import FINALS
from gateway.workflow.facts import Fact, Folded
from gateway.workflow.records import Role
from gateway.workflow.staff import StaffRole
from gateway.workflow.values import Money
from tests.fakes.examples import share_of
from tests.reports.made_up import START, by_time, priced, ways
from tests.store.test_contract_booked import desk_of
from tests.store.test_contract_facts import (
    RECEIVED,
    SEEDS,
    SUPPLIED,
    TURNS,
    ZONE,
    bookkeeper,
    lived,
    months,
    purge,
    rows_of,
    sql,
    whole,
)
from tests.store.values import NOW, creation

Sums = Mapping[tuple[str, str, str], Decimal]
"""By month, currency and column."""
_WHAT = "SELECT turned.at, requests.body->{of}->>'currency', requests.body->{of}->>'amount', holds - held FROM turned"
_AGREED = (
    "JOIN requests ON requests.id = turned.request WHERE holds <> held AND requests.body->{of}->>'amount' IS NOT NULL"
)


def turns(of: str, **which: str) -> str:
    """What became supplied, or received, or no more so, with what was agreed on."""
    statement = TURNS.format(which="TRUE", **which)
    told = f"{_WHAT} {_AGREED}".replace("{of}", of)
    return statement.replace("SELECT at, holds - held FROM turned WHERE holds <> held", told)


OF_TERMS = "'borrowing'->'terms'->'cost'"
CHARGED = turns("'cost'", role="lending", states=SUPPLIED, keeps="'checking in'")
PAID_FOR_LOANS = turns(OF_TERMS, role="borrowing", states=RECEIVED, keeps="'completed', 'lost'")
PAID_FOR_COPIES = f"""
    SELECT history.at, requests.body->{OF_TERMS}->>'currency', requests.body->{OF_TERMS}->>'amount', 1
    FROM history JOIN requests ON requests.id = history.request
    WHERE history.event->>'action' = 'handed-over' AND requests.body->{OF_TERMS}->>'amount' IS NOT NULL"""


async def by_sql(store: Store) -> Sums:
    """Read with plain SQL what was agreed with each request, and add it up by hand."""
    sums: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for column, statement in (("charged", CHARGED), ("paid", PAID_FOR_LOANS), ("paid", PAID_FOR_COPIES)):
        for at, currency, amount, count in await sql(store, statement):
            month = datetime.fromtimestamp(at / 1e6, UTC).astimezone(ZONE).strftime("%Y-%m")
            sums[month, currency.upper(), column] += Decimal(amount) * count
    return {of: amount for of, amount in sums.items() if amount}


async def counted(store: Store) -> Sums:
    """The figure of fees, month by month."""
    periods = months()
    found = zip(periods, await rows_of(store, FEES, periods), strict=True)
    cells = (
        ((period.name, row.name, column.name), Decimal(str(cell)))
        for period, rows in found
        for row in rows
        for column, cell in zip(FEES.columns, row.cells, strict=True)
    )
    return {of: amount for of, amount in cells if amount}


@pytest.mark.parametrize("seed", share_of(SEEDS))
async def test_fees_are_what_plain_sql_adds_up_over_the_history(store: Store, seed: int) -> None:
    await lived(store, seed, 40)
    expected = await by_sql(store)
    assert await counted(store) == expected
    (year,) = await rows_of(store, FEES, [whole()])
    for row in year:
        assert row.cells == tuple(
            str(amount_of(0, row.name) + sum(cell for (_, *of), cell in expected.items() if of == [row.name, column]))
            for column in ("charged", "paid")
        )


PRICES = [
    (currency, amount)
    for currency in ("USD", "JPY", "KWD")
    for amount in (Decimal(0), amount_of(1, currency), Decimal(10**9))
]


async def priced_highly(store: Store) -> None:
    """In each currency loans and copies for nothing, for the least that there is, and for a thousand million."""
    for place, (currency, amount) in enumerate(PRICES):
        agreed = Money(amount=amount, currency=currency)
        for change in by_time(ways(place, 80)[place * 8 : place * 8 + 8]):
            await store.commit(priced(change, agreed))
    await bookkeeper(store).catch_up()


async def behind(store: Store) -> list[Decimal]:
    """What is behind each amount adds up to it; all of them."""
    (rows,) = await rows_of(store, FEES, [whole()])
    amounts = []
    for row in rows:
        for column, cell in zip(FEES.columns, row.cells, strict=True):
            period = f"{whole().first}..{whole().last}"
            query = BehindQuery(period=period, row=row.name, column=column.name, limit=1000)
            shown = await show_behind(desk_of(store), Caller("x", StaffRole.VIEWER), FEES.name, query)
            assert sum((Decimal(each.amount or 0) for each in shown.rows), Decimal(0)) == Decimal(str(cell))
            amounts.append(Decimal(str(cell)))
    return amounts


async def test_the_highest_amounts_and_the_least_stay_exact_after_anonymising_and_purging(store: Store) -> None:
    await priced_highly(store)
    expected = await by_sql(store)
    assert await counted(store) == expected
    assert {(currency, column) for _, currency, column in expected} == {
        (currency, column) for currency in ("USD", "JPY", "KWD") for column in ("charged", "paid")
    }
    assert max(expected.values()) >= 10**9
    figures = [FEES, BY_NAME["partners"]]
    before = [await rows_of(store, figure, [whole(), *months()]) for figure in figures]
    amounts = await behind(store)
    await store.borrowing.anonymise(FINALS, ended_before=START + timedelta(days=9999))
    await purge(cast("Any", store))
    await bookkeeper(store).catch_up()
    assert [await rows_of(store, figure, [whole(), *months()]) for figure in figures] == before
    assert (await counted(store), await behind(store)) == (expected, amounts)


# ── stores of before ─────────────────────────────────────────────────────────────────────────────


def fact(charged_minor: int = 0, paid_minor: int = 0, currency: str = "USD") -> Fact:
    role = Role.BORROWING if paid_minor else Role.LENDING
    of: dict[str, Any] = {"supplied_at": NOW} if role is Role.LENDING else {"received_at": NOW}
    return Fact(role=role, currency=currency, charged_minor=charged_minor, paid_minor=paid_minor, arrived_at=NOW, **of)


_BEFORE = tuple(name for name in WRITTEN if not name.endswith("_minor"))
WRITE_BEFORE = f"""
    INSERT INTO facts (line, changed, taken_up, {", ".join((*_BEFORE, *BEFORE_41))})
    VALUES ($1, $2, 0, {", ".join(f"${place}" for place, _ in enumerate((*_BEFORE, *BEFORE_41), 3))})
    ON CONFLICT (line) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in ("changed", *_BEFORE, *BEFORE_41))}"""
"""How a gateway of the version before writes a fact."""


def of_before(line: int, changed: int, one: Fact, *in_hundredths: int) -> tuple[Any, ...]:
    """A fact as that version has it."""
    _, _, *values = fact_row(line, changed, one)
    named = dict(zip((*WRITTEN, *BEFORE_41), values, strict=True)) | dict(zip(BEFORE_41, in_hundredths, strict=True))
    return (line, changed, *(named[name] for name in (*_BEFORE, *BEFORE_41)))


def statements(store: Store) -> Sequence[str]:
    """What the upgrade does to facts that there are."""
    kind = "postgresql" if isinstance(store, PostgresStore) else "sqlite"
    script = files("gateway.store").joinpath(f"migrations/{kind}/0041_facts_in_minor_units.sql").read_text()
    return [f"UPDATE facts {each.split(';')[0]}" for each in script.split("UPDATE facts ")[1:]]


HUNDREDTHS = (0, 1, 49, 50, 113, 500, 50_050, 99_999_999_999, -113)


CASES = [
    (line, currency, kept)
    for line, (currency, kept) in enumerate(product((*sorted(DIGITS), "XYZ"), HUNDREDTHS), start=1)
]
"""A line, a currency (one of no list among them) and what is kept of it in hundredths."""


def carried_forward(kept: int, currency: str) -> int:
    digits = digits_of(currency) if currency in DIGITS else 2
    return int(Decimal(kept).scaleb(digits - 2).to_integral_value(ROUND_HALF_UP))


async def test_what_was_kept_in_hundredths_is_carried_forward_by_the_digits_of_its_currency(store: Store) -> None:
    rows = [of_before(line, 7, fact(currency=currency), kept, 0) for line, currency, kept in CASES]
    more = [of_before(line + 10_000, 7, fact(currency=currency), 0, kept) for line, currency, kept in CASES]
    await cast("Any", store)._load((WRITE_BEFORE, [*rows, *more]))
    await cast("Any", store)._load(("UPDATE facts SET charged_minor = 0, paid_minor = 0", [()]))
    await cast("Any", store)._load(*((each, [()]) for each in statements(store)))
    found = {line: rest for line, *rest in await sql(store, "SELECT line, charged_minor, paid_minor FROM facts")}
    for line, currency, kept in CASES:
        minor = carried_forward(kept, currency)
        assert (found[line], found[line + 10_000]) == ([minor, 0], [0, minor]), (currency, kept)


async def test_what_is_no_amount_at_all_keeps_no_store_from_being_carried_forward(store: Store) -> None:
    high = 9_223_372_036_854_775_807
    await cast("Any", store)._load((WRITE_BEFORE, [of_before(1, 7, fact(currency="KWD"), high, 0)]))
    await cast("Any", store)._load(*((each, [()]) for each in statements(store)))
    assert await sql(store, "SELECT charged_minor, charged FROM facts") == [(0, high)]


@pytest.mark.process
async def test_what_a_gateway_of_before_writes_beside_a_new_one_counts_in_the_minor_unit(
    stores: tuple[PostgresStore, PostgresStore],
) -> None:
    new = cast("Any", stores[0])
    for line, changed, write, row in (
        (1, 5, WRITE_BEFORE, of_before(1, 5, fact(currency="KWD"), 113, 0)),
        (2, 5, WRITE, fact_row(2, 5, fact(1125, currency="KWD"))),
        (2, 6, WRITE_BEFORE, of_before(2, 6, fact(currency="JPY"), 50_000, 0)),
        (3, 5, WRITE_BEFORE, of_before(3, 5, fact(currency="KWD"), 113, 0)),
        (3, 6, WRITE, fact_row(3, 6, fact(1125, currency="KWD"))),
        (4, 5, WRITE, fact_row(4, 5, fact(1125, currency="KWD"))),
        (4, 6, WRITE_BEFORE, of_before(4, 6, fact(currency="KWD"), 113, 0)),
    ):
        assert row[:2] == (line, changed)
        await new._load((write, [row]))
    found = await sql(stores[0], "SELECT line, charged_minor, charged FROM facts ORDER BY line")
    assert found == [(1, 1130, 113), (2, 500, 50_000), (3, 1125, 113), (4, 1125, 113)]


async def test_a_gateway_of_before_reads_hundredths(store: Store) -> None:
    await store.commit(creation(1))
    piece = await store.facts.changed(1)
    assert piece is not None
    assert await store.facts.write(piece, [Folded(fact=fact(1125, currency="KWD"))], ZONE)
    assert await sql(store, "SELECT charged_minor, charged, paid FROM facts") == [(1125, 113, 0)]
