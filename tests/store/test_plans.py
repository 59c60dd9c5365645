"""Both databases reach what the accept path and the queue ask for along an index, whatever the tables hold.

The plans are taken from empty tables, which is where a planner is most tempted to read everything.
"""

import asyncio
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from gateway.money.invoices.records import InvoiceState
from gateway.money.records import BillState
from gateway.notices.records import NoticeKind, NoticeState
from gateway.store import (
    audit_tables,
    bills_steps,
    bills_tables,
    book_tables,
    booked_tables,
    borrowing,
    copied_tables,
    copy_tables,
    directory_tables,
    facts_sql,
    figures_tables,
    invoices_tables,
    keeping_tables,
    notices_tables,
    old_bills,
    postgres,
    postgres_writes,
    prices_tables,
    recovery_tables,
    register_sql,
    scan_tables,
    sql,
    sqlite,
    staff_tables,
    story_tables,
    sums_sql,
    task_tables,
    tongues,
    view_tables,
)
from gateway.store.bills_port import BillFilter
from gateway.store.columns import moment
from gateway.store.factory import open_store
from gateway.store.invoices_port import InvoiceFilter
from gateway.store.notices_port import NoticeFilter
from gateway.store.port import RequestFilter
from gateway.store.register_port import Facet, Sought
from gateway.store.register_walk import Walk
from gateway.store.tasks_port import Claimed
from gateway.workflow.booked import WhichLines
from gateway.workflow.facts import Happened, Leg
from gateway.workflow.questions import AttemptTime, HowLong, Part, Question, Source, WorkBy, ended


def _walk(facet: Facet | None = None) -> Walk:
    """Walk what has ended, with one value of a facet."""
    values = {} if facet is None else {facet: frozenset({"x"})}
    return Walk(tongues.SQLITE, Sought(values=values, now=moment(0), today=moment(0)), (), 9)


LINES = WhichLines(kinds=("paid", "credited"), currency="USD", partner="x")
SPANS = [(moment(0), moment(9)), (moment(9), moment(99))]
SHARED = {
    "changed after": sql.CHANGED_AFTER,
    "history of no request": sql.HISTORY_OF_NONE,
    "story": story_tables.LINES,
    "story before": story_tables.LINES_BEFORE,
    "story of no request": story_tables.LINES_OF_NONE,
    "act by its key": story_tables.ACT_OF,
    "forget acts": story_tables.FORGET,
    "withdraw": sql.WITHDRAW,
    "withdraw several": sql.WITHDRAW_ALL,
    "still there": sql.STILL_THERE,
    "complete": sql.COMPLETE,
    "update": sql.UPDATE_REQUEST,
    "queue": sql.INSERT_EFFECT,
    "promote": sql.PROMOTE,
    "close tasks": sql.CLOSE_TASKS,
    "end task": task_tables.END,
    "start": sql.START,
    "postpone": sql.POSTPONE,
    "postpone unstarted": sql.POSTPONE_UNSTARTED,
    "lock": sql.LOCK_REQUEST,
    "due by key": sql.COUNT_DUE,
    "next due": sql.NEXT_DUE,
    "waiting in a lane": sql.COUNT_WAITING,
    "leased": sql.LEASED,
    "leased by": sql.LEASED_BY,
    "free a lease": sql.FREE_LEASE,
    "hurry": sql.HURRY,
    "with their lane": sql.WITH_LANE,
    "failed": sql.FAILED,
    "bring back": sql.BRING_BACK,
    "bring back what failed": sql.BRING_BACK_FAILED,
    "lanes": sql.LANES,
    "lanes of a request": sql.LANES_OF,
    "request": sql.REQUEST,
    "by partner's id": sql.REQUEST_BY_PARTNER_ID,
    "confirmation": sql.CONFIRMATION,
    "first content": sql.FIRST_CONTENT,
    "history": sql.HISTORY,
    "pending": sql.PENDING,
    "before at an item": sql.BEFORE_AT_ITEM,
    "messages": sql.MESSAGES,
    "task": task_tables.TASK,
    "page of tasks": task_tables.page(("answer", "bill"), Claimed.OTHERS, "ann", 1, 25)[0],
    "tasks of a request": task_tables.find("x", None)[0],
    "claim a task": task_tables.CLAIM,
    "close a task": task_tables.CLOSE,
    "item": sql.ITEM,
    "logins": sql.LOGINS,
    "keys of an item": sql.DROP_KEYS,
    "find items": sql.FIND_ITEMS,
    "partner's loans": sql.count_of_partner("lending", "x", ("loaned", "overdue"), (1, "x"))[0],
    "a partner's events": figures_tables.HAPPENINGS,
    "a partner's messages": figures_tables.RECEIVED,
    "a partner's requests": figures_tables.COUNT_ASKED,
    "failed exchanges": figures_tables.FAULTS,
    "what came to the desk": figures_tables.FETCHED,
    "our newest requests": figures_tables.REQUESTS_OF_OURS,
    "when our newest requests were asked for": figures_tables.ASKED_AT,
    "what was lent to each": figures_tables.LENT,
    "whether a partner says Received": figures_tables.SAYS_RECEIVED,
    "history of a record": directory_tables.HISTORY,
    "account": staff_tables.ACCOUNT,
    "account of a subject": staff_tables.OF_SUBJECT,
    "save an account": staff_tables.SAVE_ACCOUNT,
    "session": staff_tables.BY_HASH,
    "sessions of an account": staff_tables.OPEN_OF,
    "see a session": staff_tables.SEEN,
    "end an account's sessions": staff_tables.REVOKE_ALL,
    "count look-ups": staff_tables.COUNT_LOOK_UPS,
    "look-ups of a request": staff_tables.LOOK_UPS_OF,
    "look-ups by somebody": staff_tables.LOOK_UPS_BY,
    "look-ups": staff_tables.LOOK_UPS,
    "correct a customer": sql.CORRECT_CUSTOMER,
    "correct a customer's works": sql.CORRECT_WORKS,
    "requests of a customer": borrowing._OF_CUSTOMER,
    "forget a customer": borrowing._ANONYMISE,
    "forget an intake key": borrowing._FORGET_KEY,
    "customers of ended requests": borrowing._KNOWN.format(states="$4, $5"),
    "intake keys of ended requests": borrowing._KEYED.format(states="$4, $5"),
    "scan": scan_tables.SCAN,
    "newest of a code": scan_tables.NEWEST_OF,
    "scans of a cart": scan_tables.OF_CART,
    "newest cart": scan_tables.NEWEST_CART,
    "change a scan": scan_tables.CHANGE,
    "forget scans": scan_tables.FORGET,
    "file of a copy": copy_tables.FILE,
    "files of a request": copy_tables.OF_REQUEST,
    "a file is whole": copy_tables.FINISH,
    "piece of a file": copy_tables.PIECE,
    "count a fetch": copy_tables.NOTE_FETCH,
    "drop pieces": copy_tables.DROP_PIECES,
    "drop a file": copy_tables.DROP,
    "files that have ended": copy_tables.ENDED,
    "saved views": view_tables.SAVED,
    "notes read": view_tables.notes_read_of(3),
    "forget notes read": view_tables.FORGET_NOTES_READ,
    "forget a view": view_tables.FORGET,
    "papers sent to print": view_tables.prints_of(2),
    "lines to seal": audit_tables.LINES,
    "line of history": audit_tables.LINE,
    "lines of no request": audit_tables.TOLD,
    "tombstones": audit_tables.TOMBSTONES,
    "seals": audit_tables.SEALS,
    "seal of a line": audit_tables.SEAL_OF,
    "change a seal": audit_tables.CHANGE_SEAL,
    **{f"lines of {book} to seal": statement for book, statement in book_tables.LINES.items()},
    **{f"newest line of {book}": statement for book, statement in book_tables.NEWEST.items()},
    "seals of the books": book_tables.SEALS,
    "how far a book is sealed": book_tables.SEALED_TO,
    "asked before": keeping_tables.ASKED_BEFORE,
    "gone": keeping_tables.GONE,
    "purgeable": keeping_tables.PURGEABLE,
    "entries of a request": keeping_tables.ENTRIES,
    "bury": keeping_tables.BURY,
    "drop entries": keeping_tables.DROP_ENTRIES,
    **{f"drop with a request {number}": statement for number, statement in enumerate(keeping_tables.DROPS)},
    "messages to look through": keeping_tables.MESSAGES,
    "lines to look through": keeping_tables.LINES,
    "empty a document": keeping_tables.EMPTY,
    "rewrite a line": keeping_tables.REWRITE,
    "forget look-ups": keeping_tables.FORGET_LOOK_UPS,
    "old bills": old_bills.OLD,
    **{f"drop with a bill {number}": statement for number, statement in enumerate(old_bills.DROPS)},
    **{f"lines of a bill in {book}": statement for book, statement in old_bills.LINES.items()},
    "drop credit notes": old_bills.DROP_NOTES,
    "drop a bill": old_bills.DROP,
    "drop payments": old_bills.DROP_PAYMENTS,
    "when a duty was done": sql.TURN_OF,
    "recovery": recovery_tables.CURRENT,
    "last recovery": recovery_tables.LAST,
    "compared": recovery_tables.COMPARED,
    "end a recovery": recovery_tables.END,
    "mark": recovery_tables.MARK,
    "insert words": register_sql.INSERT_WORDS,
    "update line": register_sql.UPDATE_LINE,
    "update words": register_sql.UPDATE_WORDS,
    "add a note": register_sql.ADD_NOTE,
    "insert number": register_sql.INSERT_NUMBER,
    "add number": register_sql.ADD_NUMBER,
    "open lines": register_sql.OPEN_LINES,
    "changed lines": register_sql.CHANGED_LINES,
    "numbered": register_sql.NUMBERED,
    "numbered requests": register_sql.NUMBERED_REQUESTS,
    "with a number": register_sql.WITH_NUMBER,
    "requests by ids": register_sql.requests(3),
    "prices of requests": prices_tables.of_requests(2),
    "copies of a year": copied_tables.COPIED,
    "royalties": copied_tables.royalties_of(2),
    "copies before": copied_tables.earlier(2),
    "facts to follow": facts_sql.CHANGED,
    "count facts to follow": facts_sql.COUNT_CHANGED,
    "facts of lines": facts_sql.facts_of([1, 2]),
    "what histories tell": facts_sql.told_of(2),
    "take up a fact": facts_sql.TAKE_UP,
    "keep what was taken up": facts_sql.KEEP_TAKEN_UP,
    "attempts of lines": facts_sql.attempts_of([1, 2]),
    "corrections of lines": facts_sql.corrections_of([1, 2]),
    "taken up of lines": facts_sql.taken_up_of([1, 2]),
    "the request retried": facts_sql.RETRIED,
    "facts to sum": sums_sql.TO_SUM,
    "sums to change": sums_sql.sums_of({24_000: ["a", "b"], 24_001: ["a"]})[0],
    "sums of months": sums_sql.sums_if_all("UTC", [24_000, 24_001], ["a", "b"])[0],
    "work by day": facts_sql.WORK[WorkBy.DAY],
    "work by hour": facts_sql.WORK[WorkBy.HOUR],
    "faults of days": facts_sql.FAULTS,
    "count facts": facts_sql.count(Question(when=Happened.SUPPLIED, by=(Part.PARTNER,)), SPANS)[0],
    "count attempts": facts_sql.count(Question(when=AttemptTime.ANSWERED, source=Source.ATTEMPTS), SPANS)[0],
    "how long": facts_sql.how_long(HowLong(leg=Leg.TO_RECEIVE, by=(Part.SERVICE,)), SPANS)[0],
    "facts behind a leg": facts_sql.behind_number(ended(HowLong(leg=Leg.TO_SUPPLY)), SPANS[0], (0, -1), 50)[0],
    "facts behind a number": facts_sql.behind_number(Question(when=Happened.LOST), SPANS[0], (0, -1), 50)[0],
    "corrections behind a number": facts_sql.behind_corrections(Question(when=Happened.LOST), SPANS[0], 50)[0],
    "ended": _walk().page(50)[0],
    "ended of a partner": _walk(Facet.PARTNER).page(50)[0],
    "ended in a state": _walk(Facet.STATE).page(50)[0],
    "count of what has ended": _walk().count(9)[0],
    "count of a partner's": _walk(Facet.PARTNER).count(9)[0],
    "ended, by what tells it apart": _walk().parted(9)[0],
    "a partner's, by what tells them apart": _walk(Facet.PARTNER).parted(9)[0],
    "what is in a state, by what tells it apart": _walk(Facet.STATE).parted(9)[0],
    "update a bill": bills_steps.UPDATE_BILL,
    "drop lines of a bill": bills_steps.DROP_LINES,
    "take a payment back": bills_steps.REVERSE_PAYMENT,
    "move credit": bills_steps.MOVE_CREDIT,
    "give a number": bills_steps.GIVE_NUMBER,
    "tell a billed request": bills_steps.TELL_REQUEST,
    "bill": bills_tables.BILL,
    "bill by its number": bills_tables.NUMBERED,
    "bills of a request": bills_tables.OF_REQUEST,
    "credit notes of a bill": bills_tables.CREDIT_NOTES,
    "bills of ids": booked_tables.of_ids(bills_tables.OF_IDS, 2),
    "payments of ids": booked_tables.of_ids(bills_tables.PAYMENTS_OF_IDS, 2),
    "owed by a partner": bills_tables.OWED_BY,
    "credit of a partner": bills_tables.CREDIT_OF,
    "history of a bill": bills_tables.HISTORY,
    "paper of a bill": bills_tables.PAPER,
    "papers of a bill": bills_tables.PAPERS,
    "payment": bills_tables.PAYMENT,
    "payments of a partner": bills_tables.PAYMENTS_OF,
    "ledger of a partner": bills_tables.LEDGER_OF,
    "ledger of a bill": bills_tables.LEDGER_OF_BILL,
    "ledger of a payment": bills_tables.LEDGER_OF_PAYMENT,
    "ledger of some time": bills_tables.LEDGER_WITHIN,
    "booked of bills": booked_tables.booked(booked_tables.BILLS),
    "lines behind a number of bills": booked_tables.booked_lines(booked_tables.BILLS, LINES),
    "numbers of bills": booked_tables.of_ids(bills_tables.CALLED, 2),
    "one-use key of a bill": bills_tables.SUBJECT_OF,
    "forget keys of bills": bills_tables.FORGET_KEYS,
    "end of a dispute": bills_steps.END_DISPUTE,
    "change a notice": notices_tables.UPDATE,
    "set a mail of a bill aside": notices_tables.SET_ASIDE,
    "notice": notices_tables.NOTICE,
    "files of a notice": notices_tables.FILES,
    "slot of a schedule": notices_tables.SLOT,
    "old notices": notices_tables.OLD,
    "drop files of a notice": notices_tables.DROP_FILES,
    "drop a notice": notices_tables.DROP,
    "drop slots": notices_tables.DROP_SLOTS,
    "notices in a state": notices_tables.find(NoticeFilter(state=NoticeState.REFUSED, before=(moment(0), "x")))[0],
    "notices of a kind": notices_tables.find(NoticeFilter(kind=NoticeKind.REPORT))[0],
    "notices about somebody": notices_tables.find(NoticeFilter(about="x"))[0],
    "bills in states": bills_tables.find_bills(
        BillFilter(states=(BillState.SENT, BillState.PAID), before=(moment(0), "x"))
    )[0],
    "bills of one partner": bills_tables.find_bills(BillFilter(partner="x"))[0],
    "update an invoice": invoices_tables.UPDATE,
    "drop words of an invoice": invoices_tables.DROP_WORDS,
    "invoice": invoices_tables.INVOICE,
    "invoices of a request": invoices_tables.OF_REQUEST,
    "invoices of a lender": invoices_tables.OF_LENDER,
    "history of an invoice": invoices_tables.HISTORY,
    "letter of an invoice": invoices_tables.LETTER,
    "letters of an invoice": invoices_tables.LETTERS,
    "invoices of an export": invoices_tables.IN_BATCH,
    "invoices that ended": invoices_tables.ENDED_BEFORE,
    **{f"forget an invoice {number}": statement for number, statement in enumerate(invoices_tables.FORGET)},
    "drop an invoice": invoices_tables.DROP,
    "lines of an invoice": invoices_tables.LINES_OF,
    "booked of invoices": booked_tables.booked(booked_tables.INVOICES),
    "lines behind a number of invoices": booked_tables.booked_lines(booked_tables.INVOICES, LINES),
    "numbers of invoices": booked_tables.of_ids(invoices_tables.CALLED, 2),
    "invoices in states": invoices_tables.find_invoices(
        InvoiceFilter(states=(InvoiceState.ENTERED, InvoiceState.PAID), before=(moment(0), "x"))
    )[0],
    "invoices of one lender in a list": invoices_tables.find_invoices(InvoiceFilter(lenders=("x", "y")))[0],
    "invoices of a year": invoices_tables.find_invoices(InvoiceFilter(fiscal_year=2027))[0],
    "invoices with words": invoices_tables.find_invoices(InvoiceFilter(words=("a", "b")))[0],
    "listing": sql.find_requests(RequestFilter(states=("loaned", "lost")), (1, "x"))[0],
    "listing all": sql.find_requests(RequestFilter(), None)[0],
    "listing a partner's": sql.find_requests(RequestFilter(partner="x"), None)[0],
}
MAY_READ_ALL = {
    "DEPTHS": "/metrics and /readyz, every few seconds: the queue, which is as long as there is work",
    "COUNT_BY_STATE": "/metrics: an index alone",
    "FREE_LEASES": "at the start: an index of what is leased",
    "SET_BACK": "when the clock was set back",
    "BRING_FORWARD": "likewise",
    "BRING_BACKOFFS_FORWARD": "likewise",
    "MOVE_LEASES": "when the clock was set: an index of what is leased",
    "BACKOFFS": "a row for each lane that fails",
    "CLEAR_BACKOFF": "likewise",
    "REVOKE_TOKEN": "a row for each token that was ever made by hand",
    "POLICY": "a row for each version",
    "POLICY_OF": "likewise",
    "POLICIES": "likewise",
    "TOKENS": "a row for each token",
    "LAST_RUN": "an import of items",
    "ITEM_BARCODES": "an import that replaces: the items' own index, page by page",
    "DROP_OLD_ITEMS": "an import of items",
    "CHECK": "one row",
}
"""Statements that are not looked at, and why."""
SORT_A_FEW = {
    "requests of a customer",
    "with a number",
    "credit notes of a bill",
    "papers of a bill",
    "bills in states",
    "bills of one partner",
    "bills of ids",
    "invoices of a request",
    "invoices of an export",
    "invoices in states",
    "invoices of one lender in a list",
    "invoices of a year",
    "invoices with words",
    "page of tasks",
    "tasks of a request",
    "a partner's events",
    "a partner's messages",
    "pending",
    *(f"lines of a bill in {book}" for book in old_bills.LINES),
    "find items",
    "lines behind a number of bills",
    "lines behind a number of invoices",
    "facts behind a leg",
    "facts behind a number",
    "corrections behind a number",
    "royalties",
    "copies of a year",
    "what histories tell",
    "sessions of an account",
    "numbered requests",
    "listing",
    "listing all",
    "listing a partner's",
}
"""What one request, one key or one page has is sorted; what a lane or a table has is not."""
READ_IN_ORDER = {"listing all", "lanes", "last recovery", *(f"newest line of {book}" for book in book_tables.NEWEST)}
"""The newest requests, the first lane, the last recovery: the head of an index, without a value to look for."""
COMPARE_A_FEW = {"promote"}
"""Rows of one request are compared with each other. Elsewhere a join that compares what it has read was led along no index by what it compares."""
OF_SQLITE = {
    "claim": sqlite._CLAIM,
    "claim in turn": sqlite._CLAIM_IN_TURN,
    **{f"index words {number}": statement for number, statement in enumerate(tongues.SQLITE.indexing)},
}
OF_POSTGRESQL = {
    "bring back past locks": postgres.BRING_BACK,
    "bring back what failed past locks": postgres.BRING_BACK_FAILED,
    "claim": postgres._CLAIM,
    "claim within a limit": postgres._CLAIM_AT_MOST,
    "claim in turn": postgres._CLAIM_IN_TURN,
    "claim in turn within a limit": postgres._CLAIM_IN_TURN_AT_MOST,
    "words and numbers together": next(
        write.statement for write in postgres_writes.IN_ORDER if "INTO register_words" in write.statement
    ),
}
OF_A_TABLE = re.compile(
    r"policies|directory_history|notices|notice_files|notice_slots|bill_disputes|item_prices|invoices|invoice_words|invoice_history|invoice_letters|bills|bill_lines|bill_fees|bill_history|bill_papers|bill_numbers|bill_keys|ledger|payments|partner_credit|facts|fact_\w+|royalties|seals|tombstones|intake_keys|copied|pool_barcodes|recovery|store_mark|turns USING|register|notes_read|saved_views|sent_to_print|requests|exchange_faults|history|messages|effects|earlier|customers|customer_works|tasks|items|item_keys|logins|accounts|sessions|look_ups|scans|act_keys|copies|copy_pieces"
)


def test_what_leads_along_an_index_is_asked_for_once() -> None:
    """Asked for twice, PostgreSQL takes it for rarer than it is: it read 4,000 lines of a partner for a page of fifty."""
    assert _walk(Facet.PARTNER).page(50)[0].count("partner = $") == 1
    assert "partner IN" not in _walk(Facet.PARTNER).page(50)[0]
    assert "branch IN" in _walk(Facet.BRANCH).page(50)[0]


def test_no_statement_is_forgotten() -> None:
    verbs = re.compile(r"\s*(SELECT|UPDATE|DELETE|WITH)\b")
    written = {name: text for name, text in vars(sql).items() if isinstance(text, str) and verbs.match(text)}
    looked_at = set(SHARED.values())
    assert {name for name, text in written.items() if text not in looked_at} == set(MAY_READ_ALL)


@pytest.fixture(scope="module")
def sqlite_tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """A database with all tables, which plans alone are asked of."""

    async def lay(path: Path) -> None:
        store = open_store(f"sqlite:///{path}")
        await store.open()
        try:
            await store.migrate()
        finally:
            await store.close()

    path = tmp_path_factory.mktemp("plans") / "gateway.sqlite"
    asyncio.run(lay(path))
    with closing(sqlite3.connect(path)) as tables:
        yield tables


@pytest.mark.parametrize("name", [*SHARED, *OF_SQLITE])
def test_sqlite_searches_an_index(sqlite_tables: sqlite3.Connection, name: str) -> None:
    """A SCAN of a whole index is allowed in its order alone: the newest requests, the first lane."""
    statement = OF_SQLITE.get(name) or SHARED[name]
    params = (None,) * len(set(re.findall(r"\$\d+", statement)))
    plan = [row[3] for row in sqlite_tables.execute(f"EXPLAIN QUERY PLAN {sql.numbered(statement)}", params)]
    steps = [step for step in plan if OF_A_TABLE.search(step)]
    assert steps
    ordered = re.compile(r"SCAN requests USING INDEX requests_by_time$")
    assert [step for step in steps if not step.startswith("SEARCH") and not ordered.match(step)] == [], plan
    sorts = any("TEMP B-TREE FOR ORDER" in step for step in plan)
    assert not sorts or name in SORT_A_FEW, plan


@pytest.mark.parametrize("name", [*SHARED, *OF_POSTGRESQL])
async def test_postgresql_searches_an_index(postgres_url: str, name: str) -> None:
    store = open_store(postgres_url)
    assert isinstance(store, postgres.PostgresStore)
    await store.open()
    try:
        await store.migrate()
        statement = OF_POSTGRESQL.get(name) or SHARED[name]
        nulls = ", ".join(["NULL"] * len(set(re.findall(r"\$\d+", statement))))
        assert store._pool is not None
        async with store._pool.acquire() as connection, connection.transaction():
            await connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
            await connection.execute(f"PREPARE looked_at AS {statement}")
            plan = await connection.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE looked_at{f'({nulls})' if nulls else ''}")
            await connection.execute("DEALLOCATE looked_at")
    finally:
        await store.close()
    every = list(nodes(json.loads(plan)[0]["Plan"]))
    scans = [node for node in every if node["Node Type"].endswith("Scan")]
    by_index = [node for node in scans if "Index" in node["Node Type"]]
    assert by_index, plan
    assert not any(node["Node Type"] == "Seq Scan" for node in scans), plan
    assert all("Index Cond" in node for node in by_index) or name in READ_IN_ORDER, plan
    assert not any(" = " in node.get("Join Filter", "") for node in every) or name in COMPARE_A_FEW, plan
    if name.startswith("claim"):
        assert not any(node["Node Type"] == "Sort" for node in every), plan


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give a plan's node and all nodes below it."""
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)
