"""What happens next to a request, in words: its queued work and its running clocks. Pure."""

from collections.abc import Mapping

from gateway.desk.structs.requests import Upcoming
from gateway.desk.waiting import Surroundings, why_waiting
from gateway.iso18626.codes import Action as IsoAction
from gateway.iso18626.codes import ReasonForMessage, RequestType
from gateway.money.effects import AnyBillEffect
from gateway.money.invoices.effects import AnyInvoiceEffect
from gateway.notices.effects import SendNotice
from gateway.store.port import EffectRow
from gateway.workflow.effects import (
    AnyEffect,
    AskCopies,
    AssignBarcode,
    FindCopies,
    HearLate,
    Look,
    MakeRota,
    Perform,
    Seek,
    SendAction,
    SendRequest,
    StartTimer,
    Tell,
    Vet,
    Watch,
)
from gateway.workflow.records import Act, Clock, State

_ACTS: dict[Act, str] = {
    Act.HOLD: "Place the hold on item {}",
    Act.CANCEL_HOLD: "Take the hold off item {}",
    Act.ARRIVE: "Check item {} in at the desk",
    Act.CHECKOUT: "Check item {} out to the partner's account",
    Act.RENEW: "Renew the loan of item {}",
    Act.CHECKIN: "Check item {} in",
    Act.RECEIVE: "Check item {} in for the customer",
}
_LOOKS: dict[Act, str] = {
    Act.HOLD: "See whether the hold on item {} stands",
    Act.CANCEL_HOLD: "See whether the hold is off item {}",
    Act.ARRIVE: "See whether item {} is at the desk",
    Act.CHECKOUT: "See whether item {} is checked out",
    Act.RENEW: "See whether the loan of item {} is renewed",
    Act.CHECKIN: "See whether item {} is checked in",
    Act.RECEIVE: "See whether item {} is kept for the customer",
}
CLOCKS: dict[Clock, str] = {
    Clock.UNDECIDED: "If undecided: tell the partner to expect an answer",
    Clock.DEADLINE: "If unanswered: a task, the deadline has passed",
    Clock.CONDITION: "If the partner hasn't answered the offer: it lapses",
    Clock.HOLD_AMBER: "If the item isn't at the desk: ask where it is, and if it isn't on its way, a task",
    Clock.HOLD: "If the item is neither at the desk nor on its way: give this copy up, try another or answer Unfilled",
    Clock.RECEIPT: "If not received: a task",
    Clock.OVERDUE_FIRST: "If not back: first overdue message",
    Clock.OVERDUE_SECOND: "If not back: second overdue message",
    Clock.OVERDUE_THIRD: "If not back: third overdue message",
    Clock.BILLABLE: "If not back: it can be billed",
    Clock.RETURN: "If it was sent back and that isn't confirmed: a task",
    Clock.LENDER_ANSWER: "If the lender hasn't answered: cancel, and ask the next",
    Clock.LENDER_ANSWER_RUSH: "If the lender hasn't answered the rush: cancel, and ask the next",
    Clock.LENDER_ANSWER_EXPRESS: "If the lender hasn't answered the express: cancel, and ask the next",
    Clock.LENDER_SENDS: "If the lender hasn't sent it: ask for the status, and a task",
    Clock.SILENCE: "If the lender has said nothing more: ask for the status",
    Clock.ASK_AGAIN: "Ask the lender again that said “not now”",
    Clock.WITHDRAWAL: "If the lender hasn't answered our Cancel: ask the next",
    Clock.COPY_RECEIPT: "If the copy hasn't come: a task",
    Clock.RENEWAL: "If the renewal isn't answered: a task",
    Clock.WATCH: "Look whether the customer has fetched it",
    Clock.WATCH_LOAN: "Look whether the customer has brought it back",
    Clock.UNDO: "If it isn't undone: the partner is told",
}
"""What each clock is for."""
_IN_STATE: dict[str, dict[Clock, str]] = {
    State.TO_COPY: {
        Clock.HOLD_AMBER: "If the copy isn't sent: a task",
        Clock.HOLD: "If the copy isn't sent: a task, once more",
    },
    State.CONDITIONAL: {Clock.CONDITION: "If you haven't answered the lender's offer: ask the next"},
}
"""What a clock is for where it is for something else. Of a copy that is to be made the partner is told nothing, and no other one is tried."""


def clock_in_words(clock: Clock, state: str | None) -> str:
    """Say what a clock is for, by where the request stands."""
    return _IN_STATE.get(state or "", {}).get(clock) or CLOCKS[clock]


def in_words(effect: AnyEffect, names: Mapping[str, str]) -> str:  # noqa: C901, PLR0911, PLR0912 - one case and one return a kind of effect
    """Say what a piece of work will do, to whom by name."""
    match effect:
        case FindCopies():
            return "Look for copies"
        case AskCopies():
            return f"Ask the circulation system about {_counted(len(effect.copies), 'copy', 'copies')}"
        case Perform():
            return _ACTS[effect.act].format(effect.item_barcode)
        case Look():
            return _LOOKS[effect.act].format(effect.item_barcode)
        case Tell():
            return (
                "Send the partner a note"
                if effect.reason is ReasonForMessage.NOTIFICATION
                else f"Tell the partner {effect.status}"
            )
        case Vet():
            return "Look whether it may go out"
        case MakeRota():
            return "Choose the lenders to ask"
        case HearLate():
            return "Look again at catalogues that were late"
        case (
            SendRequest(kind=RequestType.RETRY, previous=None)
            | SendAction(action=IsoAction.NOTIFICATION, accepted=True)
        ):
            return f"Tell {_lender(effect, names)} that you accept its terms"
        case SendRequest():
            return f"Send {_lender(effect, names)} the request"
        case SendAction():
            return f"Tell {_lender(effect, names)} {effect.action}"
        case AssignBarcode():
            return "Find a barcode for the item"
        case Watch() | Seek():
            return f"Ask where item {effect.item_barcode} is"
        case StartTimer():
            return CLOCKS[effect.clock]


def upcoming(rows: tuple[EffectRow, ...], around: Surroundings) -> tuple[Upcoming, ...]:
    """Return a request's waiting work in the order in which it falls due."""
    return tuple(
        Upcoming(
            words=clock_in_words(row.effect.clock, around.request.state)
            if isinstance(row.effect, StartTimer)
            else in_words(row.effect, around.names),
            due_at=row.due_at,
            attempts=row.attempts,
            started_at=row.started_at,
            lane=row.lane,
            why=why_waiting(row, rows, around),
        )
        for row in sorted(rows, key=lambda row: (row.due_at, row.id))
        if not isinstance(row.effect, AnyBillEffect | AnyInvoiceEffect | SendNotice)
    )


def _lender(effect: SendRequest | SendAction, names: Mapping[str, str]) -> str:
    return names.get(effect.lender.partner, effect.lender.partner)


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
