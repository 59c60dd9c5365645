"""What axe can't see of the focus: its order, that it is seen, and where it is after a part of the page was changed."""

from collections.abc import Iterator, Mapping

import pytest
from playwright.sync_api import Page

from gateway.demo.stage.stack import Stack
from tests.browser.conftest import SignIn
from tests.browser.lived_in import lived_in

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
