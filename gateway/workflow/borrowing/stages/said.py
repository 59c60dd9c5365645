"""What staff say: done by hand, and what must be said."""

from gateway.workflow.acts import acting, by_hand, note, rows
from gateway.workflow.acts.gone_on import GONE_ON, STAFF
from gateway.workflow.borrowing import ask, force, guards, hand, here
from gateway.workflow.borrowing.groups import ACTING, HERE, SHOWN, SHOWN_NOT_DONE
from gateway.workflow.borrowing.moves import DATE_BY_HAND
from gateway.workflow.machine import ANY, STAYS, no, row
from gateway.workflow.records import State
from gateway.workflow.triggers import Trigger

S = State
T = Trigger

# fmt: off
ROWS = (
    # What staff did by hand: their word is looked at; but where the next act waits for it, the look moves nothing
    no(ANY, (T.DONE_BY_HAND, T.NOT_DONE), by_hand.SETTLED, when=hand.answers_another),

    row(S.RECEIVING, T.HOLD_STANDS,  "staff placed the hold: 09 at the ILL desk",            STAYS, here.held, here.receive, when=hand.is_under_way),
    row(S.RECEIVING, T.HOLD_UNCLEAR, "staff placed the hold, and nothing speaks against it", STAYS, here.held, here.receive, when=hand.is_under_way),
    row(S.RECEIVING, T.HOLD_ABSENT,  "staff said so, and it does not stand",                 STAYS, note.failed, ask.place_hold_still, when=hand.is_under_way),

    row(S.TAKING_BACK, (T.HOLD_OFF, T.HOLD_OFF_UNCLEAR), "staff took the hold off: 09", STAYS, here.hold_is_off, here.check_in, when=hand.is_under_way),

    row(S.TAKING_BACK, T.HOLD_STILL_ON, "staff said so, and it is still on", STAYS, note.failed, ask.cancel_hold_still, when=hand.is_under_way),

    row(S.ON_SHELF, T.RECEIVE_NOT_DONE, "fetched before we looked, it seems: whose loan it is, 63 says", STAYS, here.watch, when=hand.is_fetched_already),

    row(ANY,  SHOWN_NOT_DONE, "staff said that they did it; the look shows otherwise", STAYS, by_hand.differs, when=by_hand.speaks_against_word),
    row(HERE, T.RENEW_DONE,   "staff renewed it: the date that 17 shows counts",       STAYS, *DATE_BY_HAND, when=by_hand.is_of_word),
    row(ANY,  SHOWN,          "nothing speaks against what staff said",                STAYS, when=by_hand.is_of_word),

    # What staff must say
    no(ANY, STAFF, GONE_ON, when=guards.means_another),
    rows.ACTED_SINCE,
    no(ANY,    T.FORCE,     "Say the reason, and a state in which the request can rest.", when=force.says_too_little),
    no(ANY,    T.FORCE,     "No lender was asked yet.", when=force.lacks_lender),
    no(ANY,    T.FORCE,     "Name the barcode that stands for the item here.", when=force.lacks_item),
    no(ACTING, T.TRY_AGAIN, "It is under way; nothing has to be tried again yet.", when=acting.under_way),
)
# fmt: on
