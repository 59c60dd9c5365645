"""What stands in the line of a partner: who is the net lender, how much each filled of what the other asked, failed exchanges, medians."""

from typing import Any

import pytest

from gateway.reports.by_partner import PARTNERS
from gateway.reports.figure import Answers, FigureRow
from gateway.reports.sums import took
from gateway.workflow.facts import AttemptResult, CameTo, Leg
from gateway.workflow.questions import Stretches


def lines(
    *, faults: dict[str, int] | None = None, days: dict[str, int] | None = None, **counts: Any
) -> dict[str, FigureRow]:
    """Each line, of counts by the name of their question, and of so many days from our order to the scan on arrival."""
    nothing: dict[str, Any] = {name: {} for name in ("sent", "received", "came", "asked", "charged", "paid")}
    received: Stretches = {(name,): took([(24 * each, each, 1, 86_400 * each)]) for name, each in (days or {}).items()}
    stretches: dict[str, Stretches] = {Leg.TO_SUPPLY.value: {}, Leg.TO_RECEIVE.value: received}
    answers = Answers(counts=nothing | counts, stretches=stretches, faults=faults or {})
    return {row.name: row for row in PARTNERS.make(answers)}


def cell(row: FigureRow, column: str) -> object:
    return row.cells[PARTNERS.column(column)]


@pytest.mark.parametrize(
    ("sent", "received", "balance", "standing"),
    [(3, 1, 2, "net lender"), (1, 3, -2, "net borrower"), (2, 2, 0, "even")],
)
def test_who_has_sent_more_is_the_net_lender(sent: int, received: int, balance: int, standing: str):
    row = lines(sent={("valley",): sent}, received={("valley",): received})["valley"]
    assert (cell(row, "sent"), cell(row, "received")) == (sent, received)
    assert (cell(row, "balance"), cell(row, "standing")) == (balance, standing)


def test_what_it_filled_counts_what_it_sent_of_all_that_it_answered_or_left_unanswered():
    asked = {
        ("valley", AttemptResult.SENT.value): 3,
        ("valley", AttemptResult.UNFILLED.value): 1,
        ("valley", AttemptResult.NONE.value): 5,
        ("hill", AttemptResult.NONE.value): 2,
    }
    found = lines(asked=asked)
    assert cell(found["valley"], "its-fill") == 0.75
    assert cell(found["hill"], "its-fill") is None, "it has not answered yet"


def test_what_we_filled_counts_what_it_asked_of_us():
    came = {("valley", CameTo.SUPPLIED.value, "0"): 1, ("valley", CameTo.UNFILLED.value, "0"): 3}
    assert cell(lines(came=came)["valley"], "our-fill") == 0.25


def test_failed_exchanges_stand_in_the_line_of_their_partner_though_nothing_went_to_or_fro():
    found = lines(faults={"hill": 7}, sent={("valley",): 1}, days={"valley": 4})
    assert (cell(found["hill"], "errors"), cell(found["valley"], "errors")) == (7, 0)
    assert (cell(found["valley"], "its-days"), cell(found["hill"], "its-days")) == (4.0, None)
    assert (cell(found["total"], "errors"), cell(found["total"], "standing")) == (7, None)
