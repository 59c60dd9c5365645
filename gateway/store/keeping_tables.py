"""Purging, tombstones and raw documents, as common SQL. See the port: keeping_port.py."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final

import msgspec

from gateway.money.records import BillState, PaperNumber
from gateway.store import encoding, old_bills, request_rows, sql
from gateway.store.borrowing import Fetch
from gateway.store.columns import Fetched, moment, stamp
from gateway.store.errors import VersionConflict
from gateway.store.keeping_port import Ended, Gone, OldBill, StoreRoom
from gateway.store.sealing import Book, distances
from gateway.store.values import HistoryEntry
from gateway.store.verbs import GuardedStep
from gateway.workflow.records import Request, Role, State

RAW: Final = ("document", "confirmation", "sent", "received")
"""Details of a line of history that hold a message as it was sent or heard."""
BEFORE_ALL: Final = -(1 << 62)
"""A time before every other."""
ERASED: Final = "blake2b:"
"""What stands in front of the digest that takes such a message's place."""

ASKED_BEFORE: Final = """
    SELECT body, NULL AS request, NULL AS peer, NULL AS content, 0 AS ended_at FROM requests
    WHERE role = $1 AND requesting_agency_key = $2 AND partner_request_id = $3
    UNION ALL
    SELECT NULL, request, peer, content, ended_at FROM tombstones
    WHERE role = $1 AND requesting_agency_key = $2 AND partner_request_id = $3"""
GONE: Final = "SELECT request, peer, content, ended_at FROM tombstones WHERE request = $1"
PURGEABLE: Final = f"""
    SELECT id, updated_at FROM requests
    WHERE state = $1 AND updated_at < $2 AND (updated_at, id) > ($6, $7) AND role = $3
        AND NOT EXISTS (SELECT 1 FROM effects WHERE effects.request = requests.id)
        AND NOT EXISTS (SELECT 1 FROM tasks WHERE tasks.request = requests.id AND closed_at + 0 IS NULL)
        AND NOT EXISTS (SELECT 1 FROM pool_barcodes WHERE pool_barcodes.request = requests.id)
        AND NOT EXISTS (SELECT 1 FROM item_prices WHERE item_prices.request = requests.id AND NOT settled)
        AND NOT EXISTS (
            SELECT 1 FROM bill_lines JOIN bills ON bills.id = bill_lines.bill
            WHERE bill_lines.request = requests.id AND (bills.balance > 0 OR bills.state IN ({old_bills.BEGUN})))
        AND NOT EXISTS (SELECT 1 FROM invoices WHERE invoices.request = requests.id AND ended_at + 0 IS NULL)
        AND EXISTS (
            SELECT 1 FROM register JOIN facts ON facts.line = register.line
            WHERE register.request = requests.id AND facts.changed = register.changed)
        AND NOT EXISTS (
            SELECT 1 FROM copied JOIN register ON register.request = copied.request
            WHERE copied.request = requests.id AND register.created_at >= $4)
    ORDER BY updated_at, id LIMIT $5"""  # noqa: S608 - constants
"""Nothing of it is owed, by nobody, nor about to be billed, and figures have counted it as it is. `+ 0` leads planners to the tasks of the request,
and not to all that are open.
"""
ENTRIES: Final = "SELECT id FROM history WHERE request = $1 ORDER BY id"
BURY: Final = """
    INSERT INTO tombstones (request, role, peer, requesting_agency_key, partner_request_id, content, ended_at, purged_at, entries)
    SELECT id, role, peer, requesting_agency_key, partner_request_id, first_content, updated_at,
        CASE WHEN NOT EXISTS (SELECT 1 FROM effects WHERE effects.request = requests.id) THEN CAST($2 AS BIGINT) END,
        CAST($3 AS TEXT)
    FROM requests WHERE id = $1"""
"""A request that has work by now can't be buried: when it was purged may not be empty, and the transaction fails."""
LINE_OF: Final = "(SELECT line FROM register WHERE request = $1)"
DROP_ENTRIES: Final = "DELETE FROM history WHERE request = $1 AND id <= $2"
DROPS: Final = tuple(
    f"DELETE FROM {table} WHERE {column} = {value}"  # noqa: S608 - constants
    for table, column, value in (
        ("customers", "request", "$1"),
        ("intake_keys", "request", "$1"),
        ("copied", "request", "$1"),
        ("sent_to_print", "request", "$1"),
        ("notes_read", "request", "$1"),
        ("look_ups", "request", "$1"),
        ("recovery_requests", "request", "$1"),
        ("item_prices", "request", "$1"),
        ("tasks", "request", "$1"),
        ("messages", "request", "$1"),
        ("register_numbers", "line", LINE_OF),
        ("register_words", "line", LINE_OF),
        ("register", "request", "$1"),
        ("requests", "id", "$1"),
    )
)
"""What goes with a request, in an order that leaves no reference behind; if something new refers to it, nothing is deleted."""

DONE_TO: Final = "SELECT done_to FROM looked_through WHERE what = $1"
SET_DONE_TO: Final = """
    INSERT INTO looked_through (what, done_to) VALUES ($1, $2)
    ON CONFLICT (what) DO UPDATE SET done_to = excluded.done_to"""
MESSAGES: Final = "SELECT id, received_at FROM messages WHERE id > $1 ORDER BY id LIMIT $2"
EMPTY: Final = "UPDATE messages SET document = $2 WHERE id = $1"
LINES: Final = "SELECT id, at, entry FROM history WHERE id > $1 ORDER BY id LIMIT $2"
REWRITE: Final = "UPDATE history SET entry = $2 WHERE id = $1"
FORGET_LOOK_UPS: Final = "DELETE FROM look_ups WHERE at < $1"


class KeepingTables:
    """The port's KeepingStore on the verbs of either store."""

    def __init__(
        self,
        *,
        fetch: Fetch,
        first: Fetch,
        slowly: Callable[..., Awaitable[Any]],
        change: Callable[..., Awaitable[int]],
        load: Callable[..., Awaitable[None]],
        settle: Callable[[Sequence[GuardedStep], Iterable[str]], Awaitable[None]],
        shrink: Callable[[int], Awaitable[None]],
        room: str,
    ) -> None:
        """Stand on the store's verbs; `room` is how the database says how large it is (tongues.py)."""
        self._fetch, self._first, self._slowly, self._change, self._load = fetch, first, slowly, change, load
        self._settle, self._shrink, self._room = settle, shrink, room

    async def asked_before(self, requesting_agency: str, partner_request_id: str) -> Request | Gone | None:
        """See the port."""
        for key in request_rows.agency_keys(requesting_agency):
            for body, *gone in await self._first(ASKED_BEFORE, str(Role.LENDING), key, partner_request_id):
                return _gone(gone) if body is None else encoding.decode_request(body)
        return None

    async def gone(self, request_id: str) -> Gone | None:
        """See the port."""
        found = await self._fetch(GONE, request_id)
        return _gone(found[0]) if found else None

    async def purgeable(
        self,
        role: Role,
        state: State,
        *,
        ended_before: datetime,
        copied_before: datetime,
        limit: int,
        after: Ended | None = None,
    ) -> tuple[Ended, ...]:
        """See the port."""
        which = (state.value, stamp(ended_before), role.value, stamp(copied_before), limit)
        behind = (stamp(after.at), after.request) if after else (BEFORE_ALL, "")
        return tuple(Ended(request, moment(at)) for request, at in await self._slowly(PURGEABLE, *which, *behind))

    async def lines_of(self, requests: Collection[str]) -> Mapping[str, tuple[int, ...]]:
        """See the port."""
        return {request: await self._numbers(ENTRIES, request) for request in sorted(requests)}

    async def purge(self, lines: Mapping[str, Collection[int]], *, told: HistoryEntry) -> None:
        """See the port."""
        at, ids = stamp(told.at), [(request,) for request in lines]
        await self._load(
            # its own line first: SQLite would give it the number of one that goes now
            (sql.INSERT_HISTORY, [(None, at, encoding.encode(told), None)]),
            (BURY, [(request, at, distances(numbers)) for request, numbers in lines.items()]),
            (DROP_ENTRIES, [(request, max(numbers, default=0)) for request, numbers in lines.items()]),
            *((statement, ids) for statement in DROPS),
        )

    async def drop_documents(self, *, received_before: datetime, limit: int) -> int:
        """See the port."""
        found = await self._fetch(MESSAGES, await self._done_to("documents"), limit)
        older = [int(number) for number, received_at in found if received_at < stamp(received_before)]
        if older:
            await self._load((EMPTY, [(number, b"") for number in older]), _done("documents", older[-1]))
        return len(older)

    async def drop_exchanges(self, *, at_before: datetime, limit: int) -> int:
        """See the port."""
        found = await self._fetch(LINES, await self._done_to("exchanges"), limit)
        older = [(int(number), entry) for number, at, entry in found if at < stamp(at_before)]
        if older:
            lighter = [(number, made) for number, entry in older if entry and (made := without_raw(entry)) != entry]
            await self._load((REWRITE, lighter), _done("exchanges", older[-1][0]))
        return len(older)

    async def old_bills(
        self, state: BillState, *, settled_before: datetime, limit: int, after: OldBill | None = None
    ) -> tuple[OldBill, ...]:
        """See the port."""
        behind = (stamp(after.at), after.bill) if after else (BEFORE_ALL, "")
        found = await self._slowly(old_bills.OLD, state.value, stamp(settled_before), *behind, limit)
        return tuple(map(_old_bill, found))

    async def lines_of_bill(self, bill: str) -> Mapping[Book, tuple[int, ...]]:
        """See the port."""
        return {book: await self._numbers(statement, bill) for book, statement in old_bills.LINES.items()}

    async def purge_bill(self, bill: OldBill, *, told: HistoryEntry) -> None:
        """See the port."""
        await self._settle(
            (
                *(
                    GuardedStep(statement, (bill.bill,))
                    for statement in (old_bills.KEEP_BOOKED, *old_bills.DROPS, old_bills.DROP_NOTES)
                ),
                GuardedStep(old_bills.DROP, (bill.bill, stamp(bill.at)), VersionConflict),
                GuardedStep(sql.INSERT_HISTORY, (None, stamp(told.at), encoding.encode(told), None)),
            ),
            (),
        )

    async def drop_payments(self, *, booked_before: datetime) -> int:
        """See the port."""
        return await self._change((old_bills.DROP_PAYMENTS, (stamp(booked_before),)))

    async def room(self) -> StoreRoom:
        """See the port."""
        size, idle = (await self._slowly(self._room))[0]
        return StoreRoom(bytes=int(size), idle=int(idle))

    async def give_back(self, *, spare: float, limit: int) -> int:
        """See the port."""
        room = await self.room()
        more = room.idle - int(spare * room.bytes)
        if more <= 0:
            return 0
        await self._shrink(min(more, limit))
        return max(0, room.bytes - (await self.room()).bytes)

    async def forget_look_ups(self, *, before: datetime) -> int:
        """See the port."""
        return await self._change((FORGET_LOOK_UPS, (stamp(before),)))

    async def _numbers(self, statement: str, of: str) -> tuple[int, ...]:
        return tuple(int(number) for (number,) in await self._fetch(statement, of))

    async def _done_to(self, what: str) -> int:
        found = await self._fetch(DONE_TO, what)
        return int(found[0][0]) if found else 0


def _done(what: str, number: int) -> tuple[str, list[tuple[str, int]]]:
    return SET_DONE_TO, [(what, number)]


def digest_of_tombstones(buried: Mapping[str, str]) -> str:
    """Return the digest of requests and the numbers of their lines of history."""
    told = blake2b(digest_size=32)
    for request in sorted(buried):
        told.update(f"{request} {buried[request]}\n".encode())
    return told.hexdigest()


def without_raw(entry: str) -> str:
    """Return an entry's JSON with digests in place of raw messages; what is a digest already stays, and what is no entry: the chain tells of that one."""
    try:
        value = msgspec.json.decode(entry, type=dict[str, Any])
    except msgspec.DecodeError:
        return entry
    detail = value.get("detail")
    if not isinstance(detail, dict):
        return entry
    raw = {
        name: detail[name] for name in RAW if isinstance(detail.get(name), str) and not detail[name].startswith(ERASED)
    }
    if not raw:
        return entry
    value["detail"] = detail | {
        name: f"{ERASED}{blake2b(text.encode(), digest_size=16).hexdigest()}" for name, text in raw.items()
    }
    return msgspec.json.encode(value).decode()


def _old_bill(row: Fetched) -> OldBill:
    bill, at, series, year, number = row
    has_number = number is not None
    return OldBill(bill, moment(at), PaperNumber(series=series, year=year, number=number) if has_number else None)


def _gone(row: Fetched) -> Gone:
    request, peer, content, ended_at = row
    return Gone(request=request, peer=peer, content=content, ended_at=moment(ended_at))
