"""Whether what is over its time may go for good now: asked by all that destroys because time has passed (keeping, anonymise, copy_sweep),
but for sessions that are over (desk/sessions.py): of those nothing is missed.

A machine whose clock is wrong by years would let go of everything as it starts. So behind a long pause nothing goes for a day: until then the alert
IllGatewayClockWrong has fired, and somebody has set the clock. The last night for which purges were taken on says how long the pause was.
"""

from datetime import datetime, timedelta
from typing import Final

import structlog

from gateway.store.port import Store

PURGE: Final = "purge"
"""The duty of purges in the store, which one gateway takes on for each night, whatever there is to purge."""
LONG: Final = timedelta(days=31)
REST: Final = timedelta(hours=23)
"""So that what is done every day is done on the next one."""
_SEEN: Final = "long pause seen"

_log = structlog.get_logger(__name__)


async def may_let_go(store: Store, now: datetime) -> bool:
    """Say whether so; a long pause that shows counts from now on. To be asked before a night is taken on, which ends the pause. Raises StoreUnavailable.

    Of several gateways one alone may have the wrong clock: the others take its nights back, so that it sees the pause again. Once a clock was set
    right, what it had seen lies in a time to come, and holds nothing.
    """
    night = await store.turn_of(PURGE)
    if night is not None and now - night > LONG and await store.take_turn(_SEEN, at=now, now=now):
        _log.warning(
            "the last night of purges is long ago: what is over its time goes in a day or two, if the clock is right",
            night=night.isoformat(),
        )
    seen = await store.turn_of(_SEEN)
    return seen is None or abs(now - seen) >= REST
