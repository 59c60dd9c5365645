"""Money as far as facts have it: what was agreed with each request. Bills, payments and royalties are counted where they are kept. Pure."""

from collections.abc import Sequence
from typing import Final

from gateway.money.amounts import agreed_amount
from gateway.reports.figure import BORROWING, LENDING, Answers, Column, Figure, FigureRow, Group, Unit
from gateway.workflow.facts import Milestone
from gateway.workflow.questions import Amount, FactsQuestion, Only, Part

_COLUMNS: Final = (
    Column(name="charged", words="Other libraries pay us", unit=Unit.AMOUNT, behind="charged"),
    Column(name="paid", words="We pay other libraries", unit=Unit.AMOUNT, behind="paid"),
)


def _fees(answers: Answers) -> Sequence[FigureRow]:
    charged, paid = answers.counts["charged"], answers.counts["paid"]
    currencies = sorted({key[0] for key in (*charged, *paid) if key[0]})
    return [
        FigureRow(
            name=currency,
            words="",
            currency=currency,
            cells=tuple(str(agreed_amount(each.get((currency,), 0), currency)) for each in (charged, paid)),
            only=(Only(part=Part.CURRENCY, values=(currency,)),),
        )
        for currency in currencies
    ]


FEES: Final = Figure(
    name="fees",
    group=Group.MONEY,
    title="Fees for loans and copies",
    definition=(
        "What was agreed with each request: with the partner, of what was sent in the period, and with the lender, of what was received in it; "
        "by currency, and never one turned into another. What is billed, paid, waived and open is counted from the ledger, below."
    ),
    columns=_COLUMNS,
    headline="charged",
    questions={
        "charged": FactsQuestion(when=Milestone.SUPPLIED, only=(LENDING,), by=(Part.CURRENCY,), amount=Amount.CHARGED),
        "paid": FactsQuestion(when=Milestone.RECEIVED, only=(BORROWING,), by=(Part.CURRENCY,), amount=Amount.PAID),
    },
    make=_fees,
)
FIGURES: Final = (FEES,)
