"""Reads back what staff set in the ILS for borrowed items that were not returned: every day, and whenever somebody asks.

63 asks for the customer's fees and 17 for the item's. What agreed yesterday is looked at again: it is red as soon as it differs. A customer
who is forgotten, or a circulation system that is away, leaves what was seen before as it is, and says so.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

import msgspec
import structlog

from gateway.clock import TimeSource
from gateway.dispatch.acs import Acs
from gateway.mapping.charges import Seen, Wanted, fees_request, judge
from gateway.mapping.circulation import Question
from gateway.money.amounts import amount_of
from gateway.sip2.errors import Inexpressible, NotSent, Unknown
from gateway.store.port import Store, StoreError
from gateway.workflow.charges import Price, Verdict, is_back
from gateway.workflow.records import Request

EVERY_S: Final = 24 * 3600.0
_NOBODY: Final = "Who has it is not known any more: look in the ILS."
_AWAY: Final = "The circulation system does not answer: looked at again later."

_log = structlog.get_logger(__name__)


class Charges:
    """`look` reads one price back, `look_at_all` every one that is not settled."""

    def __init__(self, store: Store, acs: Acs, time: TimeSource) -> None:
        self._store, self._acs, self._time = store, acs, time

    async def look_at_all(self) -> int:
        """Read back all that was set; return how many differ. Raises StoreUnavailable."""
        differing = 0
        for price in (await self._store.prices.prices()).values():
            if price.set_at is not None:
                differing += (await self.look(price)).verdict is Verdict.DIFFERS
        return differing

    async def look(self, price: Price) -> Price:
        """Read a price back, and keep what was seen. Raises StoreUnavailable."""
        request = await self._store.request(price.request)
        seen = Seen(verdict=Verdict.UNCLEAR, words=_NOBODY) if request is None else await self._seen(price, request)
        looked = msgspec.structs.replace(price, verdict=seen.verdict, seen=seen.words, seen_at=self._time.now())
        settled = looked.off_at is not None and looked.verdict is Verdict.AGREES
        await self._store.prices.save_price(looked, settled=settled)
        return looked

    async def _seen(self, price: Price, request: Request) -> Seen:
        customer = await self._store.borrowing.customer(request.id)
        if customer is None:
            return Seen(verdict=Verdict.UNCLEAR, words=_NOBODY)
        wanted = Wanted(
            item_barcode=request.items[0].barcode if request.items else "",
            title=request.wanted.title or "",
            amount=amount_of(price.minor, price.currency),
            is_off=price.off_at is not None or is_back(request),
        )
        wire = fees_request(customer.barcode, at=self._time.now(), terminal=self._acs.terminal)
        try:
            fees = await self._acs.exchange(wire)
            item = None
            if wanted.item_barcode and not self._acs.refuses(Question.ITEM):
                item = await self._acs.ask(Question.ITEM, item=wanted.item_barcode)
        except (Inexpressible, NotSent, Unknown):
            return Seen(verdict=price.verdict if price.seen_at else Verdict.UNCLEAR, words=_AWAY)
        return judge(wanted, fees, item)


async def daily(charges: Charges, *, clock: TimeSource, take_on: Callable[[datetime], Awaitable[bool]]) -> None:
    """Look every day, by one gateway, until cancelled."""
    while True:
        day = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        try:
            if await take_on(day):
                _log.info("read back prices in the circulation system", differ=await charges.look_at_all())
        except StoreError as exc:
            _log.warning("could not read prices back", why=type(exc).__name__)
        await clock.sleep(EVERY_S)
