"""Which of a library's own prices is that of a form."""

import pytest

from gateway.iso18626.codes import Format
from gateway.workflow.charges import KIND_OF, price_name


def test_every_form_is_of_a_kind():
    assert set(KIND_OF) == set(Format)


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ("DVD", "film"),
        (" dvd ", "film"),
        ("Blu-ray", "blu-ray"),
        ("CD", "book"),
        ("scroll", "Scroll"),
        ("papyrus", "book"),
        (None, "book"),
        ("", "book"),
    ],
)
def test_a_form_has_the_price_of_its_code_or_of_its_kind_else_the_first(form: str | None, name: str):
    assert price_name(form, ["book", "blu-ray", "film", "Scroll"]) == name
