"""What is usual in a product's catalogue can be used as it stands."""

import re

import pytest

from gateway.workflow.catalogue import Indexes, z3950_place
from gateway.workflow.catalogue_products import PRODUCTS


@pytest.mark.parametrize("product", list(PRODUCTS))
def test_indexes_over_z3950_are_attributes_of_bib_1(product: str):
    indexes = PRODUCTS[product].z3950
    for name in Indexes.__struct_fields__:
        assert re.fullmatch(r"(?:1=\d+(?: [2-6]=\d+)*)?", getattr(indexes, name)), name
    assert indexes.title
    assert indexes.isbn


@pytest.mark.parametrize("url", ["z39.50s://catalogue.example.org", "z39.50s:///Default", "z39.50s://host:x/Default"])
def test_an_address_without_host_port_or_database_is_none(url: str):
    with pytest.raises(ValueError, match=r"must name host and database|Port could not be cast"):
        z3950_place(url)


def test_a_database_may_have_any_name():
    assert z3950_place("z39.50s://catalogue.example.org:7090/Main%20PAC/") == (
        "catalogue.example.org",
        7090,
        "Main PAC",
    )
