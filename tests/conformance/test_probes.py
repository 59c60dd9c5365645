"""The probes: valid where they should be, each with an id of its own, and complete."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from gateway.conformance.findings import Need
from gateway.conformance.probes import LARGE_NOTE_CHARACTERS, Letter, Probe, probes
from gateway.conformance.subject import ProbeTitle, Subject
from gateway.iso18626.codes import Action, MessageKind, Version, known
from gateway.iso18626.messages import Authentication, Confirmation, Request, RequestingAgencyMessage
from gateway.iso18626.schema import problems
from gateway.iso18626.server import LEAST_BODY_LIMIT_BYTES

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def subject(version: Version = Version.V1_2) -> Subject:
    return Subject(
        ours="ISIL:XX-OURS",
        theirs="ISIL:XX-THEIRS",
        run_id="CT",
        version=version,
        work=ProbeTitle(title="The Imaginary Almanac", isbn="9780000000019", oclc="1234567"),
        authentication=Authentication(account_id="specimen", security_code="specimen"),
    )


def written(version: Version = Version.V1_2) -> list[tuple[Probe, Letter]]:
    return [(probe, probe.write(AT)) for probe in probes(subject(version))]


@pytest.mark.parametrize("version", Version)
def test_what_does_not_deviate_is_valid(version):
    for probe, letter in written(version):
        if probe.deviates or letter.meant is None:
            continue
        spoken = Version.V2021_2 if b'version="2021-2"' in letter.data else Version.V1_2
        assert problems(letter.data, spoken) == [], probe.name


@pytest.mark.parametrize("version", Version)
def test_each_kind_of_message_and_each_action_is_tried_in_both_versions(version):
    names = Counter((probe.group, probe.name) for probe, _ in written(version))
    assert set(names.values()) == {1}
    for each in Version:
        tried = {name for group, name in names if group == f"messages, {each}"}
        assert {str(action) for action in Action if known(action, each)} <= tried
        assert {"request New", "request Reminder", "request Retry"} <= tried
    kinds = {letter.kind for _, letter in written(version)}
    assert kinds >= {MessageKind.REQUEST, MessageKind.REQUESTING_AGENCY_MESSAGE, MessageKind.SUPPLYING_AGENCY_MESSAGE}


@pytest.mark.parametrize("version", Version)
def test_only_the_version_that_is_tested_must_be_spoken(version):
    needs = {probe.group for probe, _ in written(version) if probe.need is Need.ACCEPT and "messages" in probe.group}
    assert needs == {f"messages, {version}"}


def test_a_new_request_has_an_id_of_its_own():
    new = [
        letter.meant.header.requesting_agency_request_id
        for probe, letter in written()
        if isinstance(letter.meant, Request) and probe.name in ("request New", "a request")
    ]
    assert len(new) == len(set(new)) == 3


def test_the_same_message_is_the_same_bytes():
    letters = {probe.name: letter for probe, letter in written()}
    assert letters["the same message again"].data == letters["a request"].data
    other = letters["the same id, another content"]
    assert other.data != letters["a request"].data


def test_the_large_message_is_as_large_as_everybody_must_take():
    (large,) = [letter for probe, letter in written() if probe.name == "a message of 100 KB"]
    assert len(large.data) >= LEAST_BODY_LIMIT_BYTES > LARGE_NOTE_CHARACTERS


def test_every_message_carries_the_secret_that_was_given():
    for _, letter in written():
        if isinstance(letter.meant, Request | RequestingAgencyMessage):
            assert letter.meant.header.authentication == subject().authentication
        assert not isinstance(letter.meant, Confirmation)
