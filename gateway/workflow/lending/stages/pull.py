"""On the pull list, and to the desk (duties 5, 7)."""

from gateway.workflow.acts import act, acting, note, undo
from gateway.workflow.lending import ask, choose, clocks, guards, items, keep, take_back
from gateway.workflow.lending.groups import AT_HAND, HOLD_RAN, PROMISED, TAKEN_IN
from gateway.workflow.lending.moves import COMING, IN_HAND, LONG_COMING, NOT_HERE, RELEASE
from gateway.workflow.machine import STAYS, no, row
from gateway.workflow.records import State
from gateway.workflow.triggers import Trigger

S = State
T = Trigger

HERE_FOR_GOOD = "Too late to undo that it is here. If it is not here after all, say so: “Can't find it”."

# fmt: off
ROWS = (
    row(S.WILL_SUPPLY, T.ARRIVE,          "another copy: 09, and the first is given up",          S.ARRIVING,         items.arrive, when=guards.names_another),
    row(S.WILL_SUPPLY, T.ARRIVE,          "scan at the desk: 09",                                 S.ARRIVING,         note.time_to_undo, items.arrive),
    row(S.WILL_SUPPLY, T.ARRIVE_AND_SHIP, "one scan: 09, and 11 once it is here for nobody else", S.ARRIVING_TO_SHIP, items.keep_undo, items.arrive),
    row(S.WILL_SUPPLY, HOLD_RAN,          "duty 7: amber or red, but first 17: is it coming?",    STAYS,              items.seek),
    row(S.WILL_SUPPLY, T.IS_COMING,       "in transit for long: staff ask for it too",            STAYS,              *LONG_COMING, when=guards.was_coming),
    row(S.WILL_SUPPLY, T.IS_COMING,       "no promise is broken for a book on its way",           STAYS,              *COMING),
    row(S.WILL_SUPPLY, T.IS_NOT_COMING,   "duty 7: amber",                                        STAYS,              ask.pull, when=guards.is_amber),
    row(S.WILL_SUPPLY, T.IS_NOT_COMING,   "duty 7: red, cancel, next copy",                       S.RELEASING,        choose.keep_not_on_shelf, *RELEASE),
    row(S.WILL_SUPPLY, T.COMING,          "staff know that it was sent: as much time again",      STAYS,              clocks.prolong_hold),
    row(AT_HAND,       T.CANNOT_FIND,     "duty 7, by hand",                                      S.RELEASING,        choose.keep_not_on_shelf, *RELEASE),
    row(AT_HAND,       T.ANSWER_UNFILLED, "Unfilled after the hold is known to be off",           S.RELEASING,        choose.keep_unfilled, *RELEASE),
    row(AT_HAND,       T.ANSWER_RETRY,    "likewise",                                             S.RELEASING,        choose.keep_retry, *RELEASE),

    row(PROMISED,           T.CANCEL,          "Cancelled after the hold is off",     S.CANCELLING,   take_back.stop_work, *RELEASE),
    row(TAKEN_IN,           T.ARRIVE_ANSWERED, "look where it is",                    STAYS,          act.note_answer),
    row(TAKEN_IN,           T.ARRIVE_DONE,     "one of several",                      STAYS,          keep.at_desk, when=guards.more_to_arrive),
    row(S.ARRIVING,         T.ARRIVE_DONE,     "arrived = 09 at the desk",            S.ARRIVED,      note.keep_on, keep.at_desk, clocks.stop_hold),
    row(S.ARRIVING_TO_SHIP, T.ARRIVE_DONE,     "it is here, and for nobody else: 11", S.CHECKING_OUT, keep.at_desk, clocks.stop_hold, items.check_out_arrived),
    row(TAKEN_IN,           T.ARRIVE_TRAPPED,  "one of several",                      STAYS,          note.failed, ask.trapped, when=guards.more_under_way),
    row(TAKEN_IN,           T.ARRIVE_TRAPPED,  "trapped for somebody else: staff",    S.WILL_SUPPLY,  ask.trapped, note.cleared, clocks.start_hold),
    row(TAKEN_IN,           T.ARRIVE_UNCLEAR,  "can't be told: staff",                STAYS,          note.failed, ask.find_out),
    row(S.ARRIVING,         T.DONE_BY_HAND,    "staff have it in hand",               S.ARRIVED,      note.keep_on, *IN_HAND),
    row(S.ARRIVING_TO_SHIP, T.DONE_BY_HAND,    "staff have it in hand: 11",           S.CHECKING_OUT, *IN_HAND, items.check_out_arrived),
    row(TAKEN_IN,           T.NOT_DONE,        "it is not here",                      S.WILL_SUPPLY,  undo.arriving, note.cleared, clocks.start_hold),
    row(TAKEN_IN,           T.TRY_AGAIN,       "staff cleared the way",               STAYS,          items.arrive_again),

    row(S.ARRIVED, T.UNDO, "undo: on the pull list as before", S.WILL_SUPPLY, *NOT_HERE, when=acting.may_be_undone),
    no(S.ARRIVED,  T.UNDO, HERE_FOR_GOOD),
)
# fmt: on
