"""A pool barcode at the circulation system beside its request: what is wrong with it, and what comes right by itself."""

from datetime import timedelta

import pytest

from gateway.mapping.reconcile import DifferenceKind
from gateway.mapping.reconcile_pool import ShownByAcs, difference, is_compared, unused
from gateway.workflow.borrowing_events import BarcodeAssigned
from gateway.workflow.records import State
from gateway.workflow.triggers import StaffAction
from tests.workflow import borrowing as b

SOON, LATER = b.AT + timedelta(hours=2), b.AT + timedelta(days=2)
KEPT = ShownByAcs(status="08", charged=False, kept=True, queue_length=1)
AVAILABLE = ShownByAcs(status="03", charged=False, kept=False)


def lent(*, ours: bool | None) -> ShownByAcs:
    return ShownByAcs(status="04", charged=True, kept=False, loan_is_ours=ours)


def held(shown: ShownByAcs, *, ours: bool | None) -> ShownByAcs:
    return ShownByAcs(status=shown.status, charged=False, kept=shown.kept, hold_is_ours=ours)


def said_out() -> b.Talk:
    """Handed out, as staff say, and not seen yet."""
    talk = b.on_shelf()
    talk(b.staff(StaffAction.HANDED_OUT))
    return talk


def to_return() -> b.Talk:
    talk = b.with_customer()
    talk(b.seen(out=False, before=True))
    return talk


def kind(talk: b.Talk, shown: ShownByAcs, at=LATER) -> DifferenceKind | None:
    (item,) = talk.request.items
    found = difference(talk.request, item, shown, at)
    assert found is None or (found.item_barcode, found.request) == (b.POOL, talk.request.id)
    return found.kind if found else None


@pytest.mark.parametrize(
    ("shown", "wrong"),
    [
        (held(KEPT, ours=True), None),
        (held(KEPT, ours=None), None),
        (held(KEPT, ours=False), DifferenceKind.OTHERS_HOLD),
        (lent(ours=True), None),
        (lent(ours=None), None),
        (lent(ours=False), DifferenceKind.OTHERS_LOAN),
        (held(AVAILABLE, ours=False), DifferenceKind.NOWHERE),
        (held(AVAILABLE, ours=True), DifferenceKind.NOWHERE),
        (ShownByAcs(status="06"), DifferenceKind.NOWHERE),
        (ShownByAcs(known=False), DifferenceKind.UNKNOWN_BARCODE),
    ],
)
def test_what_waits_for_its_customer_is_kept_for_its_customer(shown: ShownByAcs, wrong: DifferenceKind | None):
    assert kind(b.on_shelf(), shown) is wrong


def test_what_is_on_nobody_is_told_after_a_day():
    assert kind(b.on_shelf(), AVAILABLE, SOON) is None
    talk = b.on_shelf()
    (item,) = talk.request.items
    found = difference(talk.request, item, AVAILABLE, LATER)
    assert found is not None
    assert "on nobody" in found.said
    assert "send it back" in found.act


@pytest.mark.parametrize(
    ("shown", "wrong"), [(AVAILABLE, None), (lent(ours=True), None), (lent(ours=False), DifferenceKind.OTHERS_LOAN)]
)
def test_what_the_customer_was_seen_with_is_looked_at_by_itself(shown: ShownByAcs, wrong: DifferenceKind | None):
    assert kind(b.with_customer(), shown) is wrong


def test_what_staff_handed_out_and_nobody_sees_is_told_after_a_day():
    assert kind(said_out(), KEPT, SOON) is None
    assert kind(said_out(), KEPT) is DifferenceKind.NOWHERE
    assert kind(said_out(), lent(ours=True)) is None


@pytest.mark.parametrize("talk", [to_return, b.sent_back])
def test_what_goes_back_is_nobodys(talk):
    assert kind(talk(), AVAILABLE) is None
    assert kind(talk(), ShownByAcs(status="10", charged=False, kept=True)) is None, "on its way home"
    assert kind(talk(), lent(ours=True)) is DifferenceKind.STILL_OUT
    assert kind(talk(), KEPT) is DifferenceKind.OTHERS_HOLD
    assert (
        kind(talk(), ShownByAcs(status="03", charged=False, kept=False, queue_length=1)) is DifferenceKind.OTHERS_HOLD
    )


@pytest.mark.parametrize(
    ("shown", "wrong"),
    [
        (AVAILABLE, DifferenceKind.NOWHERE),
        (held(KEPT, ours=True), DifferenceKind.NOWHERE),
        (held(KEPT, ours=None), DifferenceKind.NOWHERE),
        (held(KEPT, ours=False), DifferenceKind.OTHERS_HOLD),
        (lent(ours=True), DifferenceKind.OTHERS_LOAN),
        (lent(ours=False), DifferenceKind.OTHERS_LOAN),
        (ShownByAcs(known=False), DifferenceKind.UNKNOWN_BARCODE),
    ],
)
def test_what_is_received_for_longer_than_a_day_is_told(shown: ShownByAcs, wrong: DifferenceKind):
    talk = b.on_its_way()
    talk(b.staff(StaffAction.RECEIVE))
    talk(BarcodeAssigned(at=b.AT, barcode=b.POOL))
    assert talk.request.state is State.RECEIVING
    assert not is_compared(talk.request, SOON)
    assert is_compared(talk.request, LATER)
    assert kind(talk, shown) is wrong


@pytest.mark.parametrize(
    ("shown", "wrong", "act"),
    [
        (AVAILABLE, DifferenceKind.NOWHERE, "say that it was checked in"),
        (lent(ours=True), DifferenceKind.STILL_OUT, "Check it in"),
        (lent(ours=False), DifferenceKind.OTHERS_LOAN, "end that loan"),
        (KEPT, DifferenceKind.OTHERS_HOLD, "Take that hold off"),
    ],
)
def test_what_is_taken_back_for_longer_than_a_day_is_told(shown: ShownByAcs, wrong: DifferenceKind, act: str):
    talk = to_return()
    talk(b.staff(StaffAction.SEND_BACK))
    assert talk.request.state is State.TAKING_BACK
    assert not is_compared(talk.request, SOON)
    assert is_compared(talk.request, LATER)
    assert kind(talk, shown) is wrong
    found = difference(talk.request, talk.request.items[0], shown, LATER)
    assert found is not None
    assert act in found.act


@pytest.mark.parametrize(
    ("shown", "wrong"),
    [
        (lent(ours=True), None),
        (lent(ours=None), None),
        (ShownByAcs(status="12"), None),
        (AVAILABLE, None),
        (lent(ours=False), DifferenceKind.OTHERS_LOAN),
        (KEPT, DifferenceKind.NOWHERE),
        (ShownByAcs(status="03", charged=False, queue_length=1), DifferenceKind.OTHERS_HOLD),
    ],
)
def test_what_is_lost_is_on_no_shelf_and_nobody_waits_for_it(shown: ShownByAcs, wrong: DifferenceKind | None):
    talk = b.with_customer()
    talk(b.staff(StaffAction.MARK_LOST))
    assert talk.request.state is State.LOST
    assert not is_compared(talk.request, SOON)
    assert is_compared(talk.request, LATER)
    assert kind(talk, shown) is wrong


def test_a_barcode_that_stands_for_nothing_is_known_and_nobodys():
    assert unused(b.POOL, AVAILABLE) is None
    for shown, wrong in (
        (lent(ours=None), DifferenceKind.OTHERS_LOAN),
        (KEPT, DifferenceKind.OTHERS_HOLD),
        (ShownByAcs(status="03", charged=False, queue_length=2), DifferenceKind.OTHERS_HOLD),
        (ShownByAcs(known=False), DifferenceKind.UNKNOWN_BARCODE),
    ):
        found = unused(b.POOL, shown)
        assert found is not None
        assert (found.kind, found.request) == (wrong, None)


def test_a_request_without_a_barcode_is_passed_over():
    assert not is_compared(b.on_its_way().request, LATER)
    assert is_compared(b.on_shelf().request, SOON)
