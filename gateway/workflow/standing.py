"""What a state is for people: its name, what it waits for, and the act at hand that leads on: one line each. Pure.

The lines stand beside the tables (lending/standings.py, borrowing/standings.py), and the tests hold them against the rows.
"""

from dataclasses import dataclass

from gateway.workflow.records import State
from gateway.workflow.triggers import StaffAction


@dataclass(frozen=True, slots=True)
class Standing:
    """One line: the state, its name for people, a sentence that says what it waits for, and the next step if it is a person's."""

    state: State
    name: str
    waits: str
    next: StaffAction | None = None
