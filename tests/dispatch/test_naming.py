"""What is scanned is compared with the request: another copy is taken, another book is asked about."""

import msgspec
import pytest

from gateway.iso18626.codes import ServiceType
from gateway.sip2.errors import NotSent, Reason
from gateway.store.port import Change
from gateway.workflow.events import StaffActed
from gateway.workflow.finding import ListedItem
from gateway.workflow.machine import Decision, Refused
from gateway.workflow.records import Copy, CopyStatus, Item, ItemPlace, Request, State
from gateway.workflow.triggers import Deed, StaffAction
from tests.dispatch.house import BARCODE, DATE, House, sip2

BESIDE = "30000000001028"
ANOTHER_TITLE = sip2(f"18030001{DATE}CF0|AB{BESIDE}|AJA Field Guide to Paper Clips|")
SAME_TITLE = sip2(f"18030001{DATE}CF0|AB{BESIDE}|AJThe imaginary almanac / Ada Example|AQHILL|")
NO_SUCH_ITEM = sip2(f"18010001{DATE}AB{BESIDE}|AJ|")
TAKING = [StaffAction.ARRIVE, StaffAction.SHIP, StaffAction.DONE_BY_HAND]


async def reserved(house: House, state: State = State.WILL_SUPPLY) -> Request:
    """A request whose item waits to be pulled."""
    request = await house.new()
    changed = msgspec.structs.replace(
        request,
        state=state,
        items=(Item(copy=house.finder.copies[0], place=ItemPlace.HELD),),
        version=request.version + 1,
    )
    await house.store.commit(Change(request=changed))
    return changed


async def act(house: House, request: Request, action: StaffAction, barcode: str = BESIDE, *, sure: bool = False):
    by_hand = {"due_at": house.time.now(), "deed": Deed.CHECKOUT} if action is StaffAction.DONE_BY_HAND else {}
    event = StaffActed(
        at=house.time.now(), by="desk", action=action, item_barcodes=(barcode,), sure=sure, **by_hand  # type: ignore[arg-type]
    )  # fmt: skip
    return await house.intake.act(request.id, event)


@pytest.mark.parametrize("action", TAKING)
async def test_the_book_beside_it_is_asked_about_and_nothing_is_done(house: House, action: StaffAction):
    house.acs.answers["17"] = ANOTHER_TITLE
    request = await reserved(house)
    ruling = await act(house, request, action)
    assert isinstance(ruling, Refused)
    assert "“A Field Guide to Paper Clips”" in ruling.words
    assert "“The Imaginary Almanac”" in ruling.words
    assert await house.current() == request


@pytest.mark.parametrize("action", TAKING)
async def test_who_is_sure_has_it_taken(house: House, action: StaffAction):
    house.acs.answers["17"] = ANOTHER_TITLE
    ruling = await act(house, await reserved(house), action, sure=True)
    assert isinstance(ruling, Decision)
    (item,) = ruling.request.items
    assert (item.barcode, item.copy.title) == (BESIDE, "A Field Guide to Paper Clips")


@pytest.mark.parametrize("action", TAKING)
async def test_another_copy_of_the_title_is_taken(house: House, action: StaffAction):
    house.acs.answers["17"] = SAME_TITLE
    ruling = await act(house, await reserved(house), action)
    assert isinstance(ruling, Decision)
    assert [item.copy.branch for item in ruling.request.items if item.barcode == BESIDE] == ["HILL"], "where it belongs"


async def test_the_requests_own_item_is_not_asked_about(house: House):
    assert isinstance(await act(house, await reserved(house), StaffAction.ARRIVE, BARCODE), Decision)
    assert house.acs.asked == []


async def test_the_item_list_says_without_a_round_trip(house: House):
    other = Copy(item_barcode=BESIDE, branch="EXC", title="A Field Guide to Paper Clips")
    await house.store.import_items((ListedItem(copy=other),), replace=False)
    request = await reserved(house)
    assert isinstance(await act(house, request, StaffAction.ARRIVE), Refused)
    assert house.acs.asked == []


async def test_a_copy_with_the_number_that_was_asked_for_is_the_work_whatever_its_title(house: House):
    """A title in another language, as the list may have it."""
    other = Copy(item_barcode=BESIDE, branch="EXC", title="Der erfundene Almanach")
    await house.store.import_items((ListedItem(copy=other, keys=("record:ex000001",)),), replace=False)
    assert isinstance(await act(house, await reserved(house), StaffAction.ARRIVE), Decision)


@pytest.mark.parametrize("answer", [NO_SUCH_ITEM, NotSent(Reason.BREAKER, "it does not answer")])
async def test_what_nobody_can_say_is_asked_about_too(house: House, answer):
    house.acs.answers["17"] = answer
    request = await reserved(house)
    ruling = await act(house, request, StaffAction.SHIP)
    assert isinstance(ruling, Refused)
    assert "no item that we know a title of" in ruling.words
    assert isinstance(await act(house, request, StaffAction.SHIP, sure=True), Decision)


async def test_an_answer_by_hand_that_names_another_title_is_asked_about(house: House):
    house.acs.answers["17"] = ANOTHER_TITLE
    request = await house.new()
    assert isinstance(await act(house, request, StaffAction.ANSWER_SUPPLY), Refused)
    house.acs.answers["17"] = SAME_TITLE
    assert isinstance(await act(house, request, StaffAction.ANSWER_SUPPLY), Decision)


async def test_a_copy_is_made_of_any_item_and_the_branch_that_has_it_is_asked_for(house: House):
    house.acs.answers["17"] = sip2(f"18030001{DATE}CF0|AB{BESIDE}|AJA bound volume / Example Society|AQHILL|")
    request = await house.new()
    copied = msgspec.structs.replace(request, service=ServiceType.COPY, version=request.version + 1)
    await house.store.commit(Change(request=copied))
    ruling = await act(house, copied, StaffAction.ANSWER_SUPPLY)
    assert isinstance(ruling, Decision)
    assert [(item.barcode, item.copy.branch) for item in ruling.request.items] == [(BESIDE, "HILL")]


async def test_a_volume_that_was_only_a_candidate_is_asked_about_once_another_is_reserved(house: House):
    first, second = (
        Copy(item_barcode=barcode, branch="EXC", title="The Imaginary Almanac", volume=volume)
        for barcode, volume in ((BARCODE, "v. 1"), (BESIDE, "v. 2"))
    )
    await house.store.import_items((ListedItem(copy=first), ListedItem(copy=second)), replace=False)
    house.finder.copies = (first, second)
    request = await reserved(house)
    candidate = CopyStatus(copy=second, status="03")
    listed = msgspec.structs.replace(request, candidates=(candidate,), version=request.version + 1)
    await house.store.commit(Change(request=listed))
    assert isinstance(await act(house, listed, StaffAction.SHIP), Refused)


@pytest.mark.parametrize("action", [StaffAction.ARRIVE, StaffAction.SHIP])
@pytest.mark.parametrize("barcodes", [(), (BARCODE,)], ids=["not named", "named"])
async def test_what_is_being_shipped_for_one_request_is_not_scanned_for_another(
    house: House, action: StaffAction, barcodes: tuple[str, ...]
):
    """Two requests wait for one item; the check-in of the one would end the loan of the other."""
    first, second = await reserved(house, State.CHECKING_OUT), await house.new("R2")
    changed = msgspec.structs.replace(
        second, state=State.WILL_SUPPLY, items=(Item(copy=house.finder.copies[0], place=ItemPlace.HELD),), version=2
    )
    await house.store.commit(Change(request=changed))
    event = StaffActed(at=house.time.now(), by="desk", action=action, item_barcodes=barcodes)
    assert await house.intake.act(second.id, event) == Refused(f"Request {first.id} has barcode {BARCODE}.")
