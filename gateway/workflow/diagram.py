"""A table as a picture: derived from its rows, so that it can't say anything else. Pure.

It leaves out rows that stay in their state, and rows for every state (answers to the partner, notes, force).
"""

from collections.abc import Iterable, Iterator
from typing import Final

from gateway.workflow.acts import note
from gateway.workflow.machine import Origin, Row, Table, Wild
from gateway.workflow.records import State
from gateway.workflow.triggers import Trigger

_START = "[*]"
_KEEPS: Final = frozenset({note.remember, note.keep_on})
"""What keeps where a request came from."""


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
