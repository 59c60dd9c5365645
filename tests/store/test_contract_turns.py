"""The contract of the port, on both stores: turns in a lane that peers share, and what one gateway does for all."""

import asyncio

import msgspec

from gateway.store.port import LoginCount, NewEffect, Store
from gateway.store.postgres import PostgresStore
from gateway.workflow.effects import Perform
from gateway.workflow.records import Act
from tests.store.outside import run
from tests.store.values import ACS, NOW, creation, later, note

FLOOD = 10_000
NUMBERS = f"WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {FLOOD})"  # noqa: S608 - a constant
A, B, C = "a", "b", "c"


def row(peer: str, due_s: float = 0.0, *, ahead: bool = False) -> NewEffect:
    """Work of a peer in the lane that all share."""
    act = Perform(act=Act.HOLD, item_barcode="399990001")
    return NewEffect(effect=act, lane=ACS, due_at=later(due_s), peer=peer, ahead=ahead)


async def ask(store: Store, *peers: str, first: int = 1, due_s: float = 0.0, ahead: bool = False) -> None:
    """A request with a row of work for each of these peers in this order, numbered from `first`."""
    for number, peer in enumerate(peers, first):
        await store.commit(creation(number, row(peer, due_s, ahead=ahead), peer=peer))


async def served(store: Store, count: int, *, at: float = 0.0, at_a_time: int = 1) -> str:
    """Serve so many rows, each claimed and done before the next; the peers in the order in which they were."""
    order = ""
    while len(order) < count:
        claimed = await store.claim(
            ACS, now=later(at), until=later(at + 60), owner="a", limit=at_a_time, at_most=at_a_time, in_turn=True
        )
        for each in claimed:
            number = int(each.request.removeprefix("HILL-"))
            request = await store.request(each.request)
            assert request is not None
            order += request.peer
            await store.commit(note(number, completes=each.id, owner="a"))
        if not claimed:
            break
    return order


# turns


async def test_peers_take_turns_each_with_its_oldest_row(store: Store) -> None:
    await ask(store, *"aaaaabbc")
    assert await served(store, 99) == "abcabaaa"


async def test_without_turns_the_oldest_row_goes_first_whosever_it_is(store: Store) -> None:
    await ask(store, *"aab")
    claimed = await store.claim(ACS, now=later(0), until=later(60), owner="a", limit=9)
    assert [each.request for each in claimed] == ["HILL-1", "HILL-2", "HILL-3"]


async def test_who_comes_later_begins_where_the_others_are_and_not_with_what_they_had(store: Store) -> None:
    """Nobody saves turns up by having asked for nothing."""
    await ask(store, *"aaaaaaaaaa")
    assert await served(store, 6) == "aaaaaa"
    await ask(store, *"bbbbbb", first=11)
    assert await served(store, 99) in ("abababab" + "bb", "babababa" + "bb")


async def test_who_asks_for_more_while_it_is_served_gets_no_more_than_its_turns(store: Store) -> None:
    await ask(store, *"ab")
    order = ""
    for number in range(3, 40, 2):
        await ask(store, *"aa", first=number)
        order += await served(store, 1)
        await ask(store, "b", first=1000 + number)
    order += await served(store, 10)
    assert abs(order.count("a") - order.count("b")) <= 2


async def test_what_a_person_waits_for_goes_before_all_turns(store: Store) -> None:
    await ask(store, *"aabb")
    await ask(store, "a", "b", first=5, ahead=True)
    assert await served(store, 2) == "ab"
    (first, *_) = await store.pending("HILL-1")
    assert not first.ahead
    await ask(store, "c", first=7, ahead=True)
    (claimed,) = await store.claim(ACS, now=NOW, until=later(60), owner="a", limit=1, in_turn=True)
    assert (claimed.request, claimed.ahead) == ("HILL-7", True)


async def test_what_is_not_due_yet_gives_its_turn_to_the_next_and_has_it_when_it_is(store: Store) -> None:
    await ask(store, A, due_s=30.0)
    await ask(store, B, B, first=2)
    assert await served(store, 1) == B
    assert await served(store, 99, at=30.0) == A + B


async def test_order_within_a_request_stays(store: Store) -> None:
    """The second row of a request has a turn of its own, and waits for the first all the same."""
    await store.commit(creation(1, row(A), row(A), peer=A))
    await ask(store, B, B, first=2)
    assert await served(store, 99) == "aba" + "b"
    await store.commit(creation(9, row(A), row(A, ahead=True), peer=A))
    claimed = await store.claim(ACS, now=NOW, until=later(60), owner="a", limit=9, in_turn=True)
    assert len(claimed) == 1
    assert not claimed[0].ahead, "an earlier row of its request goes first, however urgent a later one is"


async def test_rows_of_a_version_that_knew_no_turns_are_served_before_all(store: Store) -> None:
    await ask(store, A)
    await store.commit(creation(2))
    await run(
        store,
        f"""INSERT INTO effects (request, key, kind, lane, is_first, due_at, effect)
            SELECT 'HILL-2', key, kind, lane, is_first, due_at, effect FROM effects WHERE lane = '{ACS}'""",  # noqa: S608
    )
    assert [(await served(store, 1)), (await store.pending("HILL-2"))] == ["example-broker", ()]


async def test_a_flood_makes_nobody_else_wait(store: Store) -> None:
    """One has posted ten thousand requests, half an hour's work; another posts one, and has its turn at once."""
    await flood(store, A)
    for at_a_time in (1, 4):
        assert A in await served(store, 8, at_a_time=at_a_time)
    await ask(store, B, first=FLOOD + 1)
    assert B in await served(store, 2)
    await ask(store, B, first=FLOOD + 2)
    await ask(store, C, first=FLOOD + 3)
    assert set(await served(store, 3)) == {A, B, C}


async def flood(store: Store, peer: str) -> None:
    """Requests of a peer, each with a row of work: as the store would have written them, at once."""
    await ask(store, peer, first=0)
    for statement in (
        """INSERT INTO requests (id, role, state, version, peer, requesting_agency_key, partner_request_id, updated_at,
                                  search, body)
            SELECT 'HILL-' || n, role, state, version, peer, requesting_agency_key, 'EV-' || n, updated_at, search, body
            FROM requests, numbers WHERE id = 'HILL-0'""",
        """INSERT INTO effects (request, key, kind, lane, is_first, due_at, effect, peer, turn)
            SELECT 'HILL-' || n, key, kind, lane, is_first, due_at, effect, peer, turn + n
            FROM effects, numbers WHERE request = 'HILL-0'""",
    ):
        await run(store, f"{NUMBERS} {statement}")


# duties


async def test_a_duty_is_taken_on_once_for_each_time(store: Store) -> None:
    assert await store.take_turn("reconcile", at=later(0), now=later(0))
    assert not await store.take_turn("reconcile", at=later(0), now=later(0))
    assert await store.take_turn("another", at=later(0), now=later(0))
    assert await store.take_turn("reconcile", at=later(1), now=later(1))
    assert not await store.take_turn("reconcile", at=later(0), now=later(0)), "a night that is long past"


async def test_a_duty_that_a_clock_which_was_ahead_has_taken_on_does_not_rest_until_then(store: Store) -> None:
    """As for some minutes after a machine has started with a wrong clock; else nothing would be sealed, compared or purged for years."""
    in_ten_years, a_day = later(10 * 365 * 86_400), 86_400
    assert await store.take_turn("seal", at=in_ten_years, now=in_ten_years)
    assert await store.take_turn("seal", at=later(60), now=later(60))
    assert await store.take_turn("seal", at=later(a_day), now=later(a_day))
    assert not await store.take_turn("seal", at=later(120), now=later(120)), (
        "clocks of several gateways differ a little"
    )


async def test_of_gateways_that_would_take_it_on_at_once_one_does(stores: tuple[PostgresStore, PostgresStore]) -> None:
    for night in range(5):
        taken = await asyncio.gather(
            *(store.take_turn("reconcile", at=later(night), now=later(night)) for store in stores * 3)
        )
        assert sum(taken) == 1


async def test_a_count_of_logins_is_written_in_place_of_the_version_that_was_read(store: Store) -> None:
    assert await store.logins("main") == LoginCount()
    trying = LoginCount(trying="here", tried_at=later(1))
    assert await store.set_logins("main", trying)
    assert not await store.set_logins("main", LoginCount(refusals=7)), "it was read before"
    assert await store.logins("main") == msgspec.structs.replace(trying, version=1)
    refused = LoginCount(refusals=1, refused_at=later(2), version=1)
    assert await store.set_logins("main", refused)
    assert await store.logins("main") == msgspec.structs.replace(refused, version=2)
    assert await store.logins("other") == LoginCount()


async def test_of_those_who_write_a_count_at_once_one_does(store: Store) -> None:
    for version in range(3):
        counts = [LoginCount(refusals=n, version=version) for n in range(5)]
        written = await asyncio.gather(*(store.set_logins("main", count) for count in counts))
        assert sorted(written) == [False] * 4 + [True]
        assert (await store.logins("main")).refusals == written.index(True)
