"""The mail with a head of the audit chain says how it is looked for later."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from gateway.notices.audit import head_text

DENVER = ZoneInfo("America/Denver")


def test_a_mail_names_the_day_the_head_and_the_command_that_looks_for_it():
    text = head_text("Example Valley\nLibrary", 7, datetime(2027, 1, 31, 23, 59, tzinfo=UTC).astimezone(DENVER), "1f0c")
    assert text.subject == "Audit chain of Example Valley Library, 2027-01-31"
    assert "ill-gateway audit verify --head 1f0c" in text.body
    assert "sealed at 2027-01-31 16:59:" in text.body
