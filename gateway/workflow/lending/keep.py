"""What is known now: where items are, which due date holds, what the partner said."""

from datetime import datetime

from gateway.workflow.acts import note
from gateway.workflow.effects import StartTimer
from gateway.workflow.events import Looked, PartnerActed, StaffActed, Told
from gateway.workflow.lending import clocks
from gateway.workflow.machine import Action, Draft
from gateway.workflow.records import Clock, ItemPlace, State
from gateway.workflow.tasks import TaskKind

released = note.place_at(ItemPlace.CHOSEN)


def at_desk(draft: Draft, event: object) -> None:
    """The item looked at is here, or all of them where staff say so; of several the first that comes counts."""
    note.settle(draft, event, place=ItemPlace.AT_DESK)
    draft.set(at_desk_at=draft.request.at_desk_at or draft.at)


def sought_coming(draft: Draft, event: object) -> None:
    """A clock had run, and 17 showed it on its way."""
    draft.set(sought_coming=draft.request.sought_coming + 1)


def back(draft: Draft, event: object) -> None:
    """The item looked at is back, or all of them where staff say so; kept for whoever waits for it, as the look shows."""
    note.settle(draft, event, place=ItemPlace.BACK, kept=isinstance(event, Looked) and event.kept)


def hold_left(draft: Draft, event: Looked) -> None:
    """Whether the hold still stands after an undo."""
    draft.change_item(event.item_barcode, hold_left=event.finding)


def all_at_desk(draft: Draft, event: object) -> None:
    """They were to be shipped and were not: they are here, all of them."""
    note.cleared(draft, event)
    for item in draft.request.items:
        draft.change_item(item.barcode, place=ItemPlace.AT_DESK)


def _meanwhile(state: State) -> Action:
    def go_on(draft: Draft, event: object) -> None:
        draft.set(resume=state)

    go_on.__doc__ = f"Where nothing comes of what is under way, the request is {state}."
    return go_on


loaned_meanwhile = _meanwhile(State.LOANED)
overdue_meanwhile = _meanwhile(State.OVERDUE)
returning_meanwhile = _meanwhile(State.RETURNING)


# ── due dates ────────────────────────────────────────────────────────────────────────────────────


def out(draft: Draft, event: Looked) -> None:
    """The checkout is known to be done; the loan's due date is still to be settled."""
    item = draft.request.item(event.item_barcode)
    due_at = event.due_at or (item.due_at if item else None)
    note.settle(draft, event, place=ItemPlace.OUT, due_at=due_at)
    draft.set(shipped_at=draft.at)


def out_again(draft: Draft, event: Looked | StaffActed) -> None:
    """It counts as lent as before its check-in, which was undone; the item is due when the new checkout says."""
    for item in draft.request.items:
        note.settle(draft, event, place=ItemPlace.OUT, due_at=event.due_at or item.due_at, route_to=None)


def out_by_hand(draft: Draft, event: StaffActed) -> None:
    """Staff checked everything out in the ILS."""
    note.settle(draft, event, place=ItemPlace.OUT)
    draft.set(undo_s=event.undo_s, shipped_at=draft.at)


def settle_due(draft: Draft, event: object) -> None:
    """The loan's due date is the earliest of its items, or what staff found or corrected it to be."""
    named = event.due_at if isinstance(event, StaffActed) else None
    if named is not None:
        for item in draft.request.items:
            draft.change_item(item.barcode, due_at=named)
    draft.set(due_at=_earliest(draft))
    draft.close(TaskKind.DUE_DATE)


def _earliest(draft: Draft) -> datetime | None:
    dates = [item.due_at for item in draft.request.items if item.place is ItemPlace.OUT and item.due_at is not None]
    return min(dates, default=None)


def renewed_one(draft: Draft, event: Looked) -> None:
    """One item is renewed; the loan is when all are."""
    note.settle(draft, event, due_at=event.due_at)


def renewed(draft: Draft, event: Looked | StaffActed) -> None:
    """The renewal is known to be done: the new due date counts from now, also for who kept the return back."""
    if isinstance(event, Looked):
        renewed_one(draft, event)
    else:
        note.cleared(draft, event)
    settle_due(draft, event)
    draft.set(renewals=draft.request.renewals + 1, renewed_at=draft.at, return_held=False, bill_asked=False)
    draft.close(TaskKind.BILL)


def renewed_late(draft: Draft, event: Looked) -> None:
    """It was renewed although we said no: the circulation system's due date is the one that counts."""
    draft.change_item(event.item_barcode, due_at=event.due_at)
    settle_due(draft, event)


# ── what the partner did ─────────────────────────────────────────────────────────────────────────


def received(draft: Draft, event: PartnerActed) -> None:
    """The partner has it; of repeated messages the first counts."""
    draft.set(received_at=draft.request.received_at or draft.at)
    clocks.stop_receipt(draft, event)
    draft.close(TaskKind.NOT_RECEIVED)


def returned(draft: Draft, event: object) -> None:
    """It is on its way back: overdue clocks stop, the wait for the parcel starts; of repeated messages the first counts."""
    returned_at = draft.request.returned_at or draft.at
    draft.set(returned_at=returned_at)
    clocks.stop_due(draft, event)
    clocks.stop_receipt(draft, event)
    draft.close(TaskKind.NOT_RECEIVED)
    parcel = StartTimer(clock=Clock.RETURN, since=returned_at)
    draft.withdraw(parcel.key)
    draft.emit(parcel)


def return_held(draft: Draft, event: PartnerActed) -> None:
    """The partner keeps the return back for now: no overdue messages meanwhile."""
    draft.set(return_held=True)


def wanted_back(draft: Draft, event: StaffActed) -> None:
    """It is recalled: overdue messages go out again."""
    draft.set(return_held=False)


def over(draft: Draft, event: object) -> None:
    """The item is back: nobody need look for it or write a reminder."""
    draft.set(bill_asked=False)
    draft.close(TaskKind.NOT_RECEIVED, TaskKind.BILL)


def written_off(draft: Draft, event: object) -> None:
    """Nobody need look for it; whether it is billed is a question of its own."""
    draft.close(TaskKind.NOT_RECEIVED)


def known_there(draft: Draft, event: object) -> None:
    """The partner has taken a message about the request: it knows it by its number."""
    draft.set(known_there=True)


def close_told(draft: Draft, event: object) -> None:
    """It got through after all; a partner that takes a message about the request knows it."""
    draft.close(TaskKind.NOT_TOLD)
    if isinstance(event, Told):
        known_there(draft, event)
