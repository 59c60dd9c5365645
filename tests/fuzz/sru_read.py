"""Harness: bytes to the reader of SRU responses, its records to the reader of MARC, what they say to the judge of the ladder.

Each record is read twice: its items out of MARC fields, and out of an OPAC record's holdings.
"""

import msgspec
from lxml import etree

from gateway.catalogue import judging, marc, parts, sru
from gateway.catalogue.foreign_xml import ForeignXmlError
from gateway.catalogue.ladder import Rung
from gateway.catalogue.marc import Bib
from gateway.catalogue.marcxml import BadRecordError
from gateway.workflow.catalogue import SruSettings
from gateway.workflow.values import Wanted
from tests.catalogue.records import SETTINGS
from tests.fuzz.timing import bounded

MAX_LEN_BYTES = 8192
WANTED = Wanted(title="The Imaginary Almanac", author="Example, Ada", published="1998", volumes=("2",))
RUNGS = (Rung(query="q", words="title"), Rung(query="q", words="ISBN", key="isbn:9780306406157"))
BOTH_WAYS = (SETTINGS, msgspec.structs.replace(SETTINGS, items=None))
LONGEST_WORDS = 100


def check(data: bytes) -> None:
    """Whatever comes is a page or no response, each record a work or no MARC; nothing takes long."""
    with bounded():
        page = _page(data)
        bibs = [_bib(record, settings) for record in page.records for settings in BOTH_WAYS] if page else []
    for bib in filter(None, bibs):
        barcodes = {copy.item_barcode for copy in bib.copies}
        assert all(barcodes)
        assert {copy.item_barcode for copy in parts.of_part(bib.copies, WANTED)} <= barcodes
        assert len(judging.best(judging.judge(rung, bib, WANTED) for rung in RUNGS)) <= len(RUNGS)


def _page(data: bytes) -> sru.SruPage | None:
    try:
        page = sru.read(data)
    except ForeignXmlError as error:
        words = str(error)
    else:
        assert page.total >= 0
        assert all(diagnostic.words for diagnostic in page.diagnostics)
        return page
    assert len(words) < LONGEST_WORDS, "the words are ours, none of the server's"
    return None


def _bib(record: etree._Element, settings: SruSettings) -> Bib | None:
    try:
        return marc.read(record, settings)
    except BadRecordError:
        return None
