"""A barcode of the pool for a borrowed item: one that is free, and that the circulation system knows as available."""

import zlib
from datetime import datetime, timedelta

from gateway.clock import TimeSource
from gateway.dispatch.acs import Acs
from gateway.dispatch.borrowing_rules import BorrowingRules
from gateway.dispatch.results import Happened, Result, nothing_done
from gateway.mapping import circulation
from gateway.mapping.circulation import LookKind
from gateway.sip2.errors import Inexpressible, NotSent, Unknown
from gateway.store.borrowing_port import PoolBarcode
from gateway.store.port import Store
from gateway.workflow.borrowing import pool
from gateway.workflow.borrowing_events import BarcodeAssigned, NoBarcode
from gateway.workflow.borrowing_records import PoolState
from gateway.workflow.days import local_day
from gateway.workflow.effects import AssignBarcode
from gateway.workflow.records import Copy, Request

AVAILABLE = "03"
CHOICE = 8
"""Of so many times as many free barcodes as may be looked at each request begins at one of its own: of a trolley scanned at
once, not all ask about the same barcode, of which one alone can have it."""
PASSED_OVER_FOR = timedelta(hours=1)
"""How long a barcode that could not be used comes after those that may be."""


class PoolBarcodes:
    """Finds a barcode for a borrowed item."""

    def __init__(self, *, store: Store, time: TimeSource, acs: Acs, rules: BorrowingRules) -> None:
        self._store = store
        self._time = time
        self._acs = acs
        self._rules = rules
        self._passed_over: dict[str, datetime] = {}

    async def assign(self, effect: AssignBarcode, request: Request) -> Result:
        """Look for a barcode that is free in the pool, that the circulation system knows as available (17, 03), and for which nobody waits."""
        try:
            return await self._assign(effect, request)
        except (NotSent, Unknown) as trouble:
            return nothing_done(trouble)

    async def _assign(self, effect: AssignBarcode, request: Request) -> Happened:
        ranges = self._ranges(request)
        barcodes = {effect.named: ""} if effect.named else await self._free_in(ranges, request)
        refused: list[str] = []
        for barcode, name in barcodes.items():
            known = await self._store.borrowing.barcode(barcode)
            why_not = await self._why_not(barcode, known, request)
            if why_not is None:
                words = await self._runs_low(name) if name else ""
                why = self._why(name, request) if name != ranges[-1] else ""
                at = self._time.now()
                return Happened(
                    event=BarcodeAssigned(
                        at=at,
                        barcode=barcode,
                        words=words,
                        why=why,
                        queue_length=0,
                        free_since=known.since if known else None,
                    )
                )
            refused.append(f"{barcode}: {why_not}")
            self._passed_over[barcode] = self._time.now()
        words = " ".join(refused) or f"No barcode of the range “{ranges[-1]}” is free."
        return Happened(event=NoBarcode(at=self._time.now(), words=words))

    def _ranges(self, request: Request) -> tuple[str, ...]:
        """The ranges to take one of, the best first: that of the pickup branch last, before it one whose loans end in time."""
        usual = self._rules.ranges.get(request.borrowed.pickup_branch, self._rules.default_range)
        in_time = pool.range_in_time(usual, self._rules.loan_days, request.due_at, self._time.now())
        return (usual,) if in_time == usual else (in_time, usual)

    def _why(self, name: str, request: Request) -> str:
        if not name or request.due_at is None:
            return ""
        return (
            f"It is of the range “{name}”, which the ILS lends for {self._rules.loan_days[name]} days: the lender wants the item on "
            f"{local_day(request.due_at, self._acs.terminal.zone)}."
        )

    async def _free_in(self, ranges: tuple[str, ...], request: Request) -> dict[str, str]:
        """Those that are free, each with its range."""
        found: dict[str, str] = {}
        for name in ranges:
            found |= dict.fromkeys(await self._free_barcodes(name, request), name)
        return found

    async def _runs_low(self, name: str) -> str:
        """Say whether by taking one more few barcodes of a range are left."""
        counts = await self._store.borrowing.count_barcodes(rested_before=self._rested_before())
        return pool.words_as_one_is_taken(name, counts[name])

    def _rested_before(self) -> datetime:
        return self._time.now() - timedelta(days=self._rules.rest_days)

    async def _free_barcodes(self, name: str, request: Request) -> tuple[str, ...]:
        """Those that were passed over lately come last: they gather at the front of the pool, and would keep all others from use."""
        most = self._rules.tries * CHOICE
        self._forget()
        found = await self._store.borrowing.free_barcodes(
            name, rested_before=self._rested_before(), limit=most + len(self._passed_over)
        )
        free = [each.barcode for each in found]
        fresh = [barcode for barcode in free if barcode not in self._passed_over][:most]
        first = zlib.crc32(request.id.encode()) % len(fresh) if fresh else 0
        in_turn = dict.fromkeys((*fresh[first:], *fresh[:first], *free))
        return tuple(in_turn)[: self._rules.tries]

    def _forget(self) -> None:
        """What was passed over long ago may serve again: its hold is off, or it is back on the shelf."""
        until = self._time.now() - PASSED_OVER_FOR
        self._passed_over = {barcode: at for barcode, at in self._passed_over.items() if at > until}

    async def _why_not(self, barcode: str, known: PoolBarcode | None, request: Request) -> str | None:
        """Say why a barcode can't stand for the item; None where it can. `known` is what the pool has of it."""
        if known is not None and known.request not in {None, request.id}:
            return "another request has it."
        if known is not None and known.state is PoolState.BLOCKED:
            return "it is blocked."
        try:
            reply = await self._acs.ask(LookKind.ITEM, item=barcode)
        except Inexpressible as error:
            return f"it can't be asked about: {error}."
        if not circulation.knows_item(reply):
            return "the circulation system does not know it."
        shown = circulation.copy_status(Copy(item_barcode=barcode, branch=""), reply, self._acs.terminal)
        if shown.status != AVAILABLE:
            return f"the circulation system says {shown.status}, not available."
        return "somebody has a hold on it: take that off in the ILS." if shown.queue_length else None
