"""Which lane a bill's work goes into, and when it is due. Pure."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from gateway.dispatch.planning import ACS_LANE
from gateway.money.effects import AnyBillEffect, AskItem, MailPaper, MakePaper, RemindLater
from gateway.store.port import NewEffect

PRINTING_LANE: Final = "printing"
MAIL_LANE: Final = "mail"
NOBODYS_TURN: Final = "(bills)"
"""In the place of a peer in the lane of the circulation system: no peer's id has a bracket."""
USUAL_DAYS: Final = (30, 60, 90)


class BillPlanner(msgspec.Struct, frozen=True, kw_only=True):
    """The library's clocks of bills."""

    reminder_days: tuple[int, ...] = USUAL_DAYS
    """How many days after the bill was sent each reminder goes out."""

    def plan(self, effect: AnyBillEffect, *, at: datetime) -> NewEffect:
        """Return the row for an effect that was decided on at `at`. A person waits for what is asked of the circulation system."""
        is_asked = isinstance(effect, AskItem)
        return NewEffect(
            effect=effect,
            lane=lane_of(effect),
            due_at=self._due(effect, at),
            peer=NOBODYS_TURN if is_asked else None,
            ahead=is_asked,
        )

    def _due(self, effect: AnyBillEffect, at: datetime) -> datetime:
        """A reminder's days count from the one before, and no sooner than now."""
        if not isinstance(effect, RemindLater):
            return at + timedelta(seconds=effect.delay_s)
        days = (0, *self.reminder_days)
        return effect.since + timedelta(days=days[effect.number] - days[effect.number - 1])


def lane_of(effect: AnyBillEffect) -> str | None:
    """Return the lane of a bill's work."""
    match effect:
        case AskItem():
            return ACS_LANE
        case MakePaper():
            return PRINTING_LANE
        case MailPaper():
            return MAIL_LANE
        case RemindLater():
            return None
