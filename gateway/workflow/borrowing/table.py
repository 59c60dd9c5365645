"""The borrowing table: everything that happens to a request that we make as requesting agency.

Rules on which the table rests (design.md, iso18626.md, ill.md):

- One lender is asked at a time. The next is asked only when the one before has said no, or was told Cancel and has said
  yes or nothing; what a lender says whom we have left moves nothing, unless it sends it: then it is the one that we wait
  for, and whoever was asked meanwhile is told Cancel.
- What comes is received, whatever the request came to: a parcel is never refused.
- A message of the lender counts by its status; a Notification moves nothing (iso18626.md, "What a message means").
- An act on our circulation system is asked for, answered, and then looked at, as when we lend.
- That a customer has borrowed or returned the item is learned by looking (17) or from a scan; nothing tells us.
- ShippedReturn is said only once the item is known to be checked in here; until the lender confirms that it came, its
  barcode is not used again.
- A person can do every step in the ILS and say so (“done by hand”), and can force a state with a reason.

The first row that fits counts. Duties are those of ill.md.
"""

from gateway.workflow.acts import act, acting, asking, by_hand, note, undo
from gateway.workflow.acts.gone_on import GONE_ON, STAFF
from gateway.workflow.borrowing import ask, begin, clocks, force, guards, hand, here, keep, lenders, say, take_back
from gateway.workflow.borrowing.draft import BorrowingDraft
from gateway.workflow.borrowing.meanings import MEANINGS
from gateway.workflow.machine import ANY, BEFORE, Row, Table
from gateway.workflow.records import State
from gateway.workflow.triggers import Trigger

S = State
T = Trigger

UNASKED = (S.VETTING, S.DECIDING, S.CHOOSING_LENDER, S.WAITING_TO_ASK)
ASKED = (S.ASKING, S.CONDITIONAL, S.PROMISED)
WAITING = (*ASKED, S.WITHDRAWING)
COMING = (*WAITING, S.ON_ITS_WAY)
LENDERS_TURN = (S.ASKING, S.PROMISED, S.SENT_BACK)
HOUSE = (S.ON_SHELF, S.WITH_CUSTOMER, S.TO_RETURN)
HERE = (S.RECEIVING, *HOUSE, S.TAKING_BACK)
ENDED_WITHOUT_ITEM = (S.UNFILLED, S.CANCELLED, S.SERVED_HERE)
FINALS = frozenset({*ENDED_WITHOUT_ITEM, S.COMPLETED})
ACTING = (S.RESERVING, S.RECEIVING, S.TAKING_BACK)
NO_HOLD_WANTED = (
    *UNASKED,
    *COMING,
    S.WITH_CUSTOMER,
    S.TO_RETURN,
    S.TAKING_BACK,
    S.SENT_BACK,
    S.LOST,
    S.UNFILLED,
    S.CANCELLED,
    S.COMPLETED,
)

ANSWERED = (T.HOLD_ANSWERED, T.CANCEL_HOLD_ANSWERED, T.RECEIVE_ANSWERED, T.RENEW_ANSWERED, T.CHECKIN_ANSWERED)
SAYS_NO = (T.SAYS_UNFILLED, T.SAYS_CANCELLED)
SAYS_IT_WILL = (T.SAYS_WILL_SUPPLY, T.SAYS_CONDITION)
SAYS_SENT = (T.SAYS_LOANED, T.SAYS_COPY_SENT)
SAYS_LITTLE = (
    T.SAYS_RECEIVED,
    T.SAYS_EXPECT,
    T.SAYS_RETRY,
    *SAYS_NO,
    T.SAYS_NOT_CANCELLED,
    T.SAYS_RENEWED,
    T.SAYS_NOT_RENEWED,
    T.SAYS_OVERDUE,
    T.SAYS_RECALLED,
    T.SAYS_COMPLETED,
    T.SAYS_WITHOUT_RETURN,
    T.SAYS_HOLD_RETURN,
    T.SAYS_RELEASE_RETURN,
)

FOUND_HARMLESS = (T.HOLD_ABSENT, T.HOLD_OFF, T.RECEIVE_DONE, T.RECEIVE_NOT_DONE, T.RECEIVE_UNCLEAR)
SHOWN_NOT_DONE = (T.HOLD_ABSENT, T.RECEIVE_NOT_DONE, T.RENEW_NOT_DONE, T.CHECKIN_NOT_DONE)
SHOWN = (
    *SHOWN_NOT_DONE,
    T.HOLD_STANDS,
    T.HOLD_UNCLEAR,
    T.HOLD_OFF,
    T.HOLD_OFF_UNCLEAR,
    T.HOLD_STILL_ON,
    T.RECEIVE_DONE,
    T.RECEIVE_UNCLEAR,
    T.RENEW_DONE,
    T.RENEW_UNCLEAR,
    T.CHECKIN_DONE,
    T.CHECKIN_UNCLEAR,
)

# fmt: off
ROWS = (
    # A barcode that does not stand for it any more
    Row(ANY, ANSWERED, None, (act.look,), "an answer about a barcode given up: look what it did", when=acting.is_others_item),
    Row(ANY, T.HOLD_STANDS, None, (act.take_off,), "the hold on a barcode given up", when=acting.is_others_item),
    Row(ANY, (T.HOLD_UNCLEAR, T.HOLD_STILL_ON, T.HOLD_OFF_UNCLEAR), None, (asking.stray_hold,), "the hold on a barcode given up", when=acting.is_others_item),
    Row(ANY, FOUND_HARMLESS, None, (), "a barcode given up, and nothing left to do about it", when=acting.is_others_item),

    # A lender whom we have left
    Row((*UNASKED, S.UNFILLED, S.CANCELLED), T.SAYS_LOANED, S.ON_ITS_WAY, (take_back.stop_asking, keep.sender, keep.shipped, clocks.start_receipt, ask.sent_after_all), "it comes although nobody waits for it: received and sent back like any other", when=guards.asked_it),
    Row((*UNASKED, S.UNFILLED, S.CANCELLED), T.SAYS_COPY_SENT, S.COPY_HERE, (take_back.stop_asking, keep.sender, keep.shipped, clocks.start_receipt, ask.hand_over), "a copy likewise", when=guards.asked_it),
    Row(ASKED, T.SAYS_LOANED, S.ON_ITS_WAY, (say.cancel, keep.sender, keep.shipped, clocks.start_receipt, ask.former_sent), "a lender we had left sends it: one is enough, Cancel to the other", when=guards.left_it),
    Row(ASKED, T.SAYS_COPY_SENT, S.COPY_HERE, (say.cancel, keep.sender, keep.shipped, clocks.start_receipt, ask.hand_over), "a copy likewise", when=guards.left_it),
    Row(S.WITHDRAWING, T.SAYS_LOANED, S.ON_ITS_WAY, (keep.sender, keep.shipped, clocks.start_receipt, ask.former_sent), "likewise; the other is being told", when=guards.left_it),
    Row(S.WITHDRAWING, T.SAYS_COPY_SENT, S.COPY_HERE, (keep.sender, keep.shipped, clocks.start_receipt, ask.hand_over), "a copy likewise", when=guards.left_it),
    Row(ANY, SAYS_SENT, None, (ask.two_sent,), "a second one comes: a person's", when=guards.is_former),
    Row(ANY, T.SAYS_NOT_CANCELLED, None, (ask.two_sent,), "Cancel → N: a second one comes", when=guards.left_and_sends),
    Row(ANY, SAYS_IT_WILL, None, (say.cancel_late,), "a lender we had left promises it: Cancel once more", when=guards.is_former),
    Row(ANY, SAYS_LITTLE, None, (), "it is asked no more", when=guards.is_former),

    # What staff did by hand: their word is looked at; but where the next act waits for it, the look moves nothing
    Row(ANY, (T.DONE_BY_HAND, T.NOT_DONE), None, refuse=by_hand.SETTLED, when=hand.answers_another),
    Row(S.RECEIVING, T.HOLD_STANDS, None, (here.held, here.receive), "staff placed the hold: 09 at the ILL desk", when=hand.is_under_way),
    Row(S.RECEIVING, T.HOLD_UNCLEAR, None, (here.held, here.receive), "staff placed the hold, and nothing speaks against it", when=hand.is_under_way),
    Row(S.RECEIVING, T.HOLD_ABSENT, None, (note.failed, ask.place_hold_still), "staff said so, and it does not stand", when=hand.is_under_way),
    Row(S.TAKING_BACK, (T.HOLD_OFF, T.HOLD_OFF_UNCLEAR), None, (here.hold_is_off, here.check_in), "staff took the hold off: 09", when=hand.is_under_way),
    Row(S.TAKING_BACK, T.HOLD_STILL_ON, None, (note.failed, ask.cancel_hold_still), "staff said so, and it is still on", when=hand.is_under_way),
    Row(ANY, SHOWN_NOT_DONE, None, (by_hand.differs,), "staff said that they did it, and the circulation system shows otherwise", when=by_hand.speaks_against_word),
    Row(HERE, T.RENEW_DONE, None, (by_hand.due_differs, here.renewed_here, ask.due_too_late), "staff renewed it: the date that 17 shows counts", when=by_hand.is_of_word),
    Row(ANY, SHOWN, None, (), "nothing speaks against what staff said", when=by_hand.is_of_word),

    # What staff must say
    Row(ANY, STAFF, None, refuse=GONE_ON, when=guards.means_another),
    Row(ANY, T.FORCE, None, refuse="Say the reason, and a state in which the request can rest.", when=force.says_too_little),
    Row(ANY, T.FORCE, None, refuse="No lender was asked yet.", when=force.lacks_lender),
    Row(ANY, T.FORCE, None, refuse="Name the barcode that stands for the item here.", when=force.lacks_item),
    Row(ACTING, T.TRY_AGAIN, None, refuse="It is under way; nothing has to be tried again yet.", when=acting.under_way),

    # A customer asks (duty 1): eligibility, duplicates, our own shelves, copyright
    Row(None, T.ASKED_FOR, S.VETTING, (begin.vet,), "duty 1: may it go out?"),
    Row(S.VETTING, T.VETTED, S.CHOOSING_LENDER, (lenders.make_rota,), "nothing stands in the way"),
    Row(S.VETTING, T.IN_DOUBT, S.DECIDING, (begin.keep_doubts, ask.about_doubts), "blocked, asked for before, ours, or copyright: staff"),
    Row(S.DECIDING, (T.GO_ON, T.OVERRIDE), None, refuse="Say the reason.", when=guards.gives_no_reason),
    Row(S.DECIDING, T.GO_ON, None, refuse="Only a manager can override this.", when=guards.must_override),
    Row(S.DECIDING, (T.GO_ON, T.OVERRIDE), S.CHOOSING_LENDER, (begin.set_aside, lenders.make_rota), "sent out all the same, with a reason"),
    Row((S.DECIDING, S.CHOOSING_LENDER, S.WAITING_TO_ASK), T.SEARCH_AGAIN, S.VETTING, (begin.vet,), "the customer's account, a partner or the list has changed"),
    Row(UNASKED, T.CORRECT_CARD, None, refuse="A lender was asked already: call it off, and order it anew for the right card.", when=guards.somebody_asked),
    Row((S.VETTING, S.DECIDING, S.CHOOSING_LENDER), T.CORRECT_CARD, S.VETTING, (begin.for_another_card, begin.vet), "the card was mistyped: may it go out for the right one?"),
    Row(S.DECIDING, T.ANSWER_UNFILLED, S.UNFILLED, (clocks.stop_receipt,), "no library could supply it"),
    Row(UNASKED, T.CALL_OFF, S.CANCELLED, (take_back.stop_asking,), "nobody was asked yet, or nobody is"),
    Row(UNASKED, T.SERVE_HERE, None, refuse="Name the barcode of our copy.", when=guards.names_no_copy),
    Row(UNASKED, T.SERVE_HERE, S.RESERVING, (take_back.stop_asking, here.take_own_copy, here.hold), "owned and available here: our own copy instead"),
    Row(S.RESERVING, T.HOLD_ANSWERED, None, (act.note_answer,), "ok is not proof: look"),
    Row(S.RESERVING, T.HOLD_STANDS, S.SERVED_HERE, (note.held,), "the customer waits for our own copy"),
    Row(S.RESERVING, T.HOLD_ABSENT, None, (act.again,), "known not to stand: once more", when=acting.may_try_again),
    Row(S.RESERVING, T.HOLD_UNCLEAR, None, (note.failed, ask.find_hold), "asked for, and it can't be told: staff look", when=guards.was_asked),
    Row(S.RESERVING, (T.HOLD_ABSENT, T.HOLD_UNCLEAR), None, (note.failed, ask.place_hold), "refused, or no holds over SIP2: staff"),
    Row(S.RESERVING, T.DONE_BY_HAND, S.SERVED_HERE, (hand.look_for_hold, undo.stop_placing, note.held), "staff placed the hold"),
    Row(S.RESERVING, T.NOT_DONE, S.CHOOSING_LENDER, (undo.placing, here.no_items, lenders.make_rota), "no hold on our copy after all: ask the lenders"),
    Row(S.RESERVING, T.TRY_AGAIN, None, (act.hold_again,), "staff cleared the way"),
    Row((*UNASKED, *WAITING), T.PAST_DEADLINE, None, (ask.deadline,), "whole request: need-by or 30 days"),

    # One lender after the other
    Row(S.CHOOSING_LENDER, (T.ROTA_MADE, T.NO_LENDER), S.CANCELLED, (take_back.stop_asking,), "the customer does not want it any more", when=guards.called_off),
    Row(S.CHOOSING_LENDER, T.ROTA_MADE, S.ASKING, (lenders.keep_rota, lenders.ask_next), "the first of the rota"),
    Row(S.CHOOSING_LENDER, T.NO_LENDER, S.WAITING_TO_ASK, (clocks.start_ask_again,), "one that said not now has named its day", when=guards.may_return),
    Row(S.WAITING_TO_ASK, (T.TIME_TO_ASK_AGAIN, T.TRY_AGAIN), S.ASKING, (clocks.stop_lender, lenders.return_to_lender), "its day has come, or staff don't wait for it: a Retry"),
    Row(S.DECIDING, T.TRY_AGAIN, S.ASKING, (lenders.return_to_lender,), "staff ask one that said not now again: a Retry", when=guards.has_returns),
    Row(S.CHOOSING_LENDER, T.NO_LENDER, S.DECIDING, (ask.no_lender,), "the rota has run out"),
    Row(S.ASKING, T.SENT, None, (clocks.start_answer,), "the lender has it: 3 open days, rush 24 h, express 2 h", when=guards.is_request_current),
    Row(S.ASKING, T.NOT_SENT, S.WITHDRAWING, (note.remember, keep.refused_late, say.cancel), "refused, but an earlier try may have arrived: Cancel first", when=guards.may_be_there),
    Row(S.ASKING, T.NOT_SENT, None, (lenders.ask_next,), "it does not take the request: the next", when=guards.next_after_not_sent),
    Row(S.ASKING, T.NOT_SENT, S.CHOOSING_LENDER, (lenders.make_rota,), "it does not take the request: is anybody left?", when=guards.is_request_current),
    Row(ASKED, SAYS_IT_WILL, None, (), "of the supplier that was told Cancel: it crossed", when=guards.is_of_supplier_left),
    Row(ASKED, (T.SAYS_RECEIVED, T.SAYS_EXPECT), None, (keep.lender_number, clocks.listen), "a sign of life, no promise"),
    Row(ASKED, T.SAYS_WILL_SUPPLY, S.PROMISED, (keep.lender_number, clocks.start_sends), "promised"),
    Row(S.WITHDRAWING, SAYS_IT_WILL, None, (keep.lender_number, keep.crossed), "it crossed with our Cancel, which it must answer"),
    Row(WAITING, T.SAYS_LOANED, S.ON_ITS_WAY, (keep.shipped, clocks.start_receipt, ask.call_off_refused), "sent"),
    Row(WAITING, T.SAYS_COPY_SENT, S.COPY_HERE, (keep.shipped, clocks.start_receipt, ask.hand_over), "the copy is sent, or there is a link"),
    Row(ASKED, (*SAYS_NO, T.SAYS_RETRY), S.CANCELLED, (clocks.stop_lender,), "the customer does not want it any more", when=guards.called_off),
    Row(ASKED, T.SAYS_CANCELLED, S.ASKING, (clocks.start_answer,), "the one supplier's: the broker asks its next", when=guards.was_passed_on),
    Row(ASKED, T.SAYS_NOT_CANCELLED, S.ON_ITS_WAY, (keep.shipped, clocks.start_receipt), "the supplier that was told Cancel has sent it", when=guards.passed_on_in_vain),
    Row(ASKED, T.SAYS_NOT_CANCELLED, S.PROMISED, (keep.lender_number, clocks.start_sends), "the supplier that was told Cancel will send it", when=guards.was_passed_on),
    Row(ASKED, SAYS_NO, S.ASKING, (clocks.stop_lender, lenders.ask_next), "no: the next", when=guards.more_lenders),
    Row(ASKED, SAYS_NO, S.CHOOSING_LENDER, (clocks.stop_lender, lenders.make_rota), "no: is anybody left?"),
    Row(ASKED, T.SAYS_RETRY, None, (), "of the supplier that was told Cancel: it crossed", when=guards.is_of_supplier_left),
    Row(ASKED, T.SAYS_RETRY, S.ASKING, (clocks.stop_lender, keep.lender_number, lenders.keep_terms, lenders.ask_again), "only for a cost within the limit: accepted by rule", when=guards.within_limit),
    Row(ASKED, T.SAYS_RETRY, S.CONDITIONAL, (keep.lender_number, lenders.keep_terms, clocks.start_condition, ask.conditions), "only if: staff", when=guards.offers),
    Row(ASKED, T.SAYS_RETRY, S.CONDITIONAL, (keep.lender_number, lenders.keep_terms, clocks.start_condition, ask.suggestion), "another record, or a loan instead: staff", when=guards.suggests),
    Row(ASKED, T.SAYS_RETRY, S.ASKING, (keep.lender_number, lenders.pass_on, clocks.start_answer), "not now, by a broker's supplier: Cancel for it, and the broker asks its next", when=guards.is_brokered_no),
    Row(ASKED, T.SAYS_RETRY, S.ASKING, (clocks.stop_lender, keep.not_now, lenders.ask_next), "not now: the next", when=guards.more_lenders),
    Row(ASKED, T.SAYS_RETRY, S.CHOOSING_LENDER, (clocks.stop_lender, keep.not_now, lenders.make_rota), "not now: is anybody left?"),
    Row(ASKED, T.SAYS_CONDITION, S.CONDITIONAL, (keep.lender_number, lenders.keep_terms, clocks.start_condition, ask.conditions), "conditions beside a promise or in a Notification, as a dialect reads them"),
    Row(S.CONDITIONAL, T.ACCEPT, S.ASKING, (say.accept, clocks.start_answer), "it waits for our word", when=guards.offered_in_words),
    Row(S.CONDITIONAL, T.ACCEPT, S.ASKING, (clocks.stop_lender, lenders.ask_again), "RetryPossible: a Retry under the same lender's terms"),
    Row(S.CONDITIONAL, (T.NEXT_LENDER, T.CONDITION_LAPSED), S.ASKING, (lenders.pass_on, clocks.start_answer), "not under these terms: Cancel for that supplier, and the broker asks its next", when=guards.is_brokered),
    Row(S.CONDITIONAL, (T.NEXT_LENDER, T.CONDITION_LAPSED), S.WITHDRAWING, (clocks.stop_lender, say.decline, say.cancel_declining), "it waits for our word: no, and Cancel", when=guards.offered_in_words),
    Row(S.CONDITIONAL, (T.NEXT_LENDER, T.CONDITION_LAPSED), S.ASKING, (clocks.stop_lender, lenders.ask_next), "not under these terms: the next", when=guards.more_lenders),
    Row(S.CONDITIONAL, (T.NEXT_LENDER, T.CONDITION_LAPSED), S.CHOOSING_LENDER, (clocks.stop_lender, lenders.make_rota), "not under these terms: is anybody left?"),
    Row(S.CONDITIONAL, T.CALL_OFF, S.WITHDRAWING, (clocks.stop_lender, lenders.call_off, say.decline, say.cancel_declining), "it waits for our word", when=guards.offered_in_words),
    Row(S.CONDITIONAL, T.CALL_OFF, S.CANCELLED, (lenders.call_off, clocks.stop_lender), "RetryPossible ended it at the lender"),
    Row(LENDERS_TURN, T.LENDER_QUIET, None, (keep.asked_status, say.ask_status, clocks.listen), "a third of its time is over: what it said may be lost; three times at the most"),
    Row((S.ASKING, S.PROMISED), (T.LENDER_SILENT, T.NEXT_LENDER), S.ASKING, (lenders.pass_on, clocks.start_answer), "silent, or staff want another: Cancel for that supplier, and the broker asks its next", when=guards.is_brokered),
    Row(S.ASKING, T.NOT_SENT, S.WITHDRAWING, (note.remember, clocks.stop_lender, say.cancel), "the broker does not ask its next: Cancel ends it there", when=guards.is_pass_on_current),
    Row((S.ASKING, S.PROMISED), (T.LENDER_SILENT, T.NEXT_LENDER), S.WITHDRAWING, (note.remember, clocks.stop_lender, say.cancel), "silent, or staff want another: Cancel first, so that only one sends it"),
    Row(S.PROMISED, T.LENDER_DOES_NOT_SEND, None, (say.ask_status, ask.not_sent_yet), "promised and not sent: StatusRequest"),
    Row((S.ASKING, S.PROMISED), T.CALL_OFF, S.WITHDRAWING, (note.remember, clocks.stop_lender, lenders.call_off, say.cancel), "the customer does not want it any more"),
    Row(S.WITHDRAWING, T.CALL_OFF, None, (lenders.call_off,), "nor from anybody else"),
    Row(S.WITHDRAWING, T.SENT, None, (keep.told, clocks.start_withdrawal), "it has heard Cancel: from now on it has a day", when=guards.is_cancel_current),
    Row(S.WITHDRAWING, T.SENT, None, (), "it has heard something else, which does not say that it has Cancel"),
    Row(S.WITHDRAWING, T.NOT_SENT, S.CHOOSING_LENDER, (clocks.stop_lender, lenders.make_rota), "it never had it: is anybody left?", when=guards.never_had_it),
    Row(S.WITHDRAWING, T.NOT_SENT, None, (ask.not_told, clocks.start_withdrawal), "it does not take Cancel: staff tell it by other means", when=guards.is_cancel_current),
    Row(S.WITHDRAWING, T.TOLD_BY_HAND, None, (keep.told, clocks.start_withdrawal), "told by other means: from now on it has a day"),
    Row(S.WITHDRAWING, T.STUCK, None, (ask.not_told_cancel,), "nobody else is asked before it has heard Cancel", when=guards.is_telling),
    Row(S.WITHDRAWING, T.UNDO, BEFORE, (take_back.cancel, clocks.start_answer), "undo before it was sent"),
    Row(S.WITHDRAWING, T.WITHDRAWAL_SILENT, None, (keep.not_crossed, say.cancel), "it has promised and not answered: Cancel once more, or two would send it", when=guards.has_crossed),
    Row(S.WITHDRAWING, (*SAYS_NO, T.SAYS_RETRY, T.WITHDRAWAL_SILENT), S.CANCELLED, (clocks.stop_lender,), "cancelled; a lender that says nothing was told", when=guards.called_off),
    Row(S.WITHDRAWING, (*SAYS_NO, T.SAYS_RETRY, T.WITHDRAWAL_SILENT), S.ASKING, (clocks.stop_lender, lenders.ask_next), "it was told; the next", when=guards.more_lenders),
    Row(S.WITHDRAWING, (*SAYS_NO, T.SAYS_RETRY, T.WITHDRAWAL_SILENT), S.CHOOSING_LENDER, (clocks.stop_lender, lenders.make_rota), "it was told; is anybody left?"),
    Row(S.WITHDRAWING, T.SAYS_NOT_CANCELLED, S.ON_ITS_WAY, (keep.shipped, clocks.start_receipt, ask.call_off_refused), "Cancel → N: it is sent already", when=guards.stands_loaned),
    Row(S.WITHDRAWING, T.SAYS_NOT_CANCELLED, S.PROMISED, (keep.lender_number, clocks.start_sends, ask.call_off_refused), "Cancel → N: it will be sent"),

    # It comes (duty 2): pool barcode, the customer's hold, check-in at the desk
    Row(S.ON_ITS_WAY, T.SAYS_LOANED, None, (keep.shipped,), "said again, or a due date corrected"),
    Row(S.ON_ITS_WAY, T.NOT_RECEIVED, None, (say.ask_status, ask.not_received), "shipped, not received: 14 days"),
    Row(COMING, T.RECEIVE, S.RECEIVING, (clocks.stop_receipt, say.received, keep.received, here.assign), "duty 2: one scan; also before Loaned was heard"),
    Row((*UNASKED, S.UNFILLED, S.CANCELLED, S.SERVED_HERE, S.COMPLETED), T.RECEIVE, S.RECEIVING, (take_back.stop_asking, here.no_items, say.received_once, keep.received, here.assign), "a parcel that nobody waits for is received all the same", when=guards.never_sent_back),
    Row(S.LOST, T.RECEIVE, S.RECEIVING, (say.received_once, keep.received, here.assign), "it has come after all", when=guards.no_item_yet),
    Row(S.RECEIVING, T.RECEIVE, None, (here.assign,), "staff put a barcode on it", when=guards.no_item_yet),
    Row(S.RECEIVING, T.BARCODE_ASSIGNED, None, (here.put_barcode, here.hold, ask.few_barcodes), "15 for the customer at the pickup branch", when=guards.no_item_yet),
    Row(S.RECEIVING, T.BARCODE_ASSIGNED, None, (), "it has one: this one stays free"),
    Row(S.RECEIVING, T.NO_BARCODE, None, (ask.barcodes,), "the pool has none: staff"),
    Row(S.RECEIVING, T.HOLD_ANSWERED, None, (act.note_answer,), "ok is not proof: look"),
    Row(S.RECEIVING, T.HOLD_STANDS, None, (here.held, here.receive), "09 at the ILL desk"),
    Row(S.RECEIVING, T.HOLD_ABSENT, None, (act.again,), "known not to stand: once more", when=acting.may_try_again),
    Row(S.RECEIVING, T.HOLD_UNCLEAR, None, (note.failed, ask.find_hold), "asked for, and it can't be told: staff look, for a second hold would follow the first", when=guards.was_asked),
    Row(S.RECEIVING, (T.HOLD_ABSENT, T.HOLD_UNCLEAR), None, (note.failed, ask.place_hold), "refused, or no holds over SIP2: staff place it in the ILS"),
    Row(S.RECEIVING, T.RECEIVE_ANSWERED, None, (here.keep_route, act.note_answer), "look whether it is trapped"),
    Row(S.RECEIVING, T.RECEIVE_DONE, S.ON_SHELF, (here.on_shelf, clocks.start_watch), "trapped: it goes to the pickup branch", when=guards.is_held),
    Row(S.RECEIVING, T.RECEIVE_NOT_DONE, None, (note.failed, ask.trapped), "kept for somebody else, who has a hold on its barcode: staff", when=guards.is_kept),
    Row(S.RECEIVING, T.RECEIVE_NOT_DONE, None, (note.failed, ask.lent_at_receipt), "its barcode is lent to somebody, whose loan another check-in would end: staff", when=guards.is_charged),
    Row(S.RECEIVING, T.RECEIVE_NOT_DONE, None, (act.again,), "known not to be trapped: once more", when=acting.may_try_again),
    Row(S.RECEIVING, T.RECEIVE_UNCLEAR, None, (note.failed, ask.find_receipt), "it can't be told: staff look"),
    Row(S.RECEIVING, T.RECEIVE_NOT_DONE, None, (note.failed, ask.receive), "staff check it in"),
    Row(S.RECEIVING, T.DONE_BY_HAND, S.ON_SHELF, (hand.look_at_receipt, here.stop_work, here.on_shelf, clocks.start_watch), "staff checked it in", when=guards.is_held),
    Row(S.RECEIVING, T.DONE_BY_HAND, None, refuse="Scan it again with the barcode that is on it.", when=guards.no_item_yet),
    Row(S.RECEIVING, T.DONE_BY_HAND, None, (undo.stop_placing, hand.placed), "staff placed the hold: look"),
    Row(S.RECEIVING, T.TRY_AGAIN, None, (here.receive,), "staff cleared the way", when=guards.is_held),
    Row(S.RECEIVING, T.TRY_AGAIN, None, (act.hold_again,), "staff cleared the way"),
    Row(S.RECEIVING, T.RECEIVE, None, (here.leave_barcode, here.assign), "staff put another barcode on it", when=guards.names_another),
    Row((S.RECEIVING, *HOUSE), T.RECEIVE, None, (), "scanned again"),

    # With the customer, and the lender meanwhile
    Row((S.ON_SHELF, S.WITH_CUSTOMER), T.TIME_TO_LOOK, None, (here.watch,), "17: nothing tells us", is_quiet=True),
    Row((S.ON_SHELF, S.WITH_CUSTOMER), T.SEEN_NOTHING, None, (clocks.start_watch,), "as before: look again later", when=guards.is_as_before, is_quiet=True),
    Row((S.ON_SHELF, S.WITH_CUSTOMER), T.SEEN_NOTHING, None, (here.keep_due, ask.due_too_late, clocks.start_watch), "our due date has changed, or it can't be told: look again later"),
    Row((S.ON_SHELF, S.WITH_CUSTOMER), T.SEEN_ELSEWHERE, None, (clocks.start_watch,), "staff know: look again later", when=guards.is_told_of_another, is_quiet=True),
    Row((S.ON_SHELF, S.WITH_CUSTOMER), T.SEEN_ELSEWHERE, None, (here.with_another, ask.with_another, clocks.start_watch), "lent, and not to our customer (63): staff"),
    Row((S.ON_SHELF, S.WITH_CUSTOMER), T.SEEN_OUT, S.WITH_CUSTOMER, (here.as_seen, here.with_customer, ask.due_too_late, clocks.start_watch), "the customer has it"),
    Row(S.ON_SHELF, T.HANDED_OUT, S.WITH_CUSTOMER, (here.by_word, here.with_customer, clocks.start_watch), "the customer has it, as staff say: no look that comes too early undoes it"),
    Row(S.WITH_CUSTOMER, (T.SEEN_BACK, T.CAME_BACK), S.TO_RETURN, (here.back, clocks.stop_watch), "back from the customer"),
    Row(S.ON_SHELF, (T.SEEN_BACK, T.CAME_BACK), S.TO_RETURN, (clocks.stop_watch,), "never fetched, or unseen: the hold may still stand"),
    Row((S.ON_SHELF, S.WITH_CUSTOMER), T.ASK_RENEWAL, None, refuse="The lender has not answered the last one yet.", when=guards.renewal_pending),
    Row((S.ON_SHELF, S.WITH_CUSTOMER), T.ASK_RENEWAL, None, (keep.renewal_asked, say.renew, clocks.start_renewal), "asked by the customer or staff"),
    Row(HERE, T.SAYS_RENEWED, None, (keep.renewed, clocks.stop_renewal, here.renew), "Renew → Y: renew here too, so that both dates are set", when=guards.renews),
    Row(HERE, T.SAYS_LOANED, None, (keep.shipped, keep.renewed, clocks.stop_renewal, here.renew), "Renew → Y by another reason: Loaned with a later due date", when=guards.grants_renewal),
    Row(HERE, T.SAYS_NOT_RENEWED, None, (keep.not_renewed, clocks.stop_renewal, ask.not_renewed), "Renew → N", when=guards.renewal_pending),
    Row(HERE, T.NOT_SENT, None, (keep.not_renewed, clocks.stop_renewal, ask.not_told, say.in_words), "it does not take Renew: asked for in words", when=guards.is_renew_pending),
    Row(HERE, T.RENEWAL_SILENT, None, (ask.renewal_silent,), "an unanswered renewal counts as granted by custom", when=guards.renewal_pending),
    Row(HERE, T.RENEW_ANSWERED, None, (act.note_answer,), "ok is not proof: look at the due date"),
    Row(HERE, T.RENEW_DONE, None, (here.renewed_here, ask.due_too_late), "both dates are set"),
    Row(S.WITH_CUSTOMER, (T.RENEW_NOT_DONE, T.RENEW_UNCLEAR), S.TO_RETURN, (here.not_renewed_here, here.back, clocks.stop_watch), "it is back meanwhile: nothing to renew", when=guards.shown_back),
    Row(HERE, T.RENEW_NOT_DONE, None, (act.again,), "known not to be done: once more", when=guards.may_renew_again),
    Row(HERE, (T.RENEW_NOT_DONE, T.RENEW_UNCLEAR), None, (note.failed, ask.renew_here), "staff renew it here", when=guards.is_out),
    Row((S.ON_SHELF, S.WITH_CUSTOMER), T.DONE_BY_HAND, None, (hand.look_at_date, undo.stop_renewing, here.renewed_here, here.close_renewal, ask.due_too_late), "staff renewed it, or changed its date"),
    Row((S.RECEIVING, *HOUSE), T.SAYS_LOANED, None, (keep.shipped, ask.due_too_late), "heard late, or a due date corrected"),
    Row((*COMING, *HERE), T.SAYS_OVERDUE, None, (ask.overdue,), "the lender's due date has passed"),
    Row((*COMING, *HERE), T.SAYS_RECALLED, None, (keep.recalled, ask.recalled), "wanted back, be it that Loaned comes behind it"),
    Row(HERE, T.SAYS_HOLD_RETURN, None, (keep.return_held, ask.hold_return), "2021-2: not wanted back yet"),
    Row(HERE, T.SAYS_RELEASE_RETURN, None, (keep.return_released, ask.read_note), "2021-2: it may come back"),
    Row(HERE, T.SAYS_COMPLETED, None, (ask.closed_early,), "they have what is here"),
    Row(COMING, T.SAYS_COMPLETED, None, (ask.over_unseen,), "over, and it never came"),
    Row(WAITING, T.SAYS_WITHOUT_RETURN, None, (ask.over_unseen,), "over, and it never came"),

    # Back (duty 3): 09, then ShippedReturn, then LoanCompleted frees the barcode
    Row((S.RECEIVING, S.ON_SHELF), T.SEND_BACK, None, refuse="It was not given a barcode yet.", when=guards.no_item_yet),
    Row(S.LOST, T.SEND_BACK, None, refuse="It was never received here: receive it.", when=guards.no_item_yet),
    Row((S.RECEIVING, S.ON_SHELF, S.TO_RETURN, S.LOST), T.SEND_BACK, S.TAKING_BACK, (keep.time_to_undo, here.stop_work, clocks.stop_watch, here.take_hold_off), "never fetched: the hold off first, or it would be trapped again", when=guards.may_be_on_hold),
    Row((S.ON_SHELF, S.WITH_CUSTOMER, S.TO_RETURN), T.SEND_BACK, S.TAKING_BACK, (keep.time_to_undo, here.stop_work, clocks.stop_watch, here.look_for_hold), "duty 3: return scan = 09, once no hold is left that would trap it"),
    Row(S.LOST, T.SEND_BACK, S.TAKING_BACK, (keep.time_to_undo, here.look_for_hold), "found after all"),
    Row(S.TAKING_BACK, T.CANCEL_HOLD_ANSWERED, None, (act.note_answer,), "ok is not proof: look"),
    Row(S.TAKING_BACK, T.HOLD_OFF, None, (here.hold_is_off, here.check_in), "the hold is off: 09"),
    Row(S.TAKING_BACK, T.HOLD_STILL_ON, None, (here.hold_is_on, act.again), "known to be on: once more", when=acting.may_try_again),
    Row(S.TAKING_BACK, T.HOLD_OFF_UNCLEAR, None, (here.check_in,), "the customer had it, and nothing shows that a hold is left: 09", when=guards.shows_no_hold),
    Row(S.TAKING_BACK, T.HOLD_STILL_ON, None, (here.hold_is_on, note.failed, ask.cancel_hold), "staff take it off"),
    Row(S.TAKING_BACK, T.HOLD_OFF_UNCLEAR, None, (note.failed, ask.cancel_hold), "it can't be told: staff look, and take it off"),
    Row(S.TAKING_BACK, T.CHECKIN_ANSWERED, None, (act.note_answer,), "ok is not proof: look"),
    Row(S.TAKING_BACK, T.CHECKIN_DONE, S.SENT_BACK, (ask.lent_at_return, here.back, keep.returned, say.shipped_return, clocks.start_return), "our customer's loan is over, and somebody else has its barcode on loan: staff", when=guards.is_charged),
    Row(S.TAKING_BACK, T.CHECKIN_DONE, S.SENT_BACK, (ask.trapped_at_return, here.back, keep.returned, say.shipped_return, clocks.start_return), "checked in, and trapped for somebody's hold on its barcode: staff", when=guards.is_kept),
    Row(S.TAKING_BACK, T.CHECKIN_DONE, S.SENT_BACK, (here.back, keep.returned, say.shipped_return, clocks.start_return), "ShippedReturn after it is known to be checked in"),
    Row(S.TAKING_BACK, T.CHECKIN_NOT_DONE, None, (act.again,), "known not to be done: once more", when=acting.may_try_again),
    Row(S.TAKING_BACK, T.CHECKIN_UNCLEAR, None, (note.failed, ask.find_check_in), "it can't be told: staff look"),
    Row(S.TAKING_BACK, T.CHECKIN_NOT_DONE, None, (note.failed, ask.check_in), "staff check it in"),
    Row(S.TAKING_BACK, T.DONE_BY_HAND, None, (undo.stop_taking_off, hand.taken_off), "staff took the hold off: look", when=hand.waits_for_hold),
    Row(S.TAKING_BACK, T.DONE_BY_HAND, S.SENT_BACK, (hand.look_at_check_in, here.stop_work, here.back, keep.returned, say.shipped_return, clocks.start_return), "staff checked it in"),
    Row(S.TAKING_BACK, T.TRY_AGAIN, None, (here.check_in_again,), "staff cleared the way"),
    Row(S.SENT_BACK, T.UNDO, S.TO_RETURN, (take_back.shipped_return, clocks.stop_return), "undo before it was sent"),
    Row(S.SENT_BACK, T.SAYS_COMPLETED, S.COMPLETED, (here.free_barcode, keep.over), "LoanCompleted: the barcode rests"),
    Row(S.SENT_BACK, (T.SAYS_OVERDUE, T.SAYS_RECALLED), None, (take_back.say_again, say.shipped_return), "it crossed: say again that it is on its way"),
    Row(S.SENT_BACK, T.NOT_RETURNED, None, (say.ask_status, ask.not_returned), "returned, not confirmed: 30 days"),
    Row((S.SENT_BACK, S.LOST), T.DONE_BY_HAND, S.COMPLETED, (here.free_barcode, keep.over), "the lender has confirmed it by other means"),

    # Lost, or not wanted back
    Row((S.ON_ITS_WAY, *HERE, S.SENT_BACK), T.MARK_LOST, S.LOST, (here.stop_work, clocks.stop_watch, here.leave_no_hold, say.lost, ask.price), "lost: the lender is told, and names its price"),
    Row((S.ON_ITS_WAY, *HERE, S.SENT_BACK), T.SAYS_WITHOUT_RETURN, S.LOST, (here.stop_work, clocks.stop_watch, here.leave_no_hold, keep.price, ask.price), "CompletedWithoutReturn: lost, or no return wanted"),
    Row(S.LOST, (T.PAID, T.SAYS_COMPLETED), S.COMPLETED, (here.free_barcode, keep.over), "lost → paid"),
    Row(S.LOST, T.SAYS_WITHOUT_RETURN, None, (keep.price, ask.price), "both know; the price is still to be paid"),

    # A copy
    Row(S.COPY_HERE, SAYS_SENT, None, (keep.shipped, ask.hand_over), "said again, or a new link"),
    Row(S.COPY_HERE, T.NOT_RECEIVED, None, (say.ask_status, ask.not_received), "sent, not received: 7 days"),
    Row(S.COPY_HERE, T.HANDED_OVER, S.COMPLETED, (clocks.stop_receipt, say.received), "the customer has it"),

    # In every state: the lender
    Row((S.RESERVING, S.SERVED_HERE), SAYS_SENT, None, (keep.shipped, ask.sent_unasked), "sent although the customer has our own copy"),
    Row((*UNASKED, S.RESERVING, *ENDED_WITHOUT_ITEM), SAYS_IT_WILL, None, (say.cancel_late,), "promised although we do not wait for it: Cancel once more"),
    Row(ANY, (T.SAYS_WORDS, T.SAYS_CONDITION), None, (keep.heard, ask.read_note), "a Notification never moves a request"),
    Row(ANY, T.SENT, None, (keep.told,), "the lender has heard"),
    Row(LENDERS_TURN, T.NOT_SENT, None, (ask.silent, say.in_words), "it takes no StatusRequest: staff ask by other means", when=guards.is_status_request),
    Row(ANY, T.NOT_SENT, None, (), "a renewal that nobody waits for any more", when=guards.is_renew),
    Row(ANY, T.NOT_SENT, None, (ask.not_told, say.in_words), "what a lender can't take is told in words, else staff tell it by other means"),

    # In every state: staff
    Row(ANY, T.NOTE, None, (), "words for staff: they stay inside", when=acting.notes_words),
    Row(ANY, T.NOTE, None, refuse="A note is for staff: write it as “inside” (--inside). Words for the lender are a message."),
    Row(ANY, (T.SEND_MESSAGE, T.ASK_STATUS), None, refuse="No lender was asked yet.", when=guards.nobody_asked),
    Row(ANY, T.SEND_MESSAGE, None, (say.note,), "words for the lender", when=acting.says_words),
    Row(ANY, T.SEND_MESSAGE, None, refuse="Write the message as “note” (--note): words for the lender."),
    Row((*COMING, *HERE, S.SENT_BACK, S.COPY_HERE, S.LOST), T.ASK_STATUS, None, (say.ask_status,), "where are we?"),
    Row((S.ASKING, S.PROMISED), T.REMIND, None, (lenders.remind,), "Reminder: the request once more, for a lender that may have overlooked it"),
    Row(ANY, T.TOLD_BY_HAND, None, (keep.told,), "told by other means"),
    Row(ANY, T.FORCE, None, (force.force,), "no failure strands a loan"),

    # In every state: answers of the circulation system that nobody waits for any more
    Row(ANY, ANSWERED, None, (act.look,), "look what it did"),
    Row(NO_HOLD_WANTED, T.HOLD_STANDS, None, (act.take_off,), "a hold that nobody wants"),
    Row(NO_HOLD_WANTED, (T.HOLD_UNCLEAR, T.HOLD_STILL_ON, T.HOLD_OFF_UNCLEAR), None, (asking.stray_hold,), "a hold that nobody wants"),
    Row((*COMING, *ENDED_WITHOUT_ITEM, S.COMPLETED), T.BARCODE_ASSIGNED, None, (), "nobody waits for it: it stays free"),
    Row(ANY, T.DIFFERS, None, (asking.differs,), "the circulation system shows something else of its barcode: staff"),
    Row(ANY, T.AGREES, None, (note.matches,), "nothing is left to mend"),
    Row(ANY, T.STUCK, None, (ask.not_told_yet,), "a limit, then a staff task", when=guards.is_telling),
    Row(ANY, T.STUCK, None, (asking.stuck,), "a limit, then a staff task"),
)
# fmt: on

BORROWING = Table(rows=ROWS, finals=FINALS, begin=begin.begin, meanings=MEANINGS, draft=BorrowingDraft)
