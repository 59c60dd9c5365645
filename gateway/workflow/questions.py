"""What can be asked of facts: what is counted, by which of its parts, and how long something took. Values alone; `store` knows how to count."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from gateway.workflow.facts import LEGS, Leg, Milestone
from gateway.workflow.values import Record


class Part(StrEnum):
    """What facts are told apart by; the names of fields of a `Fact`, or of an `Attempt`."""

    ROLE = "role"
    PARTNER = "partner"
    OWN = "own"
    """"1": under our own administration, else "0"."""
    BRANCH = "branch"
    SERVICE = "service"
    OUTCOME = "outcome"
    REASON = "reason"
    POLICY_LINE = "policy_line"
    PROPOSAL = "proposal"
    PROPOSAL_REASON = "proposal_reason"
    DECISION = "decision"
    DECISION_REASON = "decision_reason"
    DIFFERENCE = "difference"
    BY_PERSON = "by_person"
    TAKEN_UP = "taken_up"
    PLACE = "place"
    CURRENCY = "currency"
    RESULT = "result"
    """Of an attempt alone."""


class Population(StrEnum):
    """What is counted: requests, or the lenders that were asked for them."""

    FACTS = "facts"
    ATTEMPTS = "attempts"


class Amount(StrEnum):
    """What is added up in place of counting, in the currency's minor unit; the names of fields of a `Fact`."""

    CHARGED = "charged_minor"
    PAID = "paid_minor"


class AttemptTime(StrEnum):
    """By what time attempts are counted."""

    ASKED = "asked_at"
    ANSWERED = "answered_at"
    SENT = "sent_at"


class Only(Record, frozen=True):
    """Only what has one of these values."""

    part: Part
    values: tuple[str, ...]
    is_other: bool = False
    """What has none of them instead."""


class FactsQuestion(Record, frozen=True, kw_only=True):
    """How many (or how much) happened in a span of time, by the values of each part."""

    when: Milestone | AttemptTime
    only: tuple[Only, ...] = ()
    by: tuple[Part, ...] = ()
    source: Population = Population.FACTS
    amount: Amount | None = None
    leg: Leg | None = None
    """Only what has taken this leg, which was measured when it ended, and is not taken back."""

    @property
    def is_corrected(self) -> bool:
        """Whether what it counts can count no more, or once more, later on."""
        return isinstance(self.when, Milestone) and self.leg is None


class WorkBy(StrEnum):
    """By what acts of people are put together."""

    DAY = "day"
    HOUR = "hour"


class HowLong(Record, frozen=True, kw_only=True):
    """How long a leg took that ended in a span of time, by the values of each part."""

    leg: Leg
    only: tuple[Only, ...] = ()
    by: tuple[Part, ...] = ()
    step_h: int = 1
    """To so many hours: with more than one, medians are as coarse, and open days are left out; so a thousand partners are told apart in time."""


def ended(measured: HowLong) -> FactsQuestion:
    """Return the question how many legs ended, of those whose length is asked for."""
    role, _, end = LEGS[measured.leg]
    return FactsQuestion(when=end, only=(Only(part=Part.ROLE, values=(role.value,)), *measured.only), leg=measured.leg)


Span = tuple[datetime, datetime]
"""From the first moment until the other, which is not in it."""
Key = tuple[str, ...]
"""The values of the parts, in their order."""
Counts = Mapping[Key, int]


class Tally(msgspec.Struct, frozen=True, array_like=True):
    """How often there was which whole number: the numbers in their order, and beside each how often."""

    values: tuple[int, ...] = ()
    counts: tuple[int, ...] = ()


class Took(msgspec.Struct, frozen=True, array_like=True):
    """How long legs took: all of them together, and how many of them so many whole hours, and so many open days."""

    seconds: int = 0
    hours: Tally = Tally()
    open_days: Tally = Tally()


Stretches = Mapping[Key, Took]


class FactsSaid(msgspec.Struct, frozen=True, kw_only=True):
    """What facts say to several questions, by their names, of one span of time."""

    counts: Mapping[str, Counts] = {}
    stretches: Mapping[str, Stretches] = {}


class Behind(msgspec.Struct, frozen=True, kw_only=True):
    """One request behind a number: its own number as long as it is kept, and what its fact says."""

    request: str | None
    at: datetime
    count: int = 1
    """Below 0: it counts no more from then on. How much of it there is, if the question adds up an amount."""
    parts: Mapping[Part, str]


class BehindPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some of the requests behind a number, in the order in which it happened; what was corrected comes before the first of them."""

    rows: tuple[Behind, ...]
    next: tuple[int, int] | None
    """The `after` of the next page; None if this is the last."""
