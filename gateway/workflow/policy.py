"""The library's lending policy and its clocks, as values.

Types and defaults only: `config` fills them from the settings, `policy.judging` judges by them. Defaults are those of ill.md ("Clocks", "Availability
→ answer").
"""

from enum import StrEnum
from typing import Final

import msgspec

from gateway.workflow.records import Clock
from gateway.workflow.values import Money, Record


class AutoAnswer(StrEnum):
    """Which answers go out without a person (ill.md, "Availability → answer")."""

    OFF = "off"
    OBSERVE = "observe"
    UNFILLED = "unfilled"
    SUPPLY = "supply"
    BOTH = "both"


class Availability(StrEnum):
    """What a circulation status means for a loan to a partner."""

    CANDIDATE = "candidate"
    RETRY = "retry"
    UNFILLED = "unfilled"
    STAFF = "staff"


class StatusRule(Record, frozen=True, kw_only=True):
    """One line of the availability table: what a SIP2 circulation status comes to.

    `reason` is a code of ReasonRetry or ReasonUnfilled; `extra_days` is how much later such a copy can be sent.
    """

    availability: Availability
    reason: str | None = None
    extra_days: int = 0


_NOT_NOW = StatusRule(availability=Availability.RETRY, reason="NotCurrentAvailableForILL")
_ON_LOAN = StatusRule(availability=Availability.RETRY, reason="OnLoan")
_NEVER = StatusRule(availability=Availability.UNFILLED, reason="NotAvailableForILL")

DEFAULT_STATUS_RULES: dict[str, StatusRule] = {
    "01": StatusRule(availability=Availability.STAFF),
    "02": StatusRule(availability=Availability.RETRY, reason="OnOrder"),
    "03": StatusRule(availability=Availability.CANDIDATE),
    "04": _ON_LOAN,
    "05": _ON_LOAN,
    "06": _NOT_NOW,
    "07": _ON_LOAN,
    "08": _NOT_NOW,
    "09": StatusRule(availability=Availability.CANDIDATE, extra_days=1),
    "10": StatusRule(availability=Availability.CANDIDATE, extra_days=2),
    "11": _NEVER,
    "12": _NEVER,
    "13": _NEVER,
}


class PolicyLine(Record, frozen=True, kw_only=True):
    """One line of the lending policy: the first line whose conditions all fit a copy and a partner counts.

    Conditions left out fit everything. Each reason is a code of ReasonUnfilled, or of ReasonRetry: then the refusal is
    a RetryPossible.
    """

    name: str = ""
    """What people call the line."""
    item_types: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    """Ids; together with `groups` one condition: the partner is named, or in a group that is."""
    groups: tuple[str, ...] = ()
    lend: bool = True
    copy: bool = True
    reason: str = "NotAvailableForILL"
    """Why not, where `lend` or `copy` says no."""
    embargo_days: int | None = None
    """Not lent until so many days after it was acquired; where only its year is known, after the end of that year."""
    embargo_reason: str = "NotCurrentAvailableForILL"
    most_at_once: int | None = None
    """Not lent to a partner that has so many loans promised or out."""
    limit_reason: str = "NotCurrentAvailableForILL"
    days: int | None = None
    renewals: int | None = None
    """How often a loan may be renewed; None leaves it to the circulation system."""
    cost: Money | None = None
    condition: str | None = None
    """A code of LoanCondition."""


class WithoutRule(StrEnum):
    """What a request for a copy is answered with that does not say under which rule of copyright it is asked for."""

    SUPPLY = "supply"
    STAFF = "staff"
    UNFILLED = "unfilled"
    """Unfilled PolicyProblem."""


class TooLate(StrEnum):
    """What is answered where no copy can be with the partner by the day that it named."""

    RETRY = "retry"
    """RetryPossible ReqDelDateNotPossible, with the day on which it could be sent."""
    UNFILLED = "unfilled"
    STAFF = "staff"


class Preference(StrEnum):
    """A rule by which one copy is better than another (policy/choosing.py)."""

    AVAILABLE = "available"
    SOONEST = "soonest"
    HOLDS = "holds"
    BRANCH = "branch"
    ITEM_TYPE = "item type"


NOTE_TERMS: Final = (
    "large print", "large type", "only", "must", "otherwise", "else do not", "do not send", "don't send", "hardcover", "hardback",
    "paperback", "unabridged", "with cd", "with the cd", "with dvd", "with the dvd", "edition", "translation", "illustrated",
)  # fmt: skip


class Policy(Record, frozen=True, kw_only=True):
    """Everything that decides what a request is answered with."""

    lines: tuple[PolicyLine, ...] = ()
    status_rules: dict[str, StatusRule] = msgspec.field(default_factory=lambda: dict(DEFAULT_STATUS_RULES))
    auto_answer: AutoAnswer = AutoAnswer.OFF
    lend_with_queue: bool = False
    """Whether a copy with holds waiting (CF above 0) is still a candidate."""
    loan_days: int = 42
    delivery_days: int = 2
    """Open days from the answer to a candidate's sending, where nothing is known of its branch's courier."""
    shipping_days: int = 3
    """Days from our desk to a partner, by which a request's needBeforeDate is judged."""
    too_late: TooLate = TooLate.RETRY
    other_number: bool = True
    """Whether a copy goes out by itself whose title, author and year are those asked for, and whose number alone is another."""
    without_copyright: WithoutRule = WithoutRule.UNFILLED
    note_terms: tuple[str, ...] = NOTE_TERMS
    """Words in a partner's note that say which copy will do: no promise goes out by itself."""
    max_copies: int = 20
    """How many copies are asked about at the most."""
    preferences: tuple[Preference, ...] = tuple(Preference)
    """The rules by which the best of several candidates is chosen, the first the strongest."""
    branch_order: tuple[str, ...] = ()
    """Branches, the nearest to the ILL desk first; those left out come last."""
    item_type_order: tuple[str, ...] = ()
    """Item types, the cheapest first; those left out come last."""
    transit_days: tuple[str, ...] = ()
    """Open days in which branches bring a book, each as `MAIN=2`: they count before the settings' and what was learned."""
    paused: bool = False
    paused_reason: str = "NotCurrentAvailableForILL"
    """The ReasonRetry of the automatic answer while lending is paused."""
    paused_note: str = "Lending is paused for the moment. Please ask again later."

    def days_of_branches(self) -> dict[str, int]:
        """Return `transit_days` by branch; what is no number of days is left out."""
        pairs = (each.rpartition("=") for each in self.transit_days)
        return {branch.strip(): int(days) for branch, _, days in pairs if branch.strip() and days.strip().isdecimal()}

    def called(self, line: PolicyLine) -> str:
        """Say what people call a line of this policy: its name, else its place; nothing for one that is not its own."""
        return line.name or next((f"line {place}" for place, own in enumerate(self.lines, 1) if own == line), "")


class ClockSetting(Record, frozen=True, kw_only=True):
    """How long a clock runs: days, or seconds where a day is too coarse. Open days skip the days we are closed."""

    days: int = 0
    seconds: float = 0.0
    open_days: bool = False

    def longer_by(self, days: int) -> "ClockSetting":
        """Return one that runs so many days of the same kind longer; one of seconds stays as it is."""
        return msgspec.structs.replace(self, days=self.days + days) if days and self.days else self


DEFAULT_CLOCKS: dict[Clock, ClockSetting] = {
    Clock.UNDECIDED: ClockSetting(seconds=60),
    Clock.DEADLINE: ClockSetting(days=30),
    Clock.CONDITION: ClockSetting(days=4, open_days=True),
    Clock.HOLD_AMBER: ClockSetting(days=2, open_days=True),
    Clock.HOLD: ClockSetting(days=3, open_days=True),
    Clock.RECEIPT: ClockSetting(days=14),
    Clock.OVERDUE_FIRST: ClockSetting(days=1),
    Clock.OVERDUE_SECOND: ClockSetting(days=7),
    Clock.OVERDUE_THIRD: ClockSetting(days=21),
    Clock.BILLABLE: ClockSetting(days=42),
    Clock.RETURN: ClockSetting(days=30),
    Clock.LENDER_ANSWER: ClockSetting(days=3, open_days=True),
    Clock.LENDER_ANSWER_RUSH: ClockSetting(seconds=24 * 3600),
    Clock.LENDER_ANSWER_EXPRESS: ClockSetting(seconds=2 * 3600),
    Clock.LENDER_SENDS: ClockSetting(days=7, open_days=True),
    Clock.SILENCE: ClockSetting(days=1, open_days=True),
    Clock.WITHDRAWAL: ClockSetting(days=1, open_days=True),
    Clock.COPY_RECEIPT: ClockSetting(days=7),
    Clock.RENEWAL: ClockSetting(days=1, open_days=True),
    Clock.WATCH: ClockSetting(seconds=3600),
    Clock.WATCH_LOAN: ClockSetting(seconds=4 * 3600),
}
