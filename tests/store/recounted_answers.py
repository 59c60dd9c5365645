"""Plain SQL and a few lines beside it that count over the history who decided, what was answered and why, and which copies were made."""

# ruff: noqa: S608 - statements are put together from this module's own pieces

from collections import Counter, defaultdict
from itertools import groupby
from types import SimpleNamespace
from typing import Final, cast

from gateway.desk.access import Caller
from gateway.desk.copyright import show_copyright
from gateway.desk.ports import Desk
from gateway.desk.structs.copyright import CopyrightQuery, CopyrightShown
from gateway.reports.catalogue import BY_NAME
from gateway.store.port import Store
from gateway.workflow.staff import StaffRole
from tests.reports.made_up import START
from tests.store.recounted import local, month, named
from tests.store.test_contract_facts import ZONE, months, rows_of, sql

DECIDES_NOTHING: Final = """
    'arrived', 'arrive-and-ship', 'ship', 'copy-sent', 'check-in', 'cannot-find', 'receive', 'handed-out', 'came-back', 'send-back',
    'send-other-back', 'handed-over', 'note', 'message', 'assign', 'flag', 'unflag', 'remind', 'ask-status'"""
ENDED: Final = f"""
    SELECT requests.role, count(*), sum(CASE WHEN EXISTS (
        SELECT 1 FROM history WHERE history.request = requests.id AND history.event->>'event' = 'staff acted'
            AND history.event->>'action' NOT IN ({DECIDES_NOTHING})) THEN 0 ELSE 1 END)
    FROM requests WHERE EXISTS (
        SELECT 1 FROM history WHERE history.request = requests.id AND (
            history.entry->>'state' IN ('completed', 'unfilled', 'cancelled', 'served from our own shelves')
            OR requests.role = 'lending' AND history.entry->>'state' IN ('copy completed', 'retry possible', 'lost')))
    GROUP BY requests.role"""


async def by_itself(store: Store) -> None:
    expected = {role: (ended, alone) for role, ended, alone in await sql(store, ENDED)}
    for name, row in (await named(store, "by-itself")).items():
        ended, alone = expected.get(name, (0, 0))
        assert row.cells == (ended, alone, alone / ended if ended else None)


PROPOSALS: Final = """
    WITH first AS (
        SELECT request, min(id) AS id FROM history WHERE event->>'action' IN ('supply', 'unfilled', 'retry', 'offer') GROUP BY request)
    SELECT requests.partner, coalesce(proposed.event->'answer'->>'line', ''), proposed.event->'answer'->>'kind',
        coalesce(proposed.event->'answer'->>'reason', ''),
        proposed.event->'answer'->'choice'->'copy'->>'item_barcode',
        answered.event->>'action', answered.event->>'reason', answered.event->'item_barcodes'->>0
    FROM first JOIN history AS answered ON answered.id = first.id
    JOIN history AS proposed ON proposed.request = first.request AND proposed.event->>'event' = 'copies checked'
    JOIN requests ON requests.id = first.request
    WHERE proposed.event->'answer'->>'kind' <> 'staff' AND NOT EXISTS (
        SELECT 1 FROM history AS before WHERE before.request = first.request AND before.id < first.id
            AND before.entry->>'state' IN ('unfilled', 'retry possible', 'will supply', 'offered'))"""
"""What was proposed, and the first answer, where that is a person's."""
KINDS: Final = {"supply": "supply", "unfilled": "unfilled", "retry": "retry", "offer": "retry"}


def difference(kind: str, reason: str, copy: str | None, *answer: str | None) -> str:
    """What staff did with a proposal: their act, its reason and the copy that they named."""
    act, said, named = answer
    if KINDS[act or ""] != kind:
        return "answer"
    if kind == "supply":
        return "followed" if named in {None, copy} else "copy"
    return "followed" if said in {None, reason} else "reason"


async def trusted(store: Store) -> None:
    found = [(partner, line, difference(*rest)) for partner, line, *rest in await sql(store, PROPOSALS)]
    for figure, place in (("trust-partners", 0), ("trust-lines", 1)):
        rows = await named(store, figure)
        assert rows.keys() == {*(each[place] for each in found), "total"}
        for name, row in rows.items():
            of = Counter(each[2] for each in found if name in {each[place], "total"})
            share = of["followed"] / of.total() if of else None
            assert row.cells == (of.total(), of["followed"], share, of["copy"], of["reason"], of["answer"])


DECIDED: Final = """
    SELECT told.request, told.at, told.entry->>'state', (
        SELECT coalesce(said.event->>'reason', said.event->'answer'->>'reason', requests.body->'answer'->>'reason', '') FROM history AS said
        WHERE said.request = told.request AND said.id <= told.id AND said.event IS NOT NULL ORDER BY said.id DESC LIMIT 1)
    FROM history AS told JOIN requests ON requests.id = told.request
    WHERE requests.role = 'lending' AND told.entry->>'kind' = 'decision' ORDER BY told.request, told.id"""


async def reasons_of_ours(store: Store) -> None:
    """A no counts by its own reason, and is taken back by it."""
    expected: Counter[tuple[str, str, str]] = Counter()
    for _, lines in groupby(await sql(store, DECIDED), key=lambda line: line[0]):
        before, given = "", ""
        for _, at, state, reason in lines:
            if state != before and before in {"unfilled", "retry possible"}:
                expected[month(at), given, before] -= 1
            if state != before and state in {"unfilled", "retry possible"}:
                given = reason
                expected[month(at), given, state] += 1
            before = state
    periods = zip(months(), await rows_of(store, BY_NAME["why-not-lending"], months()), strict=True)
    counted = {
        (period.name, row.name, what): cell
        for period, rows in periods
        for row in rows
        if not row.is_total
        for what, cell in zip(("unfilled", "retry possible"), row.cells, strict=True)
        if cell
    }
    assert counted == {key: count for key, count in expected.items() if count}


LENDERS_SAID: Final = """
    SELECT CASE WHEN event->>'event' = 'lender said' THEN event->>'says' ELSE 'no answer in time' END,
        coalesce(event->>'reason', ''), (
            SELECT count(*) FROM history AS asked
            WHERE asked.request = history.request AND asked.id < history.id AND asked.event->>'event' = 'sent')
    FROM history WHERE event->>'says' IN ('unfilled', 'retry possible') OR event->>'clock' = 'lender answer'"""


async def reasons_of_lenders(store: Store) -> None:
    expected: dict[str, list[int]] = defaultdict(lambda: [0] * 5)
    for said, reason, place in await sql(store, LENDERS_SAID):
        for counted in (f"{said}/{reason}", "total"):
            expected[counted][place - 1] += 1
            expected[counted][4] += 1
    rows = await named(store, "why-not-borrowing")
    assert {name: list(row.cells) for name, row in rows.items() if row.cells[4]} == expected


COPIED: Final = """
    SELECT copied.key, requests.state, min(history.at) FROM copied JOIN requests ON requests.id = copied.request
    JOIN history ON history.request = requests.id GROUP BY requests.id, copied.key ORDER BY 3"""
IN_VAIN: Final = {"cancelled", "unfilled", "served from our own shelves"}
ALLOWED: Final = 2


async def copies_counted(store: Store) -> None:
    found = [(key, state, local(at).year) for key, state, at in await sql(store, COPIED)]
    desk = cast("Desk", SimpleNamespace(store=store, zone=ZONE, orders=SimpleNamespace(copies_allowed=ALLOWED)))
    for year in range(START.year, START.year + 4):
        shown = await show_copyright(desk, Caller("x", StaffRole.VIEWER), CopyrightQuery(year=year, limit=200))
        assert isinstance(shown, CopyrightShown)
        over = 0
        for work in shown.works:
            of_year = [state for key, state, when in found if key == work.key and when == year]
            before = sum(
                key == work.key and when < year and state not in IN_VAIN and "/" not in key
                for key, state, when in found
            )
            count = sum(state not in IN_VAIN for state in of_year)
            full = sum(state in {"completed", "copy to hand over"} for state in of_year)
            assert (work.earlier, work.counted, work.filled, work.open) == (before, before + count, full, count - full)
            over += min(count, max(0, before + count - ALLOWED))
        assert {work.key for work in shown.works} == {key for key, _, when in found if when == year}
        assert shown.over == over
