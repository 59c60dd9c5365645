"""What a change of a bill and one of a lender's invoice have in common, as statements. Pure."""

from collections.abc import Iterator
from datetime import datetime

from gateway.store import encoding, sql, task_tables
from gateway.store.columns import plain, stamp
from gateway.store.money_port import MoneyWrite
from gateway.store.notices_tables import mirror_steps
from gateway.store.rows import effect_params
from gateway.store.verbs import GuardedStep


def money_steps(subject: str, at: datetime, write: MoneyWrite, insert_history: str) -> Iterator[GuardedStep]:
    """Write its history, take work back and queue some, end tasks and open some, say how its mails stand; in this order."""
    *before, told = write.history
    for entry in before:
        yield GuardedStep(insert_history, (subject, stamp(entry.at), encoding.encode(entry), None))
    yield GuardedStep(insert_history, (subject, stamp(told.at), encoding.encode(told), encoding.encode(write.event)))
    for key in write.withdraw:
        yield GuardedStep(sql.WITHDRAW, (subject, key))
    for effect in write.effects:
        yield GuardedStep(sql.INSERT_EFFECT, effect_params(subject, effect))
    for kind in write.close_tasks:
        yield GuardedStep(task_tables.END, (subject, kind.value, stamp(at)))
    for task in write.open_tasks:
        yield GuardedStep(task_tables.PUT, (subject, task.kind.value, plain(task.words), stamp(at)))
    yield from mirror_steps(write.notices)
