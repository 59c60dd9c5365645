"""Responses of SRU: both namespaces, records packed either way, diagnostics in words, and whatever isn't a response."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.catalogue import foreign_xml
from gateway.catalogue.foreign_xml import ForeignXmlError
from gateway.catalogue.sru import Diagnostic, parameters, read
from gateway.workflow.catalogue import SruVersion

LOC = "http://www.loc.gov/zing/srw/"
OASIS = "http://docs.oasis-open.org/ns/search-ws/sruResponse"
RECORD = "<m:record xmlns:m='http://www.loc.gov/MARC21/slim'><m:leader>x</m:leader></m:record>"


def response(body: str, namespace: str = LOC) -> bytes:
    return f"<zs:searchRetrieveResponse xmlns:zs='{namespace}'>{body}</zs:searchRetrieveResponse>".encode()


def record(content: str) -> str:
    return f"<zs:record><zs:recordSchema>marcxml</zs:recordSchema><zs:recordData>{content}</zs:recordData></zs:record>"


def diagnostic(number: int | str, details: str = "", message: str = "") -> str:
    uri = f"info:srw/diagnostic/1/{number}" if isinstance(number, int) else number
    return (
        "<d:diagnostic xmlns:d='http://www.loc.gov/zing/srw/diagnostic/'>"
        f"<d:uri>{uri}</d:uri><d:details>{details}</d:details><d:message>{message}</d:message></d:diagnostic>"
    )


@pytest.mark.parametrize("namespace", [LOC, OASIS, "http://example.org/none-that-is-known"])
def test_a_page_is_read_whatever_its_namespace(namespace: str):
    body = f"<zs:numberOfRecords>21</zs:numberOfRecords><zs:records>{record(RECORD)}</zs:records><zs:nextRecordPosition>2</zs:nextRecordPosition>"
    page = read(response(body, namespace))
    assert (page.total, page.next_position, page.unread, page.diagnostics) == (21, 2, 0, ())
    assert [element.tag for element in page.records] == ["{http://www.loc.gov/MARC21/slim}record"]


def test_a_record_packed_as_text_is_unpacked():
    escaped = RECORD.replace("<", "&lt;")
    page = read(response(f"<zs:records>{record(escaped)}</zs:records>"))
    assert [element.tag for element in page.records] == ["{http://www.loc.gov/MARC21/slim}record"]


def test_a_record_that_is_no_xml_is_counted_as_unread():
    page = read(response(f"<zs:records>{record('LDR 00000')}{record(RECORD)}<zs:record/></zs:records>"))
    assert (len(page.records), page.unread) == (1, 2)


def test_diagnostics_are_said_in_words():
    page = read(response(f"<zs:diagnostics>{diagnostic(16, 'oclc')}</zs:diagnostics>"))
    assert [each.words for each in page.diagnostics] == ["it does not have one of our indexes (oclc)"]


def test_a_diagnostic_of_the_servers_own_is_told_by_its_message():
    page = read(
        response(f"<zs:diagnostics>{diagnostic('info:srw/diagnostic/99/x', message='Out of tea')}</zs:diagnostics>")
    )
    assert page.diagnostics == (Diagnostic(number=None, message="Out of tea"),)
    assert page.diagnostics[0].words == "Out of tea"


def test_a_diagnostic_in_the_place_of_a_record_is_no_record():
    page = read(response(f"<zs:records>{record(RECORD)}{record(diagnostic(64))}</zs:records>"))
    assert len(page.records) == 1
    assert [each.number for each in page.diagnostics] == [64]


def test_diagnostics_that_stand_alone_are_read():
    assert read(f"<diagnostics>{diagnostic(3)}</diagnostics>".encode()).diagnostics[0].number == 3


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"Not found",
        b"<html><body>Not found</body></html>",
        b"<!DOCTYPE html><html/>",
        response("<zs:records>")[:-40],
        b"<a>" * 100 + b"</a>" * 100,
        b"<a/>" * (foreign_xml.MAX_TAGS + 1),
        b"\xff\xfe\x00garbage",
    ],
    ids=["empty", "text", "html", "doctype", "truncated", "deep", "many", "bytes"],
)
def test_what_is_no_response_is_refused(data: bytes):
    with pytest.raises(ForeignXmlError):
        read(data)


def test_an_entity_is_never_resolved(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("hush")
    attack = f"<!DOCTYPE x [<!ENTITY e SYSTEM 'file://{secret}'>]>".encode() + response("<zs:records>&e;</zs:records>")
    for data in (attack, attack.decode().encode("utf-16")):
        with pytest.raises(ForeignXmlError, match="document type"):
            read(data)


@given(st.binary())
def test_no_bytes_break_the_reader(data: bytes):
    with pytest.raises(ForeignXmlError):
        read(data)


def test_the_words_do_not_quote_what_came():
    with pytest.raises(ForeignXmlError) as caught:
        read(b"<secret>hush")
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("version", [SruVersion.V1_1, SruVersion.V1_2])
def test_version_1_names_the_operation(version: SruVersion):
    asked = parameters(version, "q", start=1, count=10, schema="marcxml")
    assert asked == {
        "operation": "searchRetrieve",
        "version": version,
        "query": "q",
        "startRecord": "1",
        "maximumRecords": "10",
        "recordSchema": "marcxml",
        "recordPacking": "xml",
    }


def test_version_2_has_no_operation_and_escaping_for_packing():
    asked = parameters(SruVersion.V2_0, "q", start=3, count=10, schema="marcxml")
    assert "operation" not in asked
    assert (asked["version"], asked["recordXMLEscaping"], "recordPacking" in asked) == ("2.0", "xml", False)
