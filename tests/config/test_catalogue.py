"""[catalogue]: what is asked how, and the mistakes in it in words."""

import pytest

from gateway.workflow.catalogue import HOLDINGS, CatalogueKind, Indexes, SruSettings, SruVersion, Z3950Settings
from gateway.workflow.catalogue_products import PRODUCTS
from tests.config.conftest import Loader, Problems

SRU = '[catalogue]\nkind = "sru"\nurl = "https://catalogue.example.org/sru"\n'

Z3950 = '[catalogue]\nkind = "z39.50"\nurl = "z39.50s://catalogue.example.org/Default"\n'


def test_the_item_list_alone_is_the_default(loaded: Loader):
    assert loaded().catalogue.asked() is None


def test_an_address_alone_changes_nothing(loaded: Loader):
    assert loaded('[catalogue]\nurl = "https://catalogue.example.org/sru"').catalogue.asked() is None


def test_a_catalogue_with_all_that_can_be_said(loaded: Loader):
    settings = loaded(
        SRU
        + 'version = "2.0"\nrecord_schema = "marc21"\nrecord_number = "999c"\nuser = "ill"\npassword = "env:P"\nmax_records = 7\n'
        '[catalogue.indexes]\noclc = "local.oclc"\ndate = ""\n[catalogue.holdings]\nformat = "952"\nbranch = "a"\n',
        {"P": "hush"},
    ).catalogue.asked()
    assert isinstance(settings, SruSettings)
    assert (settings.version, settings.schema, settings.record_number) == (SruVersion.V2_0, "marc21", "999c")
    assert (settings.user, settings.max_records) == ("ill", 7)
    assert settings.indexes == Indexes(oclc="local.oclc", date="")
    assert settings.items is not None
    assert (settings.items.branch, settings.items.barcode) == ("a", HOLDINGS["952"].barcode)


def test_opac_records_have_no_fields(loaded: Loader):
    settings = loaded(SRU + '[catalogue.holdings]\nformat = "opac"').catalogue.asked()
    assert settings is not None
    assert settings.items is None


@pytest.mark.parametrize("kind", list(CatalogueKind))
def test_every_kind_is_taken(loaded: Loader, kind: CatalogueKind):
    toml = Z3950 if kind is CatalogueKind.Z3950 else SRU.replace('sru"\nurl', f'{kind}"\nurl')
    assert loaded(toml).catalogue.kind is kind


def test_a_catalogue_over_z3950_with_all_that_can_be_said(loaded: Loader):
    settings = loaded(
        Z3950.replace(".org", ".org:7090")
        + 'product = "koha"\nuser = "ill"\npassword = "env:P"\ngroup = "staff"\nsyntax = "unimarc"\nquery_charset = "marc-8"\n'
        'record_charset = "iso-8859-1"\n[catalogue.indexes]\noclc = "1=1211"\n[catalogue.holdings]\nbranch = "a"\n',
        {"P": "hush"},
    ).catalogue.asked()
    assert isinstance(settings, Z3950Settings)
    assert (settings.host, settings.port, settings.database) == ("catalogue.example.org", 7090, "Default")
    assert (settings.user, settings.group, settings.syntax) == ("ill", "staff", "unimarc")
    assert (settings.query_charset, settings.record_charset) == ("marc-8", "iso-8859-1")
    assert (settings.indexes.oclc, settings.indexes.isbn) == ("1=1211", PRODUCTS["koha"].z3950.isbn)
    assert settings.record_number == "999c"
    assert settings.items is not None
    assert (settings.items.branch, settings.items.barcode) == ("a", HOLDINGS["952"].barcode)


def test_the_usual_port_is_210(loaded: Loader):
    settings = loaded(Z3950).catalogue.asked()
    assert isinstance(settings, Z3950Settings)
    assert settings.port == 210


@pytest.mark.parametrize("product", list(PRODUCTS))
def test_every_product_fills_in_what_is_usual(loaded: Loader, product: str):
    settings = loaded(Z3950 + f'product = "{product}"').catalogue.asked()
    assert settings is not None
    usual = PRODUCTS[product]
    assert (settings.indexes, settings.items, settings.record_number) == (usual.z3950, usual.items, usual.record_number)


@pytest.mark.parametrize(
    ("toml", "expected"),
    [
        ('[catalogue]\nkind = "z39"', "catalogue.kind: \"z39\" is none of 'list', "),
        ('[catalogue]\nkind = "z39.50"', 'catalogue: kind "z39.50" needs the catalogue\'s url'),
        (SRU.replace('"sru"', '"z39.50"'), 'catalogue: kind "z39.50" does not fit the url'),
        (Z3950.replace('"z39.50"', '"sru"'), 'catalogue: kind "sru" does not fit the url'),
        (Z3950.replace("/Default", ""), "catalogue.url: must name host and database"),
        (Z3950 + '[catalogue.indexes]\nisbn = "bath.isbn"', 'catalogue: indexes: isbn must be like "1=7 4=1"'),
        (SRU + '[catalogue.indexes]\noclc = "none"', 'catalogue: indexes: "none" is how partners\' records say it'),
        (SRU + '[catalogue.indexes]\nisbn = "1=7"', 'catalogue: indexes: isbn must be like "bath.isbn"'),
        (SRU + 'product = "unheard-of"', "catalogue.product: "),
        (Z3950 + 'record_charset = "ebcdic"', "catalogue.record_charset: "),
        ('[catalogue]\nkind = "sru"', 'catalogue: kind "sru" needs the catalogue\'s url'),
        (SRU + 'user = "ill"', "catalogue: user and password go together"),
        (SRU + 'version = "3.0"', "catalogue.version: \"3.0\" is none of '1.1', "),
        (SRU + "timeout_s = 0", "catalogue.timeout_s: 0 is not above 0"),
        (
            SRU + 'record_number = "1"',
            "catalogue.record_number: must be a tag of MARC, with a subfield's code or without",
        ),
        (
            SRU + '[catalogue.indexes]\nisbn = "a b"',
            'catalogue.indexes.isbn: must be an index of CQL, like "bath.isbn"',
        ),
        (SRU + '[catalogue.indexes]\nean = "x"', "catalogue.indexes.ean: "),
        (
            SRU + '[catalogue.holdings]\nformat = "999"',
            "catalogue.holdings.format: must be one of 852, 876, 945, 949, 952, 982, or opac",
        ),
        (
            SRU + '[catalogue.holdings]\nbarcode = "$p"',
            'catalogue.holdings.barcode: must be codes of subfields, like "hi"',
        ),
        (SRU + '[catalogue.holdings]\ntags = ["85"]', 'catalogue.holdings.tags[0]: must be a tag of MARC, like "852"'),
        (
            SRU + '[catalogue.holdings]\nformat = "opac"\nbarcode = "p"',
            "catalogue.holdings: an OPAC record has no fields",
        ),
    ],
)
def test_a_mistake_is_said_in_words(problems: Problems, toml: str, expected: str):
    [problem] = problems(toml)
    assert problem.startswith(expected), problem
