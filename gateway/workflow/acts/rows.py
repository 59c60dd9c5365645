"""Rows that stand in both tables: each stands here, once, and has its place in the stages of both."""

from gateway.workflow.acts import act, acting, asking, gone_on, note
from gateway.workflow.machine import ANY, STAYS, no, row
from gateway.workflow.records import State
from gateway.workflow.triggers import Trigger

S = State
T = Trigger

HOLD_FAILED = (T.HOLD_ABSENT, T.HOLD_UNCLEAR)
HOLD_DOUBTFUL = (T.HOLD_UNCLEAR, T.HOLD_STILL_ON, T.HOLD_OFF_UNCLEAR)

# fmt: off
GIVEN_UP = (
    row(ANY, T.HOLD_STANDS, "a hold on what was given up", STAYS, act.take_off, when=acting.is_others_item),
    row(ANY, HOLD_DOUBTFUL, "a hold on what was given up", STAYS, asking.stray_hold, when=acting.is_others_item),
)
COMPARED = (
    row(ANY, T.DIFFERS, "the circulation system shows otherwise: staff", STAYS, asking.differs),
    row(ANY, T.AGREES,  "nothing is left to mend",                       STAYS, note.matches),
)
AMONG_STAFF = (
    row(ANY, T.ASSIGN, "whose it is",                STAYS, note.assign),
    row(ANY, T.FLAG,   "it needs attention",         STAYS, note.flag),
    row(ANY, T.UNFLAG, "it needs attention no more", STAYS, note.unflag),
)
# fmt: on
HOLD_ANSWERED = row(S.RESERVING, T.HOLD_ANSWERED, "ok is not proof: look", STAYS, act.note_answer)
HOLD_ABSENT = row(
    S.RESERVING, T.HOLD_ABSENT, "known not to stand: once more", STAYS, act.again, when=acting.may_try_again
)
HOLD_AGAIN = row(S.RESERVING, T.TRY_AGAIN, "staff cleared the way", STAYS, act.hold_again)
NOTE = row(ANY, T.NOTE, "words for staff: they stay inside", STAYS, when=acting.notes_words)
ACTED_SINCE = no(ANY, gone_on.IN_TURN, gone_on.ACTED_SINCE, when=gone_on.acted_since)
STUCK = row(ANY, T.STUCK, "a limit, then a staff task", STAYS, asking.stuck)
