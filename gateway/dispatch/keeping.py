"""Lets go of what is not kept any longer, every night, a few rows at a time, while everything else goes on.

By one gateway; doing it twice is harmless. Customers have a rule of their own (anonymise.py).
"""

from collections.abc import AsyncIterator
from datetime import datetime, time, timedelta, tzinfo
from typing import Final

import msgspec
import structlog

from gateway.clock import TakeOn, TimeSource
from gateway.dispatch.long_pause import may_let_go
from gateway.dispatch.purging import forget_invoice, purge, purge_bill
from gateway.dispatch.reconcile import next_time
from gateway.money.fiscal import JULY_1
from gateway.money.groups import SETTLED
from gateway.money.invoices.files import kept_from
from gateway.money.records import BillState
from gateway.store.keeping_port import Ended, OldBill
from gateway.store.port import Store, StoreError, StoreUnavailable
from gateway.workflow.borrowing import groups as borrowing
from gateway.workflow.copyright import kept_since
from gateway.workflow.lending import groups as lending
from gateway.workflow.records import Role, State

AT: Final = time(1, 30)
"""Of each night, by the library's clock."""
REQUESTS_AT_ONCE: Final = 20
"""Requests of one transaction: some milliseconds."""
ROWS_AT_ONCE: Final = 200
BYTES_AT_ONCE: Final = 256 * 1024
"""Given back to the disk in one transaction: some milliseconds."""
SPARE: Final = 0.05
"""The part of the store that stays free for what comes next."""
NOTICES_AT_ONCE: Final = 20
"""With their files."""
KEYS_KEPT: Final = timedelta(days=30)
"""A form that was sent a month ago is not sent again."""
PAUSE_S: Final = 0.05
"""Between two pieces, in which others write."""
FINALS: Final = ((Role.LENDING, lending.FINALS), (Role.BORROWING, borrowing.FINALS))

_log = structlog.get_logger(__name__)


class Keeping(msgspec.Struct, frozen=True, kw_only=True):
    """How long each kind is kept; None: for good."""

    requests: timedelta | None
    """After their end, with their messages and history."""
    documents: timedelta | None
    """Raw messages of partners and of the circulation system."""
    look_ups: timedelta | None
    """The log of who looked up a customer."""
    bills: timedelta | None
    """Bills and payments, after they were settled."""
    invoice_years: int | None = None
    """Whole fiscal years for which lenders' invoices are kept, with their documents, after the one in which they ended."""
    year_begins: tuple[int, int] = JULY_1
    """Month and day of the fiscal year."""
    notices: timedelta | None = None
    """Mails that nobody waits for, with their files."""


class Purged(msgspec.Struct, frozen=True, kw_only=True):
    """What was let go of."""

    requests: int = 0
    entries: int = 0
    documents: int = 0
    """Messages and lines of history that were looked through for raw messages."""
    look_ups: int = 0
    bills: int = 0
    invoices: int = 0
    given_back: int = 0
    """Bytes of the store that the disk has again."""
    notices: int = 0
    keys: int = 0
    """One-use keys of forms about bills."""


class Purger:
    """Purges on demand; `nightly` calls it."""

    def __init__(self, store: Store, keeping: Keeping, time: TimeSource, zone: tzinfo) -> None:
        self._store = store
        self._keeping = keeping
        self._time = time
        self._zone = zone

    async def run(self) -> Purged:
        """Let go of all that is over its time. Nothing while work is held after a restore. Raises StoreUnavailable."""
        if await self._store.recovery.current() is not None:
            return Purged()
        requests, entries = await self._requests()
        purged = Purged(
            requests=requests,
            entries=entries,
            documents=await self._documents(),
            look_ups=await self._look_ups(),
            bills=await self._bills(),
            invoices=await self._invoices(),
            given_back=await self._give_back(),
            notices=await self._notices(),
            keys=await self._store.bills.forget_keys(before=self._time.now() - KEYS_KEPT),
        )
        _log.info("let go of what is not kept any longer", **msgspec.structs.asdict(purged))
        return purged

    async def may_run(self) -> bool:
        """Say whether the pause before now was no long one. Raises StoreUnavailable."""
        return await may_let_go(self._store, self._time.now())

    async def _requests(self) -> tuple[int, int]:
        if self._keeping.requests is None:
            return 0, 0
        requests, entries = 0, 0
        for role, states in FINALS:
            for state in sorted(states):
                async for found in self._purgeable(role, state, self._keeping.requests):
                    gone = await self._purge(found)
                    if gone is not None:
                        requests, entries = requests + len(found), entries + gone
                    await self._time.sleep(PAUSE_S)
        return requests, entries

    async def _purgeable(self, role: Role, state: State, kept: timedelta) -> AsyncIterator[tuple[str, ...]]:
        """Pieces of what has ended in a state, each behind the one before: what must stay is come by once."""
        now = self._time.now()
        last: Ended | None = None
        while found := await self._store.keeping.purgeable(
            role,
            state,
            ended_before=now - kept,
            copied_before=kept_since(now.astimezone(self._zone)),
            limit=REQUESTS_AT_ONCE,
            after=last,
        ):
            yield tuple(each.request for each in found)
            last = found[-1]

    async def _purge(self, found: tuple[str, ...]) -> int | None:
        """Purge a piece; None where one of it has changed meanwhile, and the piece waits for tomorrow."""
        try:
            return await purge(self._store, found, at=self._time.now())
        except StoreUnavailable:
            raise
        except StoreError as exc:
            _log.warning("could not purge", why=str(exc), first=found[0])
            return None

    async def _documents(self) -> int:
        if self._keeping.documents is None:
            return 0
        before, count = self._time.now() - self._keeping.documents, 0
        while done := await self._store.keeping.drop_documents(received_before=before, limit=ROWS_AT_ONCE):
            count += done
            await self._time.sleep(PAUSE_S)
        while done := await self._store.keeping.drop_exchanges(at_before=before, limit=ROWS_AT_ONCE):
            count += done
            await self._time.sleep(PAUSE_S)
        return count

    async def _look_ups(self) -> int:
        if self._keeping.look_ups is None:
            return 0
        return await self._store.keeping.forget_look_ups(before=self._time.now() - self._keeping.look_ups)

    async def _bills(self) -> int:
        if self._keeping.bills is None:
            return 0
        before, count = self._time.now() - self._keeping.bills, 0
        for state in (*SETTLED, BillState.DROPPED):
            last: OldBill | None = None
            while found := await self._store.keeping.old_bills(
                state, settled_before=before, limit=REQUESTS_AT_ONCE, after=last
            ):
                for last in found:
                    count += await self._purge_bill(last)
                    await self._time.sleep(PAUSE_S)
        await self._store.keeping.drop_payments(booked_before=before)
        return count

    async def _purge_bill(self, bill: OldBill) -> bool:
        """Purge a bill; False where it has changed meanwhile, and waits for tomorrow."""
        try:
            await purge_bill(self._store, bill, at=self._time.now())
        except StoreUnavailable:
            raise
        except StoreError as exc:
            _log.warning("could not purge a bill", why=str(exc), bill=bill.bill)
            return False
        return True

    async def _give_back(self) -> int:
        count = 0
        while done := await self._store.keeping.give_back(spare=SPARE, limit=BYTES_AT_ONCE):
            count += done
            await self._time.sleep(PAUSE_S)
        return count

    async def _invoices(self) -> int:
        """Documents go first: what breaks off between is gone on with the next night."""
        if self._keeping.invoice_years is None:
            return 0
        today = self._time.now().astimezone(self._zone).date()
        first = kept_from(today, self._keeping.invoice_years, self._keeping.year_begins)
        before, count = datetime.combine(first, time(), self._zone), 0
        while ended := await self._store.invoices.ended(before=before, limit=REQUESTS_AT_ONCE):
            for invoice in ended:
                for file in await self._store.copies.of_request(invoice):
                    await self._store.copies.drop(file.id)
                await forget_invoice(self._store, invoice, ended_before=before, at=self._time.now())
            count += len(ended)
            await self._time.sleep(PAUSE_S)
        return count

    async def _notices(self) -> int:
        if self._keeping.notices is None:
            return 0
        before, count = self._time.now() - self._keeping.notices, 0
        while done := await self._store.notices.forget(before=before, limit=NOTICES_AT_ONCE):
            count += done
            await self._time.sleep(PAUSE_S)
        return count


async def nightly(purger: Purger, *, zone: tzinfo, clock: TimeSource, take_on: TakeOn) -> None:
    """Purge every night, by one gateway, until cancelled; at the start, if nobody did so last night.

    A night without a store is told, and the next one does its work too. So does a night after a long time without any.
    """
    while True:
        due_at = next_time(clock.now(), AT, zone)
        try:
            may_run = await purger.may_run()
            if await take_on(due_at - timedelta(days=1)) and may_run:
                await purger.run()
        except StoreError as exc:
            _log.warning("could not let go of what is not kept any longer", why=type(exc).__name__)
        while (wait_s := (due_at - clock.now()).total_seconds()) > 0:
            await clock.sleep(wait_s)
