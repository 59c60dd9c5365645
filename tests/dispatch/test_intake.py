import asyncio
from datetime import timedelta

import msgspec
import pytest

from gateway.dispatch.intake import MAX_CONFLICTS, TAKEN, Cause, UnknownRequest
from gateway.dispatch.numbered import MOST_WITH_NUMBER
from gateway.iso18626.values import AgencyId
from gateway.store.port import BarcodeTaken, Change, HistoryEntry, HistoryKind, LeaseLost, VersionConflict
from gateway.workflow.borrowing_events import BarcodeAssigned, ItemSeen, RotaMade, Vetted
from gateway.workflow.borrowing_records import PoolState
from gateway.workflow.effects import FindCopies, StartTimer, Watch, WorkKind
from gateway.workflow.events import CopiesFound, PartnerActed, PartnerAction, StaffActed, Stuck, TimerFired
from gateway.workflow.finding import ListedItem
from gateway.workflow.machine import Decision, Ignored, Refused
from gateway.workflow.partners import STRANGER, Partner
from gateway.workflow.records import Clock, Copy, CopyStatus, Request, State
from gateway.workflow.triggers import StaffAction
from tests.dispatch import borrowing_house as borrowing
from tests.dispatch.house import ACCOUNT, BARCODE, OWNER, PEER, House, header
from tests.dispatch.house import request as message
from tests.fakes.directory import put
from tests.workflow.borrowing import on_shelf


def staff(house: House, action: StaffAction, **details: object) -> StaffActed:
    return StaffActed(at=house.time.now(), by="technician", action=action, **details)  # type: ignore[arg-type]


async def test_a_decision_its_history_and_its_effects_are_one_transaction(house: House):
    known = await house.new()
    assert [entry.kind for entry in await house.store.history(known.id)] == [
        HistoryKind.MESSAGE_IN,
        HistoryKind.DECISION,
    ]
    keys = {row.effect.key for row in await house.store.pending(known.id)}
    assert keys == {"find copies", "timer:undecided", "timer:deadline"}


async def test_a_strangers_request_is_answered_through_the_partner_that_it_was_approved_as(house: House):
    new = msgspec.structs.replace(
        message(house.time.now(), "R9"),
        header=header(house.time.now(), "R9", requesting_agency_id=AgencyId.of("ISIL:XX-STRANGE")),
    )
    await house.receive(new, peer=STRANGER)
    kept = await house.store.request_by_partner_id("ISIL:XX-STRANGE", "R9")
    assert kept is not None
    await house.intake.act(kept.id, staff(house, StaffAction.APPROVE, partner="sample"))
    approved = await house.store.request(kept.id)
    assert approved is not None
    assert (approved.partner, approved.peer) == ("sample", PEER)


async def test_who_read_an_older_version_reads_and_decides_again(house: House, monkeypatch: pytest.MonkeyPatch):
    known = await house.new()
    commit, failures = house.store.commit, [VersionConflict("somebody else")]

    async def conflicting(change):
        if failures:
            raise failures.pop()
        await commit(change)

    monkeypatch.setattr(house.store, "commit", conflicting)
    ruling = await house.intake.submit(
        known.id, PartnerActed(at=house.time.now(), by=PEER, action=PartnerAction.CANCEL)
    )
    assert isinstance(ruling, Decision)
    assert (await house.current()).state is State.CANCELLED


async def test_conflicts_without_end_are_not_hidden(house: House, monkeypatch: pytest.MonkeyPatch):
    known = await house.new()
    tries = []

    async def conflicting(change):
        tries.append(change)
        raise VersionConflict("somebody else")

    monkeypatch.setattr(house.store, "commit", conflicting)
    with pytest.raises(VersionConflict):
        await house.intake.submit(known.id, PartnerActed(at=house.time.now(), by=PEER, action=PartnerAction.CANCEL))
    assert len(tries) == MAX_CONFLICTS


async def test_events_of_one_request_are_decided_on_one_after_the_other(house: House):
    known = await house.new()
    events = [PartnerActed(at=house.time.now(), by=PEER, action=PartnerAction.STATUS_REQUEST) for _ in range(20)]
    await asyncio.gather(*(house.intake.submit(known.id, event) for event in events))
    assert (await house.current()).version == known.version + 20


async def test_what_fits_no_row_is_recorded_and_changes_nothing(house: House):
    known = await house.new()
    ruling = await house.intake.submit(known.id, PartnerActed(at=house.time.now(), by=PEER, action=PartnerAction.LOST))
    assert isinstance(ruling, Ignored)
    assert await house.current() == known
    assert (await house.store.history(known.id))[-1].kind is HistoryKind.IGNORED


async def test_a_quiet_decision_leaves_no_line_and_nothing_for_figures_to_follow(house: House):
    """A look every hour, for weeks, that shows nothing new."""
    request = on_shelf().request
    await house.store.commit(Change(request=msgspec.structs.replace(request, version=1), created=True))
    changed = await last_changed(house)
    await house.intake.submit(request.id, TimerFired(at=house.time.now(), clock=Clock.WATCH))
    (watch,) = await house.store.pending(request.id)
    seen = ItemSeen(at=house.time.now(), out=False, before=False)
    talk = (HistoryEntry(at=house.time.now(), by="gateway", kind=HistoryKind.SIP2, words="SIP2 17: reply, 1 ms."),)
    await house.intake.submit(request.id, seen, Cause(history=talk))
    assert await house.store.story.lines(request.id, before=None, limit=9) == ()
    assert await last_changed(house) == changed
    assert isinstance(watch.effect, Watch)
    assert any(isinstance(row.effect, StartTimer) for row in await house.store.pending(request.id))
    due_at = house.time.now() + timedelta(days=3)
    await house.intake.submit(request.id, msgspec.structs.replace(seen, due_at=due_at))
    assert await last_changed(house) > changed


async def last_changed(house: House) -> int:
    """The mark of the last change that figures follow."""
    piece = await house.store.facts.changed(20)
    assert piece is not None
    return piece.to.changed


async def test_staff_get_a_reason_and_nothing_is_written(house: House):
    known = await house.new()
    lines = len(await house.store.history(known.id))
    ruling = await house.intake.act(known.id, staff(house, StaffAction.SHIP))
    assert isinstance(ruling, Refused)
    assert "Looking for copies" in ruling.words
    assert len(await house.store.history(known.id)) == lines


async def test_an_unknown_request_is_said_so(house: House):
    with pytest.raises(UnknownRequest):
        await house.intake.act("L-22222-22222", staff(house, StaffAction.SHIP))


async def test_the_outcome_of_work_whose_lease_was_lost_is_dropped(house: House):
    known = await house.new()
    row = await house.claim(known, FindCopies)
    await house.store.postpone(row.id, owner=OWNER, due_at=house.time.now(), unstarted=True)
    event = CopiesFound(at=house.time.now(), copies=(Copy(item_barcode=BARCODE, branch="EXC"),))
    with pytest.raises(LeaseLost):
        await house.intake.submit(known.id, event, Cause(completes=row, owner=OWNER))
    assert (await house.current()).state is State.SEARCHING


async def test_words_that_a_step_tells_nobody_are_refused(house: House):
    known = await house.new()
    await house.intake.submit(known.id, CopiesFound(at=house.time.now()))
    refused = await house.intake.act(known.id, staff(house, StaffAction.SEARCH_AGAIN, note="We look once more."))
    assert isinstance(refused, Refused)
    assert "(inside)" in refused.words
    assert (await house.current()).version == 2, "nothing was done"
    for action in (StaffAction.SEND_MESSAGE, StaffAction.ANSWER_UNFILLED):
        assert isinstance(await house.intake.act(known.id, staff(house, action, note="On Monday.")), Decision)


async def test_words_of_an_answer_that_waits_for_a_hold_to_come_off_are_kept_for_it(house: House):
    known = await promised(house)
    ruling = await house.intake.act(known.id, staff(house, StaffAction.ANSWER_UNFILLED, note="Damp pages."))
    assert isinstance(ruling, Decision)
    assert ruling.request.state is State.RELEASING


async def test_undo_takes_back_what_has_not_begun_and_is_too_late_afterwards(house: House):
    known = await house.new()
    await house.intake.submit(known.id, CopiesFound(at=house.time.now()))
    await house.intake.act(known.id, staff(house, StaffAction.ANSWER_UNFILLED, reason="PoorCondition", undo_s=60.0))
    assert (await house.current()).state is State.UNFILLED
    assert isinstance(await house.intake.act(known.id, staff(house, StaffAction.UNDO)), Decision)
    assert (await house.current()).state is State.DECIDING
    await house.intake.act(known.id, staff(house, StaffAction.ANSWER_UNFILLED, undo_s=60.0))
    (tell,) = [row for row in await house.store.pending(known.id) if row.effect.key == "tell:Unfilled"]
    now = house.time.now() + timedelta(seconds=61)
    await house.store.claim(tell.lane, now=now, until=now + timedelta(seconds=60), owner=OWNER, limit=1)
    await house.store.start(tell.id, owner=OWNER, at=now, payload=b"<x/>")
    late = await house.intake.act(known.id, staff(house, StaffAction.UNDO))
    assert isinstance(late, Refused)
    assert "late" in late.words
    assert (await house.current()).state is State.UNFILLED


async def test_item_barcodes_become_the_copies_of_the_item_list(house: House):
    copy = Copy(item_barcode="30000000001028", branch="SMP", call_number="050 IMA")
    await house.store.import_items([ListedItem(copy=copy)], replace=True)
    known = await house.new()
    await house.intake.submit(known.id, CopiesFound(at=house.time.now()))
    await house.intake.act(known.id, staff(house, StaffAction.ANSWER_SUPPLY, item_barcodes=(copy.item_barcode,)))
    assert (await house.current()).items[0].copy == copy


async def test_an_item_that_the_list_does_not_have_can_be_named_all_the_same(house: House):
    known = await house.new()
    await house.intake.submit(known.id, CopiesFound(at=house.time.now()))
    await house.intake.act(known.id, staff(house, StaffAction.ANSWER_SUPPLY, item_barcodes=("30000000009999",)))
    assert (await house.current()).items[0].barcode == "30000000009999"


async def test_an_approval_brings_the_partners_account(house: House):
    await house.set_partner(symbols=("ISIL:XX-RENAMED",))
    known = await house.new()
    await put(house.store, Partner(id="new", name="New Example Library", peer=PEER, account="20000000090023"))
    await house.directory.refresh()
    await house.intake.act(known.id, staff(house, StaffAction.APPROVE, partner="new"))
    approved = await house.current()
    assert (approved.partner, approved.account) == ("new", "20000000090023")


async def test_the_system_wide_account_is_the_fallback(house: House):
    house.intake._fallback_account = "20000000090031"
    assert house.intake.account_for("sample") == ACCOUNT
    await house.set_partner(account=None)
    assert house.intake.account_for("sample") == "20000000090031"
    assert house.intake.account_for(None) == "20000000090031"


async def test_work_that_is_stuck_becomes_a_task_and_stays_queued(house: House):
    known = await house.new()
    await house.intake.submit(
        known.id, Stuck(at=house.time.now(), work="find copies", kind=WorkKind.FIND_COPIES, words="The list is locked.")
    )
    assert [task.kind.value for task in await house.store.tasks()] == ["stuck"]
    assert "find copies" in {row.effect.key for row in await house.store.pending(known.id)}


# ── items that staff name for a request of ours ──

OTHER = "B-27K3M-11111"


async def received(house: House, number: str) -> None:
    """A request of ours with the barcode of the pool."""
    at = house.time.now()
    await borrowing.ask(house, number)
    receive = StaffActed(at=at, by="desk", action=StaffAction.RECEIVE)
    rota = RotaMade(at=at, lenders=(borrowing.line(house, "sample"),))
    assigned = BarcodeAssigned(at=at, barcode=borrowing.POOL)
    await borrowing.let(house, Vetted(at=at), rota, receive, assigned, number=number)


async def force(house: House, number: str, barcode: str, state: State = State.WITH_CUSTOMER) -> Decision | Refused:
    event = staff(house, StaffAction.FORCE, reason="Seen.", state=state, item_barcodes=(barcode,))
    ruling = await house.intake.act(number, event)
    assert isinstance(ruling, Decision | Refused)
    return ruling


@pytest.mark.parametrize("state", [State.WITH_CUSTOMER, State.LOST, State.COMPLETED])
async def test_no_state_is_forced_with_the_barcode_of_another_request(house: House, state: State):
    await received(house, OTHER)
    await borrowing.asking(house, "sample")
    assert await force(house, borrowing.NUMBER, borrowing.POOL, state) == Refused(
        f"Request {OTHER} has barcode {borrowing.POOL}."
    )
    assert (await borrowing.current(house)).state is State.ASKING


@pytest.mark.parametrize("action", [StaffAction.RECEIVE, StaffAction.SERVE_HERE])
async def test_nor_is_anything_received_or_reserved_with_it(house: House, action: StaffAction):
    await received(house, OTHER)
    await borrowing.asking(house, "sample")
    named = staff(house, action, item_barcodes=(borrowing.POOL,))
    assert await house.intake.act(borrowing.NUMBER, named) == Refused(f"Request {OTHER} has barcode {borrowing.POOL}.")


async def test_nor_with_a_blocked_barcode(house: House):
    await house.store.borrowing.add_barcodes("pool", ["P-1"], at=house.time.now())
    await house.store.borrowing.block_barcode("P-1", blocked=True, at=house.time.now())
    await borrowing.asking(house, "sample")
    assert await force(house, borrowing.NUMBER, "P-1") == Refused("Barcode P-1 is blocked.")


async def lent_out(house: House) -> Request:
    """A partner has our item."""
    request = await house.new()
    due_at = house.time.now() + timedelta(days=42)
    seen = {"state": State.LOANED, "reason": "Seen.", "item_barcodes": (BARCODE,), "due_at": due_at}
    ruling = await house.intake.act(request.id, staff(house, StaffAction.FORCE, **seen))
    assert isinstance(ruling, Decision)
    return ruling.request


async def test_nor_with_an_item_of_ours_that_a_partner_has(house: House):
    lent = await lent_out(house)
    await borrowing.asking(house, "sample")
    assert await force(house, borrowing.NUMBER, BARCODE) == Refused(f"Request {lent.id} has barcode {BARCODE}.")


async def promised(house: House, number: str = "R1", state: State = State.WILL_SUPPLY, **seen: object) -> Request:
    """A partner's request that has our item."""
    request = await house.new(number)
    seen = {"reason": "Seen.", "item_barcodes": (BARCODE,), **seen}
    ruling = await house.intake.act(request.id, staff(house, StaffAction.FORCE, state=state, **seen))
    assert isinstance(ruling, Decision)
    return ruling.request


@pytest.mark.parametrize("state", [State.WILL_SUPPLY, State.ARRIVED, State.CHECKED_OUT, State.LOANED])
async def test_an_item_that_one_loan_has_is_neither_promised_nor_shipped_for_another(house: House, state: State):
    due_at = house.time.now() + timedelta(days=42)
    first = await promised(house, state=state, due_at=due_at)
    undecided = await house.new("R2")
    at_desk = await promised(house, "R3", State.ARRIVED, item_barcodes=("30234000517861",))
    for request, action in (
        (undecided, StaffAction.ANSWER_SUPPLY), (at_desk, StaffAction.SHIP), (at_desk, StaffAction.DONE_BY_HAND)
    ):  # fmt: skip
        named = staff(house, action, item_barcodes=(BARCODE,), due_at=due_at)
        assert await house.intake.act(request.id, named) == Refused(f"Request {first.id} has barcode {BARCODE}.")


async def test_an_item_that_is_only_a_candidate_elsewhere_can_be_promised(house: House):
    first, second = await house.new("R1"), await house.new("R2")
    candidate = CopyStatus(copy=Copy(item_barcode=BARCODE, branch=""), status="03")
    listed = msgspec.structs.replace(first, candidates=(candidate,), version=first.version + 1)
    await house.store.commit(Change(request=listed))
    named = staff(house, StaffAction.ANSWER_SUPPLY, item_barcodes=(BARCODE,))
    assert isinstance(await house.intake.act(second.id, named), Decision)


async def test_an_item_that_has_come_back_can_be_promised_again(house: House):
    await promised(house, state=State.COMPLETED)
    second = await house.new("R2")
    named = staff(house, StaffAction.ANSWER_SUPPLY, item_barcodes=(BARCODE,))
    assert isinstance(await house.intake.act(second.id, named), Decision)


async def test_what_a_loan_has_can_be_forced_for_another_with_a_reason(house: House):
    await promised(house)
    assert (await promised(house, "R2")).items[0].barcode == BARCODE


async def test_nor_with_one_of_which_many_newer_requests_are_over(house: House):
    lent = await lent_out(house)
    later = lent.updated_at + timedelta(days=1)
    for number in range(MOST_WITH_NUMBER + 1):
        names = {"id": f"R-{number}", "partner_request_id": f"P-{number}", "version": 1}
        over = msgspec.structs.replace(lent, state=State.COMPLETED, updated_at=later, **names)
        await house.store.commit(Change(request=over, created=True))
    await borrowing.asking(house, "sample")
    assert await force(house, borrowing.NUMBER, BARCODE) == Refused(f"Request {lent.id} has barcode {BARCODE}.")


async def test_a_request_keeps_its_own_barcode_and_may_name_a_free_one(house: House):
    await received(house, borrowing.NUMBER)
    for barcode in (borrowing.POOL, "P-9"):
        ruling = await force(house, borrowing.NUMBER, barcode)
        assert isinstance(ruling, Decision)
        assert [item.barcode for item in ruling.request.items] == [barcode]
    resting, taken = [await house.store.borrowing.barcode(each) for each in (borrowing.POOL, "P-9")]
    assert resting is not None
    assert taken is not None
    assert (resting.state, resting.request) == (PoolState.COOLING, None)
    assert (taken.state, taken.request) == (PoolState.WITH_CUSTOMER, borrowing.NUMBER)


async def test_what_is_lost_after_all_does_not_share_a_barcode_that_was_used_again_and_is_paid_with_another(
    house: House,
):
    await received(house, borrowing.NUMBER)
    over = staff(house, StaffAction.FORCE, reason="Seen.", state=State.COMPLETED)
    lost = staff(house, StaffAction.FORCE, reason="Not there.", state=State.LOST)
    assert isinstance(await house.intake.act(borrowing.NUMBER, over), Decision)
    await received(house, OTHER)
    assert await house.intake.act(borrowing.NUMBER, lost) == Refused(TAKEN)
    assert isinstance(await force(house, borrowing.NUMBER, "P-9", State.LOST), Decision)
    assert isinstance(await house.intake.act(borrowing.NUMBER, staff(house, StaffAction.PAID)), Decision)
    others = await house.store.borrowing.barcode(borrowing.POOL)
    assert others is not None
    assert (others.state, others.request) == (PoolState.ASSIGNED, OTHER)


async def test_a_barcode_that_is_taken_in_the_same_moment_is_refused_to_a_person_and_raised_to_our_own_work(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    await borrowing.asking(house, "sample")

    async def taken(change: Change) -> None:
        raise BarcodeTaken(borrowing.POOL)

    monkeypatch.setattr(house.store, "commit", taken)
    assert await force(house, borrowing.NUMBER, borrowing.POOL) == Refused(TAKEN)
    with pytest.raises(BarcodeTaken):
        await house.intake.submit(borrowing.NUMBER, BarcodeAssigned(at=house.time.now(), barcode=borrowing.POOL))
