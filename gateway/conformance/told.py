"""What the lending table tells a partner, and what it does about each action: derived from its rows. Pure.

Each action of the rows that tells something is carried out alone, on a request in the state to which its row leads.
"""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from gateway.conformance.elements import MOMENT
from gateway.iso18626.codes import Action, ReasonForMessage, Status, YesNo
from gateway.mapping.inbound import ACTIONS
from gateway.workflow.effects import Tell
from gateway.workflow.events import StaffActed
from gateway.workflow.lending import force, tell
from gateway.workflow.lending.force import RESTS
from gateway.workflow.lending.groups import MAY_COME_BACK, OUT_FOR_SURE, RENEWABLE
from gateway.workflow.lending.table import LENDING
from gateway.workflow.machine import Draft, Origin, Row
from gateway.workflow.records import Answer, AnswerKind, Copy, Item, ItemPlace, Request, Role, State
from gateway.workflow.triggers import StaffAction, Trigger
from gateway.workflow.values import Money

_COST: Final = Money(amount=Decimal("12.50"), currency="EUR")
_EVENT: Final = StaffActed(
    at=MOMENT, by="statement", action=StaffAction.SHIP, note="Words.", link="https://copies.example/1"
)

_RESUMED: Final = {
    State.RENEWING: RENEWABLE,
    State.CHECKING_IN: MAY_COME_BACK,
    State.CHECKED_IN: OUT_FOR_SURE,
    State.LENDING_AGAIN: OUT_FOR_SURE,
}
"""Where a request stood before what is under way, and stands again if nothing comes of it."""


class Saying(Struct, frozen=True, kw_only=True):
    """One combination of what a supplyingAgencyMessage says."""

    reason: ReasonForMessage
    status: Status
    answer: YesNo | None = None


class Move(Struct, frozen=True, kw_only=True):
    """What an action of the partner's can lead to, from one state or several."""

    states: tuple[str, ...]
    to: str


def sayings() -> tuple[Saying, ...]:
    """Every combination that the table tells."""
    found = {Saying(reason=told.reason, status=told.status, answer=told.answer) for _, told in everything_told()}
    return tuple(sorted(found, key=_order))


def everything_told() -> Iterator[tuple[Request, Tell]]:
    """Each message that the table can ask for, with its request."""
    for row in LENDING.steps:
        for request in _requests(row):
            for told in _tells(row, request):
                yield request, told


def moves(action: Action) -> tuple[Move, ...]:
    """Where an action can lead a request; from every other state it leads nowhere."""
    trigger = Trigger(ACTIONS[action].value)
    found: dict[str, list[str]] = {}
    for row in LENDING.steps:
        if trigger in row.triggers() and isinstance(row.to, State):
            origins = (state for state in row.states(LENDING.states) if state is not row.to and _is_reached(row, state))
            states = (_name(state) for state in origins)
            found.setdefault(row.to.value, []).extend(states)
    return tuple(Move(states=tuple(dict.fromkeys(states)), to=to) for to, states in found.items() if states)


def _name(state: Origin) -> str:
    return "a new request" if state is None else state.value


def _tells(row: Row, request: Request) -> Iterator[Tell]:
    """What the telling actions of a row emit; what a partner did not take is told in words of its own."""
    for action in row.do:
        if action.__module__ != tell.__name__ or action is tell.in_words:
            continue
        draft = Draft(request, MOMENT)
        action(draft, _EVENT)
        yield from (effect for effect in draft.effects if isinstance(effect, Tell))


def _requests(row: Row) -> Iterator[Request]:
    """A request in each state in which the row's actions speak, with and without what makes a difference."""
    for origin in row.states(LENDING.states):
        if not _is_reached(row, origin):
            continue
        for state in _speaking_states(row, origin):
            for resume in _RESUMED.get(state, (None,)):
                for told_expect in (False, True):
                    yield replace(_request(state), told_expect=told_expect, resume=resume)


def _speaking_states(row: Row, origin: Origin) -> tuple[State, ...]:
    """Where the request stands when the row's actions speak; a forced one wherever it can rest."""
    if force.force in row.do:
        return tuple(RESTS)
    state = row.to if isinstance(row.to, State) else origin
    return (state,) if isinstance(state, State) else ()


def _is_reached(row: Row, origin: Origin) -> bool:
    """Whether a request in that state can come to the row: no row before it takes everything."""
    rows = (LENDING.index.get((origin, trigger), ()) for trigger in row.triggers())
    return any(row in fitting and all(each.when for each in fitting[: fitting.index(row)]) for fitting in rows)


def _request(state: State) -> Request:
    """A request with every fact that a message can carry."""
    kind = AnswerKind.UNFILLED if state is State.UNFILLED else AnswerKind.RETRY
    copies = (Copy(item_barcode="30000000000001", branch="MAIN"), Copy(item_barcode="30000000000002", branch="MAIN"))
    return Request(
        id="L-1",
        role=Role.LENDING,
        state=state,
        peer="statement",
        requesting_agency="ISIL:XX-SAMPLETON",
        supplying_agency="ISIL:XX-EXAMPLEVALLEY",
        partner_request_id="SAMPLE-1",
        created_at=MOMENT,
        updated_at=MOMENT,
        state_since=MOMENT,
        items=tuple(Item(copy=copy, place=ItemPlace.OUT) for copy in copies),
        cost=_COST,
        condition="LibraryUseOnly",
        expected_at=MOMENT + timedelta(days=2),
        due_at=MOMENT + timedelta(days=42),
        answer=Answer(
            kind=kind,
            reason="NotHeld" if kind is AnswerKind.UNFILLED else "OnLoan",
            note="Words.",
            cost=_COST,
            condition="LibraryUseOnly",
            retry_after=MOMENT + timedelta(days=7),
        ),
    )


def _order(saying: Saying) -> tuple[int, int, str]:
    return [*ReasonForMessage].index(saying.reason), [*Status].index(saying.status), saying.answer or ""
