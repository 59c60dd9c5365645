"""What a row's `when` asks."""

from gateway.iso18626.codes import Action as IsoAction
from gateway.iso18626.codes import RequestType
from gateway.workflow.acts import acting, gone_on
from gateway.workflow.borrowing import loans, returns
from gateway.workflow.borrowing.clocks import LONGEST_UNSEEN
from gateway.workflow.borrowing.groups import EXPECTED
from gateway.workflow.borrowing.meanings import MEANINGS
from gateway.workflow.borrowing_events import ItemSeen, LenderSaid, LenderSays, RotaMade, Sent, Unsent, Vetted
from gateway.workflow.borrowing_records import LoanProof
from gateway.workflow.effects import WorkKind
from gateway.workflow.events import Looked, StaffActed, Stuck, TimerFired
from gateway.workflow.records import ItemPlace, Request, State

_REQUESTS = frozenset({RequestType.NEW.value, RequestType.RETRY.value})
PASS_ON = f"{IsoAction.CANCEL} to supplier"
_SENDING = frozenset({WorkKind.SEND_REQUEST, WorkKind.SEND_ACTION})


def is_former(request: Request, event: LenderSaid) -> bool:
    """It is of a lender whom we have left, or of an offer that we have answered."""
    return event.attempt != request.borrowed.attempt


def left_it(request: Request, event: LenderSaid) -> bool:
    """It is of a lender whom we asked and have left."""
    return is_former(request, event) and asked_it(request, event)


def asked_it(request: Request, event: LenderSaid) -> bool:
    """It is of a lender whom we asked."""
    return request.borrowed.has_asked(event.attempt)


def left_and_sends(request: Request, event: LenderSaid) -> bool:
    """A lender whom we have left answers Cancel with N: it has sent it."""
    return left_it(request, event) and stands_loaned(request, event)


def has_gone_back(request: Request, event: LenderSaid) -> bool:
    """It is of a lender whom we have left, and whose parcel went back."""
    return event.attempt in request.borrowed.others_returned


def others_have_sent(request: Request, event: object) -> bool:
    """A parcel is to go back to a lender whom we had left."""
    return bool(request.borrowed.sent_as_well)


def never_sent_back(request: Request, event: StaffActed) -> bool:
    """It was asked for, and what came of that has not gone back."""
    return not nobody_asked(request, event) and request.returned_at is None


def means_another(request: Request, event: StaffActed) -> bool:
    """It would do something else than when a person read what it does."""
    return gone_on.means_another(MEANINGS, request, event)


def must_override(request: Request, event: object) -> bool:
    """Something stands in the way that only a manager may set aside."""
    return any(doubt.stops for doubt in request.borrowed.doubts)


def gives_no_reason(request: Request, event: StaffActed) -> bool:
    """A decision against the rules has its reason."""
    return not (event.reason or "").strip()


def names_no_copy(request: Request, event: StaffActed) -> bool:
    """One of our own copies is to be named."""
    return not event.copies


def names_no_work(request: Request, event: StaffActed) -> bool:
    """The work that is meant is to be named."""
    return event.wanted is None


def more_lenders(request: Request, event: object) -> bool:
    """Somebody is left to ask, and the customer still wants it."""
    return bool(request.borrowed.lenders) and not request.borrowed.called_off


def called_off(request: Request, event: object) -> bool:
    """The customer does not want it any more."""
    return request.borrowed.called_off


def is_request_current(request: Request, event: Sent | Unsent) -> bool:
    """The New or Retry of the lender that has the request now."""
    return event.what in _REQUESTS and event.attempt == request.borrowed.attempt


def is_action_current(request: Request, event: Sent | Unsent) -> bool:
    """An action, to the lender that has the request now."""
    return event.what not in _REQUESTS and event.attempt == request.borrowed.attempt


def may_be_there(request: Request, event: Unsent) -> bool:
    """It refuses the request that it has now, but may have taken it when it was sent before."""
    return event.may_be_there and is_request_current(request, event)


def never_had_it(request: Request, event: Unsent) -> bool:
    """It has refused the request, and does not know what we cancel."""
    return event.unknown_there and request.borrowed.refused_late and is_cancel_current(request, event)


def is_cancel_current(request: Request, event: Sent | Unsent) -> bool:
    """The Cancel of the lender that has the request now."""
    return event.what == IsoAction.CANCEL and event.attempt == request.borrowed.attempt


def has_crossed(request: Request, event: object) -> bool:
    """The lender's last word is a promise, and Cancel was said before it."""
    return request.borrowed.promise_crossed


def next_after_not_sent(request: Request, event: Sent | Unsent) -> bool:
    """The lender did not take it, and there is another."""
    return is_request_current(request, event) and more_lenders(request, event)


def nobody_asked(request: Request, event: object) -> bool:
    """No lender was asked yet."""
    return not request.borrowed.asked


def somebody_asked(request: Request, event: object) -> bool:
    """A lender was asked, even if in vain."""
    return not nobody_asked(request, event)


def is_out(request: Request, event: object) -> bool:
    """The customer has it."""
    return any(item.place is ItemPlace.OUT for item in request.items)


def may_renew_again(request: Request, event: Looked) -> bool:
    """The customer has it still, and the renewal was not refused."""
    return is_out(request, event) and acting.may_try_again(request, event)


def shown_back(request: Request, event: Looked) -> bool:
    """The look shows that the customer, who was seen with it, has it no longer."""
    return event.charged is False and loans.was_seen_out(request)


def was_asked_about(request: Request, event: LenderSaid) -> bool:
    """We have asked since it promised: that it says the same once more is no new promise."""
    return request.borrowed.status_requests > 0


def within_limit(request: Request, event: LenderSaid) -> bool:
    """Offered for no more than the request said it pays, and under no condition: accepted by rule."""
    terms, limit = event.terms, request.max_cost
    if terms is None or terms.cost is None or terms.conditions or limit is None:
        return False
    if request.borrowed.terms is not None and request.borrowed.terms.cost == terms.cost:
        return False  # it was accepted already, and is asked for again
    return terms.cost.currency == limit.currency and terms.cost.amount <= limit.amount


def offers(request: Request, event: LenderSaid) -> bool:
    """For a price or under a condition: it can be accepted."""
    return event.terms is not None and (event.terms.cost is not None or bool(event.terms.conditions))


def suggests(request: Request, event: LenderSaid) -> bool:
    """It names what to ask for instead; staff look, for it is another record, or a loan in place of a copy."""
    return event.terms is not None and (event.terms.record_id is not None or event.terms.as_loan)


def is_brokered(request: Request, event: object) -> bool:
    """A supplier behind a broker has it, and the customer still wants it: the broker can ask its next."""
    return request.borrowed.supplier is not None and not request.borrowed.called_off


def supplier_of(request: Request, event: object) -> str | None:
    """Who has it behind a broker, by this message or one before; the lender itself and a supplier that was left are nobody new."""
    named = event.supplier if isinstance(event, LenderSaid) else None
    borrowed = request.borrowed
    is_new = named is not None and named not in {borrowed.lender.agency, borrowed.passed_on_from}
    return named if is_new else borrowed.supplier


def is_brokered_no(request: Request, event: LenderSaid) -> bool:
    """A supplier behind a broker says “not now”: this message may be the first to name it."""
    return supplier_of(request, event) is not None


def is_of_supplier_left(request: Request, event: LenderSaid) -> bool:
    """Of the supplier that was told Cancel, by its name, or because no other has been named since."""
    borrowed = request.borrowed
    if borrowed.passed_on_from is None:
        return False
    return event.supplier == borrowed.passed_on_from or (event.says is LenderSays.RETRY and borrowed.supplier is None)


def was_passed_on(request: Request, event: object) -> bool:
    """The broker was told to ask its next supplier: what is cancelled is that one's."""
    return request.borrowed.passed_on_from is not None


def passed_on_in_vain(request: Request, event: LenderSaid) -> bool:
    """The supplier that was told Cancel has sent it already."""
    return was_passed_on(request, event) and stands_loaned(request, event)


def is_pass_on_current(request: Request, event: Unsent) -> bool:
    """Cancel for a supplier behind the broker that has the request now."""
    return event.what == PASS_ON and event.attempt == request.borrowed.attempt


def may_return(request: Request, event: RotaMade) -> bool:
    """A lender may be asked again in time for the customer, who still wants it."""
    borrowed, need_before = request.borrowed, request.need_before
    days = [returns.day_of(borrowed, each, event) for each in borrowed.returns]
    in_time = any(day is not None and (need_before is None or day < need_before) for day in days)
    return in_time and not borrowed.called_off


def is_asked_on(request: Request, event: TimerFired) -> bool:
    """The customer named no day, and it is not asked for too long yet: by itself it is asked on, or staff are asked already."""
    return request.need_before is None and event.at - request.created_at < LONGEST_UNSEEN


def may_be_served_here(request: Request, event: Vetted) -> bool:
    """The rule is to hold our own copy, and what is found in our catalogue is the work for sure."""
    return bool(event.own) and event.own[0].doubt is None


def ran_out(request: Request, event: object) -> bool:
    """Staff decide because nobody was left to ask, and nothing stands in the way of the request."""
    return not request.borrowed.doubts and not request.borrowed.called_off


def has_returns(request: Request, event: object) -> bool:
    """A lender has said “not now”, and can be asked again; nothing stands in the way of the request."""
    return bool(request.borrowed.returns) and not request.borrowed.doubts


def is_status_request(request: Request, event: Unsent) -> bool:
    """It is a StatusRequest."""
    return event.what == IsoAction.STATUS_REQUEST


def offered_in_words(request: Request, event: object) -> bool:
    """The offer came in a Notification: the lender's request stands, and it waits for the answer."""
    return request.borrowed.offered_in_words


def stands_loaned(request: Request, event: LenderSaid) -> bool:
    """It is sent already."""
    return event.stands is LenderSays.LOANED


def no_item_yet(request: Request, event: object) -> bool:
    """No barcode stands for it yet."""
    return not request.items


def was_expected(request: Request, event: object) -> bool:
    """A parcel was waited for when it came: that wait can go on."""
    return request.resume in EXPECTED


def may_undo_hand_out(request: Request, event: StaffActed) -> bool:
    """Staff alone say that the customer has it, and no look has shown it since."""
    return acting.may_be_undone(request, event) and loans.is_told(request)


def may_undo_yes(request: Request, event: StaffActed) -> bool:
    """A person accepted the lender's terms, with time to undo it, and that is not over."""
    before = request.borrowed.unaccepted
    return before is not None and event.at < before.until


def may_undo_return(request: Request, event: StaffActed) -> bool:
    """Staff have said that the customer brought it back."""
    return acting.may_be_undone(request, event) and request.resume is State.WITH_CUSTOMER


def is_told_of_another(request: Request, event: ItemSeen) -> bool:
    """Staff know that somebody else has it."""
    return request.borrowed.loan_proof is LoanProof.ANOTHERS


def is_as_before(request: Request, event: ItemSeen) -> bool:
    """It is where it was, and due when it was."""
    return (
        not is_told_of_another(request, event)
        and event.out is not None
        and all(event.due_at in {None, item.due_at} for item in request.items)
    )


def is_held(request: Request, event: object) -> bool:
    """The customer's hold is known to stand."""
    return bool(request.items) and all(item.place is not ItemPlace.CHOSEN for item in request.items)


def names_another(request: Request, event: StaffActed) -> bool:
    """Staff name another barcode than the one that stands for it, and nothing is under way with that."""
    named = event.item_barcodes[:1]
    return bool(named) and request.item(named[0]) is None and not any(item.tries for item in request.items)


def is_kept(request: Request, event: Looked) -> bool:
    """It is kept for a hold, and not for our customer's."""
    return event.kept


def is_charged(request: Request, event: Looked) -> bool:
    """Somebody has it on loan."""
    return event.charged is True


def shows_no_hold(request: Request, event: Looked) -> bool:
    """The customer had it, and nothing was asked for: that it can't be told whether a hold is left stops nobody."""
    item = request.item(event.item_barcode)
    return item is not None and item.place in (ItemPlace.OUT, ItemPlace.BACK) and item.outcome is None


def was_asked(request: Request, event: Looked) -> bool:
    """The act was asked for: else the circulation system can't do it, or there is no account."""
    item = request.item(event.item_barcode)
    return item is not None and item.outcome is not None


def may_be_on_hold(request: Request, event: object) -> bool:
    """The customer did not have it yet: a hold may stand."""
    return any(item.place is not ItemPlace.OUT and item.place is not ItemPlace.BACK for item in request.items)


def renewal_pending(request: Request, event: object) -> bool:
    """The lender still owes us an answer."""
    return request.borrowed.renewal_asked_at is not None


def is_renew(request: Request, event: Unsent) -> bool:
    """It is a Renew."""
    return event.what == IsoAction.RENEW


def is_renew_pending(request: Request, event: Unsent) -> bool:
    """It is the Renew to which the lender owes us an answer."""
    return is_renew(request, event) and renewal_pending(request, event)


def _is_due_later(request: Request, event: LenderSaid) -> bool:
    return event.due_at is not None and (request.due_at is None or event.due_at > request.due_at)


def grants_renewal(request: Request, event: LenderSaid) -> bool:
    """A later due date, whatever the reason, is the answer Y that we wait for (iso18626.md, "What a message means")."""
    return renewal_pending(request, event) and _is_due_later(request, event)


def renews(request: Request, event: LenderSaid) -> bool:
    """It is the answer that we wait for, or gives more time; else it repeats what Loaned has said."""
    return renewal_pending(request, event) or _is_due_later(request, event)


def gave_more_time(request: Request, event: LenderSaid) -> bool:
    """It names a later date than we know of, which we have not heard. An earlier one may be that of before a renewal, a later one that of before a recall."""
    return request.borrowed.recalled_at is None and _is_due_later(request, event)


def moves_date(request: Request, event: LenderSaid) -> bool:
    """It names another date than we know of."""
    return event.due_at not in {None, request.due_at}


def is_telling(request: Request, event: Stuck) -> bool:
    """It is a message that does not get through."""
    return event.kind in _SENDING
