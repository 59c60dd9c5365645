"""Acts and questions as SIP2 requests, and what replies to them say by themselves.

The rules are those of sip2.md, "Meaning": ok is not proof and neither is a refusal, so `outcome_of` says only what was
answered; what is so, `looking` judges from the answers to 17 and 63.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from enum import Enum
from typing import Final

import msgspec
from pysip2.models import SIPRequest

from gateway.sip2 import requests
from gateway.sip2.circulation_status import STATUS_WORDS
from gateway.sip2.codec import Reply, folded
from gateway.sip2.dates import parse_due_date
from gateway.sip2.profiles import CustomerList, HoldMode, Profile
from gateway.sip2.redaction import screen_text
from gateway.sip2.requests import HoldType, Summary
from gateway.workflow.records import Act, Copy, CopyStatus, Outcome

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


class Terminal(msgspec.Struct, frozen=True, kw_only=True):
    """What we are to the circulation system: its profile, our zone and location, and where partners' holds are picked up."""

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


def request_for(act: Act, *, item: str, account: str, at: datetime, terminal: Terminal) -> SIPRequest:
    """Say an act in SIP2; `account` is the partner's on the circulation system, `at` is aware."""
    profile, local = terminal.profile, at.astimezone(terminal.zone)
    match act:
        case Act.HOLD:
            mode, kind = HoldMode.ADD, HoldType.THIS_COPY
            return requests.hold(
                profile, local, mode, customer=account, item=item, pickup=terminal.pickup, hold_type=kind
            )
        case Act.CANCEL_HOLD:
            return requests.hold(profile, local, HoldMode.CANCEL, customer=account, item=item)
        case Act.CHECKOUT:
            return requests.checkout(profile, local, customer=account, item=item)
        case Act.RENEW:
            return requests.renew(profile, local, customer=account, item=item)
        case Act.ARRIVE | Act.CHECKIN | Act.RECEIVE:
            return requests.checkin(profile, local, item=item, location=terminal.location)


def not_possible(act: Act, profile: Profile, *, supported: bool | None) -> str | None:
    """Say why an act can't be asked of this circulation system at all; None where it can (sip2.md, "Hold (15)").

    `supported` is what the system says of the act's message (MESSAGES), None where it says nothing.
    """
    mode = {Act.HOLD: HoldMode.ADD, Act.CANCEL_HOLD: HoldMode.CANCEL}.get(act)
    if supported is not False and (mode is None or mode in profile.hold_modes):
        return None
    return f"This circulation system does not {_VERBS[act]} over SIP2."


def outcome_of(act: Act, reply: Reply, *, account: str, terminal: Terminal) -> Answered:
    """Read the answer to an act."""
    ok = reply.fixed.get("ok") == "1"
    words = screen_text(reply)
    if act is Act.ARRIVE:
        return _arrival(reply, ok, words, account)
    return Answered(
        outcome=Outcome.DONE if ok else Outcome.REFUSED,
        words=words,
        due_at=due_date(reply, terminal),
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
    """Return the account for whose hold a check-in keeps the item (CY), folded: to be compared, and dropped at once (sip2.md)."""
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


def due_date(reply: Reply, terminal: Terminal) -> datetime | None:
    """The due date (AH) in UTC; None where there is none or it can't be read."""
    parsed = parse_due_date(reply.first("AH"), terminal.profile, terminal.zone)
    return None if parsed is None else parsed.astimezone(UTC)


def copy_unasked(copy: Copy) -> CopyStatus:
    """Return a copy of which the circulation system can't be asked: its status is "", which is for staff to judge."""
    return CopyStatus(copy=copy, status="")


def copy_status(copy: Copy, reply: Reply, terminal: Terminal) -> CopyStatus:
    """What 17 said of a copy. An unreadable queue length counts as a queue: we promise nothing on a guess."""
    queue = number(reply.first("CF"))
    return CopyStatus(
        copy=copy,
        status=status_of(reply),
        queue_length=int(bool(reply.first("CF"))) if queue is None else queue,
        due_at=due_date(reply, terminal),
        current_branch=reply.first("AP") or None,
        known=knows_item(reply),
    )


# ── looking ──────────────────────────────────────────────────────────────────────────────────────


class LookKind(Enum):
    """What can be asked to find out whether an act was done."""

    HOLDS = Summary.HOLDS
    UNAVAILABLE_HOLDS = Summary.UNAVAILABLE_HOLDS
    CHARGED = Summary.CHARGED
    ITEM = None


UNKNOWN_ITEM: Final = "01"
"""Together with an empty title; with one it is “other”."""
ITEM_MESSAGE: Final = "17"
CUSTOMER_MESSAGE: Final = "63"


def message_of(question: LookKind) -> str:
    """Return the code of the message that asks it."""
    return ITEM_MESSAGE if question is LookKind.ITEM else CUSTOMER_MESSAGE


_LISTS: Final[dict[LookKind, tuple[str, str, CustomerList]]] = {
    LookKind.HOLDS: ("AS", "hold_items_count", CustomerList.HOLDS),
    LookKind.UNAVAILABLE_HOLDS: ("CD", "unavailable_holds_count", CustomerList.UNAVAILABLE_HOLDS),
    LookKind.CHARGED: ("AU", "charged_items_count", CustomerList.CHARGED),
}

HOLD_LISTS: Final = (LookKind.HOLDS, LookKind.UNAVAILABLE_HOLDS)

Seen = dict[LookKind, Reply]
"""The replies that were had so far."""


def question_request(question: LookKind, *, item: str, account: str, at: datetime, terminal: Terminal) -> SIPRequest:
    """Say a question in SIP2."""
    local = at.astimezone(terminal.zone)
    if question is LookKind.ITEM:
        return requests.item_information(terminal.profile, local, item)
    return requests.patron_information(terminal.profile, local, account, summary=question.value)


def knows_item(reply: Reply) -> bool:
    """01 with an empty title is how an unknown item is answered, and one such answer is no proof."""
    return status_of(reply) != UNKNOWN_ITEM or bool(reply.first("AJ"))


def is_charged(reply: Reply) -> bool | None:
    """Whether somebody has the item, as 17 shows it; None where the answer doesn't say."""
    if not knows_item(reply):
        return None
    status = status_of(reply)
    return True if status in CHARGED else False if status in NO_LONGER_CHARGED else None


def whereabouts(reply: Reply | None, branches: Mapping[str, str]) -> str:
    """Where 17 says that an item is, in words; `branches` are the names of ours by their codes."""
    stands = STATUS_WORDS.get(status_of(reply)) if reply is not None and knows_item(reply) else None
    if reply is None or stands is None:
        return "The circulation system can't say where it is."
    at = reply.first("AP")
    where = f", {branches.get(at, at)}" if at else ""
    return f"By the circulation system it is {stands}{where}."


def waits_for_nobody(reply: Reply) -> bool:
    """Whether 17 says that nobody has a hold on the item; one that tells no queue says nothing."""
    return knows_item(reply) and number(reply.first("CF")) == 0


def is_kept(reply: Reply) -> bool | None:
    """Whether an item is kept for a hold, on the shelf or on its way there, as 17 shows it; None where the answer doesn't say."""
    if not knows_item(reply):
        return None
    status = status_of(reply)
    return True if status in KEPT else False if status in CHARGED | NOT_KEPT else None


def status_of(reply: Reply) -> str:
    """The circulation status of an 18, as two digits."""
    return reply.fixed.get("circulation_status", "").strip().zfill(2)


def is_listed(question: LookKind, reply: Reply, barcode: str, profile: Profile) -> bool | None:
    """Whether the customer's list (not ITEM) names the item; None where it doesn't and is not known to be complete."""
    if folded(barcode) in map(folded, _values(question, reply)):
        return True
    return None if complete_list(question, reply, profile) is None else False


def complete_list(question: LookKind, reply: Reply, profile: Profile) -> frozenset[str] | None:
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


def _values(question: LookKind, reply: Reply) -> list[str]:
    values = (value.strip() for value in reply.fields.get(_LISTS[question][0], ()))
    return [value for value in values if value]


def _count(reply: Reply, name: str) -> int | None:
    return number(reply.fixed.get(name, "").strip())


def number(text: str) -> int | None:
    """A count as it may be; None for what is blank, no number, or beyond all measure."""
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else None


def _looks_like_barcode(value: str) -> bool:
    """Not a title, which some send in place of a barcode, even if it is only a year."""
    return value.isalnum() and any(char.isdigit() for char in value) and len(value) >= _SHORTEST_BARCODE
