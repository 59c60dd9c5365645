"""The contract of the port, on both stores: what figures are made from."""

from datetime import date

import msgspec

from gateway.iso18626.codes import ReasonForMessage, Status
from gateway.store.port import Store
from gateway.workflow import events
from gateway.workflow.figures import Direction, FaultCount, FigureEvent, PartnerBooks, RepairsCounted, RequestHappening
from gateway.workflow.records import State
from tests.store.values import NOW, creation, entry, inbound, later, step


def told(seconds: float) -> events.Told:
    return events.Told(
        at=later(seconds), status=Status.WILL_SUPPLY, reason=ReasonForMessage.REQUEST_RESPONSE, by="gateway"
    )


async def books(store: Store, partner: str = "example-valley", *, to: float = 60, at_most: int = 10) -> PartnerBooks:
    return await store.partner_books(partner, since=NOW, until=later(to), at_most=at_most)


async def test_a_partners_history_of_a_period(store: Store) -> None:
    await store.commit(creation(1))
    of = {"updated_at": later(10), "state": State.LOANED}
    await store.commit(step(1, version=2, event=told(10), history=(entry("told", at=later(10)),), of=of))
    await store.commit(creation(2, partner="another"))
    arrival = RequestHappening(request="HILL-1", state=State.LOANED, at=NOW, what=FigureEvent.ARRIVED)
    answer = RequestHappening(
        request="HILL-1", state=State.LOANED, at=later(10), what=FigureEvent.CONFIRMED, status=Status.WILL_SUPPLY
    )
    found = await books(store)
    assert found.happenings == (arrival, answer)
    assert found.complete
    assert (await books(store, to=10)).happenings == (arrival,), "the period ends before its end"
    assert (await books(store, "nobody")) == PartnerBooks()


async def test_messages_are_counted_by_their_kind_and_repairs(store: Store) -> None:
    await store.commit(msgspec.structs.replace(creation(1), inbound=inbound(1, repairs=("order request/header",))))
    again = inbound(7, kind="requestingAgencyMessage", received_at=later(5), repairs=())
    await store.commit(step(1, version=2, inbound=again, of={"updated_at": later(5)}))
    assert (await books(store)).received == (
        RepairsCounted(kind="request", repairs=("order request/header",), count=1),
        RepairsCounted(kind="requestingAgencyMessage", repairs=(), count=1),
    )


async def test_no_more_requests_are_looked_at_than_asked_for_and_that_is_said(store: Store) -> None:
    for number in (1, 2, 3):
        await store.commit(creation(number, updated_at=later(number)))
    found = await books(store, at_most=2)
    assert (found.complete, {each.request for each in found.happenings}) == (False, {"HILL-2", "HILL-3"})
    assert (await books(store, at_most=3)).complete


async def test_failed_exchanges_add_up_by_day(store: Store) -> None:
    def counted(day: int, count: int, direction: Direction = Direction.IN) -> FaultCount:
        return FaultCount(peer="hub", day=date(2026, 1, day), direction=direction, fault="too_many", count=count)

    await store.add_faults([counted(5, 2), counted(6, 1), counted(6, 1, Direction.OUT)])
    await store.add_faults([counted(6, 3)])
    await store.add_faults([])
    assert await store.faults("hub", first=date(2026, 1, 5), last=date(2026, 1, 6)) == (
        counted(5, 2), counted(6, 4), counted(6, 1, Direction.OUT),
    )  # fmt: skip
    assert await store.faults("hub", first=date(2026, 1, 6), last=date(2026, 1, 6)) == (
        counted(6, 4), counted(6, 1, Direction.OUT),
    )  # fmt: skip
    assert await store.faults("other", first=date(2026, 1, 5), last=date(2026, 1, 6)) == ()


async def test_whether_a_partner_says_received_is_told_by_its_newest_requests(store: Store) -> None:
    await store.commit(creation(1, state=State.COMPLETED, received_at=later(5)))
    await store.commit(creation(2, partner="another", state=State.LOANED))
    told = [await store.says_received(who, since=NOW, at_most=10) for who in ("example-valley", "another", "nobody")]
    assert told == [True, False, False]


async def test_what_was_supplied_is_given_newest_first(store: Store) -> None:
    for number, state in ((1, State.LOANED), (2, State.WILL_SUPPLY), (3, State.COMPLETED)):
        await store.commit(creation(number, state=state, updated_at=later(number)))
    found = await store.fetched(since=NOW, at_most=10)
    assert [each.state for each in found] == [State.COMPLETED, State.LOANED]
    assert len(await store.fetched(since=NOW, at_most=2)) == 1, "the two that changed last"
