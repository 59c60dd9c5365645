"""Duty 10 in a browser: an invoice for a book that is back is disputed with our evidence; one that is right is verified, approved by a second person,
exported and paid.
"""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from gateway.demo.stage.borrowing_scene import BorrowingScene
from gateway.demo.stage.neighbours import Neighbours
from gateway.demo.stage.stack import Stack
from tests.browser.conftest import PATIENCE_MS, SignIn
from tests.browser.test_money import look_until
from tests.e2e.borrowing import play, scene_for, to_handed_out

PAPER = b"%PDF-1.7\n" + bytes(range(256)) * 1_000


@pytest.fixture(scope="module")
def house(both: Neighbours) -> Stack:
    """The house whose desk is used: the one that borrows."""
    return both.valley


@pytest.fixture(scope="module")
def loan(both: Neighbours) -> BorrowingScene:
    """A book that the customer had, and that is back at its lender."""
    borrowed = scene_for(both, "sh000001")
    to_handed_out(borrowed)
    play(borrowed, "brought back", "ShippedReturn", "LoanCompleted")
    return borrowed


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "from the post.pdf"
    path.write_bytes(PAPER)
    return path


def enter(page: Page, loan: BorrowingScene, number: str, *, kind: str, amount: str, paper: Path) -> None:
    page.goto("/money/invoices")
    page.get_by_role("link", name="Enter an invoice").click()
    page.select_option("[name=lender]", loan.both.hills.library.id)
    page.fill("[name=number]", number)
    page.select_option("[name=kind]", kind)
    page.fill("[name=dated]", datetime.now(UTC).date().isoformat())
    page.fill("[name=amount]", amount)
    page.fill("[name=request]", loan.our_id)
    page.set_input_files("[name=document]", str(paper))
    page.locator("[data-act=enter] button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Invoice {number}", timeout=PATIENCE_MS)


def press(page: Page, act: str) -> None:
    page.locator(f":is(button[data-act={act}], [data-act={act}] button)").first.click()


def test_an_invoice_for_a_book_that_is_back_is_disputed_with_our_evidence(
    sign_in: SignIn, loan: BorrowingScene, paper: Path
):
    page = sign_in("technician")
    enter(page, loan, "2026/00417", kind="lost", amount="80.00", paper=paper)
    row = page.get_by_role("row").filter(has_text="Back before the invoice")
    expect(row).to_contain_text("Differs")
    expect(row).to_contain_text(re.compile("We sent it back (today|yesterday)"))
    with page.expect_download() as saved:
        page.get_by_role("link", name="-1.pdf").click()
    assert Path(saved.value.path()).read_bytes() == PAPER

    page.fill("#reason-dispute", "The book is back on your shelf.")
    press(page, "dispute")
    expect(page.locator("#next ~ .notice, section .notice").first).to_contain_text("We dispute it")
    letter = page.get_by_role("link", name="Dispute letter 1 (PDF)")
    look_until(page, letter)
    with page.expect_download() as saved:
        letter.click()
    assert Path(saved.value.path()).read_bytes().startswith(b"%PDF")
    press(page, "posted")
    expect(page.get_by_text("The letter went out")).to_be_visible()
    page.fill("#reason-end-dispute", "They found it.")
    page.fill("#settled", "0")
    press(page, "end-dispute")
    expect(page.locator(".lead .tag")).to_have_text("Withdrawn")


def test_an_invoice_that_is_right_is_approved_by_a_second_person_exported_and_paid(
    sign_in: SignIn, loan: BorrowingScene, paper: Path
):
    page = sign_in("technician")
    enter(page, loan, "2026/00512", kind="damaged", amount="12.00", paper=paper)
    press(page, "verify")
    expect(page.get_by_text("A second person approves it")).to_be_visible()
    assert page.locator("[data-act=approve]").count() == 0

    manager = sign_in("manager")
    manager.goto("/tasks?kind=approve+an+invoice")
    manager.goto(page.url)
    press(manager, "approve")
    expect(manager.get_by_text("Approved by manager")).to_be_visible()

    page.goto("/money/invoices/exports")
    press(page, "export")
    with page.expect_download() as saved:
        page.get_by_role("link", name="CSV").first.click()
    assert ",12.00,USD," in Path(saved.value.path()).read_text()
    page.goto(manager.url)
    page.fill("#reference", "check 4711")
    press(page, "pay")
    expect(page.get_by_text("reference check 4711")).to_be_visible()

    page.goto("/money/invoices")
    page.fill("#words", "00512")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("link", name="2026/00512")).to_be_visible()


def test_the_same_invoice_under_another_number_is_seen(sign_in: SignIn, loan: BorrowingScene, paper: Path):
    page = sign_in("technician")
    enter(page, loan, "SH-4712", kind="other", amount="14.00", paper=paper)
    enter(page, loan, "SH-4721", kind="other", amount="14.00", paper=paper)
    row = page.get_by_role("row").filter(has_text="Billed before")
    expect(row).to_contain_text("almost the same number, SH-4712")
    press(page, "verify")
    page.fill("#reason-verify", "It is another matter.")
    press(page, "verify")
    expect(page.locator(".lead .tag").first).to_have_text("Verified")
