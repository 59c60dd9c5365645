"""What a trial of a catalogue came to, in words: what happened, and what to look at."""

import pytest

from gateway.catalogue import client, z3950
from gateway.catalogue.catalogue_finder import Records
from gateway.catalogue.judging import RecordJudged, Sameness
from gateway.catalogue.marc import read
from gateway.catalogue.trial import ADVICE, advice, of_records, of_trouble
from gateway.workflow.catalogue import ItemFields
from gateway.workflow.partners import PartnerCatalogue
from gateway.workflow.values import Identifier, Wanted
from tests.catalogue.records import SETTINGS, element, field, item, record

WANTED = Wanted(identifiers=(Identifier(code="ISBN", value="0306406152"),), title="The imaginary almanac")
CATALOGUE = PartnerCatalogue(url="https://catalogue.example.org/sru", product="koha", number_as="koha-{}")
SEARCHED = "ISBN 9780306406157: 1 record"


def sure(*fields: object, number: str = "b1", items: ItemFields | None = SETTINGS.items) -> tuple[RecordJudged, ...]:
    made = record(number, *fields)  # type: ignore[arg-type]
    return (
        RecordJudged(bib=read(element(made), SETTINGS.__class__(url="", items=items)), verdict=Sameness.SURE, words=""),
    )


def test_a_copy_that_is_in_is_told_with_the_number_that_our_request_would_have():
    said = of_records(Records(chosen=sure(item("1")), words=SEARCHED, certain=False), WANTED, CATALOGUE)
    assert said.ok
    assert said.words == (
        "It answers: holds it, 1 of 1 copy in. Searched by ISBN 9780306406157: 1 record. Its record number there: koha-b1."
    )


@pytest.mark.parametrize(
    ("records", "is_union", "words"),
    [
        (Records(chosen=sure(), words=SEARCHED), False, "Its record shows no copies: they may stand elsewhere (“Form of its holdings”"),
        (Records(chosen=sure(item("1"), number=""), words=SEARCHED), False, "It has no record number in that place"),
        (Records(chosen=sure(item("1")), words=SEARCHED), True, "names no library: look where its records have the symbols"),
    ],
)  # fmt: skip
def test_what_is_missing_in_its_records_is_told(records: Records, *, is_union: bool, words: str):
    catalogue = PartnerCatalogue(url=CATALOGUE.url, is_union=is_union, holdings="850" if is_union else None)
    said = of_records(records, WANTED, catalogue)
    assert said.ok
    assert words in said.words


def test_the_libraries_that_a_union_catalogue_names_are_told():
    places = ItemFields(tags=("850",), barcode="", symbol="a")
    chosen = sure(field("850", a="XX-HILLS"), field("850", a="XX-BROOK"), items=places)
    catalogue = PartnerCatalogue(url=CATALOGUE.url, is_union=True, holdings="850")
    said = of_records(Records(chosen=chosen, words=SEARCHED), WANTED, catalogue)
    assert (said.ok, said.words) == (
        True,
        f"It answers: xx-hills: holds it; xx-brook: holds it. Searched by {SEARCHED}.",
    )


def test_a_query_that_was_refused_is_a_fault_of_the_settings_once_with_what_to_change():
    clause = "it does not have one of our indexes (1092)"
    said = of_records(Records(words="x", refused=(clause, clause), certain=False), WANTED, CATALOGUE)
    assert not said.ok
    assert said.words.count(clause) == 1
    assert (
        "It answers, and refused a query: it does not have one of our indexes (1092). Set that index as the library says"
        in said.words
    )


def test_records_that_cannot_be_read_are_a_fault_too():
    said = of_records(Records(words="x", unread=2, certain=False), WANTED, CATALOGUE)
    assert (said.ok, "2 of its records can't be read. Try another “Form of its records”" in said.words) == (False, True)


def test_every_trouble_on_the_way_has_its_advice():
    """Some say it themselves; all others must be answered."""
    says_itself = {"our query could not be written"}
    clauses = {words for _kind, words in client._WORDS} | set(z3950._ON_THE_WAY.values())
    assert {clause for clause in clauses if not advice(clause)} == says_itself
    for number in (109, 235, 236, 1011, 1014):
        assert advice(z3950.WORDS[number]) or advice(f"it said: {z3950.WORDS[number]}"), number
    for number in (113, 114, 118, 119, 120, 122, 123, 238, 239):
        assert advice(z3950.WORDS[number]), number


@pytest.mark.parametrize("start", list(ADVICE))
def test_no_advice_is_hidden_by_another(start: str):
    assert advice(start) == ADVICE[start]
    assert of_trouble(start).words.endswith(ADVICE[start])
