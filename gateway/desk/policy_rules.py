"""What a lending policy must be to be of use: every fault in words, with its field. Pure.

Codes are those of ISO 18626's open lists, none is ever invented; names are those of partners and groups that there are.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from gateway.iso18626.codes import LoanCondition, OpenCode, ReasonRetry, ReasonUnfilled
from gateway.money.amounts import price_faults
from gateway.partners.reading import RecordFault
from gateway.workflow.partners import Partner
from gateway.workflow.policy import Availability, Policy, PolicyLine

MOST_LINES: Final = 1000
MOST_DAYS: Final = 36_500
"""A hundred years: no date that is so many days ahead lies beyond the calendar."""
LONGEST_TEXT: Final = 500

_STATUS: Final = re.compile(r"0[1-9]|1[0-3]")
_TRANSIT: Final = re.compile(r"\S(?:.{0,98}\S)?\s*=\s*\d{1,2}", re.ASCII)
_EITHER: Final = (ReasonUnfilled, ReasonRetry)
_REASONS_OF: Final[Mapping[Availability, tuple[type[OpenCode], ...]]] = {
    Availability.RETRY: (ReasonRetry,),
    Availability.UNFILLED: (ReasonUnfilled,),
}


def policy_faults(policy: Policy, partners: Iterable[Partner]) -> tuple[RecordFault, ...]:
    """Return everything that is wrong with a policy."""
    known = tuple(partners)
    ids, groups = {partner.id for partner in known}, {group for partner in known for group in partner.groups}
    found = [*_library_faults(policy), *_status_faults(policy)]
    for number, line in enumerate(policy.lines):
        found += (RecordFault(f"lines.{number}.{each.field}", each.words) for each in line_faults(line, ids, groups))
    return tuple(found)


def pause_faults(policy: Policy) -> tuple[RecordFault, ...]:
    """Return what is wrong with the pause alone: whatever else a policy may name that is gone, lending can be paused."""
    return tuple(_code_faults("paused_reason", policy.paused_reason, (ReasonRetry,)))


def line_faults(line: PolicyLine, partners: Collection[str], groups: Collection[str]) -> Iterator[RecordFault]:
    """Yield what is wrong with one line."""
    for field in ("reason", "embargo_reason", "limit_reason"):
        yield from _code_faults(field, getattr(line, field), _EITHER)
    if line.condition is not None:
        yield from _code_faults("condition", line.condition, (LoanCondition,))
    for field, least in (("days", 1), ("embargo_days", 1), ("most_at_once", 0), ("renewals", 0)):
        yield from _number_faults(field, getattr(line, field), least)
    yield from (RecordFault(f"cost.{part}", words) for part, words in price_faults(line.cost))
    yield from (
        RecordFault("partners", f"there is no partner “{each}”") for each in line.partners if each not in partners
    )
    yield from (
        RecordFault("groups", f"no partner is in a group “{each}”") for each in line.groups if each not in groups
    )
    for field in ("item_types", "collections", "branches"):
        if "" in getattr(line, field):
            yield RecordFault(field, "must not name nothing")
    if len(line.name) > LONGEST_TEXT:
        yield RecordFault("name", f"at most {LONGEST_TEXT} characters")


def _library_faults(policy: Policy) -> Iterator[RecordFault]:
    for field, least in (("loan_days", 1), ("delivery_days", 0), ("shipping_days", 0), ("max_copies", 1)):
        yield from _number_faults(field, getattr(policy, field), least)
    yield from pause_faults(policy)
    if any(len(term) > LONGEST_TEXT or not term.strip() for term in policy.note_terms):
        yield RecordFault("note_terms", f"words, and none longer than {LONGEST_TEXT} characters")
    if any(not _TRANSIT.fullmatch(each) for each in policy.transit_days):
        yield RecordFault("transit_days", "each like MAIN=2: a branch's code, and its open days")
    if len(policy.lines) > MOST_LINES:
        yield RecordFault("lines", f"at most {MOST_LINES}")


def _status_faults(policy: Policy) -> Iterator[RecordFault]:
    for status, rule in policy.status_rules.items():
        field = f"status_rules.{status}"
        if not _STATUS.fullmatch(status):
            yield RecordFault(field, "must be a circulation status, 01 to 13")
        lists = _REASONS_OF.get(rule.availability)
        if lists is None and rule.reason is not None:
            yield RecordFault(f"{field}.reason", f"“{rule.availability}” takes none")
        if lists is not None:
            yield from _code_faults(f"{field}.reason", rule.reason or "", lists)
        yield from _number_faults(f"{field}.extra_days", rule.extra_days, 0)


def _number_faults(field: str, value: int | None, least: int) -> Iterator[RecordFault]:
    if value is not None and not least <= value <= MOST_DAYS:
        yield RecordFault(field, f"must be from {least} to {MOST_DAYS}")


def _code_faults(field: str, code: str, lists: tuple[type[OpenCode], ...]) -> Iterator[RecordFault]:
    if all(codes.lookup(code) is None for codes in lists):
        known = ", ".join(each for codes in lists for each in codes)
        yield RecordFault(field, f"“{code}” is none of {known}")
