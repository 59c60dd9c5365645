"""Acts on the circulation system taken back: what is no longer wanted, and what a person undoes in time.

Nothing here takes back work on an item that was given up: its hold is to come off whatever becomes of the request.
"""

from gateway.workflow.effects import AskCopies, FindCopies, Look, Perform, WorkKey
from gateway.workflow.machine import Action, Draft
from gateway.workflow.records import Act

LOOK_UPS = (FindCopies.sole_key(), AskCopies.sole_key())


def keys_of(*acts: Act) -> tuple[WorkKey, ...]:
    """Return the keys of the acts and of the looks after them."""
    return tuple(key for act in acts for key in (Perform.key_of(act), Look.key_of(act)))


STOPPABLE = (*LOOK_UPS, *keys_of(*(act for act in Act if act is not Act.CANCEL_HOLD)))
"""All work but that of taking holds off: a hold must not be forgotten."""


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
        draft.must_stop.append(Perform.key_of(act))
        draft.withdraw(*keys_of(act))

    take_back.__doc__ = f"Take {act} back: where it has begun, it is too late."
    return take_back


def nothing_begun(draft: Draft, event: object) -> None:
    """No act that must not be done twice may have begun and be unanswered; work that has not begun goes."""
    draft.must_stop.extend(Perform.key_of(act) for act in Act if act is not Act.CANCEL_HOLD)
    draft.withdraw(*STOPPABLE)


placing = _not_begun(Act.HOLD)
arriving = _not_begun(Act.ARRIVE)
checking_out = _not_begun(Act.CHECKOUT)
renewing = _not_begun(Act.RENEW)
checking_in = _not_begun(Act.CHECKIN)
