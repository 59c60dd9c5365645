"""The lending policy between processes over sockets: edited by the command line while the gateway runs, and followed.

The books of the ACS and of the partner show what was, and what was not, done and told.
"""

from collections.abc import Iterator

import pytest

from gateway.demo.stage.scene import LOAN, Scene
from gateway.demo.stage.stack import Stack
from gateway.demo.stage.stack_config import PEER
from tests.e2e.conftest import MakeScene


@pytest.fixture(autouse=True)
def policy_as_it_was(stack: Stack) -> Iterator[None]:
    """Each test edits the policy; the next finds the demonstration's again."""
    before = stack.api.get("/policy")["policy"]
    yield
    version = stack.api.get("/policy")["version"]
    stack.api.call("PUT", "/policy", {"version": version, "policy": before})


def play(scene: Scene, *names: str) -> None:
    steps = dict(LOAN)
    for name in names:
        steps[name](scene)


def messages(stack: Stack, code: str) -> int:
    """How many messages of this code the ACS got."""
    return int(stack.acs.ask("received").get(code, 0))


def test_a_renew_beyond_the_policys_limit_is_no_and_the_acs_is_not_asked(scene: MakeScene, stack: Stack):
    stack.command("policy", "lines", "add", "name=No renewals", "renewals=0")
    loan = scene("ex000002")
    play(loan, "request", "hold", "WillSupply", "arrived", "checked out", "Loaned", "Received")
    before = messages(stack, "29")
    loan.send("Renew")
    told = loan.until_told("Loaned", "RenewResponse")
    assert (told["answer"], messages(stack, "29")) == ("N", before)
    play(loan, "ShippedReturn", "checked in", "LoanCompleted")


def test_a_partner_with_the_most_loans_at_once_hears_so_until_one_is_over(scene: MakeScene, stack: Stack):
    stack.command("policy", "lines", "add", "most_at_once=1", "limit_reason=PolicyProblem")
    first, second = scene("ex000004"), scene("ex000005")
    play(first, "request", "hold", "WillSupply")
    play(second, "request")
    assert second.until_told("Unfilled")["reason_unfilled"] == "PolicyProblem"
    first.send("Cancel")
    first.until_state("cancelled")
    third = scene("ex000005")
    play(third, "request", "hold", "WillSupply")
    third.send("Cancel")
    third.until_state("cancelled")


def test_a_fee_above_the_partners_limit_is_offered_and_a_retry_that_pays_it_ends_the_offer(
    scene: MakeScene, stack: Stack
):
    stack.command("policy", "lines", "add", "cost.amount=12.50", "cost.currency=USD")
    loan = scene("ex000017")
    loan.wish = {**loan.wish, "max_cost": "5.00", "currency": "USD"}
    play(loan, "request")
    offered = loan.until_told("RetryPossible")
    assert (offered["reason_retry"], offered["offered_costs"]) == ("CostExceedsMaxCost", ["12.50 USD"])
    loan.until_state("offered")
    paying = scene("ex000017")
    page = stack.partner.post(f"/requests/{loan.partner_id}/retry", {"max_cost": "15.00"})
    paying.take(page["id"])
    play(paying, "hold", "WillSupply")
    loan.until_state("retry possible")
    assert paying.request()["previous_request_id"] == loan.partner_id
    paying.send("Cancel")
    paying.until_state("cancelled")


def test_the_dry_run_shows_what_a_request_then_gets_and_touches_nothing(scene: MakeScene, stack: Stack):
    stack.command("policy", "lines", "add", "name=Reading room", "condition=LibraryUseOnly")
    wish = scene("ex000013").wish
    acts, requests = stack.acs.ask("books")["acts"], stack.api.get("/requests")["requests"]
    fifteens, seventeens = messages(stack, "15"), messages(stack, "17")
    shown = stack.command("policy", "try", "--oclc", wish["oclc"], "--partner", PEER)
    assert "line 2 “Reading room” counts" in shown
    assert "Answer: WillSupply" in shown
    assert "loanCondition LibraryUseOnly" in shown
    assert "It would go out without a person." in shown
    assert messages(stack, "17") > seventeens
    assert (messages(stack, "15"), stack.acs.ask("books")["acts"]) == (fifteens, acts)
    assert stack.api.get("/requests")["requests"] == requests
    assert stack.partner.get("/requests")["requests"] == []


def test_waiting_work_is_tried_on_staffs_word(scene: MakeScene, stack: Stack):
    loan = scene("ex000018")
    play(loan, "request", "hold", "WillSupply", "arrived")
    stack.misbehave_partner("fails", about=["Loaned"])
    loan.act("ship")
    loan.until(lambda: [work for work in loan.shown()["next"] if work["attempts"]], "a try that failed")
    assert "now." in stack.command("requests", "try-now", loan.our_id)
    loan.until_noted("Waiting work is to be tried now.")
    stack.partner.call("DELETE", "/misbehaviours")
    loan.until_told("Loaned")
    play(loan, "ShippedReturn", "checked in", "LoanCompleted")
