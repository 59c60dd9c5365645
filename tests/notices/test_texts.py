"""What mails say: every usual text with made-up values, a library's own words, and names that mean nothing."""

import pytest

from gateway.notices.records import NoticeKind
from gateway.notices.texts import SAMPLES, USUAL, setting, unknown_names, written


@pytest.mark.parametrize("kind", NoticeKind)
def test_a_usual_text_names_only_what_there_is_and_leaves_no_name_behind(kind: NoticeKind):
    text = USUAL[kind]
    assert unknown_names(kind, f"{text.subject}\n{text.body}") == ()
    shown = written(kind, SAMPLES[kind], {})
    assert "$" not in shown.subject + shown.body
    assert SAMPLES[kind]["library"] in shown.subject + shown.body


def test_own_words_stand_in_the_place_of_the_usual():
    own = {"pull_slips_subject": "Bitte holen:\n $count", "report_subject": "no"}
    shown = written(NoticeKind.PULL_SLIPS, SAMPLES[NoticeKind.PULL_SLIPS], own)
    assert shown.subject == "Bitte holen: 7 items", "a subject is one line"
    assert shown.body == written(NoticeKind.PULL_SLIPS, SAMPLES[NoticeKind.PULL_SLIPS], {}).body


def test_a_name_that_means_nothing_there_is_told():
    assert unknown_names(NoticeKind.STATEMENT, "$partner $count $number") == ("count", "number")
    with pytest.raises(ValueError, match="must be followed by a name"):
        unknown_names(NoticeKind.BILL, "100 $ each")
    assert unknown_names(NoticeKind.BILL, "100 $$ each") == ()


def test_what_a_partner_writes_is_never_read_as_a_name():
    facts = {**SAMPLES[NoticeKind.STATEMENT], "partner": "$library ${last}"}
    assert "To $library ${last}" in written(NoticeKind.STATEMENT, facts, {}).body


def test_settings_are_called_by_their_kind():
    assert setting(NoticeKind.PULL_SLIPS, "body") == "pull_slips_body"
