"""Fees of loans and copies made into drafts, as each partner's terms say; a person finalises them.

None is asked for twice: a fee that stands on a bill, even a dropped one, is not due any more, and of two who gather at once one is refused.
"""

from datetime import datetime, time, timedelta
from typing import Final

import msgspec
import structlog

from gateway.clock import TakeOn, TimeSource
from gateway.desk.access import Caller, StaffRole
from gateway.desk.bill_making import loan_of
from gateway.desk.errors import ConflictError, NotThereError
from gateway.desk.ports import Desk
from gateway.desk.reads import partners_by_id
from gateway.desk.structs.bills import FeesGathered
from gateway.dispatch.ids import BILL_LETTER, Numbers
from gateway.money import terms
from gateway.money.events import Proposed
from gateway.money.fees import Fee, FeeBill, gathered, lines_of_fees
from gateway.money.records import Loan
from gateway.store.port import AlreadyExists, Store, StoreError

EVERY_S: Final = 3600
LOOKED_BACK: Final = timedelta(days=92)
"""What was sent earlier, and is on no bill, is not billed any more."""
BY_ITSELF: Final = Caller(name="gateway", role=StaffRole.VIEWER)
_NUMBERS: Final = Numbers(BILL_LETTER)
_log = structlog.get_logger(__name__)


async def gather_fees(desk: Desk, caller: Caller) -> FeesGathered:
    """Begin the bills of fees that are due."""
    now, partners = desk.now(), await partners_by_id(desk.store)
    due = await desk.store.bills.fees_due(now - LOOKED_BACK, now)
    fees = [
        Fee(
            request=each.request,
            partner=each.partner,
            currency=each.currency,
            amount=each.amount,
            sent_on=each.sent_at.astimezone(desk.zone).date(),
        )
        for each in due
    ]
    begun = [await _begin(desk, caller, bill) for bill in gathered(fees, partners, desk.today())]
    return FeesGathered(bills=tuple(bill for bill in begun if bill is not None))


async def _begin(desk: Desk, caller: Caller, bill: FeeBill) -> str | None:
    """Begin one; None if somebody else was first."""
    known = terms.terms_of(bill.partner, desk.money.billing.defaults)
    bill = msgspec.structs.replace(bill, fees=tuple([await _exact(desk.store, fee) for fee in bill.fees]))
    event = Proposed(
        at=desk.now(),
        by=caller.name,
        bill=_NUMBERS.next(desk.now()),
        partner=bill.partner.id,
        currency=bill.currency,
        lines=lines_of_fees(bill, {fee.request: await _loan(desk, fee) for fee in bill.fees}, known),
        gathers=bill.fees[0].request,
        words="Fees of loans and copies.",
    )
    try:
        return (await desk.money.bills.begin(event)).id
    except AlreadyExists:
        return None


async def _exact(store: Store, fee: Fee) -> Fee:
    """With the amount that was agreed, to the last digit: a fact of before version 41 of the store was kept in hundredths."""
    request = await store.request(fee.request)
    agreed = request.cost if request else None
    if agreed is None or agreed.currency.upper() != fee.currency:
        return fee
    return msgspec.structs.replace(fee, amount=agreed.amount)


async def _loan(desk: Desk, fee: Fee) -> Loan:
    """What the line says of the request; with several items, it is about all of them."""
    try:
        _, loan = await loan_of(desk, fee.request, None)
    except (ConflictError, NotThereError):
        return Loan(request=fee.request)
    return loan


async def run(desk: Desk, *, clock: TimeSource, take_on: TakeOn) -> None:
    """Gather every night, by one gateway, until cancelled; nothing while work is held after a restore."""
    while True:
        day = datetime.combine(desk.today(), time(), desk.zone)
        try:
            if await desk.store.recovery.current() is None and await take_on(day):
                made = await gather_fees(desk, BY_ITSELF)
                _log.info("fees gathered", bills=len(made.bills))
        except StoreError as exc:
            _log.warning("could not gather fees", why=type(exc).__name__)
        await clock.sleep(EVERY_S)
