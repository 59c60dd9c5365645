"""Tells bills that the items that they are about are back: a loan that was billed as lost, and checked in after all.

What a request's end means for a bill is the bill's to decide; so it is told, again and again until it has heard, and once is enough.
"""

from datetime import datetime
from typing import Final

import structlog

from gateway.clock import TakeOn, TimeSource
from gateway.dispatch.bills import BillIntake
from gateway.money.events import CameBack
from gateway.money.terms import BillingDefaults, terms_of
from gateway.partners.merging import by_ids
from gateway.store.port import Store, StoreError
from gateway.workflow.partners import Refund

EVERY_S: Final = 300
AT_ONCE: Final = 100
_log = structlog.get_logger(__name__)


async def tell(store: Store, bills: BillIntake, defaults: BillingDefaults, *, at: datetime) -> int:
    """Tell every bill of an item that is back; return how many. Raises StoreUnavailable."""
    partners = by_ids(await store.partners())
    found = await store.bills.returned(AT_ONCE)
    for name in found:
        bill = await store.bills.bill(name)
        partner = partners.get(bill.partner) if bill else None
        credits_something = terms_of(partner, defaults).refund is not Refund.NOTHING
        await bills.submit_bill(name, CameBack(at=at, by="gateway", credits=credits_something))
    return len(found)


async def watch(
    store: Store, bills: BillIntake, defaults: BillingDefaults, *, clock: TimeSource, take_on: TakeOn
) -> None:
    """Look every few minutes, by one gateway, until cancelled."""
    while True:
        try:
            if await take_on(clock.now()):
                await tell(store, bills, defaults, at=clock.now())
        except StoreError as exc:
            _log.warning("could not tell bills of what came back", why=type(exc).__name__)
        await clock.sleep(EVERY_S)
