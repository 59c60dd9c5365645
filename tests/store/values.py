"""Requests, messages and changes that the tests of the store write, and how they claim work."""

from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.store.port import Change, EffectRow, HistoryEntry, HistoryKind, Inbound, NewEffect, Store
from gateway.workflow.effects import AnyEffect, FindCopies, Look, Perform, StartTimer
from gateway.workflow.events import Looked, RequestArrived
from gateway.workflow.records import Act, Clock, Copy, Finding, Item, Request, Role, State
from gateway.workflow.values import Wanted

NOW = datetime(2026, 1, 5, 9, 0, 0, 123456, tzinfo=UTC)
ACS = "acs:example"
LEASE_S = 60.0


def later(seconds: float) -> datetime:
    """Give a time after NOW."""
    return NOW + timedelta(seconds=seconds)


def request(number: int = 1, **values) -> Request:
    """Give the request HILL-<number>, at version 1 unless told otherwise."""
    usual = {
        "id": f"HILL-{number}",
        "role": Role.LENDING,
        "state": State.SEARCHING,
        "version": 1,
        "peer": "example-broker",
        "partner": "example-valley",
        "requesting_agency": "ISIL:ZZ-ExVal",
        "supplying_agency": "ISIL:ZZ-HILL",
        "partner_request_id": f"EV-{number}",
        "created_at": NOW,
        "updated_at": NOW,
        "state_since": NOW,
        "wanted": Wanted(title="The Imaginary Almanac"),
        "items": (Item(copy=Copy(item_barcode=f"39999{number:04}", branch="EV-MAIN")),),
    }
    return Request(**{**usual, **values})


def inbound(number: int = 1, **values) -> Inbound:
    """Give the message that made the request HILL-<number>."""
    usual = {
        "peer": "example-broker",
        "digest": f"digest-{number}",
        "content": f"content-{number}",
        "received_at": NOW,
        "kind": "request",
        "ok": True,
        "document": b"<request/>",
        "confirmation": b"<confirmation/>",
        "repairs": ("a namespace was missing",),
    }
    return Inbound(**{**usual, **values})


def entry(words: str = "searching", **values) -> HistoryEntry:
    """Give a line of history."""
    usual = {"at": NOW, "by": "gateway", "kind": HistoryKind.DECISION, "words": words}
    return HistoryEntry(**{**usual, **values})


def queued(effect: AnyEffect, lane: str | None = ACS, due_at: datetime = NOW) -> NewEffect:
    """Give an effect to queue, due now in the circulation system's lane unless told otherwise."""
    return NewEffect(effect=effect, lane=lane, due_at=due_at)


def find_copies(lane: str | None = None, due_at: datetime = NOW) -> NewEffect:
    """Give a look-up to queue."""
    return queued(FindCopies(wanted=Wanted(title="The Imaginary Almanac")), lane, due_at)


def perform(act: Act = Act.HOLD, due_at: datetime = NOW) -> NewEffect:
    """Give an act to queue."""
    return queued(Perform(act=act, item_barcode="399990001"), due_at=due_at)


def look(act: Act = Act.HOLD, due_at: datetime = NOW) -> NewEffect:
    """Give a look to queue."""
    return queued(Look(act=act, item_barcode="399990001"), due_at=due_at)


def timer(clock: Clock = Clock.HOLD, due_at: datetime = NOW) -> NewEffect:
    """Give a timer to queue."""
    return queued(StartTimer(clock=clock, since=NOW), None, due_at)


def arrived(number: int = 1) -> RequestArrived:
    """Give the event that makes the request HILL-<number>."""
    made = request(number)
    return RequestArrived(
        at=NOW,
        request=made.id,
        peer=made.peer,
        requesting_agency=made.requesting_agency,
        supplying_agency=made.supplying_agency,
        partner_request_id=made.partner_request_id,
    )


def looked() -> Looked:
    """Give an event of our own work."""
    return Looked(at=NOW, act=Act.HOLD, item_barcode="399990001", finding=Finding.YES)


def creation(number: int = 1, *effects: NewEffect, **values) -> Change:
    """Give the change that makes the request HILL-<number>."""
    return Change(
        request=request(number, **values),
        created=True,
        event=arrived(number),
        history=(entry("a new request", kind=HistoryKind.MESSAGE_IN), entry("searching", state="searching")),
        inbound=inbound(number),
        effects=effects,
    )


def step(number: int = 1, version: int = 2, **values) -> Change:
    """Give a change to the request HILL-<number>; values of the request go into `of`."""
    of = values.pop("of", {})
    usual = {"request": request(number, version=version, **of), "event": looked(), "history": (entry("a step"),)}
    return Change(**{**usual, **values})


def note(number: int = 1, **values) -> Change:
    """Give a change that leaves the request HILL-<number> as it is."""
    usual = {"history_of": f"HILL-{number}", "history": (entry("a note", kind=HistoryKind.NOTE),)}
    return Change(**{**usual, **values})


async def claim(
    store: Store, lane: str | None = ACS, *, at: float = 0, owner: str = "a", limit: int = 10
) -> list[EffectRow]:
    """Claim what is due `at` seconds after NOW, for LEASE_S."""
    return list(await store.claim(lane, now=later(at), until=later(at + LEASE_S), owner=owner, limit=limit))


async def ids(store: Store, number: int = 1) -> list[int]:
    return [row.id for row in await store.pending(f"HILL-{number}")]


def fields(change: Change) -> dict[str, Any]:
    return {name: getattr(change, name) for name in change.__struct_fields__}
