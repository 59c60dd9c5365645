"""Before an order is sent: what a form is filled with, and what would stand in the order's way."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from gateway.desk.access import Caller
from gateway.desk.drafts import draft_by_link, order_body, order_choices
from gateway.desk.errors import UnusableError
from gateway.desk.structs.orders import TypedOrder, TypedWork
from gateway.iso18626.codes import ServiceLevel, ServiceType
from gateway.money.terms import BillingDefaults
from gateway.sip2.errors import NotSent, Reason
from gateway.workflow.staff import StaffRole
from gateway.workflow.values import Money
from tests.web.known import ALMANAC
from tests.web.live import Live
from tests.web.ordering import CARD, ORDER, ours

SOMEBODY = Caller("somebody", StaffRole.TECHNICIAN)


async def test_the_same_work_before_is_foreseen_and_nothing_is_written(live: Live):
    await live.call("POST", "/borrowing", body=ORDER)
    (before,) = await ours(live)
    status, answer = await live.call("POST", "/borrowing/foresee", role="technician", body=ORDER)
    assert status == 200
    duplicate = next(each for each in answer["doubts"] if each["concern"] == "duplicate")
    assert before.id in duplicate["words"]
    assert duplicate["may_be_set_aside"]
    assert len(await ours(live)) == 1


async def test_what_was_seen_and_set_aside_is_not_asked_again(live: Live):
    await live.call("POST", "/borrowing", body=ORDER)
    body = ORDER | {"waived": ["duplicate", "owned", "work"]}
    _, answer = await live.call("POST", "/borrowing/foresee", body=body)
    assert {each["concern"] for each in answer["doubts"]}.isdisjoint(body["waived"])
    _, answer = await live.call("POST", "/borrowing", body=body)
    request = await live.store.request(answer["request"])
    assert request is not None
    assert list(request.borrowed.waived) == body["waived"]


@pytest.mark.parametrize("concern", ["customer", "copyright", "note"])
async def test_what_may_need_a_manager_is_not_set_aside_by_the_order(live: Live, concern: str):
    status, answer = await live.call("POST", "/borrowing", body=ORDER | {"waived": [concern]})
    assert (status, [each["column"] for each in answer["problems"]]) == (422, ["waived"])


async def test_a_silent_circulation_system_hides_nothing_else(live: Live):
    await live.call("POST", "/borrowing", body=ORDER)
    live.acs.answers["63"] = NotSent(Reason.CONNECT, "no connection")
    _, answer = await live.call("POST", "/borrowing/foresee", body=ORDER)
    assert [each["concern"] for each in answer["doubts"]] == ["duplicate"]
    assert answer["not_checked"]
    _, card = await live.call("POST", "/borrowing/check-card", body={"customer": CARD})
    assert card["may_borrow"] is None


async def test_works_are_found_by_whatever_number_was_typed(live: Live):
    status, answer = await live.call("GET", "/catalogue/works?numbers=0-306-40615-2", role="viewer")
    assert status == 200
    (work,) = answer["works"]
    assert (work["title"], work["numbers"]) == (ALMANAC.title, "ISBN 9780306406157")
    assert [copy["item_barcode"] for copy in answer["copies"]] == [ALMANAC.item_barcode]


async def test_a_search_for_nothing_says_so_at_its_field(live: Live):
    status, answer = await live.call("GET", "/catalogue/works?author=somebody")
    assert (status, [each["column"] for each in answer["problems"]]) == (422, ["numbers"])


async def test_a_link_fills_the_form(live: Live):
    link = "genre=article&atitle=On+Nothing&jtitle=Imagined+Results&issn=0028-0836&volume=3&spage=7&req_id=2000"
    draft = await draft_by_link(live.desk, SOMEBODY, link)
    assert draft.work == TypedWork(
        service=ServiceType.COPY,
        numbers="ISSN 00280836",
        title="Imagined Results",
        article_title="On Nothing",
        volume="3",
        pages="7",
    )
    assert "2000" not in repr(draft)


async def test_what_was_typed_is_read_as_an_order(live: Live):
    typed: dict[str, Any] = {"customer": CARD, "numbers": "0306406152, 77", "max_cost": "25 eur", "this_edition": True}
    body = order_body(live.desk, TypedOrder(**typed))
    assert [(each.code, each.value) for each in body.identifiers] == [("ISBN", "0306406152"), ("OCLC", "77")]
    assert body.max_cost is not None
    assert (str(body.max_cost.amount), body.max_cost.currency, body.any_edition) == ("25", "EUR", False)


async def test_an_amount_without_a_currency_is_in_our_own(live: Live):
    body = order_body(live.desk, TypedOrder(customer=CARD, max_cost="25"))
    assert body.max_cost == Money(amount=Decimal(25), currency=live.desk.money.billing.defaults.currency)


@pytest.mark.parametrize(("own", "other"), [("USD", "EUR"), ("EUR", "USD")])
async def test_a_price_that_is_none_is_explained_in_our_own_currency_whichever_it_is(live: Live, own: str, other: str):
    billing = msgspec.structs.replace(live.desk.money.billing, defaults=BillingDefaults(currency=own))
    desk = replace(live.desk, money=replace(live.desk.money, billing=billing))
    assert (await order_choices(desk, SOMEBODY)).own_currency == own
    with pytest.raises(UnusableError) as caught:
        order_body(desk, TypedOrder(customer=CARD, title="The Unheard-of Herbarium", max_cost="a lot"))
    (problem,) = (each for each in caught.value.problems or () if each.column == "max_cost")
    assert f"like 25.00, in {own}; write the code behind it for another currency" in problem.words
    assert other not in problem.words


async def test_how_fast_it_is_wanted_is_chosen_from_fast_to_slow_and_nothing_is_left_out(live: Live):
    levels = [choice.value for choice in (await order_choices(live.desk, SOMEBODY)).levels]
    assert levels == ["Express", "Urgent", "Rush", "Normal", "Standard", "SecondaryMail"]
    assert set(levels) == {level.value for level in ServiceLevel}


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"title": "The Unheard-of Herbarium", "pickup_branch": "Main"}, ["max_cost"]),
        ({"need_before": "soon"}, ["title", "pickup_branch", "need_before", "max_cost"]),
    ],
    ids=["alone", "with all else that is wrong"],
)
async def test_a_price_that_is_none_is_told_at_its_field(live: Live, typed: dict[str, Any], wrong: list[str]):
    with pytest.raises(UnusableError) as caught:
        order_body(live.desk, TypedOrder(customer=CARD, max_cost="a lot", **typed))
    assert [each.column for each in caught.value.problems or ()] == wrong
