"""Every page for everybody: axe-core on each of them, in each role for which it is made otherwise, light and dark, wide and narrow.

What is looked at comes from the table of pages, so a new page is looked at by itself. A part of an address that nobody here knows a
value for fails the tests until it is given one.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from gateway.demo.stage.borrowing_scene import POOL
from gateway.demo.stage.house import DESK_PASSWORD
from gateway.demo.stage.stack import Stack
from gateway.desk.access import RIGHTS, StaffRole
from gateway.desk.structs.lists import ListName
from gateway.desk.structs.statistics import FigureGroup
from gateway.pages import one_request, tasks
from gateway.pages.site import PAGES
from tests.browser.conftest import SignIn
from tests.browser.lived_in import STRANGE, VIEWER, bills, invoices, lived_in, message_of, notices
from tests.fakes.npm import PACKAGES, installed

NO_PAGES: Final[Mapping[str, str]] = {
    "/events": "a stream",
    "/news": "JSON",
    "/account/stay": "nothing: a sign of life",
    "/sign-in/oidc/start": "leads to a provider",
    "/sign-in/oidc": "leads back from it",
    "/scan/new": "leads to the new cart",
    "/scan/cart": "a part of /scan",
    "/scan/papers": "a PDF",
    "/requests/{request}/papers/{paper}.pdf": "a PDF",
    "/requests/{request}/copy": "a file",
    "/lists/{list:[a-z-]+}.csv": "CSV",
    "/lists/{list:[a-z-]+}.pdf": "a PDF",
    "/money/bills/{bill}/paper": "a PDF",
    "/notices/{notice}/file": "a file",
    "/money/owed/{partner}": "a PDF",
    "/money/invoices/exports/{batch}": "CSV",
    "/money/invoices/{invoice}/documents/{document}": "a file",
    "/money/invoices/{invoice}/letters/{letter}": "a PDF",
    "/partners/export": "JSON",
    "/figures/export": "CSV",
    "/figures/{figure}": "leads to its place in its group",
    "/settings/papers/test.pdf": "a PDF",
}
"""What answers without a page of its own, and with what instead."""

MESSAGE: Final = "/requests/{request}/messages/{line}"
APPROVAL: Final = "/partners/approve/{request}"
ACCOUNTS: Final = {
    VIEWER: StaffRole.VIEWER,
    "technician": StaffRole.TECHNICIAN,
    "manager": StaffRole.MANAGER,
    "administrator": StaffRole.ADMIN,
}
RULES: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
"""The rules of WCAG 2.0 to 2.2, A and AA, and what axe holds for good practice besides."""
WIDE: Final[ViewportSize] = {"width": 1360, "height": 900}
NARROW: Final[ViewportSize] = {"width": 320, "height": 640}
"""320 px is 1280 px at a zoom of 400 % too (WCAG 1.4.10)."""

VALUES: Final[Mapping[str, tuple[str, ...]]] = {
    "account": ("manager",),
    "list": tuple(ListName),
    "range": (POOL,),
    "version": ("1",),
    "report": ("annual", "arl", "board"),
    "/figures": tuple(f"/figures?group={group}&period=this-month" for group in FigureGroup),
    "/figures/{figure}/entries": ("/figures/bills/entries?period=this-month&row=total/USD&column=billed",),
    "/figures/{figure}/requests": ("/figures/came/requests?period=this-month&column=lending",),
}
"""For a part of an address, by its name, or for a whole one. What the house has is added to them."""
BESIDES: Final = (
    "/lists/pull?walk=EXC",
    "/requests?q=the&open=true",
    "/requests?q=nothing-has-this-word",
    "/orders/new?genre=article&atitle=On+Nothing&jtitle=Imagined+Results&issn=0028-0836",
)
"""What the table doesn't show: other faces of its pages."""


class Lived(NamedTuple):
    """A house that has worked, what the parts of addresses may be there, and what pages were found to be made of, by who saw them, and address."""

    house: Stack
    values: Mapping[str, tuple[str, ...]]
    made: dict[tuple[str, str], list[str]]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    with lived_in(tmp_path_factory.mktemp("lived")) as (house, requests):
        yield Lived(house, {**VALUES, **_values(house, requests)}, {})


def _values(house: Stack, requests: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    api = house.api
    return {
        "request": tuple(requests.values()),
        "partner": tuple(partner["id"] for partner in api.get("/partners")["partners"]),
        "bill": tuple(bills(house).values()),
        "invoice": tuple(invoices(house).values()),
        "notice": tuple(notices(house).values()),
        "peer": tuple(peer["id"] for peer in api.get("/peers")["peers"]),
        MESSAGE: (message_of(house, requests["completed"]),),
        APPROVAL: (f"/partners/approve/{requests[STRANGE]}",),
    }


@pytest.fixture(scope="module")
def house(lived: Lived) -> Stack:
    return lived.house


@pytest.fixture(scope="module")
def axe() -> str:
    installed()
    return (PACKAGES / "axe-core" / "axe.min.js").read_text("utf-8")


LEADING_BACK: Final = (one_request.lead_back, tasks.lead_back)
"""What answers for an address that takes a form, if it is only looked at: it leads to the page that has the form."""
PATHS: Final = tuple(
    page for page in PAGES if page.method == "GET" and page.path not in NO_PAGES and page.function not in LEADING_BACK
)


def addresses(path: str, values: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Give the addresses of a page, with every value of its parts."""
    if path in values:
        return list(values[path])
    found = [path]
    for part in re.findall(r"{(\w+)[^}]*}", path):
        assert part in values, f"Say in VALUES what {{{part}}} of {path} may be, or in NO_PAGES what comes there."
        found = [re.sub(rf"{{{part}.*?}}(?=/|$)", value, each) for each in found for value in values[part]]
    return found


def seen_by(name: str, lived: Lived) -> list[str]:
    """Give every address that somebody may see; one of a kind is enough for whoever may only read."""
    rights = RIGHTS[ACCOUNTS[name]]
    of_pages = [addresses(page.path, lived.values) for page in PATHS if page.right is None or page.right in rights]
    if name == VIEWER:
        return [each[-1] for each in of_pages]
    return [address for each in of_pages for address in each] + list(BESIDES)


COMPARED_WITH: Final[Mapping[str, str]] = {VIEWER: "technician", "manager": "technician", "administrator": "manager"}
"""Whose pages are looked at already: of others those alone are that are made otherwise for them."""
_TAG: Final = re.compile(r"<[a-z][^>]*>")
_VALUE: Final = re.compile(r'="[^"]*"')


def made_of(html: str) -> list[str]:
    """Give the elements of a page, with their attributes' names: what it is made of, whatever it says."""
    return [_VALUE.sub("", tag) for tag in _TAG.findall(html.partition("<main")[2])]


def made_otherwise(sign_in: SignIn, name: str, lived: Lived) -> list[str]:
    """Give the addresses of pages that nobody has looked at yet as they are made for somebody."""
    seers = {who: sign_in(who) for who in (name, COMPARED_WITH[name])}
    seen = seen_by(name, lived)
    for who, theirs in seers.items():
        for address in seen:
            if (who, address) not in lived.made:
                lived.made[who, address] = made_of(theirs.request.get(address).text())
    return [address for address in seen if lived.made[name, address] != lived.made[COMPARED_WITH[name], address]]


VIOLATIONS: Final = """async (options) => {
    const { violations } = await axe.run(document, { resultTypes: ["violations"], ...options });
    return violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html} ${node.failureSummary}`));
}"""
"""Lets axe-core look at the page; what it says, with the elements. Of what it finds in order, it would tell a hundred kilobytes."""


def violations(page: Page, axe: str, **options: Any) -> list[str]:
    """Let axe-core look at a page; give what it says, with the elements."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(axe)
    found: list[str] = page.evaluate(VIOLATIONS, options)
    return found


SHIFTS: Final = """
new PerformanceObserver((list) => {
  for (const shift of list.getEntries()) if (!shift.hadRecentInput) window.shifted = (window.shifted ?? 0) + shift.value;
}).observe({ type: "layout-shift", buffered: true });
"""
SHIFTED: Final = """() => new Promise((done) => {
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(window.shifted ?? 0))));
})"""
SHIFTED_MOST: Final = 0.1
"""What web.dev calls good: the share of the screen that jumped, by the share of its height that it jumped."""


def faults(page: Page, axe: str) -> list[str]:
    """What keeps people out of the page that is shown: in light and in dark, wide and narrow; and whether it jumped while it came."""
    shifted = page.evaluate(SHIFTED)
    found = [f"jumped by {shifted}"] if shifted > SHIFTED_MOST else []
    return found + _faults(page, axe)


def _faults(page: Page, axe: str) -> list[str]:
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")
    found = violations(page, axe, runOnly={"type": "tag", "values": list(RULES)})
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {each}" for each in violations(page, axe, runOnly=["color-contrast", "link-in-text-block"])]
    page.set_viewport_size(NARROW)
    found += [f"narrow: {each}" for each in violations(page, axe, runOnly=["color-contrast", "target-size"])]
    too_wide = page.evaluate("document.documentElement.scrollWidth") - NARROW["width"]
    return [*found, f"narrow: {too_wide} px too wide"] if too_wide > 0 else found


def test_what_is_no_page_is_in_the_table():
    assert set(NO_PAGES) <= {page.path for page in PAGES}


def test_each_page_has_an_address_to_look_at():
    of_the_house = {
        "request": ("L-1",),
        "invoice": ("V-1",),
        "notice": ("N-1",),
        "partner": ("p",),
        "peer": ("p",),
        "bill": ("b",),
        MESSAGE: ("/requests/L-1/messages/1",),
        APPROVAL: ("/partners/approve/L-1",),
    }
    known = {**VALUES, **of_the_house}
    assert all(addresses(page.path, known) for page in PATHS)


def opened(sign_in: SignIn, name: str, axe: str) -> Page:
    """Sign somebody in at a narrow page with what looks at it."""
    page = sign_in(name, reduced_motion="reduce", viewport=NARROW)
    page.add_init_script(SHIFTS)
    page.add_init_script(axe)  # once, and not with every page: it is half a megabyte
    return page


TOLD_AT: Final = re.compile(r' data-at="[^"]*"')
"""When a page was made: two answers of the same page differ in it, and hardly in anything else."""
LEAST_PAGES: Final = 0.5
"""For each address, of those that a person is led to. Were they all led to one page, a single look would pass for them all."""


def nothing_keeps_out(sign_in: SignIn, name: str, lived: Lived, axe: str, chosen: Sequence[str]) -> None:
    """Look at each of the addresses, and once at a page that several of them show: what takes a form is looked at as its form's own page."""
    page = opened(sign_in, name, axe)
    found: dict[str, list[str]] = {}
    looked_at: set[str] = set()
    assert chosen
    for address in chosen:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, f"{address}: {answer.status}"
        html = answer.text()
        lived.made[name, address] = made_of(html)
        shown = TOLD_AT.sub("", html)
        if shown not in looked_at and (told := faults(page, axe)):
            found[address] = told
        looked_at.add(shown)
    assert len(looked_at) >= LEAST_PAGES * len(chosen)
    assert found == {}, "\n".join(f"{address}\n  {told}" for address, each in found.items() for told in each)


FAULTY: Final = """<!doctype html><html lang="en"><title>Faulty</title>
<style>
  :root { color-scheme: light dark; --ink: #222; --back: #fff; }
  @media (prefers-color-scheme: dark) { :root { --ink: #333; --back: #222; } }
  body { color: var(--ink); background: var(--back); }
  button { padding: 0; width: 60px; height: 60px; margin: 0; }
  @media (max-width: 600px) { button { width: 8px; height: 8px; border: 0; overflow: hidden; } .wide { width: 400px; } }
</style>
<main><h1>Faulty</h1><p class="wide">Text to read</p><input><button>a</button><button>b</button></main>"""
"""A field without a name; texts that can't be read in the dark; buttons that are too small on a phone, and a line that is too wide."""
FAULTS: Final = (
    "label: <input",
    "dark: color-contrast: <p",
    "narrow: color-contrast: <p",
    "narrow: target-size: <button",
)


def test_what_keeps_people_out_is_found_in_each_look(sign_in: SignIn, axe: str):
    page = opened(sign_in, "technician", axe)
    page.goto("about:blank")
    page.set_content(FAULTY)
    found = faults(page, axe)
    for told in FAULTS:
        assert [each for each in found if each.startswith(told)], told
    assert not [each for each in found if each.startswith("color-contrast")], "light, it can be read"
    assert found[-1].endswith("px too wide")


def test_everybody_is_thought_of():
    assert {"technician", *COMPARED_WITH} == set(ACCOUNTS)


def test_nothing_keeps_technicians_out(sign_in: SignIn, lived: Lived, axe: str):
    nothing_keeps_out(sign_in, "technician", lived, axe, seen_by("technician", lived))


@pytest.mark.parametrize("name", COMPARED_WITH)
def test_nothing_keeps_others_out(sign_in: SignIn, lived: Lived, axe: str, name: str):
    nothing_keeps_out(sign_in, name, lived, axe, made_otherwise(sign_in, name, lived))


def _scanned(page: Page, code: str) -> None:
    page.goto("/scan")
    page.fill("#scan", code)
    page.press("#scan", "Enter")
    expect(page.locator("#said [data-result]")).to_be_visible()


def _after_sign_out(page: Page) -> None:
    page.context.clear_cookies()
    page.goto("/sign-in")


def _wrong_password(page: Page) -> None:
    page.fill("[name=name]", "technician")
    page.fill("[name=password]", "a guess")
    page.press("[name=password]", "Enter")
    expect(page.get_by_role("alert")).to_be_visible()


def _no_card(page: Page) -> None:
    page.goto("/requests")
    page.get_by_text("By a customer's card").click()
    page.fill("#customer", "no card")
    page.get_by_role("button", name="Find their requests").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("By a customer's card")


def _noted_on_several(page: Page) -> None:
    page.goto("/requests")
    page.locator("[name=request]").first.check()
    page.fill("#words", "Looked at.")
    page.get_by_role("button", name="Write it").click()
    expect(page.get_by_role("heading", name=re.compile("done", re.IGNORECASE))).to_be_visible()


def _kept_at_the_sign_in(page: Page) -> None:
    page.goto("/requests")
    page.get_by_text("By a customer's card").click()
    page.fill("#customer", "20000000000017")
    page.context.clear_cookies()
    page.get_by_role("button", name="Find their requests").click()
    expect(page.get_by_text("What you typed is kept")).to_be_visible()


def _to_be_sent_again(page: Page) -> None:
    page.fill("[name=name]", "technician")
    page.fill("[name=password]", DESK_PASSWORD)
    page.press("[name=password]", "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("again", re.IGNORECASE))


STATES: Final[Mapping[str, Callable[[Page], object]]] = {
    "nothing such": lambda page: page.goto("/requests/L-NONE"),
    "a scan that stops": lambda page: _scanned(page, "39999999999999"),
    "the same scan once more": lambda page: _scanned(page, "39999999999999"),
    "a card that is none": _no_card,
    "a note on several": _noted_on_several,
    "signed out, with a form": _kept_at_the_sign_in,
    "a form to be sent again": _to_be_sent_again,
    "signed out": _after_sign_out,
    "a wrong password": _wrong_password,
}
"""What no address shows by itself, one after the other."""


def test_nothing_keeps_anybody_out_of_what_comes_of_a_form(sign_in: SignIn, lived: Lived, axe: str):
    page = sign_in("technician", anew=True, reduced_motion="reduce", viewport=WIDE)
    found: dict[str, list[str]] = {}
    for name, reach in STATES.items():
        page.set_viewport_size(WIDE)
        reach(page)
        if told := _faults(page, axe):
            found[name] = told
    assert found == {}, "\n".join(f"{name}\n  {told}" for name, each in found.items() for told in each)
