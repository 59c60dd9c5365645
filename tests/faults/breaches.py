"""A breach of a promise, as both invariants give it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from gateway.demo.acs.records import Act, ActKind, Source
from gateway.dispatch.performers.acts import LATE
from tests.faults.strangers import CARDS

HOLD_ENDS: Final = frozenset({ActKind.HOLD_FILLED, ActKind.HOLD_CANCELLED, ActKind.HOLD_EXPIRED})


class Rule(StrEnum):
    """What was broken."""

    LOST = "lost"
    DOUBLED = "doubled"
    STUCK = "stuck"
    LEFT_STANDING = "left standing"
    DISAGREES = "disagrees"
    MESSAGE = "message"
    STRANGER = "stranger"
    """The gateway touched a loan or a hold that is none of its requests'."""
    WAITED = "waited"
    """Something waited longer than its own clock, or than its lane did."""
    LOGGED = "logged"
    """The gateway's log has an error that nobody foresaw, or a customer's barcode; or it did not end as it should."""
    OTHERS = "others"
    """The script of a partner, of a lender or of a customer came to a stop."""


class Breach(msgspec.Struct, frozen=True, kw_only=True):
    """One breach, of one loan (by the partner's id, or by the order's)."""

    rule: Rule
    request: str
    words: str


class Scan(msgspec.Struct, frozen=True):
    """An item under the scanner, from the look where it is to the answer to the click: it is in the technician's hand."""

    since: datetime
    until: datetime


Scans = Mapping[str, Sequence[Scan]]
"""By the item's barcode."""


def touched(acts: Sequence[Act], owners: Mapping[str, Collection[str]], scans: Scans) -> Iterator[Act]:
    """The acts over SIP2 on what is none of ours; `owners` are, by item, the accounts whose requests want it.

    Only the gateway speaks SIP2 in a run: such an act that names anybody else ended, renewed, filled or took off what was a
    stranger's, or made a loan or a hold for him. No stranger takes a book out of the technician's hand (`was_in_hand`).
    """
    for act in acts:
        is_ours = not act.customer or act.customer in owners.get(act.item, ())
        if act.source is Source.SIP2 and not is_ours and not was_in_hand(act, acts, scans.get(act.item, ())):
            yield act


def was_in_hand(act: Act, acts: Iterable[Act], scans: Iterable[Scan]) -> bool:
    """Whether a check-in ended a stranger's loan that can't be: one that began while the technician had the item in hand.

    The circulation system's process can't see that hand. What was clicked is done within `LATE` without another look, and
    once: the gateway looks again before it checks in a second time, and ends no loan that began meanwhile.
    """
    if act.kind is not ActKind.CHECKIN:
        return False
    before = [each for each in acts if each.item == act.item and each.sequence < act.sequence]
    began = [each.at for each in before if (each.kind, each.customer) == (ActKind.CHECKOUT, act.customer)]
    checked_in = [each.at for each in before if (each.kind, each.source) == (ActKind.CHECKIN, Source.SIP2)]
    return bool(began) and any(
        scan.since <= began[-1] and act.at <= scan.until + LATE and not any(at >= scan.since for at in checked_in)
        for scan in scans
    )


def without_strangers(acts: Iterable[Act]) -> list[Act]:
    """The acts on what is the run's own; what is a stranger's is the strangers' business, or a breach (`touched`)."""
    return [act for act in acts if act.customer not in CARDS]


def standing(acts: Iterable[Act]) -> tuple[int, int]:
    """How many holds and how many loans are left after acts on one item."""
    holds = loans = 0
    for act in acts:
        holds += (act.kind is ActKind.HOLD_PLACED) - (act.kind in HOLD_ENDS)
        loans += (act.kind is ActKind.CHECKOUT) - (act.kind is ActKind.CHECKIN and bool(act.customer))
    return holds, loans
