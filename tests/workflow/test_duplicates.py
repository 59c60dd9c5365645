"""Same work or not: by numbers first, by title and author where there is none."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.workflow.duplicates import normalised, since, work_keys
from gateway.workflow.values import Identifier, Wanted


def numbers(**values: str) -> tuple[Identifier, ...]:
    return tuple(Identifier(code=code.upper(), value=value) for code, value in values.items())


ALMANAC = Wanted(title="The Imaginary Almanac", author="Invented, Ina", identifiers=numbers(isbn="9780306406157"))
ARTICLE = Wanted(
    title="Journal of Imaginary Facts",
    identifiers=numbers(issn="03785955"),
    volumes=("12",),
    issue="3",
    pages="117-131",
    article_title="On Cafés",
)


@pytest.mark.parametrize(
    ("wanted", "keys"),
    [
        (ALMANAC, ("isbn:9780306406157",)),
        (ARTICLE, ("issn:03785955/v12/i3/p117",)),
        (Wanted(title="A", identifiers=numbers(oclc="42", isbn="9780306406157")), ("isbn:9780306406157", "oclc:42")),
        (Wanted(title="A", identifiers=numbers(doi="10.1000/182", issn="03785955")), ("doi:10.1000/182",)),
        (Wanted(title="The Imaginary Almanac", author="Ina Invented"), ("title:imaginary almanac/invented/",)),
        (Wanted(article_title="On Cafés", article_author="Made-Up, M."), ("title:/made up/on cafes/on cafes",)),
        (Wanted(title="A Journal", identifiers=numbers(issn="03785955")), ("title:journal//",)),
        (Wanted(author="Invented, Ina"), ()),
        (Wanted(identifiers=numbers(local="7")), ()),
    ],
)
def test_the_keys_of_a_work(wanted, keys):
    assert work_keys(wanted) == keys


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ALMANAC, Wanted(identifiers=numbers(isbn="978-0-306-40615-7"))),
        (ARTICLE, Wanted(identifiers=numbers(issn="0378-5955"), volumes=("12",), issue="3", pages="pp. 117\u201331")),
        (
            Wanted(title="The Imaginary Almanac", author="Invented, Ina"),
            Wanted(title="imaginary almanac.", author="I. Invented"),
        ),
        (Wanted(title="Café Ærø"), Wanted(title="CAFE ÆRØ")),
        (Wanted(title="A", volumes=("2", "1")), Wanted(title="A", volumes=("1", "2"))),
    ],
)
def test_the_same_work_in_other_words(one, other):
    assert set(work_keys(one)) & set(work_keys(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ALMANAC, Wanted(title="The Imaginary Almanac", volumes=("2",), identifiers=ALMANAC.identifiers)),
        (ALMANAC, Wanted(article_title="One Chapter", identifiers=ALMANAC.identifiers)),
        (ARTICLE, Wanted(identifiers=ARTICLE.identifiers, volumes=("12",), issue="3", pages="132-140")),
        (ARTICLE, Wanted(identifiers=ARTICLE.identifiers, volumes=("12",), issue="4", pages="117-131")),
        (Wanted(title="Poems", author="Invented, Ina"), Wanted(title="Poems", author="Made-Up, Max")),
        (Wanted(), Wanted()),
    ],
)
def test_other_works(one, other):
    assert not set(work_keys(one)) & set(work_keys(other))


def test_ninety_days_back_count():
    assert since(datetime(2026, 11, 24, 12, tzinfo=UTC)) == datetime(2026, 8, 26, 12, tzinfo=UTC)


_texts = st.none() | st.text(max_size=12)
_works = st.builds(
    Wanted,
    title=_texts,
    author=_texts,
    identifiers=st.lists(
        st.builds(Identifier, code=st.sampled_from(["ISBN", "ISSN", "OCLC", "DOI"]), value=st.text(max_size=8)),
        max_size=3,
    ).map(tuple),
    volumes=st.lists(st.text(max_size=4), max_size=2).map(tuple),
    issue=_texts,
    pages=_texts,
    article_title=_texts,
)


@given(_works)
def test_no_key_of_a_work_comes_twice(wanted: Wanted):
    keys = work_keys(wanted)
    assert len(set(keys)) == len(keys)


@given(st.text())
def test_punctuation_and_outer_blanks_make_no_other_work(text):
    assert normalised(f" «{text}» ...") == normalised(text)


@given(st.text(min_size=300))
def test_a_key_is_short_whatever_the_title(text):
    assert all(len(key) <= 500 for key in work_keys(Wanted(title=text, article_title=text, author=text)))
