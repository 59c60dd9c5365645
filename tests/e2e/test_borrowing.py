"""Borrowed loans between two gateways over sockets: the whole way, and its other ends.

Each test borrows a work of its own. The books of both circulation systems show how often an act was done.
"""

import pytest

from gateway.demo.acs.collection import CollectionName, demonstration_collection
from gateway.demo.stage.borrowing_scene import BORROWED_LOAN, BORROWERS_ACTS, LENDERS_ACTS
from gateway.demo.stage.neighbours import Neighbours
from gateway.demo.stage.talk import SaidNo
from tests.e2e.borrowing import ARTICLE, ENDED, ending, heard, home, play, scene_for, to_handed_out, to_promised

HILLS_READER = "20000005000027"


def test_a_borrowed_loan_from_the_wish_to_the_lenders_shelf(both: Neighbours):
    loan = scene_for(both, "sh000001")
    before = loan.pool_counts()
    play(loan, *dict(BORROWED_LOAN))
    assert loan.asked() == ["sample-valley", "specimen-hills"]
    assert [ending(loan.ours), ending(loan.lenders)] == [ENDED, ENDED]
    assert loan.ours.acs_acts(loan.ours.barcode) == BORROWERS_ACTS
    assert loan.lenders.acs_acts(loan.lenders.barcode) == LENDERS_ACTS
    assert (loan.ours.loan_of(loan.customer), loan.ours.hold_of(loan.customer)) == (None, None)
    after = loan.pool_counts()
    assert after.get("cooling", 0) == before.get("cooling", 0) + 1
    assert heard(loan.lenders) == {
        "request": 1,
        "requestingAgencyMessage Received": 1,
        "requestingAgencyMessage Renew": 1,
        "requestingAgencyMessage ShippedReturn": 1,
    }


def test_the_lender_does_not_renew(both: Neighbours):
    """Somebody there waits for it: N; the due date stays on both sides."""
    loan = scene_for(both, "sh000002")
    to_handed_out(loan)
    due_at = loan.ours.request()["due_at"]
    both.hills.acs.ask("hold", customer=HILLS_READER, item=loan.lenders.barcode, pickup="HMN")
    loan.ours.act("renew")
    loan.ours.until_noted("not renewed")
    loan.ours.until(lambda: "read note" in loan.ours.tasks(), "a task about the refusal")
    assert loan.ours.request()["due_at"] == due_at
    assert "renewal" not in loan.ours.acs_acts(loan.ours.barcode)
    assert "renewal" not in loan.lenders.acs_acts(loan.lenders.barcode)
    home(loan)


def test_the_lender_wants_it_back(both: Neighbours):
    """A recall is a task, which ends when the item is sent back."""
    loan = scene_for(both, "sh000003")
    to_handed_out(loan)
    loan.lenders.act("recall")
    loan.ours.until(lambda: "recalled by the lender" in loan.ours.tasks(), "a task about the recall")
    assert loan.ours.request()["state"] == "with the customer"
    home(loan)
    assert [ending(loan.ours), ending(loan.lenders)] == [ENDED, ENDED]


def test_the_customer_does_not_want_it_any_more(both: Neighbours):
    """Cancel → Y: the lender's hold is off, and nobody else is asked."""
    loan = scene_for(both, "sh000004")
    to_promised(loan)
    item = loan.lenders.barcode
    loan.ours.act("call-off")
    loan.ours.until_state("cancelled")
    loan.lenders.until_state("cancelled")
    assert loan.lenders.acs_acts(item) == {"hold placed": 1, "hold cancelled": 1}
    assert [ending(loan.ours), ending(loan.lenders)] == [["cancelled", [], []]] * 2


def test_cancelled_too_late(both: Neighbours):
    """Cancel → N: the lender has checked it out, and Loaned crosses with our Cancel. It comes, and goes back."""
    loan = scene_for(both, "sh000005")
    to_promised(loan)
    loan.lenders.act("arrived", item_barcodes=[loan.lenders.barcode])
    loan.lenders.until_state("arrived")
    loan.lenders.act("ship", undo_s=60)
    loan.lenders.until_state("checked out")
    loan.ours.act("call-off")
    loan.ours.until_noted("not cancelled")
    assert loan.ours.request()["state"] == "promised", "answered while Loaned still waits to be undone"
    loan.lenders.act("done-by-hand", did="due date")
    loan.ours.until_state("on its way")
    assert loan.ours.tasks() == ["contradiction"]
    play(loan, "Received")
    loan.ours.act("send-back")
    loan.ours.until_state("sent back")
    loan.lenders.until_state("returning")
    play(loan, "LoanCompleted")
    acts = loan.ours.acs_acts(loan.ours.barcode)
    assert acts == {"hold placed": 1, "hold cancelled": 1, "checkin": 2}


def test_no_lender_is_left(both: Neighbours):
    """Both were asked, and neither lends it: staff decide, and can tell the customer so."""
    loan = scene_for(both, "sh000008")
    play(loan, "request")
    loan.ours.until(lambda: "no lender left" in loan.ours.tasks(), "a task: no lender left")
    assert loan.asked() == ["sample-valley", "specimen-hills"]
    loan.ours.until_state("deciding")
    loan.ours.act("unfilled")
    assert ending(loan.ours) == ["unfilled", [], []]


def test_a_copy_comes_as_a_link(both: Neighbours):
    link = "https://copies.example.org/on-whistling"
    copy = scene_for(both, "sh000006", **ARTICLE)
    to_promised(copy)
    copy.lenders.act("copy-sent", link=link)
    copy.ours.until_state("copy to hand over")
    assert copy.ours.request()["borrowing"]["link"] == link
    assert copy.ours.tasks() == ["hand over the copy"]
    copy.ours.act("handed-over")
    copy.ours.until_state("completed")
    copy.lenders.until(lambda: heard(copy.lenders)["requestingAgencyMessage Received"], "Received at the lender")
    assert copy.lenders.until_state("copy completed")
    copy.ours.until(lambda: ending(copy.ours) == ENDED, "nothing left to do")


def test_it_is_here_before_loaned_is_heard(both: Neighbours):
    """The courier was faster than the message, which goes out on our Received and still says when it is due."""
    loan = scene_for(both, "sh000007")
    to_promised(loan)
    loan.lenders.act("arrived", item_barcodes=[loan.lenders.barcode])
    loan.lenders.until_state("arrived")
    loan.lenders.act("ship", undo_s=60)
    loan.lenders.until_state("checked out")
    assert loan.ours.request().get("due_at") is None
    play(loan, "Received")
    loan.ours.until(lambda: loan.ours.request().get("due_at"), "the lender's due date")
    play(loan, "on the shelf", "handed out")
    home(loan)
    assert [ending(loan.ours), ending(loan.lenders)] == [ENDED, ENDED]


def test_an_order_that_came_before_makes_no_second_request(both: Neighbours):
    """A blocked customer's order waits for staff; what was asked for before is told."""
    blocked = scene_for(both, "sh000004")
    blocked.customer = "20000000000063"
    blocked.order()
    blocked.ours.until_state("deciding")
    assert blocked.ours.tasks() == ["customer may not borrow"]
    with pytest.raises(SaidNo, match="Say the reason"):
        blocked.ours.act("go-on")
    blocked.ours.act("call-off")
    assert ending(blocked.ours) == ["cancelled", [], []]


def test_what_we_have_is_not_borrowed(both: Neighbours):
    """Our own copy is there: a hold on it instead, by rule."""
    ours = next(
        title for title in demonstration_collection(CollectionName.VALLEY).titles if title.record_id == "ex000001"
    )
    wanted = scene_for(both, "sh000001")
    wanted.wish = {"title": ours.title, "identifiers": [{"code": "ISBN", "value": ours.isbn}]}
    wanted.order()
    wanted.ours.until_state("served from our own shelves")
    assert wanted.ours.tasks() == []
    assert wanted.ours.hold_of(wanted.customer)
    assert wanted.asked() == []
