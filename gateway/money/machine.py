"""The engine of a bill's life, of the same make as the workflow's: a table of rows, one pure function that applies it.

    in this state · when this happens · because · go to · and do · (if)

`decide` takes the first row that fits and returns a `BillDecision`, `BillIgnored` (late or repeated, on purpose) or `BillRefused`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from gateway.money.amounts import NOTHING
from gateway.money.effects import AnyBillEffect
from gateway.money.events import AnyBillEvent, BillAct, BillActed, BillTrigger
from gateway.money.records import Bill, BillState, Entry, EntryKind
from gateway.workflow.effects import OpenTask, WorkKey
from gateway.workflow.tasks import TaskKind


@dataclass(frozen=True, slots=True)
class BillDecision:
    """What became of the bill, and what is to be done; written in one transaction."""

    bill: Bill
    row: "BillRow"
    effects: tuple[AnyBillEffect, ...] = ()
    withdraw: tuple[WorkKey, ...] = ()
    entries: tuple[Entry, ...] = ()
    credit: Decimal = NOTHING
    """By how much the partner's credit changes."""
    open_tasks: tuple[OpenTask, ...] = ()
    close_tasks: tuple[TaskKind, ...] = ()
    takes_number: bool = False
    """The bill gets the next number of its series in this transaction."""


@dataclass(frozen=True, slots=True)
class BillIgnored:
    """The happening fits nothing any more: recorded, and without effect."""

    words: str


@dataclass(frozen=True, slots=True)
class BillRefused:
    """What was asked for can't be done here and now; `words` say why."""

    words: str


BillRuling = BillDecision | BillIgnored | BillRefused


class BillDraft:
    """A decision being made: the actions of a row write into it, nobody else sees it."""

    def __init__(self, bill: Bill, at: datetime, by: str) -> None:
        self.bill = bill
        self.at = at
        self.by = by
        self.effects: list[AnyBillEffect] = []
        self.withdrawn: list[WorkKey] = []
        self.entries: list[Entry] = []
        self.credit = NOTHING
        self.opened: list[OpenTask] = []
        self.closed: list[TaskKind] = []
        self.takes_number = False

    def set(self, **fields: Any) -> None:
        """Change fields of the bill."""
        self.bill = msgspec.structs.replace(self.bill, **fields)

    def emit(self, *effects: AnyBillEffect) -> None:
        """Ask for work."""
        self.effects.extend(effects)

    def withdraw(self, *keys: WorkKey) -> None:
        """Take back work that has not started."""
        self.withdrawn.extend(keys)

    def post(self, kind: EntryKind, amount: Decimal, *, on_bill: bool = True, **more: Any) -> None:
        """Write a line of the ledger: of the bill, or of the partner's credit. An amount of nothing is no line."""
        if amount != NOTHING:
            bill = self.bill
            entry = Entry(
                partner=bill.partner,
                currency=bill.currency,
                bill=bill.id if on_bill else None,
                kind=kind,
                amount=amount,
                at=self.at,
                by=self.by,
                **more,
            )
            self.entries.append(entry)

    def open(self, kind: TaskKind, words: str) -> None:
        """Ask staff."""
        self.opened.append(OpenTask(kind=kind, words=words))

    def close(self, *kinds: TaskKind) -> None:
        """Nobody need do these any more."""
        self.closed.extend(kinds)


BillAction = Callable[[BillDraft, Any], None]
BillGuard = Callable[[Bill, Any], bool]
From = BillState | tuple[BillState, ...] | None
"""None: the bill does not exist yet."""
STAYS = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BillRow:
    """Something is done. `to` None: the state stays."""

    state: From
    trigger: BillTrigger | tuple[BillTrigger, ...]
    why: str
    to: BillState | None
    do: tuple[BillAction, ...]
    when: BillGuard | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BillRefusal:
    """What is asked for can't be done here and now; `words` say why."""

    state: From
    trigger: BillTrigger | tuple[BillTrigger, ...]
    words: str
    when: BillGuard | None


AnyBillRow = BillRow | BillRefusal


def row(
    state: From,
    trigger: BillTrigger | tuple[BillTrigger, ...],
    why: str,
    to: BillState | None,
    *do: BillAction,
    when: BillGuard | None = None,
) -> BillRow:
    """Write a line in the order in which it is read: in this state, when this happens, because, go to, and do, if."""
    return BillRow(state=state, trigger=trigger, why=why, to=to, do=do, when=when)


def no(
    state: From, trigger: BillTrigger | tuple[BillTrigger, ...], words: str, *, when: BillGuard | None = None
) -> BillRefusal:
    """Write a line that refuses."""
    return BillRefusal(state=state, trigger=trigger, words=words, when=when)


@dataclass(frozen=True)
class BillTable:
    """The rows, indexed once by state and trigger, in their order."""

    rows: tuple[AnyBillRow, ...]
    begin: Callable[[Any], Bill]
    index: dict[tuple[BillState | None, BillTrigger], tuple[AnyBillRow, ...]] = field(init=False)

    def __post_init__(self) -> None:
        """Index the rows."""
        index: dict[tuple[BillState | None, BillTrigger], tuple[AnyBillRow, ...]] = {}
        for each in self.rows:
            for state in _several(each.state):
                for trigger in _several(each.trigger):
                    index[state, trigger] = (*index.get((state, trigger), ()), each)
        object.__setattr__(self, "index", index)

    def acts(self, state: BillState) -> tuple[BillAct, ...]:
        """Return what staff can do in a state: the buttons of the desk."""
        return tuple(
            act
            for act in BillAct
            if any(isinstance(each, BillRow) for each in self.index.get((state, BillTrigger[act.name]), ()))
        )


def _several(what: Any) -> Iterable[Any]:
    return what if isinstance(what, tuple) else (what,)


def decide(table: BillTable, bill: Bill | None, event: AnyBillEvent) -> BillRuling:
    """Say what happens to the bill. Pure: the same arguments give the same answer. `bill` is None for a proposal alone."""
    state = None if bill is None else bill.state
    current = table.begin(event) if bill is None else bill
    rows = table.index.get((state, event.trigger), ())
    found = next((each for each in rows if each.when is None or each.when(current, event)), None)
    if found is None:
        return _no_row(current, event)
    if isinstance(found, BillRefusal):
        return BillRefused(found.words)
    return _apply(found, current, event)


_OF_PEOPLE = (
    BillTrigger.PAID,
    BillTrigger.REVERSED,
    BillTrigger.CREDIT_USED,
    BillTrigger.CREDITED,
    BillTrigger.PROPOSED,
)
"""Somebody stands behind these and is told that they can't be; everything else is our own work's or a clock's."""


def _no_row(bill: Bill, event: AnyBillEvent) -> BillIgnored | BillRefused:
    if isinstance(event, BillActed) or event.trigger in _OF_PEOPLE:
        return BillRefused(f"“{event.trigger}” is not possible while the {bill.kind} is “{bill.state}”.")
    return BillIgnored(f"“{event.trigger}” changes nothing while the {bill.kind} is “{bill.state}”.")


def _apply(found: BillRow, bill: Bill, event: AnyBillEvent) -> BillDecision:
    draft = BillDraft(bill, event.at, event.by)
    for action in found.do:
        action(draft, event)
    state = found.to or bill.state
    moved = state is not bill.state or bill.version == 0
    draft.set(
        state=state,
        version=bill.version + 1,
        updated_at=event.at,
        state_since=event.at if moved else bill.state_since,
    )
    return BillDecision(
        bill=draft.bill,
        row=found,
        effects=tuple(draft.effects),
        withdraw=tuple(draft.withdrawn) if bill.version else (),  # a new bill has no work yet
        entries=tuple(draft.entries),
        credit=draft.credit,
        open_tasks=tuple(draft.opened),
        close_tasks=tuple(draft.closed),
        takes_number=draft.takes_number,
    )
