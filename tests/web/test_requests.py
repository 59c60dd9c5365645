"""Requests over the API, on a real server and store."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from gateway.workflow.borrowing_records import Borrowing
from gateway.workflow.records import Answer, AnswerKind, Role, State
from gateway.workflow.triggers import Deed, StaffAction
from gateway.workflow.values import Money, Wanted
from tests.web.known import START, a_request, keep, keep_with_story, keep_work
from tests.web.live import Live


async def test_the_list_is_newest_first_and_goes_on_where_it_stopped(live: Live):
    await keep(live.store, *(a_request(f"r{n}", updated_at=START + timedelta(hours=n)) for n in range(5)))
    _, first = await live.call("GET", "/requests?limit=3")
    _, second = await live.call("GET", "/requests", params={"limit": 3, "before": first["next"]})
    assert [line["id"] for line in first["requests"]] == ["r4", "r3", "r2"]
    assert [line["id"] for line in second["requests"]] == ["r1", "r0"]
    assert second["next"] is None


async def test_a_line_says_what_where_and_for_whom(live: Live):
    await keep(live.store, a_request())
    _, answer = await live.call("GET", "/requests", role="viewer")
    assert answer["requests"] == [
        {
            "id": "r1",
            "role": "lending",
            "state": "will supply",
            "state_since": "2026-10-28T09:00:00Z",
            "updated_at": "2026-10-28T09:00:00Z",
            "title": "The Imaginary Almanac",
            "author": None,
            "partner": "Example Valley Library",
            "partner_request_id": "their-r1",
            "item_barcodes": ["30234000517861"],
            "due_at": None,
        }
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=loaned", ["r2"]),
        ("state=loaned&state=will%20supply", ["r2", "r1"]),
        ("partner=valley", ["r2", "r1"]),
        ("partner=other", []),
        ("q=their-r2", ["r2"]),
        ("q=imaginary", ["r2", "r1"]),
        ("q=PLACEHOLDER, ada", ["r1"]),
        ("q=PLACEHOLDER, a", []),
        ("q=the imag", ["r2", "r1"]),
        ("q=imaginary&state=loaned", ["r2"]),
        ("q=imaginary&role=borrowing", []),
        ("q=imaginary&partner=other", []),
        ("q=imaginary&open=true", ["r2", "r1"]),
        ("q=%25", []),
        ("q=%20", ["r2", "r1"]),
        ("role=lending", ["r2", "r1"]),
        ("role=borrowing", []),
        ("open=true", ["r2", "r1"]),
        ("open=false&state=loaned", ["r2"]),
        ("open=true&state=loaned", ["r2"]),
        ("open=true&state=completed", []),
    ],
)
async def test_the_list_is_filtered(live: Live, query: str, found: list[str]):
    by_author = Wanted(title="The Imaginary Almanac", author="Placeholder, Ada")
    later = START + timedelta(hours=1)
    await keep(live.store, a_request("r1", wanted=by_author), a_request("r2", State.LOANED, updated_at=later))
    _, answer = await live.call("GET", f"/requests?{query}")
    assert [line["id"] for line in answer["requests"]] == found


async def test_words_find_what_is_open_before_what_has_ended_page_by_page(live: Live):
    ended = (a_request(f"e{n}", State.COMPLETED, updated_at=START + timedelta(hours=5 + n)) for n in range(2))
    opened = (a_request(f"o{n}", State.LOANED, updated_at=START + timedelta(hours=n)) for n in range(3))
    await keep(live.store, *ended, *opened, a_request("x", wanted=Wanted(title="Another Book")))
    found, query = [], {"q": "imaginary", "limit": "2"}
    while True:
        _, page = await live.call("GET", "/requests", params=query)
        found += [line["id"] for line in page["requests"]]
        if page["next"] is None:
            break
        query["before"] = page["next"]
    assert found == ["o2", "o1", "o0", "e1", "e0"]
    status, answer = await live.call("GET", "/requests", params={"q": "imaginary", "before": "yesterday"})
    assert (status, answer["detail"][:7]) == (422, "before:")


async def test_lost_is_the_end_of_what_we_lend_and_not_of_what_we_borrow(live: Live):
    """A state that is an end in one role alone; the pages go on across the roles."""
    ours = {"role": Role.BORROWING, "borrowing": Borrowing(pickup_branch="Main")}
    lost = [a_request(f"B-{n}", State.LOST, **ours, updated_at=START + timedelta(hours=1 + n)) for n in range(2)]
    await keep(live.store, a_request("L-1", State.LOST), a_request("L-2", State.LOANED), *lost)
    _, first = await live.call("GET", "/requests?open=true&limit=2")
    assert [line["id"] for line in first["requests"]] == ["B-1", "B-0"]
    _, second = await live.call("GET", "/requests", params={"open": "true", "limit": 2, "before": first["next"]})
    assert [line["id"] for line in second["requests"]] == ["L-2"]


@pytest.mark.parametrize(
    "query",
    [
        "open=perhaps",
        "role=both",
        "state=lost-in-space",
        "limit=0",
        "limit=201",
        "limit=many",
        "limit=-1",
        "limit=" + "9" * 5000,
        "limit=" + "0" * 5000,
        "limit=²",
        "before=yesterday",
        "before=2026-10-28T09:00:00~r1",
        "q=" + "x" * 201,
    ],
)
async def test_a_filter_that_makes_no_sense_is_refused_by_name(live: Live, query: str):
    status, answer = await live.call("GET", f"/requests?{query}")
    assert (status, answer["error"]) == (422, "unusable")
    assert answer["detail"].startswith(query.partition("=")[0])


async def test_show_gives_the_request_and_what_comes_next(live: Live):
    await keep_with_story(live.store, a_request())
    status, answer = await live.call("GET", "/requests/r1", role="technician")
    assert status == 200
    assert answer["request"]["state"] == "will supply"
    assert answer["partner_name"] == "Example Valley Library"
    assert [task["kind"] for task in answer["tasks"]] == ["not at the desk yet"]
    assert answer["next"] == [
        {
            "words": "If the item is neither at the desk nor on its way: give this copy up, try another or answer Unfilled",
            "due_at": "2026-10-31T09:00:00Z",
            "attempts": 0,
            "started_at": None,
            "lane": None,
            "why": None,
        }
    ]
    assert "arrived" in answer["actions"]


async def test_the_actions_shown_are_those_that_the_caller_may_ask_for(live: Live):
    await keep(live.store, a_request())
    shown = {
        role: (await live.call("GET", "/requests/r1", role=role))[1]["actions"]
        for role in ("viewer", "technician", "manager")
    }
    assert shown["viewer"] == []
    assert "ship" in shown["technician"]
    assert "force" not in shown["technician"]
    assert set(shown["manager"]) - set(shown["technician"]) == {"force"}


async def test_the_timeline_has_both_protocols(live: Live):
    await keep_with_story(live.store, a_request())
    _, answer = await live.call("GET", "/requests/r1/timeline")
    message, sip2, decision = answer["entries"]
    assert message["detail"]["document"].startswith("<ISO18626Message>")
    assert message["detail"]["confirmation"] == "<messageStatus>OK</messageStatus>"
    assert message["detail"]["repairs"] == ["no version"]
    assert sip2["detail"] == {"sent": "15+20261028", "received": "161Y"}
    assert (decision["words"], decision["state"]) == ("They ask for it.", "will supply")


@pytest.mark.parametrize("path", ["", "/timeline", "/packing-slip", "/label", "/strap", "/routing-slip"])
async def test_an_unknown_request_is_not_found(live: Live, path: str):
    assert await live.call("GET", f"/requests/none{path}") == (
        404,
        {"error": "not found", "detail": "There is no such request."},
    )


async def test_an_act_reaches_the_door_with_name_and_time(live: Live):
    await keep(live.store, a_request())
    body = {"item_barcodes": ["*30234000517861*\r\n"], "note": "Sent today.", "undo_s": 60}
    status, answer = await live.call("POST", "/requests/r1/actions/ship", role="technician", body=body)
    assert (status, answer["result"], answer["state"]) == (200, "done", "checking out")
    [(request_id, event)] = live.intake.acted
    assert request_id == "r1"
    assert (event.action, event.by, event.at) == (StaffAction.SHIP, "a-technician", START)
    assert (event.item_barcodes, event.note, event.undo_s) == (("30234000517861",), "Sent today.", 60)


async def test_scripts_do_not_wait_unless_they_say_so(live: Live):
    await keep(live.store, a_request())
    await live.call("POST", "/requests/r1/actions/arrived", body={})
    assert live.intake.acted[0][1].undo_s == 0


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-12-24", "2026-12-25T06:59:59+00:00"),
        ("2026-12-24T12:00", "2026-12-24T19:00:00+00:00"),
        ("2026-12-24T12:00:00Z", "2026-12-24T12:00:00+00:00"),
        ("2026-12-24T12:00:00+01:00", "2026-12-24T11:00:00+00:00"),
    ],
)
async def test_a_due_date_without_a_time_ends_with_the_local_day(live: Live, written: str, meant: str):
    await keep(live.store, a_request(state=State.ARRIVED))
    status, _ = await live.call("POST", "/requests/r1/actions/done-by-hand", body={"due_at": written})
    due_at = live.intake.acted[0][1].due_at
    assert (status, due_at and (due_at - due_at.utcoffset()).replace(tzinfo=None).isoformat()) == (200, meant[:19])  # type: ignore[operator]


async def test_a_refusal_is_a_409_in_the_tables_words(live: Live):
    await keep(live.store, a_request())
    status, answer = await live.call("POST", "/requests/r1/actions/message", body={})
    words = "Write the message as “note” (--note): words for the partner."
    assert (status, answer) == (409, {"error": "refused", "detail": words})


async def test_a_barcode_that_sip2_cannot_carry_is_refused_with_its_place(live: Live):
    await keep(live.store, a_request())
    body = {"item_barcodes": ["30234000517861", "3000\u20130001011"]}
    status, answer = await live.call("POST", "/requests/r1/actions/ship", body=body)
    assert (status, live.intake.acted) == (422, [])
    assert answer["detail"] == (
        "item_barcodes.1: SIP2 can't carry its character 5, en dash; scan it again, or type it."
    )


async def test_a_wrong_check_digit_is_a_warning(live: Live):
    await keep(live.store, a_request())
    _, answer = await live.call("POST", "/requests/r1/actions/ship", body={"item_barcodes": ["35555000012349"]})
    assert [warning.partition(":")[0] for warning in answer["warnings"]] == ["the check digit is wrong"]


@pytest.mark.parametrize(
    "body",
    [
        {"item_barcodes": ["21234000012345"]},
        {"item_barcodes": [""]},
        {"item_barcodes": ["1"] * 51},
        {"note": "bell\u0007"},
        {"note": "x" * 4001},
        {"due_at": "tomorrow"},
        {"retry_after": "2026-13-01"},
        {"retry_after": "9999-12-31"},
        {"retry_after": "0001-01-01"},
        {"retry_after": "2026-10-27"},
        {"due_at": "9999-12-31"},
        {"undo_s": -1},
        {"state": "nowhere"},
        {"account": "21234000012345"},
        {"answer": {"kind": "retry", "cost": {"amount": "much", "currency": "EUR"}}},
        {"answer": {"cost": {"amount": "-5", "currency": "EUR"}}},
        {"answer": {"cost": {"amount": "NaN", "currency": "EUR"}}},
        {"answer": {"cost": {"amount": "Infinity", "currency": "EUR"}}},
        {"answer": {"cost": {"amount": "1E+9", "currency": "EUR"}}},
        {"answer": {"cost": {"amount": "5.001", "currency": "EUR"}}},
        {"answer": {"cost": {"amount": "5", "currency": "EURO"}}},
        {"answer": {"condition": "OnlyOnSundays"}},
        {"answer": {"condition": "LibraryUseOnly", "reason": "Whim"}},
        {"answer": {"condition": "LibraryUseOnly", "note": "bell\u0007"}},
        {"answer": {"kind": "supply"}},
    ],
)
async def test_a_body_of_the_wrong_shape_reaches_nobody(live: Live, body: dict[str, Any]):
    await keep(live.store, a_request())
    status, answer = await live.call("POST", "/requests/r1/actions/ship", body=body)
    assert (status, answer["error"]) == (422, "unusable")
    assert "21234000012345" not in answer["detail"]
    assert live.intake.acted == []


async def test_an_offer_goes_on_with_its_price_and_the_time_to_ask_again(live: Live):
    await keep(live.store, a_request(state=State.DECIDING))
    offer = {"kind": "retry", "cost": {"amount": "12.50", "currency": "EUR"}}
    body = {"answer": offer, "retry_after": "2026-12-24T12:00:00Z"}
    status, answer = await live.call("POST", "/requests/r1/actions/offer", body=body)
    assert (status, answer["state"]) == (200, "offered")
    [(_, event)] = live.intake.acted
    assert event.answer == Answer(
        kind=AnswerKind.RETRY,
        cost=Money(amount=Decimal("12.50"), currency="EUR"),
        retry_after=datetime(2026, 12, 24, 12, tzinfo=UTC),
    )


async def test_a_price_that_is_none_is_refused_with_its_key(live: Live):
    await keep(live.store, a_request())
    for amount, currency, words in (
        ("-5", "EUR", "amount: must be 0 or more."),
        ("1.125", "EUR", "amount: has more than the 2 decimals of EUR."),
        ("0.5", "JPY", "amount: has more than the 0 decimals of JPY."),
        ("5", "XAU", "currency: must be a currency of ISO 4217, like EUR."),
    ):
        body = {"answer": {"cost": {"amount": amount, "currency": currency}}}
        _, answer = await live.call("POST", "/requests/r1/actions/offer", body=body)
        assert answer["detail"] == f"answer.cost.{words}"


async def test_a_price_of_three_decimals_is_taken_in_a_currency_that_has_them(live: Live):
    await keep(live.store, a_request(state=State.DECIDING))
    body = {"answer": {"kind": "retry", "cost": {"amount": "1.125", "currency": "KWD"}}}
    status, _ = await live.call("POST", "/requests/r1/actions/offer", body=body)
    assert status == 200
    [(_, event)] = live.intake.acted
    assert event.answer is not None
    assert event.answer.cost == Money(amount=Decimal("1.125"), currency="KWD")


async def test_an_unknown_action_or_request_is_not_found(live: Live):
    await keep(live.store, a_request())
    assert (await live.call("POST", "/requests/r1/actions/dance", body={}))[0] == 404
    assert (await live.call("POST", "/requests/none/actions/ship", body={}))[0] == 404


async def test_an_approval_is_an_administrators_and_names_the_partner_that_has_the_symbol(live: Live):
    await keep(
        live.store, a_request(state=State.AWAITING_APPROVAL, partner=None, items=(), requesting_agency="isil:xx-evl")
    )
    path = "/requests/r1/actions/approve"
    for role in ("technician", "manager"):
        assert (await live.call("POST", path, role=role, body={"partner": "valley"}))[0] == 403
        assert "approve" not in (await live.call("GET", "/requests/r1", role=role))[1]["actions"]
    assert (await live.call("POST", path, body={"partner": "strangers"}))[0] == 422
    assert (await live.call("POST", path, body={}))[0] == 422
    status, answer = await live.call("POST", path, body={"partner": "valley"})
    assert (status, answer["state"]) == (200, "searching")


async def test_a_request_is_approved_under_no_partner_without_its_symbol(live: Live):
    kept = a_request(state=State.AWAITING_APPROVAL, partner=None, items=(), requesting_agency="ISIL:XX-STRANGE")
    await keep(live.store, kept)
    status, answer = await live.call("POST", "/requests/r1/actions/approve", body={"partner": "valley"})
    assert status == 409
    assert answer["detail"].startswith("ISIL:XX-STRANGE is no symbol of Example Valley Library")


async def test_waiting_work_is_tried_on_a_technicians_word_and_by_name(live: Live):
    await keep_with_story(live.store, a_request())
    await keep_work(live.store, "r1")
    assert (await live.call("POST", "/requests/r1/try-now", role="viewer"))[0] == 403
    status, answer = await live.call("POST", "/requests/r1/try-now", role="technician")
    assert (status, answer["words"], answer["count"]) == (200, "One piece of work starts now.", 1)
    assert live.hurried == ["r1"]
    last = (await live.store.history("r1"))[-1]
    assert (last.by, last.words) == ("a-technician", "Waiting work is to be tried now.")


async def test_where_only_a_clock_runs_nothing_is_tried_and_nothing_told(live: Live):
    await keep_with_story(live.store, a_request())
    before = await live.store.history("r1")
    status, answer = await live.call("POST", "/requests/r1/try-now")
    assert (status, answer["detail"]) == (409, "No work of this request waits to be tried.")
    assert await live.store.history("r1") == before
    assert (await live.call("POST", "/requests/r404/try-now"))[0] == 404


async def test_done_by_hand_names_the_task_or_what_was_done(live: Live):
    await keep(live.store, a_request("r1", State.LOANED))
    await live.call("POST", "/requests/r1/actions/not-done", body={"task": 77, "did": "renew"})
    [(_, event)] = live.intake.acted
    assert (event.task, event.deed) == (77, Deed.RENEW)
    status, answer = await live.call("POST", "/requests/r1/actions/done-by-hand", body={"did": "juggling"})
    assert (status, "did" in answer["detail"]) == (422, True)


async def test_what_staff_can_do_comes_with_what_it_does_and_who_hears_of_it(live: Live):
    await keep(live.store, a_request())
    _, answer = await live.call("GET", "/requests/r1", role="technician")
    assert [act["action"] for act in answer["acts"]] == answer["actions"]
    assert next(act for act in answer["acts"] if act["action"] == "retry") == {
        "action": "retry",
        "does": "Take the hold off and answer “not now”; the request is over",
        "tells": "the partner: RetryPossible, once the hold is off",
        "flags": ["gives up", "tells no"],
        "asks": True,
    }


async def test_what_would_do_something_else_than_was_read_is_refused(live: Live):
    await keep(live.store, a_request())
    path = "/requests/r1/actions/retry"
    status, answer = await live.call("POST", path, body={"seen_in": "deciding"})
    assert (status, answer["detail"]) == (
        409,
        "The request has gone on since, and this would do something else now: look at it again.",
    )
    assert (await live.call("POST", path, body={"seen_in": "will supply"}))[0] == 200
