"""Acts as SIP2 requests, SIP2 replies as outcomes, and what a look (17, 63) shows.

The rules are those of sip2.md, "Meaning": ok is not proof and neither is a refusal, so `outcome_of` says only what was
answered, and `judge` what is so. Where the circulation system can't tell, the finding is UNCLEAR, never a guess.
"""

from datetime import UTC, datetime, tzinfo
from enum import Enum
from typing import Final

import msgspec
from pysip2.models import SIPRequest

from gateway.sip2 import requests
from gateway.sip2.codec import Reply, folded
from gateway.sip2.dates import parse_due_date
from gateway.sip2.profiles import CustomerList, HoldMode, Profile
from gateway.sip2.redaction import screen_text
from gateway.sip2.requests import HoldType, Summary
from gateway.workflow.effects import Look
from gateway.workflow.records import Act, Copy, CopyStatus, Finding, Outcome

CHARGED: Final = frozenset({"04", "05", "07"})
"""Circulation statuses of an item that somebody has: charged, not recallable until, recalled."""
AT_HAND: Final = frozenset({"03", "08", "09"})
"""Available, on the hold shelf, waiting to be reshelved: where an item may be that was just scanned at the desk."""
NO_LONGER_CHARGED: Final = frozenset({"03", "06", "08", "09", "10"})
"""Where an item may be that was just checked in."""
KEPT: Final = frozenset({"08", "10"})
"""Where a borrowed item is that was trapped for its customer's hold: on the shelf here, or on its way to the pickup branch."""
SHELVED: Final = frozenset({"08"})
NOT_KEPT: Final = frozenset({"03", "09"})
HOLD_HERE: Final = "01"
HOLD_ELSEWHERE: Final = "02"
"""CV: the item is trapped for a hold here, or at another branch."""


_MOST_DIGITS: Final = 9
_SHORTEST_BARCODE: Final = 5
WITHOUT_ACCOUNT: Final = frozenset({Act.ARRIVE, Act.CHECKIN, Act.RECEIVE})
"""Acts that name an item alone."""


MESSAGES: Final[dict[Act, str]] = {
    Act.HOLD: "15",
    Act.CANCEL_HOLD: "15",
    Act.CHECKOUT: "11",
    Act.RENEW: "29",
    Act.ARRIVE: "09",
    Act.CHECKIN: "09",
    Act.RECEIVE: "09",
}
"""The message that asks for an act."""

_VERBS: Final[dict[Act, str]] = {
    Act.HOLD: "take holds",
    Act.CANCEL_HOLD: "cancel holds",
    Act.CHECKOUT: "check out",
    Act.RENEW: "renew",
    Act.ARRIVE: "check in",
    Act.CHECKIN: "check in",
    Act.RECEIVE: "check in",
}


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """Where we stand in the circulation system: its profile, our zone, our desk, and where partners' holds are picked up."""

    profile: Profile
    zone: tzinfo
    location: str
    pickup: str


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """What the circulation system said of an act."""

    outcome: Outcome
    words: str = ""
    due_at: datetime | None = None
    route_to: str | None = None
    for_customer: bool | None = None
    """Whether a borrowed item is kept for its customer (CY); None where the answer doesn't say."""


def request_for(act: Act, *, item: str, account: str, at: datetime, desk: Desk) -> SIPRequest:
    """Say an act in SIP2; `account` is the partner's on the circulation system, `at` is aware."""
    profile, local = desk.profile, at.astimezone(desk.zone)
    match act:
        case Act.HOLD:
            mode, kind = HoldMode.ADD, HoldType.THIS_COPY
            return requests.hold(profile, local, mode, customer=account, item=item, pickup=desk.pickup, hold_type=kind)
        case Act.CANCEL_HOLD:
            return requests.hold(profile, local, HoldMode.CANCEL, customer=account, item=item)
        case Act.CHECKOUT:
            return requests.checkout(profile, local, customer=account, item=item)
        case Act.RENEW:
            return requests.renew(profile, local, customer=account, item=item)
        case Act.ARRIVE | Act.CHECKIN | Act.RECEIVE:
            return requests.checkin(profile, local, item=item, location=desk.location)


def not_possible(act: Act, profile: Profile, *, supported: bool | None) -> str | None:
    """Say why an act can't be asked of this circulation system at all; None where it can (sip2.md, "Hold (15)").

    `supported` is what the system says of the act's message (MESSAGES), None where it says nothing.
    """
    mode = {Act.HOLD: HoldMode.ADD, Act.CANCEL_HOLD: HoldMode.CANCEL}.get(act)
    if supported is not False and (mode is None or mode in profile.hold_modes):
        return None
    return f"This circulation system does not {_VERBS[act]} over SIP2."


def outcome_of(act: Act, reply: Reply, *, account: str, desk: Desk) -> Answered:
    """Read the answer to an act."""
    ok = reply.fixed.get("ok") == "1"
    words = screen_text(reply)
    if act is Act.ARRIVE:
        return _arrival(reply, ok, words, account)
    return Answered(
        outcome=Outcome.DONE if ok else Outcome.REFUSED,
        words=words,
        due_at=due_date(reply, desk),
        route_to=_route(act, reply),
        for_customer=_is_for(reply, account) if act is Act.RECEIVE else None,
    )


def _route(act: Act, reply: Reply) -> str | None:
    """Where a check-in sends the item; its owner (AQ) says so of what goes home, not of what was borrowed for a customer."""
    match act:
        case Act.CHECKIN:
            return reply.first("CT") or reply.first("AQ") or None
        case Act.RECEIVE if _alert(reply) != HOLD_HERE:
            return reply.first("CT") or None
        case _:
            return None


def trapped_for(reply: Reply) -> str:
    """Give the account for whose hold a check-in keeps the item (CY), folded: to be compared, and dropped at once (sip2.md)."""
    return folded(reply.first("CY"))


def _alert(reply: Reply) -> str:
    """CV, as it may be written."""
    return reply.first("CV").zfill(2)


def _arrival(reply: Reply, ok: bool, words: str, account: str) -> Answered:  # noqa: FBT001 - one flag of one reply
    """A hold for somebody else, or for another branch, is a refusal; ok=0 alone has been seen on a trapped hold."""
    is_ours = _is_for(reply, account)
    if is_ours is False or (is_ours is None and _alert(reply) == HOLD_ELSEWHERE):
        return Answered(outcome=Outcome.REFUSED, words=words or "It is wanted by somebody else.")
    return Answered(outcome=Outcome.DONE if ok else Outcome.UNKNOWN, words=words)


def _is_for(reply: Reply, account: str) -> bool | None:
    """Whether a check-in says that the item is kept for this account; CY is compared and kept nowhere."""
    holder = reply.first("CY")
    return folded(holder) == folded(account) if holder else None


def due_date(reply: Reply, desk: Desk) -> datetime | None:
    """The due date (AH) in UTC; None where there is none or it can't be read."""
    parsed = parse_due_date(reply.first("AH"), desk.profile, desk.zone)
    return None if parsed is None else parsed.astimezone(UTC)


def copy_unasked(copy: Copy) -> CopyStatus:
    """Give a copy of which the circulation system can't be asked: its status is "", which is for staff to judge."""
    return CopyStatus(copy=copy, status="")


def copy_status(copy: Copy, reply: Reply, desk: Desk) -> CopyStatus:
    """What 17 said of a copy. An unreadable queue length counts as a queue: we promise nothing on a guess."""
    queue = _number(reply.first("CF"))
    return CopyStatus(
        copy=copy,
        status=_status(reply),
        queue_length=int(bool(reply.first("CF"))) if queue is None else queue,
        due_at=due_date(reply, desk),
        current_branch=reply.first("AP") or None,
        known=knows_item(reply),
    )


# ── looking ──────────────────────────────────────────────────────────────────────────────────────


class Question(Enum):
    """What can be asked to find out whether an act was done."""

    HOLDS = Summary.HOLDS
    UNAVAILABLE_HOLDS = Summary.UNAVAILABLE_HOLDS
    CHARGED = Summary.CHARGED
    ITEM = None


UNKNOWN_ITEM: Final = "01"
"""Together with an empty title; with one it is “other”."""
ITEM_MESSAGE: Final = "17"
CUSTOMER_MESSAGE: Final = "63"


def message_of(question: Question) -> str:
    """Give the code of the message that asks it."""
    return ITEM_MESSAGE if question is Question.ITEM else CUSTOMER_MESSAGE


QUESTIONS: Final[dict[Act, tuple[Question, ...]]] = {
    Act.HOLD: (Question.HOLDS, Question.UNAVAILABLE_HOLDS, Question.ITEM),
    Act.CANCEL_HOLD: (Question.HOLDS, Question.UNAVAILABLE_HOLDS, Question.ITEM),
    Act.ARRIVE: (Question.ITEM,),
    Act.CHECKOUT: (Question.CHARGED, Question.ITEM),
    Act.RENEW: (Question.ITEM, Question.CHARGED),
    Act.CHECKIN: (Question.ITEM, Question.CHARGED),
    Act.RECEIVE: (Question.ITEM, Question.HOLDS, Question.UNAVAILABLE_HOLDS),
}
"""In this order, until the answer is clear: no round trip is wasted."""

_LISTS: Final[dict[Question, tuple[str, str, CustomerList]]] = {
    Question.HOLDS: ("AS", "hold_items_count", CustomerList.HOLDS),
    Question.UNAVAILABLE_HOLDS: ("CD", "unavailable_holds_count", CustomerList.UNAVAILABLE_HOLDS),
    Question.CHARGED: ("AU", "charged_items_count", CustomerList.CHARGED),
}

HOLD_LISTS: Final = (Question.HOLDS, Question.UNAVAILABLE_HOLDS)

Seen = dict[Question, Reply]
"""The replies that were had so far."""


def question_request(question: Question, *, item: str, account: str, at: datetime, desk: Desk) -> SIPRequest:
    """Say a question in SIP2."""
    local = at.astimezone(desk.zone)
    if question is Question.ITEM:
        return requests.item_information(desk.profile, local, item)
    return requests.patron_information(desk.profile, local, account, summary=question.value)


def judge(look: Look, seen: Seen, desk: Desk) -> Finding:  # noqa: PLR0911 - one case an act
    """Say what the replies show. UNCLEAR while more questions could help, and when none did."""
    match look.act:
        case Act.HOLD:
            return _clear_of(_listed_hold(look, seen, desk), _queued(look, seen))
        case Act.CANCEL_HOLD:
            return _clear_of(_opposite(_listed_hold(look, seen, desk)), _unqueued(look, seen))
        case Act.CHECKOUT:
            return _clear_of(_listed_loan(look, seen, desk), _charged(look, seen))
        case Act.RENEW:
            return _renewal(look, seen, desk)
        case Act.ARRIVE:
            return Finding.NO if look.answered is Outcome.REFUSED else _by_status(seen, AT_HAND, CHARGED | {"10"})
        case Act.CHECKIN:
            return _clear_of(
                _by_status(seen, NO_LONGER_CHARGED, frozenset()), _opposite(_listed_loan(look, seen, desk))
            )
        case Act.RECEIVE:
            return _kept_for_customer(look, seen, desk)


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


def found_due_date(look: Look, seen: Seen, desk: Desk) -> datetime | None:
    """The due date that the item itself shows, else the one that the act's own answer gave."""
    item = _known_item(seen)
    return (due_date(item, desk) if item else None) or (look.due_at if look.act is Act.CHECKOUT else None)


def found_charged(seen: Seen) -> bool | None:
    """Whether somebody has the item, where it was asked about and says so."""
    item = seen.get(Question.ITEM)
    return is_charged(item) if item else None


def found_ours(look: Look, seen: Seen, desk: Desk) -> bool | None:
    """Whether the account has the item, where its list of loans was asked for and can tell."""
    return {Finding.YES: True, Finding.NO: False}.get(_listed_loan(look, seen, desk))


_WHOSE: Final = {Act.CHECKOUT: Question.ITEM, Act.RENEW: Question.CHARGED}
"""What is asked as well before an act that was not done is asked for again: it may be somebody else's loan by now."""


def is_settled(look: Look, seen: Seen, finding: Finding, desk: Desk) -> bool:
    """Whether nothing more need be asked: the finding is clear, a checkout's due date is known, and whose what was not done is."""
    if finding is Finding.UNCLEAR:
        return False
    if finding is Finding.NO:
        return look.act not in _WHOSE or _WHOSE[look.act] in seen
    return look.act is not Act.CHECKOUT or found_due_date(look, seen, desk) is not None


MAY_HARM: Final = frozenset({Act.ARRIVE, Act.CHECKOUT, Act.RENEW, Act.CHECKIN})
"""Acts that can end, take or lengthen somebody else's loan where they come late."""


def is_out_of_place(look: Look, seen: Seen, finding: Finding, desk: Desk) -> bool:
    """Whether an act that comes late, or once more, must not be done: somebody else has the item, or it was done already.

    A check-in of what nobody has does no harm, and says where the item goes.
    """
    charged, ours = found_charged(seen), found_ours(look, seen, desk)
    match look.act:
        case Act.ARRIVE:
            return charged is True
        case Act.CHECKIN:
            return charged is True and ours is False
        case Act.HOLD | Act.CHECKOUT | Act.RENEW:
            return finding is Finding.YES or (charged is True and ours is False)
        case _:
            return False


def _kept_for_customer(look: Look, seen: Seen, desk: Desk) -> Finding:
    """On the hold shelf or on its way to it, and for our customer: by the act's own answer (CY), else by the customer's holds."""
    kept = _by_status(seen, KEPT, CHARGED | NOT_KEPT)
    if kept is not Finding.YES:
        return kept
    said = {True: Finding.YES, False: Finding.NO, None: Finding.UNCLEAR}[look.for_customer]
    return _clear_of(said, _listed_hold(look, seen, desk))


def _clear_of(*findings: Finding) -> Finding:
    """The first finding that is clear: the better evidence stands first."""
    return next((finding for finding in findings if finding is not Finding.UNCLEAR), Finding.UNCLEAR)


def _opposite(finding: Finding) -> Finding:
    return {Finding.YES: Finding.NO, Finding.NO: Finding.YES}.get(finding, finding)


def _listed_hold(look: Look, seen: Seen, desk: Desk) -> Finding:
    """Among the customer's holds, or on neither list. The counts alone prove nothing: products count holds differently."""
    lists = [_listed(question, seen[question], look.item_barcode, desk) for question in HOLD_LISTS if question in seen]
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
    return _number(item.first("CF")) if item else None


def _listed_loan(look: Look, seen: Seen, desk: Desk) -> Finding:
    """On the account's list of loans, or known not to be."""
    charged = seen.get(Question.CHARGED)
    return _listed(Question.CHARGED, charged, look.item_barcode, desk) if charged else Finding.UNCLEAR


def _charged(look: Look, seen: Seen) -> Finding:
    """By the item's status, which does not say who has it: only with the act's own answer does it say yes."""
    finding = _by_status(seen, CHARGED, NO_LONGER_CHARGED)
    if finding is not Finding.YES:
        return finding
    said = {Outcome.DONE: Finding.YES, Outcome.REFUSED: Finding.NO}
    return said.get(look.answered or Outcome.UNKNOWN, Finding.UNCLEAR)


def _renewal(look: Look, seen: Seen, desk: Desk) -> Finding:
    """The due date of the account's loan has moved on, or it has not.

    Whose loan it is, the account's list says; where that can't tell, it is ours if the act was answered so, or if it is
    due when ours was.
    """
    listed, item = _listed_loan(look, seen, desk), _known_item(seen)
    shown = due_date(item, desk) if item else None
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
    status = _status(item)
    return Finding.YES if status in yes else Finding.NO if status in no else Finding.UNCLEAR


def _known_item(seen: Seen) -> Reply | None:
    """The answer about the item, where it knows one: what else stands in the answer of a system that doesn't proves nothing."""
    item = seen.get(Question.ITEM)
    return item if item and knows_item(item) else None


def knows_item(reply: Reply) -> bool:
    """01 with an empty title is how an unknown item is answered, and one such answer is no proof."""
    return _status(reply) != UNKNOWN_ITEM or bool(reply.first("AJ"))


def is_charged(reply: Reply) -> bool | None:
    """Whether somebody has the item, as 17 shows it; None where the answer doesn't say."""
    if not knows_item(reply):
        return None
    status = _status(reply)
    return True if status in CHARGED else False if status in NO_LONGER_CHARGED else None


def is_kept(reply: Reply) -> bool | None:
    """Whether a borrowed item is kept for a hold, as 17 shows it; None where the answer doesn't say."""
    if not knows_item(reply):
        return None
    status = _status(reply)
    return True if status in KEPT else False if status in CHARGED | NOT_KEPT else None


def _status(reply: Reply) -> str:
    return reply.fixed.get("circulation_status", "").strip().zfill(2)


def _listed(question: Question, reply: Reply, barcode: str, desk: Desk) -> Finding:
    named = is_listed(question, reply, barcode, desk.profile)
    return {True: Finding.YES, False: Finding.NO, None: Finding.UNCLEAR}[named]


def is_listed(question: Question, reply: Reply, barcode: str, profile: Profile) -> bool | None:
    """Whether the customer's list (not ITEM) names the item; None where it doesn't and is not known to be complete."""
    if folded(barcode) in map(folded, _values(question, reply)):
        return True
    return None if complete_list(question, reply, profile) is None else False


def complete_list(question: Question, reply: Reply, profile: Profile) -> frozenset[str] | None:
    """The item barcodes of a customer's list (not ITEM); None where it can't say of an item that it is not there.

    Only a complete list of barcodes of a customer who is known can, from a system that keeps such a list: a server whose database has gone answers as if it
    knew nobody (sip2.md, "One negative answer is not proof either").
    """
    values = _values(question, reply)
    _field, count, kind = _LISTS[question]
    told = kind in profile.lists and is_valid(reply) is True
    complete = told and _count(reply, count) == len(values) and all(map(_looks_like_barcode, values))
    return frozenset(values) if complete else None


def is_valid(reply: Reply) -> bool | None:
    """Whether a 64 is of a customer who is known and in force: some leave BL out beside a name; None where it doesn't say."""
    said = reply.first("BL").upper()
    return {"Y": True, "N": False, "": True if reply.first("AE") else None}.get(said)


def _values(question: Question, reply: Reply) -> list[str]:
    values = (value.strip() for value in reply.fields.get(_LISTS[question][0], ()))
    return [value for value in values if value]


def _count(reply: Reply, name: str) -> int | None:
    return _number(reply.fixed.get(name, "").strip())


def _number(text: str) -> int | None:
    """A count as it may be; None for what is blank, no number, or beyond all measure."""
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else None


def _looks_like_barcode(value: str) -> bool:
    """Not a title, which some send in place of a barcode, be it only a year."""
    return value.isalnum() and any(char.isdigit() for char in value) and len(value) >= _SHORTEST_BARCODE
