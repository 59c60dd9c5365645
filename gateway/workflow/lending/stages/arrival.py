"""A request arrives (duty 4)."""

from gateway.workflow.lending import ask, choose, clocks, guards, tell
from gateway.workflow.lending.moves import ANSWER, ASK_STAFF
from gateway.workflow.machine import row
from gateway.workflow.records import State
from gateway.workflow.triggers import Trigger

S = State
T = Trigger

# fmt: off
ROWS = (
    row(None, T.ADMITTED,        "duty 4: find copies",                             S.SEARCHING,         choose.find_copies, clocks.start),
    row(None, T.UNKNOWN_PARTNER, "an unknown partner's request is kept",            S.AWAITING_APPROVAL, ask.about_partner, clocks.start),
    row(None, T.TURNED_AWAY,     "the automatic answer",                            S.UNFILLED,          tell.answer, when=guards.turned_away_for_good),
    row(None, T.TURNED_AWAY,     "lending is paused: the automatic answer",         S.RETRY_POSSIBLE,    tell.answer),
    row(None, T.FOR_STAFF,       "a requestSubType we don't support goes to staff", S.DECIDING,          ask.to_answer, clocks.start),

    row(S.AWAITING_APPROVAL, T.APPROVE, "a requestSubType we don't support", S.DECIDING,  choose.take_partner, *ASK_STAFF, when=guards.is_for_staff),
    row(S.AWAITING_APPROVAL, T.APPROVE, "staff know the partner",            S.SEARCHING, choose.take_partner, clocks.start, choose.find_copies),
    row(S.AWAITING_APPROVAL, T.REFUSE,  "not a partner of ours",             S.UNFILLED,  choose.keep_refusal_of_partner, *ANSWER),
)
# fmt: on
