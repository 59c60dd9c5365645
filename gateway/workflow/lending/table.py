"""The lending table: everything that happens to a request to us as supplying agency.

Rules on which the table rests (design.md, iso18626.md, ill.md):

- An act on the circulation system is asked for, answered, and then looked at; only what the look shows counts. What was
  lost or lied about is asked for again where the look shows that it was not done; what can't be told is a person's.
- The partner hears WillSupply only after the hold stands, Loaned only after the checkout is done, Unfilled and
  Cancelled only after the hold is off.
- Cancel, Renew, StatusRequest and Reminder get an answer in every state, final ones too.
- A person can do every step in the ILS and say so (“done by hand”), and can force a state with a reason.
- What fits no row is ignored where it came from the partner or our own work, refused where staff asked for it.

Duties are those of ill.md. The diagram in ARCHITECTURE.md and the desk's buttons are derived from these rows.
"""

from gateway.workflow.events import Trigger
from gateway.workflow.lending import act, ask, choose, clocks, guards, note, tell, undo
from gateway.workflow.machine import ANY, Row, Table
from gateway.workflow.records import LendingState

S = LendingState
T = Trigger

UNDECIDED = (S.AWAITING_APPROVAL, S.SEARCHING, S.CHECKING, S.DECIDING)
PROMISED = (S.WILL_SUPPLY, S.ARRIVING, S.ARRIVED)
OUT = (S.LOANED, S.OVERDUE, S.RECALLED)
OUT_OR_BACK = (*OUT, S.RENEWING, S.RETURNING)
ENDED_WITHOUT_ITEM = (S.UNFILLED, S.RETRY_POSSIBLE, S.CANCELLED)
FINALS = frozenset({*ENDED_WITHOUT_ITEM, S.COMPLETED, S.COPY_COMPLETED, S.LOST})

# fmt: off
ROWS = (
    # A request arrives (duty 4)
    Row(None, T.ADMITTED, S.SEARCHING, (choose.find_copies, clocks.start), "duty 4: find copies"),
    Row(None, T.UNKNOWN_PARTNER, S.AWAITING_APPROVAL, (ask.about_partner, clocks.start), "an unknown partner's request is kept"),
    Row(None, T.TURNED_AWAY, S.UNFILLED, (tell.answer,), "the automatic answer", when=guards.turned_away_for_good),
    Row(None, T.TURNED_AWAY, S.RETRY_POSSIBLE, (tell.answer,), "lending is paused: the automatic answer"),
    Row(None, T.FOR_STAFF, S.DECIDING, (ask.to_answer, clocks.start), "a requestSubType we don't support goes to staff"),
    Row(S.AWAITING_APPROVAL, T.APPROVE, S.SEARCHING, (choose.take_partner, choose.find_copies), "staff know the partner"),
    Row(S.AWAITING_APPROVAL, T.REFUSE, S.UNFILLED, (choose.keep_refusal_of_partner, undo.stop_work, tell.answer), "not a partner of ours"),

    # Is there a copy, and may it go? (duty 4, "Availability → answer")
    Row(S.SEARCHING, T.COPIES_FOUND, S.CHECKING, (choose.ask_copies,), "17 on each copy"),
    Row(S.SEARCHING, T.CANNOT_SUPPLY, S.UNFILLED, (choose.keep_answer, undo.stop_work, tell.answer), "no copy: NotHeld"),
    Row(S.SEARCHING, T.NO_COPIES, S.DECIDING, (choose.keep_answer, ask.to_answer), "no copy, and NotHeld may not go out by itself"),
    Row(S.CHECKING, T.CAN_SUPPLY, S.RESERVING, (choose.keep_answer, choose.choose_copy, act.place_hold), "duty 4: choose, hold"),
    Row(S.CHECKING, T.CAN_COPY, S.TO_COPY, (choose.keep_answer, choose.choose_copy, clocks.start_hold, tell.will_supply), "a copy is made from the item: no hold"),
    Row(S.CHECKING, T.RETRY_LATER, S.RETRY_POSSIBLE, (choose.keep_answer, undo.stop_work, tell.answer), "not now, with the reason"),
    Row(S.CHECKING, T.CANNOT_SUPPLY, S.UNFILLED, (choose.keep_answer, undo.stop_work, tell.answer), "no, with the reason"),
    Row(S.CHECKING, T.STAFF_DECIDES, S.DECIDING, (choose.keep_answer, ask.to_answer), "auto-answer is off, or 01"),
    Row((*UNDECIDED, S.RESERVING), T.UNDECIDED, None, (tell.expect,), "undecided after 60 s: ExpectToSupply"),
    Row((*UNDECIDED, S.RESERVING), T.PAST_DEADLINE, None, (ask.deadline,), "whole request: need-by or 30 days"),

    # Staff answer by hand
    Row(S.DECIDING, T.ANSWER_SUPPLY, S.TO_COPY, (choose.choose_named_copy, clocks.start_hold, tell.will_supply), "staff answer", when=guards.copy_of_named),
    Row(S.DECIDING, T.ANSWER_SUPPLY, S.TO_COPY, (choose.choose_copy, clocks.start_hold, tell.will_supply), "staff answer", when=guards.copy_of_candidate),
    Row((S.DECIDING, S.OFFERED), T.ANSWER_SUPPLY, S.RESERVING, (choose.choose_named_copy, act.place_hold), "staff answer", when=guards.names_copy),
    Row((S.DECIDING, S.OFFERED), T.ANSWER_SUPPLY, S.RESERVING, (choose.choose_copy, act.place_hold), "staff answer", when=guards.another_copy),
    Row((S.DECIDING, S.OFFERED), T.ANSWER_SUPPLY, None, refuse="Name the barcode of the item to lend."),
    Row((S.DECIDING, S.OFFERED), T.ANSWER_RETRY, S.RETRY_POSSIBLE, (choose.keep_retry, undo.stop_work, tell.answer), "staff answer"),
    Row((S.DECIDING, S.OFFERED), T.ANSWER_UNFILLED, S.UNFILLED, (choose.keep_unfilled, undo.stop_work, tell.answer), "staff answer"),
    Row((S.DECIDING, S.OFFERED), T.SEARCH_AGAIN, S.SEARCHING, (choose.find_copies,), "staff changed the item list or the policy"),
    Row(S.DECIDING, T.OFFER, S.OFFERED, (choose.keep_offer, clocks.start_condition, tell.answer), "only if: RetryPossible with cost or condition"),
    Row(S.OFFERED, T.CONDITIONS_ACCEPTED, S.RESERVING, (choose.choose_copy, act.place_hold), "the partner accepts", when=guards.another_copy),
    Row(S.OFFERED, T.CONDITIONS_ACCEPTED, S.DECIDING, (ask.to_answer,), "the partner accepts; staff name the item"),
    Row(S.OFFERED, T.CONDITIONS_REFUSED, S.CANCELLED, (undo.stop_work, tell.cancelled), "the partner declines"),
    Row(S.OFFERED, T.CONDITION_LAPSED, S.RETRY_POSSIBLE, (), "conditional answer: 4 open days; it was told RetryPossible"),
    Row((S.UNFILLED, S.RETRY_POSSIBLE), T.UNDO, S.DECIDING, (undo.unfilled, ask.to_answer, clocks.start), "undo before it was sent", when=guards.answer_is_unfilled),
    Row((S.UNFILLED, S.RETRY_POSSIBLE), T.UNDO, S.DECIDING, (undo.retry, ask.to_answer, clocks.start), "undo before it was sent"),

    # Reserve (duty 4): hold 15, then 63 shows it
    Row(S.RESERVING, T.HOLD_ANSWERED, None, (act.note_answer,), "ok is not proof: look"),
    Row(S.RESERVING, T.HOLD_STANDS, S.WILL_SUPPLY, (note.held, clocks.start_hold, tell.will_supply), "WillSupply after the hold stands"),
    Row(S.RESERVING, T.HOLD_ABSENT, None, (act.again,), "known not to stand: once more", when=guards.may_try_again),
    Row(S.RESERVING, T.HOLD_ABSENT, None, (choose.reject_items, choose.choose_copy, act.place_hold), "another copy", when=guards.another_copy),
    Row(S.RESERVING, T.HOLD_ABSENT, None, (ask.place_hold,), "refused: staff place it in the ILS"),
    Row(S.RESERVING, T.HOLD_UNCLEAR, None, (ask.place_hold,), "no holds over SIP2, or it can't be told"),
    Row(S.RESERVING, T.DONE_BY_HAND, S.WILL_SUPPLY, (note.held, clocks.start_hold, tell.will_supply), "staff placed it"),
    Row(S.RESERVING, T.TRY_AGAIN, None, (act.hold_again,), "staff cleared the way"),
    Row(S.RESERVING, T.NOT_DONE, None, (choose.reject_items, choose.choose_copy, act.place_hold), "another copy", when=guards.another_copy),
    Row(S.RESERVING, T.NOT_DONE, S.DECIDING, (choose.reject_items, ask.to_answer), "no copy is left"),
    Row(S.RESERVING, T.ANSWER_UNFILLED, S.RELEASING, (choose.keep_unfilled, undo.stop_work, act.look_for_holds), "Unfilled after the hold is known to be off"),
    Row(S.RESERVING, T.ANSWER_RETRY, S.RELEASING, (choose.keep_retry, undo.stop_work, act.look_for_holds), "likewise"),
    Row(S.RESERVING, T.CANCEL, S.CANCELLING, (undo.stop_work, act.look_for_holds), "a hold may have been placed: look"),

    # On the pull list (duties 5, 7)
    Row(S.WILL_SUPPLY, T.ARRIVE, S.ARRIVING, (act.arrive,), "scan at the desk: 09"),
    Row(S.WILL_SUPPLY, T.HOLD_AMBER, None, (ask.pull,), "duty 7: day 2 amber"),
    Row(S.WILL_SUPPLY, T.HOLD_EXPIRED, S.RELEASING, (choose.keep_not_on_shelf, act.cancel_holds), "duty 7: day 3 red, cancel, next copy"),
    Row((S.WILL_SUPPLY, S.ARRIVED), T.CANNOT_FIND, S.RELEASING, (choose.keep_not_on_shelf, act.cancel_holds), "duty 7, by hand"),
    Row((S.WILL_SUPPLY, S.ARRIVED), T.ANSWER_UNFILLED, S.RELEASING, (choose.keep_unfilled, act.cancel_holds), "Unfilled after the hold is known to be off"),
    Row((S.WILL_SUPPLY, S.ARRIVED), T.ANSWER_RETRY, S.RELEASING, (choose.keep_retry, act.cancel_holds), "likewise"),
    Row(PROMISED, T.CANCEL, S.CANCELLING, (clocks.stop_hold, act.cancel_holds), "Cancelled after the hold is off"),
    Row(S.ARRIVING, T.ARRIVE_ANSWERED, None, (act.note_answer,), "look where it is"),
    Row(S.ARRIVING, T.ARRIVE_DONE, None, (note.at_desk,), "one of several", when=guards.more_to_arrive),
    Row(S.ARRIVING, T.ARRIVE_DONE, S.ARRIVED, (note.at_desk, clocks.stop_hold), "arrived = 09 at the desk"),
    Row(S.ARRIVING, T.ARRIVE_TRAPPED, S.WILL_SUPPLY, (ask.trapped,), "trapped for somebody else: staff"),
    Row(S.ARRIVING, T.ARRIVE_UNCLEAR, None, (ask.find_out,), "can't be told: staff"),
    Row(S.ARRIVING, T.DONE_BY_HAND, S.ARRIVED, (note.at_desk, clocks.stop_hold), "staff have it in hand"),
    Row(S.ARRIVING, T.NOT_DONE, S.WILL_SUPPLY, (), "it is not here"),
    Row(S.ARRIVING, T.TRY_AGAIN, None, (act.arrive_again,), "staff cleared the way"),

    # The hold comes off: another copy, Unfilled, or Cancelled
    Row((S.RELEASING, S.CANCELLING), T.HOLD_STILL_ON, None, (act.again,), "known to be on: once more", when=guards.may_try_again),
    Row((S.RELEASING, S.CANCELLING), (T.HOLD_STILL_ON, T.HOLD_OFF_UNCLEAR), None, (ask.cancel_hold,), "cancel may fail always: tell staff"),
    Row((S.RELEASING, S.CANCELLING), T.TRY_AGAIN, None, (act.cancel_hold_again,), "staff cleared the way"),
    Row(S.RELEASING, (T.HOLD_OFF, T.DONE_BY_HAND), S.RESERVING, (choose.reject_items, choose.choose_copy, act.place_hold), "duty 7: another copy if there is one", when=guards.another_copy_wanted),
    Row(S.RELEASING, (T.HOLD_OFF, T.DONE_BY_HAND), S.RETRY_POSSIBLE, (tell.answer,), "RetryPossible after the hold is off", when=guards.answer_is_retry),
    Row(S.RELEASING, (T.HOLD_OFF, T.DONE_BY_HAND), S.UNFILLED, (tell.answer,), "Unfilled after the hold is off"),
    Row(S.RELEASING, T.UNDO, S.WILL_SUPPLY, (undo.release, clocks.start_hold), "undo before the first act"),
    Row(S.RELEASING, T.CANCEL, S.CANCELLING, (), "the hold is coming off already"),
    Row(S.CANCELLING, (T.HOLD_OFF, T.DONE_BY_HAND), S.CANCELLED, (tell.answer_cancel_yes,), "Cancel → Y after the hold is off"),
    Row(S.CANCELLING, T.CANCEL, None, (), "the answer is on its way"),

    # Ship (duty 5): checkout 11, then 63 or 17 shows it, then Loaned
    Row((S.WILL_SUPPLY, S.ARRIVED), T.SHIP, S.CHECKING_OUT, (clocks.stop_hold, act.check_out), "duty 5: checkout to the partner's account", when=guards.has_items_or_names),
    Row((S.WILL_SUPPLY, S.ARRIVED, S.RESERVING), T.SHIP, None, refuse="Name the barcode of the item to ship."),
    Row(S.CHECKING_OUT, T.CHECKOUT_ANSWERED, None, (act.note_answer,), "ok is not proof: look"),
    Row(S.CHECKING_OUT, T.CHECKOUT_DONE, None, (note.out,), "one of several", when=guards.more_to_go_out),
    Row(S.CHECKING_OUT, T.CHECKOUT_DONE, S.CHECKED_OUT, (note.out, ask.due_date), "another AH: staff before Loaned goes out", when=guards.due_date_surprises),
    Row(S.CHECKING_OUT, T.CHECKOUT_DONE, S.CHECKED_OUT, (note.out, tell.loaned), "Loaned after the checkout is known to be done"),
    Row(S.CHECKING_OUT, T.CHECKOUT_NOT_DONE, None, (act.again,), "known not to be done: once more", when=guards.may_try_again),
    Row(S.CHECKING_OUT, T.CHECKOUT_NOT_DONE, S.ARRIVED, (ask.check_out,), "refused: a task, never an Unfilled"),
    Row(S.CHECKING_OUT, T.CHECKOUT_UNCLEAR, None, (ask.find_out,), "can't be told: staff"),
    Row((S.WILL_SUPPLY, S.ARRIVED, S.CHECKING_OUT), T.DONE_BY_HAND, S.CHECKED_OUT, (clocks.stop_hold, note.out_by_hand, tell.loaned), "staff checked it out", when=guards.has_items_and_due_date),
    Row((S.WILL_SUPPLY, S.ARRIVED, S.CHECKING_OUT), T.DONE_BY_HAND, None, refuse="Name the due date that the ILS gave."),
    Row(S.CHECKING_OUT, T.NOT_DONE, S.ARRIVED, (), "staff looked: not checked out"),
    Row(S.CHECKING_OUT, T.TRY_AGAIN, None, (act.checkout_again,), "staff cleared the way"),
    Row(S.CHECKED_OUT, T.DONE_BY_HAND, None, (note.due_by_hand, undo.stop_telling_loaned, tell.loaned), "staff checked the due date: tell"),
    Row(S.CHECKED_OUT, T.TOLD, S.LOANED, (clocks.start_loan,), "the partner has heard Loaned", when=guards.told_loaned),
    Row(S.CHECKED_OUT, T.TOLD_BY_HAND, S.LOANED, (undo.stop_telling_loaned, note.close_told, clocks.start_loan), "told by other means"),
    Row(S.CHECKED_OUT, T.NOT_TOLD, None, (ask.checked_out_not_told,), "checked out, not told: a queue of its own", when=guards.told_loaned),
    Row(S.CHECKED_OUT, T.STUCK, None, (ask.checked_out_not_told,), "likewise, while trying goes on"),
    Row(S.CHECKED_OUT, T.RECEIVED, S.LOANED, (note.received, note.close_told, clocks.start_loan), "they have it, so they know"),
    Row(S.CHECKED_OUT, T.UNDO, S.UNDOING, (undo.loaned, act.undo_check_out), "undo checks the item in again"),
    Row(S.UNDOING, T.CHECKIN_ANSWERED, None, (act.note_answer,), "ok is not proof: look"),
    Row(S.UNDOING, T.CHECKIN_DONE, None, (note.at_desk,), "one of several", when=guards.more_to_arrive),
    Row(S.UNDOING, T.CHECKIN_DONE, S.ARRIVED, (note.at_desk,), "undone"),
    Row(S.UNDOING, T.CHECKIN_NOT_DONE, None, (act.again,), "known not to be done: once more", when=guards.may_try_again),
    Row(S.UNDOING, (T.CHECKIN_NOT_DONE, T.CHECKIN_UNCLEAR), None, (ask.check_in,), "staff check it in"),
    Row(S.UNDOING, T.DONE_BY_HAND, S.ARRIVED, (note.at_desk,), "staff checked it in"),
    Row(S.UNDOING, T.TRY_AGAIN, None, (act.checkin_again,), "staff cleared the way"),

    # Out on loan
    Row((*OUT, S.RENEWING), T.RECEIVED, None, (note.received,), "arrived"),
    Row(OUT, T.NOT_RECEIVED, None, (ask.not_received,), "shipped, not received: 14 days"),
    Row((S.LOANED, S.RECALLED), T.OVERDUE, S.OVERDUE, (tell.overdue,), "overdue +1"),
    Row(S.OVERDUE, T.OVERDUE_AGAIN, None, (tell.overdue,), "overdue +7, +21"),
    Row(OUT, T.BILLABLE, None, (ask.bill,), "billable lost +42"),
    Row((S.LOANED, S.OVERDUE), T.RECALL, S.RECALLED, (tell.recalled,), "wanted back"),
    Row((S.LOANED, S.OVERDUE), T.RENEW, None, (tell.answer_renew_yes,), "within ten minutes of a granted one: the same due date, no new 29", when=guards.just_renewed),
    Row((S.LOANED, S.OVERDUE), T.RENEW, S.RENEWING, (act.renew,), "renewal: ask the ACS first (29)"),
    Row(S.RENEWING, T.RENEW_ANSWERED, None, (act.note_answer,), "ok is not proof: look at the due date"),
    Row(S.RENEWING, T.RENEW_DONE, None, (note.renewed_one,), "one of several", when=guards.more_under_way),
    Row(S.RENEWING, T.RENEW_DONE, S.LOANED, (note.renewed, clocks.start_due, tell.answer_renew_yes), "Renew → Y, the new due date"),
    Row(S.RENEWING, T.RENEW_NOT_DONE, None, (act.again,), "known not to be done: once more", when=guards.may_try_again),
    Row(S.RENEWING, (T.RENEW_NOT_DONE, T.NOT_DONE), S.OVERDUE, (tell.answer_renew_no,), "Renew → N", when=guards.is_overdue),
    Row(S.RENEWING, (T.RENEW_NOT_DONE, T.NOT_DONE), S.LOANED, (tell.answer_renew_no,), "Renew → N"),
    Row(S.RENEWING, T.RENEW_UNCLEAR, None, (ask.renew,), "can't be told: staff"),
    Row(S.RENEWING, T.DONE_BY_HAND, S.LOANED, (note.renewed, clocks.start_due, tell.answer_renew_yes), "staff renewed it"),
    Row(S.RENEWING, T.TRY_AGAIN, None, (act.renew_again,), "staff cleared the way"),
    Row(S.RENEWING, T.RENEW, None, (), "the answer is on its way"),
    Row(OUT, T.LOST, None, (ask.bill,), "2021-2: the partner says Lost; staff decide on the bill"),
    Row(OUT, T.HOLD_RETURN, None, (note.return_held,), "2021-2: the partner keeps the return back"),
    Row((*OUT, S.RETURNING), T.MARK_LOST, S.LOST, (tell.without_return,), "lost → CompletedWithoutReturn"),

    # Back act.again (duty 6)
    Row((*OUT, S.CHECKED_OUT), T.SHIPPED_RETURN, S.RETURNING, (note.returned,), "sent back"),
    Row((*OUT, S.CHECKED_OUT), T.SHIPPED_FORWARD, S.RETURNING, (note.returned, ask.sent_on), "sent on to another library"),
    Row(S.RENEWING, (T.SHIPPED_RETURN, T.SHIPPED_FORWARD), S.RETURNING, (note.returned, tell.answer_renew_no), "sent back while we asked for a renewal"),
    Row(S.RETURNING, T.NOT_RETURNED, None, (ask.not_returned,), "returned, not confirmed: 30 days"),
    Row(S.RETURNING, T.RECEIVED, None, (note.received,), "out of order, and no harm"),
    Row((*OUT_OR_BACK, S.CHECKED_OUT, S.LOST), T.CHECK_IN, S.CHECKING_IN, (clocks.stop_due, act.check_in), "duty 6: scan = 09, also before any ShippedReturn"),
    Row(S.CHECKING_IN, T.CHECK_IN, None, (act.check_in,), "another of several"),
    Row(S.CHECKING_IN, T.CHECKIN_ANSWERED, None, (act.note_answer,), "ok is not proof: look"),
    Row(S.CHECKING_IN, T.CHECKIN_DONE, S.RETURNING, (note.back,), "one of several", when=guards.more_to_come_back),
    Row(S.CHECKING_IN, T.CHECKIN_DONE, S.COMPLETED, (note.back, tell.completed), "LoanCompleted"),
    Row(S.CHECKING_IN, T.CHECKIN_NOT_DONE, None, (act.again,), "known not to be done: once more", when=guards.may_try_again),
    Row(S.CHECKING_IN, (T.CHECKIN_NOT_DONE, T.CHECKIN_UNCLEAR), None, (ask.check_in,), "staff check it in"),
    Row(S.CHECKING_IN, T.NOT_DONE, S.RETURNING, (), "it is not here after all"),
    Row(S.CHECKING_IN, T.TRY_AGAIN, None, (act.checkin_again,), "staff cleared the way"),
    Row((*OUT_OR_BACK, S.CHECKING_IN), T.DONE_BY_HAND, S.COMPLETED, (note.back, tell.completed), "staff checked it in"),

    # A copy (Copy, or CopyOrLoan where no loan was possible)
    Row(S.TO_COPY, T.COPY_SENT, S.COPY_COMPLETED, (clocks.stop_hold, tell.copy_sent), "CopyCompleted: a link, or posted"),
    Row(S.TO_COPY, (T.HOLD_AMBER, T.HOLD_EXPIRED), None, (ask.pull,), "duty 7: day 2 amber, day 3 red"),
    Row(S.TO_COPY, T.CANNOT_FIND, S.UNFILLED, (choose.keep_not_on_shelf, clocks.stop_hold, tell.answer), "no hold to take off"),
    Row(S.TO_COPY, T.ANSWER_UNFILLED, S.UNFILLED, (choose.keep_unfilled, clocks.stop_hold, tell.answer), "no hold to take off"),
    Row(S.TO_COPY, T.ANSWER_RETRY, S.RETRY_POSSIBLE, (choose.keep_retry, clocks.stop_hold, tell.answer), "no hold to take off"),
    Row(S.TO_COPY, T.CANCEL, S.CANCELLED, (clocks.stop_hold, tell.answer_cancel_yes), "no hold to take off"),
    Row(S.COPY_COMPLETED, T.UNDO, S.TO_COPY, (undo.copy, clocks.start_hold), "undo before it was sent"),
    Row(S.COPY_COMPLETED, T.RECEIVED, None, (), "arrived"),

    # In every state
    Row((*UNDECIDED, S.OFFERED), T.CANCEL, S.CANCELLED, (undo.stop_work, tell.answer_cancel_yes), "nothing is reserved yet"),
    Row(S.CANCELLED, T.CANCEL, None, (tell.answer_cancel_yes,), "cancelled already"),
    Row(ANY, T.CANCEL, None, (tell.answer_cancel_no,), "too late, or over: N and the current status"),
    Row(ANY, T.RENEW, None, (tell.answer_renew_no,), "nothing to renew, or recalled: N and the current status"),
    Row(ANY, T.STATUS_REQUEST, None, (tell.status,), "the current status, final states too"),
    Row(ANY, T.REMINDER, None, (tell.status_again,), "the status again, no new work"),
    Row(ANY, (T.NOTIFICATION, T.CONDITIONS_ACCEPTED, T.CONDITIONS_REFUSED), None, (ask.read_note,), "a Notification never moves a request"),
    Row((*ENDED_WITHOUT_ITEM, *UNDECIDED), (T.RECEIVED, T.SHIPPED_RETURN), None, (ask.contradiction,), "they have what we never sent"),
    Row(ANY, T.SEND_NOTE, None, (tell.note,), "words for the partner", when=guards.says_words),
    Row(ANY, T.SEND_NOTE, None, refuse="Write the note."),
    Row(ANY, T.FORCE, None, (note.force,), "no failure strands a loan", when=guards.says_where),
    Row(ANY, T.FORCE, None, refuse="Say the state and the reason."),
    Row(ANY, T.CANCEL_HOLD_ANSWERED, None, (act.note_answer,), "look whether it is off"),
    Row(ANY, T.HOLD_OFF, None, (), "the hold of a copy that was not sent is off", when=guards.is_others_item),
    Row(ANY, (T.HOLD_STILL_ON, T.HOLD_OFF_UNCLEAR), None, (ask.cancel_hold,), "the hold of a copy that was not sent", when=guards.is_others_item),
    Row(ANY, T.TOLD, None, (note.close_told,), "the partner has heard"),
    Row(ANY, T.TOLD_BY_HAND, None, (note.close_told,), "told by other means"),
    Row(ANY, T.NOT_TOLD, None, (ask.not_told, tell.in_words), "what a partner can't take is told in words"),
    Row(ANY, T.STUCK, None, (ask.stuck,), "a limit, then a staff task"),
)
# fmt: on

LENDING = Table(rows=ROWS, finals=FINALS, begin=choose.begin)
