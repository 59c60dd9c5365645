"""Which records are the work: by number, by title, by both."""

from typing import Any

import msgspec
import pytest

from gateway.catalogue.judging import AUTHOR_UNSAID, NUMBER_ALONE, NUMBER_UNSAID, RecordJudged, Sameness, best, judge
from gateway.catalogue.ladder import Rung
from gateway.catalogue.marc import Bib
from gateway.workflow.records import Copy
from gateway.workflow.values import Editions, Identifier, Wanted

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
ANOTHER_ISBN = Identifier(code="ISBN", value="9781374216358")


def by_title(**fields: object) -> Wanted:
    return Wanted(**{"title": "Imaginary Almanac", "author": "A. Example", "published": "1998", **fields})  # type: ignore[arg-type]


def test_a_doubt_names_the_numbers_asked_for_and_found():
    judged = judge(BY_TITLE, ALMANAC, by_title(identifiers=(ANOTHER_ISBN,)))
    assert judged.numbers == "asked for ISBN 9781374216358, found ISBN 9780306406157"
    unsaid = judge(BY_TITLE, ALMANAC, by_title(published=None, identifiers=(Identifier(code="OCLC", value="7"),)))
    assert unsaid.numbers == "asked for OCLC 7, found none"
    assert judge(BY_TITLE, ALMANAC, by_title()).numbers == "", "nothing is in doubt"


def test_a_number_of_another_edition_than_the_one_that_is_named_is_doubtful():
    second = msgspec.structs.replace(ALMANAC, edition="2nd ed.")
    for edition, expected in (
        ("2. Aufl.", Sameness.SURE),
        ("3rd edition", Sameness.DOUBTFUL),
        ("revised", Sameness.SURE),
    ):
        assert judge(BY_ISBN, second, Wanted(edition=edition)).verdict is expected, edition
    assert judge(BY_ISBN, second, Wanted(edition="3rd", editions=Editions.ANY)).verdict is Sameness.SURE


@pytest.mark.parametrize(
    ("rung", "wanted", "expected"),
    [
        (BY_ISBN, Wanted(), Sameness.SURE),
        (BY_ISBN, Wanted(title="The Imaginary Almanac"), Sameness.SURE),
        (BY_ISBN, Wanted(title="Imaginary almanac for beginners", author="Example, Ada"), Sameness.SURE),
        (BY_ISBN, Wanted(title="Imaginary almanac for beginners", author="Sample, Bertil"), Sameness.DOUBTFUL),
        (BY_ISBN, Wanted(title="Principles of beekeeping"), Sameness.OTHER),
        (Rung(query="q", words="", key="isbn:9780000000002"), Wanted(), Sameness.OTHER),
        (Rung(query="q", words="", key="isbn:9780804429573"), Wanted(), Sameness.DOUBTFUL),
        (Rung(query="q", words="", key="isbn:9780804429573"), Wanted(title="Imaginary Almanac"), Sameness.SURE),
        (Rung(query="q", words="", key="isbn:9780306406157", mended=True), Wanted(), Sameness.DOUBTFUL),
        (
            Rung(query="q", words="", key="isbn:9780306406157", mended=True),
            Wanted(title="Imaginary Almanac"),
            Sameness.SURE,
        ),
        (BY_TITLE, Wanted(title="Imaginary Almanac", author="A. Example", published="1998"), Sameness.SURE),
        (BY_TITLE, Wanted(title="Imaginary Almanac", author="A. Example", published="1997"), Sameness.SURE),
        (BY_TITLE, Wanted(title="Imaginary Almanac", author="A. Example", published="1985"), Sameness.OTHER),
        (BY_TITLE, Wanted(title="Imaginary Almanac", author="B. Sample", published="1998"), Sameness.OTHER),
        (BY_TITLE, Wanted(title="Imaginary Almanac"), Sameness.DOUBTFUL),
        (BY_TITLE, Wanted(title="Imaginary Atlas", author="A. Example", published="1998"), Sameness.OTHER),
        (BY_TITLE, by_title(published="1985", editions=Editions.ANY), Sameness.SURE),
        (BY_TITLE, by_title(published=None), Sameness.SURE),
        (BY_TITLE, by_title(published=None, identifiers=(Identifier(code="OCLC", value="7"),)), Sameness.DOUBTFUL),
        (BY_TITLE, by_title(identifiers=(Identifier(code="OCLC", value="7"),)), Sameness.SURE),
        (BY_TITLE, by_title(identifiers=(ANOTHER_ISBN,)), Sameness.DOUBTFUL),
        (BY_TITLE, by_title(identifiers=(ANOTHER_ISBN,), editions=Editions.ANY), Sameness.SURE),
        (BY_TITLE, by_title(identifiers=(Identifier(code="ISBN", value="9780804429573"),)), Sameness.SURE),
        (BY_TITLE, by_title(identifiers=(Identifier(code="ISBN", value="9781374216351"),)), Sameness.SURE),
        (BY_TITLE, by_title(record_id="b77"), Sameness.SURE),
    ],
)
def test_what_a_record_is(rung: Rung, wanted: Wanted, expected: Sameness):
    assert judge(rung, ALMANAC, wanted).verdict is expected


MENDED = Rung(query="q", words="", key="isbn:9780306406157", mended=True)
"""The request's number, put right."""
COMPLETED = msgspec.structs.replace(MENDED, is_completed=True)
"""Likewise; all that it lacked was its check digit."""
MISPRINTED = Rung(query="q", words="", key="isbn:9780804429573")
"""The request's own number, which the record has as a wrong one."""


@pytest.mark.parametrize(
    ("rung", "wanted", "expected"),
    [
        (MENDED, Wanted(author="A. Example"), Sameness.SURE),
        (MENDED, Wanted(author="A. Example", published="1985"), Sameness.DOUBTFUL),
        (MENDED, Wanted(author="Sample, Bertil", published="1998"), Sameness.DOUBTFUL),
        (MENDED, Wanted(published="1998"), Sameness.DOUBTFUL),
        (COMPLETED, Wanted(), Sameness.SURE),
        (COMPLETED, Wanted(published="1985"), Sameness.DOUBTFUL),
        (COMPLETED, Wanted(author="Sample, Bertil"), Sameness.DOUBTFUL),
        (COMPLETED, Wanted(title="Imaginary almanac for beginners"), Sameness.DOUBTFUL),
        (MISPRINTED, Wanted(published="1998"), Sameness.SURE),
        (MISPRINTED, Wanted(published="1999"), Sameness.DOUBTFUL),
        (MISPRINTED, Wanted(), Sameness.DOUBTFUL),
    ],
)
def test_a_number_put_right_counts_without_a_title_where_author_or_year_agrees_or_its_check_digit_alone_is_missing(
    rung: Rung, wanted: Wanted, expected: Sameness
):
    assert judge(rung, ALMANAC, wanted).verdict is expected


def a_bib(number: int, *, year: int = 1998, author: str = "Example, Ada", volume: str | None = None) -> Bib:
    return Bib(
        number=f"b{number}",
        keys=frozenset(),
        main_title="The imaginary almanac",
        full_title="The imaginary almanac",
        authors=(author,) if author else (),
        years=(year,),
        copies=(Copy(item_barcode=str(number), branch="MAIN", volume=volume),),
    )


def found(wanted: Wanted, *bibs: Bib) -> list[tuple[str, Sameness]]:
    return [(each.bib.number, each.verdict) for each in best(judge(BY_TITLE, bib, wanted) for bib in bibs)]


def test_sure_records_push_the_others_aside_and_the_best_comes_first():
    assert found(by_title(), a_bib(1, year=1999), a_bib(2), a_bib(3, author="Sample, Bertil")) == [
        ("b2", Sameness.SURE),
        ("b1", Sameness.SURE),
    ]


def test_without_a_sure_record_the_doubtful_ones_are_left():
    assert found(Wanted(title="Imaginary Almanac"), a_bib(1)) == [("b1", Sameness.DOUBTFUL)]


def test_several_editions_that_the_request_does_not_tell_apart_are_doubtful():
    several = (a_bib(1, year=1970), a_bib(2, year=1990))
    assert found(by_title(published=None), *several) == [("b1", Sameness.DOUBTFUL), ("b2", Sameness.DOUBTFUL)]
    any_edition = by_title(published=None, editions=Editions.ANY)
    assert found(any_edition, *several) == [("b1", Sameness.SURE), ("b2", Sameness.SURE)]


def numbered(number: int, *keys: str, year: int = 1998) -> Bib:
    return msgspec.structs.replace(a_bib(number, year=year), keys=frozenset(keys))


def test_of_two_editions_one_with_another_number_gives_way_to_one_without():
    asked = by_title(published=None, identifiers=(Identifier(code="LCCN", value="98000001"),))
    other, silent = numbered(1, "lccn:85000002", year=1985), numbered(2, "isbn:9780306406157")
    (left,) = best(judge(BY_TITLE, bib, asked) for bib in (other, silent))
    assert (left.bib.number, left.verdict, left.number_alone) == ("b2", Sameness.DOUBTFUL, True)
    assert [each.bib.number for each in best([judge(BY_TITLE, other, asked)])] == ["b1"], "nothing takes its place"
    (of_its_year,) = best(judge(BY_TITLE, bib, asked) for bib in (silent, numbered(3, year=1990)))
    assert of_its_year.bib.number == "b2", "an LCCN of 1998 was given in 1998"
    later = by_title(published=None, identifiers=(Identifier(code="LCCN", value="2004000001"),))
    both = best(judge(BY_TITLE, bib, later) for bib in (silent, numbered(3, year=1990)))
    assert [each.number_alone for each in both] == [False, False], "nothing tells which of the two it is"


@pytest.mark.parametrize(
    ("fields", "goes_out"),
    [
        ({"published": "1998"}, True),
        ({"published": "1999"}, True),
        ({"published": None}, False),
        ({"published": None, "title": "Imaginry almanac"}, False),
        ({"published": "1998", "title": "Imaginry almanac"}, True),
        ({"published": "1998", "title": "Imaginry almanac", "identifiers": ()}, False),
    ],
)
def test_a_request_without_an_author_goes_out_by_setting_where_its_title_tells(
    fields: dict[str, Any], *, goes_out: bool
):
    asked = by_title(**{"author": None, "identifiers": (Identifier(code="LCCN", value="98000001"),), **fields})
    (found,) = best([judge(BY_TITLE, a_bib(1), asked)])
    assert (found.verdict, found.number_alone) in {(Sameness.DOUBTFUL, goes_out), (Sameness.SURE, False)}
    assert found.verdict is Sameness.DOUBTFUL or goes_out


@pytest.mark.parametrize(
    ("year", "author", "goes_out"),
    [(1998, "", True), (1999, "", True), (2001, "", False), (1998, "Sample, Ada", False)],
)
def test_what_neither_names_an_author_of_goes_out_by_setting_where_title_and_year_agree(
    year: int, author: str, *, goes_out: bool
):
    asked = by_title(author=None, title="Imaginry almanac", published="1998", identifiers=())
    found = judge(BY_TITLE, a_bib(1, year=year, author=author), asked)
    assert found.verdict is not Sameness.SURE
    assert found.number_alone == goes_out


def test_namesakes_are_doubtful_where_the_request_names_a_surname_alone():
    namesakes = (a_bib(1, author="Example, Ada"), a_bib(2, author="Example, Bertil"))
    assert {verdict for _, verdict in found(by_title(author="Example"), *namesakes)} == {Sameness.DOUBTFUL}


def test_two_works_without_an_author_that_title_and_year_do_not_tell_apart_are_doubtful():
    twins = (a_bib(1, author=""), a_bib(2, author=""))
    judged = best([judge(BY_TITLE, each, by_title(author=None)) for each in twins])
    assert [(each.verdict, each.number_alone) for each in judged] == [(Sameness.DOUBTFUL, False)] * 2


def test_where_nobody_names_an_author_the_records_without_one_come_first():
    anonymous, other = a_bib(1, author=""), a_bib(2, author="Sample, Bertil")
    assert found(by_title(author=None), other, anonymous) == [("b1", Sameness.SURE)]


def test_of_two_editions_that_only_a_number_tells_apart_the_one_with_another_number_is_not_given_for_sure():
    wanted = by_title(identifiers=(Identifier(code="OCLC", value="7"),))
    other, ours = msgspec.structs.replace(a_bib(1), keys=frozenset({"oclc:8"})), a_bib(2)
    assert found(wanted, other, ours) == [("b2", Sameness.SURE)]


def test_a_serial_is_told_by_volume_and_year():
    wanted = by_title(author=None, volumes=("12",), published="1998")
    ours, namesake = a_bib(1, author="", volume="v.12 (1998)"), a_bib(2, author="", volume="v.3 (1998)")
    assert found(wanted, namesake, ours) == [("b1", Sameness.SURE)]


def test_a_record_found_by_its_number_needs_no_comparison():
    by_isbn = [judge(BY_ISBN, ALMANAC, Wanted()) for _ in range(2)]
    assert [each.verdict for each in best(by_isbn)] == [Sameness.SURE] * 2
    assert all(isinstance(each, RecordJudged) and each.identity is None for each in by_isbn)


def test_what_speaks_against_a_record_is_its_number_alone_only_if_the_rest_agrees_and_no_other_fits():
    wanted = Wanted(
        title="The imaginary almanac", author="Example, Ada", published="1998",
        identifiers=(Identifier(code="LCCN", value="98000001"),),
    )  # fmt: skip
    rung = Rung(query="q", words="title")
    other = Bib(
        number="b1", keys=frozenset({"lccn:97000009"}), main_title="The imaginary almanac", full_title="The imaginary almanac",
        authors=("Example, Ada",), years=(1998,),
    )  # fmt: skip
    (alone,) = best([judge(rung, other, wanted)])
    assert (alone.verdict, alone.words, alone.number_alone) == (Sameness.DOUBTFUL, NUMBER_ALONE, True)
    unsaid = msgspec.structs.replace(wanted, published=None)
    assert not judge(rung, other, unsaid).number_alone, "without a year it is another edition as often as not"
    silent = msgspec.structs.replace(other, keys=frozenset())
    assert judge(rung, silent, unsaid).words == NUMBER_UNSAID
    assert judge(rung, silent, msgspec.structs.replace(wanted, author=None, identifiers=())).words == AUTHOR_UNSAID
    twin = msgspec.structs.replace(silent, number="b2", years=(1985,))
    assert [each.bib for each in best([judge(rung, silent, unsaid), judge(rung, twin, unsaid)])] == [silent]
    undated = msgspec.structs.replace(unsaid, identifiers=(Identifier(code="OCLC", value="7"),))
    assert not any(each.number_alone for each in best([judge(rung, silent, undated), judge(rung, twin, undated)]))
