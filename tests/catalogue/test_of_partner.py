"""How a partner's catalogue is asked, out of its record and its product."""

import msgspec
import pytest

from gateway.catalogue.of_partner import AT_ONCE, settings_of
from gateway.workflow.catalogue import HOLDINGS, UNION_HOLDINGS, OwnIndexes, SruSettings, Z3950Settings
from gateway.workflow.catalogue_products import PRODUCTS
from gateway.workflow.partners import PartnerCatalogue

SRU = PartnerCatalogue(url="https://catalogue.example.org/sru")
Z3950 = PartnerCatalogue(url="z39.50s://catalogue.example.org/Main", product="koha")


def test_without_an_address_there_is_nothing_to_ask():
    assert settings_of(PartnerCatalogue()) is None


def test_over_sru_what_is_usual_counts():
    settings = settings_of(SRU)
    assert isinstance(settings, SruSettings)
    assert (settings.url, settings.schema, settings.at_once) == (SRU.url, "marcxml", AT_ONCE)
    assert (settings.indexes, settings.items) == (PRODUCTS["standard"].cql, HOLDINGS["852"])


def test_over_z3950_the_products_attributes_count():
    settings = settings_of(Z3950)
    assert isinstance(settings, Z3950Settings)
    assert (settings.host, settings.port, settings.database) == ("catalogue.example.org", 210, "Main")
    assert (settings.indexes, settings.items, settings.record_number) == (
        PRODUCTS["koha"].z3950, HOLDINGS["952"], "999c",
    )  # fmt: skip


def test_what_the_record_says_comes_first():
    own = msgspec.structs.replace(
        Z3950, holdings="949", record_number="907a", schema="unimarc", timeout_s=2.0, at_once=5, user="ill",
        indexes=OwnIndexes(isbn="1=1007", date="none"),
    )  # fmt: skip
    settings = settings_of(own)
    assert isinstance(settings, Z3950Settings)
    assert (settings.items, settings.record_number, settings.syntax) == (HOLDINGS["949"], "907a", "unimarc")
    assert (settings.timeout_s, settings.at_once, settings.user) == (2.0, 5, "ill")
    assert (settings.indexes.isbn, settings.indexes.date) == ("1=1007", "")


def test_holdings_may_come_as_opac_records():
    settings = settings_of(msgspec.structs.replace(Z3950, holdings="opac"))
    assert settings is not None
    assert settings.items is None


@pytest.mark.parametrize(
    ("symbols", "tags", "code"), [(None, UNION_HOLDINGS["924"].tags, "b"), ("940z", ("940",), "z")]
)
def test_a_union_catalogue_names_libraries_where_its_form_or_its_record_says(
    symbols: str | None, tags: tuple[str, ...], code: str
):
    settings = settings_of(msgspec.structs.replace(SRU, is_union=True, holdings="924", symbols=symbols))
    assert settings is not None
    assert settings.items is not None
    assert (settings.items.tags, settings.items.symbol) == (tags, code)


def test_characters_and_group_are_those_of_the_record_over_z3950():
    own = msgspec.structs.replace(
        Z3950, user="ill", password="secret:peer-x", group="loans", query_charset="iso-8859-1", record_charset="marc-8"
    )
    settings = settings_of(own)
    assert isinstance(settings, Z3950Settings)
    assert (settings.group, settings.query_charset, settings.record_charset) == ("loans", "iso-8859-1", "marc-8")
    usual = settings_of(Z3950)
    assert isinstance(usual, Z3950Settings)
    assert (usual.group, usual.query_charset, usual.record_charset) == (None, "utf-8", "auto")
