"""The contract of the port, on both stores: what is read of requests and their messages."""

import asyncio

import pytest

from gateway.store.port import AlreadyExists, Change, RequestFilter, Store
from gateway.workflow.records import State
from gateway.workflow.values import Wanted
from tests.store.values import creation, fields, inbound, later, note, perform, request, step


async def test_what_is_not_there_reads_as_nothing(store: Store) -> None:
    assert await store.request("HILL-404") is None
    assert await store.request_by_partner_id("ISIL:ZZ-ExVal", "EV-404") is None
    assert await store.confirmation("example-broker", "digest-404") is None
    assert await store.first_content("HILL-404") is None
    assert await store.history("HILL-404") == ()
    assert await store.messages("HILL-404") == ()
    assert await store.pending("HILL-404") == ()
    assert await store.requests(RequestFilter()) == ()
    assert await store.count_by_state() == {}


async def test_a_request_is_found_by_its_partners_id_without_regard_to_the_agencys_case(store: Store) -> None:
    await store.commit(creation())
    assert await store.request_by_partner_id("isil:zz-exval", "EV-1") == request()
    assert await store.request_by_partner_id("isil:zz-exval", "ev-1") is None
    assert await store.request_by_partner_id("isil:zz-other", "EV-1") is None


async def test_a_repeat_gets_the_first_confirmation_of_its_peer_that_was_ok(store: Store) -> None:
    await store.commit(Change(inbound=inbound(ok=False, confirmation=b"<error/>")))
    assert await store.confirmation("example-broker", "digest-1") is None
    await store.commit(Change(inbound=inbound(confirmation=b"<first/>")))
    with pytest.raises(AlreadyExists):
        await store.commit(Change(inbound=inbound(confirmation=b"<second/>")))
    await store.commit(Change(inbound=inbound(ok=False, confirmation=b"<error/>")))
    assert await store.confirmation("example-broker", "digest-1") == b"<first/>"
    assert await store.confirmation("another-broker", "digest-1") is None


async def test_a_message_that_comes_twice_at_once_is_taken_once_with_all_that_it_asks_for(store: Store) -> None:
    await store.commit(creation(1))
    await store.commit(creation(2))
    twins = [step(n, inbound=inbound(7), effects=(perform(),)) for n in (1, 2)]
    results = await asyncio.gather(*map(store.commit, twins), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["AlreadyExists", "NoneType"]
    assert len(await store.pending("HILL-1")) + len(await store.pending("HILL-2")) == 1


async def test_the_first_content_is_that_of_the_message_that_made_the_request(store: Store) -> None:
    await store.commit(Change(**{**fields(creation()), "inbound": None}))
    await store.commit(step(inbound=inbound(2)))
    await store.commit(creation(3))
    await store.commit(step(3, inbound=inbound(4)))
    assert await store.first_content("HILL-1") is None
    assert await store.first_content("HILL-3") == "content-3"


async def test_messages_come_in_the_order_of_their_arrival_with_all_that_was_kept(store: Store) -> None:
    await store.commit(creation())
    second = inbound(2, ok=False, repairs=(), document=bytes(range(256)))
    await store.commit(note(inbound=second))
    assert await store.messages("HILL-1") == (inbound(1), second)


async def test_requests_are_listed_newest_first_and_page_by_page(store: Store) -> None:
    for number, seconds in ((1, 10), (2, 30), (3, 20), (4, 20)):
        await store.commit(creation(number, updated_at=later(seconds)))
    listed: list[str] = []
    before = None
    while page := await store.requests(RequestFilter(limit=2, before=before)):
        listed += [one.id for one in page]
        before = (page[-1].updated_at, page[-1].id)
    assert listed == ["HILL-2", "HILL-4", "HILL-3", "HILL-1"]


async def test_requests_are_filtered_by_state_partner_and_role_together(store: Store) -> None:
    await store.commit(creation(1, state=State.LOANED, updated_at=later(1)))
    await store.commit(creation(2, state=State.COMPLETED, updated_at=later(2)))
    await store.commit(creation(3, state=State.LOANED, partner="other", updated_at=later(3)))

    async def ids(**where) -> list[str]:
        return [one.id for one in await store.requests(RequestFilter(**where))]

    assert await ids(states=("loaned",)) == ["HILL-3", "HILL-1"]
    assert await ids(states=("loaned", "completed", "lost")) == ["HILL-3", "HILL-2", "HILL-1"]
    assert await ids(states=("loaned", "completed"), limit=1) == ["HILL-3"]
    assert await ids(partner="example-valley", states=("loaned",)) == ["HILL-1"]
    assert await ids(role="lending", states=("loaned",)) == ["HILL-3", "HILL-1"]
    assert await ids(role="borrowing") == []
    assert await ids(partner="example-valley", before=(later(2), "HILL-2")) == ["HILL-1"]


async def test_no_request_has_an_id_with_nul(store: Store) -> None:
    """What callers may send and PostgreSQL can't hold."""
    await store.commit(creation(1))
    assert await store.request("HILL-1\0") is None
    assert await store.copy("39999\0") is None
    assert await store.request("HILL-1") is not None


async def test_a_partners_requests_in_some_states_are_counted_those_before_another_too(store: Store) -> None:
    states = (State.LOANED, State.LOST, State.LOANED, State.CHECKING)
    for number, state in enumerate(states, 1):
        await store.commit(creation(number, state=state, updated_at=later(number)))
    await store.commit(creation(5, state=State.LOANED, partner="example-hills"))
    counted = [
        await store.count_of_partner("example-valley", which, before=before)
        for which, before in [
            (("loaned",), None),
            (("loaned", "checking"), None),
            (("loaned",), (later(3), "HILL-3")),
            (("loaned",), (later(3), "HILL-4")),
        ]
    ]
    assert counted == [2, 3, 1, 2]
    assert await store.count_of_partner("example-dale", ("loaned",)) == 0


async def test_requests_are_counted_by_state(store: Store) -> None:
    for number, state in enumerate((State.LOANED, State.LOST, State.LOANED), 1):
        await store.commit(creation(number, state=state))
    assert await store.count_by_state() == {"loaned": 2, "lost": 1}


async def test_a_text_with_a_nul_is_kept(store: Store) -> None:
    """PostgreSQL's text can't hold it, JSON can."""
    await store.commit(creation(1, wanted=Wanted(title="The\0Almanac"), note="a\0b"))
    assert (await store.request("HILL-1")).note == "a\0b"  # type: ignore[union-attr]
