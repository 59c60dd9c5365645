"""What is known now: where items are, which due date holds, what the partner said."""

from gateway.workflow.effects import StartTimer
from gateway.workflow.events import (
    Looked,
    PartnerActed,
    StaffActed,
)
from gateway.workflow.lending import clocks
from gateway.workflow.machine import TIMER_KEYS, WORK_KEYS, Action, Draft
from gateway.workflow.records import (
    Clock,
    ItemPlace,
    TaskKind,
)


def _place(place: ItemPlace) -> Action:
    def put(draft: Draft, event: object) -> None:
        barcodes = (
            (event.item_barcode,) if isinstance(event, Looked) else [item.barcode for item in draft.request.items]
        )
        for barcode in barcodes:
            draft.change_item(barcode, place=place, tries=0)

    put.__doc__ = f"The item is {place} now: the one looked at, or all of them where staff say so."
    return put


held = _place(ItemPlace.HELD)
at_desk = _place(ItemPlace.AT_DESK)
back = _place(ItemPlace.BACK)


def out(draft: Draft, event: Looked) -> None:
    """The checkout is known to be done: the earliest due date of the items is the loan's."""
    item = draft.request.item(event.item_barcode)
    due_at = event.due_at or (item.due_at if item else None)
    draft.change_item(event.item_barcode, place=ItemPlace.OUT, tries=0, due_at=due_at)
    _set_due(draft)


def out_by_hand(draft: Draft, event: StaffActed) -> None:
    """Staff checked it out in the ILS, and say the due date it got there."""
    for item in draft.request.items:
        draft.change_item(item.barcode, place=ItemPlace.OUT, tries=0, due_at=event.due_at or item.due_at)
    draft.set(undo_s=event.undo_s)
    _set_due(draft)


def _set_due(draft: Draft) -> None:
    dates = [item.due_at for item in draft.request.items if item.place is ItemPlace.OUT and item.due_at is not None]
    draft.set(due_at=min(dates, default=None), shipped_at=draft.at)


def due_by_hand(draft: Draft, event: StaffActed) -> None:
    """The due date as staff found or corrected it, if they named one."""
    if event.due_at is not None:
        for item in draft.request.items:
            draft.change_item(item.barcode, due_at=event.due_at)
        draft.set(due_at=event.due_at)


def renewed_one(draft: Draft, event: Looked) -> None:
    """One item of several is renewed; the loan is when all are."""
    draft.change_item(event.item_barcode, due_at=event.due_at, tries=0)


def renewed(draft: Draft, event: Looked | StaffActed) -> None:
    """The renewal is known to be done: the new due date counts from now."""
    for item in draft.request.items:
        looked_at = not isinstance(event, Looked) or item.barcode == event.item_barcode
        draft.change_item(item.barcode, due_at=(event.due_at if looked_at else None) or item.due_at, tries=0)
    dates = [item.due_at for item in draft.request.items if item.due_at is not None]
    draft.set(due_at=min(dates, default=draft.request.due_at))
    draft.set(renewals=draft.request.renewals + 1, renewed_at=draft.at)


def received(draft: Draft, event: PartnerActed) -> None:
    """The partner has it."""
    draft.set(received_at=draft.at)
    draft.withdraw(f"timer:{Clock.RECEIPT}")
    draft.close(TaskKind.NOT_RECEIVED)


def returned(draft: Draft, event: PartnerActed) -> None:
    """The partner has sent it back: overdue clocks stop, the wait for the parcel starts."""
    draft.set(returned_at=draft.at)
    clocks.stop_due(draft, event)
    draft.emit(StartTimer(clock=Clock.RETURN, since=draft.at))


def return_held(draft: Draft, event: PartnerActed) -> None:
    """The partner keeps the return back for now: no overdue messages meanwhile."""
    draft.set(return_held=True)
    clocks.stop_due(draft, event)


def force(draft: Draft, event: StaffActed) -> None:
    """Staff say where the request really stands; work not begun is withdrawn, clocks stop."""
    assert event.state is not None
    draft.withdraw(*WORK_KEYS, *TIMER_KEYS)
    draft.set(state=event.state)
    if event.due_at is not None:
        due_by_hand(draft, event)


def close_told(draft: Draft, event: object) -> None:
    """It got through after all."""
    draft.close(TaskKind.NOT_TOLD)
