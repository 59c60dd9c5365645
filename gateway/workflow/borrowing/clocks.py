"""The clocks of a borrowed loan (ill.md, "Clocks")."""

from datetime import datetime, timedelta

from gateway.iso18626.codes import ServiceType
from gateway.workflow.acts import deadline
from gateway.workflow.acts.deadline import stops
from gateway.workflow.borrowing import loans, returns
from gateway.workflow.borrowing.draft import BorrowingDraft
from gateway.workflow.effects import StartTimer, Watch
from gateway.workflow.machine import Action
from gateway.workflow.records import Clock, Request, State

_ANSWER_CLOCKS = {"rush": Clock.LENDER_ANSWER_RUSH, "express": Clock.LENDER_ANSWER_EXPRESS}
_LENDER_CLOCKS = (
    Clock.LENDER_ANSWER,
    Clock.LENDER_ANSWER_RUSH,
    Clock.LENDER_ANSWER_EXPRESS,
    Clock.LENDER_SENDS,
    Clock.CONDITION,
    Clock.WITHDRAWAL,
    Clock.SILENCE,
    Clock.ASK_AGAIN,
)
SOONEST_RETURN = timedelta(hours=1)
"""Whatever day a lender names: one that says the same again and again must not be asked without end."""
LONGEST_UNSEEN = timedelta(days=60)
"""An order for no named day is asked on by itself for so long before staff hear that it takes its time."""
MOST_STATUS_REQUESTS = 3
"""In one state."""
_WATCHES = (StartTimer.key_of(Clock.WATCH), StartTimer.key_of(Clock.WATCH_LOAN))


def _start(draft: BorrowingDraft, clock: Clock, *, until: datetime | None = None) -> None:
    timer = StartTimer(clock=clock, since=draft.at, until=until)
    draft.withdraw(timer.key)
    draft.emit(timer)


stop_lender = stops("The lender has answered, or is not waited for any more.", *_LENDER_CLOCKS)


def _answer_clock(request: Request) -> Clock:
    return _ANSWER_CLOCKS.get((request.level or "").casefold(), Clock.LENDER_ANSWER)


def start_answer(draft: BorrowingDraft, event: object) -> None:
    """The lender has three days or as long as its answers take, 24 hours for a rush, two for an express."""
    stop_lender(draft, event)
    clock, patience = _answer_clock(draft.request), draft.request.borrowed.lender.answers_within_days
    learned = patience is not None and clock is Clock.LENDER_ANSWER
    _start_and_listen(draft, clock, until=draft.at + timedelta(days=patience) if learned and patience else None)


def _start_and_listen(draft: BorrowingDraft, clock: Clock, *, until: datetime | None = None) -> None:
    """A peer that sends nothing again is to be asked: what it said while we were away is lost (iso18626.md)."""
    _start(draft, clock, until=until)
    draft.borrow(status_requests=0)
    _listen(draft, clock)


def _listen(draft: BorrowingDraft, clock: Clock) -> None:
    timer = StartTimer(clock=Clock.SILENCE, since=draft.at, third_of=clock)
    draft.withdraw(timer.key)
    if draft.request.borrowed.status_requests < MOST_STATUS_REQUESTS:
        draft.emit(timer)


def listen(draft: BorrowingDraft, event: object) -> None:
    """It has said something, or was asked: the wait for its next word begins anew."""
    waits = {
        State.ASKING: _answer_clock(draft.request),
        State.PROMISED: Clock.LENDER_SENDS,
        State.SENT_BACK: Clock.RETURN,
    }
    clock = waits.get(draft.request.state)
    if clock is not None:
        _listen(draft, clock)


def start_ask_again(draft: BorrowingDraft, event: object) -> None:
    """Wait for the day that the first of those who can be asked again has named."""
    stop_lender(draft, event)
    day = returns.first(draft.request.borrowed).after
    assert day is not None, "else staff are asked"
    _start(draft, Clock.ASK_AGAIN, until=max(day, draft.at + SOONEST_RETURN))


def _starts(clock: Clock) -> Action:
    def start(draft: BorrowingDraft, event: object) -> None:
        stop_lender(draft, event)
        _start(draft, clock)

    start.__doc__ = f"Wait as long as the clock “{clock}” says; no other wait for the lender goes on."
    return start


def start_sends(draft: BorrowingDraft, event: object) -> None:
    """It has promised: it should send within seven open days, and once that is over within seven more."""
    stop_lender(draft, event)
    _start_and_listen(draft, Clock.LENDER_SENDS)


start_condition = _starts(Clock.CONDITION)
start_withdrawal = _starts(Clock.WITHDRAWAL)


def start_long_deadline(draft: BorrowingDraft, event: object) -> None:
    """Our own time is over, and lenders are asked on by themselves: staff hear of it where that goes on for long."""
    _start(draft, Clock.DEADLINE, until=draft.request.created_at + LONGEST_UNSEEN)


def start_receipt(draft: BorrowingDraft, event: object) -> None:
    """Sent: should come within 14 days, a copy within 7. The deadline for finding a lender is met."""
    stop_lender(draft, event)
    draft.withdraw(StartTimer.key_of(Clock.DEADLINE))
    _start(draft, Clock.COPY_RECEIPT if draft.request.service is ServiceType.COPY else Clock.RECEIPT)


def stop_receipt(draft: BorrowingDraft, event: object) -> None:
    """It is here."""
    stop_lender(draft, event)
    draft.withdraw(
        StartTimer.key_of(Clock.DEADLINE), StartTimer.key_of(Clock.RECEIPT), StartTimer.key_of(Clock.COPY_RECEIPT)
    )


def wait_again(draft: BorrowingDraft, event: object) -> None:
    """Its receipt is undone: what was waited for before is waited for anew."""
    waited_for = draft.request.resume
    assert waited_for is not None, "guards.was_expected"
    if waited_for is not State.ON_ITS_WAY:
        deadline.start_deadline(draft, event)
    _WAITS[waited_for](draft, event)


_WAITS = {
    State.ASKING: start_answer,
    State.CONDITIONAL: start_condition,
    State.PROMISED: start_sends,
    State.ON_ITS_WAY: start_receipt,
}


def start_renewal(draft: BorrowingDraft, event: object) -> None:
    """An unanswered renewal counts as granted by custom: alert after one open day."""
    _start(draft, Clock.RENEWAL)


stop_renewal = stops("It was answered.", Clock.RENEWAL)


def start_watch(draft: BorrowingDraft, event: object) -> None:
    """Look again in a while where the item is: nothing tells us (sip2.md, "No push")."""
    draft.withdraw(*_WATCHES)
    _start(draft, Clock.WATCH_LOAN if loans.was_seen_out(draft.request) else Clock.WATCH)


def stop_watch(draft: BorrowingDraft, event: object) -> None:
    """It is at our desk."""
    draft.withdraw(*_WATCHES, Watch.sole_key())
    stop_renewal(draft, event)


def watch_again(draft: BorrowingDraft, event: object) -> None:
    """It is not at our desk after all: where it is looked for again, and an answer to a renewal is due as before."""
    start_watch(draft, event)
    if draft.request.borrowed.renewal_asked_at is not None:
        start_renewal(draft, event)


stop_return = stops("It was not sent back after all.", Clock.RETURN, Clock.SILENCE)


def start_return(draft: BorrowingDraft, event: object) -> None:
    """Sent back: the lender should confirm it within 30 days."""
    stop_watch(draft, event)
    _start_and_listen(draft, Clock.RETURN)
