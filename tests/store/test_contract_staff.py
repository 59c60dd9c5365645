"""The contract of the port, on both stores: accounts, sessions, and who looked up a customer."""

import asyncio
from datetime import timedelta

import msgspec

from gateway.store.port import Store
from gateway.workflow.staff import Account, LookUp, LookUpWay, Session, SignInWay, StaffRole, Switch, Switching
from tests.store.values import NOW, creation, later

ANN = Account(name="Ann", role=StaffRole.TECHNICIAN, made_at=NOW, made_by="first-admin", password_hash="a-hash")
ELSEWHERE = "https://id.example.org 17"


def session(name: str, account: str = "ann", *, seen: float = 0, days: float = 7) -> Session:
    return Session(
        id=name,
        hash=f"hash-of-{name}",
        account=account,
        made_at=NOW,
        last_seen_at=later(seen),
        ends_at=NOW + timedelta(days=days),
        way=SignInWay.PASSWORD,
        address="192.0.2.1",
        agent="Example Browser",
    )


async def test_an_account_is_found_in_any_case_and_its_name_is_taken_in_any(store: Store) -> None:
    assert await store.add_account(ANN)
    assert not await store.add_account(msgspec.structs.replace(ANN, name="ANN", role=StaffRole.ADMIN))
    assert await store.account(" aNN") == ANN
    assert await store.account("ann\0") is None
    assert await store.accounts() == (ANN,)


async def test_a_person_at_a_provider_has_one_account(store: Store) -> None:
    outside = msgspec.structs.replace(ANN, password_hash=None, oidc_subject=ELSEWHERE)
    assert await store.add_account(outside)
    assert not await store.add_account(msgspec.structs.replace(outside, name="Ann2"))
    assert await store.account_of_subject(ELSEWHERE) == outside
    assert await store.account_of_subject("https://id.example.org 18") is None


async def test_of_two_changes_of_one_account_at_once_one_is_written(store: Store) -> None:
    """Else a new password could undo that the account was disabled."""
    await store.add_account(ANN)
    disabled = msgspec.structs.replace(ANN, version=2, disabled_at=NOW)
    renewed = msgspec.structs.replace(ANN, version=2, password_hash="another")
    written = await asyncio.gather(store.save_account(disabled), store.save_account(renewed))
    assert sorted(written) == [False, True]
    assert await store.account("ann") == (disabled if written[0] else renewed)


async def test_a_session_is_found_by_its_hash_with_its_account_as_it_is_now(store: Store) -> None:
    await store.add_account(ANN)
    await store.add_session(session("one"))
    promoted = msgspec.structs.replace(ANN, version=2, role=StaffRole.MANAGER)
    await store.save_account(promoted)
    await store.session_seen("one", at=later(60))
    seen = msgspec.structs.replace(session("one"), last_seen_at=later(60))
    assert await store.session_by_hash("hash-of-one") == (seen, promoted)
    assert await store.session_by_hash("hash-of-two") is None


async def test_a_revoked_session_keeps_the_time_and_is_listed_no_more(store: Store) -> None:
    await store.add_account(ANN)
    await store.add_session(session("one"))
    assert await store.revoke_session("one", at=later(60))
    assert not await store.revoke_session("one", at=later(90))
    assert not await store.revoke_session("two", at=later(90))
    found = await store.session_by_hash("hash-of-one")
    assert found is not None
    assert found[0].revoked_at == later(60)
    assert await store.sessions(at=NOW) == ()


async def test_sessions_are_listed_seen_last_first_of_one_account_or_all(store: Store) -> None:
    await store.add_account(ANN)
    await store.add_account(msgspec.structs.replace(ANN, name="bob"))
    one, two, other, over = (
        session("one"),
        session("two", seen=30),
        session("other", "bob", seen=10),
        session("over", days=0),
    )
    for each in (one, two, other, over):
        await store.add_session(each)
    assert await store.sessions(at=NOW) == (two, other, one)
    assert await store.sessions(account="Ann", at=NOW) == (two, one)


async def test_all_sessions_of_an_account_end_but_one(store: Store) -> None:
    await store.add_account(ANN)
    for name in ("one", "two", "three"):
        await store.add_session(session(name))
    assert await store.revoke_sessions("ANN", at=NOW, but="two") == 2
    assert [each.id for each in await store.sessions(at=NOW)] == ["two"]
    assert await store.revoke_sessions("ann", at=NOW) == 1


async def test_sessions_that_ended_long_ago_are_forgotten(store: Store) -> None:
    await store.add_account(ANN)
    await store.add_session(session("old", days=1))
    await store.add_session(session("new"))
    assert await store.forget_sessions(ended_before=NOW + timedelta(days=2)) == 1
    assert await store.session_by_hash("hash-of-old") is None
    assert await store.session_by_hash("hash-of-new") is not None


async def test_what_was_done_last_to_a_switch_counts_and_all_of_it_is_told_newest_first(store: Store) -> None:
    assert await store.switched() == {}
    off, on, slips = (
        Switching(switch=switch, is_on=is_on, at=later(at), by=by)
        for switch, is_on, at, by in (
            (Switch.REPORT, False, 0, "ann"),
            (Switch.REPORT, True, 0, "bob"),
            (Switch.PULL_SLIPS, False, 60, "ann"),
        )
    )
    for each in (off, on, slips):
        await store.switch(each)
    assert await store.switched() == {Switch.REPORT: on, Switch.PULL_SLIPS: slips}
    assert await store.switchings(limit=2) == (slips, on)
    assert await store.switchings(limit=9) == (slips, on, off)


async def test_who_looked_up_a_customer_is_counted_and_listed_newest_first(store: Store) -> None:
    await store.commit(creation(1))
    looks = [
        LookUp(at=later(at), by=by, request=request, way=LookUpWay.REQUEST if request else LookUpWay.CARD, what="Why.")
        for at, by, request in ((0, "ann", "HILL-1"), (60, "bob", None), (120, "ann", None))
    ]
    await store.add_look_ups(looks)
    strap = LookUp(at=later(-60), by="ann", request="HILL-1", way=LookUpWay.STRAP, what="Printed.")
    await store.add_look_ups([strap])
    assert await store.count_look_ups("ann", since=later(-60)) == 2, "but for what a strap showed"
    assert await store.count_look_ups("ann", since=later(1)) == 1
    found = await store.look_ups(limit=3)
    assert [each for _, each in found] == [strap, looks[2], looks[1]]
    assert [each for _, each in await store.look_ups(before=found[-1][0], limit=2)] == [looks[0]]
    assert [each for _, each in await store.look_ups(by="ann", limit=9)] == [looks[2], looks[0], strap]
    assert [each for _, each in await store.look_ups(request="HILL-1", limit=9)] == [strap, looks[0]]
