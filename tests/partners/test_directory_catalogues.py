"""Catalogues as directory services name them: Crosslink's catalogConfig, mod-directory's services. All of them fictional."""

from typing import Any

import pytest

from gateway.catalogue.of_partner import settings_of
from gateway.partners.directory_catalogues import of_crosslink, of_services
from gateway.workflow.catalogue import OwnIndexes
from gateway.workflow.partners import PartnerCatalogue

SRU: dict[str, Any] = {
    "catalogConfig": {
        "profile": "Koha",
        "sru": {"address": "https://catalogue.east.example.org/sru", "recordSchema": "marc21"},
        "queryConfig": {"type": "cql", "isbn": "bath.isbn = {term}", "title": 'dc.title all "{term}"', "year": "x"},
        "holdingsFormat": {"marc": {"mainField": "952", "itemIdSubField": "p"}},
    }
}
ZOOM: dict[str, Any] = {
    "catalogConfig": {
        "zoom": {"address": "z3950.west.example.org:9991/West", "options": {"count": "1"}},
        "queryConfig": {"type": "pqf", "isbn": "@attr 1=7 {term}", "identifier": '@attr bib-1 1=12 @attr 4=1 "{term}"'},
        "holdingsFormat": {"opac": {"availabilityRule": "availableNow"}},
    },
    "lmsConfig": {"vendor": "Sierra"},
}


def test_an_sru_server_of_crosslinks_directory():
    assert of_crosslink(SRU) == PartnerCatalogue(
        url="https://catalogue.east.example.org/sru",
        product="koha",
        schema="marc21",
        holdings="952",
        indexes=OwnIndexes(isbn="bath.isbn", title="dc.title"),
    )


def test_a_z3950_server_of_crosslinks_directory_whose_profile_is_its_circulation_systems():
    assert of_crosslink(ZOOM) == PartnerCatalogue(
        url="z39.50s://z3950.west.example.org:9991/West",
        product="sierra",
        holdings="opac",
        indexes=OwnIndexes(isbn="1=7", record="1=12 4=1"),
    )


@pytest.mark.parametrize(
    ("profile", "server", "holdings", "schema"),
    [
        ("Alma", {"zoom": {"address": "z3950.west.example.org:1921/WEST"}}, "opac", None),
        ("FOLIO", {"sru": {"address": "https://west.example.org/sru"}}, "opac", "opac"),
        ("Generic", {"sru": {"address": "https://west.example.org/sru"}}, None, None),
    ],
)
def test_profiles_whose_holdings_are_opac_records(
    profile: str, server: dict[str, Any], holdings: str | None, schema: str | None
):
    found = of_crosslink({"catalogConfig": {"profile": profile, **server}})
    assert found is not None
    assert (found.product, found.holdings, found.schema) == ("standard", holdings, schema)
    its_own = {"profile": profile, **server, "holdingsFormat": {"marc": {"mainField": "952"}}}
    found = of_crosslink({"catalogConfig": its_own})
    assert found is not None
    assert (found.holdings, found.schema) == ("952", None)


@pytest.mark.parametrize(
    ("address", "database", "url"),
    [
        ("tcp:z3950.west.example.org:1921", "01WEST_INST", "z39.50s://z3950.west.example.org:1921/01WEST_INST"),
        ("z3950.west.example.org", None, "z39.50s://z3950.west.example.org/Default"),
    ],
)
def test_a_z3950_service_of_mod_directory(address: str, database: str | None, url: str):
    services = [
        ("iso18626", "https://west.example.org/iso18626", {}),
        ("z3950", address, {"Z3950BaseName": [database]} if database else {}),
    ]
    assert of_services(services) == PartnerCatalogue(url=url)
    assert of_services([("sru", "https://west.example.org/sru", {})]) == PartnerCatalogue(
        url="https://west.example.org/sru"
    )


@pytest.mark.parametrize(
    "found", [of_crosslink(SRU), of_crosslink(ZOOM), of_services([("z3950", "a.example:1/b", {})])]
)
def test_what_is_read_can_be_asked(found: PartnerCatalogue):
    assert settings_of(found) is not None


@pytest.mark.parametrize(
    "config",
    [
        None,
        {"sru": {"address": ""}},
        {"sru": {"address": "ftp://east.example.org/"}},
        {"zoom": {"address": "with a blank/db"}},
        {"profile": "Koha"},
        {"sru": []},
    ],
)
def test_without_an_address_that_can_be_used_there_is_none(config: Any):
    assert of_crosslink({"catalogConfig": config}) is None
    assert of_services([("z3950", "with a blank", {}), ("http", "https://a.example.org/", {})]) is None


def test_what_of_it_can_not_be_read_is_left_out():
    config = {"sru": {"address": "https://east.example.org/sru"}, "queryConfig": {"isbn": "a={term} or b={term}"}}
    assert of_crosslink({"catalogConfig": config}) == PartnerCatalogue(url="https://east.example.org/sru")
