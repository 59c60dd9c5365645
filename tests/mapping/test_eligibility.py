"""Patron Information (64) as a verdict: each flag, limit and doubt; and nothing of the customer in the words."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mapping.eligibility import WORDS, Clearance, Eligibility, eligibility
from gateway.sip2.codec import Reply, decode
from gateway.sip2.profiles import Profile, ScreenMeaning
from gateway.workflow.limits import FLAGS, NO_BEARING, Limits, Obstacle

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ZONE = ZoneInfo("America/Chicago")
NOTHING_SET = " " * 14
CARD, NAME, MAIL = "29999000001234", "Doe, Jo", "jo.doe@example.org"
PROFILE = Profile(screen_patterns=(("account blocked", ScreenMeaning.BLOCKED),))


def answer(fields: str = "BLY|", *, status: str = NOTHING_SET, counts: str = "0" * 24, name: str = NAME) -> Reply:
    """A 64. `counts`: holds, overdue, charged, fines, recalls, unavailable holds, four digits each."""
    text = f"64{status}00020261124    120000{counts}AOEX|AA{CARD}|AE{name}|BE{MAIL}|{fields}"
    return decode(text.encode("cp850"), PROFILE)


def judged(reply: Reply | None, *, with_pin: bool = False, **limits: Any) -> Eligibility:
    return eligibility(reply, Limits(**limits), profile=PROFILE, zone=ZONE, at=AT, with_pin=with_pin)


def obstacles(reply: Reply | None, *, with_pin: bool = False, **limits: Any) -> list[Obstacle]:
    return list(judged(reply, with_pin=with_pin, **limits).obstacles)


def test_a_good_card_is_eligible():
    assert judged(answer()) == Eligibility(verdict=Clearance.ELIGIBLE)
    assert judged(answer()).words == "The customer may borrow."


@pytest.mark.parametrize(("place", "flag"), list(enumerate(FLAGS)))
def test_each_flag_of_the_status_blocks_in_words_unless_it_has_no_bearing(place, flag):
    reply = answer(status="".join("Y" if at == place else " " for at in range(14)))
    assert obstacles(reply) == ([] if flag in NO_BEARING else [flag])
    strict = judged(reply, ignored=frozenset())
    assert (strict.verdict, strict.obstacles, strict.words) == (Clearance.BLOCKED, (flag,), WORDS[flag])


@pytest.mark.parametrize(
    ("place", "flag"),
    [(0, Obstacle.CHARGE_DENIED), (3, Obstacle.HOLD_DENIED), (4, Obstacle.CARD_LOST), (10, Obstacle.EXCESSIVE_FINES), (13, Obstacle.TOO_MANY_BILLED)],
)  # fmt: skip
def test_the_flags_stand_where_the_specification_has_them(place, flag):
    assert FLAGS[place] is flag


def test_all_obstacles_are_told_at_once():
    reply = answer("BLY|PA20260101|BV99|", status="Y" + " " * 13)
    found = judged(reply, max_fees=Decimal(10))
    assert found.obstacles == (Obstacle.EXPIRED, Obstacle.CHARGE_DENIED, Obstacle.FEES_OVER_LIMIT)
    assert found.words == " ".join(WORDS[each] for each in found.obstacles)


def test_an_unknown_card_is_that_and_nothing_else():
    reply = answer("BLN|CQN|BV99|PA20200101|", status="Y" * 14, name="")
    assert obstacles(reply, max_fees=Decimal(1), with_pin=True) == [Obstacle.NO_SUCH_CARD]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("BLN|PA20260101|", [Obstacle.EXPIRED]),
        ("BLN|PA20270101|", [Obstacle.CARD_NOT_VALID]),
        ("BLN|", [Obstacle.CARD_NOT_VALID]),
    ],
)
def test_a_card_that_is_not_valid_but_somebodys_is_not_an_unknown_one(fields, expected):
    assert obstacles(answer(fields)) == expected


@pytest.mark.parametrize("valid", ["", "BL |", "BL0|"])
def test_a_card_of_which_nothing_is_said_is_not_checked(valid):
    assert judged(answer(valid, name="")).verdict is Clearance.NOT_CHECKED
    assert obstacles(answer("BLn|", name="")) == [Obstacle.NO_SUCH_CARD]


@pytest.mark.parametrize(
    ("fields", "with_pin", "expected"),
    [
        ("BLY|CQN|", True, [Obstacle.WRONG_PIN]),
        ("BLY|CQY|", True, []),
        ("BLY|", True, [Obstacle.PIN_NOT_CONFIRMED]),
        ("BLY|CQN|", False, []),
    ],
)
def test_the_pin_counts_where_one_was_sent(fields, with_pin, expected):
    assert obstacles(answer(fields), with_pin=with_pin) == expected


@pytest.mark.parametrize(
    ("expiry", "expected"),
    [
        ("20261123", [Obstacle.EXPIRED]),
        ("20261124", []),
        ("20270101    235900", []),
        ("2026-11-23", [Obstacle.EXPIRED]),
        ("ADULT", []),
        ("", []),
    ],
)
def test_a_card_has_expired_when_its_last_day_is_over(expiry, expected):
    assert obstacles(answer(f"BLY|PA{expiry}|")) == expected


def test_the_expiry_may_stand_in_another_field_or_in_none():
    reply = answer("BLY|PA20200101|PE20200101|")
    assert obstacles(reply, expiry_field="PE") == [Obstacle.EXPIRED]
    assert obstacles(reply, expiry_field="") == []


@pytest.mark.parametrize(
    ("owed", "expected"),
    [
        ("10.00", []),
        ("10.01", [Obstacle.FEES_OVER_LIMIT]),
        ("$10.01", [Obstacle.FEES_OVER_LIMIT]),
        ("10,01 EUR", [Obstacle.FEES_OVER_LIMIT]),
        ("1,234.50", [Obstacle.FEES_OVER_LIMIT]),
        ("1.234", [Obstacle.FEES_OVER_LIMIT]),
        ("12", [Obstacle.FEES_OVER_LIMIT]),
        ("-50.00", []),
        ("0", []),
        ("", []),
        ("a lot", [Obstacle.FEES_UNREADABLE]),
        ("1.2.3", [Obstacle.FEES_UNREADABLE]),
    ],
)
def test_fees_above_the_limit_block_however_they_are_written(owed, expected):
    assert obstacles(answer(f"BLY|BV{owed}|"), max_fees=Decimal("10.00")) == expected
    assert obstacles(answer(f"BLY|BV{owed}|")) == []


@pytest.mark.parametrize(
    ("counts", "limits", "expected"),
    [
        ("000500000000000000000000", {"max_holds": 5}, [Obstacle.HOLDS_AT_LIMIT]),
        ("000400000000000000000000", {"max_holds": 5}, []),
        ("000000000030000000000000", {"max_loans": 30}, [Obstacle.LOANS_AT_LIMIT]),
        ("000000000029000000000000", {"max_loans": 30}, []),
        ("000000010000000000000000", {"max_overdue": 0}, [Obstacle.OVERDUE_OVER_LIMIT]),
        ("000000010000000000000000", {"max_overdue": 1}, []),
        (" " * 24, {"max_holds": 0, "max_loans": 0, "max_overdue": 0}, []),
        ("0" * 24, {"max_holds": 0}, [Obstacle.HOLDS_AT_LIMIT]),
    ],
)
def test_the_librarys_limits_count_the_new_loan_too(counts, limits, expected):
    assert obstacles(answer(counts=counts), **limits) == expected


def test_a_block_that_only_the_screen_tells_of_is_one():
    assert obstacles(answer("BLY|AFSorry, account blocked|")) == [Obstacle.BLOCKED_BY_SCREEN]


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (None, "The circulation system could not be asked."),
        (decode(b"96", PROFILE), "The circulation system answered something else."),
        (decode(f"64{NOTHING_SET}00020261124    120000AOEX|AA1|AE|".encode()), "The circulation system does not say whether it knows the card."),
        (decode(b"64YY BLY|AE|", PROFILE), "The account's blocks can't be read."),
    ],
)  # fmt: skip
def test_what_can_not_be_asked_or_read_is_not_checked(reply, why):
    found = judged(reply)
    assert (found.verdict, found.obstacles, found.words) == (Clearance.NOT_CHECKED, (), f"Not checked: {why}")


@given(
    status=st.text("Y N", min_size=14, max_size=14),
    valid=st.sampled_from(["", "BLY|", "BLN|"]),
    owed=st.text("0123456789.,$-", max_size=8),
    counts=st.text("0123456789 ", min_size=24, max_size=24),
    screen=st.text("abc |", max_size=10),
)
def test_only_a_reply_without_any_obstacle_is_eligible_and_no_words_quote_the_customer(
    status, valid, owed, counts, screen
):
    reply = answer(f"{valid}BV{owed}|AF{screen}|", status=status, counts=counts)
    found = judged(reply, max_fees=Decimal(10), max_holds=5, max_loans=20, max_overdue=0)
    blocking = [flag for flag, mark in zip(FLAGS, status, strict=True) if mark == "Y" and flag not in NO_BEARING]
    if blocking or valid == "BLN|":
        assert found.verdict is Clearance.BLOCKED
    assert (found.verdict is Clearance.BLOCKED) == bool(found.obstacles)
    assert not any(secret in found.words for secret in (CARD, CARD[-4:], NAME, "Jo", MAIL))
