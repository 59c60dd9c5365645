"""Both ends of each setting that trades a person's look against speed: what the requests of a month would be answered with on the first
day's shelves, by the catalogue, the circulation statuses and the policy alone. No request is played, so nothing is learned or lent meanwhile.
"""

import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from bench.month import shelves, truth
from bench.month.expected import Right, right_answer
from bench.month.house import settings_of
from bench.month.proposals import as_judged
from bench.month.truth import Ask, Truth
from gateway.catalogue.cache import KeptAnswer as Searched
from gateway.catalogue.catalogue_finder import CatalogueFinder
from gateway.config import Settings
from gateway.demo.acs.records import State
from gateway.iso18626.codes import ServiceType
from gateway.policy import judging
from gateway.policy.lines import PolicyTerms
from gateway.workflow.calendar import Calendars
from gateway.workflow.finding import Found
from gateway.workflow.policy import Policy
from gateway.workflow.records import Answer, AnswerKind, Copy, CopyStatus

ENDS: Final[Mapping[str, Mapping[str, str]]] = {
    "as delivered, answers by themselves": {},
    "lending.auto_answer: unfilled": {"lending.auto_answer": "unfilled"},
    "lending.auto_answer: off": {"lending.auto_answer": "off"},
    "policy.other_number: false": {"policy.other_number": "false"},
    "policy.without_copyright: staff": {"policy.without_copyright": "staff"},
    "policy.without_copyright: supply": {"policy.without_copyright": "supply"},
    "policy.note_terms: none": {"policy.note_terms": "[]"},
    "policy.too_late: unfilled": {"policy.too_late": "unfilled"},
    "policy.too_late: staff": {"policy.too_late": "staff"},
}
"""By name, the settings that are changed by their keys; the other end of each is what it is delivered with, in the first line."""

ORDERS_ENDS: Final[Mapping[str, Mapping[str, str]]] = {
    "as delivered": {},
    "borrowing.hold_own: false": {"borrowing.hold_own": "false"},
    "borrowing.loan_days: a range for a week": {"borrowing.loan_days": "{pool=21, short=7}"},
    "borrowing.ask_again_days: 3": {"borrowing.ask_again_days": "3"},
    "borrowing.ask_again_days: 14": {"borrowing.ask_again_days": "14"},
    "borrowing.weights.wait: 0": {"borrowing.weights.wait": "0"},
    "borrowing.weights.fill_rate: 100": {"borrowing.weights.fill_rate": "100"},
}
"""Likewise what trades where we ask: of these the orders of each seed are played, alone."""
RARE_LOOKS: Final[Mapping[str, str]] = {"clocks.watch_s": "86400", "clocks.watch_loan_s": "345600"}
"""How often it is looked where a borrowed item is, in these plays: it decides none of their figures, and takes most of a play's time."""


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What a request was found to be: its copies as they stand, whether nothing found is certain, and the truth."""

    ask: Ask
    found: Found
    statuses: tuple[CopyStatus, ...]
    right: Right


async def judged_of(world: Truth) -> list[Judged]:
    """Look each request of a month up, and at the shelves."""
    catalogue = shelves.Catalogue(world.editions, world.seed)
    pools = {"ILL": world.pool, "ILL short": world.short}
    books = shelves.books(world.editions, world.seed, truth.START, catalogue.item_types, pools=pools)

    async def search(query: str) -> Searched:
        return catalogue.search(query, truth.START)

    finder = CatalogueFinder(search, shelves.SETTINGS, now=lambda: truth.START, zone=ZoneInfo("UTC"))
    judged: list[Judged] = []
    for ask in world.asks:
        found = await finder.find(ask.case.wanted)
        statuses = tuple(_status(copy, books) for copy in found.copies)
        right = right_answer(ask, world, books, ask.at)
        judged.append(Judged(ask=ask, found=found, statuses=statuses, right=right))
    return judged


def _status(copy: Copy, books: State) -> CopyStatus:
    item, loan = books.items[copy.item_barcode], books.loans.get(copy.item_barcode)
    queue = sum(hold.item == copy.item_barcode for hold in books.holds.values())
    return CopyStatus(copy=copy, status=item.status.value, queue_length=queue, due_at=loan.due if loan else None)


def counted(world: Truth, judged: Iterable[Judged], changed: Mapping[str, str]) -> Counter[str]:
    """Count what the answers come to under changed settings."""
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_of(world, Path(folder), changed)
    return Counter(_came_to(each, settings) for each in judged)


def _came_to(each: Judged, settings: Settings) -> str:
    policy = settings.lending_policy()
    answer, certain = answered(each, policy, settings.calendars())
    if not (certain and judging.goes_out_alone(answer, policy.auto_answer)):
        return "asked of a person"
    if each.right.fits(*as_judged(answer)):
        return "right without a person"
    return "wrongly promised" if answer.kind is AnswerKind.SUPPLY else "wrongly refused"


def answered(each: Judged, policy: Policy, calendars: Calendars) -> tuple[Answer, bool]:
    """The answer, and whether what was found is certain."""
    if not each.statuses:
        return judging.not_held(), each.found.certain
    return judging.answer(each.statuses, _terms(each.ask), policy, calendars, each.ask.at), True


def _terms(ask: Ask) -> PolicyTerms:
    return PolicyTerms(
        service=ServiceType.COPY if ask.is_copy else ServiceType.LOAN,
        partner=ask.partner,
        need_before=ask.need_before,
        note=ask.wish.value or None,
        copyright=ask.compliance,
    )
