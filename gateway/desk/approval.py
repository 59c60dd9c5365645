"""A library that we don't know becomes a partner: with what its message told, and its kept requests go on."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, Final

from gateway.desk.access import Caller
from gateway.desk.book import DirectoryBook, partner_faults, read_book, refuse_if, write
from gateway.desk.errors import ConflictError, UnusableError
from gateway.desk.ports import Desk
from gateway.desk.reads import all_in
from gateway.desk.requests import lines_of
from gateway.desk.scans import request_of
from gateway.desk.structs.directory import Approved, GivenFields, Stranger, Strangers, VersionQuery
from gateway.iso18626 import messages as iso
from gateway.iso18626.codec import decode
from gateway.iso18626.errors import ProtocolError
from gateway.iso18626.values import agency_key
from gateway.mapping.introduction import introduction
from gateway.partners import rules
from gateway.partners.flat import cells
from gateway.partners.ids import free_id
from gateway.partners.reading import read
from gateway.store.directory_port import RecordChange
from gateway.store.port import Store, VersionConflict
from gateway.workflow.events import StaffActed
from gateway.workflow.machine import Decision
from gateway.workflow.partners import STRANGER, Partner
from gateway.workflow.records import Request, State
from gateway.workflow.triggers import StaffAction

MOST_WAITING: Final = 1_000
"""Requests that are looked at for the list of those who wait."""
MOST_LIBRARIES: Final = 50
"""Libraries that are listed at once: each is read from its first message."""


async def approve_partner(desk: Desk, caller: Caller, request: str, query: VersionQuery, body: GivenFields) -> Approved:
    """Make a kept request's library a partner; the fields that are given stand over what the message told.

    Every request of the library that was kept goes on, but for those of a peer that does not speak for it. A library that
    is a partner by now keeps its record.
    """
    kept = await request_of(desk.store, request)
    if kept.state is not State.AWAITING_APPROVAL:
        raise ConflictError(f"The request is “{kept.state}”: it does not wait for an approval.")
    book = await read_book(desk.store)
    partner = _known(book, kept.requesting_agency)
    if partner is None:
        partner = await _make(desk, caller, book, kept, body, version=query.version)
    else:
        _refuse_if(_objection(book, kept, partner))
    waiting = [each for each in await _kept(desk.store, partner) if _objection(book, each, partner) is None]
    released = [each.id for each in waiting if await _approved(desk, caller, each, partner)]
    words = f"{partner.name} is partner {partner.id}; requests that go on: {', '.join(released) or 'none'}."
    return Approved(partner=partner, released=tuple(released), words=words)


async def check_approval(store: Store, request: Request, partner_id: str | None) -> None:
    """Raise UnusableError, ConflictError where a kept request is not of the partner that is named: the workflow takes our word."""
    book = await read_book(store)
    partner = book.partners.get(partner_id or "")
    if partner is None:
        raise UnusableError("partner: name the id of one of our partners.")
    _refuse_if(_objection(book, request, partner))


async def list_strangers(desk: Desk, _caller: Caller) -> Strangers:
    """Return the libraries that wait to be made partners, the one that waits longest first; of very many requests, those that came last."""
    book, waiting = await read_book(desk.store), await _newest(desk.store)
    by_agency: dict[str, list[Request]] = {}
    for request in reversed(waiting):
        by_agency.setdefault(agency_key(request.requesting_agency), []).append(request)
    few = islice(by_agency.values(), MOST_LIBRARIES)
    found = [await _stranger(desk.store, book, requests) for requests in few]
    return Strangers(strangers=tuple(found), more=len(waiting) == MOST_WAITING or len(by_agency) > MOST_LIBRARIES)


async def show_stranger(desk: Desk, _caller: Caller, request: str) -> Stranger | None:
    """Return the library of a kept request with its requests; None where the request does not wait any more."""
    kept = await request_of(desk.store, request)
    if kept.state is not State.AWAITING_APPROVAL:
        return None
    key = agency_key(kept.requesting_agency)
    beside = [each for each in reversed(await _newest(desk.store)) if agency_key(each.requesting_agency) == key]
    requests = beside if any(each.id == kept.id for each in beside) else [kept, *beside]
    return await _stranger(desk.store, await read_book(desk.store), requests)


async def _newest(store: Store) -> Sequence[Request]:
    """The requests that wait for an approval, the newest first; a broker may send as many as it likes."""
    newest: list[Request] = []
    async for request in all_in(store, (State.AWAITING_APPROVAL,)):
        newest.append(request)
        if len(newest) == MOST_WAITING:
            break
    return newest


async def _stranger(store: Store, book: DirectoryBook, requests: list[Request]) -> Stranger:
    first = requests[0]
    told = introduction(first.requesting_agency, await _first_message(store, first))
    record, _ = read({"id": _free_id(first, book), "peer": first.peer, **told}, Partner)
    return Stranger(
        agency=first.requesting_agency,
        peer=None if first.peer == STRANGER else first.peer,
        requests=await lines_of(store, requests),
        cells=cells(record) if record else {},
    )


def _free_id(request: Request, book: DirectoryBook) -> str:
    symbol = request.requesting_agency
    return free_id((symbol.partition(":")[2], symbol), book.partners)


def _objection(book: DirectoryBook, request: Request, partner: Partner) -> str | None:
    return rules.approval_fault(partner, request.requesting_agency, book.peers.get(request.peer))


def _refuse_if(objection: str | None) -> None:
    if objection is not None:
        raise ConflictError(objection)


def _known(book: DirectoryBook, agency: str) -> Partner | None:
    """The partner that has the symbol, or had it."""
    return next(iter(rules.owners(book.partners.values()).get(agency_key(agency), ())), None)


async def _make(
    desk: Desk, caller: Caller, book: DirectoryBook, request: Request, given: Mapping[str, Any], *, version: int | None
) -> Partner:
    """Write the partner, and let its peer speak for it."""
    symbol = request.requesting_agency
    told = introduction(symbol, await _first_message(desk.store, request))
    told["id"] = _free_id(request, book)
    reached = {} if request.peer == STRANGER else {"peer": request.peer}
    partner, faults = read(told | reached | dict(given), Partner)
    refuse_if(faults)
    assert partner is not None, "without faults there is a record"
    if partner.id in book.partners:
        raise ConflictError(f"There is a partner “{partner.id}” already: name another id.")
    refuse_if(partner_faults(book, partner))
    _refuse_if(_objection(book, request, partner))
    peer = book.peers[partner.peer]
    changes = [RecordChange(after=partner), RecordChange(before=peer, after=rules.granted(peer, partner.symbols))]
    await write(desk, caller, book, changes, f"approved with request {request.id}", version=version)
    return partner


async def _first_message(store: Store, request: Request) -> iso.Request | None:
    """Read the message that made the request once more; None where it can't be read as one."""
    for kept in await store.messages(request.id):
        try:
            message = decode(kept.document).message
        except ProtocolError:
            continue
        if isinstance(message, iso.Request):
            return message
    return None


async def _kept(store: Store, partner: Partner) -> list[Request]:
    """Return the partner's requests that wait for its approval, oldest first."""
    keys = {agency_key(symbol) for symbol in (*partner.symbols, *partner.aliases)}
    waiting = all_in(store, (State.AWAITING_APPROVAL,))
    theirs = [each async for each in waiting if agency_key(each.requesting_agency) in keys]
    return theirs[::-1]


async def _approved(desk: Desk, caller: Caller, request: Request, partner: Partner) -> bool:
    """Let a request go on; one that somebody else has just decided on stays as that left it."""
    event = StaffActed(at=desk.now(), by=caller.name, action=StaffAction.APPROVE, partner=partner.id, peer=partner.peer)
    try:
        return isinstance(await desk.intake.act(request.id, event), Decision)
    except VersionConflict:
        return False
