"""How much of the queue's work runs at once, and how long it may take."""

import msgspec

from gateway.dispatch.backoff import BackOffPolicy
from gateway.dispatch.bill_planning import MAIL_LANE, PRINTING_LANE
from gateway.dispatch.lanes import Lane
from gateway.dispatch.planning import ACS_LANE, LOOK_UP_LANE
from gateway.store.port import WAKE_WITHIN


class OutboxSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How much runs at once in a lane, in all gateways together, and how long work may take; the lease outlives the deadline.

    What has no lane has no limit together: `unlaned_at_once` is each gateway's own. Raises ValueError where `sweep_s`, after
    which every lane is looked at again, is more than half of WAKE_WITHIN: work of which the store doesn't tell would be late.
    """

    acs_at_once: int = 4
    look_ups_at_once: int = 16
    peer_at_once: int = 4
    unlaned_at_once: int = 16
    deadline_s: float = 180.0
    lease_margin_s: float = 30.0
    sweep_s: float = 30.0
    store_pause_s: float = 1.0
    backoff: BackOffPolicy = BackOffPolicy()

    def __post_init__(self) -> None:
        """Refuse what would make work late."""
        if self.sweep_s > WAKE_WITHIN.total_seconds() / 2:
            raise ValueError(f"sweep_s is {self.sweep_s}, more than half of WAKE_WITHIN")

    def room(self, lane: Lane) -> int:
        """How many rows of a lane may be under way at once."""
        match lane:
            case None:
                return self.unlaned_at_once
            case _ if lane == ACS_LANE:
                return self.acs_at_once
            case _ if lane == LOOK_UP_LANE:
                return self.look_ups_at_once
            case _ if lane in {PRINTING_LANE, MAIL_LANE}:
                return 1
            case _:
                return self.peer_at_once
