"""Lists to work through: what is to be fetched from the shelves. Plain text, layout.WIDTH columns wide. Pure."""

import re
from collections.abc import Iterable
from datetime import tzinfo
from itertools import groupby
from typing import Final, NamedTuple

from gateway.documents.layout import Block, field, page, sides, wrap
from gateway.documents.words import article_block, local_day, work_block
from gateway.workflow.records import Item, ItemPlace, Request

_ON_THE_SHELF: Final = {ItemPlace.CHOSEN, ItemPlace.HELD}
_CALL_NUMBER: Final = re.compile(r"([^0-9]*)([0-9]{0,9})(.*)", re.ASCII | re.DOTALL)


class Pull(NamedTuple):
    """One item to fetch, and the request it is for."""

    request: Request
    item: Item


def shelf_key(call_number: str | None) -> tuple[str, int, str]:
    """Order call numbers as they stand on the shelf: letters, whole number, then the decimals as text (QA9 before QA76.73)."""
    found = _CALL_NUMBER.fullmatch(" ".join((call_number or "").split()).casefold())
    assert found is not None, "the pattern fits every text"
    return found[1].strip(), int(found[2] or 0), found[3]


def to_pull(requests: Iterable[Request]) -> list[Pull]:
    """Give the items that are still on the shelf, by branch and call number."""
    pulls = [Pull(request, item) for request in requests for item in request.items if item.place in _ON_THE_SHELF]
    return sorted(
        pulls,
        key=lambda pull: (
            _branch(pull).casefold(),
            _branch(pull),
            shelf_key(pull.item.copy.call_number),
            pull.item.barcode,
        ),
    )


def pull_list(requests: Iterable[Request], zone: tzinfo) -> str:
    """List what is to be pulled, branch by branch in the order of the shelves."""
    pulls = to_pull(requests)
    title = sides("PULL LIST", f"{len(pulls)} to pull" if pulls else "nothing to pull")
    blocks: list[Block] = []
    for branch, at_branch in groupby(pulls, key=_branch):
        first, *others = [_entry(pull, zone) for pull in at_branch]
        blocks += [[*wrap(f"Branch: {branch}"), "", *first], *others]
    return page(title, *blocks)


def _branch(pull: Pull) -> str:
    return pull.item.copy.branch or "(not known)"


def _entry(pull: Pull, zone: tzinfo) -> Block:
    request, item = pull
    return [
        *sides(f"[ ] {item.copy.call_number or '(no call number)'}", item.barcode),
        *work_block(request.wanted, item),
        *article_block(request.wanted),
        *field("For", request.partner or request.requesting_agency),
        *field("Our request", request.id),
        *field("Needed by", local_day(request.need_before, zone)),
    ]
