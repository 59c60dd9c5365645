"""It comes (duty 2): pool barcode, the customer's hold, check-in at the desk."""

from gateway.workflow.acts import act, acting, note, rows, undo
from gateway.workflow.borrowing import ask, clocks, guards, hand, here, keep, say
from gateway.workflow.borrowing.groups import EXPECTED, RECEIVED, UNAWAITED, UNFETCHED
from gateway.workflow.borrowing.moves import (
    ON_SHELF,
    ON_SHELF_BY_HAND,
    PUT_BARCODE,
    TAKE_IN,
    TAKE_IN_FIRST,
    TAKE_IN_UNAWAITED,
    UNDO_RECEIPT,
)
from gateway.workflow.machine import BEFORE, STAYS, no, row
from gateway.workflow.records import State
from gateway.workflow.triggers import Trigger

S = State
T = Trigger

# fmt: off
ROWS = (
    row(S.ON_ITS_WAY, T.SAYS_LOANED,  "said again, or a due date corrected", STAYS, keep.shipped),
    row(S.ON_ITS_WAY, T.NOT_RECEIVED, "shipped, not received: 14 days",      STAYS, say.ask_status, ask.not_received),

    row(EXPECTED,      T.RECEIVE,          "duty 2: one scan; also before Loaned was heard", S.RECEIVING, note.remember, clocks.stop_receipt, *TAKE_IN_FIRST),
    row(S.WITHDRAWING, T.RECEIVE,          "it has come although it was cancelled",          S.RECEIVING, clocks.stop_receipt, *TAKE_IN_FIRST),
    row(UNAWAITED,     T.RECEIVE,          "a parcel that nobody waits for is received too", S.RECEIVING, *TAKE_IN_UNAWAITED, when=guards.never_sent_back),
    row(S.LOST,        T.RECEIVE,          "it has come after all",                          S.RECEIVING, *TAKE_IN, when=guards.no_item_yet),
    row(S.RECEIVING,   T.RECEIVE,          "staff put a barcode on it",                      STAYS,       here.assign, when=guards.no_item_yet),
    row(S.RECEIVING,   T.BARCODE_ASSIGNED, "15 for the customer at the pickup branch",       STAYS,       *PUT_BARCODE, when=guards.no_item_yet),
    row(S.RECEIVING,   T.BARCODE_ASSIGNED, "it has one: this one stays free",                STAYS),
    row(S.RECEIVING,   T.NO_BARCODE,       "the pool has none: staff",                       STAYS,       ask.barcodes),
    row(S.RECEIVING,   T.HOLD_ANSWERED,    "ok is not proof: look",                          STAYS,       act.note_answer),
    row(S.RECEIVING,   T.HOLD_STANDS,      "09 at the ILL desk",                             STAYS,       here.held, here.receive),
    row(S.RECEIVING,   T.HOLD_ABSENT,      "known not to stand: once more",                  STAYS,       act.again, when=acting.may_try_again),
    row(S.RECEIVING,   T.HOLD_UNCLEAR,     "asked for, and can't be told: no second hold",   STAYS,       note.failed, ask.find_hold, when=guards.was_asked),
    row(S.RECEIVING,   rows.HOLD_FAILED,   "refused, or no holds over SIP2: staff",          STAYS,       note.failed, ask.place_hold),
    row(S.RECEIVING,   T.RECEIVE_ANSWERED, "look whether it is trapped",                     STAYS,       here.keep_route, act.note_answer),
    row(S.RECEIVING,   T.RECEIVE_DONE,     "trapped: it goes to the pickup branch",          S.ON_SHELF,  *ON_SHELF, when=guards.is_held),

    row(S.RECEIVING, T.RECEIVE_NOT_DONE, "kept for somebody else's hold on its barcode: staff", STAYS, note.failed, ask.trapped, when=guards.is_kept),

    row(S.RECEIVING, T.RECEIVE_NOT_DONE, "its barcode is lent: a check-in would end that", STAYS, note.failed, ask.lent_at_receipt, when=guards.is_charged),
    row(S.RECEIVING, T.RECEIVE_NOT_DONE, "known not to be trapped: once more",             STAYS, act.again, when=acting.may_try_again),

    row(S.RECEIVING, T.RECEIVE_UNCLEAR,  "it can't be told: staff look",    STAYS,      note.failed, ask.find_receipt),
    row(S.RECEIVING, T.RECEIVE_NOT_DONE, "staff check it in",               STAYS,      note.failed, ask.receive),
    row(S.RECEIVING, T.DONE_BY_HAND,     "staff checked it in",             S.ON_SHELF, *ON_SHELF_BY_HAND, when=guards.is_held),
    no(S.RECEIVING,  T.DONE_BY_HAND,     "Scan it again with the barcode that is on it.", when=guards.no_item_yet),
    row(S.RECEIVING, T.DONE_BY_HAND,     "staff placed the hold: look",     STAYS,      undo.stop_placing, hand.placed),
    row(S.RECEIVING, T.TRY_AGAIN,        "staff cleared the way",           STAYS,      here.receive, when=guards.is_held),
    row(S.RECEIVING, T.TRY_AGAIN,        "staff cleared the way",           STAYS,      act.hold_again),
    row(S.RECEIVING, T.RECEIVE,          "staff put another barcode on it", STAYS,      here.leave_barcode, here.assign, when=guards.names_another),
    row(RECEIVED,    T.RECEIVE,          "scanned again",                   STAYS),

    row(UNFETCHED, T.UNDO, "undo before it was told: no hold, no barcode", BEFORE, *UNDO_RECEIPT, when=guards.was_expected),
)
# fmt: on
