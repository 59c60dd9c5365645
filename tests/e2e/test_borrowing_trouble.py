"""Borrowed loans between two gateways, one of which is killed or away for a while: nothing is lost, nothing done twice."""

import json
from pathlib import Path

from gateway.demo.stage.borrowing_scene import BORROWERS_ACTS
from gateway.demo.stage.neighbours import Neighbours
from tests.e2e.borrowing import ENDED, ending, heard, home, play, scene_for, to_handed_out, to_promised


def test_a_lender_that_is_down_is_asked_when_it_is_back(both: Neighbours):
    loan = scene_for(both, "sh000004")
    both.hills.gateway.kill()
    play(loan, "request", "Unfilled")
    loan.until_asked("specimen-hills")
    both.hills.gateway.start()
    play(loan, "WillSupply")
    assert heard(loan.lenders) == {"request": 1}


def test_a_power_cut_while_the_item_is_received(both: Neighbours):
    """The circulation system has placed the hold; its answer was never read. It is looked at, and not placed again."""
    loan = scene_for(both, "sh000001")
    to_promised(loan)
    play(loan, "Loaned")
    both.valley.misbehave_acs("slow", codes=["15"], count=1, delay_s=1.0)
    loan.ours.act("receive")
    loan.ours.until(lambda: loan.ours.request().get("items"), "a barcode for it")
    loan.ours.until(lambda: loan.ours.hold_of(loan.customer), "the hold in the ACS")
    both.valley.gateway.kill()
    both.valley.gateway.start()
    loan.ours.until_state("waiting for the customer")
    play(loan, "on the shelf", "handed out")
    home(loan)
    expected = {kind: count for kind, count in BORROWERS_ACTS.items() if kind != "renewal"}
    assert loan.ours.acs_acts(loan.ours.barcode) == expected
    assert [ending(loan.ours), ending(loan.lenders)] == [ENDED, ENDED]


def test_a_power_cut_while_the_item_is_checked_in(both: Neighbours):
    """The check-in was done, its answer never read: the lender hears ShippedReturn once."""
    loan = scene_for(both, "sh000002")
    to_handed_out(loan)
    play(loan, "brought back")
    barcode = loan.ours.barcode
    both.valley.misbehave_acs("slow", codes=["09"], count=1, delay_s=1.0)
    loan.ours.act("send-back")
    loan.ours.until(lambda: loan.ours.acs_acts(barcode)["checkin"] == 4, "the check-in in the ACS")
    both.valley.gateway.kill()
    both.valley.gateway.start()
    loan.ours.until_state("sent back")
    loan.lenders.until_state("returning")
    play(loan, "LoanCompleted")
    assert loan.ours.acs_acts(barcode)["checkin"] == 4
    assert heard(loan.lenders)["requestingAgencyMessage ShippedReturn"] == 1


def test_after_a_restore_a_lender_is_asked_ahead_of_the_order_that_waited_in_the_copy(both: Neighbours, tmp_path: Path):
    """It never got the order, and says so; then the order goes out once, and is supplied."""
    loan, valley = scene_for(both, "sh000005"), both.valley
    both.hills.gateway.kill()
    play(loan, "request")
    loan.until_asked("specimen-hills")
    valley.command("backup", str(tmp_path / "backup"), "--config", str(valley.config))
    valley.gateway.stop()
    valley.command("restore", str(tmp_path / "backup"), "--config", str(valley.config))
    both.hills.gateway.start()
    valley.gateway._arguments = ("tests.e2e.impatient_gateway", *valley.gateway._arguments[1:])
    valley.gateway.start()
    loan.ours.until(lambda: "lender can't be asked where it stands" in loan.ours.tasks(), "the lender's word")
    valley.command("recovery", "compare")
    unclear = json.loads(valley.command("recovery", "list", "--found", "unclear", "--json"))["requests"]
    (words,) = [line["words"] for line in unclear if line["request"] == loan.our_id]
    assert "can't be asked where it stands" in words
    valley.command("recovery", "confirm-access")
    valley.command("recovery", "end", "--sure")
    play(loan, "WillSupply")
    assert heard(loan.lenders)["request"] == 1
