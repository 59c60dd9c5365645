"""Other customers of our library at the barcodes that stand for lenders' items, between processes over sockets.

What is kept for, or lent to, somebody else is never taken for our customer's; and each way out goes on to the end of the loan.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from gateway.demo.acs.collection import demonstration_collection, pool_barcodes
from gateway.demo.stage.borrowing_scene import BorrowingScene
from gateway.demo.stage.neighbours import Neighbours
from gateway.demo.stage.processes import wait_for
from gateway.demo.stage.stack_config import VALLEY
from tests.e2e.borrowing import home, play, scene_for, to_handed_out, to_promised

STRANGER = "20000000000055"
DESK = "ILL"


def ils(both: Neighbours, op: str, **details: str) -> None:
    """Staff of our library at the screen of the ILS."""
    both.valley.acs.ask(op, **details)


@contextmanager
def unseen(both: Neighbours) -> Iterator[None]:
    """What staff and customers do meanwhile, our gateway sees all at once: no look is answered, and one that has begun is begun anew."""
    both.valley.misbehave_acs("lost_before_act", codes=["17", "63"])
    yield
    both.valley.acs.ask("behave")


def until_task(loan: BorrowingScene, kind: str) -> None:
    loan.ours.until(lambda: kind in loan.ours.tasks(), f"a task: {kind}")


def trapped(both: Neighbours, record_id: str) -> BorrowingScene:
    """Our customer's hold is lost, and before it is placed again somebody else holds the barcode."""
    loan = scene_for(both, record_id)
    to_promised(loan)
    play(loan, "Loaned")
    both.valley.misbehave_acs("lost_before_act", codes=["15"], count=1)
    loan.ours.act("receive")
    loan.ours.until(lambda: loan.ours.request().get("items"), "a barcode for it")
    ils(both, "hold", customer=STRANGER, item=loan.ours.barcode, pickup=DESK)
    return loan


def compared(both: Neighbours, barcode: str) -> list[tuple[str, str | None]]:
    """What a reconciliation in which all answered says of a barcode, and of which request."""

    def report() -> Any:
        found = both.valley.api.post("/acs/reconcile", {})
        return None if found["unanswered"] else found

    found = wait_for(report, "a reconciliation without silence")
    return [(each["kind"], each["request"]) for each in found["differences"] if each["item_barcode"] == barcode]


def test_what_is_trapped_for_a_stranger_is_not_received_and_the_hold_taken_off_lets_it_go_on(both: Neighbours):
    loan = trapped(both, "sh000001")
    until_task(loan, "trapped for another")
    assert loan.ours.request()["state"] == "receiving"
    ils(both, "cancel_hold", customer=STRANGER, item=loan.ours.barcode)
    loan.ours.act("try-again")
    loan.ours.until_state("waiting for the customer")
    play(loan, "on the shelf", "handed out")
    home(loan)


def test_a_stranger_who_borrows_it_from_the_shelf_is_not_our_customer(both: Neighbours):
    loan = scene_for(both, "sh000002")
    to_promised(loan)
    play(loan, "Loaned", "Received")
    with unseen(both):  # a look after the first of these would take it for brought back
        ils(both, "cancel_hold", customer=loan.customer, item=loan.ours.barcode)
        ils(both, "return", barcode=loan.ours.barcode, branch=DESK)
        ils(both, "borrow", barcode=loan.ours.barcode, customer=STRANGER)
    until_task(loan, "contradiction")
    assert loan.ours.request()["state"] == "waiting for the customer"
    assert loan.ours.loan_of(STRANGER)
    with unseen(both):
        ils(both, "return", barcode=loan.ours.barcode, branch=DESK)
        ils(both, "borrow", barcode=loan.ours.barcode, customer=loan.customer)
    loan.ours.until_state("with the customer")
    home(loan)


def test_handed_out_is_not_undone_by_looks_that_come_too_early(both: Neighbours):
    loan = scene_for(both, "sh000003")
    to_promised(loan)
    play(loan, "Loaned", "Received", "on the shelf")
    loan.ours.act("handed-out")
    seen = both.valley.acs.ask("received").get("17", 0)
    loan.ours.until(lambda: both.valley.acs.ask("received").get("17", 0) >= seen + 3, "three looks that show no loan")
    assert loan.ours.request()["state"] == "with the customer"
    loan.customer_borrows()
    loan.ours.until(lambda: loan.ours.request()["items"][0].get("due_at"), "a look that shows the loan")
    home(loan)


def test_a_return_that_is_trapped_for_a_stranger_is_told_and_goes_back(both: Neighbours):
    loan = scene_for(both, "sh000004")
    to_handed_out(loan)
    ils(both, "hold", customer=STRANGER, item=loan.ours.barcode, pickup=DESK)
    loan.ours.act("send-back")
    loan.ours.until_state("sent back")
    assert "stray hold" in loan.ours.tasks()
    loan.lenders.until_state("returning")
    play(loan, "LoanCompleted")


def test_a_hold_that_our_customer_left_comes_off_before_it_is_sent_back(both: Neighbours):
    loan = scene_for(both, "sh000005")
    to_handed_out(loan)
    ils(both, "hold", customer=loan.customer, item=loan.ours.barcode, pickup=DESK)
    loan.ours.act("send-back")
    loan.ours.until_state("sent back")
    assert loan.ours.hold_of(loan.customer) is None
    assert loan.ours.tasks() == []
    play(loan, "LoanCompleted")


def unused(both: Neighbours) -> str:
    """A barcode of the pool that none of these loans had; they take any."""
    barcodes = pool_barcodes(demonstration_collection(VALLEY.collection))
    return next(each for each in barcodes if not both.valley.api.get(f"/requests?q={each}")["requests"])


def test_a_hold_on_a_barcode_that_stands_for_nothing_is_a_task_until_it_is_off(both: Neighbours):
    barcode = unused(both)
    ils(both, "hold", customer=STRANGER, item=barcode, pickup=DESK)
    assert compared(both, barcode) == [("hold of somebody else", None)]
    assert barcode in both.valley.command("tasks", "list", "--kind", "does not match")
    ils(both, "cancel_hold", customer=STRANGER, item=barcode)
    assert compared(both, barcode) == []
    assert barcode not in both.valley.command("tasks", "list", "--kind", "does not match")


def test_a_loan_of_a_stranger_is_found_by_comparing_too(both: Neighbours):
    loan = scene_for(both, "sh000006")
    to_promised(loan)
    play(loan, "Loaned", "Received", "on the shelf")
    assert compared(both, loan.ours.barcode) == []
    with unseen(both):
        ils(both, "cancel_hold", customer=loan.customer, item=loan.ours.barcode)
        ils(both, "return", barcode=loan.ours.barcode, branch=DESK)
        ils(both, "borrow", barcode=loan.ours.barcode, customer=STRANGER)
    assert compared(both, loan.ours.barcode) == [("loan of somebody else", loan.ours.our_id)]
