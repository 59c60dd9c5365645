"""Partners: the libraries we lend to and borrow from."""

from gateway.desk.access import Caller
from gateway.desk.book import (
    DirectoryBook,
    change_of,
    partner_faults,
    read_book,
    record_of,
    refuse_if,
    refuse_if_in_use,
    write,
)
from gateway.desk.catalogue import wanted
from gateway.desk.errors import ConflictError, UnusableError
from gateway.desk.ports import Desk
from gateway.desk.shown import shown
from gateway.desk.structs.catalogue import CopiesQuery
from gateway.desk.structs.directory import (
    AcsAccountShown,
    CatalogueTried,
    HistoryQuery,
    PartnerChange,
    PartnerFields,
    PartnerHistory,
    PartnerList,
    PartnerSaved,
    PartnerShown,
    PartnersQuery,
    Removed,
    StandingShown,
    SuspendBody,
    VersionQuery,
)
from gateway.money.groups import UNNUMBERED
from gateway.partners import rules
from gateway.partners.reading import RecordFault
from gateway.partners.standing import resume, standing, suspend
from gateway.store.bills_port import BillFilter
from gateway.store.directory_port import RecordChange, RecordKind
from gateway.store.port import RequestFilter, Store
from gateway.workflow.partners import Partner, Period


async def list_partners(desk: Desk, _caller: Caller, query: PartnersQuery) -> PartnerList:
    """Return those that are asked for with how each stands today, by name, and the version of the whole."""
    book, words = await read_book(desk.store), query.q.casefold().split()
    standings = {partner.id: _standing(desk, partner) for partner in book.partners.values()}
    found = [
        partner
        for partner in sorted(book.partners.values(), key=lambda partner: (partner.name.casefold(), partner.id))
        if all(word in _told(partner) for word in words) and (not query.away or standings[partner.id].not_asked_to_lend)
    ]
    return PartnerList(
        version=book.version,
        partners=tuple(found),
        standing={partner.id: standings[partner.id] for partner in found},
        total=len(book.partners),
    )


def _told(partner: Partner) -> str:
    """What a partner is searched by."""
    return " ".join(
        (
            partner.id,
            partner.name,
            partner.peer,
            partner.email or "",
            *partner.symbols,
            *partner.aliases,
            *partner.groups,
        )
    ).casefold()


async def show_partner(desk: Desk, _caller: Caller, partner: str) -> PartnerShown:
    """Return the record, how it stands today, and what will not work yet."""
    book = await read_book(desk.store)
    record = book.partner(partner)
    warnings = _warnings(book, record)
    return PartnerShown(version=book.version, partner=record, standing=_standing(desk, record), warnings=warnings)


async def save_partner(
    desk: Desk, caller: Caller, partner: str, query: VersionQuery, body: PartnerFields
) -> PartnerSaved:
    """Add or replace one; with a version only if nobody changed anything since."""
    record: Partner = record_of(body, Partner, partner)
    return await _save(desk, caller, await read_book(desk.store), record, query)


async def remove_partner(desk: Desk, caller: Caller, partner: str, query: VersionQuery) -> Removed:
    """Forget one; refused while an open request is its, or something between us is not settled."""
    book = await read_book(desk.store)
    record = book.partner(partner)
    for name in (record.id, *record.merged):
        await refuse_if_in_use(desk.store, RequestFilter(partner=name))
    await _refuse_if_money_is_open(desk.store, record.id)
    await write(desk, caller, book, [RecordChange(before=record)], "removed", version=query.version)
    return Removed(words=f"Partner {record.id} is removed.")


async def _refuse_if_money_is_open(store: Store, partner: str) -> None:
    """Raise ConflictError while it owes something, has credit or a bill is begun: nobody could book what settles that."""
    begun = await store.bills.bills(BillFilter(states=UNNUMBERED, partner=partner, limit=1))
    if begun or await store.bills.owed(partner) or await store.bills.credit(partner):
        raise ConflictError(
            "It owes something, has credit, or a bill for it is begun: settle that first, or suspend it."
        )


async def suspend_partner(
    desk: Desk, caller: Caller, partner: str, query: VersionQuery, body: SuspendBody
) -> PartnerSaved:
    """Give its requests the automatic answer from a day until another, both included, and don't ask it to lend."""
    book = await read_book(desk.store)
    record = book.partner(partner)
    period = Period(first=body.first or desk.today(), last=body.last, why=body.why)
    if period.last is not None and period.last < period.first:
        refuse_if([RecordFault("last", "lies before the first day")])
    if period.last is not None and period.last < desk.today():
        refuse_if([RecordFault("last", "is over already")])
    until = f"until {period.last}" if period.last else "until further notice"
    what = f"suspended from {period.first} {until}"
    return await _save(desk, caller, book, suspend(record, period), query, what=what)


async def resume_partner(desk: Desk, caller: Caller, partner: str, query: VersionQuery) -> PartnerSaved:
    """Look at its requests again from today on."""
    book = await read_book(desk.store)
    record = book.partner(partner)
    back = resume(record, desk.today())
    if back == record:
        raise ConflictError(f"{record.name} is not suspended.")
    return await _save(desk, caller, book, back, query, what="taken back")


async def try_account(desk: Desk, _caller: Caller, partner: str) -> AcsAccountShown:
    """Ask the circulation system (63) what the partner's account can do."""
    book = await read_book(desk.store)
    return shown(await desk.circulation.test_account(book.partner(partner).account), AcsAccountShown)


async def try_catalogue(desk: Desk, _caller: Caller, partner: str, query: CopiesQuery) -> CatalogueTried:
    """Look a work up in the partner's catalogue, as the rota does. Raises UnusableError if its record names none."""
    record = (await read_book(desk.store)).partner(partner)
    if record.catalogue.url is None:
        raise UnusableError("Its record names no catalogue.")
    return await desk.partners.try_catalogue(record, wanted(query))


async def show_partner_history(desk: Desk, _caller: Caller, partner: str, query: HistoryQuery) -> PartnerHistory:
    """Return who changed what, newest first; also of one that is gone."""
    lines = await desk.store.directory_history(RecordKind.PARTNER, partner, limit=query.limit)
    return PartnerHistory(history=tuple(shown(line, PartnerChange) for line in lines))


async def _save(
    desk: Desk, caller: Caller, book: DirectoryBook, record: Partner, query: VersionQuery, *, what: str | None = None
) -> PartnerSaved:
    """Check and write one partner, and return it."""
    refuse_if(partner_faults(book, record))
    change, changed = change_of(book.partners.get(record.id), record)
    await write(desk, caller, book, [change], what or changed, version=query.version)
    return PartnerSaved(partner=record, what=what or changed, warnings=_warnings(book, record))


def _standing(desk: Desk, record: Partner) -> StandingShown:
    return shown(standing(record, desk.today()), StandingShown)


def _warnings(book: DirectoryBook, partner: Partner) -> tuple[str, ...]:
    peer = book.peers.get(partner.peer)
    return rules.warnings(partner, peer) if peer else ()
