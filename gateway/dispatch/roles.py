"""What decides on a request by the role that we have in it, and which requests of either role are open."""

from typing import Final

from gateway.workflow.borrowing.table import BORROWING
from gateway.workflow.lending.table import LENDING
from gateway.workflow.records import Role, State

TABLES: Final = {Role.LENDING: LENDING, Role.BORROWING: BORROWING}
"""What decides on a request, by the role that we have in it."""
OPEN: Final = tuple(state for state in State if any(state in table.states - table.finals for table in TABLES.values()))
"""States in which a request of either role can still be."""
MOST_WITH_BARCODE: Final = 50
"""Open requests looked at that have a barcode somewhere in their numbers, titles or items."""
