"""Lists of the circulation system beside requests: what differs, what is passed over, and when a list says nothing."""

from datetime import datetime, timedelta

import msgspec
import pytest

from gateway.mapping.circulation import LookKind
from gateway.mapping.reconcile import AccountLists, Difference, DifferenceKind, books_of, differences
from gateway.sip2.codec import Reply, decode
from gateway.sip2.products import PROFILES
from gateway.sip2.profiles import Profile
from gateway.workflow.lending.groups import ACTING, FINALS
from gateway.workflow.records import Copy, ItemPlace, Request, State
from tests.workflow.builders import AT, FIRST, SECOND, STRANGER, item, request, two_items
from tests.workflow.every_case import STATES

S = State
NOTHING: frozenset[str] = frozenset()
OUT = (S.CHECKED_OUT, S.LOANED, S.OVERDUE, S.RECALLED, S.RETURNING)


def compare(
    *requests: Request,
    loans: frozenset[str] | None = NOTHING,
    holds: frozenset[str] | None = NOTHING,
    asked_at: datetime = AT,
) -> tuple[Difference, ...]:
    return differences(AccountLists(loans=loans, holds=holds), requests, asked_at=asked_at)


def kinds(found: tuple[Difference, ...]) -> list[tuple[DifferenceKind, str, bool]]:
    """Each difference's kind and item, and whether it has a request."""
    return [(each.kind, each.item_barcode, each.request is not None) for each in found]


@pytest.mark.parametrize("state", OUT)
def test_a_loan_on_both_sides_is_no_difference_and_one_on_ours_alone_is(state: State):
    assert compare(request(state), loans=frozenset({FIRST})) == ()
    assert kinds(compare(request(state))) == [(DifferenceKind.MISSING_LOAN, FIRST, True)]


def test_the_act_proposed_for_a_missing_loan_is_one_that_the_state_takes_for_it():
    assert "done by hand" in compare(request(S.LOANED))[0].act
    assert "undo the checkout" in compare(request(S.CHECKED_OUT))[0].act


def test_a_hold_on_both_sides_is_no_difference_and_one_on_ours_alone_is():
    assert compare(request(S.WILL_SUPPLY), holds=frozenset({FIRST})) == ()
    (missing,) = compare(request(S.WILL_SUPPLY))
    assert (missing.kind, missing.request) == (DifferenceKind.MISSING_HOLD, "L2026-000001")
    assert missing.said.endswith("to take another.")


@pytest.mark.parametrize("holds", [NOTHING, frozenset({FIRST})])
def test_the_hold_of_an_item_at_the_desk_may_be_listed_or_not(holds: frozenset[str]):
    assert compare(request(S.ARRIVED), holds=holds) == ()


def test_what_no_request_has_is_told_without_a_request():
    found = compare(request(S.LOANED), loans=frozenset({FIRST, STRANGER}), holds=frozenset({STRANGER}))
    assert kinds(found) == [
        (DifferenceKind.UNKNOWN_LOAN, STRANGER, False),
        (DifferenceKind.UNKNOWN_HOLD, STRANGER, False),
    ]


@pytest.mark.parametrize(
    ("state", "act"),
    [
        (S.WILL_SUPPLY, "done by hand"),
        (S.ARRIVED, "done by hand"),
        (S.TO_COPY, "Check it in in the ILS."),
    ],
)
def test_a_loan_of_an_item_that_counts_as_here_names_its_request(state: State, act: str):
    (unknown,) = compare(request(state), loans=frozenset({FIRST}), holds=None)
    assert (unknown.kind, unknown.request) == (DifferenceKind.UNKNOWN_LOAN, "L2026-000001")
    assert act in unknown.act


def test_a_hold_that_was_not_used_up_by_the_checkout_is_told():
    (unknown,) = compare(request(S.LOANED), loans=frozenset({FIRST}), holds=frozenset({FIRST}))
    assert (unknown.kind, unknown.request) == (DifferenceKind.UNKNOWN_HOLD, "L2026-000001")


def test_of_several_items_each_counts_for_itself():
    loan = two_items(S.LOANED, place=ItemPlace.BACK)
    assert compare(loan, loans=frozenset({FIRST})) == ()
    assert kinds(compare(loan, loans=frozenset({SECOND}))) == [
        (DifferenceKind.MISSING_LOAN, FIRST, True),
        (DifferenceKind.UNKNOWN_LOAN, SECOND, True),
    ]


def test_of_two_requests_with_an_item_the_newest_is_told():
    older = request(S.TO_COPY, id="L2026-000000")
    (unknown,) = compare(request(S.TO_COPY), older, loans=frozenset({FIRST}))
    assert unknown.request == "L2026-000001"


@pytest.mark.parametrize("state", ACTING)
@pytest.mark.parametrize("listed", [NOTHING, frozenset({FIRST})])
def test_a_request_with_an_act_under_way_is_passed_over_with_its_items(state: State, listed: frozenset[str]):
    assert compare(request(state), loans=listed, holds=listed) == ()


@pytest.mark.parametrize("listed", [NOTHING, frozenset({FIRST})])
def test_a_request_that_changed_after_the_lists_were_asked_for_is_passed_over(listed: frozenset[str]):
    changed = request(S.LOANED, updated_at=AT + timedelta(seconds=1))
    assert compare(changed, loans=listed, holds=listed) == ()


def test_a_list_that_says_nothing_gives_no_difference():
    open_requests = [
        request(state, items=(item(1, place),)) for state in STATES if state not in FINALS for place in ItemPlace
    ]
    assert compare(*open_requests, loans=None, holds=None) == ()


def test_case_does_not_count_and_our_own_writing_is_told():
    lent = request(
        S.LOANED,
        items=(msgspec.structs.replace(item(1, ItemPlace.OUT), copy=Copy(item_barcode="ab12345", branch="MAIN")),),
    )
    assert compare(lent, loans=frozenset({"AB12345"})) == ()
    (unknown,) = compare(lent, loans=frozenset({"AB12345"}), holds=frozenset({"AB12345"}))
    assert (unknown.kind, unknown.item_barcode, unknown.request) == (DifferenceKind.UNKNOWN_HOLD, "ab12345", lent.id)


# ── the lists ────────────────────────────────────────────────────────────────────────────────────


def reply(counts: tuple[int, int, int], fields: str = "") -> Reply:
    """A 64 that counts so many holds, loans and unavailable holds."""
    holds, loans, unavailable = (f"{count:04}" for count in counts)
    fixed = f"64              00020261028    090000{holds}0000{loans}00000000{unavailable}"
    return decode(f"{fixed}AOEX|AA20000000001234|AEExample|{fields}".encode(), Profile())


def books(
    counts: tuple[int, int, int],
    loans: str = "",
    holds: str = "",
    unavailable: str = "",
    profile: Profile = PROFILES["generic"],
) -> AccountLists:
    asked = (LookKind.CHARGED, loans), (LookKind.HOLDS, holds), (LookKind.UNAVAILABLE_HOLDS, unavailable)
    return books_of({question: reply(counts, fields) for question, fields in asked}, profile)


def test_both_lists_of_holds_count():
    read = books((1, 1, 1), loans=f"AU{FIRST}|", holds=f"AS{SECOND}|", unavailable=f"CD{STRANGER}|")
    assert read == AccountLists(loans=frozenset({FIRST}), holds=frozenset({SECOND, STRANGER}))
    assert books((0, 0, 0)) == AccountLists(loans=NOTHING, holds=NOTHING)


@pytest.mark.parametrize(
    ("read", "told"),
    [
        (books((0, 2, 0), loans=f"AU{FIRST}|"), AccountLists(loans=None, holds=NOTHING)),
        (books((0, 1, 0), loans="AUThe Imaginary Almanac|"), AccountLists(loans=None, holds=NOTHING)),
        (books((2, 0, 0), holds=f"AS{FIRST}|"), AccountLists(loans=NOTHING, holds=None)),
        (books((0, 0, 1)), AccountLists(loans=NOTHING, holds=None)),
        (books((0, 0, 0), loans="BLN|"), AccountLists(loans=None, holds=NOTHING)),
        (books((0, 0, 0), profile=PROFILES["folio"]), AccountLists(loans=None, holds=None)),
    ],
    ids=["loans missing", "titles", "holds missing", "unavailable holds missing", "account not known", "not kept"],
)
def test_a_list_that_is_incomplete_of_titles_or_of_nobody_says_nothing(read: AccountLists, told: AccountLists):
    assert read == told
