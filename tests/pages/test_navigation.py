"""What stands on the left: where one is, what one may go to, and how much waits there."""

import pytest

from gateway.desk.access import Caller
from gateway.desk.structs.lists import ListName
from gateway.pages.navigation import GROUPS, shown
from gateway.workflow.staff import StaffRole


def places(path: str, role: StaffRole = StaffRole.TECHNICIAN) -> dict[str, tuple[bool, int | None]]:
    groups = shown(Caller("somebody", role), path, {ListName.PULL: 14}, tasks=5)
    return {each.place.label: (each.is_here, each.count) for _, group in groups for each in group}


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("/", "Today"),
        ("/lists/pull", "Pull list"),
        ("/requests/L-7K3M9", "All requests"),
        ("/partners/new", "Partners"),
        ("/peers/hub", "Partners"),
        ("/directories", "Partners"),
        ("/orders/list", "New order"),
        ("/copyright", "Figures"),
        ("/money/invoices/V-1", "Invoices from lenders"),
        ("/nowhere", None),
    ],
)
def test_one_place_is_marked_as_here(path: str, label: str | None):
    assert [name for name, (here, _) in places(path).items() if here] == ([label] if label else [])


def test_a_shipment_that_can_still_be_undone_is_no_trouble():
    groups = shown(Caller("somebody", StaffRole.TECHNICIAN), "/", {ListName.NOT_TOLD: 1}, tasks=0)
    (place,) = (each.place for _, group in groups for each in group if each.place.counts is ListName.NOT_TOLD)
    assert (place.label, place.urgent) == ("Partner not told yet", False)


def test_each_list_has_its_count():
    assert places("/")["Pull list"] == (False, 14)
    assert places("/")["To ship"] == (False, 0)
    assert places("/")["Tasks"] == (False, 5)
    assert places("/")["Partners"] == (False, None)


def test_nobody_is_led_where_they_may_not_go():
    assert "Scan" not in places("/", StaffRole.VIEWER)
    assert "Scan" in places("/", StaffRole.TECHNICIAN)


def test_every_worklist_has_a_place():
    assert {
        place.counts for _, group in ((g.heading, g.places) for g in GROUPS) for place in group if place.counts
    } == set(ListName)
