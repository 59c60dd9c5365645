"""Citations: numbers in one spelling, doubts in words that quote nothing, and no citation of nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.iso18626.codes import ServiceType
from gateway.orders.citation import NORMALISERS, TEXT_MAX, NothingToIdentifyError, cite, identified, limited, vagueness
from gateway.workflow.values import Identifier, Wanted


@pytest.mark.parametrize(
    ("code", "text", "value"),
    [
        ("ISBN", "0-306-40615-2 (pbk.)", "9780306406157"),
        ("ISSN", "0378-5955", "03785955"),
        ("OCLC", "(OCoLC)ocm00000042", "42"),
        ("DOI", "https://doi.org/10.1000/182", "10.1000/182"),
        ("DOI", "DOI: 10.1000/ABC", "10.1000/ABC"),
        ("PMID", "PMID: 0042", "42"),
        ("LCCN", "85-2", "85000002"),
        ("LCCN", "n 78890351", "n78890351"),
        ("LCCN", "75-425165//r75", "75425165"),
    ],
)
def test_a_number_is_stored_in_one_spelling(code, text, value):
    assert identified([(code, text)]) == ((Identifier(code=code, value=value),), ())


@pytest.mark.parametrize("text", ["0306406153", "0-306-40615-3", "ISBN 0306406153"])
def test_a_wrong_check_digit_is_kept_with_a_warning(text):
    found, warnings = identified([("ISBN", text)])
    assert found == (Identifier(code="ISBN", value="0306406153"),)
    assert warnings == ("The check digit of the ISBN is wrong. It is kept as given: look whether it was mistyped.",)


@pytest.mark.parametrize("code", sorted(NORMALISERS))
def test_what_is_no_such_number_is_left_out_and_not_quoted(code):
    assert identified([(code, "jo.doe@example.org")]) == ((), (f"What was given as {code} is none: it was left out.",))


@pytest.mark.parametrize("code", sorted(NORMALISERS))
@given(text=st.text(max_size=30))
def test_a_stored_number_is_stored_as_itself(code, text):
    found, _warnings = identified([(code, text)])
    assert identified((each.code, each.value) for each in found)[0] == found


def test_two_spellings_are_one_number():
    assert len(identified([("ISBN", "0306406152"), ("ISBN", "978-0-306-40615-7")])[0]) == 1


@pytest.mark.parametrize("wanted", [Wanted(), Wanted(author="Invented, Ina", published="1999")])
def test_a_work_without_title_and_number_is_refused(wanted):
    with pytest.raises(NothingToIdentifyError):
        cite(wanted, ServiceType.LOAN, note=None, warnings=())


@given(st.text())
def test_a_limited_text_is_one_line_and_short(text):
    line, was_cut = limited(text)
    assert line is None or (line == line.strip() and len(line) <= TEXT_MAX and "\n" not in line)
    assert not was_cut or len(text) > TEXT_MAX


WRONG, RIGHT = Identifier(code="ISBN", value="9780306406158"), Identifier(code="ISBN", value="9780306406157")


@pytest.mark.parametrize(
    ("wanted", "is_vague"),
    [
        (Wanted(title="Clouds", identifiers=(WRONG,)), True),
        (Wanted(title="Clouds", author="Invented, Iris", identifiers=(WRONG,)), True),
        (Wanted(identifiers=(WRONG,)), True),
        (Wanted(title="Clouds"), True),
        (Wanted(title="Clouds", author="Invented, Iris"), False),
        (Wanted(title="The Cartographer of Clouds", identifiers=(WRONG,)), False),
        (Wanted(title="Clouds", identifiers=(WRONG, RIGHT)), False),
        (Wanted(title="Clouds", identifiers=(Identifier(code="DOI", value="10.1000/182"),)), False),
        (Wanted(title="Clouds", identifiers=(Identifier(code="shelfmark", value="x"),)), False),
        (Wanted(title="Clouds", record_id="b100"), False),
        (Wanted(title="Clouds", article_title="Nothing", identifiers=(WRONG,)), False),
    ],
)
def test_a_wrong_number_and_one_word_say_nothing(wanted, is_vague):
    assert (vagueness(wanted) is not None) is is_vague
