"""Work taken back: what is no longer wanted, and what a person undoes in time.

Nothing here takes back work on an item that was given up: its hold is to come off whatever becomes of the request.
"""

from gateway.iso18626.codes import Status
from gateway.workflow.events import StaffActed
from gateway.workflow.lending import clocks, tell
from gateway.workflow.machine import Action, Draft
from gateway.workflow.records import Act

LOOK_UPS = ("find copies", "ask copies")


def keys_of(*acts: Act) -> tuple[str, ...]:
    """Give the keys of the acts and of the looks after them."""
    return tuple(f"{kind}:{act}" for act in acts for kind in ("perform", "look"))


STOPPABLE = (*LOOK_UPS, *keys_of(*(act for act in Act if act is not Act.CANCEL_HOLD)))
"""All work but that of taking holds off: a hold must not be forgotten."""


def stop_work(draft: Draft, event: object) -> None:
    """Nothing more to find out or to reserve."""
    draft.withdraw(*STOPPABLE, *clocks.UNDECIDED_CLOCKS)


def _stop(act: Act) -> Action:
    def stop(draft: Draft, event: object) -> None:
        draft.withdraw(*keys_of(act))

    stop.__doc__ = f"Nothing more of {act} that has not begun: it is done, or not wanted any more."
    return stop


stop_placing = _stop(Act.HOLD)
stop_taking_off = _stop(Act.CANCEL_HOLD)
stop_arriving = _stop(Act.ARRIVE)
stop_checking_out = _stop(Act.CHECKOUT)
stop_renewing = _stop(Act.RENEW)
stop_checking_in = _stop(Act.CHECKIN)


def _not_begun(act: Act) -> Action:
    """The act must not have begun and be unanswered; where it was answered, the look after it may go.

    An act that has begun ends within its deadline: until then, what a person says of it can't be known.
    """

    def take_back(draft: Draft, event: object) -> None:
        draft.must_stop.append(f"perform:{act}")
        draft.withdraw(*keys_of(act))

    take_back.__doc__ = f"Take {act} back: where it has begun, it is too late."
    return take_back


def nothing_begun(draft: Draft, event: object) -> None:
    """No act that must not be done twice may have begun and be unanswered; work that has not begun goes."""
    draft.must_stop.extend(f"perform:{act}" for act in Act if act is not Act.CANCEL_HOLD)
    draft.withdraw(*STOPPABLE)


placing = _not_begun(Act.HOLD)
arriving = _not_begun(Act.ARRIVE)
checking_out = _not_begun(Act.CHECKOUT)
renewing = _not_begun(Act.RENEW)
checking_in = _not_begun(Act.CHECKIN)


def _must_withdraw(key: str) -> Action:
    def take_back(draft: Draft, event: object) -> None:
        draft.must_withdraw.append(key)

    take_back.__doc__ = f"Take back `{key}`: where it has begun, it is too late to undo."
    return take_back


unfilled = _must_withdraw(f"tell:{Status.UNFILLED}")
retry = _must_withdraw(f"tell:{Status.RETRY_POSSIBLE}")
copy = _must_withdraw(f"tell:{Status.COPY_COMPLETED}")


def loaned(draft: Draft, event: StaffActed) -> None:
    """Take Loaned back, or its clock, if it was asked for already: not while the due date is to be checked."""
    if tell.may_be_undone(draft.request):
        draft.must_withdraw.append(tell.UNDO_CLOCK)
    elif draft.request.due_at is not None:
        draft.must_withdraw.append(f"tell:{Status.LOANED}")


def release(draft: Draft, event: StaffActed) -> None:
    """Keep the hold after all: nothing may have begun to take it off."""
    draft.must_withdraw.append(f"perform:{Act.CANCEL_HOLD}")
    stop_taking_off(draft, event)
    draft.set(answer=None)


def look_for_holds(draft: Draft, event: StaffActed) -> None:
    """Go on with the hold after all: nobody may have begun to look for it, with a view to taking it off."""
    draft.must_withdraw.append(f"look:{Act.CANCEL_HOLD}")
    draft.set(answer=None)


def stop_telling_loaned(draft: Draft, event: object) -> None:
    """The partner knows, by other means or by having the item in hand."""
    draft.withdraw(tell.UNDO_CLOCK, f"tell:{Status.LOANED}")
    draft.set(undo_s=0.0)
