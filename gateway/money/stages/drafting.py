"""From a loan that did not come back, or a fee, to a bill with a number."""

from gateway.money import ask, guards, keep, post
from gateway.money.engine import STAYS, no, row
from gateway.money.events import BillTrigger
from gateway.money.groups import UNNUMBERED
from gateway.money.records import BillState

S = BillState
T = BillTrigger

NOT_ANSWERED = "The circulation system has not answered yet whether the item is back. Wait for it, or look again."
BACK_AT_THE_SHELF = "The circulation system shows the item as back. Check it in, or drop the bill; if that is wrong, mend it in the ILS and look again."
BACK = (
    "The circulation system shows the item as back. Drop the bill; if that is wrong, mend it in the ILS and look again."
)

# fmt: off
ROWS = (
    row(None, T.PROPOSED, "long overdue or lost: look for it before it is billed", S.CANDIDATE, ask.item, when=guards.is_of_an_item),
    row(None, T.PROPOSED, "a fee, damage, a credit note: nothing to look for",     S.DRAFT),

    row(S.CANDIDATE, T.ITEM_SEEN,  "unclear: for a person to read and weigh", STAYS, keep.seen, when=guards.is_unclear),
    row(UNNUMBERED,  T.ITEM_SEEN,  "out; or back, and refused as such below", STAYS, keep.seen, keep.quiet),
    row(UNNUMBERED,  T.LOOK_AGAIN, "asked anew",                              STAYS, keep.not_seen, ask.item, when=guards.is_of_an_item),
    no(UNNUMBERED,   T.LOOK_AGAIN, "There is no item to look for."),

    no(S.CANDIDATE,  T.SHELF_CHECKED, NOT_ANSWERED, when=guards.was_not_looked_at),
    no(S.CANDIDATE,  T.SHELF_CHECKED, BACK_AT_THE_SHELF, when=guards.is_back),
    row(S.CANDIDATE, T.SHELF_CHECKED, "not on our shelf, and not back in the ILS", S.DRAFT, keep.shelf_checked),

    row(UNNUMBERED, T.CHANGE, "its lines, as a person writes them",                STAYS,     keep.lines),
    row(UNNUMBERED, T.DROP,   "found, or not to be billed: it never had a number", S.DROPPED),

    no(S.DRAFT,  T.FINALISE, BACK, when=guards.is_back),
    no(S.DRAFT,  T.FINALISE, "It asks for nothing: give it a line with an amount.", when=guards.asks_for_nothing),
    no(S.DRAFT,  T.FINALISE, "A line has no amount yet.", when=guards.has_an_empty_line),
    row(S.DRAFT, T.FINALISE, "a credit note: what it takes back is booked on its bill",      S.FINALISED, keep.face, ask.paper, when=guards.is_credit_note),
    row(S.DRAFT, T.FINALISE, "number, face and template are frozen; from now on it is owed", S.FINALISED, keep.face, post.billed, ask.paper),
)
# fmt: on
