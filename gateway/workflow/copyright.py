"""Copyright of copies we ask for: which compliance a request carries, and the rule of five.

ill.md, "Money, statistics, copyright": copy requests carry US-CCG or US-CCL; articles under five years old: five per title and
calendar year, the sixth stops. The rule is that of the CONTU guidelines (1978) on 17 U.S.C. 108(g)(2): of a periodical's
issues of the five years before the request, five copies in a calendar year; of any other work, five copies of its parts while it
is in copyright. CCG says "conforms to the guidelines" and goes with what they govern, CCL "conforms to the law" with everything else.
Pure; who counts, and where, is elsewhere.
"""

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from gateway.iso18626.codes import CopyrightCompliance, ServiceType
from gateway.workflow.duplicates import normalised
from gateway.workflow.records import State
from gateway.workflow.values import Record, Wanted


class RuleOfFive(Record, frozen=True, kw_only=True):
    """The rule's numbers, as settings."""

    recent_years: int = 5
    warn_from: int = 4
    """The request of a year and title from which on staff are warned."""
    allowed: int = 5
    """Requests of a year and title; the next one stops."""
    protected_years: int = 95
    """A work that is no periodical counts while it is not older (17 U.S.C. 302(c), 304: 95 years from publication at the most, for what is known by
    its year).
    """


class Compliance(Record, frozen=True, kw_only=True):
    """What a request says of copyright (copyrightCompliance), and why."""

    code: CopyrightCompliance
    words: str


class CountVerdict(StrEnum):
    """What the number of a request within its title and year comes to."""

    FINE = "fine"
    WARN = "warn"
    STOP = "stop"


class Copied(Record, frozen=True, kw_only=True):
    """A request for a copy that the rule of five counts, under its key (`count_key`)."""

    key: str
    request: str
    asked_at: datetime
    state: State


class RuleOfFiveJudged(Record, frozen=True, kw_only=True):
    """The verdict of the rule of five on the next request, in words for staff."""

    verdict: CountVerdict
    words: str


def compliance(wanted: Wanted, service: ServiceType, today: date, rule: RuleOfFive) -> Compliance | None:
    """Choose the compliance that a request carries; None for a loan, which needs none.

    An article without a date that can be read counts as recent: the stricter rule does no wrong.
    """
    if service is ServiceType.LOAN:
        return None
    latest = latest_date(wanted.published)
    if not _is_periodical(wanted):
        return _of_another_work(latest, today, rule)
    if latest is None:
        words = "The article's date is not known: it counts as recent."
        return Compliance(code=CopyrightCompliance.US_CCG, words=words)
    if latest > _years_before(today, rule.recent_years):
        words = f"The article is under {rule.recent_years} years old: it counts for the rule of five."
        return Compliance(code=CopyrightCompliance.US_CCG, words=words)
    words = f"The article is {rule.recent_years} years old or older: the rule of five does not apply."
    return Compliance(code=CopyrightCompliance.US_CCL, words=words)


def _of_another_work(latest: date | None, today: date, rule: RuleOfFive) -> Compliance:
    if latest is not None and latest <= _years_before(today, rule.protected_years):
        words = f"The work is {rule.protected_years} years old or older: it is in copyright no more."
        return Compliance(code=CopyrightCompliance.US_CCL, words=words)
    words = f"A part of a work that is no periodical: {rule.allowed} are allowed while it is in copyright."
    return Compliance(code=CopyrightCompliance.US_CCG, words=words)


def count_key(wanted: Wanted, year: int) -> str | None:
    """Return the key under which a request is counted: the periodical, by ISSN or else by title, and the calendar year; another work by its ISBN alone.

    None where nothing names the periodical: then a person must count.
    """
    if not _is_periodical(wanted):
        isbn = next(each.value for each in wanted.identifiers if each.code.upper() == "ISBN")
        return f"isbn:{_without_hyphens(isbn)}"
    number = next((each.value for each in wanted.identifiers if each.code.upper() == "ISSN"), "")
    issn = _without_hyphens(number)
    title = normalised(wanted.title)
    periodical = f"issn:{issn}" if issn else f"title:{title}" if title else None
    return periodical and f"{periodical}/{year}"


def _without_hyphens(number: str) -> str:
    return re.sub(r"[\s-]", "", number).upper()


def is_yearly(key: str) -> bool:
    """Say whether what is counted under a key begins anew each year: a periodical's articles do, parts of other works don't."""
    return not key.startswith("isbn:")


def rule_of_five(so_far: int, rule: RuleOfFive, *, yearly: bool = True) -> RuleOfFiveJudged:
    """Judge one more request of a title and year (or of another work) after `so_far` that count: fine, a warning, or a stop."""
    number = so_far + 1
    if number > rule.allowed:
        which = "of the year for this title" if yearly else "for this work"
        otherwise = ", get permission, or wait for the new year" if yearly else " or get permission"
        words = f"This would be request {number} {which} and {rule.allowed} are allowed: pay the royalty{otherwise}."
        return RuleOfFiveJudged(verdict=CountVerdict.STOP, words=words)
    which = "for this title in the year" if yearly else "for this work while it is in copyright"
    words = f"This is request {number} of {rule.allowed} that are allowed {which}."
    return RuleOfFiveJudged(verdict=CountVerdict.WARN if number >= rule.warn_from else CountVerdict.FINE, words=words)


def kept_since(now: datetime) -> datetime:
    """Return from when on requests for copies are still kept: to the end of the third full calendar year after their own (CONTU guidelines, 4)."""
    return datetime(now.year - 3, 1, 1, tzinfo=now.tzinfo)


def latest_date(published: str | None) -> date | None:
    """The last day that a publication date may mean: of "2021" the last of December; None where it names no year.

    Reads ISO dates and months, and otherwise the latest year that is written: "Spring 2021", "11/2021", "2020/21", "c2019".
    """
    text = published or ""
    if match := _ISO_DAY.search(text):
        day = _day(*map(int, match.groups()))
        if day is not None:
            return day
    if match := _ISO_MONTH.search(text):
        return _last_of_month(int(match[1]), int(match[2]))
    years = [int(found) for found in _YEAR.findall(text)] + _short_second_years(text)
    return date(max(years), 12, 31) if years else None


_ISO_DAY: Final = re.compile(r"(?<!\d)(\d{4})-?(\d\d)-?(\d\d)(?!\d)", re.ASCII)
_ISO_MONTH: Final = re.compile(r"(?<!\d)(1[4-9]\d\d|20\d\d)-(0[1-9]|1[0-2])(?![\d-])", re.ASCII)
_YEAR: Final = re.compile(r"(?<!\d)(1[4-9]\d\d|20\d\d)(?!\d)", re.ASCII)
_SPAN: Final = re.compile(r"(?<!\d)(1[4-9]|20)(\d\d)/(\d\d)(?!\d)", re.ASCII)


def _short_second_years(text: str) -> list[int]:
    """Of "2020/21" the 2021; what runs backwards is a month."""
    return [int(century + second) for century, first, second in _SPAN.findall(text) if second > first]


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _last_of_month(year: int, month: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


def _years_before(day: date, years: int) -> date:
    """The same day so many years before; of 29 February, the 28th."""
    return _day(day.year - years, day.month, day.day) or date(day.year - years, day.month, 28)


def _is_periodical(wanted: Wanted) -> bool:
    """By its ISSN; without one, by having no number that books alone have."""
    codes = {each.code.upper() for each in wanted.identifiers}
    return "ISSN" in codes or "ISBN" not in codes
