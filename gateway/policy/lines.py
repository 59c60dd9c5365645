"""Which line of the lending policy is about a copy and a partner, and what that line says. Pure.

The first line that fits counts, in the order in which the table is read. `mismatches` is the one place that knows what
fitting means: the verdict asks whether there is any, the dry run prints them.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

import msgspec

from gateway.iso18626.codes import ServiceType
from gateway.workflow.policy import Policy, PolicyLine
from gateway.workflow.records import Copy
from gateway.workflow.values import Money

ANY_COPY_LINE = PolicyLine()
"""What holds for a copy that no line of the policy is about."""
YEARS = range(1000, 3000)
"""What can be a year of publication; catalogues also hold 0 and 9999."""


class PolicyTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What of the request the policy looks at. `open_loans`: how many loans the partner has, promised or out."""

    service: ServiceType
    partner: str | None = None
    groups: tuple[str, ...] = ()
    max_cost: Money | None = None
    fee: Money | None = None
    """What the partner pays for a request by its own terms, where no line of the policy says otherwise."""
    open_loans: int = 0
    need_before: datetime | None = None
    """The day by which the partner needs it."""
    note: str | None = None
    """The partner's own words, which may say which copy will do."""
    copyright: str | None = None
    """Under which rule of copyright a copy is asked for; None: the request does not say."""
    form: str | None = None
    """In which form it is wanted, a code of Format; None: the request does not say."""


class Mismatch(msgspec.Struct, frozen=True):
    """A condition of a line that does not hold: what it is about, what was found, what the line asks for."""

    about: str
    found: str | None
    wanted: tuple[str, ...]

    def words(self) -> str:
        """Say it."""
        return f"{self.about} {self.found or 'unknown'}, not {' or '.join(self.wanted)}"


class PolicyRefusal(msgspec.Struct, frozen=True, kw_only=True):
    """A line's no: its ISO reason, and the day from which on it is no more, where that is known."""

    reason: str
    words: str
    until: date | None = None


def line_for(copy: Copy, terms: PolicyTerms, policy: Policy) -> PolicyLine:
    """Return the first line that fits, else one that allows everything."""
    return next((line for line in policy.lines if fits(line, copy, terms)), ANY_COPY_LINE)


def lines_for(copies: Iterable[Copy], terms: PolicyTerms, policy: Policy) -> Iterator[PolicyLine]:
    """Yield the line of each copy; copies that no condition tells apart are looked up once."""
    known: dict[tuple[str | None, ...], PolicyLine] = {}
    for copy in copies:
        kind = (copy.item_type, copy.collection, copy.branch)
        if kind not in known:
            known[kind] = line_for(copy, terms, policy)
        yield known[kind]


def fits(line: PolicyLine, copy: Copy, terms: PolicyTerms) -> bool:
    """Say whether each condition that the line has holds."""
    return next(mismatches(line, copy, terms), None) is None


def mismatches(line: PolicyLine, copy: Copy, terms: PolicyTerms) -> Iterator[Mismatch]:
    """Yield each condition of a line that does not hold."""
    if line.item_types and copy.item_type not in line.item_types:
        yield Mismatch("item type", copy.item_type, line.item_types)
    if line.collections and copy.collection not in line.collections:
        yield Mismatch("collection", copy.collection, line.collections)
    if line.branches and copy.branch not in line.branches:
        yield Mismatch("branch", copy.branch, line.branches)
    named = line.partners or line.groups
    if named and terms.partner not in line.partners and not any(group in line.groups for group in terms.groups):
        yield Mismatch("partner", terms.partner, (*line.partners, *(f"group {group}" for group in line.groups)))


def refusal(line: PolicyLine, copy: Copy, terms: PolicyTerms, day: date) -> PolicyRefusal | None:
    """Say why the line does not let the copy go on that day; None where it does. Embargo and limit are about loans alone."""
    if terms.service is ServiceType.COPY:
        return None if line.copy else PolicyRefusal(reason=line.reason, words="no copies are made of it by the policy")
    if not line.lend:
        return PolicyRefusal(reason=line.reason, words="not for loan by the policy")
    until = embargo_end(line, copy)
    if until is not None and day < until:
        return PolicyRefusal(reason=line.embargo_reason, words=f"new, not lent before {until}", until=until)
    if line.most_at_once is not None and terms.open_loans >= line.most_at_once:
        words = f"the partner has {terms.open_loans} loans, {line.most_at_once} at once are the most"
        return PolicyRefusal(reason=line.limit_reason, words=words)
    return None


def fee_of(line: PolicyLine, terms: PolicyTerms) -> Money | None:
    """What the line asks for, else the partner's terms; a line that asks for nothing at all frees from these."""
    cost = terms.fee if line.cost is None else line.cost
    return None if cost is None or not cost.amount else cost


def embargo_end(line: PolicyLine, copy: Copy) -> date | None:
    """The first day on which the copy may go; None without an embargo, and for a copy whose age nobody knows.

    Of a year alone the last day counts: the copy may have come as late as that.
    """
    if line.embargo_days is None:
        return None
    began = copy.acquired_on or _last_day(copy.published)
    return None if began is None else began + timedelta(days=line.embargo_days)


def _last_day(year: int | None) -> date | None:
    return date(year, 12, 31) if year is not None and year in YEARS else None
