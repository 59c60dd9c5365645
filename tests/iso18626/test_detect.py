"""The version is told by content; the declared string only breaks a tie."""

import pytest
from lxml import etree

from gateway.iso18626.codes import MessageKind, Version
from gateway.iso18626.detect import declared_version, detect
from tests.iso18626.samples import SAMPLES, sample


@pytest.mark.parametrize(
    ("declared", "version"),
    [
        ("1.0", "1.2"),
        ("1.2", "1.2"),
        ("v1_2_2017", "1.2"),
        ("2021-2", "2021-2"),
        ("2021-3", "2021-2"),
        (" V1.1", "1.2"),
        ("", None),
        (None, None),
        ("x", None),
    ],
)
def test_declared_strings_met_in_the_field(declared, version):
    assert declared_version(declared) == version


def detected(data: bytes, declared: str | None) -> Version:
    message = etree.fromstring(data)[0]
    return detect(message, MessageKind(etree.QName(message).localname), declared)


@pytest.mark.parametrize(
    "name", [name for name in SAMPLES if name not in {"supplying-confirmation-1.2", "request-1.2"}]
)
def test_what_only_one_version_has_is_evidence_whatever_is_declared(name):
    assert {detected(SAMPLES[name], declared) for declared in (None, "1.2", "2021-2")} == {
        Version(name[-3:] if name.endswith("1.2") else "2021-2")
    }


def test_a_repetition_is_evidence():
    once = sample("supplying-confirmation-1.2", ("    <errorData>", "<errorData>"))
    error = "<errorData><errorType>BadlyFormedMessage</errorType></errorData>"
    twice = sample("supplying-confirmation-1.2", ("    <errorData>", f"{error}<errorData>"))
    assert detected(once, None) == "1.2"
    assert detected(twice, "1.2") == "2021-2"


def test_a_code_is_evidence():
    unsure = sample(
        "supplying-confirmation-1.2",
        ("supplyingAgencyMessageConfirmation", "requestingAgencyMessageConfirmation"),
        ("<reasonForMessage>StatusChange</reasonForMessage>", "<action>Lost</action>"),
    )
    assert detected(unsure, "1.2") == "2021-2"


def test_evidence_for_both_leaves_it_to_the_declared_string():
    both = sample("renew-1.2", (">Renew<", ">Lost<"))
    assert detected(both, "2021-2") == "2021-2"
    assert detected(both, "1.1") == "1.2"
    assert detected(both, None) == "1.2"
