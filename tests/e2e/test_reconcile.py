"""Somebody works in the circulation system behind the gateway's back; `acs reconcile` finds it and puts it on the desk."""

import json
from typing import Any

from gateway.demo.stage.scene import LOAN, Scene
from gateway.demo.stage.stack import Stack
from gateway.demo.stage.stack_config import PARTNER_ACCOUNT
from tests.e2e.conftest import MakeScene

NOBODY_ASKED_FOR = "30000000001085"


def reconcile(stack: Stack) -> Any:
    return json.loads(stack.command("acs", "reconcile", "--json"))


def told_of(report: Any, barcode: str) -> list[tuple[str, str | None]]:
    """What a report says of one item: fresh books of the ACS lack the loans of other tests, and that is told too."""
    return [(each["kind"], each["request"]) for each in report["differences"] if each["item_barcode"] == barcode]


def tasks_about(stack: Stack, barcode: str) -> list[tuple[str | None, str]]:
    tasks = json.loads(stack.command("tasks", "list", "--kind", "does not match", "--json"))["tasks"]
    return [(task["request"], task.get("about")) for task in tasks if barcode in task["words"]]


def play(scene: Scene, last: str) -> None:
    """A loan up to this step."""
    for name, step in dict(LOAN).items():
        step(scene)
        if name == last:
            return


def words(scene: Scene) -> list[str]:
    return [task["words"] for task in scene.shown()["tasks"] if task["kind"] == "does not match"]


def test_a_loan_ended_behind_our_back_becomes_a_task_and_the_proposed_act_mends_it(scene: MakeScene, stack: Stack):
    loan = scene("ex000001")
    play(loan, "Loaned")
    assert told_of(reconcile(stack), loan.barcode) == []
    stack.acs.ask("return", barcode=loan.barcode)
    assert told_of(reconcile(stack), loan.barcode) == [("request without its loan", loan.our_id)]
    assert "mark it done by hand" in "".join(words(loan))
    assert loan.barcode in stack.command("acs", "reconcile"), "the table names it, and nothing is added"
    assert len(words(loan)) == 1
    loan.act("done-by-hand")
    loan.until_state("completed")
    assert told_of(reconcile(stack), loan.barcode) == []
    assert words(loan) == []


def test_a_hold_taken_off_behind_our_back_becomes_a_task_that_ends_when_it_is_placed_again(
    scene: MakeScene, stack: Stack
):
    loan = scene("ex000013")
    play(loan, "WillSupply")
    stack.acs.ask("cancel_hold", customer=PARTNER_ACCOUNT, item=loan.barcode)
    assert told_of(reconcile(stack), loan.barcode) == [("request without its hold", loan.our_id)]
    assert len(words(loan)) == 1
    stack.acs.ask("hold", customer=PARTNER_ACCOUNT, item=loan.barcode, pickup="ILL")
    report = reconcile(stack)
    assert told_of(report, loan.barcode) == []
    assert loan.our_id in report["agreed"]
    assert words(loan) == []


def test_a_loan_that_nobody_asked_for_is_a_task_about_the_partner(stack: Stack):
    stack.acs.ask("borrow", barcode=NOBODY_ASKED_FOR, customer=PARTNER_ACCOUNT)
    assert told_of(reconcile(stack), NOBODY_ASKED_FOR) == [("loan without a request", None)]
    assert tasks_about(stack, NOBODY_ASKED_FOR) == [(None, "sample-valley")]
    stack.acs.ask("return", barcode=NOBODY_ASKED_FOR)
    assert told_of(reconcile(stack), NOBODY_ASKED_FOR) == []
    assert tasks_about(stack, NOBODY_ASKED_FOR) == []
