"""What a scan at the desk does in a state: the column of the tables that scanners use. Pure.

The lines stand beside the tables (lending/scans.py, borrowing/scans.py); the tests hold them against the rows: each state has
one, and its act is one that the rows accept there.
"""

from dataclasses import dataclass

from gateway.workflow.records import State
from gateway.workflow.triggers import StaffAction


@dataclass(frozen=True, slots=True)
class ScanStep:
    """One line: in these states a scan does this; None: nothing by itself, because."""

    states: tuple[State, ...]
    action: StaffAction | None
    why: str
