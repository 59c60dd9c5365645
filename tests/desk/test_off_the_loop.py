"""What is made of ten years of bills is made off the event loop: no piece of it there is longer than a small part of the work."""

import asyncio
import gc
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache
from time import process_time, thread_time
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch

import pytest

from gateway.desk.access import Caller
from gateway.desk.entries import show_entries
from gateway.desk.payments import export_ledger, list_owed
from gateway.desk.ports import Desk
from gateway.desk.statistics import show_group
from gateway.desk.structs.bills import LedgerQuery
from gateway.desk.structs.statistics import EntriesQuery, FigureGroup, StatisticsQuery
from gateway.money.export import USUAL
from gateway.store import bills_tables, booked_tables
from gateway.store.bills_tables import BillTables
from gateway.store.columns import stamp
from gateway.store.invoices_tables import InvoiceTables
from gateway.workflow.questions import FactsSaid
from gateway.workflow.staff import StaffRole

BILLS = 20_000
PARTNERS = 1_000
TODAY = date(2026, 11, 27)
SHARE = 0.1
"""Of all the work the longest piece on the loop may have so much: a ratio, so that a slow machine makes none of it longer."""
CALLER = Caller("x", StaffRole.VIEWER)
AT = stamp(datetime(2026, 11, 2, 12, tzinfo=UTC))


def partner(number: int) -> str:
    return f"partner-{number % PARTNERS:04}"


Rows = list[tuple[Any, ...]]


@cache
def said() -> dict[str, Rows]:
    """What a database says to a statement: each of the bills is open, and was booked this month."""
    numbers = range(BILLS)
    of_open: Rows = [(f"M-{n}", partner(n), "USD", "2026-09-01", 1250, 0) for n in numbers]
    return {
        booked_tables.BILLS.open_at: of_open,
        booked_tables.INVOICES.open_at: of_open,
        bills_tables.OWED: [(partner(n), "USD", "2026-09-01", "sent", 1250) for n in numbers],
        bills_tables.LEDGER_WITHIN: [
            (partner(n), "USD", f"M-{n}", "billed", 1250, AT, "ann", None, None, "Billed.") for n in numbers
        ],
    }


async def fetch(statement: str, *_: Any) -> Rows:
    """All rows at once: how a driver takes them off the wire is its own business."""
    await asyncio.sleep(0)
    return said().get(statement, [])


def desk() -> Desk:
    async def nothing(*_: Any, **__: Any) -> Any:
        return ()

    async def none_is_behind() -> int:
        return 0

    async def no_tasks() -> dict[str, int]:
        return {}

    async def no_facts(questions: Mapping[str, Any], spans: Sequence[Any]) -> Any:
        return (FactsSaid(counts={name: {} for name in questions}),) * len(spans)

    verbs = {"fetch": fetch, "fetch_slowly": fetch}
    unused = cast("Any", None)
    store = SimpleNamespace(
        bills=BillTables(**verbs, change=unused, settle=unused),
        invoices=InvoiceTables(**verbs, settle=unused),
        partners=nothing,
        facts=SimpleNamespace(ask=no_facts, behind=none_is_behind),
        count_tasks=no_tasks,
        oldest_tasks=no_tasks,
        page_of_tasks=nothing,
    )
    billing = SimpleNamespace(export=USUAL)
    return cast(
        "Desk",
        SimpleNamespace(
            store=store, zone=UTC, today=lambda: TODAY, money=SimpleNamespace(billing=billing), fiscal_year_begins=(7, 1),
            library=SimpleNamespace(branches={}), workbooks=unused,
        ),
    )  # fmt: skip


@contextmanager
def longest_piece() -> Iterator[list[float]]:
    """The processor time of the longest callback of the event loop, in seconds; without what the whole suite's garbage costs."""
    held, run = [0.0], vars(asyncio.Handle)["_run"]

    def measured(handle: asyncio.Handle) -> None:
        began = thread_time()
        run(handle)
        held[0] = max(held[0], thread_time() - began)

    gc.disable()
    try:
        with patch.object(asyncio.Handle, "_run", measured):
            yield held
    finally:
        gc.enable()


ASKED: dict[str, Callable[[Desk], Coroutine[Any, Any, object]]] = {
    "figures of money": lambda desk: show_group(desk, CALLER, FigureGroup.MONEY, StatisticsQuery(period="2027")),
    "what is open behind a number": lambda desk: show_entries(
        desk, CALLER, "open-bills", EntriesQuery(period="2027", row="total/USD", column="open", limit=100)
    ),
    "what partners owe": lambda desk: list_owed(desk, CALLER),
    "the ledger for the accounting system": lambda desk: export_ledger(desk, CALLER, LedgerQuery()),
}


@pytest.mark.parametrize("what", ASKED)
async def test_what_is_made_of_many_bills_does_not_hold_the_event_loop(what: str) -> None:
    made = desk()
    assert said()
    began = process_time()
    with longest_piece() as held:
        await asyncio.create_task(ASKED[what](made))
    spent = process_time() - began
    assert spent > 0.005, "there was something to do"
    assert held[0] < spent * SHARE, f"{1e3 * held[0]:.0f} ms of {1e3 * spent:.0f} ms in one piece"
