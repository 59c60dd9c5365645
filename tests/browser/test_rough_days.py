"""What befalls a day: a partner's hostile texts on every page, a circulation system that goes away, hands without a mouse, back and forward."""

from typing import Final

import pytest
from playwright.sync_api import Page, expect

from gateway.demo.stage.processes import wait_for
from gateway.demo.stage.scene import Scene
from gateway.demo.stage.stack import Stack
from tests.browser.conftest import PATIENCE_MS, SignIn

HOSTILE: Final = (
    "<script>document.title='stolen'</script><img src=x onerror=\"document.title='stolen'\">"
    "\u202etxet sdrawkcab\u2066 \U0001f4da\U0001f9d1\u200d\U0001f4bb {{ 7*7 }} ${7*7} javascript:alert(1) "
)
"""A script, text from right to left that is never closed, emoji, and what template engines take for theirs."""
PRINTABLE: Final = "".join(character for character in HOSTILE if character.isprintable())
"""What records take of it."""
NUL: Final = "%00"
PAGES_WITH_REQUESTS: Final = (
    "/",
    "/tasks",
    "/requests",
    "/requests?q=stolen",
    "/lists/pull",
    "/lists/pull?walk=EXC",
    "/scan",
    "/partners",
    "/partners/sample-valley",
    "/settings/look-ups",
)


def asked(house: Stack, **wish: str) -> Scene:
    scene = Scene(house, house.api, {"title": wish["title"]})
    scene.take(house.partner.post("/requests", wish)["id"])
    return scene


@pytest.fixture(scope="module")
def hostile(house: Stack) -> Scene:
    """Every field that a partner fills is hostile, and the book is on the pull list all the same."""
    page = house.partner.post(
        "/requests",
        {
            "title": HOSTILE + "W" * 2_000,
            "author": HOSTILE + "a" * 500,
            "isbn": "9780000000040",
            "note": HOSTILE + "n" * 10_000,
            "level": HOSTILE,
        },
    )
    scene = Scene(house, house.api, {"title": "stolen"})
    scene.take(page["id"])
    scene.until_state("will supply", "deciding")
    scene.send("Notification", HOSTILE + "x" * 10_000)
    return scene


BACKWARDS = """() => [...document.querySelectorAll("main code, main .tag")].filter((element) => {
    const text = element.firstChild;
    if (text?.nodeType !== Node.TEXT_NODE || text.length < 2) return false;
    const [first, last] = [0, text.length - 1].map((at) => {
        const range = document.createRange();
        range.setStart(text, at);
        range.setEnd(text, at + 1);
        return range.getBoundingClientRect();
    });
    return first.top === last.top && first.left > last.left;
}).map((element) => element.textContent)"""
"""What of ours is written from right to left, for a text beside it turns the direction about and never back."""


@pytest.mark.parametrize("width", [1360, 320])
def test_no_text_of_a_partner_runs_or_breaks_a_page(sign_in: SignIn, hostile: Scene, width: int):
    page = sign_in("manager", viewport={"width": width, "height": 800})
    for address in (*PAGES_WITH_REQUESTS, f"/requests/{hostile.our_id}"):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert not page.title().startswith("stolen"), address
        assert page.locator("main script, main img").count() == 0, address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        assert page.evaluate(BACKWARDS) == [], address


def write_as_staff(page: Page, house: Stack, scene: Scene) -> list[str]:
    """What staff write is no better: a note, a flag, a partner, a line of the policy. Give the pages that show it."""
    for action in ("note", "flag"):
        house.api.post(f"/requests/{scene.our_id}/actions/{action}", {"inside": HOSTILE + "y" * 3_000})
    page.goto("/partners/new")
    page.fill("[name=id]", "hostile")
    page.fill("[name=name]", PRINTABLE + "N" * 100)
    page.fill("[name=symbols]", "ISIL:XX-HOSTILE")
    page.click(":is(button[data-act=save], [data-act=save] button)")
    expect(page.get_by_role("status").first).to_contain_text("It is kept")
    page.goto("/policy")
    page.get_by_role("button", name="Add a line").click()
    line = page.locator("ol.lines details[open]")
    line.locator("[name$='.name']").fill(PRINTABLE)
    line.locator("[name$='.item_types']").fill(PRINTABLE)
    page.click(":is(button[data-act=save], [data-act=save] button)")
    expect(page.get_by_text("It counts from now on.")).to_be_visible()
    return ["/partners", "/partners/hostile", "/policy", "/policy/versions", f"/requests/{scene.our_id}"]


def test_no_text_of_staff_runs_or_breaks_a_page(sign_in: SignIn, house: Stack, hostile: Scene):
    page = sign_in("administrator")
    addresses = write_as_staff(page, house, hostile)
    page.goto("/requests")
    page.get_by_text("Keep these filters").click()
    page.fill("#view-name", HOSTILE.replace("/", "")[:50])
    page.get_by_role("button", name="Keep as a view").click()
    for width in (1360, 320):
        page.set_viewport_size({"width": width, "height": 800})
        for address in ("/requests", *addresses):
            page.goto(address)
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            assert not page.title().startswith("stolen"), address
            assert page.locator("main script, main img").count() == 0, address
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address


@pytest.mark.parametrize(
    "address", ["/requests?q=", "/lists/pull?branch=", "/scan?mode=", "/tasks?kind=", "/requests/"]
)
@pytest.mark.parametrize("text", [NUL, "%F0%9F%93%9A", "%E2%80%AE", "%FF", "x" * 5_000], ids=range(5))
def test_no_text_in_an_address_is_our_fault(sign_in: SignIn, address: str, text: str):
    assert sign_in().request.get(address + text).status < 500


def test_a_circulation_system_that_goes_away_is_said_and_nothing_is_lost(sign_in: SignIn, house: Stack):
    scene = asked(house, title="Knots Nobody Ties", isbn="9780000000057")
    scene.until_state("will supply")
    page = sign_in()
    page.goto(f"/requests/{scene.our_id}")
    house.acs_process.kill()
    try:
        page.locator("[data-act=arrive-and-ship] button.main").click()
        expect(page.locator("#said")).to_contain_text("Done")
        page.goto("/")
        wait_for(lambda: _says_that_it_waits(page), "the circulation system's trouble", PATIENCE_MS / 1000, watch=())
        page.goto(f"/requests/{scene.our_id}")
        expect(page.get_by_role("heading", level=1)).to_have_text("Knots Nobody Ties")
    finally:
        house.acs_process.start()
    scene.until_state("checked out")
    page.goto("/")
    wait_for(lambda: not _says_that_it_waits(page) or None, "the end of the trouble", PATIENCE_MS / 1000, watch=())


def _says_that_it_waits(page: Page) -> bool | None:
    page.reload()
    return page.locator(".who .amber", has_text="Circulation system").count() > 0 or None


def test_the_main_path_is_gone_by_keyboard_alone(sign_in: SignIn, house: Stack):
    scene = asked(house, title="A Field Guide to Nonexistent Birds", isbn="9780000000026")
    scene.until_state("will supply")
    page = sign_in()
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("F2")
    expect(page.locator("#scan")).to_be_focused()
    page.keyboard.type(scene.our_id)
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("Shipped")
    expect(page.locator("#scan")).to_be_focused()
    page.goto(f"/requests/{scene.our_id}")
    undo = page.locator("[data-act=undo] button")
    for _ in range(60):
        page.keyboard.press("Tab")
        if undo.evaluate("button => button === document.activeElement"):
            break
    expect(undo).to_be_focused()
    assert undo.evaluate("button => getComputedStyle(button).outlineStyle") != "none"
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("Done")
    assert scene.until_state("arrived") == "arrived"


def test_back_and_forward_show_what_is_so_now(sign_in: SignIn, house: Stack):
    scene = asked(house, title="Mémoires d'une ville imaginée", isbn="9780000000125")
    scene.until_state("will supply")
    page = sign_in()
    page.goto("/lists/pull")
    page.locator(f"a[href='/requests/{scene.our_id}']").first.click()
    page.locator("[data-act=arrive-and-ship] button.main").click()
    expect(page.locator("#said")).to_contain_text("Done")
    scene.until_state("checked out")
    page.goto("/lists/pull")
    expect(page.locator(f"a[href='/requests/{scene.our_id}']")).to_have_count(0)
    page.go_back()
    expect(page.locator("[data-act=arrive-and-ship]")).to_have_count(0)
    page.go_forward()
    expect(page.locator(f"a[href='/requests/{scene.our_id}']")).to_have_count(0)


def test_who_asks_for_calm_sees_nothing_move(sign_in: SignIn):
    page = sign_in(reduced_motion="reduce")
    page.goto("/")
    moving = (
        "[...document.querySelectorAll('*')].filter(each => parseFloat(getComputedStyle(each).transitionDuration) > 0)"
    )
    assert page.evaluate(f"{moving}.length") == 0
