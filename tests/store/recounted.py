"""Plain SQL and a few lines beside it that count over the history what came, went out and was received, how long it took, and of whom."""

# ruff: noqa: S608 - statements are put together from this module's own pieces

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple

import pytest

from gateway.reports.catalogue import BY_NAME
from gateway.reports.figure import FigureRow
from gateway.store.port import Store
from tests.reports.made_up import OWN
from tests.store.test_contract_facts import RECEIVED, SUPPLIED, TURNS, ZONE, months, rows_of, sql, whole

SERVICE: Final = "coalesce(requests.body->>'service', 'Loan')"
NAMES: Final = {"Loan": "returnables", "Copy": "non-returnables"}
LENDER: Final = """(
    SELECT requests.body->'borrowing'->'asked'->(CAST(said.event->>'attempt' AS INTEGER) - 1)->>'partner' FROM history AS said
    WHERE said.request = requests.id AND said.event->>'says' IN ('loaned', 'copy completed') ORDER BY said.id LIMIT 1)"""
"""Who sent it."""
OF_LENT: Final = f"""{SERVICE}, requests.body->'items'->0->'copy'->>'branch', requests.partner,
    requests.body->'cost'->>'currency', requests.body->'cost'->>'amount'"""
OF_BORROWED: Final = f"""{SERVICE}, requests.body->'borrowing'->>'pickup_branch', {LENDER},
    requests.body->'borrowing'->'terms'->'cost'->>'currency', requests.body->'borrowing'->'terms'->'cost'->>'amount'"""


class Move(NamedTuple):
    """Something was sent or came, or is no more so (`times` below 0)."""

    at_us: int
    times: int
    service: str
    branch: str
    partner: str
    currency: str | None
    amount: str | None

    @property
    def month(self) -> str:
        return month(self.at_us)


def local(at_us: int) -> datetime:
    return datetime.fromtimestamp(at_us / 1e6, UTC).astimezone(ZONE)


def month(at_us: int) -> str:
    return local(at_us).strftime("%Y-%m")


def turns(of: str, **which: str) -> str:
    """What became so, or no more so, with what is asked of it."""
    told = f"SELECT turned.at, holds - held, {of} FROM turned JOIN requests ON requests.id = turned.request WHERE holds <> held"
    return TURNS.format(which="TRUE", **which).replace("SELECT at, holds - held FROM turned WHERE holds <> held", told)


SENT: Final = turns(OF_LENT, role="lending", states=SUPPLIED, keeps="'checking in'")
LOANS_CAME: Final = turns(OF_BORROWED, role="borrowing", states=RECEIVED, keeps="'completed', 'lost'")
COPIES_CAME: Final = f"""
    SELECT history.at, 1, {OF_BORROWED} FROM history JOIN requests ON requests.id = history.request
    WHERE requests.role = 'borrowing' AND history.event->>'action' = 'handed-over'"""


async def sent(store: Store) -> list[Move]:
    return [Move(*row) for row in await sql(store, SENT)]


async def received(store: Store) -> list[Move]:
    return [Move(*row) for statement in (LOANS_CAME, COPIES_CAME) for row in await sql(store, statement)]


def counts(moves: Iterable[Move], *by: str) -> dict[Any, int]:
    """Add up by some of what is known of them."""
    found: Counter[Any] = Counter()
    for move in moves:
        found[tuple(getattr(move, each) for each in by)] += move.times
    return {key: count for key, count in found.items() if count}


async def named(store: Store, figure: str) -> dict[str, FigureRow]:
    """The lines of a figure, of all time."""
    (rows,) = await rows_of(store, BY_NAME[figure], [whole()])
    return {row.name: row for row in rows}


async def by_month_and_service(store: Store, figure: str, place: int = 0) -> dict[Any, int]:
    """A column of a figure that tells loans from copies."""
    found = zip(months(), await rows_of(store, BY_NAME[figure], months()), strict=True)
    cells = {(period.name, row.name): int(row.cells[place] or 0) for period, rows in found for row in rows}
    return {key: count for key, count in cells.items() if count and key[1] != "total"}


async def came(store: Store) -> None:
    first = await sql(
        store,
        f"SELECT min(history.at), requests.role, {SERVICE} FROM history JOIN requests ON requests.id = history.request"
        " GROUP BY requests.id",
    )
    for place, role in enumerate(("lending", "borrowing")):
        expected = Counter((month(at), NAMES[service]) for at, whose, service in first if whose == role)
        assert await by_month_and_service(store, "came", place) == expected


async def supplied(store: Store) -> None:
    """By service in each month, and by branch: those under our own administration never."""
    by_branch: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for place, (figure, moves) in enumerate((("provided", await sent(store)), ("received", await received(store)))):
        others = [move for move in moves if move.partner != OWN]
        expected = {(when, NAMES[of]): count for (when, of), count in counts(others, "month", "service").items()}
        assert await by_month_and_service(store, figure) == expected
        for (branch,), count in counts(others, "branch").items():
            by_branch[branch][place] = count
    rows = await named(store, "branches")
    total = rows.pop("total")
    assert {name: list(row.cells) for name, row in rows.items() if any(row.cells)} == by_branch
    assert list(total.cells) == [sum(each[place] for each in by_branch.values()) for place in (0, 1)]


async def filled_for_customers(store: Store) -> None:
    """Each request by what it has come to: received, else by how it ended."""
    ended = await sql(
        store,
        f"SELECT requests.id, {SERVICE}, requests.state FROM requests WHERE requests.role = 'borrowing'",
    )
    here = {request for request, *_ in await sql(store, HERE)}
    rows = await named(store, "fill-borrowing")
    for name, services in (("returnables", ["Loan"]), ("non-returnables", ["Copy"]), ("total", ["Loan", "Copy"])):
        of = Counter(
            "received" if request in here else AS_ENDED.get(state, "open")
            for request, service, state in ended
            if service in services
        )
        tried = of["received"] + of["unfilled"] + of["cancelled"]
        assert rows[name].cells == (
            of.total(),
            *(of[each] for each in ("received", "unfilled", "cancelled", "served", "open")),
            of["received"] / tried if tried else None,
        )


HERE: Final = f"""
    SELECT requests.id FROM requests WHERE requests.role = 'borrowing' AND (
        requests.state IN ({RECEIVED})
        OR requests.state = 'completed' AND EXISTS (
            SELECT 1 FROM history WHERE history.request = requests.id
                AND (history.entry->>'state' = 'with the customer' OR history.event->>'action' = 'handed-over')))"""
AS_ENDED: Final = {
    "unfilled": "unfilled",
    "cancelled": "cancelled",
    "served from our own shelves": "served",
    "completed": "unfilled",
}
"""What is completed and never came was lost on its way, and paid for."""
WHEN: Final = f"""
    SELECT requests.role, {SERVICE}, requests.partner, {LENDER},
        min(history.at) AS came,
        min(CASE WHEN history.event->>'event' = 'sent' AND history.event->>'what' = 'New' THEN history.at END) AS asked,
        min(CASE WHEN history.event->>'event' = 'told' AND history.event->>'status' NOT IN ('RequestReceived', 'ExpectToSupply')
            THEN history.at END) AS answered,
        min(CASE WHEN history.entry->>'state' IN ('checked out', 'copy completed', 'on its way', 'copy to hand over')
            THEN history.at END) AS shipped,
        min(CASE WHEN history.entry->>'state' = 'receiving' OR history.event->>'action' = 'handed-over' THEN history.at END) AS received,
        min(CASE WHEN history.entry->>'state' = 'with the customer' OR history.event->>'action' = 'handed-over'
            THEN history.at END) AS handed_out
    FROM history JOIN requests ON requests.id = history.request GROUP BY requests.id"""
"""When what happened first in each request."""
PLACES: Final = ("came", "asked", "answered", "shipped", "received", "handed_out")
LEGS: Final = {
    "turnaround-lending": {
        "days-to-answer": ("came", "answered"),
        "days-to-ship": ("answered", "shipped"),
        "days-to-supply": ("came", "shipped"),
    },
    "turnaround-borrowing": {
        "days-to-send": ("asked", "shipped"),
        "days-on-the-way": ("shipped", "received"),
        "days-to-hand-out": ("received", "handed_out"),
        "days-to-receive": ("came", "received"),
    },
}


def open_days(began: date, ended: date) -> int:
    """From Monday to Friday, after the first day."""
    return sum(
        (began + timedelta(days=day)).strftime("%a") not in {"Sat", "Sun"} for day in range(1, (ended - began).days + 1)
    )


def ranked(values: Sequence[int], tenths: int) -> int:
    """The nearest rank of so many tenths."""
    return sorted(values)[-(-len(values) * tenths // 10) - 1]


async def legs(store: Store) -> None:
    found = await sql(store, WHEN)
    for figure, of_figure in LEGS.items():
        rows = await named(store, figure)
        for leg, (begin, end) in of_figure.items():
            for service, name in NAMES.items():
                took = [
                    (times[begin], times[end])
                    for role, of, _, _, *at in found
                    if of == service and figure.endswith(role)
                    for times in [dict(zip(PLACES, at, strict=True))]
                    if times[begin] is not None and times[end] is not None
                ]
                assert rows[f"{leg}/{name}"].cells == pytest.approx(spread(took)), (leg, name)


def spread(took: Sequence[tuple[int, int]]) -> tuple[float | None, ...]:
    if not took:
        return (0, *[None] * 9)
    seconds = [(end - begin) // 1_000_000 for begin, end in took]
    hours = [each // 3600 for each in seconds]
    days = [open_days(local(begin).date(), local(end).date()) for begin, end in took]
    count = len(took)
    return (
        count,
        sum(seconds) / count / 86_400,
        ranked(hours, 5) / 24,
        ranked(hours, 9) / 24,
        sum(each < 48 for each in hours) / count,
        sum(48 <= each < 72 for each in hours) / count,
        sum(each >= 72 for each in hours) / count,
        sum(days) / count,
        ranked(days, 5),
        ranked(days, 9),
    )


ASKED: Final = """
    SELECT requests.body->'borrowing'->'asked'->(CAST(asked.event->>'attempt' AS INTEGER) - 1)->>'partner',
        (SELECT coalesce(said.event->>'says', said.event->>'clock') FROM history AS said
         WHERE said.request = asked.request AND said.id > asked.id
            AND (said.event->>'event' = 'lender said' OR said.event->>'clock' = 'lender answer')
         ORDER BY said.id LIMIT 1)
    FROM history AS asked JOIN requests ON requests.id = asked.request WHERE asked.event->>'event' = 'sent'"""
"""Each lender that was asked, and what came of it first."""


async def partners(store: Store) -> None:
    rows = await named(store, "partners")
    del rows["total"]
    out, into = await sent(store), await received(store)
    by_out, by_in = counts(out, "partner"), counts(into, "partner")
    states = await sql(store, "SELECT partner, state FROM requests WHERE role = 'lending'")
    asked, when = await sql(store, ASKED), await sql(store, WHEN)
    assert {name for name, row in rows.items() if row.cells[0] or row.cells[1]} <= {each for each, _ in states + asked}
    for name, row in rows.items():
        gave, got = by_out.get((name,), 0), by_in.get((name,), 0)
        assert row.cells[:3] == (gave, got, gave - got)
        assert row.cells[3] == {1: "net lender", 0: "even", -1: "net borrower"}[(gave > got) - (gave < got)]
        ends = Counter(state for partner, state in states if partner == name)
        sent_out = sum(ends[state] for state in ("loaned", "completed", "copy completed"))
        answered = sent_out + ends["unfilled"] + ends["retry possible"]
        assert row.cells[4] == (sent_out / answered if answered else None)
        said = Counter(what for partner, what in asked if partner == name and what is not None)
        assert row.cells[5] == ((said["loaned"] + said["copy completed"]) / said.total() if said else None)
        assert row.cells[6] == whole_days(
            (at[0], at[3]) for role, _, whose, _, *at in when if (role, whose) == ("lending", name)
        )
        assert row.cells[7] == whole_days(
            (at[0], at[4]) for role, _, _, whose, *at in when if (role, whose) == ("borrowing", name)
        )
        assert row.cells[8] == 0
        for place, moves in ((9, out), (10, into)):
            assert amounts(row.cells[place]) == agreed(moves, name)


def whole_days(took: Iterable[tuple[int, int | None]]) -> float | None:
    days = [(end - begin) // 1_000_000 // 86_400 for begin, end in took if end is not None]
    return ranked(days, 5) if days else None


def amounts(cell: object) -> dict[str, Decimal]:
    """Read amounts as they are shown."""
    return {
        currency: Decimal(amount.replace(",", ""))
        for amount, currency in re.findall(r"(-?[\d,.]*\d) ([A-Z]{3})", str(cell))
    }


def agreed(moves: Iterable[Move], partner: str) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for move in moves:
        if move.partner == partner and move.currency and move.amount:
            found[move.currency.upper()] += move.times * Decimal(move.amount)
    return {currency: amount for currency, amount in found.items() if amount}
