"""Works of several catalogues, each once, for a person to choose from."""

from typing import Any

from gateway.catalogue.catalogue_finder import Records
from gateway.catalogue.holdings import HeldItem
from gateway.catalogue.judging import RecordJudged, Sameness
from gateway.catalogue.marc import Bib
from gateway.catalogue.works import works_of
from gateway.workflow.records import Copy


def bib(number: str, *keys: str, year: int = 1998, **fields: Any) -> Bib:
    given: dict[str, Any] = {"main_title": "The imaginary almanac", "authors": ("Example, Ada",), "years": (year,)}
    return Bib(number=number, keys=frozenset({f"record:{number}", *keys}), **given | fields)


def records(*bibs: Bib, near: tuple[Bib, ...] = ()) -> Records:
    judged = (RecordJudged(bib=each, verdict=Sameness.DOUBTFUL, words="found by its title alone") for each in bibs)
    return Records(chosen=tuple(judged), near=near)


def test_records_that_share_a_number_are_one_work_and_the_fullest_tells_it():
    poor = bib("1", "isbn:9780306406157")
    full = bib("9", "isbn:9780306406157", "oclc:12", main_title="Imaginary almanac", publisher="Invented Press")
    (work,) = works_of([("Brook", records(poor)), ("Hills", records(full))])
    assert (work.where, work.wanted.publisher, work.wanted.title) == (
        ("Brook", "Hills"), "Invented Press", "Imaginary almanac",
    )  # fmt: skip


def test_without_numbers_title_author_year_and_edition_tell():
    same, other_year, other_edition = bib("1"), bib("2", year=2004), bib("3", edition="2nd ed.")
    works = works_of([("Brook", records(same, other_year)), ("Hills", records(bib("7"), other_edition))])
    assert [(work.where, work.wanted.published, work.wanted.edition) for work in works] == [
        (("Brook", "Hills"), "1998", None),
        (("Brook",), "2004", None),
        (("Hills",), "1998", "2nd ed."),
    ]


def test_our_own_record_number_is_no_number_of_the_work():
    works = works_of([("Brook", records(bib("1"))), ("Hills", records(bib("1", main_title="Another one")))])
    assert len(works) == 2


def test_what_does_not_fit_comes_behind_what_does():
    near = bib("2", main_title="Another one")
    works = works_of([("Brook", records(near=(near,))), ("Hills", records(bib("1"), near=(near,)))])
    assert [work.wanted.title for work in works] == ["The imaginary almanac", "Another one"]


def test_parts_are_named_once():
    items = tuple(
        HeldItem(copy=Copy(item_barcode="", branch="", volume=volume)) for volume in ("v.1", "v.2", "v.1", None)
    )
    (work,) = works_of([("Brook", records(bib("1", items=items)))])
    assert work.parts == ("v.1", "v.2")
