"""What can be done to a bill, in words: the label of each act, what it does and who hears of it."""

from collections.abc import Mapping
from typing import Final

import msgspec

from gateway.desk.access import Right
from gateway.desk.structs.bills import ActOffered
from gateway.money.events import BillAct
from gateway.money.records import Bill
from gateway.money.table import BILLS


class ActWords(msgspec.Struct, frozen=True):
    """One act, of a bill or of a lender's invoice."""

    label: str
    says: str
    needs_reason: bool = False
    right: Right = Right.ACT


# fmt: off
ACTS: Final[Mapping[BillAct, ActWords]] = {
    BillAct.SHELF_CHECKED: ActWords("Not on our shelf", "Somebody has looked at the shelf: it becomes a draft. Nobody else hears of it."),
    BillAct.LOOK_AGAIN:    ActWords("Ask the ILS again", "Asks the circulation system whether the item is back. Nobody else hears of it."),
    BillAct.CHANGE:        ActWords("Change the lines", "Writes the lines anew. Nobody else hears of it."),
    BillAct.FINALISE:      ActWords("Finalise", "Takes the next number and makes the PDF. From then on nothing of it can be changed; "
                                    "the partner hears of it when it is sent."),
    BillAct.MAKE_PAPER:    ActWords("Make the PDF again", "After its template was mended. Nobody else hears of it."),
    BillAct.MAIL:          ActWords("Send by e-mail", "Sends the PDF to the partner."),
    BillAct.POSTED:        ActWords("Sent on paper", "Says that it was printed and sent. The reminders' days begin."),
    BillAct.REMIND:        ActWords("Remind now", "Makes the next reminder, and sends it as the bill was sent."),
    BillAct.DISPUTE:       ActWords("Disputed", "No reminder goes out while it is disputed. Nobody else hears of it.", needs_reason=True),
    BillAct.END_DISPUTE:   ActWords("End the dispute", "It stays owed, and reminders go on."),
    BillAct.REPLACE:       ActWords("Replacement accepted", "Another copy came in place of the money: nothing is owed any more. Nobody else hears of it."),
    BillAct.WRITE_OFF:     ActWords("Write off", "Nobody waits for the money any more. The partner does not hear of it.", needs_reason=True,
                                    right=Right.MANAGE),
    BillAct.DROP:          ActWords("Drop", "It will not be billed. Nobody else hears of it."),
    BillAct.NOTE:          ActWords("Add a note", "Stays among us.", needs_reason=True),
}
# fmt: on
"""In the order in which they are offered."""


def offered(bill: Bill, *, mails: bool) -> tuple[ActOffered, ...]:
    """Return what can be done to a bill in its state; by e-mail only if that is set up."""
    possible = set(BILLS.acts(bill.state)) - (set() if mails else {BillAct.MAIL})
    return tuple(
        ActOffered(
            act=act,
            label=words.label,
            says=words.says,
            needs_reason=words.needs_reason,
            for_managers=words.right is Right.MANAGE,
        )
        for act, words in ACTS.items()
        if act in possible
    )
