"""A partner's figures over a period of days."""

from collections.abc import Mapping
from datetime import date, datetime

import msgspec


class FiguresQuery(msgspec.Struct, frozen=True, kw_only=True):
    """The days, by the library's clock; the last 90 if none are named."""

    first: date | None = None
    last: date | None = None


class BackOffShown(msgspec.Struct, frozen=True, kw_only=True):
    """Until when a system is left alone, after so many failures, and why."""

    lane: str
    until: datetime
    failures: int
    words: str
    since: datetime | None
    """Since when nothing has worked there."""


class AnswerTimes(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds from the arrival of a request to the partner's confirmation of our first answer; None without any."""

    count: int
    median_s: float | None
    p90_s: float | None


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """The figures; how each is counted is said in `reports/partner.py`."""

    requests: int
    results: Mapping[str, int]
    fill_rate: float | None
    answer_times: AnswerTimes
    messages_in: int
    messages_out: int
    refused_by_partner: int
    repaired_messages: int
    repairs: Mapping[str, int]
    faults: Mapping[str, Mapping[str, int]]
    complete: bool
    """False if only the newest requests were looked at."""


class KnownValue(msgspec.Struct, frozen=True, kw_only=True):
    """A value that choices rest on: what counts, by what it goes, and what was learned where staff have set another."""

    name: str
    value: str
    basis: str
    learned: str | None


class FiguresShown(msgspec.Struct, frozen=True, kw_only=True):
    """A partner's figures, and the back-off that messages to its peer are under now."""

    partner: str
    peer: str
    first: date
    last: date
    backoff: BackOffShown | None
    figures: Figures
    as_lender: tuple[KnownValue, ...] = ()
    """What is known of it as a lender."""
    as_borrower: tuple[KnownValue, ...] = ()
    """Likewise where we lend to it."""
