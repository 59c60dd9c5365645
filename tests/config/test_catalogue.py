"""[catalogue]: what is asked how, and the mistakes in it in words."""

import pytest

from gateway.workflow.catalogue import HOLDINGS, CatalogueKind, Indexes, SruVersion
from tests.config.conftest import Loader, Problems

SRU = '[catalogue]\nkind = "sru"\nurl = "https://catalogue.example.org/sru"\n'


def test_the_item_list_alone_is_the_default(loaded: Loader):
    assert loaded().catalogue.sru() is None


def test_an_address_alone_changes_nothing(loaded: Loader):
    assert loaded('[catalogue]\nurl = "https://catalogue.example.org/sru"').catalogue.sru() is None


def test_a_catalogue_with_all_that_can_be_said(loaded: Loader):
    settings = loaded(
        SRU
        + 'version = "2.0"\nrecord_schema = "marc21"\nrecord_number = "999c"\nuser = "ill"\npassword = "env:P"\nmax_records = 7\n'
        '[catalogue.indexes]\noclc = "local.oclc"\ndate = ""\n[catalogue.holdings]\nformat = "952"\nbranch = "a"\n',
        {"P": "hush"},
    ).catalogue.sru()
    assert settings is not None
    assert (settings.version, settings.schema, settings.record_number) == (SruVersion.V2_0, "marc21", "999c")
    assert (settings.user, settings.max_records) == ("ill", 7)
    assert settings.indexes == Indexes(oclc="local.oclc", date="")
    assert settings.items is not None
    assert (settings.items.branch, settings.items.barcode) == ("a", HOLDINGS["952"].barcode)


def test_opac_records_have_no_fields(loaded: Loader):
    settings = loaded(SRU + '[catalogue.holdings]\nformat = "opac"').catalogue.sru()
    assert settings is not None
    assert settings.items is None


@pytest.mark.parametrize("kind", list(CatalogueKind))
def test_every_kind_is_taken(loaded: Loader, kind: CatalogueKind):
    assert loaded(SRU.replace('sru"\nurl', f'{kind}"\nurl')).catalogue.kind is kind


@pytest.mark.parametrize(
    ("toml", "expected"),
    [
        ('[catalogue]\nkind = "z39.50"', "catalogue.kind: \"z39.50\" is none of 'list', "),
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
            "catalogue.holdings.format: must be one of 852, 876, 945, 949, 952, or opac",
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
