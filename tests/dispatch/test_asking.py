"""Orders become requests, once, with what the library adds to them."""

import asyncio
from decimal import Decimal

import pytest

from gateway.dispatch.asking import KeyUsed
from gateway.iso18626.codes import ServiceType
from gateway.orders.citation import Citation
from gateway.store.port import AlreadyExists, RequestFilter
from gateway.workflow.copyright import RuleOfFive
from gateway.workflow.values import Money
from tests.dispatch.house import OURS, House
from tests.dispatch.orders import ARTICLE, CARD, asking, order, placed


async def test_an_order_is_a_request_with_a_number_of_ours(house: House):
    request = await placed(house)
    assert request.id.startswith("B-")
    assert (request.requesting_agency, request.partner_request_id) == (OURS, request.id)
    customer = await house.store.borrowing.customer(request.id)
    assert customer is not None
    assert customer.barcode == CARD


async def test_one_transaction_an_order(house: House, monkeypatch: pytest.MonkeyPatch):
    commits = []
    commit = house.store.commit

    async def counted(change: object) -> None:
        commits.append(change)
        await commit(change)  # type: ignore[arg-type]

    monkeypatch.setattr(house.store, "commit", counted)
    await placed(house)
    assert len(commits) == 1


async def test_two_with_one_key_at_once_make_one_request(house: House):
    counter, same = asking(house), order(key="call:form:17")
    both = await asyncio.gather(*(counter.place(same, by="desk") for _ in range(2)))
    assert sorted(each.is_new for each in both) == [False, True]
    assert both[0].request == both[1].request


async def test_a_key_of_another_order_is_refused(house: House):
    await placed(house, order(key="call:form:17"))
    with pytest.raises(KeyUsed):
        await placed(house, order(ARTICLE, key="call:form:17"))


async def test_a_store_that_knows_neither_key_nor_number_is_not_asked_for_ever(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    async def taken(_change: object) -> None:
        raise AlreadyExists("taken")

    monkeypatch.setattr(house.store, "commit", taken)
    with pytest.raises(AlreadyExists):
        await placed(house)


async def test_the_library_adds_its_limit_and_its_address_for_copies(house: House):
    limit = Money(amount=Decimal(15), currency="EUR")
    request = await placed(house, max_cost=limit, copies_to="ill@library.example")
    assert (request.max_cost, request.deliver_by_mail_to) == (limit, "ill@library.example")
    own = Money(amount=Decimal(3), currency="EUR")
    assert (await placed(house, order(max_cost=own), max_cost=limit)).max_cost == own


async def test_only_what_the_guidelines_govern_is_counted(house: House):
    """A recent article counts, one that is given under the law itself does not."""
    for given in (order(ARTICLE, ServiceType.COPY), order(ARTICLE, ServiceType.COPY, copyright="US-CCL")):
        await placed(house, given)
    assert await house.store.borrowing.count_copied(f"issn:00000000/{house.time.now().year}") == 1


async def test_what_is_recent_is_a_setting(house: House):
    request = await placed(house, order(ARTICLE, ServiceType.COPY), rule_of_five=RuleOfFive(recent_years=1000))
    assert request.borrowed.copyright == "US-CCG"


async def test_the_notes_of_form_and_link_go_together(house: House):
    citation = Citation(wanted=ARTICLE, note="weather: fine")
    assert (await placed(house, order(citation=citation, note="Please hurry"))).note == "Please hurry; weather: fine"


async def test_a_long_list_is_taken_in_its_order_and_known_again(house: House):
    orders = [order(key=f"list:{number}") for number in range(120)]
    first = await asking(house).place_all(orders, by="desk")
    again = await asking(house).place_all(orders, by="desk")
    assert [each.request for each in first] == [each.request for each in again]
    assert (sum(each.is_new for each in first), sum(each.is_new for each in again)) == (120, 0)
    assert len(await house.store.requests(RequestFilter(limit=200))) == 120


async def test_a_list_that_breaks_off_says_so(house: House, monkeypatch: pytest.MonkeyPatch):
    async def taken(_change: object) -> None:
        raise AlreadyExists("taken")

    monkeypatch.setattr(house.store, "commit", taken)
    with pytest.raises(AlreadyExists):
        await asking(house).place_all([order(), order()], by="desk")


def test_an_order_does_not_show_its_customer():
    assert CARD not in repr(order())
