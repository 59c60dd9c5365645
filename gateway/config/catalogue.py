"""[catalogue]: where copies are found, how the catalogue is asked, and where its records say which items there are."""

from collections.abc import Callable
from typing import Annotated

import msgspec
from pydantic import Field

from gateway.config.kinds import HttpUrl, Name, PositiveCount, PositiveSeconds, Seconds, like
from gateway.config.secrets import Secret
from gateway.config.section import Agreement, Section, go_together
from gateway.workflow.catalogue import HOLDINGS, OPAC, CatalogueKind, Indexes, ItemFields, SruSettings, SruVersion

_INDEXES = Indexes()
_SRU = SruSettings(url="")

Index = Annotated[str, like(r"(?:[\w-]+\.)*[\w-]+|", 'must be an index of CQL, like "bath.isbn", or "" for none')]
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
    """[catalogue.indexes]: the CQL index for each kind of key; "" searches by none of that kind."""

    record: Index = _INDEXES.record
    oclc: Index = _INDEXES.oclc
    lccn: Index = _INDEXES.lccn
    isbn: Index = _INDEXES.isbn
    issn: Index = _INDEXES.issn
    title: Index = _INDEXES.title
    author: Index = _INDEXES.author
    date: Index = _INDEXES.date


def _no_field_of_opac(key: str) -> Callable[[str, object], str | None]:
    def objection(form: str, value: object) -> str | None:
        if form == OPAC and value is not None:
            return f'an OPAC record has no fields: with "{OPAC}" leave out {key}'
        return None

    return objection


class HoldingsSection(Section):
    """[catalogue.holdings]: the format, and what is different in this catalogue from the usual form of it."""

    format: Format = "852"
    tags: tuple[Tag, ...] | None = None
    barcode: Codes | None = None
    branch: Codes | None = None
    call_number: Codes | None = None
    item_type: Codes | None = None
    volume: Codes | None = None
    collection: Codes | None = None
    acquired: Codes | None = None
    location: TagOrNone | None = None

    agreements = tuple(Agreement(("format", key), _no_field_of_opac(key)) for key in ItemFields.__struct_fields__)

    def _changes(self) -> dict[str, object]:
        return self.model_dump(exclude={"format"}, exclude_none=True)

    def item_fields(self) -> ItemFields | None:
        """Where the items are; None for an OPAC record."""
        return None if self.format == OPAC else msgspec.structs.replace(HOLDINGS[self.format], **self._changes())


def _url_objection(kind: CatalogueKind, url: str | None) -> str | None:
    return None if kind is CatalogueKind.LIST or url else f'kind "{kind}" needs the catalogue\'s url'


class Catalogue(Section):
    """[catalogue]: the local item list alone, unless an address is given and `kind` says to use it."""

    kind: CatalogueKind = CatalogueKind.LIST
    url: HttpUrl | None = None
    version: SruVersion = _SRU.version
    record_schema: Name = _SRU.schema
    record_number: Place = _SRU.record_number
    user: Name | None = None
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

    agreements = (Agreement(("kind", "url"), _url_objection), go_together("user", "password"))

    def sru(self) -> SruSettings | None:
        """How the catalogue is asked; None where it is not."""
        if self.kind is CatalogueKind.LIST or self.url is None:
            return None
        same = ("version", "record_number", "user", "timeout_s", "max_reply_bytes", "page_records", "max_records")
        return SruSettings(
            url=self.url,
            schema=self.record_schema,
            indexes=Indexes(**self.indexes.model_dump()),
            items=self.holdings.item_fields(),
            at_once=self.at_once,
            fresh_s=self.fresh_s,
            stale_s=self.stale_s,
            cached_queries=self.cached_queries,
            **{name: getattr(self, name) for name in same},
        )
