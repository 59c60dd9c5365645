"""Which lane an invoice's work goes into: those of bills' papers and mail. Pure."""

from datetime import datetime, timedelta

from gateway.dispatch.bill_planning import MAIL_LANE, PRINTING_LANE
from gateway.money.invoices.effects import AnyInvoiceEffect, MakeLetter
from gateway.store.port import NewEffect


def plan(effect: AnyInvoiceEffect, *, at: datetime) -> NewEffect:
    """Return the row for an effect that was decided on at `at`."""
    lane = PRINTING_LANE if isinstance(effect, MakeLetter) else MAIL_LANE
    return NewEffect(effect=effect, lane=lane, due_at=at + timedelta(seconds=effect.delay_s))
