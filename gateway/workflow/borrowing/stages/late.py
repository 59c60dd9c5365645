"""Catalogues that have answered after the rota was made."""

from gateway.workflow.borrowing import guards, lenders
from gateway.workflow.borrowing.groups import ANY_LATE_ANSWERS, ASKED, LATE_ANSWERS
from gateway.workflow.borrowing.moves import INSTEAD
from gateway.workflow.machine import ANY, STAYS, row
from gateway.workflow.records import State
from gateway.workflow.triggers import Trigger

S = State
T = Trigger

# fmt: off
ROWS = (
    row(S.ASKING,   T.LATE_FIRST,     "nobody was asked yet: the rota made anew",        STAYS,    *INSTEAD),
    row(S.DECIDING, LATE_ANSWERS,     "nobody was left, and a late catalogue shows one", S.ASKING, lenders.keep_rota, lenders.ask_next, when=guards.ran_out),
    row(ASKED,      T.LATE_OTHERS,    "another order of those who come next",            STAYS,    lenders.keep_others),
    row(ANY,        ANY_LATE_ANSWERS, "as before, or nobody waits for it",               STAYS,    is_quiet=True),
)
# fmt: on
