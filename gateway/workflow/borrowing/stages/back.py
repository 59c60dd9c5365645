"""Back (duty 3): 09, then ShippedReturn, then LoanCompleted frees the barcode."""

from gateway.workflow.acts import act, acting, note, undo
from gateway.workflow.borrowing import ask, clocks, guards, hand, here, keep, say, take_back
from gateway.workflow.borrowing.groups import HOUSE, MAY_BE_HELD, UNFETCHED, WANTS_IT_BACK
from gateway.workflow.borrowing.moves import BEGIN_RETURN, OVER, SEND_BACK
from gateway.workflow.machine import STAYS, no, row
from gateway.workflow.records import State
from gateway.workflow.triggers import Trigger

S = State
T = Trigger

# fmt: off
ROWS = (
    no(UNFETCHED,    T.SEND_BACK, "It was not given a barcode yet.", when=guards.no_item_yet),
    no(S.LOST,       T.SEND_BACK, "It was never received here: receive it.", when=guards.no_item_yet),
    row(MAY_BE_HELD, T.SEND_BACK, "never fetched: the hold off first", S.TAKING_BACK, *BEGIN_RETURN, here.take_hold_off, when=guards.may_be_on_hold),

    row(HOUSE,         T.SEND_BACK,            "duty 3: 09, once no hold is left that would trap it", S.TAKING_BACK, *BEGIN_RETURN, here.look_for_hold),
    row(S.LOST,        T.SEND_BACK,            "found after all",                                     S.TAKING_BACK, keep.time_to_undo, here.look_for_hold),
    row(S.TAKING_BACK, T.CANCEL_HOLD_ANSWERED, "ok is not proof: look",                               STAYS,         act.note_answer),

    row(S.TAKING_BACK, T.HOLD_OFF,         "the hold is off: 09",                               STAYS, here.hold_is_off, here.check_in),
    row(S.TAKING_BACK, T.HOLD_STILL_ON,    "known to be on: once more",                         STAYS, here.hold_is_on, act.again, when=acting.may_try_again),
    row(S.TAKING_BACK, T.HOLD_OFF_UNCLEAR, "the customer had it, and nothing shows a hold: 09", STAYS, here.check_in, when=guards.shows_no_hold),
    row(S.TAKING_BACK, T.HOLD_STILL_ON,    "staff take it off",                                 STAYS, here.hold_is_on, note.failed, ask.cancel_hold),
    row(S.TAKING_BACK, T.HOLD_OFF_UNCLEAR, "it can't be told: staff look, and take it off",     STAYS, note.failed, ask.cancel_hold),
    row(S.TAKING_BACK, T.CHECKIN_ANSWERED, "ok is not proof: look",                             STAYS, act.note_answer),

    row(S.TAKING_BACK, T.CHECKIN_DONE, "our loan is over; somebody else has its barcode",  S.SENT_BACK, ask.lent_at_return, *SEND_BACK, when=guards.is_charged),
    row(S.TAKING_BACK, T.CHECKIN_DONE, "checked in, trapped for another's hold: staff",    S.SENT_BACK, ask.trapped_at_return, *SEND_BACK, when=guards.is_kept),
    row(S.TAKING_BACK, T.CHECKIN_DONE, "ShippedReturn after it is known to be checked in", S.SENT_BACK, *SEND_BACK),

    row(S.TAKING_BACK, T.CHECKIN_NOT_DONE, "known not to be done: once more", STAYS,       act.again, when=acting.may_try_again),
    row(S.TAKING_BACK, T.CHECKIN_UNCLEAR,  "it can't be told: staff look",    STAYS,       note.failed, ask.find_check_in),
    row(S.TAKING_BACK, T.CHECKIN_NOT_DONE, "staff check it in",               STAYS,       note.failed, ask.check_in),
    row(S.TAKING_BACK, T.DONE_BY_HAND,     "staff took the hold off: look",   STAYS,       undo.stop_taking_off, hand.taken_off, when=hand.waits_for_hold),
    row(S.TAKING_BACK, T.DONE_BY_HAND,     "staff checked it in",             S.SENT_BACK, hand.look_at_check_in, here.stop_work, *SEND_BACK),
    row(S.TAKING_BACK, T.TRY_AGAIN,        "staff cleared the way",           STAYS,       here.check_in_again),

    row(S.SENT_BACK,           T.UNDO,           "undo before it was sent",                     S.TO_RETURN, take_back.shipped_return, clocks.stop_return),
    row(S.SENT_BACK,           T.SAYS_COMPLETED, "LoanCompleted: the barcode rests",            S.COMPLETED, *OVER),
    row(S.SENT_BACK,           WANTS_IT_BACK,    "it crossed: say again that it is on its way", STAYS,       take_back.say_again, say.shipped_return),
    row(S.SENT_BACK,           T.NOT_RETURNED,   "returned, not confirmed: 30 days",            STAYS,       say.ask_status, ask.not_returned),
    row((S.SENT_BACK, S.LOST), T.DONE_BY_HAND,   "the lender has confirmed it by other means",  S.COMPLETED, *OVER),
)
# fmt: on
