"""Duties 8, 9, 10, 11 and 13 by the API alone, between two libraries with all their processes: what a lost book costs whom, what is counted, what may
be copied.

One story: a book that Example Valley Library has borrowed from Specimen Hills Library is lost by its customer. Valley charges the customer in its ILS
(8), Hills bills Valley (9), Valley checks that invoice and pays it (10), both count (11). Then Valley copies more of one work than the guidelines
allow (13).
"""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from gateway.demo.stage.borrowing_scene import BorrowingScene
from gateway.demo.stage.house import House
from gateway.demo.stage.neighbours import Neighbours
from gateway.demo.stage.processes import wait_for
from gateway.demo.stage.talk import SaidNo, Site
from tests.e2e.borrowing import scene_for, to_handed_out

pytestmark = pytest.mark.process

PRICE = "25.00"
"""What the demonstration's circulation system charges for a lost item."""
PATIENCE_S = 120
CHAPTERS = 6
ANOTHER = "20000000000048"
"""A customer who has lost nothing: whoever owes for a book may borrow no more."""


@pytest.fixture(scope="module")
def lost(both: Neighbours) -> BorrowingScene:
    """A book that the customer had, and lost: the lender has read that, and gives it up."""
    loan = scene_for(both, "sh000001")
    to_handed_out(loan)
    loan.ours.act("lost")
    loan.ours.until_state("lost")
    loan.lenders.act("lost")
    loan.lenders.until(lambda: "bill" in " ".join(loan.lenders.tasks()), "the lender's task to bill it")
    return loan


def person(house: House, role: str) -> Site:
    """The API as somebody of a role."""
    token = house.command("token", "create", f"a-{role}-of-{house.library.id}-money", role).strip()
    return house.api_as(token)


@pytest.fixture(scope="module")
def valley(both: Neighbours) -> dict[str, Site]:
    return {role: person(both.valley, role) for role in ("technician", "manager")}


@pytest.fixture(scope="module")
def hills(both: Neighbours) -> dict[str, Site]:
    return {role: person(both.hills, role) for role in ("technician", "manager")}


def today() -> str:
    return datetime.now(UTC).date().isoformat()


def days_around() -> str:
    """The days in which all of these tests' work lies, as a period: a month or a year may end in their midst."""
    day = datetime.now(UTC).date()
    return f"{day - timedelta(days=1)}..{day + timedelta(days=1)}"


# ── 8: the price in the ILS ──────────────────────────────────────────────────────────────────────


def price_of(desk: Site, loan: BorrowingScene) -> dict[str, Any]:
    return next(row for row in desk.get("/prices")["rows"] if row["request"] == loan.our_id)


def test_duty_8_a_lost_book_is_charged_in_the_ils_read_back_and_paid(
    both: Neighbours, lost: BorrowingScene, valley: dict[str, Site]
):
    desk, at = valley["technician"], f"/requests/{lost.our_id}/price"
    assert price_of(desk, lost)["standing"] == "to set"
    named = desk.post(at, {"amount": PRICE, "currency": "USD"})["row"]
    assert (named["by_lender"], named["item_barcode"]) == (True, lost.ours.barcode)
    assert desk.post(f"{at}/set")["row"]["standing"] == "differs", "it is ticked, and not set"
    both.valley.acs.ask("lost", barcode=lost.ours.barcode)
    looked = desk.post(f"{at}/look")
    assert looked["row"]["standing"] == "agrees", looked["words"]
    assert desk.post(f"{at}/paid")["row"]["standing"] == "paid"
    assert desk.get("/prices")["red"] == 0


# ── 9: our bill ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def bill(lost: BorrowingScene, hills: dict[str, Site]) -> dict[str, Any]:
    """The lender's invoice, with its number and its PDF, sent on paper."""
    desk = hills["technician"]
    to_bill = next(each for each in desk.get("/bills/to-bill")["requests"] if each["request"] == lost.lenders.our_id)
    name = desk.post("/bills", {"request": to_bill["request"]})["bill"]["id"]

    def seen() -> bool:
        return desk.get(f"/bills/{name}")["seen"] is not None

    wait_for(seen, "what 17 shows of the item", PATIENCE_S)
    desk.post(f"/bills/{name}/actions/shelf-checked")
    line = desk.get(f"/bills/{name}")["lines"][0]
    lines = [
        {
            "kind": "replacement",
            "words": "Replacement",
            "amount": "20.00",
            "request": to_bill["request"],
            "item": to_bill["item"],
        },
        {"kind": "processing", "words": "Processing", "amount": "5.00"},
    ]
    assert line["kind"] == "replacement"
    desk.post(f"/bills/{name}/actions/change", {"lines": lines})
    assert desk.post(f"/bills/{name}/actions/finalise")["bill"]["number"]

    def made() -> bool:
        return "bill" in desk.get(f"/bills/{name}")["papers"]

    wait_for(made, "the invoice's PDF", PATIENCE_S)
    desk.post(f"/bills/{name}/actions/posted")
    return dict(desk.get(f"/bills/{name}"))


def test_duty_9_a_lost_book_is_billed_paid_in_parts_and_credited(
    both: Neighbours, bill: dict[str, Any], hills: dict[str, Site]
):
    desk, name, partner = hills["technician"], bill["bill"]["id"], both.valley.library.id
    assert (bill["bill"]["state"], bill["bill"]["total"]) == ("sent", PRICE)
    assert bill["bill"]["number"].startswith("INV-")
    assert desk.get(f"/bills/{name}/paper").startswith("%PDF")
    (owed,) = desk.get("/bills/owed")["partners"]
    assert (owed["partner"], owed["by_age"]["under 30 days"]) == (partner, PRICE)
    paid = desk.post(
        "/payments", {"partner": partner, "amount": "10.00", "currency": "USD", "means": "check", "reference": "4711"}
    )
    assert paid["shares"] == {name: "10.00"}
    note = desk.post(f"/bills/{name}/credit-note", {})["bill"]
    assert note["total"] == "20.00", "the replacement is taken back, and processing stays"
    with pytest.raises(SaidNo, match="may not"):
        desk.post(f"/bills/{name}/actions/write-off", {"reason": "No."})
    finalised = desk.post(f"/bills/{note['id']}/actions/finalise")
    assert finalised["bill"]["number"].startswith("CN-")
    after = desk.get(f"/bills/{name}")
    assert (after["bill"]["state"], after["bill"]["balance"], after["credit"]) == ("paid", "0.00", "5.00")
    back = hills["manager"].post("/payments/back", {"partner": partner, "amount": "5.00", "currency": "USD"})
    assert back["amount"] == "5.00"
    assert desk.get("/bills/owed")["partners"] == []
    assert desk.get(f"/partners/{partner}/statement").startswith("%PDF")
    booked = list(csv.DictReader(io.StringIO(desk.get("/bills/export"))))
    assert sum(Decimal(row["amount"]) for row in booked) == 0, "all that was booked sums up to what is owed: nothing"
    assert [row["kind"] for row in booked][:2] == ["billed", "paid"]


# ── 10: their bill, with us ──────────────────────────────────────────────────────────────────────


def test_duty_10_the_lenders_invoice_is_compared_approved_by_another_and_paid(
    both: Neighbours, lost: BorrowingScene, bill: dict[str, Any], valley: dict[str, Site]
):
    desk, manager = valley["technician"], valley["manager"]
    claim = {
        "lender": both.hills.library.id,
        "number": bill["bill"]["number"],
        "kind": "lost",
        "dated": today(),
        "amount": PRICE,
        "request": lost.our_id,
    }
    entered = desk.post("/invoices", claim)
    said, name = {each["check"]: each["says"] for each in entered["findings"]}, entered["invoice"]["id"]
    assert (said["our request"], said["supplied by this lender"], said["billed before"]) == (
        "agrees",
        "agrees",
        "agrees",
    )
    again = desk.post("/invoices", claim | {"number": claim["number"].replace("-000", "/00")})
    assert {each["check"]: each["says"] for each in again["findings"]}["billed before"] == "differs"
    desk.post(f"/invoices/{again['invoice']['id']}/actions/drop", {"reason": "Entered twice."})
    differs = [each["words"] for each in entered["findings"] if each["says"] == "differs"]
    desk.post(f"/invoices/{name}/actions/verify", {"reason": "It was lost."} if differs else {})
    with pytest.raises(SaidNo, match="may not"):
        desk.post(f"/invoices/{name}/actions/approve")
    manager.post(f"/invoices/{name}/actions/approve")
    assert desk.post("/invoices/exports")["totals"] == {"USD": PRICE}
    paid = desk.post(f"/invoices/{name}/actions/pay", {"reference": "check 12", "reason": "The customer has paid."})
    assert paid["invoice"]["state"] == "paid"
    found = desk.get(f"/invoices?words={claim['number'].rpartition('-')[2]}")["invoices"]
    assert name in [each["id"] for each in found]


# ── 11: figures ──────────────────────────────────────────────────────────────────────────────────


def total_of(desk: Site, figure: str, column: str) -> Any:
    shown = desk.get(f"/figures/{figure}?period={days_around()}")["figures"][0]
    place = [each["name"] for each in shown["columns"]].index(column)
    return next((row["cells"][place] for row in shown["rows"] if row["is_total"]), None)


def test_duty_11_both_count_the_loan_and_what_was_billed(
    both: Neighbours, lost: BorrowingScene, bill: dict[str, Any], valley: dict[str, Site], hills: dict[str, Site]
):
    for desk, figure, loan in (
        (hills["technician"], "provided", lost.lenders.our_id),
        (valley["technician"], "received", lost.our_id),
    ):

        def counted(desk: Site = desk, figure: str = figure) -> bool:
            return bool(total_of(desk, figure, "count")) and desk.get("/figures/came")["to_follow"] == 0

        wait_for(counted, f"{figure} in the figures", PATIENCE_S)
        behind = desk.get(f"/figures/{figure}/requests?period={days_around()}&row=total&column=count")["rows"]
        assert loan in [row["request"] for row in behind], "each number opens the requests behind it"
        shown = desk.get(f"/figures/{figure}?period={days_around()}")["figures"][0]
        assert shown["definition"]
        assert total_of(desk, figure, "count") == len(behind)
        assert desk.get(f"/figures/{figure}?period={days_around()}&format=csv")
        annual = desk.get(f"/reports/annual?period={days_around()}")
        assert annual["rows"]
        assert annual["definitions"]
    billed = hills["technician"].get(f"/figures/bills?period={days_around()}")["figures"][0]
    row = next(row for row in billed["rows"] if not row["is_total"])
    assert (row["words"], row["cells"][0]) == (f"{both.valley.library.name}, USD", PRICE)


# ── 13: copyright ────────────────────────────────────────────────────────────────────────────────


def looked_at(scene: BorrowingScene) -> Callable[[], bool]:
    return lambda: scene.ours.request()["state"] != "vetting"


def test_duty_13_the_sixth_copy_of_a_work_stops_until_a_manager_lets_it_go_on(
    both: Neighbours, valley: dict[str, Site]
):
    desk, manager, scenes = valley["technician"], valley["manager"], []
    for chapter in range(1, CHAPTERS + 1):
        more = {"service": "Copy", "article_title": f"Chapter {chapter}", "pages": f"{chapter}0-{chapter}9"}
        scene = scene_for(both, "sh000002", **more)
        scene.order(customer=ANOTHER)
        scenes.append(scene)
        scene.ours.until(looked_at(scene), "the look at the order")
    last = scenes[-1]
    last.ours.until_state("deciding")
    assert last.ours.tasks() == ["copyright"]
    for act, words in (("go-on", "Only a manager can override this"), ("override", "may not")):
        with pytest.raises(SaidNo, match=words):
            desk.post(f"/requests/{last.our_id}/actions/{act}", {"reason": "They need it."})
    shown = desk.get("/copyright?over=true")
    assert (shown["allowed"], shown["works"][0]["counted"]) == (5, 6)
    manager.post(f"/requests/{last.our_id}/actions/override", {"reason": "A royalty is paid."})
    last.ours.until(lambda: last.ours.request()["state"] != "deciding", "that it goes on")
    desk.post(f"/requests/{last.our_id}/royalty", {"amount": "12.50", "reference": "CCC 1"})
    assert "12.50" in desk.get("/copyright?format=csv")
