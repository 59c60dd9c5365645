"""What is known of products' catalogues: which Bib-1 attributes each takes over Z39.50, where its records have their items.

Values alone, each with its source; what no source says is as the profiles have it (`standard`). A library may set any of it
differently, and for many products it must: load tables and export formats are each library's own.
"""

from typing import Final

from gateway.workflow.catalogue import HOLDINGS, Indexes, ItemFields
from gateway.workflow.values import Record

_PHRASE: Final = "2=3 3=1 4=1 5=100 6=1"
_KEYWORD: Final = "2=3 3=3 4=2 5=100 6=1"
"""Any position, one word, not truncated: “keyword search” of the Bath Profile 2.0 (5.A.1) and of ANSI/NISO Z39.89."""

_AWAY: Final = (
    "BINDERY", "CATALOGING", "CHECKEDOUT", "DISCARD", "HOLDS", "INPROCESS", "INTRANSIT", "LONGOVRDUE", "LOST", "LOST-ASSUM",
    "LOST-CLAIM", "LOST-PAID", "MISSING", "ONORDER", "ON-ORDER", "REPAIR", "RESERVES", "UNKNOWN",
)  # fmt: skip
"""Symphony's locations of items that can't be lent now."""

STANDARD: Final = Indexes(
    record="1=12",
    oclc="",
    lccn="1=9",
    isbn="1=7",
    issn="1=8",
    title=f"1=4 {_KEYWORD}",
    author=f"1=1003 {_KEYWORD}",
    date="1=31",
)
"""Use attributes of the Bib-1 set: 12 local number, 9 LC card number, 7 ISBN, 8 ISSN, 4 title, 1003 author, 31 date of publication.
OCLC numbers have one since 2004 (1211), which few servers take."""


class CatalogueProduct(Record, frozen=True, kw_only=True):
    """A product's catalogue."""

    z3950: Indexes = STANDARD
    cql: Indexes = Indexes()
    items: ItemFields | None = HOLDINGS["852"]
    """None: OPAC records."""
    record_number: str = "001"
    takes_or: bool = True
    """It does what “or” in a query says."""


PRODUCTS: Final[dict[str, CatalogueProduct]] = {
    "standard": CatalogueProduct(),
    # Servers of Innovative's, as Deakin University and La Trobe University describe theirs (library.deakin.edu.au/screens/help/z3950server.html,
    # lib.latrobe.edu.au/about/z3950server.php): position and structure are needed, a word is 3=3 4=2, no index of dates. With booleans the
    # server looks into its index of words alone (Australian National University, anulib.anu.edu.au/catalogue/anu-z39.html), where no ISBN is.
    # OCLC numbers are under 1007, the record number stands in 907 $a, 001 has OCLC's (Brown University, availability_api, z3950_wrapper.py).
    # Items come in OPAC records (Sierra's help, “Exporting Holdings Information”), without barcodes.
    "sierra": CatalogueProduct(
        z3950=Indexes(
            record=f"1=12 {_PHRASE}",
            oclc=f"1=1007 {_PHRASE}",
            lccn="1=9 2=3 3=1 4=1 5=1 6=1",
            isbn=f"1=7 {_PHRASE}",
            issn=f"1=8 {_PHRASE}",
            title=f"1=4 {_KEYWORD}",
            author=f"1=1003 {_KEYWORD}",
            date="",
        ),
        items=None,
        record_number="907a",
        takes_or=False,
    ),
    # SirsiDynix's server, as the New York State Library describes it (nysl.nysed.gov/faq/z3950): structure 1 or 6, truncation 1 or 100,
    # a year is 1=31 4=4. A field 926 an item (WorkFlows help, “Entering Item-level Holdings for Z39.50 Displays”): $a library, $b where the item is
    # now, $c call number, $d item type, $f copies (ReShare's mod-rs, SymphonyHostLMSService). Locations of items that are not there to be lent
    # are those that the system is delivered with (WorkFlows help, “Working with Location Policies”).
    "symphony": CatalogueProduct(
        z3950=Indexes(
            record="1=12",
            oclc="",
            lccn="1=9",
            isbn="1=7",
            issn="1=8",
            title="1=4 3=3 4=6 5=100",
            author="1=1003 3=3 4=6 5=100",
            date="1=31 4=4",
        ),
        items=ItemFields(
            tags=("926",),
            barcode="",
            branch="a",
            collection="b",
            call_number="c",
            item_type="d",
            status="b",
            unavailable=_AWAY,
        ),
    ),
    # Polaris' help: “Bib-1 Use Attributes in Polaris Searches”, “MARC 852 Tag Subfields for PAC, ODC, and BR Databases”; the database
    # PAC answers in UTF-8, PACMARC_8 in MARC-8 (“Offering the Polaris Database as a Remote Target”). The control number stands in 001.
    "polaris": CatalogueProduct(
        z3950=Indexes(
            record="1=12",
            oclc="1=1211",
            lccn="1=9",
            isbn="1=7",
            issn="1=8",
            title=f"1=4 {_KEYWORD}",
            author=f"1=1003 {_KEYWORD}",
            date="1=31",
        ),
        items=ItemFields(
            tags=("852",),
            barcode="p",
            branch="ao",
            call_number="khim",
            item_type="w",
            volume="v",
            collection="b",
            status="r",
            available=("In",),
            barred="7",
            barred_by=("false",),
        ),
    ),
    # No description of its server was found. Another system of its maker's sends items in 982 (`HOLDINGS`).
    "carlx": CatalogueProduct(),
    # Koha's etc/zebradb: bib1.att, pqf.properties; items of 952 (wiki, “Holdings data fields (9xx)”): $0 withdrawn, $1 lost, $7 not for loan,
    # $q the due date of one that is out.
    "koha": CatalogueProduct(
        z3950=Indexes(
            record="1=12",
            oclc="",
            lccn="1=9",
            isbn="1=7",
            issn="1=8",
            title="1=4 4=2",
            author="1=1003 4=2",
            date="1=31",
        ),
        cql=Indexes(lccn=""),
        items=HOLDINGS["952"],
        record_number="999c",
    ),
    # Its SRU (Open-ILS, OpenILS/WWW/SuperCat.pm): indexes by the names in config.metabib_search_alias; “or” is taken for “and”; no dates. With
    # /holdings at the end of the address, an 852 for each copy: $a shelving location, $b owning library, $c call number, $g barcode, $n status.
    # 901 $c is the record's number. Z39.50 is simple2zoom in front of it, whose use attributes the library itself names.
    "evergreen": CatalogueProduct(
        z3950=Indexes(record="1=12", oclc="", lccn="", isbn="1=7", issn="1=8", title="1=4", author="1=1003", date=""),
        cql=Indexes(
            record="eg.bibid",
            oclc="dc.identifier",
            lccn="dc.identifier",
            isbn="eg.isbn",
            issn="eg.issn",
            title="dc.title",
            author="dc.creator",
            date="",
        ),
        items=ItemFields(
            tags=("852",),
            barcode="g",
            branch="bd",
            collection="a",
            call_number="c",
            status="n",
            available=("Available", "Reshelving"),
        ),
        record_number="901c",
        takes_or=False,
    ),
}
