"""What axe can't see of the pages of a house at work.

On paper: what happened and what is there, with full times; nothing to press, nothing cut off. By keyboard: the order of the focus, that it
is seen, and where it is after a part of the page was changed.
"""

from collections.abc import Iterator, Mapping
from typing import Final

import pypdfium2
import pytest
from playwright.sync_api import Page

from gateway.demo.stage.stack import Stack
from tests.browser.conftest import SignIn
from tests.browser.lived_in import known, lived_in
from tests.browser.screens import SCREENS, SIGN_IN

A4_PX: Final = 688
"""The width of A4 at 96 dots an inch, without the margins."""
TO_PRESS: Final = (
    "button, .button, nav, header, summary.button, input[type=checkbox]:not(:checked), .skip, .banner, .off-paper"
)
VISIBLE: Final = "elements => elements.filter(each => each.checkVisibility()).map(each => each.outerHTML.slice(0, 120))"
CUT: Final = """width => [...document.querySelectorAll("main *")].filter((each) => {
    if (!each.checkVisibility() || each.closest(".hidden, option")) return false;
    const style = getComputedStyle(each);
    const isHidden = style.overflowX !== "visible" && each.scrollWidth > each.clientWidth + 1;
    const isTooTall = style.overflowY !== "visible" && each.scrollHeight > each.clientHeight + 1;
    const isField = ["INPUT", "SELECT", "TEXTAREA", "PROGRESS"].includes(each.tagName);
    return each.getBoundingClientRect().right > width + 1 || (!isField && (isHidden || isTooTall));
}).map((each) => each.outerHTML.slice(0, 120))"""

PAGES = (
    "/",
    "/scan",
    "/lists/pull",
    "/requests",
    "/requests/{to decide}",
    "/tasks",
    "/orders/new",
    "/money",
    "/prices",
    "/copyright",
)
TABS_MOST = 400
MARK = """() => {
    const here = document.activeElement;
    if (!here || here === document.body) return null;
    const box = here.getBoundingClientRect();
    const top = document.elementFromPoint(box.x + Math.min(box.width / 2, 8), box.y + Math.min(box.height / 2, 8));
    const all = [...document.querySelectorAll("*")];
    return {
        place: all.indexOf(here),
        words: here.outerHTML.slice(0, 120),
        outlined: getComputedStyle(here).outlineStyle !== "none" || getComputedStyle(here.closest("form, .find") ?? here).outlineStyle !== "none",
        seen: box.width > 0 && box.height > 0 && (here.contains(top) || (top !== null && top.contains(here)) || top?.closest("label") !== null),
    };
}"""
"""Where the focus is: the element's place in the document, whether it is outlined, and whether anything lies over it."""

REACHABLE = """() => {
    const all = [...document.querySelectorAll("*")];
    const kinds = "a[href], button, input:not([type=hidden], [type=radio]), select, textarea, summary, [tabindex='0']";
    return all.filter((each) => each.matches(kinds) && !each.matches(".skip") && each.checkVisibility() && !each.disabled && each.tabIndex >= 0)
        .map((each) => [all.indexOf(each), each.outerHTML.slice(0, 120)]);
}"""
"""What a keyboard must come to, as a list of places and words; of radio buttons one of a group alone is."""


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stack, Mapping[str, str]]]:
    with lived_in(tmp_path_factory.mktemp("lived")) as both:
        yield both


@pytest.fixture(scope="module")
def house(lived: tuple[Stack, Mapping[str, str]]) -> Stack:
    return lived[0]


def text_of(page: Page) -> str:
    """What stands on the pages that are printed."""
    with pypdfium2.PdfDocument(page.pdf(format="A4")) as document:
        return " ".join(" ".join(sheet.get_textpage().get_text_range() for sheet in document).split())


def test_every_page_prints_without_what_is_to_press_and_nothing_is_cut_off(
    sign_in: SignIn, lived: tuple[Stack, Mapping[str, str]]
):
    page = sign_in("administrator", viewport={"width": A4_PX, "height": 900}, color_scheme="dark")
    page.emulate_media(media="print")
    found: dict[str, list[str]] = {}
    names = known(*lived)
    for name, address in SCREENS.items():
        if address == SIGN_IN:
            continue
        page.goto(address.format_map(names))
        page.locator("h1").first.wait_for()
        page.locator("details.menu").evaluate_all("menus => menus.forEach(menu => { menu.open = true; })")
        wrong = page.locator(TO_PRESS).evaluate_all(VISIBLE) + page.evaluate(CUT, A4_PX)
        if wrong:
            found[name] = wrong
    assert found == {}, "\n".join(f"{name}: {each}" for name, wrong in found.items() for each in wrong)


@pytest.mark.parametrize("name", ["to fetch, with a note", "with the partner", "on the hold shelf"])
def test_a_request_prints_its_story_with_full_times(sign_in: SignIn, lived: tuple[Stack, Mapping[str, str]], name: str):
    house, requests = lived
    number = requests[name]
    page = sign_in()
    page.goto(f"/requests/{number}")
    titles = page.locator("#story time[title]").evaluate_all("times => times.map((each) => each.title)")
    text = text_of(page)
    assert number in text
    assert titles
    assert all(title in text for title in titles)
    assert [words for words in ("Sign out", "Find or do", "Only what people did", "More") if words in text] == []
    assert str(house.api.get(f"/requests/{number}")["request"]["wanted"]["title"]) in text


def test_dark_pages_print_dark_on_white(sign_in: SignIn, lived: tuple[Stack, Mapping[str, str]]):
    page = sign_in(color_scheme="dark")
    page.goto(f"/requests/{lived[1]['with the partner']}")
    page.emulate_media(media="print", color_scheme="dark")
    ink = "getComputedStyle(document.querySelector('%s')).%s"
    assert page.evaluate(ink % ("h1", "color")) == "rgb(0, 0, 0)"
    assert page.evaluate(ink % ("body", "backgroundColor")) == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--red')").strip() == "#a3211f"


def walked(page: Page) -> Iterator[dict[str, object]]:
    """Press Tab from the page's first link until the focus leaves the page. Parts of a field, such as a date's, are stops of one place."""
    page.locator(".skip").focus()
    last = -1
    for _ in range(TABS_MOST):
        page.keyboard.press("Tab")
        here = page.evaluate(MARK)
        if here is None or here["place"] < last:
            return
        last = here["place"]
        yield here
    raise AssertionError("the page has no end")


@pytest.mark.parametrize("address", PAGES)
def test_the_focus_goes_down_the_page_and_is_seen_everywhere(
    sign_in: SignIn, lived: tuple[Stack, Mapping[str, str]], address: str
):
    page = sign_in(reduced_motion="reduce")
    for asked in ("**/events*", "**/news*"):
        page.route(asked, lambda route: route.abort())  # places are counted: nothing may come in between
    page.goto(address.format_map(lived[1]))
    assert page.locator("[tabindex]:not([tabindex='0'], [tabindex='-1'])").count() == 0, "no order but the page's own"
    stops = list(walked(page))
    places = {stop["place"]: stop["words"] for stop in stops}
    outlined = {stop["place"] for stop in stops if stop["outlined"] and stop["seen"]}
    assert [words for place, words in places.items() if place not in outlined] == []
    assert [words for place, words in page.evaluate(REACHABLE) if place not in places] == []
