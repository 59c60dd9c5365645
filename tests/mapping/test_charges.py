"""What 64 and 18 show of a price that staff set in the ILS."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mapping.charges import ChargeWanted, amount_in, amounts_in, judge
from gateway.sip2.codec import Reply
from gateway.workflow.charges import PriceVerdict
from tests.mapping.test_circulation import item, sip2

WANTED = ChargeWanted(item_barcode="39999000001", title="The Imaginary Almanac of Rivers", amount=Decimal("45.00"))
OFF = ChargeWanted(
    item_barcode="39999000001", title="The Imaginary Almanac of Rivers", amount=Decimal("45.00"), is_off=True
)


def fees(*lines: str, owed: str = "", count: int | None = None, who: str = "AEAnn Example|BLY|") -> Reply:
    told = f"{len(lines) if count is None else count:04}"
    fields = "".join(f"AV{line}|" for line in lines) + (f"BV{owed}|" if owed else "")
    return sip2(f"64{' ' * 14}00120261028    090000000000000000{told}00000000AOEX|AA29999000000001|{who}{fields}")


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        (fees("39999000001 lost 45.00", owed="45.00"), PriceVerdict.AGREES),
        (fees("Lost item: The imaginary almanac of rivers 45.00", owed="60.00"), PriceVerdict.AGREES),
        (fees("Processing 45.00", "Overdue 3.00"), PriceVerdict.AGREES),
        (fees("39999000001 lost 54.00", owed="99.00"), PriceVerdict.DIFFERS),
        (fees(owed="3.00"), PriceVerdict.DIFFERS),
        (fees("Overdue 3.00", "Card 60.00", owed="63.00"), PriceVerdict.DIFFERS),
        (fees(owed="50.00"), PriceVerdict.UNCLEAR),
        (fees("39999000001", owed="45.00"), PriceVerdict.AGREES),
        (fees("39999000001", owed="60.00"), PriceVerdict.UNCLEAR),
        (fees("39999000001", "39999000002", owed="45.00"), PriceVerdict.UNCLEAR),
        (fees("39999000002", owed="45.00"), PriceVerdict.UNCLEAR),
        (fees("39999000001", owed="44.99"), PriceVerdict.DIFFERS),
        (fees("39999000002", "39999000001 lost 45.00", owed="50.00"), PriceVerdict.AGREES),
        (fees("39999000002", "39999000001 lost 40.00", owed="50.00"), PriceVerdict.DIFFERS),
        (fees("Overdue 3.00", owed="63.00", count=4), PriceVerdict.UNCLEAR),
        (fees(who="BLN|"), PriceVerdict.UNCLEAR),
    ],
)
def test_a_charge_that_is_to_stand(reply: Reply, verdict: PriceVerdict):
    seen = judge(WANTED, reply, None)
    assert seen.verdict is verdict, seen.words


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        (fees(owed="0.00"), PriceVerdict.AGREES),
        (fees("Overdue 60.00", owed="60.00"), PriceVerdict.AGREES),
        (fees("39999000001 lost 45.00", owed="45.00"), PriceVerdict.DIFFERS),
        (fees("Something 45.00", owed="45.00"), PriceVerdict.DIFFERS),
        (fees("39999000001", owed="45.00"), PriceVerdict.DIFFERS),
        (fees("39999000001", owed="3.00"), PriceVerdict.AGREES),
        (fees(owed="80.00", count=2), PriceVerdict.UNCLEAR),
    ],
)
def test_a_charge_that_is_to_be_gone(reply: Reply, verdict: PriceVerdict):
    seen = judge(OFF, reply, None)
    assert seen.verdict is verdict, seen.words


def test_the_items_own_fee_counts_if_no_line_tells():
    assert judge(WANTED, fees(owed="50.00"), item(fields="BV45.00|")).verdict is PriceVerdict.AGREES


def test_no_words_name_the_customer():
    told = fees("Ann Example owes 3.00", owed="3.00")
    assert "Ann" not in judge(WANTED, told, None).words


@given(st.text(max_size=200))
def test_any_text_is_read_for_amounts_or_not(text: str):
    assert all(amount >= 0 for amount in amounts_in(text))
    assert amount_in(text) is None or amount_in(text) == amount_in(text.strip())


@pytest.mark.parametrize(
    ("text", "amounts"),
    [("45.00", {"45.00"}), ("12,50 and 3.00", {"12.50", "3.00"}), ("2026.10.28", set()), ("1.234", set())],
)
def test_what_is_an_amount(text: str, amounts: set[str]):
    assert amounts_in(text) == {Decimal(each) for each in amounts}
