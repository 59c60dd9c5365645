"""Loans between processes over sockets: the whole way, its other ends, and what a power cut, a lost partner or a lost
circulation system do to it.

The books of the ACS show how often an act was done, those of the partner what it was told.
"""

from collections.abc import Callable

import pytest

from gateway.demo.stage.scene import LOAN, Scene
from gateway.demo.stage.stack import Stack
from gateway.demo.stage.talk import SaidNo
from tests.e2e.conftest import MakeScene

ACTS_OF_A_LOAN = {"hold placed": 1, "hold filled": 1, "checkout": 1, "checkin": 2}
"""The check-ins are the arrival at the desk and the return."""
LONG_S = 30.0
"""How slow somebody is until the power cut comes: longer than a busy machine takes to get there."""


def play(scene: Scene, *names: str) -> None:
    """These steps of a loan, one after another."""
    steps: dict[str, Callable[[Scene], str]] = dict(LOAN)
    for name in names:
        steps[name](scene)


def to_will_supply(scene: Scene) -> None:
    play(scene, "request", "hold", "WillSupply")


def to_loaned(scene: Scene) -> None:
    to_will_supply(scene)
    play(scene, "arrived", "checked out", "Loaned")


def home(scene: Scene) -> None:
    play(scene, "ShippedReturn", "checked in", "LoanCompleted")


def heard(scene: Scene) -> list[str]:
    """The statuses that the partner was told, without resends of the same bytes; each valid by the schema."""
    told = scene.page()["told"]
    assert [each.get("deviations", []) for each in told] == [[]] * len(told)
    return [each["status"] for each in told if each.get("novelty") != "same bytes"]


def acs_heard(stack: Stack, code: str) -> int:
    """How many messages of this code the ACS got."""
    return int(stack.acs.ask("received").get(code, 0))


def power_cut(stack: Stack) -> None:
    """The gateway is killed and started again."""
    stack.gateway.kill()
    stack.gateway.start()


# ── the way of a loan, and its other ends ────────────────────────────────────────────────────────


def test_a_loan_from_request_to_return(scene: MakeScene, stack: Stack):
    loan = scene("ex000001")
    play(loan, *dict(LOAN))
    assert loan.acs_acts(loan.barcode) == ACTS_OF_A_LOAN | {"renewal": 1}
    assert (loan.acs_loan(), loan.acs_hold()) == (None, None)
    assert heard(loan) == ["WillSupply", "Loaned", "Loaned", "LoanCompleted"]
    shown = loan.shown()
    assert (shown["request"]["state"], shown["tasks"], shown["next"]) == ("completed", [], [])
    assert "LoanCompleted" in stack.command("requests", "show", loan.our_id)


def test_a_work_that_nobody_holds(stack: Stack):
    nothing = Scene(stack, stack.api, {"title": "The Book That Nobody Wrote", "isbn": "9780000000194"})
    play(nothing, "request")
    nothing.unfilled()
    assert heard(nothing) == ["Unfilled"]


def test_a_work_that_does_not_circulate(scene: MakeScene):
    reference = scene("ex000016")
    play(reference, "request")
    assert reference.until_told("Unfilled")["reason_unfilled"] == "NonCirculating"


def test_a_work_that_is_out(scene: MakeScene):
    out = scene("ex000003")
    play(out, "request")
    told = out.until_told("RetryPossible")
    assert told["reason_retry"] == "OnLoan"


def test_cancel_before_the_item_is_sent(scene: MakeScene):
    loan = scene("ex000013")
    to_will_supply(loan)
    loan.send("Cancel")
    told = loan.until_told("Cancelled", "CancelResponse")
    assert told["answer"] == "Y"
    loan.until_state("cancelled")
    assert loan.acs_hold() is None
    assert loan.acs_acts(loan.barcode) == {"hold placed": 1, "hold cancelled": 1}


def test_cancel_after_the_item_was_sent(scene: MakeScene):
    loan = scene("ex000018")
    to_loaned(loan)
    loan.send("Cancel")
    told = loan.until_told("Loaned", "CancelResponse")
    assert told["answer"] == "N"
    assert loan.request()["state"] == "loaned"
    home(loan)


def test_the_technician_cannot_find_it(scene: MakeScene):
    """Another copy is taken where there is one; the last one's end is NotOnShelf."""
    loan = scene("ex000012")
    to_will_supply(loan)
    first = loan.barcode
    loan.act("cannot-find")
    second = loan.until(lambda: loan.barcode if loan.request()["items"] and loan.barcode != first else None, "a copy")
    loan.until_state("will supply")
    loan.act("cannot-find")
    assert loan.until_told("Unfilled")["reason_unfilled"] == "NotOnShelf"
    for barcode in (first, second):
        assert loan.acs_acts(barcode) == {"hold placed": 1, "hold cancelled": 1}


def test_a_step_out_of_order_is_refused_in_words(scene: MakeScene):
    loan = scene("ex000013")
    to_will_supply(loan)
    with pytest.raises(SaidNo, match="not possible while"):
        loan.act("check-in")
    loan.send("Cancel")
    loan.until_state("cancelled")


# ── power cuts ───────────────────────────────────────────────────────────────────────────────────


def test_a_power_cut_right_after_the_confirmation(scene: MakeScene, stack: Stack):
    """What was confirmed is not lost, and done once."""
    loan = scene("ex000013")
    stack.misbehave_acs("slow", codes=["15"], count=1, delay_s=LONG_S)
    before = acs_heard(stack, "15")
    play(loan, "request")
    loan.until(lambda: acs_heard(stack, "15") > before, "the hold's message at the ACS")
    power_cut(stack)
    play(loan, "hold", "WillSupply")
    assert loan.acs_acts(loan.barcode) == {"hold placed": 1}
    assert heard(loan) == ["WillSupply"]
    loan.send("Cancel")
    loan.until_state("cancelled")


def test_a_power_cut_before_the_item_arrives(scene: MakeScene, stack: Stack):
    loan = scene("ex000002")
    to_will_supply(loan)
    power_cut(stack)
    play(loan, "pulled", "arrived", "checked out", "Loaned", "Received")
    home(loan)
    assert loan.acs_acts(loan.barcode) == ACTS_OF_A_LOAN
    assert heard(loan) == ["WillSupply", "Loaned", "LoanCompleted"]


def test_a_power_cut_while_the_item_is_checked_out(scene: MakeScene, stack: Stack):
    """The ACS has done the checkout; the gateway never read its answer. It looks, and does not act again."""
    loan = scene("ex000004")
    to_will_supply(loan)
    play(loan, "arrived")
    stack.misbehave_acs("slow", codes=["11"], count=1, delay_s=LONG_S)
    loan.act("ship")
    loan.until(loan.acs_loan, "the loan in the ACS")
    power_cut(stack)
    play(loan, "Loaned")
    assert loan.acs_acts(loan.barcode)["checkout"] == 1
    home(loan)
    assert loan.acs_acts(loan.barcode) == ACTS_OF_A_LOAN
    assert heard(loan) == ["WillSupply", "Loaned", "LoanCompleted"]


def test_a_power_cut_while_loaned_is_told(scene: MakeScene, stack: Stack):
    """The partner has heard Loaned; the gateway never read the confirmation. It sends the same bytes again."""
    loan = scene("ex000005")
    to_will_supply(loan)
    play(loan, "arrived")
    stack.misbehave_partner("slow", about=["Loaned"], count=1, delay_s=LONG_S)
    loan.act("ship")
    loan.until_told("Loaned")
    power_cut(stack)
    play(loan, "Loaned")
    told = [each for each in loan.page()["told"] if each["status"] == "Loaned"]
    assert [each.get("novelty", "new") for each in told] == ["new", "same bytes"]
    home(loan)
    assert loan.acs_acts(loan.barcode) == ACTS_OF_A_LOAN


def test_a_power_cut_while_the_item_is_checked_in(scene: MakeScene, stack: Stack):
    loan = scene("ex000017")
    to_loaned(loan)
    play(loan, "ShippedReturn")
    stack.misbehave_acs("slow", codes=["09"], count=1, delay_s=LONG_S)
    loan.act("check-in")
    loan.until(lambda: loan.acs_loan() is None, "the end of the loan in the ACS")
    power_cut(stack)
    play(loan, "LoanCompleted")
    assert loan.acs_acts(loan.barcode) == ACTS_OF_A_LOAN
    assert heard(loan) == ["WillSupply", "Loaned", "LoanCompleted"]


# ── others that are lost, and found again ────────────────────────────────────────────────────────


def test_a_partner_that_fails_hears_it_later(scene: MakeScene, stack: Stack):
    """Checked out, not told: a list of its own until the partner has heard."""
    loan = scene("ex000002")
    to_will_supply(loan)
    play(loan, "arrived")
    stack.misbehave_partner("fails", about=["Loaned"])
    play(loan, "checked out")
    not_told = loan.until(lambda: stack.api.get("/lists/checked-out-not-told")["rows"], "the list of those not told")
    assert [row["request"] for row in not_told] == [loan.our_id]
    fired = loan.until(lambda: stack.partner.get("/misbehaviours")["fired"].get("fails", 0) > 1, "a second try")
    assert fired
    assert "Loaned" not in heard(loan)
    stack.partner.call("DELETE", "/misbehaviours")
    play(loan, "Loaned")
    home(loan)
    assert heard(loan) == ["WillSupply", "Loaned", "LoanCompleted"]
    assert loan.acs_acts(loan.barcode) == ACTS_OF_A_LOAN


def test_a_circulation_system_that_is_down_postpones_the_work(scene: MakeScene, stack: Stack):
    loan = scene("ex000013")
    stack.acs_process.kill()
    play(loan, "request")
    loan.until(lambda: not _acs_is_well(stack), "the lost ACS on /readyz")
    stack.acs_process.start()
    play(loan, "hold", "WillSupply")
    loan.until(lambda: _acs_is_well(stack), "the ACS on /readyz")
    loan.send("Cancel")
    loan.until_state("cancelled")
    assert loan.acs_acts(loan.barcode)["hold placed"] == loan.acs_acts(loan.barcode)["hold cancelled"]


def _acs_is_well(stack: Stack) -> bool:
    return bool(stack.operations.get("/readyz")["checks"]["circulation system"]["ok"])


def test_a_message_that_comes_twice_does_nothing_twice(scene: MakeScene, stack: Stack):
    loan = scene("ex000001")
    stack.misbehave_partner("sends_twice")
    play(loan, "request", "hold", "WillSupply", "arrived", "checked out", "Loaned", "Received", "Renew")
    home(loan)
    assert all(sent["sending"] == "confirmed" for sent in loan.page()["sent"])
    assert heard(loan) == ["WillSupply", "Loaned", "Loaned", "LoanCompleted"]
