"""A pool barcode at the circulation system beside its request: what is wrong with it, and what comes right by itself."""

from datetime import timedelta

import pytest

from gateway.mapping.pool_reconcile import Shown, at_rest, difference, is_compared
from gateway.mapping.reconcile import Kind
from gateway.workflow.records import State
from gateway.workflow.triggers import StaffAction
from tests.workflow import borrowing as b

SOON, LATER = b.AT + timedelta(hours=2), b.AT + timedelta(days=2)
KEPT = Shown(status="08", charged=False, kept=True, queue_length=1)
AVAILABLE = Shown(status="03", charged=False, kept=False)


def lent(*, ours: bool | None) -> Shown:
    return Shown(status="04", charged=True, kept=False, loan_is_ours=ours)


def held(shown: Shown, *, ours: bool | None) -> Shown:
    return Shown(status=shown.status, charged=False, kept=shown.kept, hold_is_ours=ours)


def said_out() -> b.Talk:
    """Handed out, as staff say, and not seen yet."""
    talk = b.on_shelf()
    talk(b.staff(StaffAction.HANDED_OUT))
    return talk


def to_return() -> b.Talk:
    talk = b.with_customer()
    talk(b.seen(out=False, before=True))
    return talk


def kind(talk: b.Talk, shown: Shown, at=LATER) -> Kind | None:
    (item,) = talk.request.items
    found = difference(talk.request, item, shown, at)
    assert found is None or (found.item_barcode, found.request) == (b.POOL, talk.request.id)
    return found.kind if found else None


@pytest.mark.parametrize(
    ("shown", "wrong"),
    [
        (held(KEPT, ours=True), None),
        (held(KEPT, ours=None), None),
        (held(KEPT, ours=False), Kind.OTHERS_HOLD),
        (lent(ours=True), None),
        (lent(ours=None), None),
        (lent(ours=False), Kind.OTHERS_LOAN),
        (held(AVAILABLE, ours=False), Kind.NOWHERE),
        (held(AVAILABLE, ours=True), Kind.NOWHERE),
        (Shown(status="06"), Kind.NOWHERE),
        (Shown(known=False), Kind.UNKNOWN_BARCODE),
    ],
)
def test_what_waits_for_its_customer_is_kept_for_its_customer(shown: Shown, wrong: Kind | None):
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
    ("shown", "wrong"), [(AVAILABLE, None), (lent(ours=True), None), (lent(ours=False), Kind.OTHERS_LOAN)]
)
def test_what_the_customer_was_seen_with_is_looked_at_by_itself(shown: Shown, wrong: Kind | None):
    assert kind(b.with_customer(), shown) is wrong


def test_what_staff_handed_out_and_nobody_sees_is_told_after_a_day():
    assert kind(said_out(), KEPT, SOON) is None
    assert kind(said_out(), KEPT) is Kind.NOWHERE
    assert kind(said_out(), lent(ours=True)) is None


@pytest.mark.parametrize("talk", [to_return, b.sent_back])
def test_what_goes_back_is_nobodys(talk):
    assert kind(talk(), AVAILABLE) is None
    assert kind(talk(), Shown(status="10", charged=False, kept=True)) is None, "on its way home"
    assert kind(talk(), lent(ours=True)) is Kind.STILL_OUT
    assert kind(talk(), KEPT) is Kind.OTHERS_HOLD
    assert kind(talk(), Shown(status="03", charged=False, kept=False, queue_length=1)) is Kind.OTHERS_HOLD


def test_a_barcode_that_rests_is_nobodys():
    assert at_rest(b.POOL, AVAILABLE) is None
    assert at_rest(b.POOL, Shown(known=False)) is None
    for shown, wrong in ((lent(ours=None), Kind.OTHERS_LOAN), (KEPT, Kind.OTHERS_HOLD)):
        found = at_rest(b.POOL, shown)
        assert found is not None
        assert (found.kind, found.request) == (wrong, None)


def test_what_our_own_work_is_about_is_passed_over():
    talk = b.on_its_way()
    assert not is_compared(talk.request)
    talk(b.staff(StaffAction.RECEIVE))
    assert talk.request.state is State.RECEIVING
    assert not is_compared(talk.request)
    assert is_compared(b.on_shelf().request)
