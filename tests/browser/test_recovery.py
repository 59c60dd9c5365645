"""The desk after a restore, as people see it: the banner, the list, and the way to the end; and nothing keeps anybody out of the page."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from gateway.demo.stage.scene import Scene
from gateway.demo.stage.stack import Stack
from tests.browser.conftest import SignIn
from tests.browser.restored import bring_back
from tests.browser.test_accessibility import axe, faults

__all__ = ["axe"]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Stack]:
    """Of one test: what is held in a house keeps the next one's loans from getting on."""
    with Stack(tmp_path / "house") as stack:
        stack.import_items()
        stack.open_accounts()
        yield stack


@pytest.fixture
def restored(house: Stack) -> Scene:
    return bring_back(house)


def test_an_administrator_says_which_number_of_bills_went_out_last(restored: Scene, sign_in: SignIn):
    """A manager sees that they are in doubt and has no form; the administrator's goes without scripts, keeps what is wrong from being
    taken, and two clicks are one.
    """
    manager, admin = sign_in("manager", anew=True), sign_in("administrator", anew=True, java_script_enabled=False)
    manager.goto("/recovery")
    manager.get_by_role("link", name="which number of bills went out last").click()
    expect(manager.get_by_text("In doubt", exact=True)).to_be_visible()
    expect(manager.locator("[data-act=confirm-numbers]")).to_have_count(0)
    expect(manager.locator("main input")).to_have_count(0)

    admin.goto("/recovery/numbers")
    last = admin.get_by_label("Last number of INV in")
    last.fill("twelve")
    admin.locator("[data-act=confirm-numbers] button").click()
    expect(admin.get_by_role("alert")).to_contain_text("give the last number, like 0")
    last.fill("12")
    admin.locator("[data-act=confirm-numbers] button").dblclick(no_wait_after=True)
    expect(admin.get_by_text("Known", exact=True)).to_be_visible()
    expect(admin.get_by_role("row", name="INV")).to_contain_text("-00012")
    expect(admin.get_by_role("heading", name="Went out, and not here")).to_be_visible()
    expect(admin.get_by_role("main").get_by_text("said by administrator")).to_be_visible()

    manager.reload()
    expect(manager.get_by_text("Known", exact=True)).to_be_visible()
    expect(manager.get_by_role("row", name="INV")).to_contain_text("-00012")


def test_people_let_work_go_on_after_a_restore(restored: Scene, sign_in: SignIn, axe: str):
    manager, admin = sign_in("manager", anew=True, reduced_motion="reduce"), sign_in("administrator", anew=True)
    expect(manager.get_by_role("complementary", name="After a restore")).to_contain_text("All work is held")
    expect(manager.get_by_text("Nothing goes on by itself")).to_be_visible()
    manager.get_by_role("link", name="See what is held").click()
    expect(manager.get_by_role("cell", name="lists no such loan")).to_be_visible()
    assert faults(manager, axe) == []

    admin.goto("/recovery")
    admin.get_by_role("button", name="They are right").click()
    expect(admin.get_by_role("status")).to_contain_text("The tokens are valid again.")
    manager.get_by_role("button", name="Let 1 request go on").click()
    expect(manager.get_by_role("status")).to_contain_text("1 request goes on.")
    manager.get_by_role("button", name=f"Goes on: {restored.our_id}").click()
    expect(manager.get_by_role("status")).to_contain_text(f"{restored.our_id} goes on.")
    manager.get_by_role("button", name="Let all work go on").click()
    expect(manager.get_by_text("Nothing is held")).to_be_visible()
