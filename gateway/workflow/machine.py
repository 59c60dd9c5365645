"""The engine of the workflow: a table of rows, one pure function that applies it.

    in this state · when this happens · because · go to · and do · (if)

`decide` takes the first row, in the order in which they are written, that fits and gives one of three answers: a
`Decision` (the request as it is now, and everything to be done), `Ignored` (late or repeated, on purpose: recorded,
changes nothing) or `Refused` (the answer to whoever asked). Nothing else in the gateway decides.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from enum import Enum
from typing import Any, Final, Literal

import msgspec

from gateway.workflow import about
from gateway.workflow.borrowing_records import BarcodeMove
from gateway.workflow.days import local_day
from gateway.workflow.effects import AnyEffect, OpenTask, StartTimer, WorkKey
from gateway.workflow.events import AnyEvent, StaffActed, source_of
from gateway.workflow.meaning import NAMES, ActLine, Meaning, meaning_of
from gateway.workflow.records import OTHERS_KEPT, Clock, Item, LastAct, LastNote, Request, Role, State
from gateway.workflow.scan_steps import ScanStep
from gateway.workflow.standing import Standing
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import OF_STAFF, Source, StaffAction, Trigger


class Decision(msgspec.Struct, frozen=True):
    """What became of the request, and what is to be done; written in one transaction."""

    request: Request
    row: "Row"
    effects: tuple[AnyEffect, ...] = ()
    withdraw: tuple[WorkKey, ...] = ()
    must_withdraw: tuple[WorkKey, ...] = ()
    must_stop: tuple[WorkKey, ...] = ()
    open_tasks: tuple[OpenTask, ...] = ()
    close_tasks: tuple[TaskKind, ...] = ()
    barcodes: tuple[BarcodeMove, ...] = ()

    def says(self, words: str) -> bool:
        """Whether the words go to the other library: in a message now, in the answer that goes once a hold is off, in the order."""
        kept = (self.request.note, self.request.answer.note if self.request.answer else None)
        return words in kept or any(getattr(effect, "note", None) == words for effect in self.effects)


class Ignored(msgspec.Struct, frozen=True):
    """The happening fits nothing any more: confirmed OK, recorded, shown, and without effect."""

    words: str


class Refused(msgspec.Struct, frozen=True):
    """Staff asked for what can't be done here and now; `words` say why."""

    words: str


class Draft:
    """A decision being made: the actions of a row write into it, nobody else sees it."""

    def __init__(self, request: Request, at: datetime, zone: tzinfo = UTC) -> None:
        self.request = request
        self.at = at
        self.zone = zone
        """The library's, for the days that are said."""
        self.resume: State | None = None
        self.effects: list[AnyEffect] = []
        self.withdrawn: list[WorkKey] = []
        self.must_withdraw: list[WorkKey] = []
        self.must_stop: list[WorkKey] = []
        self.opened: list[OpenTask] = []
        self.closed: list[TaskKind] = []
        self.barcodes: list[BarcodeMove] = []

    def set(self, **fields: Any) -> None:
        """Change fields of the request."""
        self.request = msgspec.structs.replace(self.request, **fields)

    def remember(self, state: State) -> None:
        """Keep where the request is to stand again (`BEFORE`), for as long as it is in the state it goes to now."""
        self.resume = state

    def emit(self, *effects: AnyEffect) -> None:
        """Ask for work."""
        self.effects.extend(effects)

    def withdraw(self, *keys: WorkKey) -> None:
        """Take back work that has not started; what has started goes on."""
        self.withdrawn.extend(keys)

    def open(self, kind: TaskKind, words: str) -> None:
        """Ask staff, with all that is needed to settle it."""
        self.opened.append(OpenTask(kind=kind, words=about.told(words, self.request, self.zone)))

    def day(self, at: datetime | None) -> str:
        """Write down the day of a moment, as the library has it."""
        return str(local_day(at, self.zone))

    def close(self, *kinds: TaskKind) -> None:
        """Nobody need do these any more."""
        self.closed.extend(kinds)

    def change_item(self, barcode: str, **fields: Any) -> Item | None:
        """Change one item of the request; None, and no change, where it has no such item."""
        item = self.request.item(barcode)
        if item is None:
            return None
        changed = msgspec.structs.replace(item, **fields)
        self.set(items=tuple(changed if each is item else each for each in self.request.items))
        return changed


Action = Callable[[Any, Any], None]
"""What a row does: with the draft of its table and with the event."""
Guard = Callable[[Request, Any], bool]
Origin = State | None
"""None: the request does not exist yet."""


class Wild(Enum):
    """What stands in a row in place of a state."""

    ANY = "in every state"
    """Every state of a request that exists."""
    BEFORE = "as before"
    """The state that `Request.resume` keeps: what was begun is over, and nothing came of it."""


ANY: Final = Wild.ANY
BEFORE: Final = Wild.BEFORE
STAYS: Final = None
"""What stands in a row in place of the state to go to, where the request stays in its own."""
In = Origin | tuple[State, ...] | Literal[Wild.ANY]
"""Where a line of the table counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """What all lines of a table have: the states and triggers that they are for, and the guard that must hold."""

    state: In
    trigger: Trigger | tuple[Trigger, ...]
    when: Guard | None

    def states(self, every: Iterable[State]) -> tuple[Origin, ...]:
        """Spell out the states of the line."""
        if self.state is Wild.ANY:
            return tuple(every)
        return self.state if isinstance(self.state, tuple) else (self.state,)

    def triggers(self) -> tuple[Trigger, ...]:
        """Spell out the triggers of the line."""
        return self.trigger if isinstance(self.trigger, tuple) else (self.trigger,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row(_Line):
    """Something is done. `to` None: the state stays.

    `is_quiet`: nothing has happened that anybody would look for in the history, not even the look that showed it: neither a line nor the
    event is written there, and figures don't follow it.
    """

    why: str
    to: State | Literal[Wild.BEFORE] | None
    do: tuple[Action, ...]
    is_quiet: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ActRefusal(_Line):
    """Staff ask for what can't be done here and now; `words` say why."""

    words: str


AnyRow = Row | ActRefusal


def row(
    state: In,
    trigger: Trigger | tuple[Trigger, ...],
    why: str,
    to: State | Literal[Wild.BEFORE] | None,
    *do: Action,
    when: Guard | None = None,
    is_quiet: bool = False,
) -> Row:
    """Write a line in the order in which it is read: in this state, when this happens, because, go to, and do, if."""
    return Row(state=state, trigger=trigger, why=why, to=to, do=do, when=when, is_quiet=is_quiet)


def no(state: In, trigger: Trigger | tuple[Trigger, ...], words: str, *, when: Guard | None = None) -> ActRefusal:
    """Write a line that refuses: in this state, when staff ask for this, in these words, if."""
    return ActRefusal(state=state, trigger=trigger, words=words, when=when)


@dataclass(frozen=True)
class Table:
    """Rows with the states they are about; indexed once."""

    rows: tuple[AnyRow, ...]
    finals: frozenset[State]
    begin: Callable[[Any], Request]
    """What an arrival makes."""
    meanings: tuple[Meaning, ...] = ()
    """What staff's acts do, in words: a line for each that is possible in a state."""
    scans: tuple[ScanStep, ...] = ()
    """What a scan at the desk does: one line names each state."""
    standings: tuple[Standing, ...] = ()
    """What its states are for people: a line for each."""
    draft: type[Draft] = Draft
    """What its actions write into."""
    states: frozenset[State] = field(init=False)
    """Those that its rows name."""
    index: dict[tuple[Origin, Trigger], tuple[AnyRow, ...]] = field(init=False)
    _standing: dict[State, Standing] = field(init=False, repr=False, compare=False)
    _lines: dict[State, tuple[ActLine, ...]] = field(init=False, default_factory=dict, repr=False, compare=False)
    """What `lines` has given before: every page of a request and of a list asks."""
    _actions: dict[State, tuple[StaffAction, ...]] = field(init=False, default_factory=dict, repr=False, compare=False)
    """Likewise what `actions` has: each task of a page asks."""

    def __post_init__(self) -> None:
        """Index the rows, in their order."""
        object.__setattr__(self, "states", frozenset(_named(self.rows)))
        object.__setattr__(self, "_standing", {standing.state: standing for standing in self.standings})
        index: dict[tuple[Origin, Trigger], list[AnyRow]] = {}
        for row in self.rows:
            for state in row.states(self.states):
                for trigger in row.triggers():
                    index.setdefault((state, trigger), []).append(row)
        object.__setattr__(self, "index", {at: tuple(rows) for at, rows in index.items()})

    @property
    def steps(self) -> tuple[Row, ...]:
        """Its rows without the refusals."""
        return tuple(row for row in self.rows if isinstance(row, Row))

    def actions(self, state: State) -> tuple[StaffAction, ...]:
        """Return what staff can ask for in a state: the buttons of the desk."""
        if state not in self._actions:
            self._actions[state] = tuple(
                action
                for action in StaffAction
                if any(isinstance(row, Row) for row in self.index.get((state, OF_STAFF[action]), ()))
            )
        return self._actions[state]

    def scan_step(self, state: State) -> StaffAction | None:
        """Return the act that a scan of the item does; None where staff say what they want."""
        return self.scan_line(state).action

    def scan_line(self, state: State) -> ScanStep:
        """Return the line that says what a scan does in a state, and why."""
        return next(step for step in self.scans if state in step.states)

    def standing(self, state: State) -> Standing:
        """Say what a state is for people. Raises KeyError for a state of another table."""
        return self._standing[state]

    def lines(self, state: State) -> tuple[ActLine, ...]:
        """Say what each act that is possible in a state does, and who hears of it."""
        if state not in self._lines:
            found = (meaning_of(self.meanings, action, state) for action in self.actions(state))
            self._lines[state] = tuple(meaning.line for meaning in found if meaning)
        return self._lines[state]


def _named(rows: Iterable[AnyRow]) -> Iterator[State]:
    """Every state in which a row stands or to which it leads."""
    for row in rows:
        yield from (state for state in row.states(()) if state is not None)
        if isinstance(row, Row) and isinstance(row.to, State):
            yield row.to


ENDING: Final = {role: tuple(kind for kind in TaskKind if not kind.lasts(role)) for role in Role}
"""The tasks that end with the state of their request."""
TIMER_KEYS = tuple(StartTimer.key_of(clock) for clock in Clock)


def decide(table: Table, request: Request | None, event: AnyEvent, zone: tzinfo = UTC) -> Decision | Ignored | Refused:
    """Say what happens to the request. Pure: the same arguments give the same answer.

    `request` is None for an arrival alone. `zone` is the library's, for the days that tasks name.
    """
    state = None if request is None else request.state
    current = table.begin(event) if request is None else request
    rows = table.index.get((state, event.trigger), ())
    row = _first(rows, current, event)
    if row is None:
        return _no_row(table, current, event)
    if isinstance(row, ActRefusal):
        return Refused(row.words)
    return _apply(table, row, current, event, zone)


def _first(rows: Iterable[AnyRow], request: Request, event: AnyEvent) -> AnyRow | None:
    for row in rows:
        if row.when is None or row.when(request, event):
            return row
    return None


_UNQUOTED: Final = str.maketrans("", "", "“”")
"""What stands within quotation marks has none of its own."""
_UNQUOTED_NAMES: Final = {action: name.translate(_UNQUOTED) for action, name in NAMES.items()}


def _no_row(table: Table, request: Request, event: AnyEvent) -> Ignored | Refused:
    """Staff read a refusal: it names the act and the state as their pages do."""
    if isinstance(event, StaffActed):
        act, stands = _UNQUOTED_NAMES[event.action], table.standing(request.state).name
        return Refused(f"“{act}” is not possible while the request is “{stands}”.")
    return Ignored("It changes nothing as the request stands.")


def _apply(table: Table, row: Row, request: Request, event: AnyEvent, zone: tzinfo) -> Decision:
    draft = table.draft(request, event.at, zone)
    for action in row.do:
        action(draft, event)
    state = _target(row, request, draft)
    moved = state is not request.state or request.version == 0
    draft.set(state=state, updated_at=event.at, **_moved(event, draft) if moved else {}, **_said(event, request))
    if moved and request.version:  # a new request has no task yet
        draft.close(*ENDING[request.role])
    if state in table.finals:
        draft.withdraw(*TIMER_KEYS)
    return Decision(
        request=draft.request,
        row=row,
        effects=tuple(draft.effects),
        withdraw=tuple(draft.withdrawn) if request.version else (),  # a new request has no work yet
        must_withdraw=tuple(draft.must_withdraw),
        must_stop=tuple(draft.must_stop),
        open_tasks=tuple(draft.opened),
        close_tasks=tuple(draft.closed),
        barcodes=tuple(draft.barcodes),
    )


def _moved(event: AnyEvent, draft: Draft) -> dict[str, Any]:
    """What a request has from then on in its new state."""
    return {"state_since": event.at, "resume": draft.resume}


def _said(event: AnyEvent, before: Request) -> dict[str, Any]:
    """What is kept of every event: that there was one, who acted last, who wrote last."""
    kept: dict[str, Any] = {"version": before.version + 1}
    if isinstance(event, StaffActed):
        kept["last_act"] = LastAct(by=event.by, at=event.at, act=event.action, version=before.version + 1)
        kept["acts_of_others"] = tuple(act for act in before.acts_of_people if act.by != event.by)[:OTHERS_KEPT]
    if (written := _written(event)) is not None:
        kept["last_note"] = written
    return kept


def _written(event: AnyEvent) -> LastNote | None:
    """Whose words come with an event; None where there are none for others to read."""
    if isinstance(event, StaffActed):
        return LastNote(at=event.at, by=event.by) if event.inside or event.note else None
    is_theirs = source_of(event) is Source.PARTNER and getattr(event, "note", None)
    return LastNote(at=event.at) if is_theirs else None


def _target(row: Row, before: Request, draft: Draft) -> State:
    """Where the row leads: a state, where the request came from, or what the row's actions made of it."""
    if row.to is Wild.BEFORE:
        return before.resume or before.state
    return row.to or draft.request.state
