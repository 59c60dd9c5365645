"""problems: lxml decides, xmlschema explains, and lxml's own words stand where xmlschema has none."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from gateway.iso18626.schema import MAX_PROBLEMS, Violation, problems
from tests.iso18626.samples import SAMPLES, sample, without


@pytest.mark.parametrize("name", SAMPLES)
def test_a_valid_document_has_no_problems(name):
    version = "2021-2" if name.endswith("2021-2") else "1.2"
    assert problems(SAMPLES[name], version) == []


def test_each_violation_is_explained_at_its_place():
    document = sample("renew-1.2", (">Renew<", ">Juggle<"), (">2024-06-01T09:00:00Z<", ">yesterday<"))
    found = problems(document)
    assert [each.path for each in found] == [
        "/ISO18626Message/requestingAgencyMessage/header/timestamp",
        "/ISO18626Message/requestingAgencyMessage/action",
    ]
    assert "yesterday" in found[0].reason
    assert "Juggle" not in found[0].reason


def test_a_missing_element_is_named():
    found = problems(without("renew-1.2", "action"))
    assert len(found) == 1
    assert found[0].path == "/ISO18626Message/requestingAgencyMessage"
    assert "action" in found[0].reason


def test_the_version_matters():
    assert problems(SAMPLES["lost-2021-2"], "1.2")
    assert problems(SAMPLES["renew-1.2"], "2021-2")
    with pytest.raises(ValueError, match="3000"):
        problems(SAMPLES["renew-1.2"], "3000")


def test_where_xmlschema_finds_nothing_lxml_has_the_word():
    """Xmlschema takes blanks around a time, as the standard does; libxml2, which decides, does not."""
    found = problems(sample("renew-1.2", (">2024-06-01T09:00:00Z<", "> 2024-06-01T09:00:00Z <")))
    assert [each.path for each in found] == ["/ISO18626Message/requestingAgencyMessage/header/timestamp"]
    assert "dateTime" in found[0].reason


def test_secrets_are_not_quoted():
    found = problems(sample("request-1.2", ("<sendToPatron>N<", "<sendToPatron>Nemo<")))
    assert found == [
        Violation("/ISO18626Message/request/patronInfo/sendToPatron", "not valid (content not shown)"),
    ]


def test_no_xml_is_one_problem():
    assert [each.path for each in problems(b"<a>")] == ["/"]
    assert problems(b"\n" + SAMPLES["request-1.2"]) == [Violation("/", "blanks before the XML declaration")]


def test_the_list_has_an_end():
    many = sample(
        "request-1.2",
        ("<supplierInfo>", "<supplierInfo><sortOrder>x</sortOrder></supplierInfo>" * 300 + "<supplierInfo>"),
    )
    assert len(problems(many)) == MAX_PROBLEMS


def test_a_hint_where_a_schema_lies_is_ignored():
    hint = (
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:schemaLocation="http://illtransactions.org/2013/iso18626 http://127.0.0.1:9/other.xsd" ill:version='
    )
    assert problems(sample("renew-1.2", ("ill:version=", hint))) == []
    assert len(problems(sample("renew-1.2", ("ill:version=", hint), (">Renew<", ">Juggle<")))) == 1


def test_threads_do_not_see_each_others_problems():
    documents = {SAMPLES["renew-1.2"]: 0, without("renew-1.2", "action"): 1}

    def counts(document: bytes) -> set[int]:
        return {len(problems(document)) for _ in range(50)}

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(counts, [*documents] * 4))
    assert found == [{number} for number in [*documents.values()] * 4]


@pytest.mark.process
def test_importing_and_decoding_loads_neither_xmlschema_nor_aiohttp():
    program = (
        "import sys\nfrom gateway.iso18626.codec import decode\n"
        "decode(sys.stdin.buffer.read())\n"
        "print([name for name in ('xmlschema', 'aiohttp', 'asyncio') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", program], input=SAMPLES["request-1.2"], capture_output=True, check=True)
    assert run.stdout.strip() == b"[]"
