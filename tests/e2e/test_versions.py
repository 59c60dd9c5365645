"""The same loan with partners that speak another version, or with the habits of a product."""

from pathlib import Path

import pytest

from gateway.demo.stage.scene import LOAN, Scene
from gateway.demo.stage.stack import Stack
from gateway.demo.stage.verdict import ACTS

ALMANAC = {"title": "The Imaginary Almanac", "isbn": "9780000000019"}
BRIDGES = {"title": "The Atlas of Unbuilt Bridges", "record_id": "ex000004"}


@pytest.mark.parametrize(
    ("version", "dialect", "reason_at_the_end"),
    [("2021-2", "plain", "StatusChange"), ("1.2", "reshare", "StatusChange"), ("1.2", "alma", "RequestResponse")],
)
def test_a_loan_from_request_to_return(tmp_path: Path, version: str, dialect: str, reason_at_the_end: str):
    with Stack(tmp_path, version=version, dialect=dialect) as stack:
        stack.import_items()
        loan = Scene(stack, stack.api, ALMANAC)
        for _, step in LOAN:
            step(loan)
        told = loan.page()["told"]
        assert [(each["reason"], each["status"]) for each in told] == [
            ("RequestResponse", "WillSupply"),
            ("StatusChange", "Loaned"),
            ("RenewResponse", "Loaned"),
            (reason_at_the_end, "LoanCompleted"),
        ]
        assert not any(each.get("deviations") or "novelty" in each for each in told)
        assert loan.acs_acts(loan.barcode) == ACTS
        assert (loan.acs_loan(), loan.acs_hold()) == (None, None)


def test_an_item_that_the_partner_has_lost(tmp_path: Path):
    """2021-2 can say Lost; the end is the library's decision."""
    with Stack(tmp_path, version="2021-2") as stack:
        stack.import_items()
        loan = Scene(stack, stack.api, BRIDGES)
        for _, step in LOAN[:8]:
            step(loan)
        loan.send("Lost")
        assert loan.until(lambda: loan.shown()["tasks"], "a task for staff")[0]["kind"] == "bill"
        loan.act("lost")
        loan.until_told("CompletedWithoutReturn")
        loan.until_state("lost")
