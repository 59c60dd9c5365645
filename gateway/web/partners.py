"""Partners over the API: the libraries we lend to and borrow from."""

from datetime import date

import msgspec
from aiohttp import web

from gateway.partners import rules
from gateway.partners.reading import Fault
from gateway.partners.standing import resume, standing, suspend
from gateway.store.directory_port import RecordChange, RecordKind
from gateway.store.port import RequestFilter
from gateway.web.answers import ConflictError, ok, read_json
from gateway.web.book import (
    Book,
    body_of,
    change_of,
    partner_faults,
    read_book,
    refuse_if,
    refuse_if_in_use,
    write,
)
from gateway.web.peers import HISTORY_LINES
from gateway.web.ports import Api, Call
from gateway.web.queries import whole_number
from gateway.workflow.partners import Partner, Period


class SuspendBody(msgspec.Struct, frozen=True, kw_only=True):
    """What `POST partners/{partner}/suspend` takes: days, today and until further notice where none are named."""

    first: date | None = None
    last: date | None = None
    why: str = ""


def today(api: Api) -> date:
    """Give the day by the library's clock."""
    return api.now().astimezone(api.zone).date()


async def list_partners(api: Api, _call: Call) -> web.Response:
    """GET partners: every one with how it stands today, and the version of the whole."""
    book, day = await read_book(api), today(api)
    standings = {partner.id: standing(partner, day) for partner in book.partners.values()}
    return ok({"version": book.version, "partners": list(book.partners.values()), "standing": standings})


async def show_partner(api: Api, call: Call) -> web.Response:
    """GET partners/{partner}: the record, how it stands today, and what will not work yet."""
    book = await read_book(api)
    partner = book.partner(call.http.match_info["partner"])
    shown = {"version": book.version, "partner": partner, "standing": standing(partner, today(api))}
    return ok({**shown, "warnings": _warnings(book, partner)})


async def save_partner(api: Api, call: Call) -> web.Response:
    """PUT partners/{partner}: add or replace one; with ?version= only if nobody changed anything since."""
    partner: Partner = await body_of(call, Partner, call.http.match_info["partner"])
    book = await read_book(api)
    return await save(api, call, book, partner)


async def save(api: Api, call: Call, book: Book, partner: Partner, what: str | None = None) -> web.Response:
    """Check and write one partner, and give it."""
    refuse_if(partner_faults(book, partner))
    change, changed = change_of(book.partners.get(partner.id), partner)
    await write(api, call, book, [change], what or changed)
    return ok({"partner": partner, "what": what or changed, "warnings": _warnings(book, partner)})


async def remove_partner(api: Api, call: Call) -> web.Response:
    """DELETE partners/{partner}: refused while an open request is its."""
    book = await read_book(api)
    partner = book.partner(call.http.match_info["partner"])
    await refuse_if_in_use(api, RequestFilter(partner=partner.id))
    await write(api, call, book, [RecordChange(before=partner)], "removed")
    return ok({"what": "removed", "words": f"Partner {partner.id} is removed."})


async def suspend_partner(api: Api, call: Call) -> web.Response:
    """POST partners/{partner}/suspend: from a day until another, both included."""
    body = await read_json(call.http, SuspendBody)
    book = await read_book(api)
    partner = book.partner(call.http.match_info["partner"])
    period = Period(first=body.first or today(api), last=body.last, why=body.why)
    if period.last is not None and period.last < period.first:
        refuse_if([Fault("last", "lies before the first day")])
    until = f"until {period.last}" if period.last else "until further notice"
    return await save(api, call, book, suspend(partner, period), f"suspended from {period.first} {until}")


async def resume_partner(api: Api, call: Call) -> web.Response:
    """POST partners/{partner}/resume: its requests are looked at again from today on."""
    book = await read_book(api)
    partner = book.partner(call.http.match_info["partner"])
    back = resume(partner, today(api))
    if back == partner:
        raise ConflictError(f"{partner.name} is not suspended.")
    return await save(api, call, book, back, "taken back")


async def test_account(api: Api, call: Call) -> web.Response:
    """POST partners/{partner}/test-account: ask the circulation system (63) what the partner's account can do."""
    book = await read_book(api)
    return ok(await api.test_account(book.partner(call.http.match_info["partner"]).account))


async def show_partner_history(api: Api, call: Call) -> web.Response:
    """GET partners/{partner}/history: who changed what, newest first; also of one that is gone."""
    limit = whole_number(call.http.query, "limit", default=HISTORY_LINES, least=1, most=1000)
    record_id = call.http.match_info["partner"]
    return ok({"history": await api.store.directory_history(RecordKind.PARTNER, record_id, limit=limit)})


def _warnings(book: Book, partner: Partner) -> tuple[str, ...]:
    peer = book.peers.get(partner.peer)
    return rules.warnings(partner, peer) if peer else ()
