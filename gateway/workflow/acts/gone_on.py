"""A person acts on what was read a while ago: refused where it would do something else by now (meaning.py), or where another
person has acted meanwhile. What clocks, partners and our own work have done since is no reason: the table judges that.
"""

from collections.abc import Iterable
from typing import Final

from gateway.workflow.events import StaffActed
from gateway.workflow.meaning import Meaning, meaning_of
from gateway.workflow.records import LastAct, Request
from gateway.workflow.triggers import OF_STAFF, Trigger

STAFF: Final = tuple(OF_STAFF.values())
"""Everything that staff ask for, as triggers."""
IN_TURN: Final = tuple(trigger for trigger in STAFF if trigger is not Trigger.NOTE)
"""What a person asks for after having seen what the others did; a note takes nothing from anybody's."""
GONE_ON: Final = "The request has gone on since, and this would do something else now: look at it again."

ACTED_SINCE: Final = "Somebody else has acted on the request since you read it: look at it again."


def acted_since(request: Request, event: StaffActed) -> bool:
    """Another person has acted on the request since the version that this one had read (`seen`)."""
    return event.seen is not None and bool(acts_since(request, event.seen, event.by))


def acts_since(request: Request, seen: int, by: str) -> tuple[LastAct, ...]:
    """What others than this person did last since a version, the newest first."""
    return tuple(act for act in request.acts_of_people if act.version > seen and act.by != by)


def means_another(meanings: Iterable[Meaning], request: Request, event: StaffActed) -> bool:
    """The act's line was read in a state (`seen_in`), and in the one of now it has another."""
    if event.seen_in is None or event.seen_in is request.state:
        return False
    then, now = (meaning_of(meanings, event.action, state) for state in (event.seen_in, request.state))
    return now is not None and now is not then
