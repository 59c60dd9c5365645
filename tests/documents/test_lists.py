"""The pull list: what is still on the shelf, branch by branch in the order of the shelves."""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.documents.lists import pull_slips, shelf_key, to_pull
from gateway.workflow.records import Item, ItemPlace
from gateway.workflow.values import Wanted
from tests.documents.examples import LIBRARY, ZONE, item_at, loan
from tests.documents.printing import pull_list

REQUESTS = [
    loan(
        id="L1",
        items=(item_at("North", "QA76.73", "5"),),
        wanted=Wanted(),
        need_before=datetime(2026, 10, 1, tzinfo=UTC),
    ),
    loan(id="L2", items=(item_at("Main", "QA76.9", "2"), item_at("Main", "QA9", "1", place=ItemPlace.CHOSEN))),
    loan(id="L3", items=(item_at("North", None, "4"),), wanted=Wanted(), partner=None),
    loan(id="L4", items=(item_at("Main", "QA76.73", "3", place=ItemPlace.AT_DESK),)),
]


def test_the_pull_list(golden):
    assert pull_list(REQUESTS, ZONE) == golden("pull_list")


def test_an_empty_pull_list_says_so(golden):
    assert pull_list([], ZONE) == golden("pull_list_empty")


@given(st.permutations(REQUESTS))
def test_the_order_is_that_of_branch_and_shelf_whatever_order_the_requests_come_in(requests):
    assert [pull.item.barcode for pull in to_pull(requests)] == ["1", "2", "4", "5"]


@pytest.mark.parametrize("place", [place for place in ItemPlace if place not in {ItemPlace.CHOSEN, ItemPlace.HELD}])
def test_what_is_not_on_the_shelf_is_not_to_be_pulled(place):
    assert to_pull([loan(items=(item_at("Main", "QA9", "1", place=place),))]) == []


@pytest.mark.parametrize(
    "shelf",
    [
        ["AY31 .I5", "QA9", "QA76.73 .P98", "QA76.9 .D3", "QB1"],
        ["005.13 Inv", "005.2 Inv", "070 Inv", "700 Inv"],
        ["FIC ADAMS", "fic Brown", "J 5.1", "J 12"],
    ],
)
def test_call_numbers_stand_as_on_the_shelf(shelf):
    mixed = sorted(shelf, key=lambda call_number: call_number[::-1])
    assert sorted(mixed, key=shelf_key) == shelf


@given(st.lists(st.none() | st.text() | st.text("0123456789. QA", max_size=2000)))
def test_any_call_numbers_can_be_ordered(call_numbers):
    keys = sorted(map(shelf_key, call_numbers))
    assert len(keys) == len(call_numbers)


def test_a_pull_slip_says_what_the_partner_asks_of_the_copy():
    wanted = loan(items=(item_at("Main", "QA9", "1"),), asks_for="Large print only, please.")
    (slip,) = pull_slips([wanted], {}, LIBRARY, ZONE)
    assert slip.doubt == "the partner asks: “Large print only, please.”"
    doubted = msgspec.structs.replace(item_at("Main", "QA9", "1").copy, doubt="a guess")
    (both,) = pull_slips([loan(items=(Item(copy=doubted),), asks_for="Hardcover")], {}, LIBRARY, ZONE)
    assert both.doubt == "a guess; the partner asks: “Hardcover”"
