"""What looks (17, 63) show of acts: whether they were done, whose loan it is, and what more must be asked to know.

`ok` is not proof and neither is a refusal (sip2.md, "Meaning"). Where the circulation system can't tell, the finding is
UNCLEAR, never a guess. Pure: a look and the replies that were had so far in, a finding out.
"""

from datetime import datetime
from typing import Final

from gateway.mapping.circulation import (
    AT_HAND,
    CHARGED,
    HOLD_LISTS,
    KEPT,
    NO_LONGER_CHARGED,
    NOT_KEPT,
    SHELVED,
    LookKind,
    Seen,
    Terminal,
    due_date,
    is_charged,
    is_listed,
    knows_item,
    number,
    status_of,
)
from gateway.sip2.codec import Reply
from gateway.workflow.effects import Look
from gateway.workflow.records import Act, Finding, Outcome

QUESTIONS: Final[dict[Act, tuple[LookKind, ...]]] = {
    Act.HOLD: (LookKind.HOLDS, LookKind.UNAVAILABLE_HOLDS, LookKind.ITEM),
    Act.CANCEL_HOLD: (LookKind.HOLDS, LookKind.UNAVAILABLE_HOLDS, LookKind.ITEM),
    Act.ARRIVE: (LookKind.ITEM,),
    Act.CHECKOUT: (LookKind.CHARGED, LookKind.ITEM),
    Act.RENEW: (LookKind.ITEM, LookKind.CHARGED),
    Act.CHECKIN: (LookKind.ITEM, LookKind.CHARGED),
    Act.RECEIVE: (LookKind.ITEM, LookKind.HOLDS, LookKind.UNAVAILABLE_HOLDS),
}
"""In this order, until the answer is clear: no round trip is wasted."""


def judge(look: Look, seen: Seen, terminal: Terminal) -> Finding:  # noqa: PLR0911 - one case an act
    """Say what the replies show. UNCLEAR while more questions could help, and when none did."""
    match look.act:
        case Act.HOLD:
            return _clear_of(_listed_hold(look, seen, terminal), _queued(look, seen))
        case Act.CANCEL_HOLD:
            return _clear_of(_opposite(_listed_hold(look, seen, terminal)), _unqueued(look, seen))
        case Act.CHECKOUT:
            return _clear_of(_listed_loan(look, seen, terminal), _charged(look, seen))
        case Act.RENEW:
            return _renewal(look, seen, terminal)
        case Act.ARRIVE:
            return Finding.NO if look.answered is Outcome.REFUSED else _by_status(seen, AT_HAND, CHARGED | {"10"})
        case Act.CHECKIN:
            return _clear_of(
                _by_status(seen, NO_LONGER_CHARGED, frozenset()), _opposite(_listed_loan(look, seen, terminal))
            )
        case Act.RECEIVE:
            return _kept_for_customer(look, seen, terminal)


def judge_last(look: Look, seen: Seen, finding: Finding) -> Finding:
    """Say what counts where no question is left and the finding is still not clear.

    An item kept for a hold, where ours is known to stand and no list and no CY tells whose it is: it is ours if nobody
    else waits for it.
    """
    if look.act is not Act.RECEIVE or finding is not Finding.UNCLEAR or not found_kept(look, seen):
        return finding
    queue = _queue_length(seen)
    return Finding.YES if look.queue_length == 0 and queue is not None and queue <= 1 else Finding.UNCLEAR


def found_kept(look: Look, seen: Seen) -> bool:
    """Whether the item is known to be kept for a hold: on the shelf, or after a receipt on its way to one."""
    return _by_status(seen, KEPT if look.act is Act.RECEIVE else SHELVED, frozenset()) is Finding.YES


def found_due_date(look: Look, seen: Seen, terminal: Terminal) -> datetime | None:
    """The due date that the item itself shows, else the one that the act's own answer gave."""
    item = _known_item(seen)
    return (due_date(item, terminal) if item else None) or (look.due_at if look.act is Act.CHECKOUT else None)


def found_charged(seen: Seen) -> bool | None:
    """Whether somebody has the item, where it was asked about and says so."""
    item = seen.get(LookKind.ITEM)
    return is_charged(item) if item else None


def found_ours(look: Look, seen: Seen, terminal: Terminal) -> bool | None:
    """Whether the account has the item, where its list of loans was asked for and can tell."""
    return {Finding.YES: True, Finding.NO: False}.get(_listed_loan(look, seen, terminal))


_WHOSE: Final = {Act.CHECKOUT: LookKind.ITEM, Act.RENEW: LookKind.CHARGED}
"""What is asked as well before an act that was not done is asked for again: it may be somebody else's loan by now."""


def is_settled(look: Look, seen: Seen, finding: Finding, terminal: Terminal) -> bool:
    """Whether nothing more need be asked: the finding is clear, a checkout's due date is known, and whose what was not done is."""
    if finding is Finding.UNCLEAR:
        return False
    if finding is Finding.NO:
        return look.act not in _WHOSE or _WHOSE[look.act] in seen
    return look.act is not Act.CHECKOUT or found_due_date(look, seen, terminal) is not None


MAY_HARM: Final = frozenset({Act.ARRIVE, Act.CHECKOUT, Act.RENEW, Act.CHECKIN, Act.RECEIVE})
"""Acts that can end, take or lengthen somebody else's loan where they come late."""


def is_out_of_place(look: Look, seen: Seen, finding: Finding, terminal: Terminal) -> bool:
    """Whether an act that comes late, or once more, must not be done: somebody else has the item, or it was done already.

    A check-in of what nobody has does no harm, and says where the item goes.
    """
    charged, ours = found_charged(seen), found_ours(look, seen, terminal)
    match look.act:
        case Act.ARRIVE | Act.RECEIVE:
            return charged is True
        case Act.CHECKIN:
            return charged is True and ours is False
        case Act.HOLD | Act.CHECKOUT | Act.RENEW:
            return finding is Finding.YES or (charged is True and ours is False)
        case _:
            return False


def _kept_for_customer(look: Look, seen: Seen, terminal: Terminal) -> Finding:
    """On the hold shelf or on its way to it, and for our customer: by the act's own answer (CY), else by the customer's holds."""
    kept = _by_status(seen, KEPT, CHARGED | NOT_KEPT)
    if kept is not Finding.YES:
        return kept
    said = {True: Finding.YES, False: Finding.NO, None: Finding.UNCLEAR}[look.for_customer]
    return _clear_of(said, _listed_hold(look, seen, terminal))


def _clear_of(*findings: Finding) -> Finding:
    """The first finding that is clear: the better evidence stands first."""
    return next((finding for finding in findings if finding is not Finding.UNCLEAR), Finding.UNCLEAR)


def _opposite(finding: Finding) -> Finding:
    return {Finding.YES: Finding.NO, Finding.NO: Finding.YES}.get(finding, finding)


def _listed_hold(look: Look, seen: Seen, terminal: Terminal) -> Finding:
    """Among the customer's holds, or on neither list. The counts alone prove nothing: products count holds differently."""
    lists = [
        _listed(question, seen[question], look.item_barcode, terminal) for question in HOLD_LISTS if question in seen
    ]
    if Finding.YES in lists:
        return Finding.YES
    on_neither = lists == [Finding.NO] * len(HOLD_LISTS)
    return Finding.NO if on_neither else Finding.UNCLEAR


def _queued(look: Look, seen: Seen) -> Finding:
    """By the queue's length before and now. It may have grown by somebody else's hold: a refused one proves nothing."""
    queue = _queue_length(seen)
    if queue is None or look.queue_length is None:
        return Finding.UNCLEAR
    if queue <= look.queue_length:
        return Finding.NO
    return Finding.UNCLEAR if look.answered is Outcome.REFUSED else Finding.YES


def _unqueued(look: Look, seen: Seen) -> Finding:
    """Off only where the act's own answer agrees: a shorter queue may be due to somebody else's hold."""
    queue = _queue_length(seen)
    if queue is None:
        return Finding.UNCLEAR
    if look.queue_length is not None and queue > look.queue_length:
        return Finding.NO
    was_done = look.answered is Outcome.DONE and look.queue_length is not None
    nobody_waits = look.answered is None and queue == 0
    return Finding.YES if was_done or nobody_waits else Finding.UNCLEAR


def _queue_length(seen: Seen) -> int | None:
    item = _known_item(seen)
    return number(item.first("CF")) if item else None


def _listed_loan(look: Look, seen: Seen, terminal: Terminal) -> Finding:
    """On the account's list of loans, or known not to be."""
    charged = seen.get(LookKind.CHARGED)
    return _listed(LookKind.CHARGED, charged, look.item_barcode, terminal) if charged else Finding.UNCLEAR


def _charged(look: Look, seen: Seen) -> Finding:
    """By the item's status, which does not say who has it: only with the act's own answer does it say yes."""
    finding = _by_status(seen, CHARGED, NO_LONGER_CHARGED)
    if finding is not Finding.YES:
        return finding
    said = {Outcome.DONE: Finding.YES, Outcome.REFUSED: Finding.NO}
    return said.get(look.answered or Outcome.UNKNOWN, Finding.UNCLEAR)


def _renewal(look: Look, seen: Seen, terminal: Terminal) -> Finding:
    """The due date of the account's loan has moved on, or it has not.

    Whose loan it is, the account's list says; where that can't tell, it is ours if the act was answered so, or if it is
    due when ours was.
    """
    listed, item = _listed_loan(look, seen, terminal), _known_item(seen)
    shown = due_date(item, terminal) if item else None
    if listed is Finding.NO or shown is None:
        return listed if listed is Finding.NO else Finding.UNCLEAR
    is_ours = listed is Finding.YES or look.answered is Outcome.DONE or shown == look.due_at
    return _moved_on(look, shown) if is_ours else Finding.UNCLEAR


def _moved_on(look: Look, shown: datetime) -> Finding:
    """By the date before; where nobody knows that, by the date that the renewal answered."""
    if look.due_at is not None:
        return Finding.YES if shown > look.due_at else Finding.NO
    if look.answered is Outcome.DONE and look.answered_due_at is not None:
        return Finding.YES if shown >= look.answered_due_at else Finding.NO
    return Finding.UNCLEAR


def _by_status(seen: Seen, yes: frozenset[str], no: frozenset[str]) -> Finding:
    item = _known_item(seen)
    if item is None:
        return Finding.UNCLEAR
    status = status_of(item)
    return Finding.YES if status in yes else Finding.NO if status in no else Finding.UNCLEAR


def _known_item(seen: Seen) -> Reply | None:
    """The answer about the item, where it knows one: what else stands in the answer of a system that doesn't proves nothing."""
    item = seen.get(LookKind.ITEM)
    return item if item and knows_item(item) else None


def _listed(question: LookKind, reply: Reply, barcode: str, terminal: Terminal) -> Finding:
    named = is_listed(question, reply, barcode, terminal.profile)
    return {True: Finding.YES, False: Finding.NO, None: Finding.UNCLEAR}[named]
