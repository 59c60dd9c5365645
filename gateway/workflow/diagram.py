"""A table as a picture and as a page: derived from its rows, so that neither can say anything else. Pure.

What the picture leaves out: rows that stay in their state, and rows for every state (answers to the partner, notes,
force). The page leaves nothing out.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from gateway.workflow.acts import note
from gateway.workflow.machine import ActRefusal, AnyRow, Origin, Row, Table, Wild
from gateway.workflow.records import State
from gateway.workflow.triggers import Trigger

_OURS = f"{__package__}."
_START = "[*]"
_KEEPS: Final = frozenset({note.remember, note.keep_on})
"""What keeps where a request came from."""
_HEADINGS = ("state", "when", "if", "go to", "do", "why")


def mermaid(table: Table) -> str:
    """Draw a Mermaid state diagram: one arrow from state to state, with everything that leads along it."""
    arrows: dict[tuple[Origin, State], dict[Trigger, None]] = {}
    for origin, target, trigger in _moves(table):
        arrows.setdefault((origin, target), {})[trigger] = None
    shown = {state for arrow in arrows for state in arrow}
    return "\n".join(
        (
            "stateDiagram-v2",
            *(f'    state "{state}" as {_id(state)}' for state in State if state in shown),
            *(f"    {_id(origin)} --> {_id(target)} : {_label(by)}" for (origin, target), by in arrows.items()),
            *(f"    {_id(state)} --> {_START}" for state in State if state in table.finals & shown),
            "",
        )
    )


def markdown(table: Table) -> str:
    """Write the rows as a Markdown table, in their order: the first that fits counts."""
    lines = (_HEADINGS, ("---",) * len(_HEADINGS), *map(_cells, table.rows))
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cells(row: AnyRow) -> tuple[str, ...]:
    where = (_states(row.state), ", ".join(row.triggers()), _words(row.when) if row.when else "")
    if isinstance(row, ActRefusal):
        return (*where, "refused", "", row.words)
    return (*where, row.to.value if row.to else "", ", ".join(_words(action) for action in row.do), row.why)


def _moves(table: Table) -> Iterator[tuple[Origin, State, Trigger]]:
    """Each step that a row takes from one state to another."""
    for row in table.steps:
        if row.state is Wild.ANY or row.to is None:
            continue
        for origin in row.states(table.states):
            targets = _before(table, origin) if row.to is Wild.BEFORE else (row.to,)
            yield from (
                (origin, target, trigger) for target in targets if target is not origin for trigger in row.triggers()
            )


def _before(table: Table, state: Origin, seen: frozenset[Origin] = frozenset()) -> tuple[State, ...]:
    """The states of rest from which a state is entered, also by way of others that keep them: where it goes back to."""
    entering = [row for row in table.steps if row.to is state]
    keeping = [row for row in entering if not _KEEPS.isdisjoint(row.do)] or entering
    passing = {
        each
        for row in table.steps
        if row.to is Wild.BEFORE or not _KEEPS.isdisjoint(row.do)
        for each in _ways(table, row)
    }
    found: set[State] = set()
    for each in {each for row in keeping for each in row.states(table.states)} - {state, *seen}:
        if each in passing:
            found.update(_before(table, each, seen | {state}))
        elif each is not None:
            found.add(each)
    return tuple(each for each in State if each in found)


def _ways(table: Table, row: Row) -> tuple[Origin, ...]:
    """The states that a row leads back from, or into with what it keeps."""
    return row.states(table.states) if row.to is Wild.BEFORE else (row.to,) if isinstance(row.to, State) else ()


def _id(state: Origin) -> str:
    return _START if state is None else state.value.replace(" ", "_")


def _label(triggers: Iterable[Trigger]) -> str:
    """The triggers in one line; a colon would end a label of Mermaid's."""
    return ", ".join(trigger.value.replace(":", " -") for trigger in triggers)


def _states(state: object) -> str:
    if state is None:
        return "(new)"
    states = state if isinstance(state, tuple) else (state,)
    return ", ".join(str(each.value) for each in states)


def _words(function: Callable[..., Any]) -> str:
    """The name by which the tables know an action or a guard: the one that a module of the workflow gives it."""
    own = sys.modules[function.__module__]
    ours = sorted(name for name in sys.modules if name.startswith(_OURS))
    modules = (own, *(sys.modules[name] for name in ours))
    names = (name for module in modules for name, value in vars(module).items() if value is function)
    return next(names).replace("_", " ")
