"""Duties 8, 9, 11 and 13 in a browser: a charge in the ILS, our bill, figures with what is behind them, the rule of five. Duty 10: test_invoices.py."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from gateway.demo.acs.collection import demonstration_collection
from gateway.demo.stage.borrowing_scene import BorrowingScene
from gateway.demo.stage.neighbours import Neighbours
from gateway.demo.stage.scene import LOAN, Scene
from gateway.demo.stage.stack import Stack
from tests.browser.conftest import PATIENCE_MS, SignIn
from tests.e2e.borrowing import scene_for, to_handed_out
from tests.e2e.test_money_duties import ANOTHER, CHAPTERS, PRICE, days_around, looked_at

SLOWLY_MS = 8 * PATIENCE_MS
"""For what other processes do first: the circulation system, the typesetter, the counting of figures."""


@pytest.fixture(scope="module")
def house(both: Neighbours) -> Stack:
    """The house whose desk is used: it borrows from Hills, and lends to the demonstration partner."""
    return both.valley


@pytest.fixture(scope="module")
def lost(both: Neighbours) -> BorrowingScene:
    """A borrowed book that our customer has lost."""
    loan = scene_for(both, "sh000001")
    to_handed_out(loan)
    loan.ours.act("lost")
    loan.ours.until_state("lost")
    return loan


@pytest.fixture(scope="module")
def lent(house: Stack) -> Scene:
    """A book of ours that the partner has, and that is given up."""
    title = next(title for title in demonstration_collection().titles if title.record_id == "ex000001")
    scene = Scene(house, house.api, {"title": title.title, "oclc": title.oclc})
    names = [name for name, _ in LOAN]
    for _, step in LOAN[: names.index("Loaned") + 1]:
        step(scene)
    scene.act("lost")
    scene.until_state("lost")
    return scene


def look_until(page: Page, wanted: Locator) -> None:
    """Look at the page again and again until it shows something that another process does."""
    for _ in range(SLOWLY_MS // 500):
        if wanted.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(wanted.first).to_be_visible()


def press(page: Page, act: str) -> None:
    page.locator(f":is(button[data-act={act}], [data-act={act}] button)").first.click()


def test_duty_8_a_lost_book_is_charged_in_the_ils_read_back_and_paid(
    both: Neighbours, sign_in: SignIn, lost: BorrowingScene
):
    page = sign_in("technician")
    page.goto("/prices")
    row = page.locator(f"tr[data-request='{lost.our_id}']")
    expect(row).to_have_attribute("data-standing", "to set")
    row.get_by_text("Another price").click()
    page.fill(f"#amount-{lost.our_id}", PRICE)
    row.get_by_role("button", name="Name it").click()
    expect(row).to_contain_text("the lender's price")
    row.get_by_role("button", name="It is set in the ILS").click()
    expect(row).to_have_attribute("data-standing", "differs")
    both.valley.acs.ask("lost", barcode=lost.ours.barcode)
    row.get_by_role("button", name="Look again").click()
    expect(row).to_have_attribute("data-standing", "agrees")
    row.get_by_role("button", name="The customer has paid").click()
    expect(row).to_have_attribute("data-standing", "paid")
    expect(page.get_by_role("status")).to_contain_text("It was paid or waived, as technician says.")


def test_duty_9_a_lost_book_is_billed_paid_in_part_credited_and_given_back(sign_in: SignIn, lent: Scene):
    page = sign_in("technician")
    page.goto("/money")
    page.get_by_role("row").filter(has_text=lent.our_id).locator("[data-act=begin-bill] button").click()
    look_until(page, page.get_by_text("The circulation system showed"))
    page.fill("#amount-0", "19.00")
    page.press("#amount-0", "Enter")
    expect(page.locator(".lead")).to_contain_text(re.compile(r"To look for.* 19\.00 USD"))
    page.fill("#amount-0", "20.00")
    press(page, "shelf-checked")
    expect(page.locator(".lead")).to_contain_text(re.compile(r"Draft.* 20\.00 USD"))
    page.select_option("[name=kind-1]", "processing")
    page.fill("[name=words-1]", "Processing")
    page.fill("#amount-1", "4.00")
    page.press("#amount-1", "Enter")
    expect(page.locator(".lead")).to_contain_text("24.00 USD")
    page.fill("#amount-1", "5.00")
    press(page, "finalise")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Invoice INV-")
    invoice = page.url
    made = page.get_by_role("link", name="Invoice (PDF)")
    look_until(page, made)
    with page.expect_download() as saved:
        made.click()
    assert Path(saved.value.path()).read_bytes().startswith(b"%PDF")
    press(page, "posted")
    expect(page.get_by_text("It waits for the money.")).to_be_visible()

    page.get_by_role("link", name="Book a payment").click()
    page.fill("#amount", "10.00")
    with page.expect_navigation():
        press(page, "pay")
    page.goto(invoice)
    expect(page.locator(".lead")).to_contain_text("owed 15.00 USD")
    page.get_by_text("More", exact=True).first.click()
    press(page, "credit-note")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Credit note")
    press(page, "finalise")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Credit note CN-")
    page.goto(invoice)
    expect(page.locator(".lead .tag").first).to_have_text("Paid")
    expect(page.get_by_role("row").filter(has_text="Kept as credit")).to_contain_text("5.00 USD")

    manager = sign_in("manager")
    manager.goto("/money/payments")
    manager.get_by_text("Pay credit back").click()
    manager.select_option("#back-partner", "sample-valley")
    manager.fill("#back-amount", "5.00")
    press(manager, "pay-back")
    expect(manager.get_by_text("Paid back, out of its credit")).to_be_visible()
    manager.goto("/money/owed")
    expect(manager.get_by_text("Nobody owes anything")).to_be_visible()


def test_duty_11_a_number_opens_the_requests_behind_it_and_stands_in_the_annual_report(
    sign_in: SignIn, lent: Scene, lost: BorrowingScene
):
    page = sign_in("manager")
    page.goto(f"/figures?group=supply&period={days_around()}")
    for figure, request in (("provided", lent.our_id), ("received", lost.our_id)):
        section = page.locator(f"section.figure[aria-labelledby={figure}]")
        look_until(page, section.locator("tr.total a"))
        expect(section.locator("> .hint").first).to_contain_text("Public Libraries Survey")
        section.locator("tr.total a").first.click()
        expect(page.get_by_role("link", name=request)).to_be_visible()
        page.go_back()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Provided to other libraries as XLSX").click()
    assert Path(saved.value.path()).read_bytes().startswith(b"PK")
    page.goto(f"/figures/reports/annual?period={days_around()}")
    expect(page.get_by_role("row").filter(has_text="575 Interlibrary loans provided")).to_contain_text("1")


def test_duty_13_the_sixth_copy_of_a_work_stops_until_a_manager_lets_it_go_on(both: Neighbours, sign_in: SignIn):
    scenes = []
    for chapter in range(1, CHAPTERS + 1):
        more = {"service": "Copy", "article_title": f"Chapter {chapter}", "pages": f"{chapter}0-{chapter}9"}
        scene = scene_for(both, "sh000002", **more)
        scene.order(customer=ANOTHER)
        scene.ours.until(looked_at(scene), "the look at the order")
        scenes.append(scene)
    last = scenes[-1]
    last.ours.until_state("deciding")
    page = sign_in("technician")
    page.goto(f"/requests/{last.our_id}")
    expect(page.get_by_text("This would be request 6").first).to_be_visible()
    expect(page.locator("form[data-act=override], form[data-act=go-on]")).to_have_count(0)
    manager = sign_in("manager")
    manager.goto(f"/requests/{last.our_id}")
    form = manager.locator("form[data-act=override]").first
    form.locator("[name=reason]").fill("A royalty is paid.")
    form.get_by_role("button").last.click()
    last.ours.until(lambda: last.ours.request()["state"] != "deciding", "that it goes on")
    page.goto("/copyright?over=true")
    work = page.locator("details.sheet").filter(has_text=last.our_id)
    expect(work.locator("summary").first).to_contain_text("6 of 5")
    expect(work.get_by_role("row").filter(has_text=last.our_id)).to_contain_text("set aside by staff")
    work.get_by_text("Note a royalty").click()
    work.locator("[name=amount]").fill("12.50")
    work.locator("[name=reference]").fill("CCC 1")
    work.get_by_role("button", name="Note it").click()
    expect(page.get_by_role("row").filter(has_text=last.our_id)).to_contain_text("12.50 USD")
