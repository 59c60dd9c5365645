"""Papers about money as plain text: each of them whole, as a printer or a terminal shows it."""

import pytest

from gateway.documents.money_samples import OF_MONEY
from gateway.documents.papers import Paper
from gateway.documents.text import printed
from gateway.stationery import PaperName

NAMES = {
    PaperName.INVOICE: "invoice",
    PaperName.CREDIT_NOTE: "credit_note",
    PaperName.STATEMENT: "statement",
    PaperName.REMINDER_LETTER: "reminder_letter",
    PaperName.DISPUTE_LETTER: "dispute_letter",
}


@pytest.mark.parametrize("paper", OF_MONEY, ids=lambda paper: NAMES[paper.named()])
def test_a_paper_about_money_is_printed_as_it_should_be(golden, paper: Paper):
    assert printed([paper]) == golden(NAMES[paper.named()])
