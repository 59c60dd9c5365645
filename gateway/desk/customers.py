"""Customers of ours: who asked for a request, what a customer asked for. Whoever looks is written down, with every request that was shown."""

from datetime import timedelta
from typing import Final

from gateway.desk.access import Caller
from gateway.desk.cards import read_card
from gateway.desk.errors import ConflictError, HasNoneError, TooOftenError, UnusableError
from gateway.desk.look_ups import note_card_search, note_look_up
from gateway.desk.ports import Desk
from gateway.desk.reads import LIMIT_MAX
from gateway.desk.requests import lines_of
from gateway.desk.scans import request_of
from gateway.desk.shown import shown
from gateway.desk.structs.customers import (
    CardBody,
    CustomerFields,
    CustomerQuery,
    CustomerShown,
    LookUpBody,
    LookUpList,
    LookUpShown,
    LookUpsQuery,
)
from gateway.desk.structs.requests import RequestLines
from gateway.dispatch.roles import OPEN_IN
from gateway.workflow.records import Request, Role
from gateway.workflow.staff import LookUpWay

REASON_MAX: Final = 500
LOOK_UPS_MAX: Final = 100
"""By one person within an hour: more than anybody's work takes, far less than a list of customers."""
_HOUR: Final = timedelta(hours=1)


async def show_customer(desk: Desk, caller: Caller, request: str, query: CustomerQuery) -> CustomerShown:
    """Return who asked, as the POST does; its reason stands in the address, where proxies may write it down."""
    return await _show(desk, caller, request, query.reason)


async def look_up_customer(desk: Desk, caller: Caller, request: str, body: LookUpBody) -> CustomerShown:
    """Return who asked; who looked and why is written into the request's history, and into the log that a manager reads.

    Up to 100 an hour and person.
    """
    return await _show(desk, caller, request, ": ".join(filter(None, (body.reason, body.words.strip()))))


async def list_look_ups(desk: Desk, _caller: Caller, query: LookUpsQuery) -> LookUpList:
    """Say who looked up customers, and why, over all requests; newest first."""
    found = await desk.store.look_ups(by=query.by, request=query.request, before=query.before, limit=query.limit)
    more = found[-1][0] if len(found) == query.limit else None
    return LookUpList(look_ups=tuple(shown(each, LookUpShown) for _, each in found), next=more)


async def _show(desk: Desk, caller: Caller, request: str, why: str) -> CustomerShown:
    found, reason = await request_of(desk.store, request), why.strip()
    if not reason or len(reason) > REASON_MAX or not reason.isprintable():
        raise UnusableError(f"reason: say in up to {REASON_MAX} characters why the customer is looked up.")
    if found.role is Role.LENDING:
        raise ConflictError("The request is a partner's: nobody here knows its customer.")
    objection = await desk.orders.object_to_notes(found, [reason])
    if objection:
        raise UnusableError(f"reason: {objection}")
    customer = await desk.store.borrowing.customer(found.id)
    if customer is None:
        raise HasNoneError("The request is anonymous by now: who asked is known no more.")
    await _refuse_too_many(desk, caller)
    await note_look_up(desk, caller, found.id, LookUpWay.REQUEST, f"Looked up who asked: {reason}")
    return CustomerShown(request=found.id, customer=shown(customer, CustomerFields))


async def list_of_customer(desk: Desk, caller: Caller, body: CardBody) -> RequestLines:
    """Return the requests of a customer, by the card; in each it is written down who looked."""
    found = await found_by_card(desk, caller, read_card(body.customer), is_open=body.open)
    return RequestLines(requests=await lines_of(desk.store, found), next=None)


async def found_by_card(desk: Desk, caller: Caller, card: str, *, is_open: bool) -> list[Request]:
    """Return the requests of a card, the open ones alone if that is asked for; in each it is written down who looked."""
    await _refuse_too_many(desk, caller)
    numbers = await desk.store.borrowing.requests_of(card, limit=LIMIT_MAX)
    requests = [request for number in numbers if (request := await desk.store.request(number))]
    found = [request for request in requests if not is_open or request.state in OPEN_IN[request.role]]
    await note_card_search(desk, caller, tuple(request.id for request in found))
    return found


async def _refuse_too_many(desk: Desk, caller: Caller) -> None:
    """Raise TooOftenError beyond the rate. It is counted in the store, for all gateways and all ways in."""
    count = await desk.store.count_look_ups(caller.name, since=desk.now() - _HOUR)
    if count >= LOOK_UPS_MAX:
        raise TooOftenError(
            f"You have looked up {count} customers within an hour, and {LOOK_UPS_MAX} are the most: wait a little.", 60
        )
