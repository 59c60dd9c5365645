"""Times, days and counts as the department writes them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gateway.pages.words import (
    age_words,
    browser_words,
    counted,
    day_words,
    full_words,
    lasted_words,
    lasting_words,
    moment_words,
)

TODAY = date(2026, 11, 26)
NOW = datetime(2026, 11, 26, 14, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (TODAY, "today"),
        (TODAY + timedelta(days=1), "tomorrow"),
        (TODAY - timedelta(days=1), "yesterday"),
        (TODAY + timedelta(days=4), "Monday 30 November"),
        (TODAY + timedelta(days=7), "3 December"),
        (TODAY - timedelta(days=3), "23 November"),
        (date(2027, 1, 7), "7 January 2027"),
    ],
)
def test_a_day_is_named_as_people_say_it(day: date, words: str):
    assert day_words(day, TODAY) == words


def test_a_moment_is_told_in_the_librarys_time():
    zone = ZoneInfo("America/New_York")
    assert moment_words(datetime(2026, 11, 27, 3, 30, tzinfo=UTC), NOW, zone) == "today 22:30"
    assert full_words(datetime(2026, 11, 27, 3, 30, 9, tzinfo=UTC), zone) == "Thursday, 26 November 2026, 22:30:09"


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=20), "20 min"),
        (timedelta(hours=3), "3 h"),
        (timedelta(hours=47), "47 h"),
        (timedelta(hours=48), "2 days"),
        (timedelta(days=729), "729 days"),
        (timedelta(days=1461), "4 years"),
    ],
)
def test_an_age_is_as_exact_as_it_matters(passed: timedelta, words: str):
    assert age_words(NOW - passed, NOW) == words


def test_a_count_goes_with_its_word():
    assert counted(1, "request") == "1 request"
    assert counted(1200, "request") == "1,200 requests"
    assert counted(2, "thing needs", "things need") == "2 things need"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/1.0 Safari/537.36 Edg/1.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1",
            "Safari on iPad",
        ),
        ("curl/8.0", "curl/8.0"),
        ("", "unknown"),
    ],
)
def test_a_browser_is_named(agent: str, words: str):
    assert browser_words(agent) == words


@pytest.mark.parametrize(
    ("time", "words"),
    [(timedelta(hours=8), "8 hours"), (timedelta(days=1), "1 day"), (timedelta(minutes=90), "90 minutes")],
)
def test_how_long_something_lasts_is_said(time: timedelta, words: str):
    assert lasting_words(time) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.02, "1 s"), (40.4, "40 s"), (61, "1 min"), (7_300, "2 h"), (180_000, "2 days"), (126_230_400, "4 years")],
)
def test_what_took_no_time_took_a_second_at_the_most(seconds: float, words: str):
    assert lasted_words(seconds) == words
