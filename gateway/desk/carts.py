"""A cart of scans: what has become of each, undo, and the papers of all.

What an act came to is told from where the request stands now, until the circulation system has answered; then it is kept.
"""

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

from gateway.desk.access import Caller
from gateway.desk.acts import act
from gateway.desk.errors import ConflictError, HasNoneError, NotThereError
from gateway.desk.offered import can_be_undone, offered
from gateway.desk.papers import print_cart
from gateway.desk.ports import Desk
from gateway.desk.reads import partners_by_id
from gateway.desk.requests import surroundings
from gateway.desk.scan_words import Around, ScanTold, in_a_word, tell
from gateway.desk.shown import shown
from gateway.desk.structs.acts import ActBody
from gateway.desk.structs.common import Download
from gateway.desk.structs.papers import Cart, CartLine, PrintQuery, Slip
from gateway.desk.structs.scans import UNDO_S, CartShown, Scanned, ScanOffer, UndoBody
from gateway.desk.upcoming import upcoming
from gateway.desk.views import partner_name
from gateway.dispatch.planning import ACS_LANE
from gateway.dispatch.roles import TABLES
from gateway.store.port import Store
from gateway.store.scans_port import ScanRecord, ScanResult
from gateway.workflow.borrowing.groups import UNFETCHED
from gateway.workflow.meaning import NAMES
from gateway.workflow.partners import Partner
from gateway.workflow.records import Request, State
from gateway.workflow.triggers import StaffAction

A = StaffAction
S = State

SAME_DAY: Final = timedelta(hours=12)
"""Within this a scan that names no cart goes into the one before."""
SHOWN_MAX: Final = 500
"""Scans of a cart that are listed."""
UNTAKEN: Final = timedelta(seconds=60)
"""After this a gateway that died has left it open whether the workflow took it: the request itself tells."""
PATIENCE: Final = timedelta(seconds=3)
"""After this it is said why the circulation system has not answered."""

KEYS: Final = 9
"""Number keys: no more is offered."""

# fmt: off
UNDONE_IN: Final[Mapping[StaffAction, tuple[State, ...]]] = {
    A.ARRIVE_AND_SHIP: (S.CHECKED_OUT,),
    A.SHIP:            (S.CHECKED_OUT,),
    A.ARRIVE:          (S.ARRIVED,),
    A.CHECK_IN:        (S.CHECKED_IN,),
    A.COPY_SENT:       (S.COPY_COMPLETED,),
    A.RECEIVE:         UNFETCHED,
    A.HANDED_OUT:      (S.WITH_CUSTOMER,),
    A.CAME_BACK:       (S.TO_RETURN,),
    A.SEND_BACK:       (S.SENT_BACK,),
    A.HANDED_OVER:     (S.COMPLETED,),
}
"""Where a request stands as long as undo takes back what was done."""
OFFERED: Final = (
    A.ARRIVE_AND_SHIP, A.SHIP, A.ARRIVE, A.CHECK_IN, A.RECEIVE, A.SEND_BACK, A.HANDED_OUT, A.CAME_BACK, A.HANDED_OVER,
    A.COPY_SENT, A.UNDO,
)
"""What can be done with an item in hand and nothing more to say."""
PAPERS: Final[Mapping[StaffAction, tuple[Slip, ...]]] = {
    A.ARRIVE_AND_SHIP: (Slip.STRAP, Slip.PACKING_SLIP, Slip.LABEL),
    A.SHIP:            (Slip.STRAP, Slip.PACKING_SLIP, Slip.LABEL),
    A.CHECK_IN:        (Slip.ROUTING_SLIP,),
    A.RECEIVE:         (Slip.STRAP, Slip.ROUTING_SLIP),
    A.SEND_BACK:       (Slip.PACKING_SLIP, Slip.LABEL),
}
"""Which papers go with what was done."""
# fmt: on
TOLD_AT_ONCE: Final = frozenset({A.RECEIVE, A.COPY_SENT, A.HANDED_OVER})
"""What the other library hears by the scan itself, and not by what the circulation system says: the time to undo runs from then."""
_OF_ITEM: Final = frozenset({Slip.STRAP, Slip.ROUTING_SLIP})


async def outcome(desk: Desk, caller: Caller, scan: str) -> Scanned:
    """Say what has become of a scan by now, and what can be done next."""
    record = await _record(desk.store, scan)
    return msgspec.structs.replace(await current(desk, record), offers=await offers_of(desk, caller, record))


async def undo_scan(desk: Desk, caller: Caller, scan: str, body: UndoBody) -> Scanned:
    """Undo what a scan did, as far as the table lets it: the request goes back to where it was.

    Of what has been done with the request since, by another scan or on its page, nothing is undone.
    """
    record = await _record(desk.store, scan)
    if record.request is None or record.act is None or record.undone:
        raise ConflictError("There is nothing to undo.")
    request, stood = await desk.store.request(record.request), next(iter(UNDONE_IN.get(record.act, ())), None)
    if request is not None and _came_again(record, request):
        raise ConflictError("The request has gone on since, and was brought here again: look at it again.")
    await act(desk, caller, record.request, A.UNDO, ActBody(seen=body.seen, seen_in=stood))
    record = msgspec.structs.replace(record, undone=True, code="", undo_until=None, act=A.UNDO, open=True)
    await desk.store.scans.change(record)
    return await current(desk, record)


async def show_cart(desk: Desk, _caller: Caller, cart: str) -> CartShown:
    """Return what was scanned into a cart, and its papers."""
    records = await desk.store.scans.of_cart(cart, limit=SHOWN_MAX)
    partners = await partners_by_id(desk.store) if any(record.open for record in records) else {}
    scans = [await _in_cart(desk, each, partners) for each in records]
    count = {result: sum(each.result == result for each in scans) for result in ScanResult}
    return CartShown(
        cart=cart,
        scans=tuple(scans),
        done=count[ScanResult.DONE],
        look=count[ScanResult.LOOK],
        stop=count[ScanResult.STOP],
        papers=tuple(_papers(reversed(scans))),
    )


async def _in_cart(desk: Desk, record: ScanRecord, partners: Mapping[str, Partner]) -> Scanned:
    """Show a line: with where its request stands, if somebody waits for that or may undo it."""
    if record.open:
        return await current(desk, record, partners)
    may_undo = record.request is not None and record.undo_until is not None and record.undo_until > desk.now()
    request = await desk.store.request(record.request) if may_undo and record.request else None
    return await _with_undo(desk, record, request)


async def print_papers(desk: Desk, caller: Caller, cart: str, query: PrintQuery) -> Download:
    """Print all papers of a cart as one PDF."""
    starts = {query.stock: query.start} if query.stock else {}
    return await print_papers_from(desk, caller, cart, starts, query.printer)


async def print_papers_from(
    desk: Desk, caller: Caller, cart: str, starts: Mapping[str, int], printer: str | None = None
) -> Download:
    """Print them beginning at the first free place of each sheet that was begun, by stock. Raises NotThereError."""
    papers = (await show_cart(desk, caller, cart)).papers
    if not papers:
        raise HasNoneError("Nothing in this cart has a paper.")
    return await print_cart(desk, caller, Cart(papers=papers, printer=printer, starts=starts))


async def newest_cart(desk: Desk, caller: Caller) -> str:
    """Return the cart into which the caller scans: the one of before, or a new one."""
    found = await desk.store.scans.newest_cart(caller.name, since=desk.now() - SAME_DAY)
    return found or new_cart(desk)


def new_cart(desk: Desk) -> str:
    """Give a name to a new cart: when it was begun, and by what it differs from another of the same second."""
    return f"{desk.now().astimezone(desk.zone):%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"


# ── what has become of a scan ────────────────────────────────────────────────────────────────────


async def _record(store: Store, scan: str) -> ScanRecord:
    record = await store.scans.scan(scan)
    if record is None:
        raise NotThereError("There is no such scan.")
    return record


async def shown_again(desk: Desk, first: ScanRecord) -> Scanned:
    """Show what came of the first of two equal scans."""
    return msgspec.structs.replace(await current(desk, first), repeated=True)


async def offers_of(desk: Desk, caller: Caller, record: ScanRecord) -> tuple[ScanOffer, ...]:
    """Say what can be done where a scan did nothing: acts on its request, or requests that may be meant."""
    if record.act is not None:
        return ()
    if record.request is None:
        return await _requests(desk.store, record.found[:KEYS])
    request = await desk.store.request(record.request)
    return () if request is None else await _acts(desk, caller, request, record.refused)


async def _requests(store: Store, found: Iterable[str]) -> tuple[ScanOffer, ...]:
    partners = await partners_by_id(store)
    requests = [request for each in found if (request := await store.request(each))]
    return tuple(
        ScanOffer(key=key, name=each.id, words=_line(each, partner_name(each, partners)), request=each.id)
        for key, each in enumerate(requests, 1)
    )


def _line(request: Request, partner: str) -> str:
    title = request.wanted.title or request.wanted.article_title or "no title"
    return f"{title} · {partner} · {TABLES[request.role].standing(request.state).name}"


async def _acts(desk: Desk, caller: Caller, request: Request, refused: StaffAction | None) -> tuple[ScanOffer, ...]:
    """What the table lets one do with an item in hand; what was refused may be meant all the same (sure)."""
    lines = {line.action: line for line in await offered(desk, request, caller)}
    acts = [action for action in OFFERED if action in lines]
    return tuple(
        ScanOffer(
            key=key,
            name=NAMES[action],
            words=lines[action].sentence,
            request=request.id,
            act=action,
            sure=action is refused,
        )
        for key, action in enumerate(acts[:KEYS], 1)
    )


async def current(desk: Desk, record: ScanRecord, partners: Mapping[str, Partner] | None = None) -> Scanned:
    """What is known of a scan now; once the circulation system has answered that is kept."""
    request = await desk.store.request(record.request) if record.request else None
    if request is None or record.act is None or not record.open:
        return await _with_undo(desk, record, request)
    if not record.taken and desk.now() - record.at < UNTAKEN:
        return shown_scan(record, request)
    known = await partners_by_id(desk.store) if partners is None else partners
    around = await _around(desk, request, partner_name(request, known))
    told = await _with_reason(desk, tell(record.act, around, record.at, record.item), record, request)
    undo_until = await _undo_until(desk, record, request, told)
    item = record.item or next((each.barcode for each in request.items), None)
    record = msgspec.structs.replace(
        record, result=told.result, said=told.said, open=told.open, undo_until=undo_until, item=item
    )
    if not record.open:
        await desk.store.scans.change(record)
    return shown_scan(record, request)


async def _around(desk: Desk, request: Request, partner: str) -> Around:
    return Around(
        request=request,
        tasks=await desk.store.tasks(request=request.id),
        standing=TABLES[request.role].standing(request.state),
        partner=partner,
        library=desk.library,
        zone=desk.zone,
        now=desk.now(),
    )


async def _with_reason(desk: Desk, told: ScanTold, record: ScanRecord, request: Request) -> ScanTold:
    """Say as well why the circulation system has not answered, if it takes long."""
    if not told.open or desk.now() - record.at <= PATIENCE:
        return told
    return msgspec.structs.replace(told, said=". ".join((told.said, *await _why(desk, request))))


async def _why(desk: Desk, request: Request) -> Iterable[str]:
    """Why the circulation system has not answered; that it has not, while it is asked or others come first; nothing if it is not asked."""
    works = upcoming(await desk.store.pending(request.id), await surroundings(desk, request, names={}))
    waits = [work.why for work in works if work.lane == ACS_LANE and work.why is not None]
    failing = next((wait for wait in waits if wait.next_at is not None), None)
    if failing is not None:
        return [f"It waits: {failing.words}. It goes on by itself"]
    return ["The circulation system has not answered yet"] if waits else []


async def _undo_until(desk: Desk, record: ScanRecord, request: Request, told: ScanTold) -> datetime | None:
    if told.open or not _is_where_it_led(record, request):
        return None
    if not await can_be_undone(desk, request):
        return None
    began = record.at if record.act in TOLD_AT_ONCE else request.state_since
    return began + timedelta(seconds=UNDO_S)


async def _with_undo(desk: Desk, record: ScanRecord, request: Request | None) -> Scanned:
    """Show a scan as it was kept: with its undo only while the table still does it, for the request may have gone on and come back since."""
    told = shown_scan(record, request)
    if request is None or told.undo_until is None or told.undo_until <= desk.now():
        return told
    return told if await can_be_undone(desk, request) else msgspec.structs.replace(told, undo_until=None)


def shown_scan(record: ScanRecord, request: Request | None, offers: tuple[ScanOffer, ...] = ()) -> Scanned:
    """Show a scan as it was kept, beside its request as it is now: one that has gone on since is undone on its own page, if at all."""
    word = in_a_word(record.act, record.result, is_open=record.open)
    role, state, seen = (request.role, request.state, request.version) if request else (None, None, None)
    may_undo = request is None or (_is_where_it_led(record, request) and not _came_again(record, request))
    now = {"role": role, "state": state, "seen": seen, "undo_until": record.undo_until if may_undo else None}
    return shown(record, Scanned, scan=record.id, word=word, repeated=False, offers=offers, search=None, **now)


def _is_where_it_led(record: ScanRecord, request: Request) -> bool:
    return record.act is not None and request.state in UNDONE_IN.get(record.act, ())


def _came_again(record: ScanRecord, request: Request) -> bool:
    """Whether the request stands where a scan has led it, but was brought there once more since: that is not this scan's to undo."""
    if record.undo_until is None or record.act in TOLD_AT_ONCE or not _is_where_it_led(record, request):
        return False
    return request.state_since + timedelta(seconds=UNDO_S) > record.undo_until


def _papers(scans: Iterable[Scanned]) -> Iterable[CartLine]:
    """The papers of what was done: in order, each once."""
    seen: set[CartLine] = set()
    for each in scans:
        if each.request is None or each.act is None or each.open or each.undone or each.result == ScanResult.STOP:
            continue
        for paper in PAPERS.get(each.act, ()):
            line = CartLine(request=each.request, paper=paper, item=each.item if paper in _OF_ITEM else None)
            if line not in seen:
                seen.add(line)
                yield line
