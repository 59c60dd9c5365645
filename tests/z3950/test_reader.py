"""What the reader does with what it is asked (yaz-ztest)."""

import subprocess
import sys

import pytest

from gateway.z3950 import zoom
from gateway.z3950.reader import Session
from gateway.z3950.values import CatalogueQuery, CatalogueRefusal, Target
from tests.z3950.ztest import port as port  # noqa: PLC0414 - a fixture

pytestmark = pytest.mark.process


def question(port: int, query: str, *, database: str = "Default", syntax: str = "usmarc") -> CatalogueQuery:
    target = Target(host="127.0.0.1", port=port, database=database, syntax=syntax)
    return CatalogueQuery(target=target, query=query, most_records=3, page_records=2, most_bytes=100_000, timeout_s=5)


def test_records_come_as_xml_in_utf_8(port: int):
    reply = Session(zoom.load()).answer(question(port, "@attr 1=4 computer"))
    assert (reply.refusal, len(reply.records), reply.unread) == (None, 3, 0)
    assert reply.total > 3
    assert all(b'xmlns="http://www.loc.gov/MARC21/slim"' in record for record in reply.records)


def test_opac_records_come_with_their_holdings(port: int):
    reply = Session(zoom.load()).answer(question(port, "@attr 1=4 computer", syntax="opac"))
    assert reply.refusal is None
    assert b"<bibliographicRecord>" in reply.records[0]
    assert b"<itemId>" in reply.records[0]
    assert b"<availableNow value=" in reply.records[0]


def test_a_session_goes_on_after_a_refusal(port: int):
    session = Session(zoom.load())
    refused = session.answer(question(port, "@attr 1=4 computer", database="unheard-of"))
    assert refused.refusal == CatalogueRefusal(
        number=109,
        of="bib-1",
        message="Database unavailable",
        details=refused.refusal.details if refused.refusal else "",
    )
    assert session.answer(question(port, "@attr 1=4 computer")).records


def test_a_query_that_can_not_be_written_is_refused_by_yaz(port: int):
    refusal = Session(zoom.load()).answer(question(port, "@and x")).refusal
    assert refusal is not None
    assert (refusal.of, refusal.number) == ("zoom", 10010)


def test_what_is_more_than_it_may_be_is_cut(port: int):
    asked = CatalogueQuery(
        target=question(port, "x").target,
        query="@attr 1=4 computer",
        most_records=3,
        page_records=2,
        most_bytes=100,
        timeout_s=5,
    )
    reply = Session(zoom.load()).answer(asked)
    assert (reply.is_cut, reply.records) == (True, ())


def test_a_process_starts_without_what_records_are_read_with():
    code = "import sys, gateway.z3950.reader; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "pymarc" not in loaded
