"""MARCXML and OPAC records: keys, description, items."""

from datetime import date

import msgspec
import pytest
from lxml import etree
from pymarc import Field

from gateway.catalogue.marc import read
from gateway.workflow.catalogue import HOLDINGS
from gateway.workflow.records import Copy
from tests.catalogue.records import SETTINGS, element, field, item, opac_record, record


def test_a_record_states_its_keys_as_catalogues_write_them():
    bib = read(
        element(
            record(
                "b100",
                field("010", a="   56729634 "),
                field("020", a="0-306-40615-2 (pbk.) :"),
                field("022", a="2049-3630"),
                field("035", a="(OCoLC)ocm00012345"),
                field("035", a="(XX-LOCAL)777"),
                field("019", a="54321"),
            )
        ),
        SETTINGS,
    )
    assert bib.keys == {
        "record:b100",
        "lccn:56729634",
        "isbn:9780306406157",
        "issn:20493630",
        "oclc:12345",
        "oclc:54321",
    }
    assert bib.weak_keys == frozenset()


def test_001_is_an_oclc_number_where_003_says_so():
    marc = record("ocm00012345")
    marc.fields.append(Field(tag="003", data="OCoLC"))
    assert "oclc:12345" in read(element(marc), SETTINGS).keys


def test_misprints_and_other_bindings_are_weak_keys():
    bib = read(element(record("b1", field("020", a="0306406153"), field("020", z="9780804429573"))), SETTINGS)
    assert bib.keys == {"record:b1"}
    assert bib.weak_keys == {"isbn:9780306406157", "isbn:9780804429573"}


def test_our_own_number_may_stand_elsewhere():
    settings = msgspec.structs.replace(SETTINGS, record_number="999c")
    bib = read(element(record("foreign", field("999", c="4711"))), settings)
    assert (bib.number, "record:4711" in bib.keys) == ("4711", True)


def test_the_description_is_read_without_its_punctuation():
    marc = record("b1", field("250", a="2nd ed."), field("264", c="c1998."), title="U\u0308ber Geologie :")
    marc.fields.append(Field(tag="008", data="240101r19991998xx            000 0 eng d"))
    bib = read(element(marc), SETTINGS)
    assert (bib.main_title, bib.authors, bib.years, bib.edition) == (
        "Über Geologie",
        ("Example, Ada",),
        (1998, 1999),
        "2nd ed",
    )


def test_items_are_copies_with_the_works_title():
    marc = record(
        "b1",
        item("30000000000001", o="QA76 .E93", y="book", h="v.1", c="STACKS", d="2024-05-01"),
        item("", "HILL", d="soon"),
    )
    marc.fields.append(field("264", c="c1998."))
    bib = read(element(marc), SETTINGS)
    assert bib.copies == (
        Copy(
            item_barcode="30000000000001",
            branch="MAIN",
            title="The imaginary almanac",
            author="Example, Ada",
            call_number="QA76 .E93",
            item_type="book",
            volume="v.1",
            collection="STACKS",
            published=1998,
            acquired_on=date(2024, 5, 1),
        ),
    )
    assert bib.without_barcode == 1


def test_an_opac_record_brings_its_holdings():
    holdings = """
      <holding><localLocation>Main</localLocation><callNumber>QA76 .E93</callNumber><enumAndChron>v.1</enumAndChron>
        <circulations>
          <circulation><availableNow value="1"/><itemId>30000000000001</itemId><enumAndChron>v.2</enumAndChron></circulation>
          <circulation><availableNow value="0"/><itemId>30000000000002</itemId><enumAndChron/></circulation>
        </circulations></holding>
      <holding><shelvingLocation>Hill</shelvingLocation></holding>"""
    bib = read(opac_record(record("b1"), holdings), msgspec.structs.replace(SETTINGS, items=None))
    found = [(copy.item_barcode, copy.branch, copy.call_number, copy.volume) for copy in bib.copies]
    assert found == [("30000000000001", "Main", "QA76 .E93", "v.2"), ("30000000000002", "Main", "QA76 .E93", "v.1")]
    assert bib.without_barcode == 1


@pytest.mark.parametrize(
    ("name", "fields", "expected"),
    [
        ("852", [field("852", b="MAIN", h="QA76", i=".E93", p="1")], ("1", "MAIN", "QA76 .E93", None)),
        ("945", [field("945", i="1", l="mn", a="QA76", t="0", c="v.2")], ("1", "mn", "QA76", "v.2")),
        ("949", [field("949", i="1", m="MAIN", a="QA76", t="BOOK", v="v.2")], ("1", "MAIN", "QA76", "v.2")),
        ("952", [field("952", p="1", a="HILL", b="MAIN", o="QA76", h="v.2")], ("1", "MAIN", "QA76", "v.2")),
        (
            "876",
            [
                field("852", _8="1", b="HILL", h="QA1"),
                field("852", _8="2", b="MAIN", h="QA76"),
                field("876", _8="2.1", p="1"),
            ],
            ("1", "MAIN", "QA76", None),
        ),
        ("876", [field("852", b="MAIN", h="QA76"), field("878", p="1", _3="v.2")], ("1", "MAIN", "QA76", "v.2")),
    ],
)
def test_the_usual_forms_of_holdings(name: str, fields: list[Field], expected: tuple[str | None, ...]):
    settings = msgspec.structs.replace(SETTINGS, items=HOLDINGS[name])
    [copy] = read(element(record("b1", *fields)), settings).copies
    assert (copy.item_barcode, copy.branch, copy.call_number, copy.volume) == expected


def test_a_record_with_next_to_nothing_is_read():
    bib = read(etree.fromstring("<record><leader>00000nam a2200000 a 4500</leader></record>"), SETTINGS)
    assert (bib.number, bib.main_title, bib.copies, bib.keys) == ("", "", (), frozenset())
