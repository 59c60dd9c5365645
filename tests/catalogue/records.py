"""MARC records of visibly fictional works, and what SRU makes of them, for the tests of look-ups."""

from lxml import etree
from pymarc import Field, Indicators, Record, Subfield, record_to_xml

from gateway.workflow.catalogue import HOLDINGS, Indexes, SruSettings

INDEXES = Indexes(oclc="rec.oclc")
SETTINGS = SruSettings(url="http://127.0.0.1/", indexes=INDEXES, items=HOLDINGS["952"])


def field(tag: str, **subfields: str) -> Field:
    """A field; `a="x"`, and `_8` for a code that is no name in Python."""
    return Field(
        tag=tag,
        indicators=Indicators(" ", " "),
        subfields=[Subfield(code.lstrip("_"), text) for code, text in subfields.items()],
    )


def record(
    number: str, *fields: Field, title: str = "The imaginary almanac /", author: str | None = "Example, Ada,"
) -> Record:
    """A record with a number, a title, an author and the fields that are given."""
    made = Record(leader="00000nam a2200000 a 4500")
    made.fields = [Field(tag="001", data=number), field("245", a=title), *fields]
    if author is not None:
        made.fields.append(field("100", a=author))
    return made


def item(barcode: str, branch: str = "MAIN", **subfields: str) -> Field:
    """A Koha item."""
    return field("952", p=barcode, b=branch, **subfields)


def element(marc: Record) -> etree._Element:
    """As MARCXML."""
    return etree.fromstring(record_to_xml(marc, namespace=True))  # type: ignore[no-untyped-call]


def opac_record(marc: Record, holdings: str) -> etree._Element:
    """As an OPAC record with these holdings in XML."""
    text = etree.tostring(element(marc)).decode()
    return etree.fromstring(
        f"<opacRecord><bibliographicRecord>{text}</bibliographicRecord><holdings>{holdings}</holdings></opacRecord>"
    )


def response(*records: Record, total: int | None = None, next_position: int | None = None, start: int = 1) -> bytes:
    """A page of SRU 1.2."""
    bodies = "".join(
        f"<zs:record><zs:recordSchema>marcxml</zs:recordSchema><zs:recordData>{etree.tostring(element(each)).decode()}</zs:recordData>"
        f"<zs:recordPosition>{start + place}</zs:recordPosition></zs:record>"
        for place, each in enumerate(records)
    )
    following = f"<zs:nextRecordPosition>{next_position}</zs:nextRecordPosition>" if next_position else ""
    return (
        '<zs:searchRetrieveResponse xmlns:zs="http://www.loc.gov/zing/srw/"><zs:version>1.2</zs:version>'
        f"<zs:numberOfRecords>{len(records) if total is None else total}</zs:numberOfRecords>"
        f"<zs:records>{bodies}</zs:records>{following}</zs:searchRetrieveResponse>"
    ).encode()


def diagnostic(number: int, details: str = "") -> bytes:
    """A response that is one diagnostic."""
    return (
        '<zs:searchRetrieveResponse xmlns:zs="http://www.loc.gov/zing/srw/"><zs:numberOfRecords>0</zs:numberOfRecords>'
        '<zs:diagnostics><d:diagnostic xmlns:d="http://www.loc.gov/zing/srw/diagnostic/">'
        f"<d:uri>info:srw/diagnostic/1/{number}</d:uri><d:details>{details}</d:details></d:diagnostic></zs:diagnostics>"
        "</zs:searchRetrieveResponse>"
    ).encode()
