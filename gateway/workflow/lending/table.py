"""The lending table: everything that happens to a request to us as supplying agency.

Rules on which the table rests (design.md, iso18626.md, ill.md):

- An act on the circulation system is asked for, answered, and then looked at; only what the look shows counts. What was
  lost or lied about is asked for again where the look shows that it was not done; what can't be told is a person's.
  An answer that comes when nobody waits for it any more is looked at all the same: nothing that was done is forgotten.
- The partner hears WillSupply only after the hold stands, Loaned only after the checkout is done, Unfilled and
  Cancelled only after the hold is off.
- Cancel, Renew, StatusRequest and Reminder get an answer in every state, final ones too.
- A person can do every step in the ILS and say so (“done by hand”), and can force a state with a reason.
- What fits no row is ignored where it came from the partner or our own work, refused where staff asked for it.

The first row that fits counts. Duties are those of ill.md. The diagram in ARCHITECTURE.md and the desk's buttons are
derived from these rows.
"""

from gateway.workflow.acts import act, acting, asking, by_hand, deadline, note, undo
from gateway.workflow.acts.gone_on import GONE_ON, STAFF
from gateway.workflow.lending import ask, choose, clocks, force, guards, hand, items, keep, take_back, tell
from gateway.workflow.lending.meanings import MEANINGS
from gateway.workflow.machine import ANY, BEFORE, Row, Table
from gateway.workflow.records import State
from gateway.workflow.triggers import Trigger

S = State
T = Trigger

OPEN = (S.SEARCHING, S.CHECKING, S.DECIDING)
UNDECIDED = (S.AWAITING_APPROVAL, *OPEN)
ANSWERABLE = (*OPEN, S.OFFERED)
PROMISED = (S.WILL_SUPPLY, S.ARRIVING, S.ARRIVED)
OUT = (S.LOANED, S.OVERDUE, S.RECALLED)
ENDED_WITHOUT_ITEM = (S.UNFILLED, S.RETRY_POSSIBLE, S.CANCELLED)
FINALS = frozenset({*ENDED_WITHOUT_ITEM, S.COMPLETED, S.COPY_COMPLETED, S.LOST})
NO_HOLD_WANTED = (*UNDECIDED, S.OFFERED, S.TO_COPY, *ENDED_WITHOUT_ITEM, S.COMPLETED, S.COPY_COMPLETED)
NOT_SENT = (*UNDECIDED, S.OFFERED, S.RESERVING, *PROMISED, S.CHECKING_OUT, S.UNDOING, S.TO_COPY, S.RELEASING, S.CANCELLING, *ENDED_WITHOUT_ITEM)  # fmt: skip
ACTING = (S.RESERVING, S.ARRIVING, S.RELEASING, S.CANCELLING, S.CHECKING_OUT, S.UNDOING, S.RENEWING, S.CHECKING_IN)

ANSWERED = (T.HOLD_ANSWERED, T.CANCEL_HOLD_ANSWERED, T.ARRIVE_ANSWERED, T.CHECKOUT_ANSWERED, T.RENEW_ANSWERED, T.CHECKIN_ANSWERED)  # fmt: skip
FOUND_OF_LOAN = (T.RENEW_DONE, T.RENEW_NOT_DONE, T.RENEW_UNCLEAR, T.CHECKIN_DONE, T.CHECKIN_NOT_DONE, T.CHECKIN_UNCLEAR)
FOUND_HARMLESS = (T.HOLD_ABSENT, T.HOLD_OFF, T.ARRIVE_DONE, T.ARRIVE_TRAPPED, T.ARRIVE_UNCLEAR, T.CHECKOUT_NOT_DONE, *FOUND_OF_LOAN)  # fmt: skip
SHOWN_NOT_DONE = (
    T.HOLD_ABSENT,
    T.HOLD_STILL_ON,
    T.ARRIVE_TRAPPED,
    T.CHECKOUT_NOT_DONE,
    T.RENEW_NOT_DONE,
    T.CHECKIN_NOT_DONE,
)
SHOWN = (*SHOWN_NOT_DONE, T.HOLD_STANDS, T.HOLD_UNCLEAR, T.HOLD_OFF, T.HOLD_OFF_UNCLEAR, T.ARRIVE_DONE, T.ARRIVE_UNCLEAR, T.CHECKOUT_UNCLEAR, T.RENEW_UNCLEAR, T.CHECKIN_DONE, T.CHECKIN_UNCLEAR)  # fmt: skip

# fmt: off
ROWS = (
    # A copy that is the request's no more
    Row(ANY, ANSWERED, None, (act.look,), "an answer about a copy given up: look what it did", when=acting.is_others_item),
    Row(ANY, T.HOLD_STANDS, None, (act.take_off,), "a hold on a copy given up", when=acting.is_others_item),
    Row(ANY, (T.HOLD_UNCLEAR, T.HOLD_STILL_ON, T.HOLD_OFF_UNCLEAR), None, (asking.stray_hold,), "the hold of a copy given up", when=acting.is_others_item),
    Row(ANY, (T.CHECKOUT_DONE, T.CHECKOUT_UNCLEAR), None, (ask.out_after_all,), "the checkout of a copy given up", when=acting.is_others_item),
    Row(ANY, FOUND_HARMLESS, None, (), "a copy given up, and nothing left to do about it", when=acting.is_others_item),

    # What staff did by hand: their word is looked at, and the look moves nothing
    Row(ANY, (T.DONE_BY_HAND, T.NOT_DONE), None, refuse=by_hand.SETTLED, when=hand.answers_another),
    Row(ANY, SHOWN_NOT_DONE, None, (by_hand.differs,), "staff said that they did it, and the circulation system shows otherwise", when=by_hand.speaks_against_word),
    Row(ANY, (T.CHECKOUT_DONE, T.RENEW_DONE), None, (by_hand.due_differs,), "staff did it: is it due when they said?", when=by_hand.is_of_word),
    Row(ANY, SHOWN, None, (), "nothing speaks against what staff said", when=by_hand.is_of_word),

    # What staff must say
    Row(ANY, STAFF, None, refuse=GONE_ON, when=guards.means_another),
    Row(ANY, (T.ANSWER_UNFILLED, T.REFUSE), None, refuse=guards.REASONS_UNFILLED, when=guards.no_reason_unfilled),
    Row(ANY, (T.ANSWER_RETRY, T.OFFER), None, refuse=guards.REASONS_RETRY, when=guards.no_reason_retry),
    Row(ANY, T.FORCE, None, refuse="Say the reason, and a state in which the request can rest.", when=guards.says_too_little),
    Row(ANY, T.FORCE, None, refuse="Name the barcode of the item.", when=guards.lacks_item),
    Row(ANY, T.FORCE, None, refuse="Name the due date that the ILS gave.", when=guards.lacks_due_date),
    Row((S.UNFILLED, S.RETRY_POSSIBLE, S.OFFERED, S.COPY_COMPLETED), T.UNDO, None, refuse="Too late to undo: something has happened since.", when=guards.has_gone_on),
    Row(ACTING, T.TRY_AGAIN, None, refuse="It is under way; nothing has to be tried again yet.", when=acting.under_way),

    # A request arrives (duty 4)
    Row(None, T.ADMITTED, S.SEARCHING, (choose.find_copies, clocks.start), "duty 4: find copies"),
    Row(None, T.UNKNOWN_PARTNER, S.AWAITING_APPROVAL, (ask.about_partner, clocks.start), "an unknown partner's request is kept"),
    Row(None, T.TURNED_AWAY, S.UNFILLED, (tell.answer,), "the automatic answer", when=guards.turned_away_for_good),
    Row(None, T.TURNED_AWAY, S.RETRY_POSSIBLE, (tell.answer,), "lending is paused: the automatic answer"),
    Row(None, T.FOR_STAFF, S.DECIDING, (ask.to_answer, clocks.start), "a requestSubType we don't support goes to staff"),
    Row(S.AWAITING_APPROVAL, T.APPROVE, S.DECIDING, (choose.take_partner, clocks.start, ask.to_answer), "a requestSubType we don't support", when=guards.is_for_staff),
    Row(S.AWAITING_APPROVAL, T.APPROVE, S.SEARCHING, (choose.take_partner, clocks.start, choose.find_copies), "staff know the partner"),
    Row(S.AWAITING_APPROVAL, T.REFUSE, S.UNFILLED, (choose.keep_refusal_of_partner, take_back.stop_work, tell.answer), "not a partner of ours"),

    # Is there a copy, and may it go? (duty 4, "Availability → answer")
    Row(S.SEARCHING, T.COPIES_FOUND, S.CHECKING, (choose.ask_copies,), "17 on each copy"),
    Row(S.SEARCHING, T.CANNOT_SUPPLY, S.UNFILLED, (choose.keep_answer, take_back.stop_work, tell.answer), "no copy: NotHeld"),
    Row(S.SEARCHING, T.NO_COPIES, S.DECIDING, (choose.keep_answer, ask.to_answer), "no copy, and NotHeld may not go out by itself"),
    Row(S.CHECKING, (T.CAN_SUPPLY, T.CAN_COPY), S.DECIDING, (choose.keep_answer, ask.to_answer), "nothing is promised by itself that would come too late", when=guards.past_need_by),
    Row(S.CHECKING, T.CAN_SUPPLY, S.RESERVING, (choose.keep_answer, choose.choose_copy, items.place_hold), "duty 4: choose, hold"),
    Row(S.CHECKING, T.CAN_COPY, S.TO_COPY, (choose.keep_answer, choose.choose_copy, clocks.start_hold, tell.will_supply), "a copy is made from the item: no hold"),
    Row(S.CHECKING, T.RETRY_LATER, S.OFFERED, (choose.keep_answer, clocks.start_condition, tell.answer), "only if: a cost above the partner's limit", when=guards.is_offer),
    Row(S.CHECKING, T.RETRY_LATER, S.RETRY_POSSIBLE, (choose.keep_answer, take_back.stop_work, tell.answer), "not now, with the reason"),
    Row(S.CHECKING, T.CANNOT_SUPPLY, S.UNFILLED, (choose.keep_answer, take_back.stop_work, tell.answer), "no, with the reason"),
    Row(S.CHECKING, T.STAFF_DECIDES, S.DECIDING, (choose.keep_answer, ask.to_answer), "auto-answer is off, or 01"),
    Row((*UNDECIDED, S.RESERVING), T.UNDECIDED, None, (tell.expect,), "undecided after 60 s: ExpectToSupply"),
    Row((*UNDECIDED, S.RESERVING), T.PAST_DEADLINE, None, (ask.deadline,), "whole request: need-by or 30 days"),

    # Staff answer by hand, also while a look-up waits for a system that is down
    Row(ANSWERABLE, T.ANSWER_SUPPLY, None, refuse="Name one item; more can be named when they are shipped.", when=guards.names_several),
    Row(ANSWERABLE, T.ANSWER_SUPPLY, S.TO_COPY, (take_back.stop_work, choose.take_offer, choose.choose_named_copy, clocks.start_hold, tell.will_supply), "staff answer", when=guards.copy_of_named),
    Row(ANSWERABLE, T.ANSWER_SUPPLY, S.TO_COPY, (take_back.stop_work, choose.take_offer, choose.choose_copy, clocks.start_hold, tell.will_supply), "staff answer", when=guards.copy_of_candidate),
    Row(ANSWERABLE, T.ANSWER_SUPPLY, S.RESERVING, (take_back.stop_work, choose.take_offer, clocks.start, choose.choose_named_copy, items.place_hold), "staff answer", when=guards.names_copy),
    Row(ANSWERABLE, T.ANSWER_SUPPLY, S.RESERVING, (take_back.stop_work, choose.take_offer, clocks.start, choose.choose_copy, items.place_hold), "staff answer", when=guards.another_copy),
    Row(ANSWERABLE, T.ANSWER_SUPPLY, None, refuse="Name the barcode of the item to lend."),
    Row(ANSWERABLE, T.ANSWER_RETRY, S.RETRY_POSSIBLE, (choose.keep_retry, take_back.stop_work, tell.answer), "staff answer"),
    Row(ANSWERABLE, T.ANSWER_UNFILLED, S.UNFILLED, (choose.keep_unfilled, take_back.stop_work, tell.answer), "staff answer"),
    Row((S.DECIDING, S.OFFERED), T.SEARCH_AGAIN, S.SEARCHING, (choose.find_copies, clocks.start), "staff changed the item list or the policy"),
    Row(OPEN, T.OFFER, None, refuse="Name the cost or the condition.", when=guards.offers_nothing),
    Row(OPEN, T.OFFER, S.OFFERED, (choose.keep_offer, take_back.stop_work, clocks.start_condition, tell.answer), "only if: RetryPossible with cost or condition"),
    Row(S.OFFERED, T.CONDITIONS_ACCEPTED, S.TO_COPY, (choose.take_offer, choose.choose_copy, clocks.start_hold, tell.will_supply), "the partner accepts", when=guards.copy_of_candidate),
    Row(S.OFFERED, T.CONDITIONS_ACCEPTED, S.RESERVING, (choose.take_offer, clocks.start, choose.choose_copy, items.place_hold), "the partner accepts", when=guards.another_copy),
    Row(S.OFFERED, T.CONDITIONS_ACCEPTED, S.DECIDING, (choose.take_offer, clocks.start, ask.to_answer), "the partner accepts; staff name the item"),
    Row(S.OFFERED, T.CONDITIONS_REFUSED, S.CANCELLED, (tell.cancelled,), "the partner declines"),
    Row(S.OFFERED, T.ASKED_ANEW, S.RETRY_POSSIBLE, (), "a Retry stands in its place: the offer is over; it was told RetryPossible"),
    Row(S.OFFERED, T.CONDITION_LAPSED, S.RETRY_POSSIBLE, (tell.offer_over,), "conditional answer: 4 open days; some heard a promise with terms, and wait"),
    Row(S.OFFERED, T.UNDO, S.DECIDING, (take_back.retry, clocks.start, ask.to_answer), "undo before it was sent"),
    Row(S.RETRY_POSSIBLE, T.CONDITIONS_ACCEPTED, None, (ask.late_acceptance,), "the offer is over: staff"),
    Row(S.UNFILLED, T.UNDO, S.AWAITING_APPROVAL, (take_back.unfilled, clocks.start, ask.about_partner), "undo before it was sent", when=guards.is_unapproved),
    Row(S.UNFILLED, T.UNDO, S.DECIDING, (take_back.unfilled, clocks.start, ask.to_answer), "undo before it was sent"),
    Row(S.RETRY_POSSIBLE, T.UNDO, S.DECIDING, (take_back.retry, clocks.start, ask.to_answer), "undo before it was sent"),

    # Reserve (duty 4): hold 15, then 63 shows it
    Row(S.RESERVING, T.HOLD_ANSWERED, None, (act.note_answer,), "ok is not proof: look"),
    Row(S.RESERVING, T.HOLD_STANDS, S.WILL_SUPPLY, (note.held, clocks.start_hold, tell.will_supply), "WillSupply after the hold stands"),
    Row(S.RESERVING, T.HOLD_ABSENT, None, (act.again,), "known not to stand: once more", when=acting.may_try_again),
    Row(S.RESERVING, T.HOLD_ABSENT, None, (choose.reject_items, choose.choose_copy, items.place_hold), "another copy", when=guards.another_copy),
    Row(S.RESERVING, T.HOLD_ABSENT, None, (act.look_later,), "one refusal is not proof, and no copy is left: look and ask once more, later", when=guards.refused_once),
    Row(S.RESERVING, (T.HOLD_ABSENT, T.HOLD_UNCLEAR), None, (note.failed, ask.place_hold), "refused, no holds over SIP2, or it can't be told: staff place it in the ILS"),
    Row(S.RESERVING, T.DONE_BY_HAND, S.WILL_SUPPLY, (hand.look, undo.stop_placing, note.held, clocks.start_hold, tell.will_supply), "staff placed it"),
    Row(S.RESERVING, T.TRY_AGAIN, None, (act.hold_again,), "staff cleared the way"),
    Row(S.RESERVING, T.NOT_DONE, None, (undo.placing, choose.reject_items, choose.choose_copy, items.place_hold), "another copy", when=guards.another_copy),
    Row(S.RESERVING, T.NOT_DONE, S.DECIDING, (undo.placing, choose.reject_items, deadline.start_deadline, ask.to_answer), "no copy is left"),
    Row(S.RESERVING, T.ANSWER_UNFILLED, S.RELEASING, (choose.keep_unfilled, take_back.stop_work, items.release), "Unfilled after the hold is known to be off"),
    Row(S.RESERVING, T.ANSWER_RETRY, S.RELEASING, (choose.keep_retry, take_back.stop_work, items.release), "likewise"),
    Row(S.RESERVING, T.CANCEL, S.CANCELLING, (take_back.stop_work, items.release), "a hold may have been placed: look"),

    # On the pull list (duties 5, 7)
    Row(S.WILL_SUPPLY, T.ARRIVE, S.ARRIVING, (items.arrive,), "scan at the desk: 09"),
    Row(S.WILL_SUPPLY, T.HOLD_AMBER, None, (ask.pull,), "duty 7: day 2 amber"),
    Row(S.WILL_SUPPLY, T.HOLD_EXPIRED, S.RELEASING, (choose.keep_not_on_shelf, clocks.stop_hold, items.release), "duty 7: day 3 red, cancel, next copy"),
    Row((S.WILL_SUPPLY, S.ARRIVED), T.CANNOT_FIND, S.RELEASING, (choose.keep_not_on_shelf, clocks.stop_hold, items.release), "duty 7, by hand"),
    Row((S.WILL_SUPPLY, S.ARRIVED), T.ANSWER_UNFILLED, S.RELEASING, (choose.keep_unfilled, clocks.stop_hold, items.release), "Unfilled after the hold is known to be off"),
    Row((S.WILL_SUPPLY, S.ARRIVED), T.ANSWER_RETRY, S.RELEASING, (choose.keep_retry, clocks.stop_hold, items.release), "likewise"),
    Row(PROMISED, T.CANCEL, S.CANCELLING, (take_back.stop_work, clocks.stop_hold, items.release), "Cancelled after the hold is off"),
    Row(S.ARRIVING, T.ARRIVE_ANSWERED, None, (act.note_answer,), "look where it is"),
    Row(S.ARRIVING, T.ARRIVE_DONE, None, (keep.at_desk,), "one of several", when=guards.more_to_arrive),
    Row(S.ARRIVING, T.ARRIVE_DONE, S.ARRIVED, (keep.at_desk, clocks.stop_hold), "arrived = 09 at the desk"),
    Row(S.ARRIVING, T.ARRIVE_TRAPPED, None, (note.failed, ask.trapped), "one of several", when=guards.more_under_way),
    Row(S.ARRIVING, T.ARRIVE_TRAPPED, S.WILL_SUPPLY, (ask.trapped, note.cleared, clocks.start_hold), "trapped for somebody else: staff"),
    Row(S.ARRIVING, T.ARRIVE_UNCLEAR, None, (note.failed, ask.find_out), "can't be told: staff"),
    Row(S.ARRIVING, T.DONE_BY_HAND, S.ARRIVED, (hand.look, undo.stop_arriving, keep.at_desk, clocks.stop_hold), "staff have it in hand"),
    Row(S.ARRIVING, T.NOT_DONE, S.WILL_SUPPLY, (undo.arriving, note.cleared, clocks.start_hold), "it is not here"),
    Row(S.ARRIVING, T.TRY_AGAIN, None, (items.arrive_again,), "staff cleared the way"),

    # The hold comes off: another copy, Unfilled, or Cancelled
    Row((S.RELEASING, S.CANCELLING), T.HOLD_ANSWERED, None, (items.look_again_for_holds,), "a hold whose answer was lost may still come", when=guards.is_unknown),
    Row((S.RELEASING, S.CANCELLING), T.HOLD_ANSWERED, None, (), "the look after it is asked for already"),
    Row((S.RELEASING, S.CANCELLING), T.CANCEL_HOLD_ANSWERED, None, (act.note_answer,), "ok is not proof: look"),
    Row((S.RELEASING, S.CANCELLING), T.HOLD_OFF, None, (keep.released,), "one of several", when=guards.more_to_release),
    Row((S.RELEASING, S.CANCELLING), T.HOLD_STILL_ON, None, (act.again,), "known to be on: once more", when=acting.may_try_again),
    Row((S.RELEASING, S.CANCELLING), T.HOLD_STILL_ON, None, (act.look_later,), "one refusal is not proof: look and ask once more, later", when=guards.refused_once),
    Row((S.RELEASING, S.CANCELLING), (T.HOLD_STILL_ON, T.HOLD_OFF_UNCLEAR), None, (note.failed, ask.cancel_hold), "cancel may fail always: tell staff"),
    Row((S.RELEASING, S.CANCELLING), T.TRY_AGAIN, None, (items.release_again,), "staff cleared the way"),
    Row(S.RELEASING, (T.HOLD_OFF, T.DONE_BY_HAND), S.RESERVING, (hand.look, undo.stop_taking_off, choose.reject_items, choose.choose_copy, items.place_hold), "duty 7: another copy if there is one", when=guards.another_copy_wanted),
    Row(S.RELEASING, (T.HOLD_OFF, T.DONE_BY_HAND), S.RETRY_POSSIBLE, (hand.look, undo.stop_taking_off, keep.released, tell.answer), "RetryPossible after the hold is off", when=guards.answer_is_retry),
    Row(S.RELEASING, (T.HOLD_OFF, T.DONE_BY_HAND), S.UNFILLED, (hand.look, undo.stop_taking_off, keep.released, tell.answer), "Unfilled after the hold is off"),
    Row(S.RELEASING, T.UNDO, None, refuse="Too late to undo: the hold of one item is off already.", when=guards.any_answered),
    Row(S.RELEASING, T.UNDO, S.RESERVING, (take_back.look_for_holds, clocks.start, items.look_whether_held), "undo before the first act", when=guards.none_held),
    Row(S.RELEASING, T.UNDO, S.ARRIVED, (take_back.release, note.cleared), "undo before the first act", when=guards.any_at_desk),
    Row(S.RELEASING, T.UNDO, S.WILL_SUPPLY, (take_back.release, note.cleared, clocks.start_hold), "undo before the first act"),
    Row(S.RELEASING, T.CANCEL, S.CANCELLING, (), "the hold is coming off already", when=acting.under_way),
    Row(S.RELEASING, T.CANCEL, S.CANCELLING, (ask.cancel_hold_still,), "staff are asked to take the hold off, and still are"),
    Row(S.CANCELLING, (T.HOLD_OFF, T.DONE_BY_HAND), S.CANCELLED, (hand.look, undo.stop_taking_off, keep.released, tell.answer_cancel_yes), "Cancel → Y after the hold is off"),
    Row(S.CANCELLING, T.CANCEL, None, (), "the answer is on its way"),

    # Ship (duty 5): checkout 11, then 63 or 17 shows it, then Loaned
    Row((S.WILL_SUPPLY, S.ARRIVED), T.SHIP, S.CHECKING_OUT, (clocks.stop_hold, items.check_out), "duty 5: checkout to the partner's account"),
    Row(S.CHECKING_OUT, T.CHECKOUT_ANSWERED, None, (act.note_answer,), "ok is not proof: look"),
    Row(S.CHECKING_OUT, T.CHECKOUT_DONE, None, (keep.out,), "one of several", when=guards.more_to_go_out),
    Row(S.CHECKING_OUT, T.CHECKOUT_DONE, S.CHECKED_OUT, (keep.out, ask.due_date), "another AH: staff before Loaned goes out", when=guards.due_date_surprises),
    Row(S.CHECKING_OUT, T.CHECKOUT_DONE, S.CHECKED_OUT, (keep.out, keep.settle_due, tell.loaned), "Loaned after the checkout is known to be done"),
    Row(S.CHECKING_OUT, T.CHECKOUT_NOT_DONE, None, (act.again,), "known not to be done: once more", when=acting.may_try_again),
    Row(S.CHECKING_OUT, T.CHECKOUT_NOT_DONE, None, (note.failed, ask.check_out), "one of several", when=guards.more_out_or_under_way),
    Row(S.CHECKING_OUT, T.CHECKOUT_NOT_DONE, S.ARRIVED, (ask.check_out, keep.all_at_desk), "refused: a task, never an Unfilled"),
    Row(S.CHECKING_OUT, T.CHECKOUT_UNCLEAR, None, (note.failed, ask.find_out), "can't be told: staff"),
    Row((S.WILL_SUPPLY, S.ARRIVED, S.CHECKING_OUT), T.DONE_BY_HAND, S.CHECKED_OUT, (undo.stop_checking_out, clocks.stop_hold, items.take_named, hand.look, keep.out_by_hand, keep.settle_due, tell.loaned), "staff checked it out", when=guards.knows_due_date),
    Row((S.WILL_SUPPLY, S.ARRIVED, S.CHECKING_OUT, S.CHECKED_OUT), T.DONE_BY_HAND, None, refuse="Name the due date that the ILS gave.", when=guards.lacks_known_due_date),
    Row(S.CHECKING_OUT, T.NOT_DONE, S.CHECKED_OUT, (undo.checking_out, items.keep_those_out, keep.settle_due, tell.loaned), "staff send what could be checked out", when=guards.any_out),
    Row(S.CHECKING_OUT, T.NOT_DONE, S.ARRIVED, (undo.checking_out, keep.all_at_desk), "staff looked: not checked out"),
    Row(S.CHECKING_OUT, T.TRY_AGAIN, None, (items.checkout_again,), "staff cleared the way"),
    Row(S.CHECKED_OUT, T.DONE_BY_HAND, None, (take_back.stop_telling_loaned, keep.settle_due, tell.loaned), "staff checked the due date: tell"),
    Row(S.CHECKED_OUT, T.UNDO_OVER, None, (tell.loaned_now,), "nobody undid it: Loaned goes out"),
    Row(S.CHECKED_OUT, T.TOLD, S.LOANED, (keep.close_told, clocks.start_loan), "the partner has heard Loaned", when=guards.told_loaned),
    Row(S.CHECKED_OUT, T.TOLD, None, (keep.known_there,), "it has heard something else, and Loaned is still to be told"),
    Row(S.CHECKED_OUT, T.TOLD_BY_HAND, None, refuse="Name the due date that the partner was told.", when=guards.lacks_known_due_date),
    Row(S.CHECKED_OUT, T.TOLD_BY_HAND, S.LOANED, (take_back.stop_telling_loaned, keep.settle_due, keep.close_told, clocks.start_loan), "told by other means"),
    Row(S.CHECKED_OUT, T.NOT_TOLD, None, (ask.checked_out_not_told,), "checked out, not told: a queue of its own", when=guards.told_loaned),
    Row(S.CHECKED_OUT, T.STUCK, None, (ask.checked_out_not_told,), "likewise, while trying goes on", when=guards.is_telling),
    Row(S.CHECKED_OUT, T.RECEIVED, None, (keep.received,), "they have it; staff are still to check the due date", when=guards.due_unsettled),
    Row(S.CHECKED_OUT, T.RECEIVED, S.LOANED, (tell.loaned_early, keep.received, keep.close_told, clocks.start_loan), "they have it, so they know"),
    Row(S.CHECKED_OUT, T.UNDO, S.UNDOING, (take_back.loaned, items.undo_check_out), "undo checks the item in again"),
    Row(S.UNDOING, T.CHECKIN_ANSWERED, None, (act.note_answer,), "ok is not proof: look"),
    Row(S.UNDOING, T.CHECKIN_DONE, None, (keep.at_desk,), "one of several", when=guards.more_to_arrive),
    Row(S.UNDOING, T.CHECKIN_DONE, S.ARRIVED, (keep.at_desk, ask.lent_to_another), "undone, and lent again by somebody meanwhile", when=guards.is_anothers),
    Row(S.UNDOING, T.CHECKIN_DONE, S.ARRIVED, (keep.at_desk,), "undone"),
    Row(S.UNDOING, T.CHECKIN_NOT_DONE, None, (act.again,), "known not to be done: once more", when=acting.may_try_again),
    Row(S.UNDOING, (T.CHECKIN_NOT_DONE, T.CHECKIN_UNCLEAR), None, (note.failed, ask.check_in), "staff check it in"),
    Row(S.UNDOING, T.DONE_BY_HAND, S.ARRIVED, (hand.look, undo.stop_checking_in, keep.at_desk), "staff checked it in"),
    Row(S.UNDOING, T.TRY_AGAIN, None, (items.checkin_again,), "staff cleared the way"),

    # Out on loan
    Row((*OUT, S.RENEWING), T.RECEIVED, None, (keep.received,), "arrived"),
    Row((*OUT, S.RENEWING), T.NOT_RECEIVED, None, (ask.not_received,), "shipped, not received: 14 days"),
    Row((*OUT, S.RENEWING), (T.OVERDUE, T.OVERDUE_AGAIN), None, (), "the next overdue message is due already: one is enough", when=guards.is_overtaken),
    Row((*OUT, S.RENEWING), (T.OVERDUE, T.OVERDUE_AGAIN), None, (), "kept back, as the partner said: no overdue message", when=guards.return_is_held),
    Row(S.LOANED, (T.OVERDUE, T.OVERDUE_AGAIN), S.OVERDUE, (tell.overdue,), "overdue +1; later, where the first was missed"),
    Row(S.OVERDUE, T.OVERDUE_AGAIN, None, (tell.overdue,), "overdue +7, +21"),
    Row(S.RECALLED, (T.OVERDUE, T.OVERDUE_AGAIN), None, (tell.overdue,), "recalled it stays: no renewal"),
    Row(S.RENEWING, (T.OVERDUE, T.OVERDUE_AGAIN), None, (tell.overdue, keep.overdue_meanwhile), "overdue while we asked for a renewal"),
    Row((*OUT, S.RENEWING), T.BILLABLE, None, (ask.bill,), "billable lost +42"),
    Row((S.LOANED, S.OVERDUE), T.RECALL, S.RECALLED, (keep.wanted_back, tell.recalled), "wanted back"),
    Row((S.LOANED, S.OVERDUE), T.RENEW, None, (tell.answer_renew_yes,), "within ten minutes of a granted one: the same due date, no new 29", when=guards.just_renewed),
    Row((S.LOANED, S.OVERDUE), T.RENEW, None, (tell.answer_renew_no,), "the policy allows no further renewal: N, no 29", when=guards.no_renewal_left),
    Row((S.LOANED, S.OVERDUE), T.RENEW, S.RENEWING, (note.remember, items.renew), "renewal: ask the ACS first (29)"),
    Row(S.RENEWING, T.RENEW_ANSWERED, None, (act.note_answer,), "ok is not proof: look at the due date"),
    Row(S.RENEWING, T.RENEW_DONE, None, (keep.renewed_one,), "one of several", when=guards.more_under_way),
    Row(S.RENEWING, T.RENEW_DONE, BEFORE, (keep.renewed_one, note.cleared, tell.answer_renew_no), "another of several could not be renewed", when=guards.another_failed),
    Row(S.RENEWING, T.RENEW_DONE, S.LOANED, (keep.renewed, clocks.start_due, tell.answer_renew_yes), "Renew → Y, the new due date"),
    Row(S.RENEWING, T.RENEW_NOT_DONE, None, (note.failed, ask.not_the_partners), "one of several, and the partner's no more", when=guards.one_is_ours_no_more),
    Row(S.RENEWING, T.RENEW_NOT_DONE, BEFORE, (ask.not_the_partners, note.cleared, tell.answer_renew_no), "the partner's no more: Renew → N, and staff", when=guards.is_ours_no_more),
    Row(S.RENEWING, T.RENEW_NOT_DONE, None, (act.again,), "known not to be done: once more", when=acting.may_try_again),
    Row(S.RENEWING, T.RENEW_NOT_DONE, None, (note.failed,), "one of several", when=guards.more_under_way),
    Row(S.RENEWING, T.RENEW_NOT_DONE, BEFORE, (note.cleared, tell.answer_renew_no), "Renew → N"),
    Row(S.RENEWING, T.RENEW_UNCLEAR, None, (note.failed, ask.renew), "can't be told: staff"),
    Row(S.RENEWING, T.DONE_BY_HAND, S.LOANED, (hand.look, undo.stop_renewing, keep.renewed, clocks.start_due, tell.answer_renew_yes), "staff renewed it", when=guards.names_due_date),
    Row(S.RENEWING, T.DONE_BY_HAND, None, refuse="Name the due date that the ILS gave."),
    Row(S.RENEWING, T.NOT_DONE, BEFORE, (undo.renewing, note.cleared, tell.answer_renew_no), "staff say no"),
    Row(S.RENEWING, T.TRY_AGAIN, None, (items.renew_again,), "staff cleared the way"),
    Row(S.RENEWING, T.RENEW, None, (), "the answer is on its way"),
    Row((*OUT, S.CHECKED_OUT, S.RENEWING, S.RETURNING), T.LOST, None, (ask.bill,), "2021-2: the partner says Lost; staff decide on the bill"),
    Row((*OUT, S.RENEWING), T.HOLD_RETURN, None, (keep.return_held, ask.return_held), "2021-2: the partner keeps the return back"),
    Row((*OUT, S.RETURNING), T.MARK_LOST, S.LOST, (keep.over, tell.without_return, ask.bill), "lost → CompletedWithoutReturn"),

    # Back again (duty 6)
    Row(OUT, T.SHIPPED_RETURN, S.RETURNING, (keep.returned,), "sent back"),
    Row(OUT, T.SHIPPED_FORWARD, S.RETURNING, (keep.returned, ask.sent_on), "sent on to another library"),
    Row(S.CHECKED_OUT, T.SHIPPED_RETURN, S.RETURNING, (take_back.stop_telling_loaned, keep.close_told, keep.settle_due, keep.returned), "they had it: Loaned need not be told any more"),
    Row(S.CHECKED_OUT, T.SHIPPED_FORWARD, S.RETURNING, (take_back.stop_telling_loaned, keep.close_told, keep.settle_due, keep.returned, ask.sent_on), "likewise"),
    Row(S.RENEWING, T.SHIPPED_RETURN, S.RETURNING, (undo.stop_renewing, note.cleared, keep.returned, tell.answer_renew_no), "sent back while we asked for a renewal"),
    Row(S.RENEWING, T.SHIPPED_FORWARD, S.RETURNING, (undo.stop_renewing, note.cleared, keep.returned, tell.answer_renew_no, ask.sent_on), "likewise"),
    Row(S.RETURNING, T.SHIPPED_FORWARD, None, (ask.sent_on,), "not to us after all"),
    Row(S.RETURNING, T.NOT_RETURNED, None, (ask.not_returned,), "returned, not confirmed: 30 days"),
    Row(S.RETURNING, T.RECEIVED, None, (keep.received,), "out of order, and no harm"),
    Row((*OUT, S.CHECKED_OUT, S.RETURNING, S.LOST), T.CHECK_IN, S.CHECKING_IN, (tell.loaned_early, note.remember, items.check_in), "duty 6: scan = 09, also before any ShippedReturn", when=guards.may_check_in),
    Row(S.RENEWING, T.CHECK_IN, S.CHECKING_IN, (undo.renewing, note.remember, note.cleared, tell.answer_renew_no, items.check_in), "back while we asked for a renewal", when=guards.may_check_in_instead),
    Row(S.CHECKING_IN, T.CHECK_IN, None, (items.check_in,), "another of several", when=guards.may_check_in),
    Row((*OUT, S.CHECKED_OUT, S.RENEWING, S.RETURNING, S.LOST, S.CHECKING_IN), T.CHECK_IN, None, refuse="No such item of this request is out, or it is being checked in already."),
    Row(S.CHECKING_IN, T.CHECKIN_ANSWERED, None, (act.note_answer,), "ok is not proof: look"),
    Row(S.CHECKING_IN, T.CHECKIN_DONE, None, (keep.back,), "one of several", when=guards.more_unsettled),
    Row(S.CHECKING_IN, T.CHECKIN_DONE, BEFORE, (keep.back,), "the others are still out", when=guards.more_to_come_back),
    Row(S.CHECKING_IN, T.CHECKIN_DONE, S.COMPLETED, (keep.back, keep.over, tell.completed), "LoanCompleted"),
    Row(S.CHECKING_IN, T.CHECKIN_NOT_DONE, None, (act.again,), "known not to be done: once more", when=acting.may_try_again),
    Row(S.CHECKING_IN, T.CHECKIN_NOT_DONE, None, (act.look_later,), "one refusal is not proof: look and ask once more, later", when=guards.refused_once),
    Row(S.CHECKING_IN, (T.CHECKIN_NOT_DONE, T.CHECKIN_UNCLEAR), None, (note.failed, ask.check_in), "staff check it in"),
    Row(S.CHECKING_IN, T.NOT_DONE, BEFORE, (undo.checking_in, note.cleared), "it is not here after all"),
    Row(S.CHECKING_IN, T.TRY_AGAIN, None, (items.checkin_again,), "staff cleared the way"),
    Row(S.CHECKING_IN, T.TOLD, None, (keep.close_told, keep.loaned_meanwhile, clocks.start_loan), "the partner has heard Loaned", when=guards.told_loaned_meanwhile),
    Row(S.CHECKING_IN, T.RECEIVED, None, (keep.received,), "out of order, and no harm"),
    Row(S.CHECKING_IN, T.SHIPPED_RETURN, None, (keep.returned, keep.returning_meanwhile), "out of order; it counts for what is not back"),
    Row((*OUT, S.RETURNING, S.CHECKING_IN, S.LOST), T.DONE_BY_HAND, S.COMPLETED, (hand.look, undo.stop_checking_in, keep.back, keep.over, tell.completed), "staff checked it in"),

    # A copy (Copy, or CopyOrLoan where no loan was possible)
    Row(S.TO_COPY, T.COPY_SENT, S.COPY_COMPLETED, (clocks.stop_hold, tell.copy_sent), "CopyCompleted: a link, or posted"),
    Row(S.TO_COPY, (T.HOLD_AMBER, T.HOLD_EXPIRED), None, (ask.pull,), "duty 7: day 2 amber, day 3 red"),
    Row(S.TO_COPY, T.CANNOT_FIND, None, (choose.reject_items, choose.choose_copy, clocks.start_hold), "another copy", when=guards.another_copy),
    Row(S.TO_COPY, T.CANNOT_FIND, S.UNFILLED, (choose.keep_not_on_shelf, clocks.stop_hold, tell.answer), "no hold to take off"),
    Row(S.TO_COPY, T.ANSWER_UNFILLED, S.UNFILLED, (choose.keep_unfilled, clocks.stop_hold, tell.answer), "no hold to take off"),
    Row(S.TO_COPY, T.ANSWER_RETRY, S.RETRY_POSSIBLE, (choose.keep_retry, clocks.stop_hold, tell.answer), "no hold to take off"),
    Row(S.TO_COPY, T.CANCEL, S.CANCELLED, (clocks.stop_hold, tell.answer_cancel_yes), "no hold to take off"),
    Row(S.COPY_COMPLETED, T.UNDO, S.TO_COPY, (take_back.copy, clocks.start_hold), "undo before it was sent"),
    Row(S.COPY_COMPLETED, T.RECEIVED, None, (), "arrived"),

    # In every state: the partner
    Row((*UNDECIDED, S.OFFERED), T.CANCEL, S.CANCELLED, (take_back.stop_work, tell.answer_cancel_yes), "nothing is reserved yet"),
    Row(S.CANCELLED, T.CANCEL, None, (tell.answer_cancel_yes,), "cancelled already"),
    Row(ANY, T.CANCEL, None, (tell.answer_cancel_no,), "too late, or over: N and the current status"),
    Row(ANY, T.RENEW, None, (tell.answer_renew_no,), "nothing to renew, or recalled: N and the current status"),
    Row(ANY, T.STATUS_REQUEST, None, (tell.status,), "the current status, final states too"),
    Row(ANY, T.REMINDER, None, (tell.status_again,), "the status again, no new work"),
    Row(ANY, (T.NOTIFICATION, T.CONDITIONS_ACCEPTED, T.CONDITIONS_REFUSED), None, (ask.read_note,), "a Notification never moves a request"),
    Row(NOT_SENT, (T.RECEIVED, T.SHIPPED_RETURN, T.SHIPPED_FORWARD), None, (ask.contradiction,), "they have what we did not send"),
    Row(S.LOST, (T.SHIPPED_RETURN, T.SHIPPED_FORWARD), None, (ask.contradiction,), "found after all"),
    Row(ANY, T.TOLD, None, (keep.close_told,), "the partner has heard"),
    Row(ANY, T.NOT_TOLD, None, (ask.not_told, tell.in_words), "what a partner can't take is told in words"),

    # In every state: staff
    Row(ANY, T.NOTE, None, (), "words for staff: they stay inside", when=acting.notes_words),
    Row(ANY, T.NOTE, None, refuse="A note is for staff: write it as “inside” (--inside). Words for the partner are a message."),
    Row(ANY, T.SEND_MESSAGE, None, (tell.note,), "words for the partner", when=acting.says_words),
    Row(ANY, T.SEND_MESSAGE, None, refuse="Write the message as “note” (--note): words for the partner."),
    Row(ANY, T.TOLD_BY_HAND, None, (keep.close_told,), "told by other means"),
    Row(S.CANCELLING, T.FORCE, None, (force.force, tell.answer_cancel_as_forced), "a Cancel is still to be answered"),
    Row(S.RENEWING, T.FORCE, None, (force.force, tell.answer_renew_no), "a Renew is still to be answered"),
    Row(ANY, T.FORCE, None, (force.force,), "no failure strands a loan"),

    # In every state: answers of the circulation system that nobody waits for any more
    Row(ANY, ANSWERED, None, (act.look,), "look what it did"),
    Row(NO_HOLD_WANTED, T.HOLD_STANDS, None, (act.take_off,), "a hold that nobody wants"),
    Row(NO_HOLD_WANTED, (T.HOLD_UNCLEAR, T.HOLD_STILL_ON, T.HOLD_OFF_UNCLEAR), None, (asking.stray_hold,), "a hold that nobody wants"),
    Row(PROMISED, (T.HOLD_OFF, T.HOLD_ABSENT), None, (ask.hold_gone,), "the hold that we promised on"),
    Row(ANY, T.ARRIVE_TRAPPED, None, (ask.trapped,), "trapped for somebody else: staff"),
    Row(ANY, (T.CHECKOUT_DONE, T.CHECKOUT_UNCLEAR, T.CHECKIN_NOT_DONE), None, (ask.out_after_all,), "it counts as being here", when=guards.is_not_out),
    Row(OUT, T.RENEW_DONE, None, (keep.renewed_late, clocks.start_due), "the circulation system's due date is the one that counts"),
    Row(ANY, (T.CHECKIN_DONE, T.CHECKOUT_NOT_DONE), None, (ask.back_after_all,), "it counts as being out", when=guards.is_out),
    Row(ANY, T.DIFFERS, None, (asking.differs,), "the circulation system's lists say otherwise: staff"),
    Row(ANY, T.AGREES, None, (note.matches,), "nothing is left to mend"),
    Row(ANY, T.STUCK, None, (ask.not_told_yet,), "a limit, then a staff task", when=guards.is_telling),
    Row(ANY, T.STUCK, None, (asking.stuck,), "a limit, then a staff task"),
)
# fmt: on

LENDING = Table(rows=ROWS, finals=FINALS, begin=choose.begin, meanings=MEANINGS)
