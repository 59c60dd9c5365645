"""Every state of a bill with everything that can happen in it: an answer is always given, and the rules of the table hold."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from gateway.money.amounts import NOTHING
from gateway.money.effects import REMINDERS, AskItem, BillPaper, MailPaper, MakePaper, RemindLater
from gateway.money.engine import MoneyIgnored, MoneyRefused, MoneyRow
from gateway.money.events import (
    AnyBillEvent,
    BillAct,
    BillActed,
    BillItemSeen,
    BillTrigger,
    Credited,
    CreditUsed,
    Mailed,
    Moved,
    NotMailed,
    Paid,
    PaperMade,
    PaperNotMade,
    Proposed,
    ReminderDue,
    Reversed,
)
from gateway.money.machine import BillDecision
from gateway.money.records import Bill, BillKind, BillState, BillWay, Seen
from gateway.money.table import BILLS, decide
from gateway.money.words import narrate
from gateway.workflow.tasks import TaskKind
from tests.money.books import FACE, FROZEN, START, line
from tests.money.work_keys import asked_for, taken_back

S = BillState
MADE: dict[str, Any] = {"at": START, "by": "anna"}
OTHERS: tuple[AnyBillEvent, ...] = (
    BillItemSeen(**MADE, seen=Seen.OUT, words="on loan"),
    BillItemSeen(**MADE, seen=Seen.BACK, words="available"),
    PaperMade(**MADE, paper=BillPaper.BILL, digest="0" * 64),
    PaperMade(**MADE, paper=BillPaper.REMINDER_1, digest="0" * 64),
    PaperNotMade(**MADE, paper=BillPaper.BILL, words="line 3"),
    Mailed(**MADE, paper=BillPaper.BILL, to="ill@partner.example"),
    Mailed(**MADE, paper=BillPaper.REMINDER_1, to="ill@partner.example"),
    NotMailed(**MADE, paper=BillPaper.BILL, to="ill@partner.example", words="no such box"),
    NotMailed(**MADE, paper=BillPaper.BILL, to="ill@partner.example", words="cut", perhaps=True),
    ReminderDue(**MADE, number=1),
    Paid(**MADE, payment="P-1", amount=Decimal("40.00")),
    Paid(**MADE, payment="P-1", amount=Decimal("100.00")),
    Reversed(**MADE, payment="P-1", amount=Decimal("40.00"), words="bounced"),
    CreditUsed(**MADE, amount=Decimal("40.00")),
    Credited(**MADE, credit_note="M-2", amount=Decimal("40.00")),
    Moved(**MADE, partner="union", words="Partner sample was merged into union."),
)
ACTS = tuple(
    BillActed(**MADE, act=act, words="why", to="ill@partner.example", lines=(line("1.00"),), **FROZEN)
    for act in BillAct
)
EVENTS = (*OTHERS, *ACTS)
NUMBERED = tuple(state for state in S if state not in {S.CANDIDATE, S.DRAFT, S.DROPPED})


def bill(state: BillState, **more: Any) -> Bill:
    """A bill of 100.00 as it would stand there."""
    numbered: dict[str, Any] = (
        {"face": FACE, "series": "ILL", "fiscal_year": 2027, "paper_made": True} if state in NUMBERED else {}
    )
    sums: dict[BillState, dict[str, Any]] = {
        S.PART_PAID: {"paid": Decimal("40.00")},
        S.PAID: {"paid": Decimal("100.00")},
        S.CREDITED: {"credited": Decimal("100.00")},
        S.WRITTEN_OFF: {"waived": Decimal("100.00")},
        S.REPLACED: {"waived": Decimal("100.00")},
    }
    made: dict[str, Any] = {
        "id": "M-1",
        "version": 3,
        "partner": "sample",
        "currency": "USD",
        "lines": (line("100.00"),),
    }
    times: dict[str, Any] = {"created_at": START, "updated_at": START, "state_since": START}
    return Bill(**{"state": state, **made, **times, **numbered, **sums.get(state, {}), **more})


def test_every_event_is_told_in_words():
    assert [event for event in EVENTS if not narrate(event)] == []


@pytest.mark.parametrize("state", S)
def test_there_is_an_answer_in_every_state(state: BillState):
    for event in EVENTS:
        ruling = decide(bill(state), event)
        match ruling:
            case BillDecision():
                assert ruling.bill.version == 4, event
                assert ruling.bill.version_of_forms == 4 or not isinstance(event, BillActed), "a person has acted"
                assert ruling.bill.state in {ruling.row.to, state}, event
                assert NOTHING <= ruling.bill.balance <= ruling.bill.total, event
            case MoneyRefused():
                assert ruling.words, event
            case MoneyIgnored():
                assert not isinstance(event, BillActed), ("whoever asks for something hears why it can't be", event)


def test_every_trigger_has_a_row():
    assert {trigger for _, trigger in BILLS.index} == set(BillTrigger)


def test_every_row_can_be_reached_by_the_states_that_it_names():
    named = {state for state, _ in BILLS.index}
    assert named == {None, *S}
    reached = {each.to for each in BILLS.rows if isinstance(each, MoneyRow) and each.to}
    assert reached == set(S), "each state is one that a row leads to"


@pytest.mark.parametrize("state", NUMBERED)
def test_what_has_a_number_is_never_changed_nor_dropped(state: BillState):
    for act in (BillAct.CHANGE, BillAct.DROP, BillAct.FINALISE):
        event = next(each for each in ACTS if each.act is act)
        assert isinstance(decide(bill(state), event), MoneyRefused)


@pytest.mark.parametrize("state", S)
def test_nothing_is_sent_before_its_pdf_is_made(state: BillState):
    for event in EVENTS:
        ruling = decide(bill(state, paper_made=False), event)
        if isinstance(ruling, BillDecision) and not isinstance(event, PaperMade):
            assert not any(isinstance(effect, MailPaper) for effect in ruling.effects), event


def test_a_loan_is_looked_for_before_it_is_billed():
    proposed = Proposed(
        **MADE, bill="M-1", partner="sample", currency="USD", lines=(line("100.00"),), item_barcode="30234000517861"
    )
    ruling = decide(None, proposed)
    assert isinstance(ruling, BillDecision)
    assert (ruling.bill.state, ruling.effects) == (S.CANDIDATE, (AskItem(item_barcode="30234000517861"),))


@pytest.mark.parametrize(
    ("seen", "state"), [(None, S.CANDIDATE), (Seen.BACK, S.CANDIDATE), (Seen.OUT, S.DRAFT), (Seen.UNCLEAR, S.DRAFT)]
)
def test_a_persons_tick_counts_only_after_the_circulation_system_was_asked(seen: Seen | None, state: BillState):
    candidate = bill(S.CANDIDATE, seen=seen, item_barcode="30234000517861")
    ruling = decide(candidate, BillActed(**MADE, act=BillAct.SHELF_CHECKED))
    assert (ruling.bill.state if isinstance(ruling, BillDecision) else S.CANDIDATE) is state


def test_finalising_takes_a_number_books_the_sum_and_has_the_pdf_made():
    ruling = decide(bill(S.DRAFT), BillActed(**MADE, act=BillAct.FINALISE, **FROZEN))
    assert isinstance(ruling, BillDecision)
    assert ruling.takes_number
    assert [entry.amount for entry in ruling.entries] == [Decimal("100.00")]
    assert ruling.effects == (MakePaper(),)
    assert ruling.bill.face == FACE


@pytest.mark.parametrize("lines", [(), (line("0.00"),), (line("5.00"), line("0.00"))])
def test_a_bill_of_nothing_is_not_finalised(lines: tuple[object, ...]):
    ruling = decide(bill(S.DRAFT, lines=lines), BillActed(**MADE, act=BillAct.FINALISE, **FROZEN))
    assert isinstance(ruling, MoneyRefused)


def test_a_credit_note_owes_nothing_and_nobody_is_reminded_of_it():
    note = bill(S.DRAFT, kind=BillKind.CREDIT_NOTE, credits="M-0")
    ruling = decide(note, BillActed(**MADE, act=BillAct.FINALISE, **FROZEN))
    assert isinstance(ruling, BillDecision)
    assert (ruling.entries, ruling.bill.balance) == ((), NOTHING)
    sent = decide(msgspec.structs.replace(ruling.bill, paper_made=True), BillActed(**MADE, act=BillAct.POSTED))
    assert isinstance(sent, BillDecision)
    assert (sent.bill.state, sent.effects) == (S.SENT, ())


def test_a_reminder_goes_the_way_of_its_bill_and_the_next_clock_runs():
    sent = bill(S.SENT, sent_at=START, sent_by=BillWay.EMAIL, sent_to="ill@partner.example")
    due = decide(sent, ReminderDue(**MADE, number=1))
    assert isinstance(due, BillDecision)
    assert due.effects == (MakePaper(paper=BillPaper.REMINDER_1),)
    made = decide(due.bill, PaperMade(**MADE, paper=BillPaper.REMINDER_1, digest="0" * 64))
    assert isinstance(made, BillDecision)
    assert [type(effect) for effect in made.effects] == [MailPaper]
    mailed = decide(made.bill, Mailed(**MADE, paper=BillPaper.REMINDER_1, to="ill@partner.example"))
    assert isinstance(mailed, BillDecision)
    assert (mailed.bill.reminders, mailed.effects) == (1, (RemindLater(number=2, since=START),))


def test_a_bill_on_paper_is_reminded_of_on_paper_by_a_person():
    sent = bill(S.SENT, sent_at=START, sent_by=BillWay.PAPER, reminders=2)
    made = decide(sent, PaperMade(**MADE, paper=BillPaper.REMINDER_3, digest="0" * 64))
    assert isinstance(made, BillDecision)
    assert [task.kind for task in made.open_tasks] == [TaskKind.POST_LETTER]
    assert (made.bill.reminders, made.effects) == (3, ())


def test_a_dispute_stops_reminders_and_its_end_begins_them_again():
    sent = bill(S.SENT, sent_at=START, sent_by=BillWay.PAPER)
    disputed = decide(sent, BillActed(**MADE, act=BillAct.DISPUTE, words="it was returned in May"))
    assert isinstance(disputed, BillDecision)
    assert RemindLater.key_of() in disputed.withdraw
    assert isinstance(decide(disputed.bill, ReminderDue(**MADE, number=1)), MoneyIgnored)
    ended = decide(disputed.bill, BillActed(**MADE, act=BillAct.END_DISPUTE))
    assert isinstance(ended, BillDecision)
    assert (ended.bill.state, ended.bill.disputed) == (S.SENT, None)
    assert ended.effects == (RemindLater(number=1, since=START),)


@pytest.mark.parametrize("act", [BillAct.WRITE_OFF, BillAct.DISPUTE])
def test_a_write_off_and_a_dispute_have_a_reason(act: BillAct):
    assert isinstance(decide(bill(S.SENT), BillActed(**MADE, act=act, words=" ")), MoneyRefused)


def test_an_unclear_mail_is_a_persons_to_weigh():
    cut = NotMailed(**MADE, paper=BillPaper.BILL, to="ill@partner.example", words="cut", perhaps=True)
    ruling = decide(bill(S.FINALISED), cut)
    assert isinstance(ruling, BillDecision)
    assert ruling.bill.state is S.FINALISED
    assert [task.kind for task in ruling.open_tasks] == [TaskKind.PERHAPS_MAILED]


def about_reminders() -> list[AnyBillEvent]:
    due = [ReminderDue(**MADE, number=number) for number in range(1, len(REMINDERS) + 1)]
    return [*due, *(PaperMade(**MADE, paper=paper, digest="0" * 64) for paper in REMINDERS)]


def walked() -> list[BillDecision]:
    """What is decided of bills in each state: of an item, sent by e-mail, and reminded of from never to as often as there are letters."""
    events = (*EVENTS, *about_reminders())
    mailed: dict[str, Any] = {"sent_at": START, "sent_by": BillWay.EMAIL, "sent_to": "ill@partner.example"}
    bills = [
        bill(state, item_barcode="30234000517861", reminders=reminders, **way)
        for state in S
        for reminders in range(len(REMINDERS) + 1)
        for way in ({}, mailed)
    ]
    rulings = (decide(each, event) for each in bills for event in events)
    return [ruling for ruling in rulings if isinstance(ruling, BillDecision)]


def test_whatever_is_taken_back_was_asked_for_by_some_row():
    made = walked()
    assert taken_back(made) <= asked_for(made)
    assert taken_back(made) == {
        AskItem.key_of(), RemindLater.key_of(), *map(MakePaper.key_of, REMINDERS), *map(MailPaper.key_of, BillPaper)
    }  # fmt: skip


@pytest.mark.parametrize(
    "event",
    [
        BillActed(**MADE, act=BillAct.DISPUTE, words="it was returned in May"),
        BillActed(**MADE, act=BillAct.WRITE_OFF, words="too little"),
        Paid(**MADE, payment="P-1", amount=Decimal("100.00")),
        Credited(**MADE, credit_note="M-2", amount=Decimal("100.00")),
    ],
    ids=lambda event: event.trigger.value,
)
def test_who_owes_nothing_or_disputes_it_gets_no_reminder_that_is_under_way(event: AnyBillEvent):
    sent = bill(S.SENT, sent_at=START, sent_by=BillWay.EMAIL, sent_to="ill@partner.example")
    waiting, set_ = ReminderDue(**MADE, number=1), PaperMade(**MADE, paper=BillPaper.REMINDER_1, digest="0" * 64)
    due = decide(sent, waiting)
    assert isinstance(due, BillDecision)
    made = decide(due.bill, set_)
    assert isinstance(made, BillDecision)
    ended = decide(made.bill, event)
    assert isinstance(ended, BillDecision)
    assert {effect.key for effect in (*due.effects, *made.effects)} < set(ended.withdraw)
    assert RemindLater.key_of() in ended.withdraw


def test_a_note_is_written_or_refused():
    empty = BillActed(**MADE, act=BillAct.NOTE, words=" ")
    for state in (S.CANDIDATE, S.DRAFT, S.DROPPED, S.SENT, S.PAID):
        ruling = decide(bill(state), empty)
        assert (isinstance(ruling, MoneyRefused), getattr(ruling, "words", "")) == (True, "Write the note."), state
        assert isinstance(decide(bill(state), msgspec.structs.replace(empty, words="They called.")), BillDecision)
