"""What the gateway does to a stranger's loan or hold is told apart from what nobody could have done to a book in the technician's hand."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from gateway.demo.acs.records import Act, ActKind, Source
from gateway.dispatch.performers.acts import LATE
from tests.faults.breaches import Scan, touched
from tests.faults.strangers import CARDS

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ITEM, OURS, STRANGER, ANOTHER = "39990000000001", "20000000000097", CARDS[0], CARDS[1]
SCAN = Scan(since=AT, until=AT + timedelta(seconds=2))
"""Seconds 0 to 2."""
Line = tuple[float, ActKind, str, Source]


def at_desk(second: float, kind: ActKind, who: str) -> Line:
    return second, kind, who, Source.DESK


def over_sip2(second: float, kind: ActKind, who: str) -> Line:
    return second, kind, who, Source.SIP2


FETCHED = at_desk(1, ActKind.CHECKOUT, STRANGER)
ENDED = over_sip2(1.5, ActKind.CHECKIN, STRANGER)
LAST_S = 2 + LATE.total_seconds()
"""Until then what was clicked is done without another look."""


def found(lines: Iterable[Line], *, item: str = ITEM) -> list[str]:
    """The kinds of the acts that touched a stranger, while `item` was in hand."""
    acts = [
        Act(n, kind, ITEM, who, source, AT + timedelta(seconds=second))
        for n, (second, kind, who, source) in enumerate(lines, 1)
    ]
    return [act.kind for act in touched(acts, {ITEM: {OURS}}, {item: [SCAN]})]


# fmt: off
NOT_TOUCHED: list[tuple[str, list[Line]]] = [
    ("fetched out of the hand",      [FETCHED, ENDED]),
    ("and ended as late as can be",  [FETCHED, over_sip2(LAST_S, ActKind.CHECKIN, STRANGER)]),
    ("fetched when it was clicked",  [at_desk(2.5, ActKind.CHECKOUT, STRANGER), over_sip2(2.6, ActKind.CHECKIN, STRANGER)]),
    ("checked in at the branch",     [over_sip2(-60, ActKind.CHECKIN, ""), at_desk(0.5, ActKind.CHECKIN, ""), FETCHED, ENDED]),
    ("ours",                         [at_desk(1, ActKind.CHECKOUT, OURS), over_sip2(1.5, ActKind.CHECKIN, OURS)]),
]
TOUCHED: list[tuple[str, list[Line], ActKind]] = [
    ("fetched before the look",      [at_desk(-1, ActKind.CHECKOUT, STRANGER), ENDED],                                              ActKind.CHECKIN),
    ("ended long after the click",   [FETCHED, over_sip2(LAST_S + 0.1, ActKind.CHECKIN, STRANGER)],                                 ActKind.CHECKIN),
    ("checked in a second time",     [over_sip2(0.5, ActKind.CHECKIN, ""), FETCHED, ENDED],                                         ActKind.CHECKIN),
    ("a second time, of our loan",   [over_sip2(0.5, ActKind.CHECKIN, OURS), FETCHED, ENDED],                                       ActKind.CHECKIN),
    ("another stranger's loan",      [at_desk(-9, ActKind.CHECKOUT, ANOTHER), FETCHED, over_sip2(1.5, ActKind.CHECKIN, ANOTHER)],   ActKind.CHECKIN),
    ("a loan before the first line", [over_sip2(1.5, ActKind.CHECKIN, STRANGER)],                                                   ActKind.CHECKIN),
    ("a loan renewed",               [FETCHED, over_sip2(1.5, ActKind.RENEWAL, STRANGER)],                                          ActKind.RENEWAL),
    ("lent to a stranger",           [over_sip2(1, ActKind.CHECKOUT, STRANGER)],                                                    ActKind.CHECKOUT),
    ("a hold taken off",             [FETCHED, over_sip2(1.5, ActKind.HOLD_CANCELLED, STRANGER)],                                   ActKind.HOLD_CANCELLED),
    ("a hold filled",                [FETCHED, over_sip2(1.5, ActKind.HOLD_FILLED, STRANGER)],                                      ActKind.HOLD_FILLED),
]
# fmt: on


@pytest.mark.parametrize(("name", "lines"), NOT_TOUCHED, ids=[name for name, _ in NOT_TOUCHED])
def test_nobody_takes_a_book_out_of_the_technicians_hand(name: str, lines: list[Line]):
    assert found(lines) == []


@pytest.mark.parametrize(("name", "lines", "kind"), TOUCHED, ids=[name for name, _, _ in TOUCHED])
def test_what_the_gateway_does_to_a_stranger_meanwhile_is_found(name: str, lines: list[Line], kind: ActKind):
    assert found(lines) == [kind]


def test_only_the_book_in_hand_counts():
    assert found([FETCHED, ENDED], item="39990000000002") == [ActKind.CHECKIN]
