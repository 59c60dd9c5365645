"""Copyright compliance of copy requests, and the rule of five."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.iso18626.codes import CopyrightCompliance, ServiceType
from gateway.workflow.copyright import (
    CountVerdict,
    RuleOfFive,
    compliance,
    count_key,
    is_yearly,
    latest_date,
    rule_of_five,
)
from gateway.workflow.values import Identifier, Wanted

RULE = RuleOfFive()
TODAY = date(2026, 11, 24)
ISSN = (Identifier(code="ISSN", value="03785955"),)
ISBN = (Identifier(code="ISBN", value="9780306406157"),)


def code(
    published: str | None,
    identifiers: tuple[Identifier, ...] = ISSN,
    *,
    service: ServiceType = ServiceType.COPY,
    today: date = TODAY,
) -> str | None:
    chosen = compliance(Wanted(published=published, identifiers=identifiers), service, today, RULE)
    return chosen.code.value if chosen else None


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        ("2026-11-01", "US-CCG"),
        ("2021-11-25", "US-CCG"),
        ("2021-11-24", "US-CCL"),
        ("20211125", "US-CCG"),
        ("2021-11", "US-CCG"),
        ("2021-10", "US-CCL"),
        ("2021", "US-CCG"),
        ("2020", "US-CCL"),
        ("Spring 2021", "US-CCG"),
        ("2020/21", "US-CCG"),
        ("1999", "US-CCL"),
        ("in press", "US-CCG"),
        (None, "US-CCG"),
    ],
)
def test_articles_under_five_years_old_go_by_the_guidelines_and_older_ones_by_the_law(published, expected):
    assert code(published) == expected


def test_the_28th_stands_in_for_a_29th_of_february():
    assert code("2023-03-01", today=date(2028, 2, 29)) == "US-CCG"
    assert code("2023-02-28", today=date(2028, 2, 29)) == "US-CCL"


@pytest.mark.parametrize(
    ("published", "expected"), [("2026", "US-CCG"), (None, "US-CCG"), ("1935", "US-CCG"), ("1930", "US-CCL")]
)
def test_a_part_of_a_book_goes_by_the_guidelines_while_it_is_in_copyright(published, expected):
    assert code(published, ISBN) == expected


def test_parts_of_a_book_are_counted_whatever_the_year():
    wanted = Wanted(title="A Book", identifiers=ISBN)
    key = count_key(wanted, 2026)
    assert (key, count_key(wanted, 2031)) == ("isbn:9780306406157", key)
    assert key is not None
    assert not is_yearly(key)
    assert is_yearly("issn:03785955/2026")
    assert "wait for the new year" not in rule_of_five(5, RULE, yearly=False).words


def test_what_has_neither_number_is_taken_for_a_periodical():
    assert code("2026", ()) == "US-CCG"


def test_a_series_with_both_numbers_is_a_periodical():
    assert code("2026", (*ISBN, *ISSN)) == "US-CCG"


def test_a_loan_carries_none_and_copy_or_loan_does():
    assert code("2026", service=ServiceType.LOAN) is None
    assert code("2026", service=ServiceType.COPY_OR_LOAN) == "US-CCG"


def test_the_words_say_why():
    chosen = compliance(Wanted(identifiers=ISSN), ServiceType.COPY, TODAY, RULE)
    assert chosen is not None
    assert (chosen.code, chosen.words) == (
        CopyrightCompliance.US_CCG,
        "The article's date is not known: it counts as recent.",
    )


@pytest.mark.parametrize(
    ("so_far", "verdict"),
    [
        (0, CountVerdict.FINE),
        (2, CountVerdict.FINE),
        (3, CountVerdict.WARN),
        (4, CountVerdict.WARN),
        (5, CountVerdict.STOP),
        (90, CountVerdict.STOP),
    ],
)
def test_the_fourth_warns_and_the_sixth_stops(so_far, verdict):
    counted = rule_of_five(so_far, RULE)
    assert counted.verdict is verdict
    assert f"request {so_far + 1} of " in counted.words


@pytest.mark.parametrize(
    ("wanted", "key"),
    [
        (Wanted(title="A Journal", identifiers=(Identifier(code="ISSN", value="2434-561x"),)), "issn:2434561X/2026"),
        (Wanted(title="The Journal of Imaginary Facts"), "title:journal of imaginary facts/2026"),
        (Wanted(title="Journal of Imaginary Facts."), "title:journal of imaginary facts/2026"),
        (Wanted(article_title="On Cafés"), None),
    ],
)
def test_requests_are_counted_by_periodical_and_year(wanted, key):
    assert count_key(wanted, 2026) == key


@pytest.mark.parametrize(
    ("published", "latest"),
    [
        ("2021-02", date(2021, 2, 28)),
        ("2021-12", date(2021, 12, 31)),
        ("2021-13-45", date(2021, 12, 31)),
        ("c2019", date(2019, 12, 31)),
        ("11/2021", date(2021, 12, 31)),
        ("2020/05", date(2020, 12, 31)),
        ("1998-2021", date(2021, 12, 31)),
        ("20211301", None),
        ("no. 42", None),
        ("", None),
    ],
)
def test_a_vague_date_means_its_last_day(published, latest):
    assert latest_date(published) == latest


@given(st.dates(date(1400, 1, 1), date(2099, 12, 31)))
def test_a_whole_date_means_itself_and_a_month_or_year_its_end(day: date):
    assert latest_date(day.isoformat()) == day
    month = latest_date(f"{day:%Y-%m}")
    assert month is not None
    assert day <= month <= date(day.year, 12, 31)
    assert latest_date(f"{day.year}") == date(day.year, 12, 31)


@given(st.text())
def test_any_text_is_read_as_a_date_or_not(text):
    assert latest_date(text) is None or any(char.isdigit() for char in text)
