"""What a circulation system is taken to do, told by tables of 98s and answers, and by chance."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.sip2.codec import decode
from gateway.sip2.session import BX_ORDER, AcsStatus
from gateway.sip2.support import Support, makes_sense
from tests.sip2.hostile import DATE

ALL = "Y" * 16
NO_HOLDS = "YYYYYYYYYYYYYNYY"
FEW = "YYYYYYYYYYNYYNNY"  # no 17, no 15, no 29, as from edge-sip2 at first
ITEM_18 = f"18030001{DATE}AB3999|AJThe Imaginary Almanac|"


def bx(text: str) -> AcsStatus:
    return AcsStatus(online=True, timeout_s=None, retries=None, supported=text)


def told(*texts: str, support: Support = Support()) -> Support:  # noqa: B008 - a frozen value
    for text in texts:
        support = support.told(bx(text))
    return support


@pytest.mark.parametrize(
    ("said", "says", "in_doubt"),
    [
        ([], None, False),
        ([ALL], None, False),
        ([NO_HOLDS], None, True),
        ([NO_HOLDS, NO_HOLDS], False, False),
        ([ALL, FEW], None, True),
        ([ALL, FEW, ALL], None, False),
        ([ALL, FEW, ALL, FEW, ALL], None, False),
        ([ALL, FEW, NO_HOLDS], False, False),  # both deny 15, and the first alone 17 and 29
        ([NO_HOLDS, NO_HOLDS, ALL], False, True),
        ([NO_HOLDS, NO_HOLDS, ALL, NO_HOLDS], False, False),
        ([NO_HOLDS, NO_HOLDS, ALL, ALL], None, False),
        (["YYYY"] * 3, None, False),  # too short to tell
        ([NO_HOLDS + "NNNN"] * 2, False, False),  # too long, and clear all the same
        ([NO_HOLDS.lower()] * 2, False, False),
        (["YYYYYYYYYYYYY?YY"] * 3, None, False),
        ([""] * 3, None, False),
        ([NO_HOLDS, NO_HOLDS, ""], False, True),
    ],
)
def test_a_word_of_bx_counts_when_it_was_said_twice_running(said: list[str], says: bool | None, in_doubt: bool) -> None:  # noqa: FBT001 - the expectation
    assert (told(*said).says("15"), told(*said).in_doubt) == (says, in_doubt)


def test_what_was_answered_with_sense_is_done_whatever_bx_says() -> None:
    shown = told(ALL).answered("17", decode(ITEM_18.encode()))
    assert told(FEW, FEW, FEW, support=shown).says("17") is True
    assert told(FEW, FEW, FEW, support=shown).says("29") is False


def test_an_answer_that_is_lost_takes_that_back_only_where_bx_denies_the_message() -> None:
    shown = told(ALL).answered("17", decode(ITEM_18.encode()))
    assert shown.lost("17").says("17") is True
    denied = told(FEW, FEW, support=shown)
    assert denied.lost("15").says("17") is True
    assert denied.lost("17").says("17") is False


def test_who_would_learn_nothing_is_not_in_doubt() -> None:
    shown = told(ALL).answered("17", decode(ITEM_18.encode()))
    assert not told("YYYYYYYYYYNYYYYY", support=shown).in_doubt


@pytest.mark.parametrize(
    ("reply", "sense"),
    [
        (ITEM_18, True),
        (f"18010001{DATE}AB3999|AJ|", False),  # no such item, or no such message
        (ITEM_18 + "AY1AZ0001", False),
        (f"64{'':14}000{DATE}{'0000' * 6}AOEXV|AA2999|AEDoe, Jo|BLY|", True),
        (f"64{'':14}000{DATE}{'0000' * 6}AOEXV|AA2999|AE|BLN|", False),
        (f"161Y{DATE}AOEXV|AA2999|AB3999|", True),
        (f"160N{DATE}AOEXV|AA2999|AB3999|AFCOMMAND NOT SUPPORTED|", False),
        (f"121NUN{DATE}AOEXV|AA2999|AB3999|AJx|AH2026-10-28|", True),
        ("96", False),
    ],
)
def test_which_replies_make_sense(reply: str, sense: bool) -> None:  # noqa: FBT001 - the expectation
    assert makes_sense(decode(reply.encode())) is sense


WORDS = st.text("YN ", max_size=18)


@given(before=st.lists(WORDS), steady=WORDS, stray=WORDS)
def test_one_98_never_changes_what_counts_and_two_that_agree_always_do(
    before: list[str], steady: str, stray: str
) -> None:
    support = told(*before, steady, steady)
    denied = {code for code in BX_ORDER if bx(steady).supports(code) is False}
    assert support.denied == denied
    assert told(stray, steady, support=support).denied == denied
    assert told(stray, support=support).denied == denied
    assert told(stray, stray, support=support) == told(stray, stray)
