"""Orders completed by a record that has their number: what is filled, what stays, what differs."""

from typing import Any

import msgspec
import pytest

from gateway.catalogue.describing import completed, fullness, has_its_number, work_of
from gateway.catalogue.marc import Bib, read
from gateway.workflow.borrowing_records import FieldDifference
from gateway.workflow.values import Identifier, Wanted
from tests.catalogue.records import SETTINGS, element, field, record

ISBN = Identifier(code="ISBN", value="9780306406157")
OCLC = Identifier(code="OCLC", value="12345")
BOOK = read(
    element(
        record(
            "b1",
            field("020", a="0306406152 (pbk.)"),
            field("035", a="(OCoLC)12345"),
            field("250", a="2nd ed."),
            field("264", b="Invented Press,", c="1998."),
            field("490", a="Books that are not ;", v="7"),
            title="The imaginary almanac :",
        )
    ),
    SETTINGS,
)
JOURNAL = read(
    element(
        record(
            "j1",
            field("022", a="0028-0836"),
            field("264", b="Invented Press", c="1950-"),
            title="Journal of things",
            author=None,
        )
    ),
    SETTINGS,
)


def order(**fields: Any) -> Wanted:
    return Wanted(identifiers=(ISBN,), **fields)


def test_a_record_says_what_its_work_is():
    assert work_of(BOOK) == Wanted(
        title="The imaginary almanac",
        author="Example, Ada",
        publisher="Invented Press",
        published="1998",
        edition="2nd ed",
        series="Books that are not",
        identifiers=(ISBN, OCLC),
    )
    assert fullness(BOOK) == 8


def test_an_order_by_number_alone_gets_everything_else():
    made = completed(order(), BOOK)
    assert made.wanted == work_of(BOOK)
    assert made.filled == ("title", "author", "publisher", "published", "edition", "series", "OCLC")
    assert made.differs == ()


def test_what_was_written_stays_and_what_differs_is_told():
    written = order(title="Imaginary almanac", author="Nobody, Norman", published="2004", edition="3. ed.")
    made = completed(written, BOOK)
    assert (made.wanted.title, made.wanted.author, made.wanted.published) == (
        "Imaginary almanac",
        "Nobody, Norman",
        "2004",
    )
    assert [(each.field, each.written, each.catalogued) for each in made.differs] == [
        ("author", "Nobody, Norman", "Example, Ada"),
        ("published", "2004", "1998"),
        ("edition", "3. ed.", "2nd ed"),
    ]
    other = completed(order(title="A Treatise on Clouds", publisher="Another House"), BOOK)
    assert [each.field for each in other.differs] == ["title", "publisher"]


@pytest.mark.parametrize(
    "same",
    [
        {"title": "The imaginary almanac / Ada Example"},
        {"author": "Ada Example"},
        {"published": "c1998"},
        {"edition": "Second edition, 2"},
        {"publisher": "Invented Press Ltd."},
    ],
)
def test_another_spelling_is_no_difference(same: dict[str, str]):
    assert completed(order(**same), BOOK).differs == ()


def test_an_article_gets_its_journals_title_and_keeps_its_own_year_and_author():
    article = Wanted(
        identifiers=(Identifier(code="ISSN", value="00280836"),),
        article_title="On Things",
        article_author="Example, Ada",
        published="1999",
        volumes=("7",),
    )
    made = completed(article, JOURNAL)
    assert made.wanted == msgspec.structs.replace(article, title="Journal of things", publisher="Invented Press")
    assert made.filled == ("title", "publisher")
    assert completed(msgspec.structs.replace(article, published=None), JOURNAL).wanted.published is None


def test_of_a_volume_of_a_set_neither_year_nor_edition_nor_another_volumes_isbn_is_taken():
    volume = Wanted(identifiers=(OCLC,), volumes=("2",))
    made = completed(volume, BOOK)
    assert (made.wanted.published, made.wanted.edition, made.wanted.identifiers) == (None, None, (OCLC,))
    assert made.wanted.title == "The imaginary almanac"


def test_a_record_has_its_number_whatever_the_spelling_and_our_own_number_is_none():
    assert has_its_number(BOOK, Wanted(identifiers=(Identifier(code="ISBN", value="0-306-40615-2"),)))
    assert not has_its_number(BOOK, Wanted(identifiers=(Identifier(code="ISBN", value="9780000000002"),)))
    assert not has_its_number(Bib(number="b1", keys=frozenset({"record:b1"})), Wanted(record_id="b1"))


def test_what_is_completed_once_stays_as_it_is():
    made = completed(order(), BOOK)
    again = completed(made.wanted, BOOK)
    assert (again.wanted, again.filled, again.differs) == (made.wanted, (), ())


def test_a_difference_names_both():
    (each,) = completed(order(published="2004"), BOOK).differs
    assert each == FieldDifference(field="published", written="2004", catalogued="1998")
