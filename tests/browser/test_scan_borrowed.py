"""A borrowed loan takes two scans: it came, it goes back. Between two libraries with a gateway each."""

import pytest
from playwright.sync_api import expect

from gateway.demo.stage.neighbours import Neighbours
from gateway.demo.stage.stack import Stack
from tests.browser.conftest import Note, SignIn
from tests.browser.hands import Hands, type_as_scanner
from tests.browser.test_scan import results, settled
from tests.e2e.borrowing import ARTICLE, heard, play, scene_for, to_promised


@pytest.fixture(scope="module")
def house(both: Neighbours) -> Stack:
    """The house whose desk is used: the one that borrows."""
    return both.valley


def test_a_borrowed_loan_takes_two_scans(sign_in: SignIn, both: Neighbours, note_hands: Note):
    loan = scene_for(both, "sh000001")
    to_promised(loan)
    play(loan, "Loaned")
    page = sign_in()
    page.goto("/scan/new")
    hands = Hands(page)
    hands.scan(loan.lenders.barcode)
    settled(page, 1)
    expect(page.locator("#said")).to_contain_text(
        "Received for a customer at Sample Park · due at Specimen Hills Library"
    )
    play(loan, "on the shelf", "handed out", "brought back")
    expect(page.locator("#said .about")).to_contain_text(loan.ours.barcode)
    expect(page.locator("#cart tbody tr").first).to_contain_text(loan.ours.barcode)
    hands.scan(loan.ours.barcode)
    settled(page, 2)
    expect(page.locator("#said")).to_contain_text("Sent back to Specimen Hills Library")
    assert results(page) == ["done", "done"]
    assert hands.counted == {"scans": 2}
    note_hands("a borrowed loan", hands.counted)
    expect(page.locator("#cart")).to_contain_text("1 strap, 1 routing slip, 1 packing slip, 1 label")
    loan.lenders.until_state("returning")
    address = page.locator("#cart a", has_text="Papers of this cart").get_attribute("href")
    pdf = page.request.get(str(address))
    assert (pdf.status, pdf.headers["content-type"], pdf.body()[:5]) == (200, "application/pdf", b"%PDF-")


def test_a_copy_that_came_is_handed_over_by_one_scan(sign_in: SignIn, both: Neighbours, note_hands: Note):
    copy = scene_for(both, "sh000006", **ARTICLE)
    to_promised(copy)
    copy.lenders.act("copy-sent", link="https://copies.example.org/on-whistling")
    copy.ours.until_state("copy to hand over")
    page = sign_in()
    page.goto("/scan/new")
    hands = Hands(page)
    hands.scan(copy.our_id)
    settled(page, 1)
    expect(page.locator("#said")).to_contain_text("Handed over: the copy goes to its customer at Sample Park")
    copy.ours.until_state("completed")
    assert hands.counted == {"scans": 1}
    note_hands("a copy that came, handed over", hands.counted)


def test_a_receipt_is_undone_by_a_key_and_the_parcel_is_received_again(sign_in: SignIn, both: Neighbours):
    loan = scene_for(both, "sh000004")
    to_promised(loan)
    play(loan, "Loaned")
    page = sign_in()
    page.goto("/scan/new")
    type_as_scanner(page, loan.our_id)
    expect(page.locator("#said")).to_contain_text("Received for a customer")
    type_as_scanner(page, "u")
    expect(page.locator("#said")).to_contain_text("Undone: Specimen Hills Library was not told")
    loan.ours.until_state("on its way")
    assert heard(loan.lenders)["requestingAgencyMessage Received"] == 0
    type_as_scanner(page, loan.our_id)
    expect(page.locator("#said")).to_contain_text("Received for a customer")
    loan.ours.until_state("waiting for the customer")
