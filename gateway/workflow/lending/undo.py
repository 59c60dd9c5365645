"""Work taken back: what is no longer wanted, and what a person undoes in time."""

from gateway.iso18626.codes import Status
from gateway.workflow.events import (
    StaffActed,
)
from gateway.workflow.lending import clocks
from gateway.workflow.machine import WORK_KEYS, Action, Draft
from gateway.workflow.records import (
    Act,
)


def stop_work(draft: Draft, event: object) -> None:
    """Nothing more to find out or to reserve."""
    draft.withdraw(*WORK_KEYS, *clocks.UNDECIDED_CLOCKS)


def _must_withdraw(key: str) -> Action:
    def take_back(draft: Draft, event: object) -> None:
        draft.must_withdraw.append(key)

    take_back.__doc__ = f"Take back `{key}`: where it has begun, it is too late to undo."
    return take_back


loaned = _must_withdraw(f"tell:{Status.LOANED}")
unfilled = _must_withdraw(f"tell:{Status.UNFILLED}")
retry = _must_withdraw(f"tell:{Status.RETRY_POSSIBLE}")
copy = _must_withdraw(f"tell:{Status.COPY_COMPLETED}")
release = _must_withdraw(f"perform:{Act.CANCEL_HOLD}")


def stop_telling_loaned(draft: Draft, event: StaffActed) -> None:
    """Staff told the partner by other means."""
    draft.withdraw(f"tell:{Status.LOANED}")
