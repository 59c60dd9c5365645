"""The clocks of a borrowed loan (ill.md, "Clocks")."""

from gateway.iso18626.codes import ServiceType
from gateway.workflow.borrowing import loans
from gateway.workflow.effects import StartTimer
from gateway.workflow.machine import Action, Draft
from gateway.workflow.records import Clock

_ANSWER_CLOCKS = {"rush": Clock.LENDER_ANSWER_RUSH, "express": Clock.LENDER_ANSWER_EXPRESS}
_LENDER_CLOCKS = (
    Clock.LENDER_ANSWER,
    Clock.LENDER_ANSWER_RUSH,
    Clock.LENDER_ANSWER_EXPRESS,
    Clock.LENDER_SENDS,
    Clock.CONDITION,
    Clock.WITHDRAWAL,
)
_WATCHES = (f"timer:{Clock.WATCH}", f"timer:{Clock.WATCH_LOAN}")


def _start(draft: Draft, clock: Clock) -> None:
    timer = StartTimer(clock=clock, since=draft.at)
    draft.withdraw(timer.key)
    draft.emit(timer)


def stop_lender(draft: Draft, event: object) -> None:
    """The lender has answered, or is not waited for any more."""
    draft.withdraw(*(f"timer:{clock}" for clock in _LENDER_CLOCKS))


def start_answer(draft: Draft, event: object) -> None:
    """The lender has three days, 24 hours for a rush, two for an express."""
    stop_lender(draft, event)
    _start(draft, _ANSWER_CLOCKS.get((draft.request.level or "").casefold(), Clock.LENDER_ANSWER))


def _starts(clock: Clock) -> Action:
    def start(draft: Draft, event: object) -> None:
        stop_lender(draft, event)
        _start(draft, clock)

    start.__doc__ = f"Wait as long as the clock “{clock}” says; no other wait for the lender goes on."
    return start


start_sends = _starts(Clock.LENDER_SENDS)
start_condition = _starts(Clock.CONDITION)
start_withdrawal = _starts(Clock.WITHDRAWAL)


def start_receipt(draft: Draft, event: object) -> None:
    """Sent: should come within 14 days, a copy within 7. The deadline for finding a lender is met."""
    stop_lender(draft, event)
    draft.withdraw(f"timer:{Clock.DEADLINE}")
    _start(draft, Clock.COPY_RECEIPT if draft.request.service is ServiceType.COPY else Clock.RECEIPT)


def stop_receipt(draft: Draft, event: object) -> None:
    """It is here."""
    stop_lender(draft, event)
    draft.withdraw(f"timer:{Clock.DEADLINE}", f"timer:{Clock.RECEIPT}", f"timer:{Clock.COPY_RECEIPT}")


def start_renewal(draft: Draft, event: object) -> None:
    """An unanswered renewal counts as granted by custom: alert after one open day."""
    _start(draft, Clock.RENEWAL)


def stop_renewal(draft: Draft, event: object) -> None:
    """It was answered."""
    draft.withdraw(f"timer:{Clock.RENEWAL}")


def start_watch(draft: Draft, event: object) -> None:
    """Look again in a while where the item is: nothing tells us (sip2.md, "No push")."""
    draft.withdraw(*_WATCHES)
    _start(draft, Clock.WATCH_LOAN if loans.was_seen_out(draft.request) else Clock.WATCH)


def stop_watch(draft: Draft, event: object) -> None:
    """It is at our desk."""
    draft.withdraw(*_WATCHES, "watch")
    stop_renewal(draft, event)


def stop_return(draft: Draft, event: object) -> None:
    """It was not sent back after all."""
    draft.withdraw(f"timer:{Clock.RETURN}")


def start_return(draft: Draft, event: object) -> None:
    """Sent back: the lender should confirm it within 30 days."""
    stop_watch(draft, event)
    _start(draft, Clock.RETURN)
