"""The contract of the port, on both stores: after a restore nothing is claimed but what people let go on."""

from typing import get_args

import msgspec
import pytest

from gateway.iso18626.codes import Action, RequestType
from gateway.store.port import AnyWork, BackOff, EffectRow, NewEffect, Store, Token, Topic
from gateway.store.recovery_tables import ACTS_ELSEWHERE, MAILS
from gateway.workflow.borrowing_records import LenderLine
from gateway.workflow.effects import AnyEffect, SendAction, SendRequest, WorkKind
from gateway.workflow.recovery import Agreement, Beside, Recovery
from gateway.workflow.staff import Account, Session, StaffRole
from tests.store.values import ACS, creation, find_copies, later, look, perform, queued, step, timer

HELD = Recovery(since=later(100), why="A copy was restored.", copy_of=later(-3600))


HARMLESS = {
    WorkKind.FIND_COPIES, WorkKind.ASK_COPIES, WorkKind.LOOK, WorkKind.TIMER, WorkKind.VET, WorkKind.MAKE_ROTA, WorkKind.ASSIGN_BARCODE,
    WorkKind.WATCH, WorkKind.SEEK, WorkKind.HEAR_LATE, "ask item", "make paper", "make letter", "bill reminder",
}  # fmt: skip
"""Work that asks, or changes what is ours alone: done twice it does nothing twice."""


def test_each_kind_of_work_either_acts_elsewhere_or_does_nothing_twice() -> None:
    """A new kind is to be thought about."""
    acts, harmless = {*map(str, ACTS_ELSEWHERE), *MAILS}, set(map(str, HARMLESS))
    every = {str(each.__struct_config__.tag) for each in get_args(AnyWork)}
    assert acts | harmless == {*map(str, WorkKind)} | every
    assert not acts & harmless


async def claimed(store: Store, lane: str | None = ACS) -> tuple[EffectRow, ...]:
    return await store.claim(lane, now=later(200), until=later(300), owner="one", limit=10)


async def test_while_work_is_held_none_is_claimed_in_any_lane_and_in_no_turn(store: Store) -> None:
    await store.commit(creation(1, perform(), timer(), find_copies()))
    await store.recovery.begin(HELD)
    assert await store.recovery.current() == HELD
    assert await claimed(store) == ()
    assert await claimed(store, None) == ()
    in_turn = await store.claim(ACS, now=later(200), until=later(300), owner="one", limit=10, at_most=5, in_turn=True)
    assert in_turn == ()


@pytest.mark.parametrize("has_ended", [False, True])
async def test_a_recovery_of_a_time_to_come_counts_from_now_on(store: Store, *, has_ended: bool) -> None:
    await store.commit(creation(1))
    await store.recovery.begin(HELD)
    if has_ended:
        assert await store.recovery.end(at=later(101), by="ada")
    assert not await store.recovery.heed_clock(later(100))
    assert await store.recovery.heed_clock(later(50))
    assert await store.recovery.last() == msgspec.structs.replace(HELD, since=later(50))


async def test_where_a_request_changed_before_a_recovery_the_clock_that_is_behind_that_change_is_wrong(
    store: Store,
) -> None:
    """Else the messages of years would be those of since the restore."""
    await store.commit(creation(1))
    await store.recovery.begin(HELD)
    assert not await store.recovery.heed_clock(later(-50))
    assert await store.recovery.current() == HELD


async def test_whom_the_copy_left_alone_is_asked_at_once(store: Store) -> None:
    await store.set_backoff(BackOff(lane="peer:hub", until=later(3600), failures=12))
    await store.recovery.begin(HELD)
    assert await store.backoffs() == ()


ASKS = SendAction(
    action=Action.STATUS_REQUEST, attempt=1, lender=LenderLine(partner="hills", peer="hub", agency="ISIL:XX-HL")
)
ORDER = SendRequest(kind=RequestType.NEW, attempt=1, lender=ASKS.lender)
RECEIVED = msgspec.structs.replace(ASKS, action=Action.RECEIVED)


async def test_the_question_where_a_request_stands_is_asked_all_the_same(store: Store) -> None:
    await store.commit(
        creation(1, queued(ASKS, "peer:hub"), queued(msgspec.structs.replace(ASKS, action=Action.CANCEL), "peer:x"))
    )
    await store.recovery.begin(HELD)
    assert [row.effect.key for row in await claimed(store, "peer:hub")] == ["send:StatusRequest"]
    assert await claimed(store, "peer:x") == ()


@pytest.mark.parametrize("in_turn", [False, True], ids=["by time", "in turn"])
@pytest.mark.parametrize("waits", [ORDER, RECEIVED], ids=["order", "received"])
async def test_the_question_waits_behind_no_message_of_its_request_that_is_held(
    store: Store, waits: AnyEffect, *, in_turn: bool
) -> None:
    """Asked before the restore or after it: what waits before it in its lane is not claimed, so it would never be asked."""
    peer = "hub" if in_turn else None
    message, question = (
        NewEffect(effect=effect, lane="peer:hub", due_at=later(0), peer=peer) for effect in (waits, ASKS)
    )
    await store.commit(creation(1, message, question))
    await store.commit(creation(2, message))
    await store.recovery.begin(HELD)
    await store.commit(step(2, effects=(question,)))
    rows = await store.claim("peer:hub", now=later(200), until=later(300), owner="one", limit=10, in_turn=in_turn)
    assert sorted((row.request, row.effect) for row in rows) == [("HILL-1", ASKS), ("HILL-2", ASKS)]
    await store.recovery.end(at=later(160), by="ada")
    rows = await store.claim("peer:hub", now=later(200), until=later(300), owner="one", limit=10, in_turn=in_turn)
    assert sorted((row.request, row.effect) for row in rows) == [("HILL-1", waits), ("HILL-2", waits)]


async def test_while_nothing_is_held_the_question_keeps_its_place(store: Store) -> None:
    await store.commit(creation(1, queued(RECEIVED, "peer:hub"), queued(ASKS, "peer:hub")))
    assert [row.effect for row in await claimed(store, "peer:hub")] == [RECEIVED]


async def test_what_acts_elsewhere_counts_as_started_and_nothing_else_does(store: Store) -> None:
    await store.commit(creation(1, perform(), timer(), find_copies("look-ups"), look()))
    await store.claim(ACS, now=later(1), until=later(9000), owner="gone", limit=1)
    await store.recovery.begin(HELD)
    rows = {row.effect.work_kind: row for row in await store.pending("HILL-1")}
    assert {kind for kind, row in rows.items() if row.started_at == HELD.since} == {"perform"}
    assert {row.started_at for kind, row in rows.items() if kind != "perform"} == {None}
    assert {row.leased_until for row in rows.values()} == {None}, "whoever had it is gone"


async def test_what_was_known_to_be_started_keeps_its_time(store: Store) -> None:
    await store.commit(creation(1, perform()))
    (row,) = await store.claim(ACS, now=later(1), until=later(9), owner="gone", limit=1)
    await store.start(row.id, owner="gone", at=later(2))
    await store.recovery.begin(HELD)
    assert [row.started_at for row in await store.pending("HILL-1")] == [later(2)]


async def test_one_request_goes_on_and_the_others_wait(store: Store) -> None:
    for number in (1, 2):
        await store.commit(creation(number, perform()))
    await store.recovery.begin(HELD)
    assert await store.recovery.let_go("HILL-2", at=later(150), by="ada")
    assert [row.request for row in await claimed(store)] == ["HILL-2"]
    assert await store.recovery.count_going_on() == 1
    assert await store.recovery.end(at=later(160), by="ada")
    assert not await store.recovery.end(at=later(160), by="ada")
    assert [row.request for row in await claimed(store)] == ["HILL-1"]
    assert await store.recovery.current() is None


async def test_nobody_lets_go_what_is_not_held(store: Store) -> None:
    await store.commit(creation(1, perform()))
    assert not await store.recovery.let_go("HILL-1", at=later(1), by="ada")
    assert await store.recovery.let_agreeing_go(at=later(1), by="ada") == 0
    assert not await store.recovery.confirm_access(at=later(1), by="ada")


async def test_what_a_comparison_found_is_replaced_by_the_next_but_who_goes_on_goes_on(store: Store) -> None:
    for number in range(1, 5):
        await store.commit(creation(number, perform()))
    await store.recovery.begin(HELD)
    differs = Beside(request="HILL-1", agreement=Agreement.DIFFERS, words="It is out.", act="Look.")
    agrees = [Beside(request=f"HILL-{number}", agreement=Agreement.AGREES) for number in (2, 3)]
    unclear = Beside(request="HILL-4", agreement=Agreement.UNCLEAR, words="Who knows?")
    await store.recovery.keep([differs, *agrees, unclear], at=later(120))
    assert await store.recovery.compared(Agreement.DIFFERS, limit=9) == (differs,)
    assert await store.recovery.compared(Agreement.AGREES, limit=1) == (agrees[0],)
    assert await store.recovery.compared(Agreement.AGREES, after="HILL-2", limit=9) == (agrees[1],)
    assert await store.recovery.count() == {Agreement.AGREES: 2, Agreement.DIFFERS: 1, Agreement.UNCLEAR: 1}
    current = await store.recovery.current()
    assert current is not None
    assert current.compared_at == later(120)

    assert await store.recovery.let_agreeing_go(at=later(130), by="ada") == 2
    assert {row.request for row in await claimed(store)} == {"HILL-2", "HILL-3"}
    await store.recovery.keep([msgspec.structs.replace(differs, words="It is back.")], at=later(140))
    assert await store.recovery.count() == {Agreement.AGREES: 0, Agreement.DIFFERS: 1, Agreement.UNCLEAR: 0}
    assert await store.recovery.count_going_on() == 2


async def test_a_restore_during_a_recovery_begins_it_anew(store: Store) -> None:
    await store.commit(creation(1, perform()))
    await store.recovery.begin(HELD)
    await store.recovery.let_go("HILL-1", at=later(110), by="ada")
    await store.recovery.confirm_access(at=later(110), by="root")
    again = msgspec.structs.replace(HELD, since=later(120), why="Once more.")
    await store.recovery.begin(again)
    assert await store.recovery.current() == again
    assert await claimed(store) == ()


async def test_the_last_recovery_is_known_when_it_has_ended_too(store: Store) -> None:
    assert await store.recovery.last() is None
    for since in (100, 200):
        held = msgspec.structs.replace(HELD, since=later(since))
        await store.recovery.begin(held)
        assert await store.recovery.last() == held
        assert await store.recovery.end(at=later(since + 1), by="ada")
    assert await store.recovery.current() is None
    assert await store.recovery.last() == msgspec.structs.replace(HELD, since=later(200))


async def test_sessions_end_and_tokens_rest_until_they_are_confirmed(store: Store) -> None:
    await store.add_account(Account(name="ada", role=StaffRole.TECHNICIAN, made_at=later(0), made_by="root"))
    session = Session(id="s1", hash="h1", account="ada", made_at=later(0), last_seen_at=later(0), ends_at=later(90_000))
    await store.add_session(session)
    await store.add_token(Token(name="desk", role="technician", hash="abc", created_at=later(0)))
    await store.recovery.begin(HELD)
    found = await store.session_by_hash("h1")
    assert found is not None
    assert found[0].revoked_at == HELD.since
    assert [token.suspended_at for token in await store.tokens()] == [HELD.since]
    assert await store.recovery.confirm_access(at=later(150), by="root")
    assert not await store.recovery.confirm_access(at=later(151), by="root")
    assert [token.suspended_at for token in await store.tokens()] == [None]
    current = await store.recovery.current()
    assert current is not None
    assert (current.confirmed_at, current.confirmed_by) == (later(150), "root")


async def test_gateways_hear_that_work_may_go_on(store: Store) -> None:
    heard: list[None] = []
    store.on_change(Topic.RECOVERY, lambda: heard.append(None))
    await store.commit(creation(1, perform()))
    await store.recovery.begin(HELD)
    await store.recovery.let_go("HILL-1", at=later(110), by="ada")
    await store.recovery.end(at=later(120), by="ada")
    assert len(heard) >= 3


async def test_the_mark_is_kept(store: Store) -> None:
    assert await store.recovery.mark() == ("", 0)
    await store.recovery.set_mark("one", 7)
    await store.recovery.set_mark("one", 8)
    assert await store.recovery.mark() == ("one", 8)
    await store.recovery.set_mark("one", 7)
    assert await store.recovery.mark() == ("one", 8), "of two gateways the one that was halted sets nothing back"


async def test_when_a_duty_was_taken_on_last(store: Store) -> None:
    assert await store.turn_of("backup") is None
    assert await store.take_turn("backup", at=later(5), now=later(5))
    assert await store.turn_of("backup") == later(5)
