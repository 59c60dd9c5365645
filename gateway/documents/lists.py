"""What is to be fetched from the shelves: a pull slip for each item, in the order in which one walks. Pure."""

import re
from collections.abc import Iterable, Mapping
from datetime import tzinfo
from typing import Final, NamedTuple

from gateway.documents.lent import goes_as_copy
from gateway.documents.papers import PullSlip
from gateway.documents.words import at_desk, item_code, look_first, our_library, request_code, work_of
from gateway.iso18626.codes import ServiceLevel
from gateway.workflow.days import local_day
from gateway.workflow.partners import OurLibrary, Partner
from gateway.workflow.records import Item, ItemPlace, Request

_ON_THE_SHELF: Final = {ItemPlace.CHOSEN, ItemPlace.HELD}
_CALL_NUMBER: Final = re.compile(r"([^0-9]*)([0-9]{0,9})(.*)", re.ASCII | re.DOTALL)
_UNHURRIED: Final = {ServiceLevel.NORMAL, ServiceLevel.STANDARD, ServiceLevel.SECONDARY_MAIL}
_NOWHERE: Final = "(not known)"


class Pull(NamedTuple):
    """One item to fetch, and the request it is for."""

    request: Request
    item: Item


def shelf_key(call_number: str | None) -> tuple[str, int, str]:
    """Order call numbers as they stand on the shelf: letters, whole number, then the decimals as text (QA9 before QA76.73)."""
    found = _CALL_NUMBER.fullmatch(" ".join((call_number or "").split()).casefold())
    assert found is not None, "the pattern fits every text"
    return found[1].strip(), int(found[2] or 0), found[3]


def walking_key(
    branch: str | None, call_number: str | None, title: str | None, barcode: str | None
) -> tuple[str | int, ...]:
    """Order items as somebody walks: by branch, by shelf, by title where many share a place (FIC ADAMS)."""
    branch, title = branch or "", title or ""
    return branch.casefold(), branch, *shelf_key(call_number), title.casefold(), title, barcode or ""


def to_pull(requests: Iterable[Request]) -> list[Pull]:
    """Return the items that are still on the shelf, as somebody walks."""
    pulls = [Pull(request, item) for request in requests for item in request.items if item.place in _ON_THE_SHELF]
    return sorted(pulls, key=_place)


def pull_slips(
    requests: Iterable[Request], partners: Mapping[str, Partner], library: OurLibrary, zone: tzinfo
) -> list[PullSlip]:
    """Say what is to be pulled, in the order in which one walks; `partners` by their ids."""
    return [_slip(pull, partners, library, zone) for pull in to_pull(requests)]


def _place(pull: Pull) -> tuple[str | int, ...]:
    copy = pull.item.copy
    title = copy.title or pull.request.wanted.title
    return walking_key(copy.branch or _NOWHERE, copy.call_number, title, copy.item_barcode)


def _slip(pull: Pull, partners: Mapping[str, Partner], library: OurLibrary, zone: tzinfo) -> PullSlip:
    request, item = pull
    partner = partners.get(request.partner or "")
    return PullSlip(
        library=our_library(library),
        branch=library.branch(item.copy.branch) or _NOWHERE,
        call_number=item.copy.call_number,
        item=item_code(item),
        work=work_of(request.wanted, item),
        is_copy=goes_as_copy(request),
        level=_hurry(request.level),
        doubt=look_first(request, item),
        partner=partner.name if partner else request.requesting_agency,
        our_request=request_code(request.id),
        at_desk=at_desk(request),
        needed_by=local_day(request.need_before, zone),
    )


def _hurry(level: str | None) -> str | None:
    """The service level, if it makes anybody hurry; one that is not of the list may."""
    return None if ServiceLevel.lookup(level or "") in _UNHURRIED else level
