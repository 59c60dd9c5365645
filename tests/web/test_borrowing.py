"""What our customers want, over the live API: one order, who asked, and what staff do with it."""

import pytest

from gateway.desk.customers import LOOK_UPS_MAX
from gateway.orders.cells import CHECK_DIGIT
from gateway.store.port import Change
from gateway.workflow.borrowing.table import BORROWING
from gateway.workflow.borrowing_events import Vetted
from gateway.workflow.borrowing_records import Concern, Doubt
from gateway.workflow.machine import Decision, decide
from gateway.workflow.records import State
from gateway.workflow.staff import StaffRole
from tests.web.known import a_request, keep
from tests.web.live import Live
from tests.web.ordering import ARTICLE, CARD, ORDER, ours, over

# ── one order ────────────────────────────────────────────────────────────────────────────────────


async def test_an_order_becomes_a_request_that_holds_nothing_of_the_customer(live: Live):
    status, answer = await live.call("POST", "/borrowing", role=StaffRole.TECHNICIAN, body=ORDER)
    assert (status, answer["state"], answer["warnings"]) == (201, "vetting", [])
    (request,) = await ours(live)
    assert request.id == answer["request"]
    assert request.id.startswith("B-")
    assert request.borrowed.pickup_branch == "East"
    assert [(each.code, each.value) for each in request.wanted.identifiers] == [("ISBN", "9780306406157")]
    assert CARD not in repr(request)
    assert (await live.store.borrowing.customer(request.id)).name == "Inventa Person"  # type: ignore[union-attr]


async def test_the_same_key_gives_the_same_request(live: Live):
    key = {"Idempotency-Key": "form-17"}
    first = await live.call("POST", "/borrowing", body=ORDER, headers=key)
    second = await live.call("POST", "/borrowing", body=ORDER, headers=key)
    assert (first[0], second[0]) == (201, 200)
    assert first[1]["request"] == second[1]["request"]
    assert len(await ours(live)) == 1


async def test_callers_do_not_share_keys(live: Live):
    key = {"Idempotency-Key": "form-17"}
    for role in (StaffRole.TECHNICIAN, StaffRole.MANAGER):
        assert (await live.call("POST", "/borrowing", role=role, body=ORDER, headers=key))[0] == 201
    assert len(await ours(live)) == 2


@pytest.mark.parametrize("other", [{"title": "Another Almanac"}, {"customer": "20000000090049"}, {"service": "Copy"}])
async def test_a_key_that_was_used_for_another_order_is_refused(live: Live, other: dict[str, str]):
    key = {"Idempotency-Key": "form-17"}
    await live.call("POST", "/borrowing", body=ORDER, headers=key)
    status, answer = await live.call("POST", "/borrowing", body=ORDER | other, headers=key)
    assert status == 422
    assert "used for another order" in answer["detail"]
    assert len(await ours(live)) == 1


@pytest.mark.parametrize("key", ["", "x" * 201, "snow\u2603"])
async def test_a_key_that_is_none_is_refused(live: Live, key: str):
    status, answer = await live.call("POST", "/borrowing", body=ORDER, headers={"Idempotency-Key": key})
    assert status == 422
    assert answer["detail"].startswith("Idempotency-Key: ")


async def test_everything_that_is_wrong_is_told_at_once_and_quotes_nothing(live: Live):
    body = {
        "customer": "30234000517861",
        "pickup_branch": "Nowhere",
        "need_before": "2026-01-01",
        "level": "Yesterday",
        "copyright": "Mine",
        "max_cost": {"amount": "-1", "currency": "EUR"},
    }
    status, answer = await live.call("POST", "/borrowing", body=body)
    assert status == 422
    assert [each["column"] for each in answer["problems"]] == [
        "customer", "title", "pickup_branch", "need_before", "level", "copyright", "max_cost",
    ]  # fmt: skip
    assert (
        next(each["words"] for each in answer["problems"] if each["column"] == "need_before") == "this is past already"
    )
    assert not [word for word in ("30234000517861", "Nowhere", "Yesterday", "Mine") if word in str(answer)]
    assert await ours(live) == []


@pytest.mark.parametrize("between", ["\r", "\n", "\t", "\u200b"])
async def test_two_scans_that_ran_together_are_no_other_customer(live: Live, between: str):
    status, answer = await live.call("POST", "/borrowing", body=ORDER | {"customer": CARD[:12] + between + CARD[12:]})
    assert (status, [each["column"] for each in answer["problems"]]) == (422, ["customer"])
    assert await ours(live) == []


async def test_a_branch_must_be_named_where_there_are_several(live: Live):
    status, answer = await live.call("POST", "/borrowing", body={"customer": CARD, "title": "An Almanac"})
    assert (status, [each["column"] for each in answer["problems"]]) == (422, ["pickup_branch"])


async def test_a_wrong_check_digit_is_a_warning(live: Live):
    identifiers = [{"code": "ISBN", "value": "9780306406158"}]
    body = ORDER | {"customer": "20000000090032", "identifiers": identifiers}
    status, answer = await live.call("POST", "/borrowing", body=body)
    assert status == 201
    assert len(answer["warnings"]) == 2
    assert all("check digit" in words for words in answer["warnings"])


async def test_a_copy_carries_its_copyright_compliance(live: Live):
    recent = await live.call("POST", "/borrowing", body=ARTICLE)
    old = await live.call("POST", "/borrowing", body=ARTICLE | {"published": "1999"})
    given = await live.call("POST", "/borrowing", body=ARTICLE | {"copyright": "us-ccl"})
    loan = await live.call("POST", "/borrowing", body=ORDER)
    assert [answer["copyright"] for _, answer in (recent, old, given, loan)] == ["US-CCG", "US-CCL", "US-CCL", None]
    counted = await live.store.borrowing.count_copied("issn:00000000/2026")
    assert counted == 1


@pytest.mark.parametrize("note", [f"For {CARD}.", "Inventa Person is waiting.", "Call I. Person"])
async def test_a_note_that_tells_of_the_customer_is_refused(live: Live, note: str):
    status, answer = await live.call("POST", "/borrowing", body=ORDER | {"note": note})
    assert status == 422
    assert answer["problems"][0]["column"] == "note"
    assert "It tells of a customer: " in answer["problems"][0]["words"]
    assert await ours(live) == []


async def test_a_viewer_may_not_ask(live: Live):
    assert (await live.call("POST", "/borrowing", role=StaffRole.VIEWER, body=ORDER))[0] == 403


# ── who asked ────────────────────────────────────────────────────────────────────────────────────


async def test_who_looks_a_customer_up_is_written_into_the_history(live: Live):
    request_id = (await live.call("POST", "/borrowing", body=ORDER))[1]["request"]
    path = f"/requests/{request_id}/customer"
    assert (await live.call("GET", path, role=StaffRole.VIEWER, params={"reason": "At the desk."}))[0] == 403
    assert (await live.call("GET", path))[0] == 422
    status, answer = await live.call("GET", path, role=StaffRole.TECHNICIAN, params={"reason": "At the desk."})
    assert (status, answer["customer"]) == (200, {"barcode": CARD, "name": "Inventa Person"})
    (looked,) = [each for each in await live.store.history(request_id) if "Looked up" in each.words]
    assert (looked.by, looked.words) == ("a-technician", "Looked up who asked: At the desk.")
    told = await live.call("GET", path, params={"reason": "Inventa Person calls."})
    assert told[0] == 422


async def test_a_manager_reads_who_looked_up_whom_and_why_over_all_requests(live: Live):
    request_id = (await live.call("POST", "/borrowing", body=ORDER))[1]["request"]
    path = f"/requests/{request_id}/customer"
    assert (await live.call("POST", path, body={}))[0] == 422
    assert (await live.call("POST", path, body={"reason": "curiosity"}))[0] == 422
    body = {"reason": "the customer asks about it", "words": "At the desk."}
    assert (await live.call("POST", path, role=StaffRole.TECHNICIAN, body=body))[1]["customer"]["barcode"] == CARD
    await live.call("POST", "/borrowing/of-customer", role=StaffRole.TECHNICIAN, body={"customer": CARD})
    await live.call("POST", "/borrowing/of-customer", body={"customer": "20000000090049"})
    assert (await live.call("GET", "/look-ups", role=StaffRole.TECHNICIAN))[0] == 403
    status, listed = await live.call("GET", "/look-ups?limit=2", role=StaffRole.MANAGER)
    assert status == 200
    told = [(each["by"], each["request"], each["what"]) for each in listed["look_ups"]]
    assert told == [
        ("first-admin", None, "Looked for by a customer's card; found: none."),
        ("a-technician", None, f"Looked for by a customer's card; found: {request_id}."),
    ]
    (first,) = (await live.call("GET", f"/look-ups?before={listed['next']}"))[1]["look_ups"]
    assert first["what"] == "Looked up who asked: the customer asks about it: At the desk."
    assert CARD not in str(listed)
    assert (await live.call("GET", "/look-ups?by=a-technician"))[1]["look_ups"][1] == first
    assert (await live.call("GET", f"/look-ups?request={request_id}"))[1]["look_ups"] == [first]


async def test_nobody_looks_up_a_list_of_customers(live: Live):
    request_id = (await live.call("POST", "/borrowing", body=ORDER))[1]["request"]
    look = "POST", f"/requests/{request_id}/customer"
    body = {"reason": "it is overdue, lost or damaged"}
    assert {(await live.call(*look, body=body))[0] for _ in range(LOOK_UPS_MAX)} == {200}
    status, answer = await live.call(*look, body=body)
    assert (status, answer["detail"][:26]) == (429, "You have looked up 100 cus")
    assert (await live.call("POST", "/borrowing/of-customer", body={"customer": CARD}))[0] == 429
    assert (await live.call(*look, role=StaffRole.TECHNICIAN, body=body))[0] == 200, "somebody else"
    await live.time.advance(3601)
    assert (await live.call(*look, body=body))[0] == 200


async def test_what_a_customer_asked_for_is_found_by_the_card(live: Live):
    """By whoever may see who a customer is; the card stands in no address, and who looked is written down."""
    numbers = [
        (await live.call("POST", "/borrowing", body=ORDER | {"title": title, "identifiers": []}))[1]["request"]
        for title in ("An Almanac", "…")
    ]
    await live.call("POST", "/borrowing", body=ORDER | {"customer": "20000000090049"})
    await live.store.commit(over(await live.store.request(numbers[0])))
    found = "POST", "/borrowing/of-customer"
    assert (await live.call(*found, role=StaffRole.VIEWER, body={"customer": CARD}))[0] == 403
    _, answer = await live.call(*found, role=StaffRole.TECHNICIAN, body={"customer": f"*{CARD}*"})
    assert {line["id"] for line in answer["requests"]} == set(numbers)
    assert CARD not in repr(answer)
    _, answer = await live.call(*found, body={"customer": CARD, "open": True})
    assert [line["id"] for line in answer["requests"]] == [numbers[1]]
    told = [(entry.by, entry.words) for entry in await live.store.history(numbers[0])][-1:]
    assert told == [("a-technician", "Looked for by the customer's card.")]
    assert (await live.call(*found, body={"customer": "30234000517861"}))[1]["detail"].startswith("customer: ")


async def test_the_right_card_goes_with_the_act_that_corrects_it_and_with_no_other(live: Live):
    number = (await live.call("POST", "/borrowing", body=ORDER))[1]["request"]
    act = f"/requests/{number}/actions"
    for action, body in (("correct-card", {}), ("call-off", {"customer": CARD}), ("correct-card", {"customer": "x|y"})):
        status, answer = await live.call("POST", f"{act}/{action}", body=body)
        assert (status, answer["detail"].startswith("customer: ")) == (422, True)
    status, answer = await live.call("POST", f"{act}/correct-card", body={"customer": "20000000090032"})
    assert (status, answer["state"]) == (200, "vetting")
    assert answer["warnings"] == [CHECK_DIGIT]
    assert live.intake.cards == ["20000000090032"]
    await keep(live.store, a_request())
    assert (await live.call("POST", "/requests/r1/actions/correct-card", body={"customer": CARD}))[0] == 409


async def test_an_anonymous_request_and_a_partners_have_no_customer(live: Live):
    request_id = (await live.call("POST", "/borrowing", body=ORDER))[1]["request"]
    await live.store.borrowing.anonymise([State.VETTING], ended_before=live.time.now().replace(year=2027))
    why = {"reason": "At the desk."}
    assert (await live.call("GET", f"/requests/{request_id}/customer", params=why))[0] == 404
    await keep(live.store, a_request())
    assert (await live.call("GET", "/requests/r1/customer", params=why))[0] == 409


# ── acts of staff ────────────────────────────────────────────────────────────────────────────────


async def stopped(live: Live) -> str:
    """A request that a manager alone may let go on; give its id."""
    request_id = str((await live.call("POST", "/borrowing", body=ORDER))[1]["request"])
    request = await live.store.request(request_id)
    assert request is not None
    doubt = Doubt(concern=Concern.CUSTOMER, words="The card has expired.", stops=True)
    ruling = decide(BORROWING, request, Vetted(at=live.time.now(), doubts=(doubt,)))
    assert isinstance(ruling, Decision)
    await live.store.commit(Change(request=ruling.request, history_of=request_id))
    return request_id


async def test_a_request_of_ours_shows_the_acts_of_its_own_table(live: Live):
    request_id = await stopped(live)
    for role, may in ((StaffRole.TECHNICIAN, False), (StaffRole.MANAGER, True)):
        shown = (await live.call("GET", f"/requests/{request_id}", role=role))[1]
        assert {"call-off", "serve-here"} <= set(shown["actions"])
        assert "go-on" not in shown["actions"], "it would be refused: only a manager can set the rule aside"
        assert ("override" in shown["actions"]) is may
        assert "ship" not in shown["actions"]


async def test_to_override_is_a_managers(live: Live):
    path, why = f"/requests/{await stopped(live)}/actions/override", {"reason": "Renewed at the desk."}
    assert (await live.call("POST", path, role=StaffRole.TECHNICIAN, body=why))[0] == 403
    status, answer = await live.call("POST", path, role=StaffRole.MANAGER, body=why)
    assert (status, answer["state"]) == (200, "choosing a lender")


@pytest.mark.parametrize("field", ["note", "reason"])
async def test_what_staff_write_is_looked_through(live: Live, field: str):
    path = f"/requests/{await stopped(live)}/actions/call-off"
    status, answer = await live.call("POST", path, body={field: "Inventa Person does not want it any more."})
    assert status == 422
    assert "It tells of a customer: name." in answer["detail"]
    assert "Inventa" not in answer["detail"]
    assert live.intake.acted == []
    assert (await live.call("POST", path, body={field: "Not wanted any more."}))[0] == 200


async def test_what_is_written_to_a_partner_that_borrows_is_not_about_a_customer_of_ours(live: Live):
    await keep(live.store, a_request())
    status, _ = await live.call("POST", "/requests/r1/actions/message", body={"note": "Inventa Person packed it."})
    assert status == 200


@pytest.mark.parametrize(("action", "field"), [("message", "note"), ("note", "inside"), ("arrived", "reason")])
async def test_a_card_of_a_customer_of_ours_is_found_where_we_lend_too(live: Live, action: str, field: str):
    await keep(live.store, a_request())
    body = {field: f"{CARD} has it until Monday."}
    status, answer = await live.call("POST", f"/requests/r1/actions/{action}", body=body)
    assert (status, answer["detail"].partition(".")[0]) == (422, f"{field}: It tells of a customer: barcode")
    assert live.intake.acted == []
