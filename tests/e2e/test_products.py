"""Circulation systems that can't place holds: what they lack becomes a task, staff do it in the ILS, and the loan goes on.

The gateway, the ACS in the likeness of a product and the partner are processes; “in the ILS” is the ACS's desk, its control port.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.demo.acs.collection import demonstration_collection
from gateway.demo.stage.scene import Scene
from gateway.demo.stage.stack import Stack
from gateway.demo.stage.stack_config import PARTNER_ACCOUNT
from gateway.demo.stage.talk import SaidNo

POOL_SIZE = 2
LOAN = {"hold placed": 1, "hold filled": 1, "checkout": 1, "checkin": 2}
"""What the ACS has done in the end: the hold by the desk, all else over SIP2."""


@pytest.fixture(scope="module", params=["folio", "evergreen"])
def likeness(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    like = str(request.param)
    with Stack(tmp_path_factory.mktemp(like), profile=like, acs_arguments=("--like", like)) as stack:
        stack.import_items()
        yield stack


@pytest.fixture
def product(likeness: Stack) -> Stack:
    """The stack with fresh books at the ACS and the partner; what the product lacks it lacks still."""
    likeness.acs.ask("reset")
    likeness.partner.post("/reset")
    return likeness


def ask_for(stack: Stack, record_id: str) -> Scene:
    title = next(title for title in demonstration_collection().titles if title.record_id == record_id)
    scene = Scene(stack, stack.api, {"title": title.title, "oclc": title.oclc})
    scene.ask()
    return scene


def until_task(scene: Scene, kind: str, about: str = "") -> str:
    """The words of the request's task of this kind, once they hold `about`."""

    def opened() -> str | None:
        words = (str(task["words"]) for task in scene.shown()["tasks"] if task["kind"] == kind)
        return next((each for each in words if about in each), None)

    return scene.until(opened, f"the task “{kind}” {about}")


def in_the_ils(loan: Scene, op: str) -> None:
    """Staff do it at the ACS's own desk, and say so."""
    loan.stack.acs.ask(op, customer=PARTNER_ACCOUNT, item=loan.barcode, pickup="ILL")
    loan.act("done-by-hand")


def test_a_hold_that_is_placed_by_hand_is_as_good_as_any(product: Stack):
    loan = ask_for(product, "ex000001")
    assert "does not take holds over SIP2" in until_task(loan, "place hold")
    assert product.acs.ask("received").get("15", 0) == 0, "what can't be done is not tried"
    in_the_ils(loan, "hold")
    loan.until_told("WillSupply")
    for step in (loan.arrive, loan.ship, loan.loaned, loan.send_back, loan.check_in, loan.completed):
        step()
    assert loan.acs_acts(loan.barcode) == LOAN
    assert loan.shown()["tasks"] == []


def test_a_copy_that_staff_can_not_reserve_is_another_copys_turn(product: Stack):
    loan = ask_for(product, "ex000001")
    until_task(loan, "place hold")
    first = loan.barcode
    loan.act("not-done")
    second = loan.until(lambda: loan.barcode if loan.barcode != first else None, "another copy")
    until_task(loan, "place hold", about=second)


def test_a_cancel_ends_once_the_hold_is_off(product: Stack):
    """Evergreen takes it off over SIP2; for FOLIO staff do, and the partner hears nothing before they say so."""
    loan = ask_for(product, "ex000001")
    until_task(loan, "place hold")
    in_the_ils(loan, "hold")
    loan.until_told("WillSupply")
    loan.send("Cancel")
    if "folio" in product.config.read_text():
        assert "does not cancel holds over SIP2" in until_task(loan, "cancel hold")
        assert loan.told("Cancelled") is None
        in_the_ils(loan, "cancel_hold")
    assert loan.until_told("Cancelled", "CancelResponse")["answer"] == "Y"
    assert loan.acs_acts(loan.barcode) == {"hold placed": 1, "hold cancelled": 1}


def test_where_items_can_not_be_asked_about_staff_judge_and_say_what_is_so(tmp_path: Path):
    """edge-sip2 as it was at first: no 15, no 17, no 29. A list that names the item still proves that it went out."""
    with Stack(tmp_path, profile="folio", acs_arguments=("--like", "folio-1")) as stack:
        stack.import_items()
        loan = ask_for(stack, "ex000001")
        assert "can't be asked about it" in until_task(loan, "answer")
        copy = next(item.barcode for item in demonstration_collection().items if item.record_id == "ex000001")
        loan.act("supply", item_barcodes=[copy])
        until_task(loan, "place hold")
        in_the_ils(loan, "hold")
        loan.until_told("WillSupply")
        loan.act("arrived", item_barcodes=[loan.barcode])
        until_task(loan, "find out")
        loan.act("done-by-hand")
        loan.until_state("arrived")
        loan.ship()
        loan.loaned()
        loan.receive()
        loan.send("Renew")
        assert "does not renew over SIP2" in until_task(loan, "renew")
        loan.act("not-done")
        assert loan.until_told("Loaned", "RenewResponse")["answer"] == "N"
        assert stack.acs.ask("received").get("17", 0) == 0
        assert loan.acs_acts(loan.barcode) == {"hold placed": 1, "hold filled": 1, "checkout": 1, "checkin": 1}


def test_the_check_leaves_the_seats_to_the_gateway_that_runs(stack: Stack):
    check = ("acs", "check", "--config", str(stack.config), "--json")
    with pytest.raises(SaidNo, match="may need every connection"):
        stack.command(*check)
    assert json.loads(stack.command(*check, "--extra-connection"))["ok"] is True
    assert stack.acs.ask("connections")["most"] <= POOL_SIZE + 1
