"""The comparison of the three books can fail: each book that says something else is found out."""

from typing import Any, cast

import pytest

from gateway.demo.stage.scene import Scene
from gateway.demo.stage.verdict import ACTS, STATUSES, findings


class Books:
    """Books as they are after a loan, each of which a test may spoil."""

    barcode = "30000000001010"

    def __init__(self) -> None:
        self.acts = dict(ACTS)
        self.loan: dict[str, Any] | None = None
        self.hold: dict[str, Any] | None = None
        self.told: list[dict[str, Any]] = [{"reason": reason, "status": status} for reason, status in STATUSES]
        self.state: dict[str, Any] = {"request": {"state": "completed"}, "tasks": [], "next": []}

    def acs_acts(self, _barcode: str) -> dict[str, int]:
        return self.acts

    def loan_of(self, _customer: str) -> dict[str, Any] | None:
        return self.loan

    def hold_of(self, _customer: str) -> dict[str, Any] | None:
        return self.hold

    def page(self) -> dict[str, Any]:
        return {"told": self.told}

    def shown(self) -> dict[str, Any]:
        return self.state


def wrong(books: Books) -> list[str]:
    return [finding.words for finding in findings(cast(Scene, books)) if not finding.agrees]


def test_books_that_agree():
    assert wrong(Books()) == []


def test_an_act_done_twice():
    books = Books()
    books.acts["checkout"] = 2
    assert "2 checkout" in wrong(books)[0]


@pytest.mark.parametrize("name", ["loan", "hold"])
def test_something_left_in_the_acs(name: str):
    books = Books()
    setattr(books, name, {"item": "x"})
    assert wrong(books)[0].endswith(f"a {name} left")


def test_statuses_out_of_order():
    books = Books()
    books.told[0], books.told[1] = books.told[1], books.told[0]
    assert wrong(books) == ["the partner: heard Loaned, WillSupply, Loaned, LoanCompleted; 0 repeats"]


def test_a_repeat():
    books = Books()
    books.told[3]["novelty"] = "same bytes"
    assert wrong(books)[0].endswith("1 repeats")


def test_a_document_that_is_not_valid():
    books = Books()
    books.told[1]["deviations"] = ["/ISO18626Message: no lastChange"]
    assert wrong(books) == ["the partner: /ISO18626Message: no lastChange"]


@pytest.mark.parametrize(
    "change", [{"request": {"state": "loaned"}}, {"tasks": [{"kind": "bill"}]}, {"next": [{"words": "Tell"}]}]
)
def test_a_request_that_is_not_over(change: dict[str, Any]):
    books = Books()
    books.state |= change
    assert len(wrong(books)) == 1
