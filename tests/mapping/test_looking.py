"""What a look shows of an act, from replies as they come over the wire."""

import itertools
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mapping.circulation import HOLD_LISTS, LookKind, Seen
from gateway.mapping.looking import (
    found_due_date,
    found_ours,
    is_out_of_place,
    is_settled,
    judge,
)
from gateway.sip2.codec import Reply
from gateway.sip2.products import PROFILES
from gateway.workflow.effects import Look
from gateway.workflow.records import Act, Finding, Outcome
from tests.mapping.test_circulation import (
    ACCOUNT,
    DUE,
    ITEM,
    OTHER,
    REPLIES,
    TERMINAL,
    TIME,
    UNKNOWN_ITEM,
    customer,
    item,
    sip2,
)


def look(act: Act, **fields: Any) -> Look:
    return Look(**{"act": act, "item_barcode": ITEM, "queue_length": 0, "answered": Outcome.DONE, **fields})


def shown(asked: Look, seen: Seen) -> Finding:
    return judge(asked, seen, TERMINAL)


# ── looking: holds ───────────────────────────────────────────────────────────────────────────────

LISTED = customer(f"AS{OTHER}|AS{ITEM}|", holds="0002")
UNAVAILABLE = customer(f"CD{ITEM}|", unavailable="0001")
EMPTY = customer()
OTHERS_ONLY = customer(f"AS{OTHER}|", holds="0001")
TITLES = customer("ASThe Imaginary Almanac|AS1984|", holds="0002")
CUT_SHORT = customer(f"AS{OTHER}|", holds="0005")
BLANK_COUNTS = customer(holds="    ", unavailable="    ")
NOT_KNOWN = customer("BLN|AFNo such customer|")


@pytest.mark.parametrize(
    ("seen", "finding"),
    [
        ({}, Finding.UNCLEAR),
        ({LookKind.HOLDS: LISTED}, Finding.YES),
        ({LookKind.HOLDS: EMPTY}, Finding.UNCLEAR),
        ({LookKind.HOLDS: EMPTY, LookKind.UNAVAILABLE_HOLDS: UNAVAILABLE}, Finding.YES),
        ({LookKind.HOLDS: EMPTY, LookKind.UNAVAILABLE_HOLDS: EMPTY}, Finding.NO),
        ({LookKind.HOLDS: OTHERS_ONLY, LookKind.UNAVAILABLE_HOLDS: EMPTY}, Finding.NO),
        ({LookKind.HOLDS: TITLES, LookKind.UNAVAILABLE_HOLDS: EMPTY}, Finding.UNCLEAR),
        ({LookKind.HOLDS: CUT_SHORT, LookKind.UNAVAILABLE_HOLDS: EMPTY}, Finding.UNCLEAR),
        ({LookKind.HOLDS: BLANK_COUNTS, LookKind.UNAVAILABLE_HOLDS: BLANK_COUNTS}, Finding.UNCLEAR),
        ({LookKind.HOLDS: NOT_KNOWN, LookKind.UNAVAILABLE_HOLDS: NOT_KNOWN}, Finding.UNCLEAR),
        ({LookKind.HOLDS: TITLES, LookKind.UNAVAILABLE_HOLDS: EMPTY, LookKind.ITEM: item(fields="CF1|")}, Finding.YES),
    ],
    ids=["nothing asked", "listed", "half asked", "unavailable", "on neither", "another's", "titles", "cut short",
         "blank counts", "customer not known", "titles, but the queue grew"],
)  # fmt: skip
def test_a_hold_is_seen_in_the_lists_and_only_complete_lists_of_barcodes_deny_it(seen, finding):
    assert shown(look(Act.HOLD), seen) is finding
    opposite = {Finding.YES: Finding.NO, Finding.NO: Finding.YES}.get(finding, finding)
    assert shown(look(Act.CANCEL_HOLD), seen) is opposite


@pytest.mark.parametrize(
    ("before", "now", "answered", "finding"),
    [
        (0, "1", Outcome.DONE, Finding.YES),
        (0, "1", Outcome.UNKNOWN, Finding.YES),
        (0, "1", Outcome.REFUSED, Finding.UNCLEAR),
        (0, "0", Outcome.DONE, Finding.NO),
        (2, "2", Outcome.UNKNOWN, Finding.NO),
        (None, "1", Outcome.DONE, Finding.UNCLEAR),
        (0, "", Outcome.DONE, Finding.UNCLEAR),
        (0, "many", Outcome.DONE, Finding.UNCLEAR),
    ],
)
def test_without_lists_a_hold_is_seen_by_its_queue_unless_it_may_be_anothers(before, now, answered, finding):
    asked = look(Act.HOLD, queue_length=before, answered=answered)
    assert shown(asked, {LookKind.HOLDS: TITLES, LookKind.ITEM: item(fields=f"CF{now}|")}) is finding


@pytest.mark.parametrize(
    ("before", "now", "answered", "finding"),
    [
        (0, "0", Outcome.DONE, Finding.YES),
        (0, "0", Outcome.REFUSED, Finding.UNCLEAR),
        (0, "0", Outcome.UNKNOWN, Finding.UNCLEAR),
        (0, "0", None, Finding.YES),
        (1, "1", None, Finding.UNCLEAR),
        (0, "1", Outcome.DONE, Finding.NO),
        (None, "0", Outcome.DONE, Finding.UNCLEAR),
        (None, "0", None, Finding.YES),
        (None, "1", Outcome.DONE, Finding.UNCLEAR),
    ],
)
def test_without_lists_a_hold_is_off_only_where_the_act_says_so_too(before, now, answered, finding):
    """The queue may have become shorter by somebody else: nobody is told that a hold is off on that alone."""
    asked = look(Act.CANCEL_HOLD, queue_length=before, answered=answered)
    assert shown(asked, {LookKind.HOLDS: TITLES, LookKind.ITEM: item(fields=f"CF{now}|")}) is finding


@pytest.mark.parametrize("valid", ["", "BL|", "BL |", "BLn|", "BLN|", "BL0|"])
def test_empty_lists_of_nobody_prove_nothing(valid):
    """Neither a name nor a BL that says yes: whose lists they are is not said (sip2.md, “One negative answer is not proof either”)."""
    nobody = sip2(f"64              000{TIME}{'0000' * 6}AOEX|AA{ACCOUNT}|AE|{valid}")
    seen: Seen = {**dict.fromkeys(HOLD_LISTS, nobody), LookKind.CHARGED: nobody}
    for act in (Act.HOLD, Act.CANCEL_HOLD, Act.CHECKOUT):
        assert shown(look(act, answered=None), seen) is Finding.UNCLEAR
    known = sip2(f"64              000{TIME}{'0000' * 6}AOEX|AA{ACCOUNT}|AE|BLy|")
    assert shown(look(Act.CHECKOUT, answered=None), {LookKind.CHARGED: known}) is Finding.NO


# ── looking: loans ───────────────────────────────────────────────────────────────────────────────

CHARGED = customer(f"AU{ITEM}|", charged="0001")
NO_LOANS = customer()
TITLES_OUT = customer("AUThe Imaginary Almanac|", charged="0001")


@pytest.mark.parametrize(
    ("seen", "answered", "finding"),
    [
        ({LookKind.CHARGED: CHARGED}, Outcome.REFUSED, Finding.YES),
        ({LookKind.CHARGED: NO_LOANS}, Outcome.DONE, Finding.NO),
        ({LookKind.CHARGED: NOT_KNOWN}, Outcome.DONE, Finding.UNCLEAR),
        ({LookKind.CHARGED: TITLES_OUT}, Outcome.DONE, Finding.UNCLEAR),
        ({LookKind.CHARGED: TITLES_OUT, LookKind.ITEM: item("04")}, Outcome.DONE, Finding.YES),
        ({LookKind.CHARGED: TITLES_OUT, LookKind.ITEM: item("04")}, Outcome.REFUSED, Finding.NO),
        ({LookKind.CHARGED: TITLES_OUT, LookKind.ITEM: item("04")}, Outcome.UNKNOWN, Finding.UNCLEAR),
        ({LookKind.CHARGED: TITLES_OUT, LookKind.ITEM: item("03")}, Outcome.DONE, Finding.NO),
        ({LookKind.CHARGED: TITLES_OUT, LookKind.ITEM: item("01")}, Outcome.DONE, Finding.UNCLEAR),
        ({LookKind.CHARGED: TITLES_OUT, LookKind.ITEM: UNKNOWN_ITEM}, Outcome.DONE, Finding.UNCLEAR),
    ],
)
def test_a_checkout_is_seen_among_the_loans_or_by_the_item_together_with_the_answer(seen, answered, finding):
    assert shown(look(Act.CHECKOUT, answered=answered), seen) is finding


def test_a_list_that_the_system_does_not_keep_can_say_yes_and_never_no():
    """FOLIO's 64 counts no loans: 0000 and no AU beside a checkout that was done."""
    folio = msgspec.structs.replace(TERMINAL, profile=PROFILES["folio"])
    asked = look(Act.CHECKOUT)
    assert judge(asked, {LookKind.CHARGED: NO_LOANS}, folio) is Finding.UNCLEAR
    assert judge(asked, {LookKind.CHARGED: NO_LOANS, LookKind.ITEM: item("04")}, folio) is Finding.YES
    assert judge(asked, {LookKind.CHARGED: CHARGED}, folio) is Finding.YES


@pytest.mark.parametrize(
    ("due", "finding"),
    [("20261210", Finding.YES), ("20261209", Finding.NO), ("20261208", Finding.NO), ("", Finding.UNCLEAR)],
)
def test_a_renewal_is_seen_by_a_later_due_date(due, finding):
    assert shown(look(Act.RENEW, due_at=DUE), {LookKind.ITEM: item("04", f"AH{due}|")}) is finding
    assert shown(look(Act.RENEW, due_at=None), {LookKind.ITEM: item("04", f"AH{due}|")}) is Finding.UNCLEAR


@pytest.mark.parametrize(
    ("answered", "finding"), [(Outcome.DONE, Finding.YES), (Outcome.REFUSED, Finding.UNCLEAR), (None, Finding.UNCLEAR)]
)
def test_a_renewal_without_a_known_date_before_it_is_seen_by_the_date_that_it_answered(answered, finding):
    asked = look(Act.RENEW, answered=answered, answered_due_at=DUE)
    assert shown(asked, {LookKind.ITEM: item("04", "AH20261209|")}) is finding


def test_a_renewal_that_answered_another_date_than_the_item_shows_was_not_done():
    asked = look(Act.RENEW, answered=Outcome.DONE, answered_due_at=DUE)
    assert shown(asked, {LookKind.ITEM: item("04", "AH20261208|")}) is Finding.NO


@pytest.mark.parametrize(
    ("status", "arrived", "back"),
    [
        ("01", Finding.UNCLEAR, Finding.UNCLEAR),
        ("03", Finding.YES, Finding.YES),
        ("04", Finding.NO, Finding.NO),
        ("05", Finding.NO, Finding.NO),
        ("06", Finding.UNCLEAR, Finding.YES),
        ("07", Finding.NO, Finding.NO),
        ("08", Finding.YES, Finding.YES),
        ("09", Finding.YES, Finding.YES),
        ("10", Finding.NO, Finding.YES),
        ("12", Finding.UNCLEAR, Finding.UNCLEAR),
    ],
)
def test_where_an_item_is_shows_whether_it_arrived_and_whether_it_is_back(status, arrived, back):
    seen = {LookKind.ITEM: item(status)}
    assert shown(look(Act.ARRIVE), seen) is arrived
    assert shown(look(Act.CHECKIN), seen) is Finding.UNCLEAR if back is Finding.NO else back, "whose loan it is"
    assert shown(look(Act.CHECKIN), seen | {LookKind.CHARGED: CHARGED}) is (
        Finding.YES if back is Finding.YES else Finding.NO
    )


def test_trapped_for_somebody_else_has_not_arrived_whatever_the_item_shows():
    assert shown(look(Act.ARRIVE, answered=Outcome.REFUSED), {LookKind.ITEM: item("08")}) is Finding.NO


@pytest.mark.parametrize("act", Act)
def test_an_item_that_is_suddenly_unknown_proves_nothing(act):
    """A server whose database had gone said “no such item” to good requests (sip2.md); neither its queue nor its date counts."""
    seen: Seen = dict.fromkeys(HOLD_LISTS, NOT_KNOWN) | {LookKind.CHARGED: NOT_KNOWN, LookKind.ITEM: UNKNOWN_ITEM}
    for answered, queue in itertools.product((Outcome.DONE, Outcome.UNKNOWN, None), (None, 0, 1)):
        asked = look(act, answered=answered, queue_length=queue, due_at=DUE)
        assert shown(asked, seen) is Finding.UNCLEAR, asked
    assert found_due_date(look(Act.RENEW), seen, TERMINAL) is None


# ── whose loan it is ─────────────────────────────────────────────────────────────────────────────


OUT = item("04", "AH20261209|")
LONGER = item("04", "AH20261230|")
WHOSE = pytest.mark.parametrize(
    ("loans", "ours"),
    [(CHARGED, True), (NO_LOANS, False), (TITLES_OUT, None), (NOT_KNOWN, None), (None, None)],
    ids=["ours", "another's", "titles", "customer not known", "not asked"],
)


def with_loans(item_shown: Reply, loans: Reply | None) -> Seen:
    return {LookKind.ITEM: item_shown} | ({} if loans is None else {LookKind.CHARGED: loans})


@WHOSE
def test_a_check_in_is_not_done_only_where_the_account_still_has_the_item(loans, ours):
    """Lent again to somebody else, it is back as far as our loan goes; where nobody can tell, a person looks."""
    finding = {True: Finding.NO, False: Finding.YES, None: Finding.UNCLEAR}[ours]
    for answered in (*Outcome, None):
        asked, seen = look(Act.CHECKIN, answered=answered), with_loans(OUT, loans)
        assert shown(asked, seen) is finding
        assert found_ours(asked, seen, TERMINAL) is ours


@WHOSE
def test_another_loans_due_date_renews_nothing_of_ours(loans, ours):
    lost = look(Act.RENEW, answered=Outcome.UNKNOWN, due_at=DUE)
    expected = {True: Finding.YES, False: Finding.NO, None: Finding.UNCLEAR}[ours]
    assert shown(lost, with_loans(LONGER, loans)) is expected
    answered = look(Act.RENEW, answered=Outcome.DONE, due_at=DUE)
    assert shown(answered, with_loans(LONGER, loans)) is (Finding.NO if ours is False else Finding.YES)


def test_whose_loan_it_is_is_asked_before_anything_is_repeated_and_not_when_it_is_done():
    renewal = look(Act.RENEW, due_at=DUE)
    assert is_settled(renewal, {LookKind.ITEM: LONGER}, Finding.YES, TERMINAL)
    assert not is_settled(renewal, {LookKind.ITEM: OUT}, Finding.NO, TERMINAL)
    assert is_settled(renewal, with_loans(OUT, CHARGED), Finding.NO, TERMINAL)
    assert is_settled(look(Act.CHECKIN), {LookKind.ITEM: item()}, Finding.YES, TERMINAL)


@pytest.mark.parametrize(
    ("act", "loans", "shown_item", "out_of_place"),
    [
        (Act.CHECKIN, CHARGED, OUT, False),
        (Act.CHECKIN, NO_LOANS, OUT, True),
        (Act.CHECKIN, TITLES_OUT, OUT, False),
        (Act.CHECKIN, None, item(), False),
        (Act.CHECKOUT, NO_LOANS, item(), False),
        (Act.CHECKOUT, NO_LOANS, OUT, True),
        (Act.CHECKOUT, CHARGED, OUT, True),
        (Act.RENEW, CHARGED, OUT, False),
        (Act.RENEW, CHARGED, LONGER, True),
        (Act.RENEW, NO_LOANS, OUT, True),
        (Act.ARRIVE, None, item(), False),
        (Act.ARRIVE, None, OUT, True),
        (Act.RECEIVE, None, item("08"), False),
        (Act.RECEIVE, None, OUT, True),
        (Act.CANCEL_HOLD, None, OUT, False),
    ],
)
def test_an_act_that_comes_late_is_out_of_place_where_it_is_done_or_the_item_another_s(
    act, loans, shown_item, out_of_place
):
    asked, seen = look(act, answered=None, due_at=DUE), with_loans(shown_item, loans)
    assert is_out_of_place(asked, seen, shown(asked, seen), TERMINAL) is out_of_place


# ── how much is asked ────────────────────────────────────────────────────────────────────────────


def test_no_question_is_asked_once_the_answer_is_clear():
    asked = look(Act.HOLD)
    assert is_settled(asked, {}, Finding.YES, TERMINAL)
    assert not is_settled(asked, {}, Finding.UNCLEAR, TERMINAL)


def test_a_checkout_is_settled_only_with_its_due_date():
    asked = look(Act.CHECKOUT, due_at=None)
    assert not is_settled(asked, {LookKind.CHARGED: CHARGED}, Finding.YES, TERMINAL)
    assert not is_settled(asked, {LookKind.CHARGED: NO_LOANS}, Finding.NO, TERMINAL), (
        "who has it, before it is asked for again"
    )
    assert is_settled(asked, {LookKind.CHARGED: NO_LOANS, LookKind.ITEM: item()}, Finding.NO, TERMINAL)
    with_item: Seen = {LookKind.CHARGED: CHARGED, LookKind.ITEM: item("04", "AH20261209|")}
    assert is_settled(asked, with_item, Finding.YES, TERMINAL)
    assert found_due_date(asked, with_item, TERMINAL) == DUE


def test_the_due_date_of_the_item_counts_before_that_of_the_checkouts_own_answer():
    other = DUE.replace(month=11)
    asked = look(Act.CHECKOUT, due_at=other)
    assert found_due_date(asked, {}, TERMINAL) == other
    assert found_due_date(asked, {LookKind.ITEM: item("04", "AH20261209|")}, TERMINAL) == DUE
    assert found_due_date(look(Act.RENEW, due_at=other), {}, TERMINAL) is None


@given(
    st.builds(
        Look,
        act=st.sampled_from(Act),
        item_barcode=st.just(ITEM),
        queue_length=st.none() | st.integers(0, 3),
        due_at=st.none() | st.just(DUE),
        answered=st.none() | st.sampled_from(Outcome),
    ),
    st.dictionaries(st.sampled_from(LookKind), REPLIES),
)
def test_no_reply_makes_looking_fail(asked, seen):
    finding = judge(asked, seen, TERMINAL)
    assert finding in Finding
    is_settled(asked, seen, finding, TERMINAL)
