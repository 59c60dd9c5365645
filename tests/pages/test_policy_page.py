"""The policy's form: nothing of a line is left out, and its buttons do to the lines what they say."""

import re

import pytest

from gateway.desk.access import Caller
from gateway.desk.policy import show_policy
from gateway.desk.policy_forms import LINE_COLUMNS, SETTING_COLUMNS, policy_form
from gateway.pages.policy import edited, said_of
from gateway.pages.policy_fields import LINE, SETTINGS
from gateway.workflow.staff import StaffRole
from tests.pages.conftest import SignIn, Site

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
        ("open.1", "abc", 1),
        ("open.7", "abc", None),
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


async def around_lines(site: Site) -> dict[str, str]:
    """The fields of the form besides its lines, as they stand."""
    now = await show_policy(site.live.desk, Caller("an-admin", StaffRole.ADMIN))
    form = policy_form(now.version, now.policy)
    fields = {f"settings.{column}": text for column, text in form.settings.items()}
    fields |= {f"statuses.{name}.{column}": text for name, row in form.statuses.items() for column, text in row.items()}
    return fields | {"version": str(form.version)}


def cells(html: str) -> dict[str, str]:
    """What the form would send of its lines, whether it stands in a field or goes along hidden."""
    inputs = re.findall(r"<input[^>]* name=\"lines\.[^>]*>", html)
    named = [(re.findall(r'(name|value)="([^"]*)"', each), each) for each in inputs]
    sent = {
        dict(found)["name"]: dict(found)["value"]
        for found, each in named
        if "checkbox" not in each or " checked" in each
    }
    return {name: value for name, value in sent.items() if value}


async def test_of_a_hundred_lines_the_fields_of_one_stand_on_the_page(sign_in: SignIn, site: Site):
    browser = await sign_in(StaffRole.ADMIN)
    await browser.get("/policy")
    typed = {f"lines.{line}.{column}": "" for line in range(100) for column in LINE_COLUMNS}
    typed |= {f"lines.{line}.name": f"Shelf {line}" for line in range(100)}
    typed |= {f"lines.{line}.item_types": "DVD" for line in range(100)} | {"lines.3.lend": "true"}
    status, html = await browser.post("/policy", fields=await around_lines(site) | typed | {"do": "add"})
    assert (status, "<b>101.</b>" in html, html.count("<details open>")) == (200, True, 1)
    assert len(html) < 155_000, "it was 950,000"
    sent = cells(html)
    assert sent == {name: text for name, text in typed.items() if text} | {
        "lines.100.lend": "true",
        "lines.100.copy": "true",
    }


async def test_a_line_is_opened_and_nothing_of_the_others_is_lost(sign_in: SignIn, site: Site):
    browser = await sign_in(StaffRole.ADMIN)
    await browser.get("/policy")
    typed = {f"lines.{line}.name": f"Shelf {line}" for line in range(9)} | {
        "lines.3.renewals": "2",
        "lines.5.lend": "true",
    }
    fields = await around_lines(site) | typed
    status, html = await browser.post("/policy", fields=fields | {"do": "open.3"})
    assert (status, 'id="lines.3.days"' in html, 'id="lines.4.days"' in html) == (200, True, False)
    assert 'name="open" value="3"' in html
    sent = cells(html)
    assert sent.items() >= typed.items()
    fields |= sent
    _, html = await browser.post("/policy", fields=fields | {"do": "try", "open": "3"})
    assert ('id="lines.3.days"' in html, cells(html)) == (True, sent), "what is edited stays open"
    status, html = await browser.post("/policy/save", fields=fields | {"lines.7.days": "many", "open": "3"})
    assert (status, 'id="lines.7.days-problem"' in html, 'id="lines.3.days"' in html) == (422, True, True)
    status, html = await browser.post("/policy/save", fields=fields | {"open": "3"})
    assert (status, "It counts from now on." in html) == (200, True)
    assert {name: text for name, text in cells(html).items() if name in sent} == sent


async def test_who_may_only_look_looks_at_one_line(sign_in: SignIn, site: Site):
    admin, viewer = await sign_in(StaffRole.ADMIN), await sign_in(StaffRole.VIEWER)
    await admin.get("/policy")
    line = {"lines.0.name": "Films", "lines.0.item_types": "DVD", "lines.0.renewals": "2"}
    await admin.post("/policy/save", fields=await around_lines(site) | line)
    _, html = await viewer.get("/policy")
    assert ('href="/policy?open=0#line-0"' in html, 'id="lines.0.renewals"' in html) == (True, False)
    _, html = await viewer.get("/policy?open=0")
    assert 'id="lines.0.renewals" name="lines.0.renewals" type="text" value="2"' in html


async def test_who_may_only_look_looks_at_the_lines_of_an_older_version(sign_in: SignIn, site: Site):
    admin, viewer = await sign_in(StaffRole.ADMIN), await sign_in(StaffRole.VIEWER)
    for renewals in ("2", "3"):
        await admin.get("/policy")
        line = {"lines.0.name": "Films", "lines.0.item_types": "DVD", "lines.0.renewals": renewals}
        status, html = await admin.post("/policy/save", fields=await around_lines(site) | line)
        assert (status, "It counts from now on." in html) == (200, True)
    _, html = await viewer.get("/policy/versions/1")
    assert ("Look at its lines" in html, "for editing" in html) == (True, False)
    assert "Open it for editing" in (await admin.get("/policy/versions/1"))[1]
    _, html = await viewer.get("/policy?version=1")
    found = re.search(r'href="([^"]*open=0[^"]*)"', html)
    assert found
    _, html = await viewer.get(found[1].replace("&amp;", "&"))
    assert 'id="lines.0.renewals" name="lines.0.renewals" type="text" value="2"' in html
