"""Asks the circulation system where each barcode of the pool is (17; 63 of its customer): in use, at rest, or free."""

from collections.abc import Iterable

import msgspec

from gateway.clock import TimeSource
from gateway.dispatch.acs import Acs
from gateway.mapping import circulation, reconcile_pool
from gateway.mapping.circulation import HOLD_LISTS, LookKind
from gateway.mapping.reconcile import Difference, DifferenceKind
from gateway.mapping.reconcile_pool import ShownByAcs
from gateway.sip2.errors import Inexpressible, NotSent, Unknown
from gateway.store.port import Store
from gateway.workflow.effects import Look, Perform
from gateway.workflow.records import Copy, Item, Request, Role

NAME = "pool barcodes"
"""What they are called in reports, beside the partners' accounts."""
_KNOWS_NONE = "The circulation system knows none of them, which proves nothing."


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it."""

    differences: tuple[Difference, ...] = ()
    fine: frozenset[str] = frozenset()
    """Barcodes with which nothing is wrong."""
    silence: str | None = None
    """Why the rest was not asked about."""


class PoolReconciler:
    """Looks, and changes nothing."""

    def __init__(self, *, store: Store, acs: Acs, time: TimeSource) -> None:
        """Take what it asks with."""
        self._store = store
        self._acs = acs
        self._time = time

    async def compare(self, requests: Iterable[Request]) -> Compared:
        """Look at the barcodes of open requests, and at those that stand for nothing, one after the other. Raises StoreUnavailable."""
        looked: dict[str, Difference | None] = {}
        silence = None
        try:
            for request in requests:
                if request.role is Role.BORROWING and reconcile_pool.is_compared(request, self._time.now()):
                    looked |= await self._of_request(request)
            looked |= await self._unused()
        except (NotSent, Unknown) as trouble:
            silence = str(trouble)
        found = tuple(each for each in looked.values() if each is not None)
        fine = frozenset(barcode for barcode, each in looked.items() if each is None)
        if found and not fine and all(each.kind is DifferenceKind.UNKNOWN_BARCODE for each in found):
            return Compared(silence=_KNOWS_NONE)
        return Compared(differences=found, fine=fine, silence=silence)

    async def _of_request(self, request: Request) -> dict[str, Difference | None]:
        shown = {item: await self._look(item.barcode, request, item) for item in request.items}
        if await self._has_moved(request):
            return {}
        at = self._time.now()
        return {
            item.barcode: reconcile_pool.difference(request, item, each, at)
            for item, each in shown.items()
            if each is not None
        }

    async def _unused(self) -> dict[str, Difference | None]:
        looked = {}
        for name in await self._store.borrowing.count_barcodes(rested_before=self._time.now()):
            for barcode in await self._store.borrowing.unused_barcodes(name):
                shown = await self._look(barcode.barcode)
                if shown is not None and await self._store.borrowing.barcode(barcode.barcode) == barcode:
                    looked[barcode.barcode] = reconcile_pool.unused(barcode.barcode, shown)
        return looked

    async def _has_moved(self, request: Request) -> bool:
        """It has changed meanwhile, or its own work will look."""
        now = await self._store.request(request.id)
        rows = await self._store.pending(request.id)
        return now != request or any(isinstance(row.effect, Perform | Look) for row in rows)

    async def _look(self, barcode: str, request: Request | None = None, item: Item | None = None) -> ShownByAcs | None:
        """None where it can't be asked about; whose loan or hold it is only of an item of a request."""
        try:
            reply = await self._acs.ask(LookKind.ITEM, item=barcode)
        except Inexpressible:
            return None
        status = circulation.copy_status(Copy(item_barcode=barcode, branch=""), reply, self._acs.terminal)
        shown = ShownByAcs(
            known=status.known,
            status=status.status,
            charged=circulation.is_charged(reply),
            kept=circulation.is_kept(reply),
            queue_length=status.queue_length,
        )
        return shown if request is None or item is None else await self._whose(shown, request, item)

    async def _whose(self, shown: ShownByAcs, request: Request, item: Item) -> ShownByAcs:
        customer = await self._store.borrowing.customer(request.id)
        if customer is None or self._acs.refuses(LookKind.CHARGED):
            return shown
        if reconcile_pool.asks_for_loan(shown):
            ours = await self._is_listed((LookKind.CHARGED,), item, customer.barcode)
            return msgspec.structs.replace(shown, loan_is_ours=ours)
        if reconcile_pool.asks_for_hold(item, shown):
            ours = await self._is_listed(HOLD_LISTS, item, customer.barcode)
            return msgspec.structs.replace(shown, hold_is_ours=ours)
        return shown

    async def _is_listed(self, lists: tuple[LookKind, ...], item: Item, account: str) -> bool | None:
        """Whether one of the customer's lists names it; None where they can't tell."""
        named = []
        for question in lists:
            try:
                reply = await self._acs.ask(question, account=account)
            except Inexpressible:
                return None
            named.append(circulation.is_listed(question, reply, item.barcode, self._acs.terminal.profile))
            if named[-1]:
                return True
        return None if None in named else False
