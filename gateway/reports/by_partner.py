"""Partner by partner: what went to and fro, how much of it was filled, how long it took, what went wrong and what it costs. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from gateway.money.amounts import agreed_amount
from gateway.reports.figure import (
    BORROWING,
    LENDING,
    Answers,
    Cell,
    Column,
    Figure,
    FigureRow,
    Group,
    Unit,
    share,
    split,
    summed,
    total,
)
from gateway.reports.fill import lending_cells
from gateway.reports.turnaround import spread
from gateway.workflow.facts import AttemptResult, Leg, Milestone
from gateway.workflow.questions import (
    Amount,
    AttemptTime,
    Counts,
    FactsQuestion,
    HowLong,
    Only,
    Part,
    Population,
    Stretches,
)

_COLUMNS: Final = (
    Column(name="sent", words="Sent to it", behind="sent"),
    Column(name="received", words="Received from it", behind="received"),
    Column(
        name="balance",
        words="Balance",
        no_list="it is what was sent less what was received, which are opened beside it",
    ),
    Column(name="standing", words="We are", unit=Unit.WORDS),
    Column(name="our-fill", words="We filled", unit=Unit.RATE),
    Column(name="its-fill", words="It filled", unit=Unit.RATE),
    Column(name="our-days", words="Our median", unit=Unit.DAYS),
    Column(name="its-days", words="Its median", unit=Unit.DAYS),
    Column(name="errors", words="Failed exchanges", no_list="only how many there were on each day is kept"),
    Column(name="charged", words="It pays", unit=Unit.WORDS, behind="charged"),
    Column(name="paid", words="We pay", unit=Unit.WORDS, behind="paid"),
)


def _partners(answers: Answers) -> Sequence[FigureRow]:
    parted = {name: split(counts) for name, counts in answers.counts.items()}
    sent, received = ({name: summed(each) for name, each in parted[what].items()} for what in ("sent", "received"))
    names = {*sent, *received, *parted["came"], *parted["asked"], *answers.faults} - {""}
    ordered = sorted(names, key=lambda name: (-sent.get(name, 0) - received.get(name, 0), name))
    rows = [
        FigureRow(
            name=name,
            words=name,
            part=Part.PARTNER,
            cells=_cells(name, sent.get(name, 0), received.get(name, 0), parted, answers),
            only=(Only(part=Part.PARTNER, values=(name,)),),
        )
        for name in ordered
    ]
    return (*rows, total(_COLUMNS, rows))


def _cells(
    name: str, sent: int, received: int, parted: Mapping[str, Mapping[str, Counts]], answers: Answers
) -> tuple[Cell, ...]:
    asked = parted["asked"].get(name, {})
    unanswered = asked.get((AttemptResult.NONE.value,), 0)
    return (
        sent,
        received,
        sent - received,
        "net lender" if sent > received else "net borrower" if received > sent else "even",
        lending_cells(parted["came"].get(name, {}))[-1],
        share(asked.get((AttemptResult.SENT.value,), 0), summed(asked) - unanswered),
        _median(answers.stretches[Leg.TO_SUPPLY.value], name),
        _median(answers.stretches[Leg.TO_RECEIVE.value], name),
        answers.faults.get(name, 0),
        _money(parted["charged"].get(name, {})),
        _money(parted["paid"].get(name, {})),
    )


def _median(stretches: Stretches, name: str) -> float | None:
    return spread([took] if (took := stretches.get((name,))) else []).median_days


def _money(amounts: Counts) -> str | None:
    found = {currency: amount for (currency,), amount in amounts.items() if currency and amount}
    return (
        ", ".join(f"{agreed_amount(amount, currency):,} {currency}" for currency, amount in sorted(found.items()))
        or None
    )


_OF: Final = (Part.PARTNER,)
_MONEY: Final = (Part.PARTNER, Part.CURRENCY)
_QUESTIONS: Final[Mapping[str, FactsQuestion | HowLong]] = {
    "sent": FactsQuestion(when=Milestone.SUPPLIED, only=(LENDING,), by=_OF),
    "received": FactsQuestion(when=Milestone.RECEIVED, only=(BORROWING,), by=_OF),
    "came": FactsQuestion(when=Milestone.ARRIVED, only=(LENDING,), by=(Part.PARTNER, Part.OUTCOME, Part.TAKEN_UP)),
    "asked": FactsQuestion(when=AttemptTime.ASKED, source=Population.ATTEMPTS, by=(Part.PARTNER, Part.RESULT)),
    "charged": FactsQuestion(when=Milestone.SUPPLIED, only=(LENDING,), by=_MONEY, amount=Amount.CHARGED),
    "paid": FactsQuestion(when=Milestone.RECEIVED, only=(BORROWING,), by=_MONEY, amount=Amount.PAID),
    Leg.TO_SUPPLY.value: HowLong(leg=Leg.TO_SUPPLY, by=_OF, step_h=24),
    Leg.TO_RECEIVE.value: HowLong(leg=Leg.TO_RECEIVE, by=_OF, step_h=24),
}
PARTNERS: Final = Figure(
    name="partners",
    group=Group.PARTNERS,
    title="By partner",
    definition=(
        "Sent and received in the period, branches that ask as libraries of their own among them; balance: sent less received, so that above "
        "0 we are the net lender. “We filled” is the fill rate of what it asked us in the period; “it filled”: of what we asked it in the period, "
        "what it sent first of all that it has answered or left unanswered. Medians in whole calendar days: ours from arrival to shipping, its "
        "from our order to the scan on arrival. Failed exchanges with its system, every try counted; of several libraries behind one system each "
        "has its sum. Amounts are those agreed with each request; bills are not among them."
    ),
    columns=_COLUMNS,
    headline="sent",
    questions=_QUESTIONS,
    make=_partners,
    adds_up=False,
    needs_faults=True,
)
FIGURES: Final = (PARTNERS,)
