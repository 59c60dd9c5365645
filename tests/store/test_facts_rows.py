"""Facts as rows: what can't be stored is taken out of each text once, before it becomes a row."""

from datetime import UTC, datetime

import pytest

from gateway.store import facts_rows
from gateway.store.columns import plain
from gateway.store.facts_rows import attempt_row, correction_row, fact_row, storable
from gateway.workflow.facts import Attempt, AttemptResult, Correction, Fact, Folded, Milestone
from gateway.workflow.records import Role

AT = datetime(2026, 10, 28, tzinfo=UTC)


def folded(nul: str) -> Folded:
    return Folded(
        fact=Fact(role=Role.BORROWING, arrived_at=AT, partner=f"vall{nul}ey", reason=f"Not{nul}Held", seen=7),
        corrections=(Correction(Milestone.UNFILLED, AT, -1, f"On{nul}Loan"),),
        attempts=(Attempt(attempt=1, partner=f"hil{nul}ls", result=AttemptResult.UNFILLED, reason=f"Lost{nul}"),),
    )


def rows_of(found: Folded) -> list[object]:
    corrections = [correction_row(3, each) for each in found.corrections]
    return [fact_row(3, 4, found.fact), *corrections, *(attempt_row(3, each) for each in found.attempts)]


def test_what_is_written_is_what_will_be_read():
    assert rows_of(storable(folded("\0"))) == rows_of(folded(""))


@pytest.mark.parametrize(
    ("nul", "looked_through"),
    [("", []), ("\0", ["On\0Loan", "Lost\0", "Not\0Held", "hil\0ls", "vall\0ey"])],
    ids=["none", "some"],
)
def test_each_text_is_looked_through_once(nul: str, looked_through: list[str], monkeypatch: pytest.MonkeyPatch):
    """And none by itself where a record has no NUL at all, as hardly any has."""
    texts: list[str] = []

    def noted(text: str) -> str:
        texts.append(text)
        return plain(text)

    monkeypatch.setattr(facts_rows, "plain", noted)
    rows_of(storable(folded(nul)))
    assert sorted(texts) == sorted(looked_through)
