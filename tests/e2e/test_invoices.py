"""Duty 10 by the API alone, beside a gateway with its own worker, after a loan between two libraries: from the paper to the payment, and a dispute."""

from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.demo.stage.borrowing_scene import BorrowingScene
from gateway.demo.stage.neighbours import Neighbours
from gateway.demo.stage.processes import wait_for
from gateway.demo.stage.talk import SaidNo, Site
from tests.e2e.borrowing import play, scene_for, to_handed_out

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def loan(both: Neighbours) -> BorrowingScene:
    """A book that the customer had, and that is back at its lender."""
    borrowed = scene_for(both, "sh000001")
    to_handed_out(borrowed)
    play(borrowed, "brought back", "ShippedReturn", "LoanCompleted")
    return borrowed


def person(both: Neighbours, role: str) -> Site:
    """The API as somebody of a role: whoever approves is somebody else."""
    token = both.valley.command("token", "create", f"a-{role}-of-invoices", role).strip()
    return both.valley.api_as(token)


def says(shown: Any) -> dict[str, str]:
    return {finding["check"]: finding["says"] for finding in shown["findings"]}


def test_duty_10_from_the_paper_to_the_payment(both: Neighbours, loan: BorrowingScene):
    technician, manager = person(both, "technician"), person(both, "manager")
    claim = {
        "lender": both.hills.library.id,
        "number": "2026/00417",
        "kind": "lost",
        "dated": datetime.now(UTC).date().isoformat(),
        "amount": "80.00",
        "request": loan.our_id,
    }
    shown = technician.post("/invoices", claim)
    name = shown["invoice"]["id"]
    assert (says(shown)["supplied by this lender"], says(shown)["back before the invoice"]) == ("agrees", "differs")
    with pytest.raises(SaidNo, match="differs from our records"):
        technician.post(f"/invoices/{name}/actions/verify")
    technician.post(f"/invoices/{name}/actions/dispute", {"reason": "The book is back on your shelf."})

    def made() -> bool:
        return bool(technician.get(f"/invoices/{name}")["letter_made"])

    wait_for(made, "the dispute letter", 60)
    assert technician.get(f"/invoices/{name}/letters/1").startswith("%PDF")
    technician.post(f"/invoices/{name}/actions/posted")
    settled = technician.post(f"/invoices/{name}/actions/end-dispute", {"reason": "Half of it.", "amount": "40.00"})
    assert (settled["invoice"]["state"], settled["invoice"]["agreed"]) == ("entered", "40.00")
    technician.post(f"/invoices/{name}/actions/verify", {"reason": "Settled between us."})
    with pytest.raises(SaidNo, match="may not"):
        technician.post(f"/invoices/{name}/actions/approve")
    assert manager.get("/tasks?kind=approve%20an%20invoice")["tasks"][0]["about"] == name
    manager.post(f"/invoices/{name}/actions/approve")
    batch = technician.post("/invoices/exports")
    assert (batch["count"], batch["totals"]) == (1, {"USD": "40.00"})
    assert ",80.00,40.00,USD," in technician.get(f"/invoices/exports/{batch['batch']}")
    paid = technician.post(f"/invoices/{name}/actions/pay", {"reference": "4711"})
    assert (paid["invoice"]["state"], len(paid["history"])) == ("paid", 9)
