"""Out on loan: received, overdue, renewed, recalled, lost."""

from gateway.workflow.acts import act, acting, note, undo
from gateway.workflow.lending import ask, guards, hand, items, keep, tell
from gateway.workflow.lending.groups import ON_LOAN, OUT_FOR_SURE, OVERDUES, RENEWABLE, WITH_PARTNER
from gateway.workflow.lending.moves import NO_RENEWAL, RENEWAL
from gateway.workflow.machine import BEFORE, STAYS, no, row
from gateway.workflow.records import State
from gateway.workflow.triggers import Trigger

S = State
T = Trigger

# fmt: off
ROWS = (
    row(ON_LOAN,    T.RECEIVED,      "arrived",                                            STAYS,      keep.received),
    row(ON_LOAN,    T.NOT_RECEIVED,  "its system never says Received: nothing to ask",     STAYS,      when=guards.never_says_received),
    row(ON_LOAN,    T.NOT_RECEIVED,  "shipped, not received: 14 days",                     STAYS,      ask.not_received),
    row(ON_LOAN,    OVERDUES,        "the next overdue message is due: one is enough",     STAYS,      when=guards.is_overtaken),
    row(ON_LOAN,    OVERDUES,        "kept back, as the partner said: no overdue message", STAYS,      when=guards.return_is_held),
    row(S.LOANED,   OVERDUES,        "overdue +1; later, where the first was missed",      S.OVERDUE,  tell.overdue),
    row(S.OVERDUE,  T.OVERDUE_AGAIN, "overdue +7, +21",                                    STAYS,      tell.overdue),
    row(S.RECALLED, OVERDUES,        "recalled it stays: no renewal",                      STAYS,      tell.overdue),
    row(S.RENEWING, OVERDUES,        "overdue while we asked for a renewal",               STAYS,      tell.overdue, keep.overdue_meanwhile),
    row(ON_LOAN,    T.BILLABLE,      "billable lost +42",                                  STAYS,      ask.bill),
    row(RENEWABLE,  T.RECALL,        "wanted back",                                        S.RECALLED, keep.wanted_back, tell.recalled),
    row(RENEWABLE,  T.RENEW,         "ten minutes after a granted one: the same due date", STAYS,      tell.answer_renew_yes, when=guards.just_renewed),
    row(RENEWABLE,  T.RENEW,         "the policy allows no further renewal: N, no 29",     STAYS,      tell.answer_renew_no, when=guards.no_renewal_left),
    row(RENEWABLE,  T.RENEW,         "renewal: ask the ACS first (29)",                    S.RENEWING, note.remember, items.renew),

    row(S.RENEWING, T.RENEW_ANSWERED, "ok is not proof: look at the due date",   STAYS,    act.note_answer),
    row(S.RENEWING, T.RENEW_DONE,     "one of several",                          STAYS,    keep.renewed_one, when=guards.more_under_way),
    row(S.RENEWING, T.RENEW_DONE,     "another of several could not be renewed", BEFORE,   keep.renewed_one, *NO_RENEWAL, when=guards.another_failed),
    row(S.RENEWING, T.RENEW_DONE,     "Renew → Y, the new due date",             S.LOANED, keep.renewed, *RENEWAL),

    row(S.RENEWING, T.RENEW_NOT_DONE, "one of several, and the partner's no more", STAYS, note.failed, ask.not_the_partners, when=guards.one_is_ours_no_more),

    row(S.RENEWING, T.RENEW_NOT_DONE, "the partner's no more: Renew → N, and staff", BEFORE, ask.not_the_partners, *NO_RENEWAL, when=guards.is_ours_no_more),
    row(S.RENEWING, T.RENEW_NOT_DONE, "known not to be done: once more",             STAYS,  act.again, when=acting.may_try_again),
    row(S.RENEWING, T.RENEW_NOT_DONE, "one of several",                              STAYS,  note.failed, when=guards.more_under_way),
    row(S.RENEWING, T.RENEW_NOT_DONE, "Renew → N",                                   BEFORE, *NO_RENEWAL),

    row(S.RENEWING, T.RENEW_UNCLEAR, "can't be told: staff",     STAYS,    note.failed, ask.renew),
    row(S.RENEWING, T.DONE_BY_HAND,  "staff renewed it",         S.LOANED, hand.look, undo.stop_renewing, keep.renewed, *RENEWAL, when=guards.names_due_date),
    no(S.RENEWING,  T.DONE_BY_HAND,  "Name the due date that the ILS gave."),
    row(S.RENEWING, T.NOT_DONE,      "staff say no",             BEFORE,   undo.renewing, *NO_RENEWAL),
    row(S.RENEWING, T.TRY_AGAIN,     "staff cleared the way",    STAYS,    items.renew_again),
    row(S.RENEWING, T.RENEW,         "the answer is on its way", STAYS),

    row(WITH_PARTNER, T.LOST,        "2021-2: the partner says Lost; staff bill it", STAYS,  ask.bill),
    row(ON_LOAN,      T.HOLD_RETURN, "2021-2: the partner keeps the return back",    STAYS,  keep.return_held, ask.return_held),
    row(OUT_FOR_SURE, T.MARK_LOST,   "lost → CompletedWithoutReturn",                S.LOST, keep.written_off, tell.without_return, ask.bill),
)
# fmt: on
