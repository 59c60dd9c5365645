"""Look-up keys: every spelling of an identifier gives one key, and a wrong one gives none, with the reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean, isbn, issn

from gateway.catalogue.keys import (
    KEY_TEXT_MAX,
    MOST_NUMBERS,
    KeyKind,
    examine,
    keys_of,
    make_key,
    make_keys,
    numbers_of,
)
from gateway.standard_numbers import BadIdentifierError
from gateway.workflow.values import Identifier, Wanted

ALMANAC = "isbn:9780306406157"


@pytest.mark.parametrize(
    "text",
    [
        "9780306406157",
        "0306406152",
        "0-306-40615-2",
        "0 306 40615 2",
        "978-0-306-40615-7",
        "978 0 306 40615 7",
        "978\u20110\u2011306\u201140615\u20117",
        "0306406152 (pbk.)",
        "0306406152(v. 1)",
        "9780306406157 (hbk) : $23.00",
        "0306406152 paperback",
        "ISBN 0306406152",
        "isbn: 0-306-40615-2",
        "ISBN-13: 978-0-306-40615-7",
        "ISBN 10 0306406152",
        "urn:isbn:9780306406157",
        '="9780306406157"',
        "306406152",
        "  0306406152\n",
    ],
)
def test_every_spelling_of_an_isbn_gives_its_thirteen_digits(text):
    assert make_key(KeyKind.ISBN, text) == ALMANAC


@pytest.mark.parametrize("text", ["080442957X", "0-8044-2957-x", "080442957X (pbk.)"])
def test_an_isbn_may_end_in_x(text):
    assert make_key(KeyKind.ISBN, text) == "isbn:9780804429573"


def test_a_979_isbn_stays_what_it_is():
    assert make_key(KeyKind.ISBN, "979-10-90636-07-1") == "isbn:9791090636071"


@pytest.mark.parametrize("text", ["0306406153", "9780306406158", "306406153", "0804429570"])
def test_a_wrong_check_digit_of_an_isbn_gives_no_key_but_says_so(text):
    with pytest.raises(BadIdentifierError, match="check digit of the ISBN is wrong"):
        make_key(KeyKind.ISBN, text)


@pytest.mark.parametrize(
    "text", ["", "n/a", "12345", "9.78031E+12", "9770306406158", "٩٧٨٠٣٠٦٤٠٦١٥٧", "X", "\x00", "0306406152 0306406152"]
)
def test_what_is_no_isbn_gives_no_key_but_says_so(text):
    with pytest.raises(BadIdentifierError, match=r"not an ISBN|check digit"):
        make_key(KeyKind.ISBN, text)


@pytest.mark.parametrize(
    "text", ["2049-3630", "20493630", "ISSN 2049-3630", "eISSN: 2049-3630", "2049-3630 (online)", "ISSN-L 2049-3630"]
)
def test_every_spelling_of_an_issn_gives_eight_characters(text):
    assert make_key(KeyKind.ISSN, text) == "issn:20493630"


@pytest.mark.parametrize(
    ("text", "key"), [("2434-561x", "issn:2434561X"), ("3785955", "issn:03785955"), ("0378-5955", "issn:03785955")]
)
def test_an_issn_may_end_in_x_and_may_have_lost_its_zero(text, key):
    assert make_key(KeyKind.ISSN, text) == key


@pytest.mark.parametrize("text", ["2049-3631", "19", "", "204936300"])
def test_what_is_no_issn_gives_no_key_but_says_so(text):
    with pytest.raises(BadIdentifierError, match="ISSN"):
        make_key(KeyKind.ISSN, text)


@pytest.mark.parametrize(
    "text",
    [
        "12345678",
        "ocm12345678",
        "OCM12345678 ",
        "ocn0012345678",
        "on12345678",
        "(OCoLC)12345678",
        "(OCoLC)ocm12345678",
        "OCLC: 12345678",
        "0012345678",
    ],
)
def test_every_spelling_of_an_oclc_number_gives_its_digits(text):
    assert make_key(KeyKind.OCLC, text) == "oclc:12345678"


@pytest.mark.parametrize("text", ["", "000", "(DLC)12345", "12345abc", "(OCoLC)"])
def test_what_is_no_oclc_number_gives_no_key_but_says_so(text):
    with pytest.raises(BadIdentifierError, match="not an OCLC number"):
        make_key(KeyKind.OCLC, text)


def test_a_record_number_is_compared_without_regard_to_case_and_outer_blanks():
    assert make_key(KeyKind.RECORD, " B1234567a ") == make_key(KeyKind.RECORD, "b1234567A") == "record:b1234567a"


def test_keys_stand_in_the_order_of_the_ladder_each_once():
    wanted = Wanted(
        record_id="b100",
        identifiers=(
            Identifier(code="ISSN", value="2049-3630"),
            Identifier(code="isbn", value="0306406152"),
            Identifier(code="ISBN", value="978-0-306-40615-7"),
            Identifier(code="LCCN", value="77013623"),
            Identifier(code="oclc", value="ocm00000042"),
        ),
    )
    assert keys_of(wanted) == ("record:b100", "oclc:42", "lccn:77013623", ALMANAC, "issn:20493630")


def test_several_isbns_keep_the_partners_order():
    identifiers = (Identifier(code="ISBN", value="080442957X"), Identifier(code="ISBN", value="0306406152"))
    assert keys_of(Wanted(identifiers=identifiers)) == ("isbn:9780804429573", ALMANAC)


def test_a_wrong_identifier_is_reported_and_the_others_still_count():
    wanted = Wanted(identifiers=(Identifier(code="ISBN", value="0306406153"), Identifier(code="OCLC", value="42")))
    found = examine(wanted)
    assert found.keys == ("oclc:42",)
    assert [(problem.kind, problem.words) for problem in found.problems] == [
        (KeyKind.ISBN, "the check digit of the ISBN is wrong: '0306406153'")
    ]


def test_a_title_alone_gives_no_key():
    assert examine(Wanted(title="The Imaginary Almanac")) == examine(Wanted())
    assert keys_of(Wanted(title="The Imaginary Almanac")) == ()


def test_an_identifier_too_long_for_an_index_gives_no_key():
    assert make_key(KeyKind.RECORD, "7" * KEY_TEXT_MAX)
    with pytest.raises(BadIdentifierError, match="longer than") as caught:
        make_key(KeyKind.RECORD, "7" * (KEY_TEXT_MAX + 1))
    assert len(str(caught.value)) < KEY_TEXT_MAX


@given(st.sampled_from(KeyKind), st.text(max_size=KEY_TEXT_MAX + 5))
def test_any_text_gives_a_key_of_its_kind_or_a_reason(kind, text):
    made = make_keys([(kind, text)])
    assert len(made.keys) + len(made.problems) == 1
    assert all(key.startswith(f"{kind}:") and len(key) > len(f"{kind}:") for key in made.keys)
    assert all(problem.words and problem.kind is kind for problem in made.problems)


@given(
    st.integers(0, 999_999_999),
    st.sampled_from(["", "-", " "]),
    st.sampled_from(["", " (pbk.)", ": 12.50", " xii, 300 p."]),
)
def test_the_two_forms_of_an_isbn_give_the_same_key(number, separator, qualifier):
    thirteen = f"978{number:09}"
    thirteen += ean.calc_check_digit(thirteen)
    ten = separator.join(isbn.to_isbn10(thirteen))
    assert (
        make_key(KeyKind.ISBN, ten + qualifier)
        == make_key(KeyKind.ISBN, separator.join(thirteen) + qualifier)
        == f"isbn:{thirteen}"
    )


@given(st.integers(0, 9_999_999))
def test_an_issn_with_and_without_its_hyphen_gives_the_same_key(number):
    plain = f"{number:07}"
    plain += issn.calc_check_digit(plain)
    assert make_key(KeyKind.ISSN, plain) == make_key(KeyKind.ISSN, f"{plain[:4]}-{plain[4:]}") == f"issn:{plain}"


@given(st.integers(1, 10**12), st.sampled_from(["", "ocm", "ocn", "on", "(OCoLC)", "(OCoLC)ocn"]), st.integers(0, 6))
def test_an_oclc_number_keeps_its_digits_whatever_stands_before_it(number, prefix, zeros):
    assert make_key(KeyKind.OCLC, f"{prefix}{'0' * zeros}{number}") == f"oclc:{number}"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("   85000002 ", "85000002"),
        ("85-2 ", "85000002"),
        ("2001-000002", "2001000002"),
        ("75-425165//r75", "75425165"),
        (" 79139101 /AC/r932", "79139101"),
        ("n78-890351", "n78890351"),
        ("n 78890351 ", "n78890351"),
        ("LCCN 56729634", "56729634"),
        ("info:lccn/n78890351", "n78890351"),
    ],
)
def test_an_lccn_is_normalised_as_its_library_does(text: str, value: str):
    """The examples of loc.gov/marc/lccn-namespace.html, and labels that people write."""
    assert make_key(KeyKind.LCCN, text) == f"lccn:{value}"


@pytest.mark.parametrize("text", ["", "85", "n78-8903512", "twelve", "123456789"])
def test_what_is_no_lccn_gives_no_key(text: str):
    with pytest.raises(BadIdentifierError, match="not an LCCN"):
        make_key(KeyKind.LCCN, text)


def test_of_numbers_without_number_the_best_are_looked_up():
    many = tuple(Identifier(code="ISSN", value=f"{number:07}") for number in range(500))
    wanted = Wanted(identifiers=(*many, Identifier(code="OCLC", value="12345678")))
    found = numbers_of(wanted)
    assert len(found) == MOST_NUMBERS
    assert found[0] == (KeyKind.OCLC, "12345678")
