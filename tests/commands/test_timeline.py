"""The timeline's lines: what the protocols said, short or as it was."""

from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.commands.timeline import SHORT, in_plain_words, timeline
from gateway.desk.structs.requests import TimelineEntry

LOANED = """<?xml version="1.0"?>
<ISO18626Message xmlns="http://illtransactions.org/2013/iso18626" ill:version="1.2">
  <supplyingAgencyMessage>
    <header>
      <supplyingAgencyId><agencyIdType ill:scheme="x">ISIL</agencyIdType><agencyIdValue>XX-A</agencyIdValue></supplyingAgencyId>
      <timestamp>2026-10-28T09:00:00Z</timestamp><requestingAgencyRequestId>R-1</requestingAgencyRequestId>
    </header>
    <messageInfo><reasonForMessage>StatusChange</reasonForMessage><note>Maps &amp; more</note></messageInfo>
    <statusInfo><status>Loaned</status><dueDate>2026-12-09</dueDate></statusInfo><empty/>
  </supplyingAgencyMessage>
</ISO18626Message>"""


def entry(**detail: Any) -> TimelineEntry:
    at = datetime(2026, 10, 28, 9, 0, tzinfo=UTC)
    return TimelineEntry(at=at, by="hub", kind="message out", words="Sent Loaned.", detail=detail)


@pytest.mark.parametrize("prefix", ["", "ill:"])
def test_a_document_is_said_without_its_envelope(prefix: str):
    document = (
        LOANED.replace("</", f"</{prefix}").replace("<", f"<{prefix}").replace(f"<{prefix}/{prefix}", f"</{prefix}")
    )
    assert (
        in_plain_words(document)
        == "reasonForMessage StatusChange · note Maps & more · status Loaned · dueDate 2026-12-09"
    )


@pytest.mark.parametrize("text", ["", "no xml", "<", "<a", "<a><b></b></a>", "<a>" * 50_000, "<a " * 50_000])
def test_what_is_no_document_says_nothing(text: str):
    assert in_plain_words(text) == ""


def test_a_document_can_not_steer_the_terminal():
    assert in_plain_words("<title>Red&#27;[31m\x9b2J</title>") == "title Red[31m2J"


def test_a_long_message_is_cut_after_two_lines():
    [_, first, second] = timeline([entry(sent="A field · " * 100)], full=False)
    assert first.split()[0] == "sent"
    assert second.endswith("…")
    assert max(len(first), len(second)) <= 37 + SHORT


def test_full_prints_everything_as_it_was():
    lines = list(timeline([entry(document=LOANED)], full=True))
    assert [line[37:] for line in lines[1:]] == LOANED.splitlines()


def test_an_entry_without_a_message_is_one_line():
    assert len(list(timeline([entry(why="duty 5")], full=True))) == 1
