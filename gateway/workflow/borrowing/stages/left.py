"""A lender whom we have left."""

from gateway.workflow.borrowing import ask, guards, keep, say
from gateway.workflow.borrowing.groups import ASKED, NOBODY_WAITS, SAYS_IT_COMES, SAYS_IT_WILL, SAYS_LITTLE, SAYS_SENT
from gateway.workflow.borrowing.moves import SENT_BY_FORMER, SENT_UNAWAITED
from gateway.workflow.machine import ANY, STAYS, no, row
from gateway.workflow.records import State
from gateway.workflow.triggers import Trigger

S = State
T = Trigger

# fmt: off
ROWS = (
    row(ANY, SAYS_IT_COMES, "heard late: that parcel has gone back", STAYS, when=guards.has_gone_back),

    row(NOBODY_WAITS, T.SAYS_LOANED,    "nobody waits for it: received all the same", S.ON_ITS_WAY, *SENT_UNAWAITED, ask.sent_after_all, when=guards.asked_it),
    row(NOBODY_WAITS, T.SAYS_COPY_SENT, "a copy likewise",                            S.COPY_HERE,  *SENT_UNAWAITED, ask.hand_over, when=guards.asked_it),

    row(ASKED, T.SAYS_LOANED, "one we had left sends it: Cancel to the other", S.ON_ITS_WAY, say.cancel, *SENT_BY_FORMER, ask.former_sent, when=guards.left_it),

    row(ASKED,         T.SAYS_COPY_SENT, "a copy likewise",                   S.COPY_HERE,  say.cancel, *SENT_BY_FORMER, ask.hand_over, when=guards.left_it),
    row(S.WITHDRAWING, T.SAYS_LOANED,    "likewise; the other is being told", S.ON_ITS_WAY, *SENT_BY_FORMER, ask.former_sent, when=guards.left_it),
    row(S.WITHDRAWING, T.SAYS_COPY_SENT, "a copy likewise",                   S.COPY_HERE,  *SENT_BY_FORMER, ask.hand_over, when=guards.left_it),

    row(ANY, T.SAYS_LOANED,        "a second one comes, which is to go back",            STAYS, keep.sent_as_well, ask.two_sent, when=guards.left_it),
    row(ANY, T.SAYS_NOT_CANCELLED, "Cancel → N: a second one comes, likewise",           STAYS, keep.sent_as_well, ask.two_sent, when=guards.left_and_sends),
    row(ANY, T.SAYS_COPY_SENT,     "a second copy: nothing of it goes back",             STAYS, ask.two_copies, when=guards.left_it),
    row(ANY, SAYS_SENT,            "of an attempt that we know nothing of",              STAYS, when=guards.is_former),
    row(ANY, SAYS_IT_WILL,         "a lender we had left promises it: Cancel once more", STAYS, say.cancel_late, when=guards.is_former),
    row(ANY, SAYS_LITTLE,          "it is asked no more",                                STAYS, when=guards.is_former),

    row(ANY, T.NEVER_ASKED, "another had sent it by its turn: it hears nothing", STAYS, keep.never_asked),

    row(ANY, T.SEND_OTHER_BACK, "the second one goes back: tell its lender", STAYS, say.others_returned, keep.others_gone_back, when=guards.others_have_sent),
    no(ANY,  T.SEND_OTHER_BACK, "No other lender has sent it."),
)
# fmt: on
