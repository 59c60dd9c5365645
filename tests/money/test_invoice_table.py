"""Every state of a lender's invoice with everything that can happen in it: an answer is always given, and the rules of the table hold."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.money.engine import Decision, MoneyIgnored, MoneyRefused, MoneyRow
from gateway.money.invoices.effects import MailLetter, MakeLetter
from gateway.money.invoices.events import (
    TRIGGER_OF,
    AnyInvoiceEvent,
    DocumentKept,
    InvoiceAct,
    InvoiceActed,
    InvoiceEntered,
    InvoiceExported,
    InvoiceTrigger,
    LetterMade,
    LetterMailed,
    LetterNotMade,
    LetterNotMailed,
)
from gateway.money.invoices.records import (
    ENDED,
    OPEN,
    Check,
    Claim,
    DisputeFace,
    Invoice,
    InvoiceFinding,
    InvoiceKind,
    InvoiceState,
    Says,
)
from gateway.money.invoices.table import INVOICES, InvoiceRuling, decide
from gateway.money.invoices.words import narrate
from gateway.money.records import Buyer, Means, Seller
from gateway.workflow.tasks import TaskKind
from tests.money.work_keys import asked_for, taken_back

S, A = InvoiceState, InvoiceAct
START = datetime(2026, 10, 5, 9, tzinfo=UTC)
CLAIM = Claim(
    number="2026/00417",
    lender="Sample City Library",
    partner="sample",
    kind=InvoiceKind.LOST,
    dated=date(2026, 10, 1),
    amount=Decimal("80.00"),
    currency="USD",
    request="B-1",
)
LETTER = DisputeFace(
    us=Seller(name="Example Valley Library"),
    them=Buyer(name="Sample City Library"),
    dated=date(2026, 10, 5),
    words="Not so.",
)
DIFFERS = InvoiceFinding(check=Check.BACK, says=Says.DIFFERS, words="We sent it back on 2026-09-03.")
AGREES = InvoiceFinding(check=Check.REQUEST, says=Says.AGREES, words="B-1 is a request of ours.")
MADE: dict[str, Any] = {"at": START, "by": "berta"}
FULL: dict[str, Any] = {
    "claim": CLAIM,
    "fiscal_year": 2027,
    "findings": (AGREES,),
    "letter": LETTER,
    "to": "ill@partner.example",
    "paid_on": date(2026, 10, 30),
    "means": Means.CHECK,
    "reference": "4711",
}
OTHERS: tuple[AnyInvoiceEvent, ...] = (
    DocumentKept(**MADE, name="V-1-1.pdf", size=1200),
    LetterMade(**MADE, letter=1, digest="0" * 64),
    LetterNotMade(**MADE, letter=1, words="line 3"),
    LetterMailed(**MADE, letter=1, to="ill@partner.example"),
    LetterMailed(**MADE, letter=2, to="ill@partner.example"),
    LetterNotMailed(**MADE, letter=1, to="ill@partner.example", words="no such box"),
    LetterNotMailed(**MADE, letter=1, to="ill@partner.example", words="cut", perhaps=True),
    InvoiceExported(**MADE, batch="X-1"),
)
ACTS = tuple(InvoiceActed(**MADE, act=act, words="why", **FULL) for act in InvoiceAct)
EVENTS = (*OTHERS, *ACTS)


def invoice(state: InvoiceState, **more: Any) -> Invoice:
    """An invoice as it would stand there."""
    by_state: dict[InvoiceState, dict[str, Any]] = {
        S.DISPUTED: {"letter": LETTER, "letters": 1, "letter_made": True, "disputed": "Not so."},
        S.VERIFIED: {"verified_by": "anna", "verified_at": START},
        S.EXPORTED: {"batch": "X-1"},
        S.PAID: {"batch": "X-1", "paid_on": date(2026, 10, 30), "reference": "4711"},
    }
    times: dict[str, Any] = {"created_at": START, "updated_at": START, "state_since": START}
    made = {"id": "V-1", "version": 3, "claim": CLAIM, "fiscal_year": 2027, "agreed": CLAIM.amount, "hands": ("anna",)}
    return Invoice(**{"state": state, **made, **times, **by_state.get(state, {}), **more})


def acted(act: InvoiceAct, by: str = "berta", **more: Any) -> InvoiceActed:
    return InvoiceActed(**{"at": START, "by": by, "act": act, **more})


def stands(ruling: InvoiceRuling) -> Invoice:
    """What a decision comes to."""
    assert isinstance(ruling, Decision), ruling
    return ruling.subject


@pytest.mark.parametrize(
    ("state", "event"),
    list(product(S, EVENTS)),
    ids=lambda each: each.value if isinstance(each, S) else each.trigger.value,
)
def test_there_is_an_answer_in_every_state(state: InvoiceState, event: AnyInvoiceEvent):
    ruling = decide(invoice(state), event)
    assert narrate(event)
    match ruling:
        case Decision():
            assert ruling.subject.version == 4
            assert ruling.subject.version_of_forms == 4 or not isinstance(event, InvoiceActed), "a person has acted"
            assert ruling.subject.state in {ruling.row.to, state}
        case MoneyRefused():
            assert ruling.words
        case MoneyIgnored():
            assert not isinstance(event, InvoiceActed), "whoever asks for something hears why it can't be"


def test_every_trigger_has_a_row_and_every_state_is_led_to():
    assert {trigger for _, trigger in INVOICES.index} == set(InvoiceTrigger)
    assert {state for state, _ in INVOICES.index} == {None, *S}
    assert {row.to for row in INVOICES.rows if isinstance(row, MoneyRow) and row.to} == set(S)
    assert set(OPEN) | set(ENDED) == set(S)
    assert set(TRIGGER_OF) == set(InvoiceAct)


@pytest.mark.parametrize("state", [S.VERIFIED, S.APPROVED, S.EXPORTED, S.PAID, S.WITHDRAWN, S.DROPPED])
def test_what_somebody_answers_for_is_not_changed(state: InvoiceState):
    ruling = decide(invoice(state), acted(A.CORRECT, claim=msgspec.structs.replace(CLAIM, amount=Decimal("90.00"))))
    assert isinstance(ruling, MoneyRefused)


def test_a_note_is_written_or_refused():
    for state in S:
        empty = decide(invoice(state), acted(A.NOTE, words=" "))
        assert (isinstance(empty, MoneyRefused), getattr(empty, "words", "")) == (True, "Write the note."), state
        assert isinstance(decide(invoice(state), acted(A.NOTE, words="They called.")), Decision)


@pytest.mark.parametrize("hand", [A.CORRECT, A.VERIFY, A.END_DISPUTE])
def test_whoever_had_a_hand_in_it_never_approves_it(hand: InvoiceAct):
    start = S.DISPUTED if hand is A.END_DISPUTE else S.ENTERED
    after = stands(decide(invoice(start), acted(hand, "berta", words="why", claim=CLAIM)))
    verified = msgspec.structs.replace(after, state=S.VERIFIED)
    for name in ("anna", "berta"):
        assert isinstance(decide(verified, acted(A.APPROVE, name)), MoneyRefused)
    approved = stands(decide(verified, acted(A.APPROVE, "carla")))
    assert (approved.state, approved.approved_by) == (S.APPROVED, "carla")


def test_what_differs_is_not_verified_without_a_reason():
    fresh = acted(A.VERIFY, findings=(AGREES, DIFFERS))
    assert isinstance(decide(invoice(S.ENTERED), fresh), MoneyRefused)
    why = acted(A.VERIFY, findings=(AGREES, DIFFERS), words="They have not got it.")
    verified = decide(invoice(S.ENTERED), why)
    assert (stands(verified).verified_why, stands(verified).differs) == ("They have not got it.", (DIFFERS,))
    assert isinstance(verified, Decision)
    assert [task.kind for task in verified.open_tasks] == [TaskKind.APPROVE_INVOICE]
    assert isinstance(decide(invoice(S.ENTERED), acted(A.VERIFY, findings=(AGREES,))), Decision)


def test_what_was_found_at_its_entry_counts_if_nobody_looks_again():
    assert isinstance(decide(invoice(S.ENTERED, findings=(DIFFERS,)), acted(A.VERIFY)), MoneyRefused)


def test_an_invoice_over_nothing_is_over_once_it_is_verified():
    free = msgspec.structs.replace(CLAIM, amount=Decimal("0.00"))
    over = decide(invoice(S.ENTERED, claim=free, agreed=Decimal("0.00")), acted(A.VERIFY, findings=(DIFFERS,)))
    assert stands(over).state is S.WITHDRAWN


def test_a_dispute_makes_a_letter_and_holds_the_payment_back():
    disputed = decide(invoice(S.APPROVED), acted(A.DISPUTE, words="It was back.", letter=LETTER, findings=(DIFFERS,)))
    assert isinstance(disputed, Decision)
    assert disputed.effects == (MakeLetter(letter=1),)
    made = stands(decide(disputed.subject, LetterMade(**MADE, letter=1, digest="d")))
    assert isinstance(decide(made, acted(A.PAY, paid_on=START.date(), reference="4711")), MoneyRefused)
    mailed = decide(made, acted(A.MAIL, to="ill@partner.example"))
    assert isinstance(mailed, Decision)
    assert mailed.effects == (MailLetter(letter=1, to="ill@partner.example", time=mailed.subject.version),)


@pytest.mark.parametrize(("state", "event"), list(product(S, EVENTS)))
def test_no_letter_is_sent_before_its_pdf_is_made(state: InvoiceState, event: AnyInvoiceEvent):
    ruling = decide(invoice(state, letter_made=False), event)
    if isinstance(ruling, Decision):
        assert not any(isinstance(effect, MailLetter) for effect in ruling.effects)


def test_news_of_an_older_letter_changes_nothing_of_the_last():
    second = invoice(S.DISPUTED, letters=2, letter_made=False)
    for event in (LetterMade(**MADE, letter=1, digest="d"), LetterMailed(**MADE, letter=1, to="x@y.example")):
        after = stands(decide(second, event))
        assert (after.letter_made, after.sent_at) == (False, None)


@pytest.mark.parametrize(
    "event",
    [OTHERS[1], OTHERS[2], OTHERS[3], OTHERS[5]],
    ids=["made", "not made", "an older one mailed", "not mailed"],
)
def test_a_form_is_as_true_after_news_of_a_letter_as_before(event: AnyInvoiceEvent):
    read = invoice(S.DISPUTED, letters=2 if event is OTHERS[3] else 1, letter_made=False)
    assert stands(decide(read, event)).version_of_forms == read.version_of_forms


def test_who_saw_a_letter_unsent_sees_that_it_went_before_sending_it_again():
    read = invoice(S.DISPUTED)
    assert stands(decide(read, OTHERS[3])).version_of_forms == read.version_of_forms + 1


@pytest.mark.parametrize(
    ("amount", "state", "agreed"),
    [
        (None, S.ENTERED, "80.00"),
        ("80.00", S.ENTERED, "80.00"),
        ("25.00", S.ENTERED, "25.00"),
        ("0", S.WITHDRAWN, "0"),
        ("80.01", None, ""),
        ("-1", None, ""),
    ],
)
def test_a_dispute_ends_with_what_is_to_be_paid(amount: str | None, state: InvoiceState | None, agreed: str):
    given_amount = None if amount is None else Decimal(amount)
    ruling = decide(invoice(S.DISPUTED), acted(A.END_DISPUTE, words="They agree.", amount=given_amount))
    if state is None:
        assert isinstance(ruling, MoneyRefused)
    else:
        assert (stands(ruling).state, stands(ruling).agreed) == (state, Decimal(agreed))


def test_what_is_sent_back_is_verified_and_approved_anew():
    back = stands(decide(invoice(S.APPROVED, approved_by="carla"), acted(A.SEND_BACK, words="Which book?")))
    assert (back.state, back.verified_by, back.approved_by) == (S.ENTERED, None, None)


def test_a_customer_is_charged_before_the_lender_is_paid():
    approved = invoice(S.APPROVED, pay_from=date(2026, 10, 12))
    soon = acted(A.PAY, paid_on=date(2026, 10, 11), means=Means.CHECK, reference="4711")
    assert isinstance(decide(approved, soon), MoneyRefused)
    assert stands(decide(approved, msgspec.structs.replace(soon, words="They insist."))).state is S.PAID
    assert stands(decide(approved, msgspec.structs.replace(soon, paid_on=date(2026, 10, 12)))).state is S.PAID


def test_nothing_is_paid_without_a_reference_nor_exported_twice():
    assert isinstance(decide(invoice(S.APPROVED), acted(A.PAY, paid_on=START.date(), reference=" ")), MoneyRefused)
    exported = stands(decide(invoice(S.APPROVED), InvoiceExported(**MADE, batch="X-1")))
    assert exported.batch == "X-1"
    assert isinstance(decide(exported, InvoiceExported(**MADE, batch="X-2")), MoneyIgnored)


def test_a_payment_that_came_back_leaves_it_where_it_was():
    assert stands(decide(invoice(S.PAID), acted(A.NOT_PAID, words="bounced"))).state is S.EXPORTED
    assert stands(decide(invoice(S.PAID, batch=None), acted(A.NOT_PAID, words="bounced"))).state is S.APPROVED


def test_whatever_is_taken_back_was_asked_for_by_some_row():
    samples = (invoice(state, letters=letters) for state in S for letters in (1, 2))
    rulings = [decide(each, event) for each in samples for event in EVENTS]
    made = [ruling for ruling in rulings if isinstance(ruling, Decision)]
    new = decide(invoice(S.APPROVED), acted(A.DISPUTE, words="It was back.", letter=LETTER))
    assert isinstance(new, Decision)
    asked = asked_for([*made, new])
    assert taken_back([*made, new]) <= asked
    assert asked >= {key_of(letter) for key_of in (MakeLetter.key_of, MailLetter.key_of) for letter in (1, 2)}


def disputed_by_mail() -> tuple[Invoice, tuple[str, ...]]:
    """An invoice whose first letter is on its way to the lender, and the work that was asked for."""
    disputed = decide(invoice(S.APPROVED), acted(A.DISPUTE, words="It was back.", letter=LETTER))
    assert isinstance(disputed, Decision)
    assert disputed.withdraw == (), "there was no letter before it"
    made = stands(decide(disputed.subject, LetterMade(**MADE, letter=1, digest="d")))
    mailed = decide(made, acted(A.MAIL, to="ill@partner.example"))
    assert isinstance(mailed, Decision)
    return mailed.subject, tuple(effect.key for effect in (*disputed.effects, *mailed.effects))


@pytest.mark.parametrize("act", [A.END_DISPUTE, A.WITHDRAW])
def test_a_letter_is_neither_made_nor_sent_once_the_dispute_is_over(act: InvoiceAct):
    disputed, asked = disputed_by_mail()
    over = decide(disputed, acted(act, words="They agree."))
    assert isinstance(over, Decision)
    assert over.withdraw == asked == (MakeLetter.key_of(1), MailLetter.key_of(1))


def test_a_second_letter_takes_the_place_of_one_that_has_not_gone_out():
    disputed, asked = disputed_by_mail()
    settled = stands(decide(disputed, acted(A.END_DISPUTE, words="They agree.")))
    again = decide(settled, acted(A.DISPUTE, words="They do not.", letter=LETTER))
    assert isinstance(again, Decision)
    assert again.effects == (MakeLetter(letter=2),)
    assert again.withdraw == asked


PEOPLE = ("anna", "berta", "carla")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(tuple(InvoiceAct)), st.sampled_from(PEOPLE), st.booleans(), st.booleans()),
        st.sampled_from(OTHERS),
    ),
    max_size=25,
)


@settings(max_examples=300, deadline=None)
@given(STEPS)
def test_whatever_happens_nobody_pays_what_two_people_did_not_answer_for(steps: list[Any]):
    """In any order: paid means verified and approved, by different people, none of whom had written it; amounts stay within the claim."""
    entered = InvoiceEntered(at=START, by="anna", invoice="V-1", claim=CLAIM, fiscal_year=2027, findings=(DIFFERS,))
    current, log = stands(decide(None, entered)), []
    for number, step in enumerate(steps, start=1):
        at = START + timedelta(hours=number)
        if isinstance(step, tuple):
            act, by, has_reason, is_clean = step
            found = (AGREES,) if is_clean else (DIFFERS,)
            event: AnyInvoiceEvent = InvoiceActed(
                at=at, by=by, act=act, words="why" if has_reason else "", **{**FULL, "findings": found}
            )
        else:
            event = msgspec.structs.replace(step, at=at)
        ruling = decide(current, event)
        if isinstance(ruling, Decision):
            log.append((event.trigger, event.by))
            assert ruling.subject.version == current.version + 1
            current = ruling.subject
        assert Decimal(0) <= current.agreed <= current.claim.amount
        if current.state in {S.APPROVED, S.EXPORTED, S.PAID}:
            assert current.verified_by
            assert current.approved_by
            assert current.approved_by not in current.hands
            assert current.verified_by in current.hands
            assert (InvoiceTrigger.APPROVE, current.approved_by) in log
        assert (current.state in OPEN) is (current.state not in ENDED)
        assert set(current.hands) <= set(PEOPLE)
