"""What reconcile misses, makes up or can't compare at the end of a run is noticed."""

from typing import Any

import pytest

from tests.faults.breaches import Rule
from tests.faults.orders import draw_orders
from tests.faults.reckoning import MOST, Stray, judged
from tests.faults.sides import SIDES, Role
from tests.faults.strangers import CARDS
from tests.faults.world import draw_world

STRAY = Stray(item="39990000000001", customer=CARDS[0])
TOLD = {"item_barcode": STRAY.item, "words": "Pool barcode … is on loan.", "request": None}
SILENT = {"account": "pool barcodes", "words": "no answer"}


def report(*differences: dict[str, Any], unanswered: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return {"differences": list(differences), "unanswered": list(unanswered)}


@pytest.mark.parametrize(
    ("told", "strays", "words"),
    [
        (report(TOLD), [STRAY], []),
        (report(), [], []),
        (report(), [STRAY], ["reconcile says nothing of 39990000000001, which somebody has who should not"]),
        (report(TOLD), [], ["reconcile: Pool barcode … is on loan."]),
        (report(TOLD, unanswered=(SILENT,)), [STRAY], ["reconcile could not compare pool barcodes: no answer"]),
    ],
    ids=["found", "nothing to find", "missed", "made up", "not compared"],
)
def test_what_a_comparison_says_is_judged(told: dict[str, Any], strays: list[Stray], words: list[str]):
    breaches = list(judged(told, strays))
    assert [breach.words for breach in breaches] == words
    assert {breach.rule for breach in breaches} <= {Rule.DISAGREES}


def test_strays_are_loans_and_holds_of_used_and_unused_barcodes():
    pool = draw_orders(1, loans=40).pool
    made = list(SIDES[Role.BORROWING](1, loans=40, partners=3, crowd=frozenset()).strays())[:MOST]
    assert [(stray.item, stray.is_hold) for stray in made] == [
        (pool[0], False),
        (pool[-1], False),
        (pool[1], True),
        (pool[-2], True),
    ]


def test_strays_are_of_partners_who_did_not_ask_for_the_item():
    world = draw_world(1, loans=40)
    asked = {(item, world.seat(plan.seat).account) for plan in world.plans for item in plan.items}
    made = list(SIDES[Role.LENDING](1, loans=40, partners=4, crowd=frozenset()).strays())
    assert {stray.is_hold for stray in made[:MOST]} == {True, False}
    assert not asked & {(stray.item, stray.customer) for stray in made}
