"""[catalogue]: where copies are found, how the catalogue is asked, and where its records say which items there are."""

import re
from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from pydantic import Field

from gateway.config.kinds import CatalogueUrl, Name, PositiveCount, PositiveSeconds, Seconds, like, one_of
from gateway.config.secrets import Secret
from gateway.config.section import KeyAgreement, Section, go_together
from gateway.workflow.catalogue import (
    BIB_1_INDEX,
    CQL_INDEX,
    HOLDINGS,
    NO_INDEX,
    OPAC,
    CatalogueKind,
    ItemFields,
    SruSettings,
    SruVersion,
    Z3950Settings,
    is_z3950,
    z3950_place,
)
from gateway.workflow.catalogue_products import PRODUCTS, CatalogueProduct
from gateway.z3950.values import RecordCharset

_SRU = SruSettings(url="")
_Z3950 = Z3950Settings(host="", port=210, database="")

Index = Annotated[
    str,
    like(
        f"{CQL_INDEX}|{BIB_1_INDEX}|",
        'must be an index of CQL, like "bath.isbn", over Z39.50 attributes of Bib-1, like "1=7 4=1", or "" for none',
    ),
]
ProductName = Annotated[str, one_of("product", PRODUCTS)]
Tag = Annotated[str, like(r"[0-9A-Z]{3}", 'must be a tag of MARC, like "852"')]
TagOrNone = Annotated[str, like(r"[0-9A-Z]{3}|", 'must be a tag of MARC, like "852", or "" for none')]
Codes = Annotated[str, like(r"[0-9a-z]*", 'must be codes of subfields, like "hi"')]
Place = Annotated[
    str, like(r"[0-9A-Z]{3}[0-9a-z]?", 'must be a tag of MARC, with a subfield\'s code or without, like "999c"')
]
Format = Annotated[
    str, like("|".join((*HOLDINGS, OPAC)), f"must be one of {', '.join(HOLDINGS)}, or {OPAC} for OPAC records")
]


class IndexesSection(Section):
    """[catalogue.indexes]: what each kind of key is searched in, where that is not as usual for the product; "" searches by none."""

    record: Index | None = None
    oclc: Index | None = None
    lccn: Index | None = None
    isbn: Index | None = None
    issn: Index | None = None
    title: Index | None = None
    author: Index | None = None
    date: Index | None = None


def _no_field_of_opac(key: str) -> Callable[[str, object], str | None]:
    def objection(form: str | None, value: object) -> str | None:
        if form == OPAC and value is not None:
            return f'an OPAC record has no fields: with "{OPAC}" leave out {key}'
        return None

    return objection


class HoldingsSection(Section):
    """[catalogue.holdings]: the format, and what is different in this catalogue from the usual form of it."""

    format: Format | None = None
    """None: as usual for the product."""
    tags: tuple[Tag, ...] | None = None
    barcode: Codes | None = None
    branch: Codes | None = None
    call_number: Codes | None = None
    item_type: Codes | None = None
    volume: Codes | None = None
    collection: Codes | None = None
    acquired: Codes | None = None
    location: TagOrNone | None = None
    symbol: Codes | None = None
    status: Codes | None = None
    available: tuple[Name, ...] | None = None
    unavailable: tuple[Name, ...] | None = None
    out: Codes | None = None
    barred: Codes | None = None
    barred_by: tuple[Name, ...] | None = None

    agreements = tuple(KeyAgreement(("format", key), _no_field_of_opac(key)) for key in ItemFields.__struct_fields__)

    def _changes(self) -> dict[str, object]:
        return self.model_dump(exclude={"format"}, exclude_none=True)

    def item_fields(self, product: CatalogueProduct) -> ItemFields | None:
        """Where the items are; None for an OPAC record."""
        usual = product.items if self.format is None else HOLDINGS.get(self.format)
        return None if usual is None else msgspec.structs.replace(usual, **self._changes())


def _url_objection(kind: CatalogueKind, url: str | None) -> str | None:
    if kind is CatalogueKind.LIST:
        return None
    if not url:
        return f'kind "{kind}" needs the catalogue\'s url'
    wanted = {CatalogueKind.SRU: False, CatalogueKind.Z3950: True}.get(kind, is_z3950(url))
    return None if is_z3950(url) is wanted else f'kind "{kind}" does not fit the url, which is of the other protocol'


def _indexes_objection(url: str | None, indexes: IndexesSection) -> str | None:
    """An index of CQL is no attribute of Bib-1."""
    form, like_this = (BIB_1_INDEX, "1=7 4=1") if url and is_z3950(url) else (CQL_INDEX, "bath.isbn")
    given = indexes.model_dump(exclude_none=True)
    if NO_INDEX in given.values():
        return f'indexes: "{NO_INDEX}" is how partners\' records say it; here it is ""'
    wrong = [name for name, text in given.items() if text and not re.fullmatch(form, text)]
    return f'indexes: {", ".join(wrong)} must be like "{like_this}" for a catalogue at this url' if wrong else None


class CatalogueSection(Section):
    """[catalogue]: the local item list alone, unless an address is given and `kind` says to use it."""

    kind: CatalogueKind = CatalogueKind.LIST
    url: CatalogueUrl | None = None
    product: ProductName = "standard"
    version: SruVersion = _SRU.version
    record_schema: Name = _SRU.schema
    record_number: Place | None = None
    """None: as usual for the product."""
    syntax: Name = _Z3950.syntax
    query_charset: Name = _Z3950.query_charset
    record_charset: RecordCharset = RecordCharset(_Z3950.record_charset)
    user: Name | None = None
    group: Name | None = None
    password: Secret | None = None
    timeout_s: PositiveSeconds = _SRU.timeout_s
    max_reply_bytes: PositiveCount = _SRU.max_reply_bytes
    page_records: PositiveCount = _SRU.page_records
    max_records: PositiveCount = _SRU.max_records
    at_once: PositiveCount = _SRU.at_once
    fresh_s: Seconds = _SRU.fresh_s
    stale_s: Seconds = _SRU.stale_s
    cached_queries: PositiveCount = _SRU.cached_queries
    indexes: IndexesSection = Field(default_factory=IndexesSection)
    holdings: HoldingsSection = Field(default_factory=HoldingsSection)

    agreements = (
        KeyAgreement(("kind", "url"), _url_objection),
        KeyAgreement(("url", "indexes"), _indexes_objection),
        go_together("user", "password"),
    )

    def asked(self) -> SruSettings | Z3950Settings | None:
        """How the catalogue is asked; None where it is not."""
        if self.kind is CatalogueKind.LIST or self.url is None:
            return None
        return self._over_z3950(self.url) if is_z3950(self.url) else self._over_sru(self.url)

    def _over_sru(self, url: str) -> SruSettings:
        return SruSettings(url=url, version=self.version, schema=self.record_schema, **self._common(is_z3950=False))

    def _over_z3950(self, url: str) -> Z3950Settings:
        host, port, database = z3950_place(url)
        return Z3950Settings(
            host=host,
            port=port,
            database=database,
            syntax=self.syntax,
            group=self.group,
            query_charset=self.query_charset,
            record_charset=self.record_charset,
            **self._common(is_z3950=True),
        )

    def _common(self, *, is_z3950: bool) -> dict[str, Any]:
        product = PRODUCTS[self.product]
        usual = product.z3950 if is_z3950 else product.cql
        names = ("user", "timeout_s", "max_reply_bytes", "page_records", "max_records", "at_once")
        return {name: getattr(self, name) for name in (*names, "fresh_s", "stale_s", "cached_queries")} | {
            "indexes": msgspec.structs.replace(usual, **self.indexes.model_dump(exclude_none=True)),
            "items": self.holdings.item_fields(product),
            "record_number": self.record_number or product.record_number,
            "takes_or": product.takes_or,
        }
