"""Holds of the demonstration library."""

from datetime import datetime, timedelta

import msgspec
import pytest

from gateway.demo.acs.holds import cancel_hold, change_hold, expire_holds, place_hold
from gateway.demo.acs.library import Library
from gateway.demo.acs.loans import checkin, checkout
from gateway.demo.acs.records import ActKind, CancelRule, CirculationStatus, Habits, HoldWish, Refusal, Source
from gateway.demo.acs.shelves import Refused
from tests.demo.stage.terminal import (
    ALMANAC_CENTRAL,
    ALMANAC_PARK,
    BLOCKED,
    BORIS,
    BRIDGES,
    EXPIRED,
    OWING,
    PARTNER,
    REFERENCE,
    RITA,
)

WISH = HoldWish(customer=PARTNER, item=BRIDGES, pickup="ILL")


def kinds(library: Library) -> list[ActKind]:
    return [act.kind for act in library.state.journal]


def test_a_hold_is_stored_and_entered(library: Library, now: datetime):
    outcome = place_hold(library, WISH, now)
    assert (outcome.position, outcome.available, outcome.hold.pickup) == (1, True, "ILL")
    assert outcome.hold in library.state.holds.values()
    assert [(act.kind, act.item, act.customer) for act in library.state.journal] == [
        (ActKind.HOLD_PLACED, BRIDGES, PARTNER)
    ]


@pytest.mark.parametrize("key", ["ex000001", "The Imaginary Almanac"])
def test_a_title_hold_is_filled_by_the_first_copy_that_is_checked_in(library: Library, now: datetime, key: str):
    place_hold(library, HoldWish(customer=PARTNER, title=key, pickup="SMP"), now)
    assert checkin(library, ALMANAC_CENTRAL, "EXC", now).destination == "SMP"
    assert checkin(library, ALMANAC_PARK, "SMP", now).hold is None


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"customer": "29999999999999"}, Refusal.UNKNOWN_CUSTOMER),
        ({"customer": BLOCKED}, Refusal.BLOCKED),
        ({"customer": EXPIRED}, Refusal.EXPIRED),
        ({"customer": OWING}, Refusal.FEES),
        ({"item": "39999999999999"}, Refusal.UNKNOWN_ITEM),
        ({"item": "", "title": "A Title That Is Not Here"}, Refusal.UNKNOWN_ITEM),
        ({"item": REFERENCE}, Refusal.NOT_FOR_LOAN),
        ({"pickup": "NOWHERE"}, Refusal.UNKNOWN_BRANCH),
    ],
)
def test_a_refused_hold_changes_nothing(library: Library, now: datetime, changes: dict[str, str], refusal: Refusal):
    before = msgspec.json.encode(library.state)
    with pytest.raises(Refused) as refused:
        place_hold(library, msgspec.structs.replace(WISH, **changes), now)
    assert refused.value.refusal is refusal
    assert msgspec.json.encode(library.state) == before


def test_the_hold_limit_holds(library: Library, now: datetime):
    wish = HoldWish(customer=RITA, item=BRIDGES)
    for _ in range(9):
        place_hold(library, wish, now)
    with pytest.raises(Refused, match=Refusal.TOO_MANY_HOLDS):
        place_hold(library, wish, now)


def test_a_repeated_hold_is_a_second_hold_unless_the_product_forbids_it(library: Library, now: datetime):
    place_hold(library, WISH, now)
    assert place_hold(library, WISH, now).position == 2
    library.habits = Habits(duplicate_holds=False)
    with pytest.raises(Refused, match=Refusal.ALREADY_ON_HOLD):
        place_hold(library, WISH, now)


def test_an_unknown_pickup_location_is_accepted_by_some(library: Library, now: datetime):
    library.habits = Habits(any_pickup=True)
    assert place_hold(library, msgspec.structs.replace(WISH, pickup="NOWHERE"), now).hold.pickup == "NOWHERE"


def test_without_pickup_location_the_owning_branch_is_it(library: Library, now: datetime):
    assert place_hold(library, HoldWish(customer=PARTNER, item=ALMANAC_PARK), now).hold.pickup == "SMP"


def test_a_change_keeps_what_it_does_not_name(library: Library, now: datetime):
    place_hold(library, msgspec.structs.replace(WISH, expires=now + timedelta(days=3)), now)
    changed = change_hold(library, HoldWish(customer=PARTNER, item=BRIDGES, pickup="SPR"), now).hold
    assert (changed.pickup, changed.expires) == ("SPR", now + timedelta(days=3))
    assert kinds(library) == [ActKind.HOLD_PLACED, ActKind.HOLD_CHANGED]


def test_a_cancelled_hold_is_off(library: Library, now: datetime):
    hold = place_hold(library, WISH, now).hold
    cancel_hold(library, WISH, now)
    assert hold.number not in library.state.holds
    assert kinds(library) == [ActKind.HOLD_PLACED, ActKind.HOLD_CANCELLED]
    with pytest.raises(Refused, match=Refusal.NO_SUCH_HOLD):
        cancel_hold(library, WISH, now)


def test_nobody_cancels_the_hold_of_another(library: Library, now: datetime):
    place_hold(library, WISH, now)
    with pytest.raises(Refused, match=Refusal.NO_SUCH_HOLD):
        cancel_hold(library, HoldWish(customer=BORIS, item=BRIDGES), now)


def test_a_cancelled_hold_leaves_its_copy_to_be_reshelved(library: Library, now: datetime):
    place_hold(library, WISH, now)
    checkin(library, BRIDGES, "ILL", now)
    cancel_hold(library, WISH, now)
    assert library.state.items[BRIDGES].status is CirculationStatus.WAITING_TO_BE_RESHELVED


@pytest.mark.parametrize(
    ("rule", "wish", "left"),
    [
        (CancelRule.MATCHING, WISH, [ALMANAC_CENTRAL]),
        (CancelRule.MATCHING, HoldWish(customer=PARTNER, title="ex000004"), [ALMANAC_CENTRAL]),
        (CancelRule.BY_ITEM_ONLY, WISH, [ALMANAC_CENTRAL]),
        (CancelRule.NEWEST, WISH, [BRIDGES]),
    ],
)
def test_which_hold_a_product_cancels(
    library: Library, now: datetime, rule: CancelRule, wish: HoldWish, left: list[str]
):
    library.habits = Habits(hold_cancel=rule)
    place_hold(library, WISH, now)
    place_hold(library, HoldWish(customer=PARTNER, item=ALMANAC_CENTRAL), now)
    cancel_hold(library, wish, now)
    assert [hold.item for hold in library.state.holds.values() if hold.customer == PARTNER] == left


@pytest.mark.parametrize(
    ("rule", "wish", "refusal"),
    [
        (CancelRule.BY_ITEM_ONLY, HoldWish(customer=PARTNER, title="ex000004"), Refusal.NO_SUCH_HOLD),
        (CancelRule.NEVER, WISH, Refusal.CANCEL_REFUSED),
        (CancelRule.NEWEST, HoldWish(customer=EXPIRED, item=BRIDGES), Refusal.NO_SUCH_HOLD),
    ],
)
def test_which_cancel_a_product_refuses(
    library: Library, now: datetime, rule: CancelRule, wish: HoldWish, refusal: Refusal
):
    library.habits = Habits(hold_cancel=rule)
    place_hold(library, WISH, now)
    with pytest.raises(Refused, match=refusal):
        cancel_hold(library, wish, now)


def test_a_hold_expires_by_the_clock(library: Library, now: datetime):
    place_hold(library, msgspec.structs.replace(WISH, expires=now + timedelta(days=1)), now)
    expire_holds(library, now)
    assert kinds(library) == [ActKind.HOLD_PLACED]
    expire_holds(library, now + timedelta(days=2))
    assert (library.state.journal[-1].kind, library.state.journal[-1].source) == (ActKind.HOLD_EXPIRED, Source.CLOCK)


def test_some_products_ignore_the_expiry(library: Library, now: datetime):
    library.habits = Habits(keeps_hold_expiry=False)
    assert place_hold(library, msgspec.structs.replace(WISH, expires=now), now).hold.expires is None


def test_a_checkout_fills_the_hold_that_the_copy_is_kept_for(library: Library, now: datetime):
    place_hold(library, WISH, now)
    checkin(library, BRIDGES, "ILL", now)
    checkout(library, PARTNER, BRIDGES, now)
    assert not [hold for hold in library.state.holds.values() if hold.customer == PARTNER]
    assert kinds(library)[-2:] == [ActKind.CHECKOUT, ActKind.HOLD_FILLED]


def test_a_rehearsal_keeps_nothing(library: Library, now: datetime):
    before = msgspec.json.encode(library.state)
    place_hold(library.rehearsal(), WISH, now)
    checkout(library.rehearsal(), PARTNER, BRIDGES, now)
    assert msgspec.json.encode(library.state) == before
