"""Partners: the directory, one partner with its figures and history, its form; unknown senders; lists in and out."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Final, Literal
from urllib.parse import quote, urlencode

import msgspec
from aiohttp import web

from gateway.desk import directory_lists, figures, merging, partners, peers, record_forms
from gateway.desk.approval import list_strangers, show_stranger
from gateway.desk.directories import count_proposals
from gateway.desk.errors import ConflictError, DeskError, HasNoneError, UnusableError
from gateway.desk.structs.catalogue import CopiesQuery
from gateway.desk.structs.common import Upload
from gateway.desk.structs.directory import (
    AcsAccountShown,
    CatalogueTried,
    ExportQuery,
    HistoryQuery,
    ImportQuery,
    MergeBody,
    PartnersQuery,
    PeerTried,
    RecordForm,
    Stranger,
    SuspendBody,
    Taken,
    VersionQuery,
)
from gateway.desk.structs.figures import FiguresQuery
from gateway.pages.forms import ListForm, by_field
from gateway.pages.paging import paged
from gateway.pages.record_fields import LABELS, PARTNER, facts_of, groups_of
from gateway.pages.record_pages import RecordPages, faults_of, read_record
from gateway.pages.visit import Visit

VersionRead = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


LISTED: Final = 100
"""Partners on one page of the directory."""


class Search(PartnersQuery, frozen=True, kw_only=True):
    """What the directory is narrowed to, the partner behind which a page begins, and what was just done."""

    after: Annotated[str, msgspec.Meta(max_length=200)] = ""
    said: Literal["", "saved", "removed", "merged", "suspended", "back"] = ""


SAID: Final = {
    "saved": "It is kept.",
    "removed": "It is removed.",
    "merged": "They are one now: its open requests, what it owed and its credit are this one's. Look through the policy if its lines named it.",
    "suspended": "It is suspended: its requests get the automatic answer, and it is not asked to lend.",
    "back": "It is taken back: its requests are looked at again.",
}


WRONG_DAYS: Final = (
    f"Those days can't be counted: from 1 to {figures.MOST_DAYS} days, the first one first. Below are the newest."
)


class DaysTyped(msgspec.Struct, frozen=True, kw_only=True):
    """The days of the figures, as they were typed."""

    first: Annotated[str, msgspec.Meta(max_length=40)] = ""
    last: Annotated[str, msgspec.Meta(max_length=40)] = ""


class PartnerQuery(DaysTyped, frozen=True, kw_only=True):
    """What was just done, and the days of the figures."""

    said: Literal["", "saved", "removed", "merged", "suspended", "back"] = ""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What was just done."""

    said: Literal["", "saved", "removed", "merged", "suspended", "back"] = ""


async def show_directory(visit: Visit) -> web.StreamResponse:
    """GET /partners: the directory, and unknown senders."""
    query = visit.query(Search)
    listed = await partners.list_partners(visit.desk, visit.caller, query)
    page = paged(listed.partners, query.after, lambda each: each.id, LISTED)
    following = {"q": query.q, "after": page.next} | ({"away": "true"} if query.away else {})
    return await visit.show(
        "partners.html",
        query=query,
        listed=listed,
        page=page.rows,
        following=urlencode(following) if page.next else "",
        unknown=await list_strangers(visit.desk, visit.caller),
        directories=bool(visit.desk.partners.directories.services),
        proposed=await count_proposals(visit.desk),
        said=SAID.get(query.said, ""),
    )


async def show_partner(visit: Visit) -> web.StreamResponse:
    """GET /partners/<id>: the record and its history; its figures come by themselves."""
    query = visit.query(PartnerQuery)
    return await _partner(visit, said=SAID.get(query.said, ""), days=query)


async def show_figures(visit: Visit) -> web.StreamResponse:
    """GET /partners/<id>/figures: what is counted from its newest requests, which may take a second."""
    desk, caller, number = visit.desk, visit.caller, visit.path("partner")
    shown = await partners.show_partner(desk, caller, number)
    typed, status = visit.query(DaysTyped), HTTPStatus.OK
    try:
        counted = await figures.show_figures(desk, caller, number, visit.query(FiguresQuery))
    except UnusableError:
        counted, status = (
            await figures.show_figures(desk, caller, number, FiguresQuery()),
            HTTPStatus.UNPROCESSABLE_ENTITY,
        )
    return await visit.show(
        "partner_figures.html",
        status,
        partner=shown.partner,
        figures=counted,
        typed=typed,
        wrong=WRONG_DAYS if status is not HTTPStatus.OK else "",
    )


async def try_account(visit: Visit) -> web.StreamResponse:
    """POST /partners/<id>/try-account: ask the circulation system what its account can do."""
    found = await partners.try_account(visit.desk, visit.caller, visit.path("partner"))
    return await _partner(visit, account=found)


async def try_connection(visit: Visit) -> web.StreamResponse:
    """POST /partners/<id>/try-connection: connect to its system."""
    shown = await partners.show_partner(visit.desk, visit.caller, visit.path("partner"))
    return await _partner(visit, tried=await peers.try_peer(visit.desk, visit.caller, shown.partner.peer))


class CatalogueTrial(msgspec.Struct, frozen=True, kw_only=True):
    """A work that the partner's catalogue is tried with."""

    isbn: str = ""
    title: str = ""


async def try_catalogue(visit: Visit) -> web.StreamResponse:
    """POST /partners/<id>/try-catalogue: look a work up there."""
    try:
        work = await visit.form(CatalogueTrial)
        query = CopiesQuery(isbn=work.isbn, title=work.title)
        tried = await partners.try_catalogue(visit.desk, visit.caller, visit.path("partner"), query)
    except UnusableError:
        return await _partner(visit, problems={"isbn": "Give a number or a title that it should have."})
    return await _partner(visit, catalogue=tried)


async def _partner(
    visit: Visit,
    *,
    account: AcsAccountShown | None = None,
    tried: PeerTried | None = None,
    catalogue: CatalogueTried | None = None,
    said: str = "",
    days: DaysTyped | None = None,
    problems: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> web.StreamResponse:
    """The page of one partner, with what an act on it came to, or what was typed into a form that was refused."""
    desk, caller, number = visit.desk, visit.caller, visit.path("partner")
    shown = await partners.show_partner(desk, caller, number)
    form = await record_forms.partner_form(desk, caller, number)
    return await visit.show(
        "partner.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK,
        shown=shown,
        facts=facts_of(PARTNER, form.cells),
        days={name: day for name in ("first", "last") if (day := getattr(days, name, ""))},
        history=(await partners.show_partner_history(desk, caller, number, HistoryQuery())).history,
        account=account,
        tried=tried,
        catalogue=catalogue,
        said=said,
        problems=problems or {},
        typed=typed or {},
        labels=LABELS,
        others=await _others(visit, number),
    )


async def _others(visit: Visit, number: str) -> list[dict[str, str]]:
    """The partners that it could be merged into."""
    listed = await partners.list_partners(visit.desk, visit.caller, PartnersQuery())
    return [{"value": each.id, "words": f"{each.name} ({each.id})"} for each in listed.partners if each.id != number]


class Suspension(SuspendBody, frozen=True, kw_only=True):
    """The days, and the version that was looked at."""

    version: VersionRead = 0


async def suspend(visit: Visit) -> web.StreamResponse:
    """POST /partners/<id>/suspend."""
    number = visit.path("partner")
    try:
        body = await visit.form(Suspension)
        query = VersionQuery(version=body.version)
        await partners.suspend_partner(visit.desk, visit.caller, number, query, body)
    except (UnusableError, ConflictError) as wrong:
        problems = by_field(wrong.problems or ()) or {"": wrong.detail}
        return await _partner(visit, problems=problems, typed=await visit.texts())
    return visit.go(f"/partners/{quote(number)}?said=suspended")


async def resume(visit: Visit) -> web.StreamResponse:
    """POST /partners/<id>/resume."""
    number = visit.path("partner")
    await partners.resume_partner(visit.desk, visit.caller, number, VersionQuery())
    return visit.go(f"/partners/{quote(number)}?said=back")


async def remove(visit: Visit) -> web.StreamResponse:
    """POST /partners/<id>/remove."""
    try:
        await partners.remove_partner(visit.desk, visit.caller, visit.path("partner"), VersionQuery())
    except ConflictError as wrong:
        return await _partner(visit, problems={"": wrong.detail})
    return visit.go("/partners?said=removed")


class Merger(MergeBody, frozen=True, kw_only=True):
    """Into which one, and the version that was looked at."""

    into: str = ""
    version: VersionRead = 0


async def merge(visit: Visit) -> web.StreamResponse:
    """POST /partners/<id>/merge: make it one with another."""
    number = visit.path("partner")
    try:
        body = await visit.form(Merger)
        query = VersionQuery(version=body.version)
        merged = await merging.merge_partner(visit.desk, visit.caller, number, query, body)
    except (UnusableError, ConflictError) as wrong:
        problems = by_field(wrong.problems or ()) or {"": wrong.detail}
        return await _partner(visit, problems=problems, typed=await visit.texts())
    return visit.go(f"/partners/{quote(merged.partner.id)}?said=merged")


# ── its form ─────────────────────────────────────────────────────────────────────────────────────


FORM: Final = RecordPages(
    kind="partner",
    address="/partners",
    heading="Partners",
    titled_by="name",
    fields=PARTNER,
    form=record_forms.partner_form,
    refuse_known=record_forms.refuse_known_partner,
    keep=record_forms.save_partner_form,
)


# ── unknown senders ──────────────────────────────────────────────────────────────────────────────


async def show_approval(visit: Visit) -> web.StreamResponse:
    """GET /partners/approve/<request>: the library of a kept request as a partner's form, its requests beside."""
    form = await record_forms.partner_form(visit.desk, visit.caller, None)
    stranger = await _stranger(visit)
    return await _approval(visit, form, stranger, stranger.cells)


async def approve(visit: Visit) -> web.StreamResponse:
    """POST /partners/approve/<request>: make it a partner; its requests go on."""
    form = await record_forms.partner_form(visit.desk, visit.caller, None)
    version, cells = await read_record(visit, form)
    try:
        approved = await record_forms.approve_form(visit.desk, visit.caller, visit.path("request"), version, cells)
    except (UnusableError, ConflictError) as wrong:
        return await _approval(visit, form, await _stranger(visit), cells, wrong)
    return visit.go(f"/partners/{quote(approved.partner.id)}?said=saved")


async def _stranger(visit: Visit) -> Stranger:
    found = await show_stranger(visit.desk, visit.caller, visit.path("request"))
    if found is None:
        raise HasNoneError("The request does not wait for an approval any more.")
    return found


async def _approval(
    visit: Visit, form: RecordForm, stranger: Stranger, cells: Mapping[str, str], wrong: DeskError | None = None
) -> web.StreamResponse:
    problems = faults_of(wrong)
    return await visit.show(
        "approve.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        stranger=stranger,
        number=visit.path("request"),
        groups=groups_of(PARTNER, cells, problems, form.usual),
        form=form,
        cells=cells,
        problems=problems,
    )


# ── lists ────────────────────────────────────────────────────────────────────────────────────────


class RecordListForm(ListForm, frozen=True, kw_only=True):
    """What is done with a list, and what it is."""

    kind: Literal["csv", "json", "service"] = "csv"


TYPES: Final = {"csv": "text/csv", "json": "application/json", "service": "application/json"}


async def export(visit: Visit) -> web.StreamResponse:
    """GET /partners/export: everything as JSON, the partners as CSV, or as a directory for others."""
    query = visit.query(ExportQuery)
    written = await directory_lists.export_records(visit.desk, visit.caller, query)
    return visit.download(written, "directory.json" if query.format == "plain" else f"partners.{query.format}")


async def show_import(visit: Visit) -> web.StreamResponse:
    """GET /partners/import: hand in a list."""
    return await _import(visit, RecordListForm())


async def take_import(visit: Visit) -> web.StreamResponse:
    """POST /partners/import: look at a list, or take it."""
    form = await visit.form(RecordListForm)
    data = await visit.file() or form.text.encode()
    form = msgspec.structs.replace(form, text=data.decode("utf-8", "replace"))
    if not data.strip():
        return await _import(visit, form, problems={"file": "Choose a file."})
    query = ImportQuery(dry_run=form.step == "preview")
    taking = directory_lists.import_service if form.kind == "service" else directory_lists.import_records
    try:
        taken = await taking(visit.desk, visit.caller, query, Upload(content_type=TYPES[form.kind], data=data))
    except DeskError as wrong:
        return await _import(visit, form, problems={"": wrong.detail}, wrong=wrong)
    return await _import(visit, form, taken=taken)


async def _import(
    visit: Visit,
    form: RecordListForm,
    *,
    taken: Taken | None = None,
    problems: dict[str, str] | None = None,
    wrong: DeskError | None = None,
) -> web.StreamResponse:
    return await visit.show(
        "partners_import.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK,
        form=form,
        taken=taken,
        problems=problems or {},
        wrong=wrong.problems or () if wrong else (),
        labels=LABELS,
    )
