"""Work taken back: what was said to the partner and has not gone out, and the acts that go with it."""

from gateway.iso18626.codes import Status
from gateway.workflow.acts import note, undo
from gateway.workflow.effects import Look, Perform, Tell, WorkKey
from gateway.workflow.events import StaffActed
from gateway.workflow.lending import clocks, tell
from gateway.workflow.machine import Action, Draft
from gateway.workflow.records import Act, ItemPlace


def stop_work(draft: Draft, event: object) -> None:
    """Nothing more to find out or to reserve."""
    draft.withdraw(*undo.STOPPABLE, *clocks.UNDECIDED_CLOCKS)


def _must_withdraw(key: WorkKey) -> Action:
    def take_back(draft: Draft, event: object) -> None:
        draft.must_withdraw.append(key)

    take_back.__doc__ = f"Take back `{key}`: where it has begun, it is too late to undo."
    return take_back


unfilled = _must_withdraw(Tell.key_of(Status.UNFILLED))
retry = _must_withdraw(Tell.key_of(Status.RETRY_POSSIBLE))
copy = _must_withdraw(Tell.key_of(Status.COPY_COMPLETED))


def loaned(draft: Draft, event: StaffActed) -> None:
    """Take Loaned back, or its clock, if it was asked for already: not while the due date is to be checked."""
    if tell.may_be_undone(draft.request):
        draft.must_withdraw.append(tell.UNDO_CLOCK)
    elif draft.request.due_at is not None:
        draft.must_withdraw.append(Tell.key_of(Status.LOANED))


def arrival(draft: Draft, event: StaffActed) -> None:
    """It is not here after all. The check-in stays in the ILS: there is no act that takes it back, and its hold stands."""
    note.cleared(draft, event)
    for item in draft.request.items:
        draft.change_item(item.barcode, place=ItemPlace.HELD)
    draft.set(at_desk_at=None)


def completed(draft: Draft, event: StaffActed) -> None:
    """Take back that it is back: where the time to undo is over, it is too late."""
    draft.must_withdraw.append(tell.UNDO_CLOCK)


def release(draft: Draft, event: StaffActed) -> None:
    """Keep the hold after all: nothing may have begun to take it off."""
    draft.must_withdraw.append(Perform.key_of(Act.CANCEL_HOLD))
    undo.stop_taking_off(draft, event)
    draft.set(answer=None)


def look_for_holds(draft: Draft, event: StaffActed) -> None:
    """Go on with the hold after all: nobody may have begun to look for it, with a view to taking it off."""
    draft.must_withdraw.append(Look.key_of(Act.CANCEL_HOLD))
    draft.set(answer=None)


def stop_telling_loaned(draft: Draft, event: object) -> None:
    """The partner knows, by other means or by having the item in hand."""
    draft.withdraw(tell.UNDO_CLOCK, Tell.key_of(Status.LOANED))
    draft.set(undo_s=0.0)
