"""A person acts on what was read a while ago: refused where it would do something else by now (meaning.py)."""

from collections.abc import Iterable
from typing import Final

from gateway.workflow.events import StaffActed
from gateway.workflow.meaning import Meaning, meaning_of
from gateway.workflow.records import Request
from gateway.workflow.triggers import StaffAction, Trigger

STAFF: Final = tuple(Trigger[action.name] for action in StaffAction)
"""Everything that staff ask for, as triggers."""
GONE_ON: Final = "The request has gone on since, and this would do something else now: look at it again."


def means_another(meanings: Iterable[Meaning], request: Request, event: StaffActed) -> bool:
    """The act's line was read in a state (`seen_in`), and in the one of now it has another."""
    if event.seen_in is None or event.seen_in is request.state:
        return False
    then, now = (meaning_of(meanings, event.action, state) for state in (event.seen_in, request.state))
    return now is not None and now is not then
