"""Each way in which AH is written, and the dates that the ACS reads."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from gateway.demo.acs.dates import due_date_text, read_sip_time, sip_time
from gateway.demo.acs.records import DueDateFormat

VIENNA = ZoneInfo("Europe/Vienna")
DUE = datetime(2026, 8, 4, 23, 59, tzinfo=VIENNA)

TEXTS = {
    DueDateFormat.SIP_LOCAL: "20260804    235900",
    DueDateFormat.SIP_UTC: "20260804   Z215900",
    DueDateFormat.SIP_ZEROS: "202608040000235900",
    DueDateFormat.ISO_TIME: "2026-08-04 23:59:00",
    DueDateFormat.ISO_TIME_ZONE: "2026-08-04 23:59:00 CEST",
    DueDateFormat.US_TIME: "8/4/2026,23:59",
    DueDateFormat.US_DATE: "8/4/2026",
    DueDateFormat.DAY_FIRST: "4/8/2026",
    DueDateFormat.DOTTED: "04.08.2026",
    DueDateFormat.ISO_DATE: "2026-08-04",
}


@pytest.mark.parametrize("style", DueDateFormat)
def test_a_due_date_in_each_format(style: DueDateFormat):
    assert due_date_text(DUE.astimezone(UTC), style, VIENNA) == TEXTS[style]


def test_sip_time_reads_back():
    assert read_sip_time(sip_time(DUE), VIENNA) == DUE
    assert read_sip_time("20260804   Z215900", VIENNA) == DUE


@pytest.mark.parametrize("text", ["", " " * 18, "00000000    000000", "20260231    000000", "next week"])
def test_what_is_no_date_is_none(text: str):
    assert read_sip_time(text, VIENNA) is None
