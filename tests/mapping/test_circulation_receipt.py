"""Whose hold a borrowed item is kept for, from replies as they come over the wire; nothing of the holder goes further."""

import pytest

from gateway.mapping.circulation import LookKind, is_kept, outcome_of
from gateway.mapping.looking import found_kept, is_settled, judge, judge_last
from gateway.workflow.effects import Look
from gateway.workflow.records import Act, Finding, Outcome
from tests.mapping.test_circulation import ACCOUNT, ITEM, TERMINAL, TIME, customer, item, sip2

STRANGER = "20000000009999"
SHELVED = item("08", "CF1|")
ABOUT: dict[str, object] = {"act": Act.RECEIVE, "item_barcode": ITEM, "queue_length": 0, "answered": Outcome.DONE}
OURS = customer(f"BLY|AS{ITEM}|", holds="0001")
NOT_OURS = customer("BLY|")


def look(**fields: object) -> Look:
    return Look(**ABOUT | fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "for_customer"),
    [(f"CV01|CY{ACCOUNT}|", True), (f"CV01|CY{STRANGER}|DASomebody Else|", False), ("CV02|CTEAST|", None), ("", None)],
)
def test_the_answer_may_say_for_whom_it_is_kept_and_whoever_it_is_stays_unnamed(fields: str, for_customer: bool | None):  # noqa: FBT001
    answered = outcome_of(Act.RECEIVE, sip2(f"101YUN{TIME}AB{ITEM}|{fields}"), account=ACCOUNT, terminal=TERMINAL)
    assert answered.for_customer is for_customer
    assert STRANGER not in repr(answered)
    assert "Somebody" not in repr(answered)


def test_a_check_in_that_names_our_customer_needs_one_look():
    seen = {LookKind.ITEM: SHELVED}
    finding = judge(look(for_customer=True), seen, TERMINAL)
    assert finding is Finding.YES
    assert is_settled(look(for_customer=True), seen, finding, TERMINAL)


def test_one_that_names_somebody_else_is_kept_for_somebody_else():
    asked = look(for_customer=False)
    assert judge(asked, {LookKind.ITEM: SHELVED}, TERMINAL) is Finding.NO
    assert found_kept(asked, {LookKind.ITEM: SHELVED})


@pytest.mark.parametrize(
    ("holds", "finding"), [(OURS, Finding.YES), (NOT_OURS, Finding.NO), (customer("BLN|"), Finding.UNCLEAR)]
)
def test_where_it_names_nobody_the_customers_holds_tell(holds: object, finding: Finding):
    seen = {LookKind.ITEM: SHELVED, LookKind.HOLDS: holds, LookKind.UNAVAILABLE_HOLDS: holds}
    assert judge(look(), {LookKind.ITEM: SHELVED}, TERMINAL) is Finding.UNCLEAR, "on the shelf is not enough"
    assert judge(look(), seen, TERMINAL) is finding  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "fields", "finding"),
    [(0, "CF1|", Finding.YES), (0, "CF0|", Finding.YES), (0, "CF2|", Finding.UNCLEAR), (0, "", Finding.UNCLEAR),
     (None, "CF1|", Finding.UNCLEAR), (1, "CF1|", Finding.UNCLEAR)],
)  # fmt: skip
def test_where_no_list_tells_it_is_ours_if_nobody_else_waits(before: int | None, fields: str, finding: Finding):
    asked, seen = look(queue_length=before), {LookKind.ITEM: item("08", fields)}
    assert judge_last(asked, seen, judge(asked, seen, TERMINAL)) is finding


@pytest.mark.parametrize("act", [Act.CHECKIN, Act.HOLD])
def test_the_last_word_is_about_receipts_alone(act: Act):
    assert judge_last(look(act=act), {LookKind.ITEM: SHELVED}, Finding.UNCLEAR) is Finding.UNCLEAR


def test_what_is_on_its_way_home_after_a_return_is_not_kept_for_a_hold():
    in_transit = {LookKind.ITEM: item("10")}
    assert not found_kept(look(act=Act.CHECKIN), in_transit)
    assert found_kept(look(act=Act.CHECKIN), {LookKind.ITEM: SHELVED})
    assert found_kept(look(), in_transit)


@pytest.mark.parametrize(("status", "kept"), [("08", True), ("10", True), ("03", False), ("04", False), ("06", None)])
def test_whether_an_item_is_kept(status: str, kept: bool | None):  # noqa: FBT001
    assert is_kept(item(status)) is kept
