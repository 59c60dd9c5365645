"""The policy's form: nothing of a line is left out, and its buttons do to the lines what they say."""

import pytest

from gateway.desk.policy_forms import LINE_COLUMNS, SETTING_COLUMNS
from gateway.pages.policy import edited, said_of
from gateway.pages.policy_fields import LINE, SETTINGS
from gateway.workflow.staff import StaffRole
from tests.pages.conftest import SignIn

A, B, C = ({"name": name} for name in "abc")


def test_each_column_has_its_field():
    assert sorted(field.column for field in LINE) == sorted(LINE_COLUMNS)
    assert sorted(field.column for field in SETTINGS) == sorted(SETTING_COLUMNS)


@pytest.mark.parametrize(
    ("button", "names", "opened"),
    [
        ("up.1", "bac", 0),
        ("up.0", "abc", 0),
        ("down.0", "bac", 1),
        ("down.2", "abc", 2),
        ("remove.1", "ac", None),
        ("twice.0", "aabc", 1),
        ("up.7", "abc", None),
        ("try", "abc", None),
        ("", "abc", None),
    ],
)
def test_a_button_does_to_the_lines_what_it_says(button: str, names: str, opened: int | None):
    lines, shown = edited([A, B, C], button)
    assert ("".join(line["name"] for line in lines), shown) == (names, opened)


def test_a_new_line_comes_last_and_allows_everything():
    lines, shown = edited([A], "add")
    assert (lines[-1], shown) == ({"lend": "true", "copy": "true"}, 1)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("auto_answer = off", "Answers without a person: off"),
        ("status 04 (on loan) = retry", "status 04 (on loan) = retry"),
        ("Reference: item type REF: neither lent nor copied", "Reference: item type REF: neither lent nor copied"),
    ],
)
def test_a_version_calls_settings_by_their_labels(words: str, said: str):
    assert said_of(words) == said


async def test_a_policy_of_a_hundred_lines_is_taken(sign_in: SignIn):
    browser = await sign_in(StaffRole.ADMIN)
    _, html = await browser.get("/policy")
    version = html.split('name="version" value="')[1].split('"')[0]
    lines = {f"lines.{line}.{column}": "" for line in range(100) for column in LINE_COLUMNS}
    lines |= {f"lines.{line}.name": f"Shelf {line}" for line in range(100)}
    status, html = await browser.post("/policy", fields=lines | {"version": version, "do": "add"})
    assert (status, "Shelf 99" in html, "<b>101.</b>" in html) == (200, True, True)
