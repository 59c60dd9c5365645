"""Customers of ours: who asked for a request, what a customer asked for. Whoever looks is written down, with every request that was shown."""

from gateway.desk.access import Caller
from gateway.desk.cards import read_card
from gateway.desk.errors import ConflictError, NotThereError, UnusableError
from gateway.desk.history import write_down
from gateway.desk.ports import Desk
from gateway.desk.reads import LIMIT_MAX
from gateway.desk.requests import lines_of
from gateway.desk.scans import request_of
from gateway.desk.shown import shown
from gateway.desk.structs.customers import CardBody, CustomerFields, CustomerQuery, CustomerShown
from gateway.desk.structs.requests import RequestLines
from gateway.dispatch.roles import OPEN_IN
from gateway.workflow.records import Request, Role

REASON_MAX = 500


async def show_customer(desk: Desk, caller: Caller, request: str, query: CustomerQuery) -> CustomerShown:
    """Return who asked; who looked and why is written into the request's history."""
    found, reason = await request_of(desk.store, request), query.reason.strip()
    if not reason or len(reason) > REASON_MAX or not reason.isprintable():
        raise UnusableError(f"reason: say in up to {REASON_MAX} characters why the customer is looked up.")
    if found.role is Role.LENDING:
        raise ConflictError("The request is a partner's: nobody here knows its customer.")
    objection = await desk.object_to_notes(found, [reason])
    if objection:
        raise UnusableError(f"reason: {objection}")
    customer = await desk.store.borrowing.customer(found.id)
    if customer is None:
        raise NotThereError("The request is anonymous by now: who asked is known no more.")
    await write_down(desk, caller, found.id, f"Looked up who asked: {reason}")
    return CustomerShown(request=found.id, customer=shown(customer, CustomerFields))


async def list_of_customer(desk: Desk, caller: Caller, body: CardBody) -> RequestLines:
    """Return the requests of a customer, by the card; in each it is written down who looked."""
    found = await found_by_card(desk, caller, read_card(body.customer), is_open=body.open)
    return RequestLines(requests=await lines_of(desk.store, found), next=None)


async def found_by_card(desk: Desk, caller: Caller, card: str, *, is_open: bool) -> list[Request]:
    """Give the requests of a card, the open ones alone if that is asked for; in each it is written down who looked."""
    numbers = await desk.store.borrowing.requests_of(card, limit=LIMIT_MAX)
    requests = [request for number in numbers if (request := await desk.store.request(number))]
    found = [request for request in requests if not is_open or request.state in OPEN_IN[request.role]]
    for request in found:
        await write_down(desk, caller, request.id, "Looked for by the customer's card.")
    return found
