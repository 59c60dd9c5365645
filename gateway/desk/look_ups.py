"""Who saw who a customer is: a line in the request's history, and one in the log over all requests, before anything is shown."""

from gateway.desk.access import Caller
from gateway.desk.history import write_down
from gateway.desk.ports import Desk
from gateway.workflow.staff import LookUp, LookUpWay


async def note_look_up(desk: Desk, caller: Caller, request: str, way: LookUpWay, words: str) -> None:
    """Write down that a request's customer is shown to the caller, and why."""
    await write_down(desk, caller, request, words)
    await _log(desk, caller, request, way, words)


async def note_card_search(desk: Desk, caller: Caller, requests: tuple[str, ...]) -> None:
    """Write down that these requests were found by a customer's card; that none was, too."""
    for request in requests:
        await write_down(desk, caller, request, "Looked for by the customer's card.")
    words = f"Looked for by a customer's card; found: {', '.join(requests) or 'none'}."
    await _log(desk, caller, None, LookUpWay.CARD, words)


async def _log(desk: Desk, caller: Caller, request: str | None, way: LookUpWay, words: str) -> None:
    await desk.store.add_look_ups([LookUp(at=desk.now(), by=caller.name, request=request, way=way, what=words)])
