"""The ladder: which queries in which order, and which records are the work."""

import pytest

from gateway.catalogue import ladder
from gateway.catalogue.ladder import Judged, Rung, Verdict, best, judge, key_query, rungs
from gateway.catalogue.marc import Bib
from gateway.workflow.catalogue import Indexes
from gateway.workflow.records import Copy, Editions, Identifier, Wanted
from tests.catalogue.records import INDEXES

ALMANAC = Bib(
    number="b1",
    keys=frozenset({"record:b1", "isbn:9780306406157"}),
    weak_keys=frozenset({"isbn:9780804429573"}),
    main_title="The imaginary almanac",
    full_title="The imaginary almanac : a novel",
    authors=("Example, Ada",),
    years=(1998,),
    copies=(Copy(item_barcode="30000000000001", branch="MAIN"),),
)
BY_ISBN = Rung(query="q", words="ISBN", key="isbn:9780306406157")
BY_TITLE = Rung(query="q", words="title")


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
    assert [(rung.key, rung.mended) for rung in rungs(wanted, INDEXES)] == [
        ("issn:20493630", False),
        ("isbn:9780306406157", True),
    ]


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
    query = key_query(key, INDEXES)
    assert all(f'"{spelling}"' in query for spelling in spellings)


def test_a_title_is_searched_by_all_words_then_by_all_but_one_then_two():
    wanted = Wanted(title="The Imaginary Almanac", author="Ada Example", published="c1998")
    first, second, third = rungs(wanted, INDEXES)
    assert first.query == 'dc.title="imaginary" and dc.title="almanac" and dc.creator="example"'
    assert second.query.count(" or ") == 3
    assert 'dc.date="1998"' in second.query
    assert third.is_last_resort
    assert third.query.count(" or ") == 5


def test_accents_are_searched_in_every_way_that_they_are_indexed():
    query = next(rungs(Wanted(title="Über alles"), INDEXES)).query
    assert 'dc.title="über" or dc.title="uber" or dc.title="u\u0308ber"' in query


def test_a_long_title_is_searched_by_its_longest_words():
    title = "one three five seven eleven thirteen seventeen nineteen"
    assert next(rungs(Wanted(title=title), INDEXES)).query.count("dc.title") == ladder.MOST_WORDS


def test_nothing_to_go_by_gives_no_query():
    assert list(rungs(Wanted(author="Example, Ada"), INDEXES)) == []


# ── which records ──


@pytest.mark.parametrize(
    ("rung", "wanted", "expected"),
    [
        (BY_ISBN, Wanted(), Verdict.SURE),
        (BY_ISBN, Wanted(title="The Imaginary Almanac"), Verdict.SURE),
        (BY_ISBN, Wanted(title="Imaginary almanac for beginners", author="Example, Ada"), Verdict.SURE),
        (BY_ISBN, Wanted(title="Imaginary almanac for beginners", author="Sample, Bertil"), Verdict.DOUBTFUL),
        (BY_ISBN, Wanted(title="Principles of beekeeping"), Verdict.OTHER),
        (Rung(query="q", words="", key="isbn:9780000000002"), Wanted(), Verdict.OTHER),
        (Rung(query="q", words="", key="isbn:9780804429573"), Wanted(), Verdict.DOUBTFUL),
        (Rung(query="q", words="", key="isbn:9780804429573"), Wanted(title="Imaginary Almanac"), Verdict.SURE),
        (Rung(query="q", words="", key="isbn:9780306406157", mended=True), Wanted(), Verdict.DOUBTFUL),
        (
            Rung(query="q", words="", key="isbn:9780306406157", mended=True),
            Wanted(title="Imaginary Almanac"),
            Verdict.SURE,
        ),
        (BY_TITLE, Wanted(title="Imaginary Almanac", author="A. Example", published="1998"), Verdict.SURE),
        (BY_TITLE, Wanted(title="Imaginary Almanac", author="A. Example", published="1997"), Verdict.SURE),
        (BY_TITLE, Wanted(title="Imaginary Almanac", author="A. Example", published="1985"), Verdict.OTHER),
        (BY_TITLE, Wanted(title="Imaginary Almanac", author="B. Sample", published="1998"), Verdict.OTHER),
        (BY_TITLE, Wanted(title="Imaginary Almanac"), Verdict.DOUBTFUL),
        (BY_TITLE, Wanted(title="Imaginary Atlas", author="A. Example", published="1998"), Verdict.OTHER),
        (
            BY_TITLE,
            Wanted(title="Imaginary Almanac", author="A. Example", published="1985", editions=Editions.ANY),
            Verdict.SURE,
        ),
    ],
)
def test_what_a_record_is(rung: Rung, wanted: Wanted, expected: Verdict):
    assert judge(rung, ALMANAC, wanted).verdict is expected


def of(verdict: Verdict, likeness: float = 1.0, *, only_alone: bool = False, apart: int = 0) -> Judged:
    return Judged(bib=ALMANAC, verdict=verdict, words="w", likeness=likeness, only_alone=only_alone, apart=apart)


def test_sure_records_push_the_others_aside_and_the_likest_comes_first():
    nearly, exactly = of(Verdict.SURE, 0.9), of(Verdict.SURE, 1.0)
    assert best([nearly, of(Verdict.DOUBTFUL), of(Verdict.OTHER), exactly]) == (exactly, nearly)


def test_without_a_sure_record_the_doubtful_ones_are_left():
    assert best([of(Verdict.DOUBTFUL), of(Verdict.OTHER)]) == (of(Verdict.DOUBTFUL),)


def test_several_records_that_nothing_tells_apart_are_doubtful():
    assert [each.verdict for each in best([of(Verdict.SURE, only_alone=True)])] == [Verdict.SURE]
    assert {each.verdict for each in best([of(Verdict.SURE, only_alone=True)] * 2)} == {Verdict.DOUBTFUL}


def test_the_year_that_was_asked_for_comes_before_its_neighbour():
    assert best([of(Verdict.SURE, apart=1), of(Verdict.SURE)])[0].apart == 0
