"""What an act of staff does in a state, and who hears of it: one line each, for buttons, help and questions. Pure.

The lines stand beside the tables (lending/meanings.py, borrowing/meanings.py), and the tests hold them against the rows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import msgspec

from gateway.workflow.records import State
from gateway.workflow.triggers import StaffAction


class ActFlag(StrEnum):
    """What is said on the button itself."""

    GIVES_UP = "gives up"
    """A copy, a lender, a loan or the whole request."""
    TELLS_NO = "tells no"
    """The other library hears a no, at once or where nothing else is left."""
    ENDS_LOAN = "ends the loan"
    FOR_GOOD = "can't be undone"


GRAVE: Final = frozenset({ActFlag.GIVES_UP, ActFlag.TELLS_NO, ActFlag.FOR_GOOD})
DECIDED: Final = frozenset(
    {
        StaffAction.ARRIVE,
        StaffAction.ARRIVE_AND_SHIP,
        StaffAction.CHECK_IN,
        StaffAction.COMING,
        StaffAction.COPY_SENT,
        StaffAction.DONE_BY_HAND,
        StaffAction.HANDED_OUT,
        StaffAction.HANDED_OVER,
        StaffAction.PAID,
        StaffAction.RECEIVE,
        StaffAction.SHIP,
        StaffAction.TOLD_BY_HAND,
        StaffAction.TRY_AGAIN,
    }
)
"""Acts that say what has happened already, or go on with what was decided before: nobody is asked whether they are meant."""

NAMES: Final[Mapping[StaffAction, str]] = {
    StaffAction.APPROVE: "Take for a partner",
    StaffAction.REFUSE: "Turn away",
    StaffAction.ANSWER_SUPPLY: "Supply it",
    StaffAction.ANSWER_RETRY: "Answer “not now”",
    StaffAction.ANSWER_UNFILLED: "Answer no",
    StaffAction.OFFER: "Offer under conditions",
    StaffAction.SEARCH_AGAIN: "Look again",
    StaffAction.COMING: "It is coming",
    StaffAction.CANNOT_FIND: "Can't find it",
    StaffAction.ARRIVE: "It is at the desk",
    StaffAction.ARRIVE_AND_SHIP: "It is here: ship it",
    StaffAction.SHIP: "Ship it",
    StaffAction.COPY_SENT: "Send the copy",
    StaffAction.CHECK_IN: "It is back",
    StaffAction.DONE_BY_HAND: "Done in the ILS",
    StaffAction.NOT_DONE: "Not done",
    StaffAction.TRY_AGAIN: "Try again",
    StaffAction.RECALL: "Recall it",
    StaffAction.MARK_LOST: "Give up for lost",
    StaffAction.NOTE: "Write an inside note",
    StaffAction.SEND_MESSAGE: "Write to the other library",
    StaffAction.ASSIGN: "Assign",
    StaffAction.FLAG: "Flag",
    StaffAction.UNFLAG: "Take the flag off",
    StaffAction.TOLD_BY_HAND: "Told by other means",
    StaffAction.UNDO: "Undo",
    StaffAction.FORCE: "Say where it stands",
    StaffAction.GO_ON: "Send it out all the same",
    StaffAction.OVERRIDE: "Set the rule aside",
    StaffAction.CORRECT_CARD: "Correct the card",
    StaffAction.CORRECT_WORK: "Say which work is meant",
    StaffAction.SERVE_HERE: "Reserve our own copy",
    StaffAction.NEXT_LENDER: "Ask the next lender",
    StaffAction.ACCEPT: "Accept",
    StaffAction.CALL_OFF: "Call off",
    StaffAction.RECEIVE: "It has come",
    StaffAction.HANDED_OUT: "The customer has it",
    StaffAction.CAME_BACK: "The customer brought it back",
    StaffAction.SEND_BACK: "Send it back",
    StaffAction.SEND_OTHER_BACK: "Send the second one back",
    StaffAction.ASK_RENEWAL: "Ask for more time",
    StaffAction.ASK_STATUS: "Ask where it stands",
    StaffAction.REMIND: "Remind the lender",
    StaffAction.HANDED_OVER: "Handed over",
    StaffAction.PAID: "It is paid",
}
"""What stands on an act's button."""
TOLD: Final[Mapping[StaffAction, str]] = {
    **NAMES,
    StaffAction.APPROVE: "Took the library for a partner",
    StaffAction.REFUSE: "Turned it away",
    StaffAction.ANSWER_SUPPLY: "Chose to supply it",
    StaffAction.ANSWER_RETRY: "Answered “not now”",
    StaffAction.ANSWER_UNFILLED: "Said that it can't be had",
    StaffAction.OFFER: "Offered it under conditions",
    StaffAction.SEARCH_AGAIN: "Had it looked for again",
    StaffAction.CANNOT_FIND: "Could not find it",
    StaffAction.ARRIVE_AND_SHIP: "Had it at the desk, and had it shipped",
    StaffAction.SHIP: "Had it shipped",
    StaffAction.COPY_SENT: "Sent the copy",
    StaffAction.TRY_AGAIN: "Had it tried again",
    StaffAction.RECALL: "Had it recalled",
    StaffAction.MARK_LOST: "Gave it up for lost",
    StaffAction.NOTE: "Wrote an inside note",
    StaffAction.SEND_MESSAGE: "Wrote to the other library",
    StaffAction.ASSIGN: "Assigned it",
    StaffAction.FLAG: "Flagged it",
    StaffAction.UNFLAG: "Took the flag off",
    StaffAction.UNDO: "Had the last step undone",
    StaffAction.FORCE: "Said where it stands",
    StaffAction.GO_ON: "Had it sent out all the same",
    StaffAction.CORRECT_CARD: "Corrected the card",
    StaffAction.CORRECT_WORK: "Said which work is meant",
    StaffAction.SERVE_HERE: "Had our own copy reserved",
    StaffAction.NEXT_LENDER: "Had the next lender asked",
    StaffAction.ACCEPT: "Accepted",
    StaffAction.CALL_OFF: "Called it off",
    StaffAction.SEND_BACK: "Had it sent back",
    StaffAction.SEND_OTHER_BACK: "Had the second one sent back",
    StaffAction.ASK_RENEWAL: "Asked for more time",
    StaffAction.ASK_STATUS: "Asked where it stands",
    StaffAction.REMIND: "Reminded the lender",
}
"""What a story says that somebody did: the same where the button says what has happened already.

It stands there as soon as the act is accepted. So it claims nothing that the circulation system or the other library may still refuse.
"""


@dataclass(frozen=True, slots=True)
class Meaning:
    """One line: what the act does in these states (None: in every other), who hears of it (None: nobody), what it says of itself."""

    action: StaffAction
    states: tuple[State, ...] | None
    does: str
    tells: str | None = None
    flags: tuple[ActFlag, ...] = ()

    @property
    def asks(self) -> bool:
        """Whether a person is asked if it is meant."""
        return self.action not in DECIDED and not GRAVE.isdisjoint(self.flags)

    @property
    def line(self) -> "ActLine":
        """As it is shown and sent."""
        return ActLine(action=self.action, does=self.does, tells=self.tells, flags=self.flags, asks=self.asks)


class ActLine(msgspec.Struct, frozen=True, kw_only=True):
    """An act that is possible, as pages, the API and the command line show it."""

    action: StaffAction
    does: str
    tells: str | None
    flags: tuple[ActFlag, ...]
    asks: bool

    @property
    def sentence(self) -> str:
        """What it does, who hears of it, and what should be known before."""
        told = f"Tells {self.tells}." if self.tells else "Nobody is told."
        flagged = ", ".join(self.flags)
        return " ".join(filter(None, (f"{self.does}.", told, f"{flagged.capitalize()}." if flagged else "")))


def meaning_of(meanings: Iterable[Meaning], action: StaffAction, state: State) -> Meaning | None:
    """Return the first line that fits, as in the table."""
    fitting = (each for each in meanings if each.action is action and (each.states is None or state in each.states))
    return next(fitting, None)
