"""A request of ours in the house of the dispatch tests: a customer who asks, lenders in the directory, and steps of the table."""

from datetime import datetime
from typing import Any

from gateway.dispatch.intake import Cause
from gateway.dispatch.results import Happened, Result
from gateway.iso18626.codes import RequestType
from gateway.store.borrowing_port import Asked, Customer
from gateway.store.port import EffectRow
from gateway.workflow.borrowing_events import CustomerAsked, RotaMade, Sent, Vetted
from gateway.workflow.borrowing_records import LenderLine
from gateway.workflow.duplicates import work_keys
from gateway.workflow.effects import AnyEffect
from gateway.workflow.events import AnyEvent
from gateway.workflow.partners import Partner, Peer
from gateway.workflow.records import Request
from gateway.workflow.values import Wanted
from tests.dispatch.house import DATE, OURS, House, sip2
from tests.fakes.directory import put

CARD = "20000000090031"
NUMBER = "B-27K3M-9QXT2"
POOL = "39999000000017"
LENDERS = ("sample", "other", "third")
FREE_CARD = sip2(f"64              000{DATE}000000000000000000000000AOEX|AA{CARD}|AEInventa Person|BLY|")
AVAILABLE = sip2(f"18030001{DATE}CF0|AB{POOL}|AJPool item|")


async def add_lenders(house: House) -> None:
    """Two libraries more, each with a system of its own."""
    for name in LENDERS[1:]:
        symbol = f"ISIL:XX-{name.upper()}"
        await put(house.store, Peer(id=f"{name}-system", url=f"http://{name}.example/", agencies=(symbol,)))
        await put(house.store, Partner(id=name, name=f"{name} City Library", peer=f"{name}-system", symbols=(symbol,)))
    await house.directory.refresh()


def line(house: House, partner: str) -> LenderLine:
    """The line of the rota that stands for a partner."""
    known = house.directory.partner(partner)
    assert known is not None
    return LenderLine(partner=partner, peer=known.peer, agency=known.symbols[0])


async def ask(house: House, number: str = NUMBER, *, copied: str | None = None, **fields: Any) -> Request:
    """A customer of ours asks."""
    given: dict[str, Any] = {"wanted": Wanted(title="The Imaginary Almanac"), "pickup_branch": "EAST"}
    asked = CustomerAsked(at=house.time.now(), by="desk", request=number, agency=OURS, **given | fields)
    customer = Customer(barcode=CARD, name="Inventa Person")
    works = work_keys(asked.wanted)
    await house.intake.begin(asked, Cause(asked=Asked(customer=customer, works=works, copied=copied)))
    return await current(house, number)


async def current(house: House, number: str = NUMBER) -> Request:
    """The request as it is now."""
    found = await house.store.request(number)
    assert found is not None
    return found


async def let(house: House, *events: AnyEvent, number: str = NUMBER) -> Request:
    """Let these happen to it."""
    for event in events:
        await house.intake.submit(number, event)
    return await current(house, number)


async def asking(house: House, *partners: str) -> Request:
    """The first of these partners has the request."""
    await ask(house)
    at, lines = house.time.now(), tuple(line(house, each) for each in partners or LENDERS)
    sent = Sent(at=at, what=RequestType.NEW, attempt=1)
    return await let(house, Vetted(at=at), RotaMade(at=at, lenders=lines), sent)


def row(
    request: Request, effect: AnyEffect, *, payload: bytes | None = None, started: datetime | None = None
) -> EffectRow:
    """An effect as the queue hands it to the performers."""
    return EffectRow(
        id=999, request=request.id, effect=effect, lane=None, due_at=request.created_at, attempts=0, started_at=started,
        payload=payload,
    )  # fmt: skip


async def perform(house: House, effect: AnyEffect, request: Request, **details: Any) -> Result:
    """Carry an effect out that no row stands behind."""
    return await house.performers.perform(row(request, effect, **details), request)


def event_of(report: Result) -> Any:
    """What came of it."""
    assert isinstance(report, Happened), report
    return report.event
