"""What a change of a bill and one of a lender's invoice have in common: its event and history, its work, tasks and mails."""

import msgspec

from gateway.money.events import AnyBillEvent
from gateway.money.invoices.events import AnyInvoiceEvent
from gateway.notices.records import Notice
from gateway.store.values import HistoryEntry, NewEffect
from gateway.workflow.effects import OpenTask
from gateway.workflow.tasks import TaskKind


class MoneyWrite(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of one of them: it carries the new version, and the store checks that it held the one before."""

    created: bool = False
    """It is new: insert it. AlreadyExists if its id is taken, or another is kept that may not stand beside it."""
    event: AnyBillEvent | AnyInvoiceEvent
    history: tuple[HistoryEntry, ...]
    """At least one line; the event stands beside the last."""
    effects: tuple[NewEffect, ...] = ()
    withdraw: tuple[str, ...] = ()
    open_tasks: tuple[OpenTask, ...] = ()
    close_tasks: tuple[TaskKind, ...] = ()
    notices: tuple[Notice, ...] = ()
    """How its mails stand now."""
