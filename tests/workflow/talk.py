"""Conversations with the lending table: an event in, what is to be done out, in few words.

The first word is the state. “do hold 1”: an act on item 1; “look hold 1”: a look after it; “tell …”: the reason, the
status and the answer of a message; “start …”, “stop …”: clocks; “task …”: staff are asked; “drop …”: work taken back.
"""

from typing import Any

from gateway.iso18626.codes import ReasonForMessage, Status
from gateway.workflow.about import bare
from gateway.workflow.effects import AnyEffect, AskCopies, FindCopies, Look, Perform, StartTimer, Tell
from gateway.workflow.events import AnyEvent
from gateway.workflow.lending.table import LENDING
from gateway.workflow.machine import Decision, Ignored, Refused, decide
from gateway.workflow.records import Act, Finding, ItemPlace, Outcome, Request, State
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import StaffAction
from tests.workflow.builders import AT, DUE, FIRST, SUPPLY, arrived, checked, found, looked, performed, staff, told


class Talk:
    """One request and what was said about it."""

    def __init__(self, request: Request | None = None) -> None:
        self._request = request
        self.tells: list[Tell] = []
        """Everything that the partner is to be told, oldest first."""
        self.words = ""
        """Why the last event was ignored or refused, or what the last task asks."""

    def __call__(self, event: AnyEvent) -> list[str]:
        """Let it happen, and say what follows."""
        ruling = decide(LENDING, self._request, event)
        if isinstance(ruling, Ignored | Refused):
            self.words = ruling.words
            return ["ignored" if isinstance(ruling, Ignored) else "refused"]
        return self._take(ruling)

    def _take(self, decision: Decision) -> list[str]:
        self._request = decision.request
        self.last = decision
        self.tells += [effect for effect in decision.effects if isinstance(effect, Tell)]
        if decision.open_tasks:
            self.words = bare(decision.open_tasks[-1].words)
        return [
            self.state.value,
            *(f"drop {key}" for key in decision.must_withdraw),
            *map(_say, decision.effects),
            *(f"task {task.kind}" for task in decision.open_tasks),
        ]

    @property
    def request(self) -> Request:
        """The request as it is now."""
        assert self._request is not None
        return self._request

    @property
    def state(self) -> State:
        return self.request.state

    @property
    def stopped(self) -> set[str]:
        """The clocks that the last decision stopped."""
        return {key.removeprefix("timer:") for key in self.last.withdraw if key.startswith("timer:")}

    def closed_by(self, event: AnyEvent) -> set[TaskKind]:
        """The tasks that nobody need do any more once this has happened."""
        self(event)
        return set(self.last.close_tasks)

    @property
    def places(self) -> dict[int, ItemPlace]:
        """Where the request's items are."""
        return {_number(item.barcode): item.place for item in self.request.items}


def _number(barcode: str) -> int:
    return int(barcode[-4:])


def _say(effect: AnyEffect) -> str:  # noqa: PLR0911 - one case and one return a kind of effect
    after = f" after {effect.delay_s:.0f} s" if effect.delay_s else ""
    match effect:
        case FindCopies():
            return "find copies"
        case AskCopies(copies=copies):
            return f"ask {' '.join(str(_number(copy.item_barcode)) for copy in copies)}"
        case Perform(act=act, item_barcode=barcode):
            return f"do {act} {_number(barcode)}{after}"
        case Look(act=act, item_barcode=barcode):
            return f"look {act} {_number(barcode)}{after}"
        case Tell(reason=reason, status=status, answer=answer):
            return f"tell {reason} {status}{f' {answer}' if answer else ''}{after}"
        case StartTimer(clock=clock):
            return f"start {clock}"
        case _:
            return effect.key


def act_done(talk: Talk, act: Act, barcode: str = FIRST, **fields: Any) -> list[str]:
    """The circulation system answers ok, and the look shows that it is so; gives what follows the look."""
    answered = talk(performed(act, Outcome.DONE, barcode, **fields))
    assert answered[1:] == [f"look {act} {_number(barcode)}"]
    return talk(looked(act, Finding.YES, barcode, **fields))


def will_supply() -> Talk:
    """A talk that has come to the promise."""
    talk = Talk()
    for event in (arrived(at=AT), found(1, 2, 3), checked(SUPPLY)):
        talk(event)
    act_done(talk, Act.HOLD)
    assert talk.state is State.WILL_SUPPLY
    return talk


def at_desk() -> Talk:
    """A talk that has come to the desk."""
    talk = will_supply()
    talk(staff(StaffAction.ARRIVE))
    act_done(talk, Act.ARRIVE)
    assert talk.state is State.ARRIVED
    return talk


def checked_out(undo_s: float = 0.0) -> Talk:
    """A talk that has come to the checkout, of which the partner has not heard."""
    talk = at_desk()
    talk(staff(StaffAction.SHIP, undo_s=undo_s))
    act_done(talk, Act.CHECKOUT, due_at=DUE)
    assert talk.state is State.CHECKED_OUT
    return talk


def loaned() -> Talk:
    """A talk that has come to the loan."""
    talk = checked_out()
    talk(told(Status.LOANED, ReasonForMessage.STATUS_CHANGE))
    assert talk.state is State.LOANED
    return talk
