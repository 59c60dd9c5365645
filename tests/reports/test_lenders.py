"""How lenders have served us: each figure by what its definition says."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from gateway.reports.lenders import LenderFigures, lender_figures
from gateway.workflow.borrowing_records import Borrowing, LenderLine
from gateway.workflow.figures import LenderBooks
from gateway.workflow.records import Request, Role, State

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def ours(number: int, state: State, *asked: str, sent: bool = False, days: float | None = None) -> Request:
    """A request that these lenders were asked for; `days` after its confirmation it was here."""
    return Request(
        id=f"B-{number}", role=Role.BORROWING, state=state, peer="", requesting_agency="ISIL:XX-EXAMPLE",
        supplying_agency="", partner_request_id=f"B-{number}", created_at=AT, updated_at=AT, state_since=AT,
        shipped_at=AT if sent else None,
        received_at=None if days is None else AT + timedelta(days=days),
        borrowing=Borrowing(
            pickup_branch="EAST",
            asked=tuple(LenderLine(partner=name, peer=name, agency=f"ISIL:XX-{name}") for name in asked),
        ),
    )  # fmt: skip


def figures(*requests: Request, lent: dict[str, int] | None = None) -> dict[str, LenderFigures]:
    """What they come to; every last lender confirmed its request at once."""
    asked_at = {(request.id, request.borrowed.attempt): AT for request in requests}
    return lender_figures(LenderBooks(ours=requests, asked_at=asked_at, lent=lent or {}))


def test_every_lender_that_was_asked_counts_and_the_last_one_by_what_it_sent():
    found = figures(
        ours(1, State.COMPLETED, "sample", "other", sent=True, days=4),
        ours(2, State.ON_SHELF, "other", sent=True, days=9),
        ours(3, State.UNFILLED, "sample"),
    )
    assert found["sample"] == LenderFigures(fill_rate=0.0, balance=0, asked=2)
    assert found["other"] == LenderFigures(fill_rate=1.0, turnaround_days=6.5, balance=-2, asked=2)


@pytest.mark.parametrize("state", [State.ASKING, State.CONDITIONAL, State.PROMISED, State.WITHDRAWING, State.CANCELLED])
def test_whoever_has_not_answered_yet_has_not_failed_us(state: State):
    assert figures(ours(1, state, "sample"), lent={"sample": 1})["sample"] == LenderFigures(balance=1)


def test_a_lender_that_the_request_never_went_to_has_not_failed_us():
    request = ours(1, State.COMPLETED, "sample", "other", sent=True)
    request = msgspec.structs.replace(
        request, borrowing=msgspec.structs.replace(request.borrowed, sent_by=1, never_asked=(2,))
    )
    assert [line.partner for line in request.borrowed.heard_of_it] == ["sample"]
    assert figures(request).keys() == {"sample"}


def test_a_new_and_its_retry_are_one():
    assert figures(ours(1, State.COMPLETED, "sample", "sample", sent=True))["sample"].fill_rate == 1.0


def test_the_balance_is_what_we_sent_minus_what_they_sent():
    found = figures(ours(1, State.COMPLETED, "sample", sent=True), lent={"sample": 5, "other": 2})
    assert {name: each.balance for name, each in found.items()} == {"sample": 4, "other": 2}


def test_nobody_was_asked():
    assert figures(ours(1, State.CHOOSING_LENDER)) == {}


def test_without_a_confirmation_in_the_books_there_is_no_turnaround():
    books = LenderBooks(ours=(ours(1, State.COMPLETED, "sample", sent=True, days=4),))
    assert msgspec.structs.asdict(lender_figures(books)["sample"])["turnaround_days"] is None


def test_time_to_a_no_is_what_it_kept_us_from_asking_the_next():
    request = ours(1, State.COMPLETED, "sample", "other", sent=True, days=6)
    asked_at = {(request.id, 1): AT, (request.id, 2): AT + timedelta(days=3)}
    found = lender_figures(LenderBooks(ours=(request,), asked_at=asked_at))
    assert (found["sample"].no_days, found["other"].no_days) == (3.0, None)


def test_what_promises_take_is_learned_from_five_that_were_kept_whatever_its_noes_take():
    requests = [
        ours(number, State.COMPLETED if number < 5 else State.UNFILLED, "sample", sent=number < 5)
        for number in range(7)
    ]
    asked_at = {(each.id, 1): AT for each in requests}
    answered_at = {
        (each.id, 1): AT + timedelta(days=number if number < 5 else 9) for number, each in enumerate(requests)
    }

    def found(*chosen: Request) -> LenderFigures:
        return lender_figures(LenderBooks(ours=chosen, asked_at=asked_at, answered_at=answered_at))["sample"]

    assert (found(*requests).promise_days, found(*requests).no_days) == (4.0, 9.0)
    assert found(*requests[1:]).promise_days is None
