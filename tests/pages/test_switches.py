"""The switches on the page of settings: how each stands, and those that are changed there."""

import re

import pytest
from msgspec.structs import replace

from gateway.desk.access import Caller
from gateway.desk.policy import list_versions, pause_lending
from gateway.desk.structs.policy import PauseBody, VersionsQuery
from gateway.desk.structs.switches import FixedSwitch, SwitchGroup
from gateway.dispatch.switched import is_off
from gateway.workflow.policy import AutoAnswer
from gateway.workflow.staff import StaffRole, Switch
from tests.pages.conftest import SignIn, Site

ADMIN = Caller("an-admin", StaffRole.ADMIN)


def row_of(html: str, field: str) -> str:
    return html.split(f'id="switch-{field}"')[1].split("</tr>", maxsplit=1)[0]


async def test_a_switch_of_the_desk_is_a_version_of_the_policy_by_name_and_counts_at_once(site: Site, sign_in: SignIn):
    admin = await sign_in(StaffRole.ADMIN)
    _, html = await admin.get("/settings")
    assert "people answer everything" in row_of(html, "auto_answer")
    version = re.search(r'name="version" value="(\d+)"', html)
    assert version
    fields = {"version": version[1], "field": "auto_answer", "value": "both"}
    status, html = await admin.post("/settings", fields=fields)
    assert (status, "Changed. Answers without a person: A promise and a no go out" in html) == (200, True)
    assert "a promise and a no go out by themselves" in row_of(html, "auto_answer")
    assert site.live.directory.policy.auto_answer is AutoAnswer.BOTH
    [newest, *_] = (await list_versions(site.live.desk, ADMIN, VersionsQuery())).versions
    assert newest.saved_by == "a-person-admin"
    status, html = await admin.post("/settings", fields={**fields, "value": "off"})
    assert (status, "was changed by somebody else" in html) == (409, True)


@pytest.mark.parametrize("fields", [{"field": "paused", "value": "true"}, {"field": "other_number", "value": "no"}])
async def test_what_is_no_switch_is_not_set(site: Site, sign_in: SignIn, fields: dict[str, str]):
    admin = await sign_in(StaffRole.ADMIN)
    await admin.get("/settings")
    status, html = await admin.post("/settings", fields={"version": "0", **fields})
    assert (status, "There is no such switch" in html) == (409, True)


async def test_what_the_file_sets_up_is_switched_off_and_on_by_name_and_nothing_else_is(site: Site, sign_in: SignIn):
    report = FixedSwitch(
        group=SwitchGroup.MAIL,
        name="The monthly report",
        does="Figures go out.",
        key="[notices] report_on",
        is_on=True,
        state="on day 1",
        switch=Switch.REPORT,
    )
    slips = replace(report, name="Pull slips", is_on=False, state="not sent", switch=Switch.PULL_SLIPS)
    object.__setattr__(site.live.desk, "switches", (report, slips))
    admin = await sign_in(StaffRole.ADMIN)
    _, html = await admin.get("/settings")
    assert html.count('action="/settings/switches"') == 1, "what the file does not set up can't be switched on"
    status, html = await admin.post("/settings/switches", fields={"switch": "report", "is_on": "false"})
    assert (status, "Changed. The monthly report: switched off." in html) == (200, True)
    assert "Switched off</span> by a-person-admin" in html
    assert "What came due a short while ago is done too" in html, "a mail that went out can't be taken back"
    assert await is_off(site.live.store, Switch.REPORT)
    status, html = await admin.post("/settings/switches", fields={"switch": "report", "is_on": "true"})
    assert (status, "a-person-admin: report on" in html, "a-person-admin: report off" in html) == (200, True, True)
    assert not await is_off(site.live.store, Switch.REPORT)
    status, html = await admin.post("/settings/switches", fields={"switch": "pull slips", "is_on": "true"})
    assert (status, "there is nothing to switch" in html) == (409, True)
    manager = await sign_in(StaffRole.MANAGER)
    assert "Switched off by administrators, here" in (await manager.get("/settings"))[1]
    assert (await manager.post("/settings/switches", fields={"switch": "report", "is_on": "false"}))[0] == 403


async def test_others_see_how_each_switch_stands_and_who_can_change_it(site: Site, sign_in: SignIn):
    fixed = FixedSwitch(
        group=SwitchGroup.MAIL,
        name="E-mail",
        does="It goes out.",
        key="[mail] host",
        is_on=False,
        state="nothing is sent",
    )
    object.__setattr__(site.live.desk, "switches", (fixed,))
    manager = await sign_in(StaffRole.MANAGER)
    _, html = await manager.get("/settings")
    assert "<code>[mail] host</code>" in html
    assert "nothing is sent" in html
    assert "by administrators, here" in row_of(html, "auto_answer")
    assert (await manager.post("/settings", fields={"version": "0", "field": "other_number", "value": "false"}))[
        0
    ] == 403
    await pause_lending(site.live.desk, ADMIN, PauseBody(note="Back on Monday."))
    assert "Back on Monday." in row_of((await manager.get("/settings"))[1], "paused")
