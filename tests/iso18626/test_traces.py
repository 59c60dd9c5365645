"""What the customer is called is blanked wherever it stands in a stored document, as far as the document itself says it."""

import re
import time

import pytest

from gateway.conformance.elements import places
from gateway.iso18626.codec import decode
from gateway.iso18626.codes import MessageKind
from gateway.iso18626.redact import _cut, redact, redact_read
from gateway.iso18626.traces import LONGEST_BYTES, is_personal
from tests.iso18626.samples import SAMPLES

REQUEST = re.sub(rb"<!--.*?-->", b"", SAMPLES["request-1.2"]).replace(b"nobody wrote", b"has no author")
SECRETS = (b"nobody", b"nemo", b"20000000000001")
PERSON = REQUEST[REQUEST.index(b"<patronInfo>") : REQUEST.index(b"</patronInfo>") + len("</patronInfo>")]
NOTE = re.compile(rb"<note>[^<]*</note>")


def stored(data: bytes) -> bytes:
    """What is kept of a document that is taken."""
    decoded = decode(data)
    return redact_read(data, decoded.message, decoded.repairs)


def with_note(note: bytes, data: bytes = REQUEST) -> bytes:
    assert NOTE.search(data)
    return NOTE.sub(b"<note>" + note + b"</note>", data, count=1)


def says_nothing_of_the_customer(document: bytes) -> bool:
    return not any(secret in document.lower() for secret in SECRETS)


def test_the_samples_person_is_the_one_looked_for():
    assert all(secret in REQUEST.lower() for secret in SECRETS)


@pytest.mark.parametrize(
    "note",
    [
        b"For Nemo Nobody, please.",
        b"for NOBODY, NEMO",
        b"card 20000000000001!",
        b"write to nemo@nobody.example",
        b"For &#78;obody",
        b"<![CDATA[For Nobody]]>",
    ],
)
def test_a_note_loses_what_the_customer_is_called_and_nothing_else(note: bytes):
    document = stored(with_note(b"Handle with care. " + note))
    assert says_nothing_of_the_customer(document)
    assert b"Handle with care. " in document
    assert b"The Imaginary Almanac" in document


def test_another_note_is_looked_through_too():
    document = stored(REQUEST.replace(b"on the shelf</avail", b"kept for Nobody</avail"))
    assert says_nothing_of_the_customer(document)
    assert b"kept for " in document


def test_a_word_that_only_begins_like_a_name_stays():
    assert b"nobodyish" in stored(with_note(b"nobodyish"))


def test_titles_and_authors_stay_for_they_have_names_too():
    assert b"<title>Nobody</title>" in stored(
        re.sub(rb"<title>[^<]*</title>", b"<title>Nobody</title>", REQUEST, count=1)
    )


@pytest.mark.parametrize(
    "name", ["patroninfos", "patronInof", "PatronInformation", "ptronInfo", "Patron_Info", "borrowerInfo", "reader"]
)
def test_a_misspelt_element_is_emptied_and_what_stands_in_it_is_known(name: str):
    person = PERSON.replace(b"patronInfo", name.encode())
    document = stored(with_note(b"For Nobody", REQUEST.replace(PERSON, person)))
    assert says_nothing_of_the_customer(document)
    assert b"The Imaginary Almanac" in document


def test_an_element_of_the_customers_in_another_place_is_emptied():
    moved = REQUEST.replace(PERSON, b"").replace(
        b"</request>", b"<surname>Nobody</surname><givenName>Nemo</givenName></request>"
    )
    assert says_nothing_of_the_customer(stored(with_note(b"Nemo Nobody", moved)))


def test_a_strange_element_loses_what_is_known():
    odd = REQUEST.replace(b"</request>", b"<remarks>For Nemo Nobody</remarks>Nemo</request>")
    document = stored(odd)
    assert says_nothing_of_the_customer(document)
    assert b"<remarks>" in document


@pytest.mark.parametrize(
    "name", ["patronInfo", "patronID", "surName", "Given-Name", "patronNumber", "patronlnfo", "customerName"]
)
def test_names_that_are_about_the_customer(name: str):
    assert is_personal(name)


@pytest.mark.parametrize(
    "name", ["note", "sentToPatron", "sendToPatron", "title", "name", "contactName", "itemId", "x" * 9999]
)
def test_names_that_are_not(name: str):
    assert not is_personal(name)


def test_the_notes_of_a_request_are_these():
    """What `are_in_notes` looks at, so that a usual message needs no second look at its document."""
    found = {place.path for place in places(MessageKind.REQUEST) if place.path.casefold().endswith("note")}
    assert found == {"serviceInfo/note", "supplierInfo/availabilityNote"}


def test_a_usual_document_is_not_parsed_again():
    assert stored(REQUEST) == _cut(REQUEST)
    assert stored(with_note(b"In two parcels, please.")) == _cut(with_note(b"In two parcels, please."))


def test_a_stored_document_is_read_as_the_message_and_redacted_once():
    document = stored(with_note(b"For Nobody"))
    assert decode(document).message
    assert redact(document) == document


def test_a_long_document_costs_no_more_than_a_moment():
    """Its notes are emptied rather than looked through: looking takes time by texts and length."""
    names = b"".join(b"<surname>a%d</surname>" % number for number in range(500))
    long = REQUEST.replace(b"<patronInfo>", b"<patronInfo>" + names)
    long = with_note(b"a1 a2 Nobody " * (2 * LONGEST_BYTES // 13), long)
    began_s = time.process_time()
    document = redact(long.replace(b"<request>", b"<request><!-- -->"))
    assert time.process_time() - began_s < 0.5
    assert says_nothing_of_the_customer(document)
