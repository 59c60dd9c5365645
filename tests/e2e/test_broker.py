"""Through a broker, in both modes, between processes: asked, offered, refused, passed on, lost, killed; nothing is lost or done twice."""

from collections.abc import Iterator

import pytest

from gateway.demo.stage.case import Case
from gateway.demo.stage.stack_config import HILLS
from tests.e2e.brokered import Brokered
from tests.fakes.broker.hub import EXISTS
from tests.fakes.broker.reader import AGREE, REJECT
from tests.fakes.broker.records import Mode

NONE, BUSY, TERMS, LENDS = "ISIL:XX-NONE", "ISIL:XX-BUSY", "ISIL:XX-TERMS", "ISIL:XX-LENDS"
BORIS, ERNEST = "20000000000055", "20000000000105"
AT_ONCE_S = 50.0
"""Less than the minute for which an unknown id is tried again."""


@pytest.fixture(scope="module", params=list(Mode), ids=str)
def three(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Brokered]:
    with Brokered(tmp_path_factory.mktemp(request.param), request.param) as running:
        yield running


@pytest.fixture(autouse=True)
def alive(three: Brokered) -> None:
    for process in three.processes:
        if not process.alive:
            process.start()


def steps(three: Brokered, number: str) -> list[str]:
    """What the broker was asked for, and whom it asked."""
    kinds = ("asks", "Cancel", "New", "Retry")
    return [line for line in three.books(number)["log"] if line.startswith(kinds)]


def answers(case: Case) -> list[str]:
    """What our messages were answered with."""
    return [entry["detail"]["answer"] for entry in case.timeline() if "answer" in entry.get("detail", {})]


def words(case: Case) -> str:
    return "\n".join(str(entry["words"]) for entry in case.timeline())


def shipped(lent: Case) -> None:
    """The lending library sends it."""
    lent.until_state("will supply")
    lent.act("arrived", item_barcodes=[lent.barcode])
    lent.until_state("arrived")
    lent.act("ship")


# ── we borrow ──


def test_a_loan_through_the_rota_of_the_broker(three: Brokered):
    """The first has none (relayed as a Notification), the second says RetryPossible, the third lends."""
    ours = three.order("sh000001", NONE, BUSY, HILLS.symbol)
    lent = three.at_hills(ours.our_id)
    ours.until_state("promised")
    borrowed = ours.request()["borrowing"]
    assert (borrowed["supplier"], len(borrowed["asked"])) == (HILLS.symbol, 1)
    assert steps(three, ours.our_id) == [
        "New", f"asks {NONE}", f"asks {BUSY}", f"Cancel for {BUSY}", f"asks {HILLS.symbol}",
    ]  # fmt: skip
    assert ours.tasks() == [], "who supplies is a fact, and no task"
    shipped(lent)
    ours.until_state("on its way")
    assert ours.request()["borrowing"]["lender_items"] == [lent.barcode]
    ours.act("receive")
    ours.until_state("waiting for the customer")
    lent.until(lambda: lent.request().get("received_at"), "Received at the lender")


def test_a_confirmation_of_our_new_that_is_lost_is_found_in_exists_already(three: Brokered):
    three.control.post("/door", {"next": "lose"})
    ours = three.order("sh000002")
    _ends_well(three, ours)


def test_a_kill_before_the_confirmation_of_our_new_is_read(three: Brokered):
    three.control.post("/door", {"next": "hold"})
    ours = three.order("sh000002", customer=ERNEST)
    three.at_hills(ours.our_id)
    three.valley.gateway.kill()
    three.valley.gateway.start()
    _ends_well(three, ours)


def test_a_kill_of_the_broker_before_it_confirms_our_new(three: Brokered):
    three.control.post("/door", {"next": "hold"})
    ours = three.order("sh000002", customer=BORIS)
    three.at_hills(ours.our_id)
    three.broker.kill()
    three.broker.start()
    _ends_well(three, ours)


def _ends_well(three: Brokered, ours: Case) -> None:
    """Promised by the one lender that was asked, and called off there and nowhere else."""
    lent = three.at_hills(ours.our_id)
    ours.until_state("promised")
    ours.until(lambda: any(EXISTS in answer for answer in answers(ours)), "“exists already”")
    assert len(ours.request()["borrowing"]["asked"]) == 1
    ours.act("call-off")
    ours.until_state("cancelled")
    lent.until_state("cancelled")
    assert three.books(ours.our_id)["log"].count("New") == 1


def test_what_the_broker_said_while_we_were_down_is_asked_for(three: Brokered):
    ours = three.order("sh000003")
    lent = three.at_hills(ours.our_id)
    ours.until_state("promised")
    three.valley.gateway.kill()
    shipped(lent)
    lent.until_state("loaned")
    three.until(lambda: "lost: StatusChange Loaned" in three.books(ours.our_id)["log"], "Loaned, lost on its way")
    three.valley.gateway.start()
    ours.until_state("on its way")
    assert "StatusRequestResponse Loaned" in words(ours)
    ours.act("receive")
    ours.until_state("waiting for the customer")


def test_terms_of_a_supplier_are_accepted(three: Brokered):
    ours = three.order("An Almanac under Terms", TERMS)
    ours.until_state("conditional")
    assert ours.tasks() == ["lender's conditions"]
    ours.act("accept")
    ours.until_state("promised")
    three.control.post(f"/loaned/{ours.our_id}", {"barcode": "9001"})
    ours.until_state("on its way")
    assert ours.request()["borrowing"]["lender_items"] == ["9001"]


def test_terms_of_a_supplier_that_are_not_taken_send_the_broker_to_its_next(three: Brokered):
    ours = three.order("An Almanac of Others", TERMS, LENDS)
    ours.until_state("conditional")
    three.valley.gateway.kill()
    three.valley.gateway.start()
    ours.act("next-lender")
    ours.until_state("promised")
    assert steps(three, ours.our_id) == ["New", f"asks {TERMS}", f"Cancel for {TERMS}", f"asks {LENDS}"]
    ours.act("call-off")
    ours.until_state("cancelled")
    assert steps(three, ours.our_id)[-1] == "Cancel for ISIL:XX-BROKER"


def test_a_rota_of_the_broker_that_runs_out_is_a_no(three: Brokered):
    ours = three.order("An Almanac of Nobody", NONE, BUSY)
    ours.until_state("deciding")
    assert ours.tasks() == ["no lender left"]


def test_what_is_sent_after_all_while_staff_decide_is_on_its_way_and_is_received(three: Brokered):
    """All had said no; a supplier found it, and its parcel is told while the request lies with staff."""
    ours = three.order("An Almanac Found after All", NONE, BUSY)
    ours.until_state("deciding")
    three.control.post(f"/loaned/{ours.our_id}", {"barcode": "9002"})
    ours.until_state("on its way")
    assert ours.tasks() == ["contradiction"]
    assert ours.request()["borrowing"]["lender_items"] == ["9002"]
    ours.act("receive")
    ours.until_state("waiting for the customer")


# ── we lend ──


def offered(three: Brokered, number: str, record_id: str) -> Case:
    """The lending library offers it for a price and under a condition; the broker's requester has understood."""
    with three.answered_by_staff():
        lent = three.read(number, record_id)
        lent.until_state("deciding")
    lent.act(
        "offer", answer={"kind": "retry", "cost": {"amount": "12.5", "currency": "EUR"}, "condition": "LibraryUseOnly"}
    )
    lent.until_state("offered")
    three.until_read(number, "condition pending")
    return lent


def test_an_offer_is_made_accepted_sent_and_read(three: Brokered):
    number = f"R-{three.mode}-1"
    lent = offered(three, number, "sh000005")
    reading = three.reading(number)
    assert (reading["conditions"], reading["amounts"]) == (["LibraryUseOnly"], ["12.50"])
    three.hills.gateway.kill()
    three.hills.gateway.start()
    assert three.write(number, "Notification", AGREE) is None
    shipped(lent)
    reading = three.until_read(number, "shipped")
    assert reading["items"] == [[lent.barcode, "", ""]]
    paper = str(three.hills.api.get(f"/requests/{lent.our_id}/label"))
    assert "Library of the Reader" in paper
    assert "7 Reading Lane" in paper
    assert "Betwixt" not in paper, "that is the broker's own address"
    three.write(number, "Received")
    three.write(number, "ShippedReturn")
    lent.until_state("returning")
    lent.act("check-in")
    lent.until_state("completed")
    three.until_read(number, "completed")
    assert three.reading(number)["refused"] == []


def test_an_offer_is_refused_by_a_cancel_with_its_token(three: Brokered):
    number = f"R-{three.mode}-2"
    lent = offered(three, number, "sh000006")
    assert three.write(number, "Cancel", REJECT) is None
    lent.until_state("cancelled")
    three.until_read(number, "unfilled")  # the broker's rota has no other


def test_a_status_that_the_brokers_requester_refuses_is_said_in_words_at_once(three: Brokered):
    number = f"R-{three.mode}-3"
    lent = three.read(number, "sh000007")
    shipped(lent)
    three.until_read(number, "shipped")
    lent.act("recall")
    lent.deadline_s = AT_ONCE_S
    lent.until(lambda: "recalled" in three.reading(number)["notes"][-1].casefold(), "the recall in words")
    assert three.reading(number)["refused"] == ["status change not allowed: Recalled"]
