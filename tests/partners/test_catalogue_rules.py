"""What is wrong with the catalogue of a partner's record, in words."""

import msgspec
import pytest

from gateway.partners.catalogue_rules import catalogue_faults
from gateway.workflow.catalogue import OwnIndexes
from gateway.workflow.partners import PartnerCatalogue

SRU = PartnerCatalogue(url="https://catalogue.example.org/sru")
Z3950 = PartnerCatalogue(url="z39.50s://catalogue.example.org:210/Main")
FULL = msgspec.structs.replace(
    SRU, product="koha", holdings="850", record_number="999c", number_as="b{}", user="ill", password="secret:peer-brook",
    timeout_s=3.0, at_once=2, max_per_minute=30, is_union=True, symbols="850a",
    indexes=OwnIndexes(isbn="bath.isbn", date="none"),
)  # fmt: skip


@pytest.mark.parametrize("catalogue", [PartnerCatalogue(), SRU, Z3950, FULL])
def test_nothing_is_wrong(catalogue: PartnerCatalogue):
    assert list(catalogue_faults(catalogue)) == []


@pytest.mark.parametrize(
    ("catalogue", "field", "words"),
    [
        (PartnerCatalogue(product="koha"), "url", "is missing"),
        (PartnerCatalogue(url="ftp://catalogue.example.org"), "url", "begins with https://"),
        (PartnerCatalogue(url="https://me:hush@catalogue.example.org"), "url", "no user and no password"),
        (PartnerCatalogue(url="z39.50s://catalogue.example.org"), "url", "must name host and database"),
        (PartnerCatalogue(url="https://[x"), "url", "is no address"),
        (msgspec.structs.replace(SRU, product="unheard-of"), "product", "must be one of standard, "),
        (msgspec.structs.replace(SRU, holdings="850"), "holdings", "must be one of 852, "),
        (msgspec.structs.replace(SRU, is_union=True), "holdings", "must be said of a union catalogue"),
        (msgspec.structs.replace(SRU, record_number="1"), "record_number", "must be a tag of MARC"),
        (msgspec.structs.replace(SRU, symbols="850a"), "symbols", "is for a union catalogue"),
        (msgspec.structs.replace(FULL, symbols="850"), "symbols", "with a subfield's code"),
        (msgspec.structs.replace(SRU, number_as="b"), "number_as", "must hold {} once"),
        (msgspec.structs.replace(SRU, number_as="{}{x}"), "number_as", "must hold {} once"),
        (msgspec.structs.replace(SRU, timeout_s=0), "timeout_s", "must be above 0"),
        (msgspec.structs.replace(SRU, timeout_s=float("nan")), "timeout_s", "must be above 0"),
        (msgspec.structs.replace(SRU, at_once=0), "at_once", "must be 1 or more"),
        (msgspec.structs.replace(SRU, user="ill"), "user", "goes together with password"),
        (msgspec.structs.replace(SRU, group="loans"), "group", "is for a catalogue over Z39.50"),
        (msgspec.structs.replace(Z3950, query_charset="x y"), "query_charset", "must be the name of a character set"),
        (msgspec.structs.replace(Z3950, record_charset="ansel"), "record_charset", "must be one of auto, "),
        (msgspec.structs.replace(SRU, user="ill", password="hush"), "password", "is named here, not written"),
        (msgspec.structs.replace(SRU, indexes=OwnIndexes(isbn="1=7")), "indexes.isbn", "must be like bath.isbn"),
        (msgspec.structs.replace(Z3950, indexes=OwnIndexes(isbn="bath.isbn")), "indexes.isbn", "must be like 1=7"),
    ],
)
def test_each_fault_stands_at_its_field(catalogue: PartnerCatalogue, field: str, words: str):
    assert [name for name, said in catalogue_faults(catalogue) if words in said] == [field]
    assert not any("hush" in said for _, said in catalogue_faults(catalogue))
