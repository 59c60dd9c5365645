"""How the catalogue is asked and read, as values: indexes, holdings fields, limits.

Types and defaults only: `config` fills them from the settings, `catalogue` works by them.
"""

from enum import StrEnum
from typing import Final
from urllib.parse import unquote, urlsplit

from gateway.workflow.values import Record


class CatalogueKind(StrEnum):
    """Where copies are found: in the local item list, in the catalogue over SRU or Z39.50, or in the list first and then there."""

    LIST = "list"
    SRU = "sru"
    Z3950 = "z39.50"
    BOTH = "both"


Z3950_SCHEME: Final = "z39.50s"
"""Of an address: `z39.50s://host:210/database` (RFC 2056). Any other catalogue's is HTTP's, and it is asked over SRU."""
Z3950_PORT: Final = 210


def z3950_place(url: str) -> tuple[str, int, str]:
    """Return host, port and database of an address of Z39.50; raises ValueError where one is missing."""
    parts = urlsplit(url)
    database = unquote(parts.path.strip("/"))
    if not parts.hostname or not database:
        raise ValueError(f"must name host and database, like {Z3950_SCHEME}://catalogue.example.org:210/Default")
    return parts.hostname, parts.port or Z3950_PORT, database


class SruVersion(StrEnum):
    """Versions of SRU that we speak: 1.1 and 1.2 (Library of Congress), 2.0 (OASIS)."""

    V1_1 = "1.1"
    V1_2 = "1.2"
    V2_0 = "2.0"


CQL_INDEX: Final = r"(?:[\w-]+\.)*[\w-]+"
BIB_1_INDEX: Final = r"\d+=[\w-]+(?: \d+=[\w-]+)*"
"""How an index is written: of CQL, like `bath.isbn`, and as attributes of Bib-1, like `1=4 4=2`."""


def is_z3950(url: str) -> bool:
    """Whether a catalogue's address is one of Z39.50."""
    return urlsplit(url).scheme == Z3950_SCHEME


class Indexes(Record, frozen=True, kw_only=True):
    """What each kind of key is searched in: an index of CQL, or over Z39.50 attributes of Bib-1; an empty one is never searched."""

    record: str = "rec.id"
    oclc: str = ""
    """No context set names one: each product has its own."""
    lccn: str = "bath.lccn"
    isbn: str = "bath.isbn"
    issn: str = "bath.issn"
    title: str = "dc.title"
    author: str = "dc.creator"
    date: str = "dc.date"


class ItemFields(Record, frozen=True, kw_only=True):
    """Where a record says which items there are: tags of the fields, one an item, and the subfields' codes.

    Of several codes the first that is there counts; of a call number all are joined.
    """

    tags: tuple[str, ...]
    barcode: str
    branch: str = ""
    call_number: str = ""
    item_type: str = ""
    volume: str = ""
    collection: str = ""
    acquired: str = ""
    """When it was added, as a date of ISO 8601."""
    location: str = ""
    """The tag of a field that holds branch and call number for all items with the same $8, or for all of the record."""
    symbol: str = ""
    """In a union catalogue: the symbol of the library that has the item."""
    status: str = ""
    """Whether the item is in, in words of which `available` are those that say so."""
    available: tuple[str, ...] = ()
    unavailable: tuple[str, ...] = ()
    """In place of `available`: words of the status that say that it isn't in; any other says that it is."""
    out: str = ""
    """What says, where it is there and not 0, that the item can't be had: a due date, a mark for lost."""
    barred: str = ""
    """Whether it is lent to others, in words of which `barred_by` are those that say that it isn't."""
    barred_by: tuple[str, ...] = ()


class OwnIndexes(Record, frozen=True, kw_only=True):
    """The indexes that differ from what is usual in a product. None: as usual; NO_INDEX: none of this kind."""

    record: str | None = None
    oclc: str | None = None
    lccn: str | None = None
    isbn: str | None = None
    issn: str | None = None
    title: str | None = None
    author: str | None = None
    date: str | None = None


NO_INDEX: Final = "none"
"""In a partner's record, where no text may be empty."""


OPAC: Final = "opac"
"""The name of the holdings that come as an OPAC record (`opacxml`) and not in fields of MARC."""

HOLDINGS: Final[dict[str, ItemFields]] = {
    "852": ItemFields(tags=("852",), barcode="p", branch="ba", call_number="khim", collection="c"),
    "876": ItemFields(
        tags=("876", "877", "878"),
        barcode="p",
        branch="ba",
        call_number="khim",
        volume="3",
        collection="c",
        acquired="d",
        location="852",
    ),
    "945": ItemFields(tags=("945",), barcode="i", branch="l", call_number="ab", item_type="t", volume="c"),
    "949": ItemFields(tags=("949",), barcode="i", branch="ml", call_number="a", item_type="t", volume="v"),
    "952": ItemFields(
        tags=("952",),
        barcode="p",
        branch="ba",
        call_number="o",
        item_type="y",
        volume="h",
        collection="8c",
        acquired="d",
        out="q017",
    ),
    "982": ItemFields(tags=("982",), barcode="", branch="b", collection="c", status="1", available=("y",)),
}
"""Usual places. 852 and 876 to 878: MARC 21 Format for Holdings Data. 945: Sierra's export of items. 949: as load tables of
Sierra and Symphony often have it. 952: Koha's. 982: The Library Corporation's, as ReShare's mod-rs reads it (TlcHostLMSService)."""

UNION_HOLDINGS: Final[dict[str, ItemFields]] = {
    "850": ItemFields(tags=("850",), barcode="", symbol="a"),
    "852": ItemFields(tags=("852",), barcode="", symbol="a", branch="b", call_number="khim", collection="c"),
    "924": ItemFields(tags=("924",), barcode="", symbol="b", call_number="g"),
    "949": ItemFields(tags=("949",), barcode="", symbol="a", call_number="c"),
}
"""Where records of a union catalogue usually name the libraries. 850 and 852: MARC 21. 924: the German networks', $b the ISIL. 949: has
no standard; what stands here is a beginning, and a record may say where the symbol is."""


class SearchSettings(Record, frozen=True, kw_only=True):
    """What counts for any catalogue, however it is asked. Times in seconds, sizes in bytes."""

    user: str | None = None
    indexes: Indexes = Indexes()
    items: ItemFields | None = HOLDINGS["852"]
    """None: holdings come as an OPAC record."""
    record_number: str = "001"
    """The field, and for one with subfields the code after it, of our own record number: "001", "999c"."""
    takes_or: bool = True
    """It joins terms by “or”. If not, each spelling of a number is asked for by itself."""
    timeout_s: float = 5.0
    max_reply_bytes: int = 4 * 1024 * 1024
    page_records: int = 20
    max_records: int = 60
    """How many records of a query are looked at, in as many pages as it takes."""
    at_once: int = 4
    fresh_s: float = 60.0
    """How long an answer stands for the same question."""
    stale_s: float = 86_400.0
    """How long an answer serves while the catalogue is silent."""
    cached_queries: int = 2000


class SruSettings(SearchSettings, frozen=True, kw_only=True):
    """A catalogue over SRU."""

    url: str
    version: SruVersion = SruVersion.V1_2
    schema: str = "marcxml"


RECORD_CHARSETS: Final = ("auto", "utf-8", "marc-8", "iso-8859-1")
"""What records over Z39.50 are written in; `auto`: each record's bytes tell."""


class Z3950Settings(SearchSettings, frozen=True, kw_only=True):
    """A catalogue over Z39.50; `indexes` are attributes of Bib-1."""

    host: str
    port: int
    database: str
    syntax: str = "usmarc"
    """Of MARC records, by YAZ's name for it; where holdings come as OPAC records, those are asked for."""
    group: str | None = None
    query_charset: str = "utf-8"
    record_charset: str = "auto"
