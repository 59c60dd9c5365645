"""What staff say: done by hand, and what must be said."""

from gateway.workflow.acts import acting, by_hand, rows
from gateway.workflow.acts.gone_on import GONE_ON, STAFF
from gateway.workflow.lending import guards, hand
from gateway.workflow.lending.groups import ACTING, ANSWER_SAID, SHOWN, SHOWN_NOT_DONE
from gateway.workflow.machine import ANY, STAYS, no, row
from gateway.workflow.triggers import Trigger

T = Trigger

# fmt: off
ROWS = (
    # What staff did by hand: their word is looked at, and the look moves nothing
    no(ANY,  (T.DONE_BY_HAND, T.NOT_DONE), by_hand.SETTLED, when=hand.answers_another),
    row(ANY, SHOWN_NOT_DONE,               "staff said that they did it; the look shows otherwise", STAYS, by_hand.differs, when=by_hand.speaks_against_word),

    row(ANY, (T.CHECKOUT_DONE, T.RENEW_DONE), "staff did it: is it due when they said?", STAYS, by_hand.due_differs, when=by_hand.is_of_word),
    row(ANY, SHOWN,                           "nothing speaks against what staff said",  STAYS, when=by_hand.is_of_word),

    # What staff must say
    no(ANY, STAFF, GONE_ON, when=guards.means_another),
    rows.ACTED_SINCE,
    no(ANY,         (T.ANSWER_UNFILLED, T.REFUSE), guards.REASONS_UNFILLED, when=guards.no_reason_unfilled),
    no(ANY,         (T.ANSWER_RETRY, T.OFFER),     guards.REASONS_RETRY, when=guards.no_reason_retry),
    no(ANY,         T.FORCE,                       "Say the reason, and a state in which the request can rest.", when=guards.says_too_little),
    no(ANY,         T.FORCE,                       "Name the barcode of the item.", when=guards.lacks_item),
    no(ANY,         T.FORCE,                       "Name the due date that the ILS gave.", when=guards.lacks_due_date),
    no(ANSWER_SAID, T.UNDO,                        "Too late to undo: something has happened since.", when=guards.has_gone_on),
    no(ACTING,      T.TRY_AGAIN,                   "It is under way; nothing has to be tried again yet.", when=acting.under_way),
)
# fmt: on
