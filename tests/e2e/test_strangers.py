"""The circulation system's own customers borrow what the gateway is about to act on again: nothing is done to their loans.

Between processes over sockets; what the demonstration ACS has entered in its books is what counts.
"""

from collections.abc import Iterator

import pytest

from gateway.demo.stage.scene import LOAN, Scene
from gateway.demo.stage.stack import Stack
from gateway.demo.stage.stack_config import PARTNER_ACCOUNT
from gateway.demo.stage.talk import SaidNo
from tests.e2e.conftest import MakeScene

STRANGER = "20000000000055"
"""A customer of the demonstration library."""


@pytest.fixture(autouse=True)
def takes_over(stack: Stack) -> Iterator[None]:
    """The circulation system does what Koha does: a checkout of what somebody else has ends that loan."""
    stack.acs.ask("habits", checkout_ends_other_loans=True)
    yield
    stack.acs.ask("behave")


def up_to(scene: Scene, last: str) -> None:
    """A loan up to this step."""
    for name, step in LOAN:
        step(scene)
        if name == last:
            return


def acts_on(stack: Stack, scene: Scene) -> list[tuple[str, str]]:
    """What the circulation system has done with the item, and whose loan it was about."""
    return [(act["kind"], act["customer"]) for act in stack.acs.ask("books")["acts"] if act["item"] == scene.barcode]


def lends_it_again(stack: Stack, scene: Scene) -> None:
    """As soon as nobody has it, somebody borrows it."""
    scene.until(lambda: scene.acs_loan() is None, "the end of the partner's loan")
    stack.acs.ask("borrow", barcode=scene.barcode, customer=STRANGER)


@pytest.mark.parametrize("seen_by", ["lost_after_act", "done_but_ok_0"])
def test_a_repeated_check_in_does_not_end_somebody_elses_loan(scene: MakeScene, stack: Stack, seen_by: str):
    loan = scene("ex000001")
    up_to(loan, "ShippedReturn")
    stack.misbehave_acs(seen_by, codes=["09"], count=1)
    stack.misbehave_acs("slow", codes=["17"], count=1, delay_s=1.0)
    loan.act("check-in")
    lends_it_again(stack, loan)
    loan.completed()
    assert loan.loan_of(STRANGER)
    assert acts_on(stack, loan)[-1] == ("checkout", STRANGER)


def test_a_check_in_that_waited_for_the_circulation_system_does_not_either(scene: MakeScene, stack: Stack):
    """Scanned while the connection is away; staff check it in in the ILS and lend it; then the connection comes back."""
    loan = scene("ex000013")
    up_to(loan, "ShippedReturn")
    stack.misbehave_acs("lost_before_act", codes=["09"])
    stack.gateway.kill()
    stack.gateway.start()
    loan.act("check-in")
    loan.until(lambda: stack.acs.ask("received").get("09", 0) > 1, "the check-in's message at the ACS")
    stack.acs.ask("return", barcode=loan.barcode)
    stack.acs.ask("borrow", barcode=loan.barcode, customer=STRANGER)
    stack.acs.ask("behave")
    loan.completed()
    assert loan.loan_of(STRANGER)


def test_a_repeated_checkout_does_not_take_what_somebody_has_borrowed(scene: MakeScene, stack: Stack):
    loan = scene("ex000002")
    up_to(loan, "arrived")
    stack.acs.ask("cancel_hold", customer=PARTNER_ACCOUNT, item=loan.barcode)
    stack.misbehave_acs("lost_before_act", codes=["11"], count=1)
    loan.act("ship")
    loan.until(lambda: stack.acs.ask("received").get("11", 0) > 0, "the checkout's message at the ACS")
    stack.acs.ask("borrow", barcode=loan.barcode, customer=STRANGER)
    task = loan.until(lambda: [each for each in loan.shown()["tasks"] if each["kind"] == "check out"], "a task")
    assert "somebody else has the item" in task[0]["words"]
    assert loan.loan_of(STRANGER)
    assert ("checkin", STRANGER) not in acts_on(stack, loan)


def test_the_book_beside_it_is_not_sent_in_its_place(scene: MakeScene, stack: Stack):
    """Nothing is asked of the circulation system but what the scanned barcode is; the hold that was placed still stands."""
    loan, beside = scene("ex000001"), "30000000001101"
    up_to(loan, "WillSupply")
    with pytest.raises(SaidNo, match=f"Barcode {beside} is “.*”, and this request is for “.*”"):
        loan.act("arrived", item_barcodes=[beside])
    assert loan.request()["state"] == "will supply"
    assert loan.acs_hold()
    assert [act["kind"] for act in stack.acs.ask("books")["acts"] if act["item"] == beside] == []
    loan.act("arrived", item_barcodes=[beside], sure=True)
    assert loan.barcode == beside
