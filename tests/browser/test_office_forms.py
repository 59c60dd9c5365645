"""Each form of the office, walked to its end: without scripts, and with two clicks where one is meant."""

from collections.abc import Callable, Mapping
from functools import partial
from itertools import count
from typing import Final

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from gateway.pages.office import OFFICE
from tests.browser.conftest import PATIENCE_MS, SignIn

Press = Callable[[Locator], None]
Walk = Callable[[Page, Press], object]

CARD: Final = "20000000000048"
_numbers = count(1)


def new_name(before: str) -> str:
    """A name that no other walk has taken."""
    return f"{before}-{next(_numbers)}"


def said(page: Page, words: str) -> None:
    expect(page.get_by_role("status").filter(has_text=words).first).to_be_visible(timeout=PATIENCE_MS)


def as_file(name: str, text: str) -> FilePayload:
    return {"name": name, "mimeType": "text/csv", "buffer": text.encode()}


# ── orders ───────────────────────────────────────────────────────────────────────────────────────


def order(page: Page, press: Press) -> None:
    page.goto("/orders/new")
    page.fill("[name=customer]", CARD)
    page.fill("[name=title]", new_name("The Unheard-of Herbarium"))
    page.select_option("[name=pickup_branch]", "EXC")
    page.click("[data-act=order]")
    again = page.get_by_role("button", name="Send it all the same")
    expect(again.or_(page.get_by_role("status").filter(has_text="is made")).first).to_be_visible()
    if again.is_visible():
        press(page.locator("[data-act=order]"))
    said(page, "is made")


def order_list(page: Page, press: Press) -> None:
    page.goto("/orders/list")
    page.fill("[name=text]", f"customer,title,isbn,pickup\n{CARD},{new_name('A Made-up Tale')},,EXC\n")
    page.get_by_role("button", name="Look at it").click()
    press(page.locator(":is(button[data-act=import], [data-act=import] button)"))
    said(page, "1 request made")


# ── partners and peers ───────────────────────────────────────────────────────────────────────────


def make_partner(page: Page, press: Press) -> str:
    name = new_name("made-up")
    page.goto("/partners/new")
    page.fill("[name=id]", name)
    page.fill("[name=name]", f"The {name} Library")
    page.fill("[name=symbols]", f"ISIL:XX-{name}".upper())
    page.select_option("[name=peer]", "sample-valley")
    press(page.locator(":is(button[data-act=save], [data-act=save] button)"))
    said(page, "It is kept")
    return name


def change_partner(page: Page, press: Press) -> None:
    name = make_partner(page, Locator.click)
    page.get_by_role("link", name="Change it").click()
    page.fill("[name=name]", "Another Name Library")
    press(page.locator(":is(button[data-act=save], [data-act=save] button)"))
    said(page, "It is kept")
    page.goto(f"/partners/{name}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Another Name Library")


def suspend(page: Page, press: Press) -> None:
    make_partner(page, Locator.click)
    page.fill("[name=why]", "Moving house")
    press(page.locator("[data-act=suspend] button"))
    said(page, "It is suspended")


def resume(page: Page, press: Press) -> None:
    suspend(page, Locator.click)
    press(page.locator("[data-act=resume] button"))
    said(page, "It is taken back")


def remove_partner(page: Page, press: Press) -> None:
    name = make_partner(page, Locator.click)
    page.get_by_text("Remove it").click()
    press(page.locator("[data-act=remove] button"))
    page.wait_for_url("**/partners?*")
    assert page.request.get(f"/partners/{name}").status == 404


def merge_partner(page: Page, press: Press) -> None:
    into, name = make_partner(page, Locator.click), make_partner(page, Locator.click)
    page.get_by_text("Merge it into another").click()
    page.select_option("[name=into]", into)
    press(page.locator("[data-act=merge] button"))
    said(page, "They are one now")
    assert page.url.split("?")[0].endswith(f"/partners/{into}")
    assert page.request.get(f"/partners/{name}").status == 404


def import_partners(page: Page, press: Press) -> None:
    name = new_name("on-a-list")
    page.goto("/partners/import")
    text = f"id,name,peer,symbols\n{name},Listed Library,sample-valley,ISIL:XX-{name.upper()}\n"
    page.set_input_files("[name=file]", as_file("p.csv", text))
    page.get_by_role("button", name="Look at it").click()
    press(page.locator(":is(button[data-act=import], [data-act=import] button)"))
    said(page, "1 record written")


def try_partner(page: Page, press: Press, *, what: str, words: str) -> None:
    page.goto("/partners/sample-valley")
    press(page.locator(f":is(button[data-act={what}], [data-act={what}] button)"))
    said(page, words)


def make_peer(page: Page, press: Press) -> str:
    name = new_name("made-up-peer")
    page.goto("/peers/new")
    page.fill("[name=id]", name)
    press(page.locator(":is(button[data-act=save], [data-act=save] button)"))
    said(page, "It is kept")
    return name


def change_peer(page: Page, press: Press) -> None:
    make_peer(page, Locator.click)
    page.get_by_role("link", name="Change it").click()
    page.locator("[name=enabled]").first.uncheck()
    press(page.locator(":is(button[data-act=save], [data-act=save] button)"))
    said(page, "It is kept")
    expect(page.get_by_text("Switched off")).to_be_visible()


def remove_peer(page: Page, press: Press) -> None:
    name = make_peer(page, Locator.click)
    page.get_by_text("Remove it").click()
    press(page.locator("[data-act=remove] button"))
    page.wait_for_url("**/peers?*")
    assert page.request.get(f"/peers/{name}").status == 404


def try_peer(page: Page, press: Press) -> None:
    page.goto("/peers/sample-valley")
    press(page.locator("[data-act=try-connection] button"))
    said(page, "It answers")


# ── policy ───────────────────────────────────────────────────────────────────────────────────────


def edit_policy(page: Page, press: Press) -> None:
    page.goto("/policy")
    lines = page.locator("ol.lines > li").count()
    press(page.get_by_role("button", name="Add a line"))
    expect(page.locator("ol.lines > li")).to_have_count(lines + 1)
    page.fill(f"[name='lines.{lines}.item_types']", "MADE-UP")
    page.uncheck(f"[name='lines.{lines}.lend']")
    page.select_option("[name='try.partner']", "sample-valley")
    page.fill("[name='try.item_type']", "MADE-UP")
    page.get_by_role("button", name="Try it").click()
    expect(page.locator("#verdict")).to_contain_text("Not supplied")
    page.get_by_role("button", name=f"Move line {lines + 1} up").click()
    expect(page.locator(f"[name='lines.{lines - 1}.item_types']")).to_have_value("MADE-UP")


def save_policy(page: Page, press: Press) -> None:
    edit_policy(page, Locator.click)
    press(page.locator(":is(button[data-act=save], [data-act=save] button)"))
    expect(page.get_by_text("It counts from now on.")).to_be_visible()


def pause(page: Page, press: Press) -> None:
    page.goto("/policy")
    page.get_by_text("Pause lending …").click()
    press(page.locator("[data-act=pause-lending] button"))
    expect(page.get_by_role("heading", name="Lending is paused")).to_be_visible()
    page.click("[data-act=resume-lending] button")
    expect(page.get_by_role("heading", name="Lending is paused")).to_have_count(0)


def resume_lending(page: Page, press: Press) -> None:
    page.goto("/policy")
    page.get_by_text("Pause lending …").click()
    page.click("[data-act=pause-lending] button")
    press(page.locator("[data-act=resume-lending] button"))
    expect(page.get_by_role("heading", name="Lending is paused")).to_have_count(0)


# ── pool and settings ────────────────────────────────────────────────────────────────────────────


def add_barcodes(page: Page, press: Press) -> str:
    name = new_name("spare")
    page.goto("/pool")
    page.fill("[name=range]", name)
    page.fill("[name=barcodes]", f"{name}-1\n{name}-2\n")
    press(page.locator("[data-act=add-barcodes] button"))
    said(page, "has 2 barcodes")
    return name


def block(page: Page, press: Press) -> None:
    name = add_barcodes(page, Locator.click)
    page.goto(f"/pool/{name}")
    row = page.get_by_role("row", name=f"{name}-1")
    row.get_by_label("Why").fill("torn label")
    press(row.get_by_role("button", name="Block"))
    expect(row).to_contain_text("torn label (administrator)")


def ask_circulation(page: Page, press: Press) -> None:
    page.goto("/settings/circulation")
    press(page.locator("[data-act=ask]"))
    said(page, "It answers")
    page.click("[data-act=compare]")
    said(page, "between its books and the requests")


def take_items(page: Page, press: Press) -> None:
    number = next(_numbers)
    page.goto("/settings/items")
    text = f"item_barcode,branch,title,isbn\n3000000000{7000 + number},EXC,A Made-up Tale,9780000000019\n"
    page.set_input_files("[name=file]", as_file("i.csv", text))
    press(page.locator(":is(button[data-act=import], [data-act=import] button)"))
    expect(page.locator("#came")).to_contain_text("1 item taken")


WALKS: Final[Mapping[str, Walk]] = {
    "/orders/new": order,
    "/orders/list": order_list,
    "/partners/new": make_partner,
    "/partners/import": import_partners,
    "/partners/{partner}/edit": change_partner,
    "/partners/{partner}/suspend": suspend,
    "/partners/{partner}/resume": resume,
    "/partners/{partner}/remove": remove_partner,
    "/partners/{partner}/merge": merge_partner,
    "/partners/{partner}/try-account": partial(try_partner, what="try-account", words="it can borrow"),
    "/partners/{partner}/try-connection": partial(try_partner, what="try-connection", words="It answers"),
    "/policy": edit_policy,
    "/policy/save": save_policy,
    "/policy/pause": pause,
    "/policy/resume": resume_lending,
    "/pool": add_barcodes,
    "/pool/{range}": block,
    "/settings/circulation": ask_circulation,
    "/settings/items": take_items,
    "/peers/new": make_peer,
    "/peers/{peer}/edit": change_peer,
    "/peers/{peer}/remove": remove_peer,
    "/peers/{peer}/try": try_peer,
}
NOT_HERE: Final[Mapping[str, str]] = {
    "/partners/approve/{request}": "a stranger's request is needed: tests/pages/test_office.py, which has no scripts either",
    "/partners/{partner}/try-catalogue": "a partner's catalogue is needed: tests/pages/test_office.py",
    **dict.fromkeys(
        (
            "/directories/read",
            "/directories/proposals/{proposal}/accept",
            "/directories/proposals/{proposal}/decline",
        ),
        "a directory service is needed: tests/pages/test_directories.py",
    ),
    "/prices": "an item that is lost or long overdue is needed: tests/pages/test_prices.py",
    **dict.fromkeys(("/notices", "/notices/{notice}/{action}"), "a mail server is needed: tests/pages/test_notices.py"),
    "/copyright": "a copy that was sent is needed: tests/pages/test_copyright.py",
    **dict.fromkeys(
        ("/recovery/compare", "/recovery/confirm-access", "/recovery/go-on", "/recovery/end", "/recovery/numbers"),
        "a store that came out of a backup is needed: tests/browser/test_recovery.py",
    ),
}
"""Forms that the demonstration can't show, and where they are walked."""
FORMS: Final = tuple(page.path for page in OFFICE if page.method == "POST")


def test_every_form_of_the_office_is_walked():
    assert set(FORMS) == set(WALKS) | (set(NOT_HERE) & set(FORMS))


@pytest.mark.parametrize("path", WALKS)
def test_a_form_goes_without_scripts(sign_in: SignIn, path: str):
    page = sign_in("administrator", java_script_enabled=False)
    posted = _listen(page)
    WALKS[path](page, Locator.click)
    assert any(_is_of(path, each) for each in posted)


@pytest.mark.parametrize("path", WALKS)
def test_two_clicks_on_a_form_do_what_one_does(sign_in: SignIn, path: str):
    page = sign_in("administrator")
    WALKS[path](page, lambda button: button.dblclick(no_wait_after=True))


def _listen(page: Page) -> list[str]:
    posted: list[str] = []
    page.on("request", lambda request: posted.append(request.url) if request.method == "POST" else None)
    return posted


def _is_of(path: str, url: str) -> bool:
    parts = url.partition("://")[2].partition("/")[2].split("?")[0].split("/")
    wanted = path.strip("/").split("/")
    return len(parts) == len(wanted) and all(
        want.startswith("{") or want == part for want, part in zip(wanted, parts, strict=True)
    )
