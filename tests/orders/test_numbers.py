"""Numbers as people type them."""

import pytest

from gateway.orders.numbers import numbered


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("0-306-40615-2", [("ISBN", "0-306-40615-2")]),
        ("9780306406157", [("ISBN", "9780306406157")]),
        ("9780306406158", [("ISBN", "9780306406158")]),  # mistyped: told later, with its kind
        ("0028-0836", [("ISSN", "0028-0836")]),
        ("0028-0837", [("ISSN", "0028-0837")]),
        ("00280836", [("ISSN", "00280836")]),
        ("12345678", [("OCLC", "12345678")]),
        ("ocm00012345", [("OCLC", "ocm00012345")]),
        ("10.1000/182", [("DOI", "10.1000/182")]),
        ("oclc 9780306406157", [("OCLC", "9780306406157")]),
        ("PMID: 31452104", [("PMID", "31452104")]),
        ("ISBN 0306406152, ISSN 0028-0836\nOCLC 77", [("ISBN", "0306406152"), ("ISSN", "0028-0836"), ("OCLC", "77")]),
        (" , ;\n", []),
    ],
)
def test_a_number_is_of_the_kind_that_it_says_or_looks_like(text: str, found: list[tuple[str, str]]):
    assert list(numbered(text)) == found
