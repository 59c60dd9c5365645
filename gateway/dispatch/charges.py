"""Reads back what staff set in the ILS for borrowed items that were not returned: every day, and whenever somebody asks.

What the customer has paid is gone from the fees as well, and what was taken off looks the same: a person says which it was, and from then on it is
not looked for any more. 63 asks for the customer's fees and 17 for the item's. What agreed yesterday is looked at again: it is red as soon as it
differs. A customer who is forgotten, or a circulation system that is away, leaves what was seen before as it is, and says so.
"""

from typing import Final

import msgspec
import structlog

from gateway.clock import TakeOn, TimeSource
from gateway.dispatch.acs import Acs
from gateway.mapping.charges import ChargeSeen, ChargeWanted, fees_request, judge
from gateway.mapping.circulation import LookKind
from gateway.money.amounts import amount_of
from gateway.sip2.errors import Inexpressible, NotSent, Unknown
from gateway.store.port import Store, StoreError
from gateway.workflow.borrowing.loans import is_back
from gateway.workflow.charges import Price, PriceVerdict
from gateway.workflow.records import Request, State

EVERY_S: Final = 24 * 3600.0
_NOBODY: Final = "Who has it is not known any more: look in the ILS."
_PAID: Final = "It was paid or waived, as {by} says."
_STOOD: Final = " It stood there before: if it was paid, say so."
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
            if price.set_at is None and price.paid_at is None:
                await self._let_go_of_returned(price)
            else:
                differing += (await self.look(price)).verdict is PriceVerdict.DIFFERS
        return differing

    async def _let_go_of_returned(self, price: Price) -> None:
        """What came back before anybody had set it is not charged: nobody need see to it."""
        request = await self._store.request(price.request)
        if request is not None and is_back(request):
            await self._store.prices.save_price(price, settled=True)

    async def look(self, price: Price) -> Price:
        """Read a price back, and keep what was seen. Raises StoreUnavailable."""
        request, now = await self._store.request(price.request), self._time.now()
        seen = (
            ChargeSeen(verdict=PriceVerdict.UNCLEAR, words=_NOBODY)
            if request is None
            else await self._seen(price, request)
        )
        agreed_at = now if seen.verdict is PriceVerdict.AGREES and price.off_at is None else price.agreed_at
        looked = msgspec.structs.replace(price, verdict=seen.verdict, seen=seen.words, seen_at=now, agreed_at=agreed_at)
        await self._store.prices.save_price(looked, settled=_is_settled(looked, request))
        return looked

    async def _seen(self, price: Price, request: Request) -> ChargeSeen:
        if price.is_paid and not is_back(request):
            return ChargeSeen(verdict=PriceVerdict.AGREES, words=_PAID.format(by=price.paid_by))
        customer = await self._store.borrowing.customer(request.id)
        if customer is None:
            return ChargeSeen(verdict=PriceVerdict.UNCLEAR, words=_NOBODY)
        wanted = ChargeWanted(
            item_barcode=request.items[0].barcode if request.items else "",
            title=request.wanted.title or "",
            amount=amount_of(price.minor, price.currency),
            is_off=price.off_at is not None or is_back(request),
        )
        wire = fees_request(customer.barcode, at=self._time.now(), terminal=self._acs.terminal)
        try:
            fees = await self._acs.exchange(wire)
            item = None
            if wanted.item_barcode and not self._acs.refuses(LookKind.ITEM):
                item = await self._acs.ask(LookKind.ITEM, item=wanted.item_barcode)
        except (Inexpressible, NotSent, Unknown):
            return ChargeSeen(verdict=price.verdict if price.seen_at else PriceVerdict.UNCLEAR, words=_AWAY)
        seen = judge(wanted, fees, item)
        may_be_paid = seen.verdict is PriceVerdict.DIFFERS and price.agreed_at is not None and not wanted.is_off
        return msgspec.structs.replace(seen, words=seen.words + _STOOD) if may_be_paid else seen


def _is_settled(price: Price, request: Request | None) -> bool:
    """Whether nobody need look any more: it is off again, or paid and the item never came back."""
    if price.verdict is not PriceVerdict.AGREES:
        return False
    return price.off_at is not None or (price.is_paid and request is not None and request.state is State.COMPLETED)


async def daily(charges: Charges, *, clock: TimeSource, take_on: TakeOn) -> None:
    """Look every day, by one gateway, until cancelled."""
    while True:
        day = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        try:
            if await take_on(day):
                _log.info("read back prices in the circulation system", differ=await charges.look_at_all())
        except StoreError as exc:
            _log.warning("could not read prices back", why=type(exc).__name__)
        await clock.sleep(EVERY_S)
