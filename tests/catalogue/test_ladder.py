"""The ladder: which queries in which order."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.catalogue import cql, ladder, pqf
from gateway.catalogue.ladder import key_queries, rungs
from gateway.catalogue.language import Language, WithoutOr
from gateway.workflow.catalogue import Indexes
from gateway.workflow.catalogue_products import PRODUCTS
from gateway.workflow.values import Identifier, Wanted
from tests.catalogue.records import INDEXES


def identifier(code: str, value: str) -> Identifier:
    return Identifier(code=code, value=value)


# ── which queries ──


def test_the_keys_come_best_first_and_the_title_last():
    wanted = Wanted(
        record_id="b1",
        identifiers=(
            identifier("ISSN", "2049-3630"),
            identifier("ISBN", "0306406152"),
            identifier("LCCN", "56-729634"),
            identifier("OCLC", "ocm00012345"),
        ),
        title="The Imaginary Almanac",
    )
    words = [rung.words for rung in rungs(wanted, INDEXES)]
    assert words[:5] == [
        "record number b1",
        "OCLC number 12345",
        "LCCN 56729634",
        "ISBN 9780306406157",
        "ISSN 20493630",
    ]
    assert words[5] == "title “The Imaginary Almanac”"


def test_mended_numbers_come_after_all_that_are_right():
    wanted = Wanted(identifiers=(identifier("ISBN", "978030640615"), identifier("ISSN", "2049-3630")))
    assert [(rung.key, rung.mended, rung.is_completed) for rung in rungs(wanted, INDEXES)] == [
        ("issn:20493630", False, False),
        ("isbn:9780306406157", True, True),
    ]
    mistyped = Wanted(identifiers=(identifier("ISBN", "9780306406159"),))
    assert [(rung.mended, rung.is_completed) for rung in rungs(mistyped, INDEXES)] == [(True, False)]


def test_a_kind_without_an_index_is_not_searched():
    wanted = Wanted(identifiers=(identifier("OCLC", "12345"),))
    assert list(rungs(wanted, Indexes(oclc=""))) == []


@pytest.mark.parametrize(
    ("key", "spellings"),
    [
        ("oclc:12345", ["12345", "ocm00012345", "00012345", "0000012345", "(OCoLC)12345", "(OCoLC)ocm00012345"]),
        ("oclc:123456789", ["ocn123456789", "(OCoLC)ocn123456789"]),
        ("oclc:1234567890", ["on1234567890"]),
        ("lccn:56000001", ["56000001", "56-000001", "56-1"]),
        ("isbn:9780306406157", ["9780306406157", "0306406152", "978030640615", "030640615", "978-0-306-40615-7"]),
        ("isbn:9791090636071", ["9791090636071", "979109063607"]),
        ("issn:20493630", ["2049-3630", "20493630"]),
    ],
)
def test_a_number_is_asked_for_as_catalogues_index_it(key: str, spellings: list[str]):
    [query] = key_queries(key, INDEXES)
    assert all(f'"{spelling}"' in query for spelling in spellings)


def test_a_title_is_searched_by_everything_then_by_less_and_less():
    wanted = Wanted(title="The Imaginary Almanac", author="Ada Example", published="c1998")
    dated, undated, but_one, beginnings, but_two = rungs(wanted, INDEXES)
    assert undated.query == 'dc.title="imaginary" and dc.title="almanac" and dc.creator="example"'
    assert dated.query == f'{undated.query} and dc.date="1998"'
    assert but_one.query.count(" or ") == 3
    assert beginnings.query == 'dc.title="imag*" and dc.title="alma*" and dc.creator="exam*"'
    assert but_two.query.count(" or ") == 5
    assert [rung.is_last_resort for rung in (dated, undated, but_one, beginnings, but_two)] == [False] * 3 + [True] * 2


def test_a_slip_in_one_of_two_words_is_found_by_the_other():
    *_, last = rungs(Wanted(title="Annls of philosophy", volumes=("2",)), INDEXES)
    assert last.query == 'dc.title="annls" or dc.title="philosophy"'
    assert last.is_last_resort, "more records than are looked at say nothing"
    *_, last = rungs(Wanted(title="On grammar", author="Dumemr, Q.", published="1956"), INDEXES)
    assert last.query == 'dc.title="grammar" or dc.creator="dumemr"'


def test_the_date_of_a_serials_issue_is_not_searched_for():
    wanted = Wanted(title="Journal of geology", volumes=("12",), published="1998")
    assert not any("dc.date" in rung.query for rung in rungs(wanted, INDEXES))


def test_accents_are_searched_in_every_way_that_they_are_indexed():
    query = next(rungs(Wanted(title="Über alles"), INDEXES)).query
    assert 'dc.title="über" or dc.title="uber" or dc.title="u\u0308ber"' in query


def test_a_long_title_is_searched_by_its_longest_words():
    title = "one three five seven eleven thirteen seventeen nineteen"
    assert next(rungs(Wanted(title=title), INDEXES)).query.count("dc.title") == ladder.MOST_WORDS


@pytest.mark.parametrize("say", [cql, pqf], ids=["cql", "pqf"])
def test_without_or_each_form_of_a_number_is_asked_for_by_itself(say: Language):
    wanted = Wanted(identifiers=(identifier("ISBN", "0306406152"),), title="Über alles", author="Example, Ada")
    asked = list(rungs(wanted, INDEXES if say is cql else PRODUCTS["sierra"].z3950, WithoutOr(say)))
    assert [rung.words for rung in asked[:2]] == ["ISBN 9780306406157", "ISBN 9780306406157, in another form"]
    assert ['"9780306406157"' in asked[0].query, '"0306406152"' in asked[1].query] == [True, True]
    assert all('"uber"' in rung.query for rung in asked[2:4])
    assert not any(" or " in rung.query or "@or" in rung.query for rung in asked)
    assert [rung.words for rung in asked].count("all of these but one") == 3


def test_a_number_of_innovatives_is_asked_for_without_its_dot_and_check_digit():
    [query] = key_queries("record:.b12345672", INDEXES)
    assert query == 'rec.id="b1234567" or rec.id=".b12345672"'
    assert key_queries("record:b0000012", INDEXES) == ('rec.id="b0000012"',)


def test_nothing_to_go_by_gives_no_query():
    assert list(rungs(Wanted(author="Example, Ada"), INDEXES)) == []


TEXTS = st.one_of(st.none(), st.text(max_size=3000), st.text(alphabet="äß語 ,:/", max_size=3000))
NAMED = st.builds(
    Identifier, code=st.sampled_from(["ISBN", "ISSN", "OCLC", "LCCN", "DOI"]), value=st.text(max_size=300)
)
REQUESTS = st.builds(
    Wanted,
    title=TEXTS,
    author=TEXTS,
    published=TEXTS,
    record_id=TEXTS,
    identifiers=st.lists(NAMED, max_size=30).map(tuple),
    volumes=st.lists(st.text(max_size=20), max_size=3).map(tuple),
)


@given(REQUESTS)
def test_whatever_a_request_holds_few_queries_of_bounded_length_are_asked(wanted: Wanted):
    """A line of HTTP has about 8,000 characters, and ours are percent-encoded."""
    asked = list(rungs(wanted, INDEXES))
    assert len(asked) <= ladder.MOST_KEYS + 5
    assert all(len(quote(rung.query)) < 8000 for rung in asked if not rung.key)


def test_a_title_without_end_is_asked_for_by_its_beginning():
    wanted = Wanted(title="wort " * 100_000, author="name " * 100_000 + ", x", published="1998 " * 100_000)
    assert max(len(rung.query) for rung in rungs(wanted, INDEXES)) < 1000


def test_more_numbers_than_are_looked_for_do_no_harm():
    numbers = tuple(identifier("OCLC", str(number)) for number in range(1, 1000))
    assert len(list(rungs(Wanted(identifiers=numbers), INDEXES))) == ladder.MOST_KEYS


def test_catalogues_of_others_are_asked_briefly():
    numbered = Wanted(
        identifiers=(Identifier(code="ISBN", value="0306406152"),),
        title="The Imaginary Almanac",
        author="Example, Ada",
        published="1998",
    )
    assert [rung.words for rung in rungs(numbered, INDEXES, brief=True)] == [
        "ISBN 9780306406157", "title “The Imaginary Almanac”, author",
    ]  # fmt: skip
    titled = Wanted(title="The Imaginary Almanac", author="Example, Ada", published="1998")
    assert [rung.words for rung in rungs(titled, INDEXES, brief=True)] == [
        "title “The Imaginary Almanac”, author, year", "title “The Imaginary Almanac”, author", "all of these but one",
    ]  # fmt: skip
