"""A borrowed item in the house: its pool barcode, the customer's hold, the desk, and what 17 shows of it.

SIP2 creates no items (sip2.md, "What it can't do"): a barcode of the pool stands for the lender's item on our circulation system.
"""

from gateway.workflow.acts import act, note, undo
from gateway.workflow.borrowing import loans
from gateway.workflow.borrowing.draft import BorrowingDraft
from gateway.workflow.borrowing_events import BarcodeAssigned, ItemSeen, Vetted
from gateway.workflow.borrowing_records import LoanProof, PoolState
from gateway.workflow.effects import AssignBarcode, Look, Perform, Watch
from gateway.workflow.events import Looked, Performed, StaffActed
from gateway.workflow.machine import Action
from gateway.workflow.records import Act, Copy, Item, ItemPlace, Outcome, State
from gateway.workflow.tasks import TaskKind


def assign(draft: BorrowingDraft, event: StaffActed) -> None:
    """Find a barcode: the one that staff put on it, else any free one."""
    draft.withdraw(AssignBarcode.sole_key())
    draft.emit(AssignBarcode(named=event.item_barcodes[0] if event.item_barcodes else None))


def put_barcode(draft: BorrowingDraft, event: BarcodeAssigned) -> None:
    """The barcode is the request's item from now on."""
    request = draft.request
    copy = Copy(
        item_barcode=event.barcode,
        branch=request.borrowed.pickup_branch,
        title=request.wanted.title or request.wanted.article_title,
        author=request.wanted.author,
    )
    draft.set(items=(Item(copy=copy, queue_length=event.queue_length),))
    draft.move_barcode(event.barcode, PoolState.ASSIGNED, event.free_since)


def leave_barcode(draft: BorrowingDraft, event: StaffActed) -> None:
    """Another barcode is to stand for the item: the customer's hold comes off the old one, which rests."""
    for item in draft.request.items:
        draft.emit(Perform(act=Act.CANCEL_HOLD, item_barcode=item.barcode, given_up=True))
        draft.move_barcode(item.barcode, PoolState.COOLING)
    no_items(draft, event)


def take_own_copy(draft: BorrowingDraft, event: StaffActed) -> None:
    """The customer gets a copy of our own instead."""
    draft.set(items=tuple(Item(copy=copy) for copy in event.copies[:1]))


def take_own(draft: BorrowingDraft, event: Vetted) -> None:
    """The customer gets the first of the copies of ours that are here."""
    draft.set(items=tuple(Item(copy=copy) for copy in event.own[:1]))


def no_items(draft: BorrowingDraft, event: object) -> None:
    """Nothing of ours is reserved."""
    draft.set(items=())


def _ask_for(what: Act, *, looked_at_first: bool = False) -> Action:
    def ask(draft: BorrowingDraft, event: object) -> None:
        for item in draft.request.items:
            act.ask_for(draft, what, item, once_more=looked_at_first)

    ahead = " It is looked at first: a check-in would end a stranger's loan of the barcode." if looked_at_first else ""
    ask.__doc__ = f"Ask the circulation system for {what}.{ahead}"
    return ask


def check_in_again(draft: BorrowingDraft, event: StaffActed) -> None:
    """Once more for what was not done: the hold off where it may stand, else the check-in."""
    for item in draft.request.items:
        if item.outcome is None:
            continue
        act.ask_for(draft, Act.CHECKIN if item.place in (ItemPlace.OUT, ItemPlace.BACK) else Act.CANCEL_HOLD, item)


hold = _ask_for(Act.HOLD)
receive = _ask_for(Act.RECEIVE, looked_at_first=True)
check_in = _ask_for(Act.CHECKIN, looked_at_first=True)


def renew(draft: BorrowingDraft, event: object) -> None:
    """Ask the circulation system for a renewal, where the customer has it; it is owed as well where the customer may turn out to have it."""
    out = [item for item in draft.request.items if item.place is ItemPlace.OUT]
    draft.borrow(renewal_owed=bool(out) or draft.request.resume is State.WITH_CUSTOMER)
    for item in out:
        act.ask_for(draft, Act.RENEW, item)


def renew_after_all(draft: BorrowingDraft, event: object) -> None:
    """The customer still has what the lender has renewed: look whether it is renewed here, and if not, the look asks for it.

    Whether a renewal had begun when it was thought to be back is not known; the look waits behind it in the lane, so that none is done twice.
    """
    if draft.request.borrowed.renewal_owed:
        draft.withdraw(*undo.keys_of(Act.RENEW))
        for item in draft.request.items:
            act.look_for(draft, Act.RENEW, item)


def take_hold_off(draft: BorrowingDraft, event: StaffActed) -> None:
    """It was never fetched, or not held yet: no hold may stand when it is checked in, or it would be trapped again.

    A hold of which the answer was lost may still come: it is given time to.
    """
    for item in draft.request.items:
        if item.place is ItemPlace.CHOSEN:
            delay_s = act.LOOK_AFTER_UNKNOWN_S if item.outcome is Outcome.UNKNOWN else 0.0
            draft.change_item(item.barcode, outcome=None, outcome_words="", tries=1)
            look = Look(act=Act.CANCEL_HOLD, item_barcode=item.barcode, queue_length=item.queue_length, delay_s=delay_s)
            draft.emit(look)
        else:
            act.ask_for(draft, Act.CANCEL_HOLD, item)


def look_for_hold(draft: BorrowingDraft, event: object) -> None:
    """The customer had it: a hold may be left all the same, and would trap what goes back to the lender."""
    for item in draft.request.items:
        draft.change_item(item.barcode, outcome=None, outcome_words="", tries=1)
        draft.emit(Look(act=Act.CANCEL_HOLD, item_barcode=item.barcode, queue_length=item.queue_length))


def stop_work(draft: BorrowingDraft, event: object) -> None:
    """Nothing more of what was asked of the circulation system for the item."""
    draft.withdraw(*undo.STOPPABLE, AssignBarcode.sole_key(), Watch.sole_key())


def watch(draft: BorrowingDraft, event: object) -> None:
    """Look where the item is."""
    for item in draft.request.items:
        draft.withdraw(Watch.sole_key())
        draft.emit(Watch(item_barcode=item.barcode, was_out=loans.was_seen_out(draft.request)))


def by_word(draft: BorrowingDraft, event: object) -> None:
    """Staff say so: it counts, and no look that comes too early undoes it."""
    draft.borrow(loan_proof=LoanProof.WORD)


def as_seen(draft: BorrowingDraft, event: object) -> None:
    """A look shows what counts here."""
    draft.borrow(loan_proof=LoanProof.LOOK)


def with_another(draft: BorrowingDraft, event: object) -> None:
    """A look shows a loan that is not our customer's."""
    draft.borrow(loan_proof=LoanProof.ANOTHERS)


def keep_route(draft: BorrowingDraft, event: Performed) -> None:
    """Where the check-in at the desk sends it."""
    draft.borrow(route_to=event.route_to or draft.request.borrowed.pickup_branch)


def _put(place: ItemPlace, pool: PoolState | None = None) -> Action:
    def put(draft: BorrowingDraft, event: object) -> None:
        due_at = event.due_at if isinstance(event, Looked | ItemSeen | StaffActed) else None
        for item in draft.request.items:
            kept = due_at or item.due_at
            draft.change_item(item.barcode, place=place, tries=0, outcome=None, outcome_words="", due_at=kept)
            if pool is not None:
                draft.move_barcode(item.barcode, pool)

    put.__doc__ = f"The item is {place} now{f', its barcode {pool}' if pool else ''}."
    return put


_held = _put(ItemPlace.HELD)
on_shelf = _put(ItemPlace.AT_DESK)
on_shelf_again = _put(ItemPlace.AT_DESK, PoolState.ASSIGNED)
with_customer = _put(ItemPlace.OUT, PoolState.WITH_CUSTOMER)
back = _put(ItemPlace.BACK, PoolState.ASSIGNED)


def held(draft: BorrowingDraft, event: object) -> None:
    """The customer's hold stands: nobody need place it."""
    _held(draft, event)
    draft.close(TaskKind.PLACE_HOLD)


def hold_is_off(draft: BorrowingDraft, event: object) -> None:
    """No hold is left on what lies at the desk; what the customer has had counts as out until it is checked in."""
    for item in draft.request.items:
        place = item.place if item.place is ItemPlace.OUT else ItemPlace.BACK
        draft.change_item(item.barcode, place=place)
    draft.close(TaskKind.CANCEL_HOLD)


def hold_is_on(draft: BorrowingDraft, event: Looked) -> None:
    """A hold is known to be left, even if the customer has had the item: it comes off first."""
    draft.change_item(event.item_barcode, place=ItemPlace.HELD)


def leave_no_hold(draft: BorrowingDraft, event: object) -> None:
    """It is lost: the hold of a customer who never had it comes off, or it would trap the barcode's next item."""
    for item in draft.request.items:
        if item.place not in (ItemPlace.OUT, ItemPlace.BACK):
            draft.emit(Perform(act=Act.CANCEL_HOLD, item_barcode=item.barcode, given_up=True))


def free_barcode(draft: BorrowingDraft, event: object) -> None:
    """The lender has the item again: its barcode rests."""
    for item in draft.request.items:
        draft.move_barcode(item.barcode, PoolState.COOLING)


def keep_due(draft: BorrowingDraft, event: ItemSeen) -> None:
    """Our circulation system's due date, as 17 shows it."""
    if draft.request.borrowed.loan_proof is LoanProof.ANOTHERS:
        as_seen(draft, event)
    if event.due_at is not None:
        for item in draft.request.items:
            draft.change_item(item.barcode, due_at=event.due_at)


def renewed_here(draft: BorrowingDraft, event: Looked | StaffActed) -> None:
    """The customer's loan is renewed."""
    owe_no_renewal(draft, event)
    for item in draft.request.items:
        draft.change_item(item.barcode, tries=0, outcome=None, outcome_words="", due_at=event.due_at or item.due_at)


def owe_no_renewal(draft: BorrowingDraft, event: object) -> None:
    """It is done, or the customer has no loan that could be renewed."""
    draft.borrow(renewal_owed=False)


def not_renewed_here(draft: BorrowingDraft, event: Looked) -> None:
    """The customer has brought it back before the renewal was done: nobody wants it any more."""
    owe_no_renewal(draft, event)
    note.cleared(draft, event)
    act.no_doubt(draft, event.item_barcode, event)


def close_renewal(draft: BorrowingDraft, event: object) -> None:
    """Nobody need renew it by hand any more."""
    draft.close(TaskKind.RENEW_HERE)
