"""What directory services propose: each entry that differs from our records, with what it would change; accepted or declined by a click."""

from http import HTTPStatus
from typing import Annotated

import msgspec
from aiohttp import web

from gateway.desk import directories
from gateway.desk.errors import DeskError
from gateway.desk.structs.directories import ProposalAnswered
from gateway.desk.structs.directory import VersionQuery
from gateway.pages.record_fields import LABELS
from gateway.pages.visit import Visit

LISTED = 100
"""Proposals on one page; the others come when these are answered."""


class AcceptForm(msgspec.Struct, frozen=True, kw_only=True):
    """The version of all records that was looked at."""

    version: Annotated[int, msgspec.Meta(ge=0, le=2**53)] | None = None


async def show(visit: Visit) -> web.StreamResponse:
    """GET /directories."""
    return await _show(visit)


async def read(visit: Visit) -> web.StreamResponse:
    """POST /directories/read: read them all now."""
    await directories.read_directories(visit.desk, visit.caller)
    return visit.go("/directories")


async def accept(visit: Visit) -> web.StreamResponse:
    """POST /directories/proposals/<id>/accept."""
    try:
        form = await visit.form(AcceptForm)
        query = VersionQuery(version=form.version)
        answered = await directories.accept_proposal(visit.desk, visit.caller, visit.path("proposal"), query)
    except DeskError as wrong:
        return await _show(visit, problem=_told(wrong))
    return await _show(visit, answered=answered)


async def decline(visit: Visit) -> web.StreamResponse:
    """POST /directories/proposals/<id>/decline."""
    try:
        answered = await directories.decline_proposal(visit.desk, visit.caller, visit.path("proposal"))
    except DeskError as wrong:
        return await _show(visit, problem=_told(wrong))
    return await _show(visit, answered=answered)


def _label(column: str) -> str:
    """A column's words; those of a peer's stand behind `peer.`."""
    name = column.removeprefix("peer.")
    return LABELS.get(name) or name.rpartition(".")[2].replace("_", " ").capitalize()


def _told(wrong: DeskError) -> str:
    faults = (f"{LABELS.get(str(each.column), str(each.column))}: {each.words}" for each in wrong.problems or ())
    return " ".join([wrong.detail, *faults])


async def _show(visit: Visit, *, answered: ProposalAnswered | None = None, problem: str = "") -> web.StreamResponse:
    found = await directories.list_directories(visit.desk, visit.caller)
    return await visit.show(
        "directories.html",
        HTTPStatus.CONFLICT if problem else HTTPStatus.OK,
        found=found,
        page=found.proposals[:LISTED],
        answered=answered,
        problem=problem,
        label_of=_label,
    )
