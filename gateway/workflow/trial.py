"""What is tried of the policy without touching anything: the question, and the whole reasoning. Values alone."""

from datetime import date
from typing import Annotated

import msgspec

from gateway.iso18626.codes import ServiceType
from gateway.workflow.policy import AutoAnswer, Availability, Policy
from gateway.workflow.records import Answer, CopyStatus
from gateway.workflow.values import Money, Record, Wanted


class Supposed(Record, frozen=True, kw_only=True):
    """What the copies are taken to be, in place of what the catalogue says of them."""

    item_type: str | None = None
    collection: str | None = None
    branch: str | None = None
    published: int | None = None
    acquired_on: date | None = None


class TrialQuestion(Record, frozen=True, kw_only=True):
    """What is tried: for whom, which service, which work.

    Without a citation one copy is imagined, as it is `supposed` to be; with `status`, a circulation status, nobody is asked.
    """

    partner: str | None = None
    """The id, or any symbol as `type:value`; None for a library that is none of our partners."""
    service: ServiceType = ServiceType.LOAN
    wanted: Wanted = Wanted()
    max_cost: Money | None = None
    supposed: Supposed = Supposed()
    status: Annotated[str, msgspec.Meta(pattern="^(0[1-9]|1[0-3])$")] | None = None
    policy: Policy | None = None
    """A policy that is tried in place of the one that counts."""


class LineRead(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the policy as it was read for a copy: its number from 1 on, and why it does not fit, where it doesn't."""

    number: int
    name: str
    fits: bool
    why: tuple[str, ...] = ()


class CopyVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a copy comes to for one service."""

    service: ServiceType
    availability: Availability
    reason: str | None
    words: str


class CopyTrial(msgspec.Struct, frozen=True, kw_only=True):
    """One copy: what 17 said of it or is assumed, the lines that were read, what it comes to."""

    status: CopyStatus
    lines: tuple[LineRead, ...]
    verdicts: tuple[CopyVerdict, ...]


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """The whole reasoning."""

    partner: str | None
    partner_name: str
    service: ServiceType
    policy_version: int
    auto_answer: AutoAnswer
    found: str
    """How the copies were found."""
    copies: tuple[CopyTrial, ...]
    asked: bool
    """Whether the circulation system was asked; else the statuses are assumed."""
    open_loans: int
    answer: Answer
    told: str
    """The answer as the partner would be told it."""
    goes_out: bool
    """Whether it would go out without a person."""
