"""A breach of a promise, as both invariants give it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from gateway.demo.acs.records import Act, ActKind, Source
from gateway.dispatch.performers.acts import LATE
from tests.faults.strangers import CARDS


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
    OTHERS = "others"
    """The script of a partner, of a lender or of a customer came to a stop."""


class Breach(msgspec.Struct, frozen=True, kw_only=True):
    """One breach, of one loan (by the partner's id, or by the order's)."""

    rule: Rule
    request: str
    words: str


def touched(acts: Iterable[Act], owners: Mapping[str, Collection[str]]) -> Iterator[Act]:
    """The acts over SIP2 on what is none of ours; `owners` are, by item, the accounts whose requests want it.

    Only the gateway speaks SIP2 in a run: such an act that names anybody else ended, renewed, filled or took off what was a
    stranger's, or made a loan or a hold for him.
    """
    for act in acts:
        if act.source is Source.SIP2 and act.customer and act.customer not in owners.get(act.item, ()):
            yield act


class Scan(msgspec.Struct, frozen=True):
    """An item under the scanner, from the look where it is to the answer to the click: it is in the technician's hand."""

    since: datetime
    until: datetime


def was_in_hand(act: Act, acts: Iterable[Act], scans: Iterable[Scan]) -> bool:
    """Whether a check-in ended a stranger's loan that can't be: one that began while the technician had the item in hand.

    The circulation system's process can't see that hand. What was clicked is done within `LATE` without another look.
    """
    began = [
        each.at for each in acts if (each.kind, each.item, each.customer) == (ActKind.CHECKOUT, act.item, act.customer)
    ]
    last = max((at for at in began if at <= act.at), default=None)
    return last is not None and any(scan.since <= last and act.at <= scan.until + LATE for scan in scans)


def without_strangers(acts: Iterable[Act]) -> list[Act]:
    """The acts on what is the run's own; what is a stranger's is the strangers' business, or a breach (`touched`)."""
    return [act for act in acts if act.customer not in CARDS]
