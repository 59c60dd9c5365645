"""What decides on a request by the role that we have in it, and which requests of either role are open."""

from typing import Final

from gateway.workflow.borrowing.table import BORROWING
from gateway.workflow.lending.table import LENDING
from gateway.workflow.records import Role, State

TABLES: Final = {Role.LENDING: LENDING, Role.BORROWING: BORROWING}
"""What decides on a request, by the role that we have in it."""
OPEN_IN: Final = {
    role: tuple(state for state in State if state in table.states - table.finals) for role, table in TABLES.items()
}
"""States in which a request is open, by the role that we have in it: lost is the end of what we lend alone."""
OPEN: Final = tuple(state for state in State if any(state in states for states in OPEN_IN.values()))
"""States in which a request of either role can still be."""
