"""Fields of a form as a struct, with what is wrong at its field."""

from typing import Annotated

import msgspec
import pytest
from multidict import MultiDict

from gateway.desk.errors import UnusableError
from gateway.pages.forms import by_field, read_form


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """A form."""

    title: Annotated[str, msgspec.Meta(max_length=10)]
    copies: Annotated[int, msgspec.Meta(ge=1, le=9)] = 1
    rush: bool = False
    branches: tuple[str, ...] = ()


def test_a_form_is_read_by_its_types():
    fields = MultiDict([("title", "Almanac"), ("copies", "2"), ("rush", "true"), ("branches", "a"), ("branches", "b")])
    assert read_form(fields, Order) == Order(title="Almanac", copies=2, rush=True, branches=("a", "b"))


def test_an_empty_field_is_as_one_that_is_not_there():
    assert read_form(MultiDict([("title", "Almanac"), ("copies", " ")]), Order) == Order(title="Almanac")


def test_all_that_is_wrong_is_told_at_once_each_at_its_field():
    with pytest.raises(UnusableError) as caught:
        read_form(MultiDict([("title", ""), ("copies", "many")]), Order)
    assert by_field(caught.value.problems or ()) == {
        "title": "This is needed.",
        "copies": "A whole number from 1 to 9.",
    }
