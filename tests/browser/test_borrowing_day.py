"""A whole day of borrowing at the desk: orders for customers, parcels that come, what customers fetch and bring back, parcels that go home.

Between two libraries with a gateway each. What is done at the desk is done in the browser; what the lender, the branch and the
customers do happens elsewhere.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from gateway.demo.stage.borrowing_scene import PICKUP, BorrowingScene
from gateway.demo.stage.neighbours import Neighbours
from gateway.demo.stage.stack import Stack
from tests.browser.conftest import PATIENCE_MS, Note, SignIn
from tests.browser.hands import Hands
from tests.browser.test_scan import results, settled
from tests.e2e.borrowing import ARTICLE, ENDED, ending, heard, scene_for

LOANS: Final = ("sh000001", "sh000002", "sh000003", "sh000004", "sh000005", "sh000007")
COPY: Final = "sh000006"
ANOTHER_CUSTOMER: Final = "20000000000105"


@pytest.fixture(scope="module")
def house(both: Neighbours) -> Stack:
    """The house whose desk is used: the one that borrows."""
    return both.valley


def order(page: Page, scene: BorrowingScene) -> None:
    """Take a customer's order by the form; the scene gets its number."""
    wish: Mapping[str, str] = scene.wish
    page.goto("/orders/new")
    page.fill("[name=customer]", scene.customer)
    page.fill("[name=numbers]", scene.wish["identifiers"][0]["value"])
    page.fill("[name=title]", wish["title"])
    page.select_option("[name=service]", wish.get("service", "Loan"))
    if "article_title" in wish:
        page.fill("[name=article_title]", wish["article_title"])
        page.fill("[name=pages]", wish["pages"])
    page.select_option("[name=pickup_branch]", PICKUP)
    page.click("[data-act=order]")
    made = page.get_by_role("status").first
    expect(made).to_contain_text("is made", timeout=PATIENCE_MS)
    scene.ours.our_id = made.locator("code").inner_text()


def ordered(page: Page, both: Neighbours) -> tuple[list[BorrowingScene], BorrowingScene]:
    """Two customers want a few books, and one of them a copy."""
    loans = [scene_for(both, record) for record in LOANS]
    for loan in loans[1::2]:
        loan.customer = ANOTHER_CUSTOMER
    copy = scene_for(both, COPY, **ARTICLE)
    for scene in (*loans, copy):
        order(page, scene)
    return loans, copy


def sent(loans: Sequence[BorrowingScene], copy: BorrowingScene) -> None:
    """The lender promises all, and sends it."""
    for scene in (*loans, copy):
        scene.second_lender()
    for loan in loans:
        loan.loaned()
    copy.lenders.act("copy-sent", link="https://copies.example.org/on-whistling")
    copy.ours.until_state("copy to hand over")


def fetched_and_brought_back(loans: Sequence[BorrowingScene]) -> None:
    """The branch puts the books onto its hold shelf; customers fetch them, and bring them back."""
    for loan in loans:
        loan.ours.until_state("waiting for the customer")
        loan.on_shelf()
    for loan in loans:
        loan.hand_out()
    for loan in loans:
        loan.bring_back()


def come_home(loans: Sequence[BorrowingScene]) -> None:
    """The lender has them again, and was told all of it once."""
    for loan in loans:
        loan.lenders.until_state("returning")
        loan.completed()
        assert ending(loan.ours) == ENDED
        assert heard(loan.lenders)["requestingAgencyMessage Received"] == 1


def test_a_borrowing_day_takes_two_scans_a_loan_and_one_a_copy(sign_in: SignIn, both: Neighbours, note_hands: Note):
    """No click, no other key, no page between: parcels received, a copy handed over, parcels sent back on one cart."""
    page = sign_in(anew=True)
    loans, copy = ordered(page, both)
    sent(loans, copy)

    page.goto("/scan/new")
    hands = Hands(page)
    for loan in loans:
        hands.scan(loan.lenders.barcode)
    hands.scan(copy.our_id)
    settled(page, len(loans) + 1)
    assert results(page) == ["done"] * (len(loans) + 1), page.locator("#cart").inner_text()
    expect(page.locator("#cart")).to_contain_text("Received for a customer at Sample Park")
    expect(page.locator("#said")).to_contain_text("Handed over: the copy goes to its customer at Sample Park")
    fetched_and_brought_back(loans)

    for loan in loans:
        hands.scan(loan.ours.barcode)
    settled(page, 2 * len(loans) + 1)
    assert results(page) == ["done"] * (2 * len(loans) + 1), page.locator("#cart").inner_text()
    expect(page.locator("#said")).to_contain_text("Sent back to Specimen Hills Library")
    assert hands.counted == {"scans": 2 * len(loans) + 1}
    note_hands(f"{len(loans)} borrowed loans and a copy, from parcel to parcel", hands.counted)
    expect(page.locator("#cart")).to_contain_text(
        f"{len(loans)} straps, {len(loans)} routing slips, {len(loans)} packing slips"
    )
    come_home(loans)
    copy.ours.until_state("completed")
