"""Scans over the live API, and what stands in the place of the workers."""

from datetime import timedelta
from typing import Any

from gateway.workflow.borrowing_records import Borrowing, LenderLine
from gateway.workflow.events import Looked, Performed
from gateway.workflow.records import Act, Copy, Finding, Outcome, Request, Role, State
from tests.web.known import ALMANAC, START, a_request
from tests.web.live import Live

ITEM = ALMANAC.item_barcode
NORTH = Copy(item_barcode="30234000500008", branch="Main", title="Rivers of the North")
SOUTH = Copy(item_barcode="30234000500016", branch="Main", title="Rivers of the South")
CARD = "21234000000001"
DUE = START + timedelta(days=70)
LINE = LenderLine(partner="valley", peer="hub", agency="ISIL:XX-EVL")


async def scan(live: Live, code: str, *, role: str = "technician", **body: Any) -> dict[str, Any]:
    status, answer = await live.call("POST", "/scans", role=role, body={"code": code, **body})
    assert status == 200, answer
    return dict(answer)


async def look_again(live: Live, found: dict[str, Any]) -> dict[str, Any]:
    _, answer = await live.call("GET", f"/scans/{found['scan']}", role="technician")
    return dict(answer)


async def happen(live: Live, request: str, *events: Any) -> None:
    assert live.intake.writes is not None
    for event in events:
        await live.intake.writes.submit(request, event)


async def answered(live: Live, request: str, act: Act, finding: Finding = Finding.YES, **fields: Any) -> None:
    """The circulation system has answered, and was looked at."""
    route = {"route_to": fields.pop("route_to")} if "route_to" in fields else {}
    done = Performed(at=live.time.now(), act=act, item_barcode=ITEM, outcome=Outcome.DONE, **route)
    looked = Looked(at=live.time.now(), act=act, item_barcode=ITEM, finding=finding, **fields)
    await happen(live, request, done, looked)


def ours(state: State, **fields: Any) -> Request:
    record = Borrowing(pickup_branch="East", asked=(LINE,), lender_request_id="V-77", lender_items=("31168098063892",))
    return a_request("B-1", state, **{"role": Role.BORROWING, "borrowing": record, "items": (), **fields})
