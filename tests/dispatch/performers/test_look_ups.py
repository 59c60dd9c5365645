"""Copies are found and asked about; what can not be asked about, or is not known, keeps no other's answer back."""

import msgspec
import pytest
from pysip2.models import SIPRequest

from gateway.dispatch.performers.look_ups import UNKNOWN_ITEM_WAIT_S
from gateway.dispatch.results import Fault, Later
from gateway.sip2.codec import Reply
from gateway.sip2.errors import Outcome, Unknown
from gateway.workflow.effects import AskCopies, FindCopies
from gateway.workflow.events import CopiesChecked, CopiesFound
from gateway.workflow.finding import CatalogueSilentError
from gateway.workflow.records import AnswerKind, Copy
from tests.dispatch.house import BARCODE, DATE, ITEM_HERE, House, sip2
from tests.dispatch.performers.performed import BUSY, UNWRITABLE, event_of, perform, row

NO_SUCH_ITEM = sip2(f"18010001{DATE}AB{BARCODE}|AJ|")


async def test_copies_are_found_and_no_more_than_the_policy_asks_about(house: House):
    house.finder.copies = tuple(Copy(item_barcode=str(number), branch="EXC") for number in range(30))
    await house.set_policy(max_copies=7)
    found = event_of(await perform(house, FindCopies(wanted=(await house.new("R0")).wanted)))
    assert isinstance(found, CopiesFound)
    assert len(found.copies) == 7


async def test_no_copy_comes_with_the_policys_answer(house: House):
    house.finder.copies = ()
    found = event_of(await perform(house, FindCopies(wanted=(await house.new("R0")).wanted)))
    assert isinstance(found, CopiesFound)
    assert found.answer is not None
    assert found.answer.reason == "NotHeld"
    assert found.auto, "the partner gets answers by itself"


async def test_not_held_is_staffs_to_say_where_the_look_up_proves_nothing(house: House):
    house.finder.copies, house.finder.certain = (), False
    found = event_of(await perform(house, FindCopies(wanted=(await house.new("R0")).wanted)))
    assert isinstance(found, CopiesFound)
    assert (found.auto, found.words) == (False, "Found.")


async def test_a_silent_catalogue_is_asked_again_later(house: House, monkeypatch: pytest.MonkeyPatch):
    async def silent(wanted):
        raise CatalogueSilentError("The catalogue did not answer.")

    monkeypatch.setattr(house.finder, "find", silent)
    report = await perform(house, FindCopies(wanted=(await house.new("R0")).wanted))
    assert isinstance(report, Later)
    assert (report.words, report.unstarted) == ("The catalogue did not answer.", True)


async def test_every_copy_is_asked_about_and_the_policy_answers(house: House):
    checked = event_of(await perform(house, AskCopies(copies=house.finder.copies)))
    assert isinstance(checked, CopiesChecked)
    assert checked.answer.kind is AnswerKind.SUPPLY
    assert checked.auto
    assert house.acs.asked == ["17"]


@pytest.mark.parametrize("trouble", [BUSY, Unknown("17", Outcome.TIMEOUT)])
async def test_copies_that_cannot_be_asked_about_wait(house: House, trouble: Exception):
    house.acs.answers["17"] = trouble
    assert isinstance(await perform(house, AskCopies(copies=house.finder.copies)), Later)


async def test_a_copy_whose_barcode_cannot_be_written_is_passed_over_and_the_others_answers_are_kept(house: House):
    odd = Copy(item_barcode="3000\u20130001011", branch="EXC")

    def item(request: SIPRequest) -> Reply | Exception:
        return UNWRITABLE if request.item_identifier == odd.item_barcode else ITEM_HERE  # type: ignore[attr-defined]

    house.acs.answers["17"] = item
    checked = event_of(await perform(house, AskCopies(copies=(odd, *house.finder.copies))))
    assert isinstance(checked, CopiesChecked)
    assert [each.status for each in checked.copies] == ["", "03"]
    assert checked.answer.kind is AnswerKind.SUPPLY


@pytest.mark.parametrize("others", [ITEM_HERE, NO_SUCH_ITEM], ids=["can be sent", "not known"])
async def test_a_copy_whose_reply_is_lost_again_keeps_no_others_answer_back(house: House, others: Reply):
    lost = Copy(item_barcode="30000000001028", branch="EXC")

    def item(request: SIPRequest) -> Reply | Exception:
        is_lost = request.item_identifier == lost.item_barcode  # type: ignore[attr-defined]
        return Unknown("17", Outcome.WRONG_ECHO) if is_lost else others

    house.acs.answers["17"] = item
    request = await house.new()
    asking = row(request, AskCopies(copies=(lost, *house.finder.copies)))
    assert isinstance(await house.performers.perform(asking, request), Later)
    checked = event_of(await house.performers.perform(msgspec.structs.replace(asking, attempts=1), request))
    assert isinstance(checked, CopiesChecked)
    assert checked.copies[0].status == ""
    assert checked.answer.kind is (AnswerKind.SUPPLY if others is ITEM_HERE else AnswerKind.STAFF)


async def test_where_every_reply_is_lost_again_the_asking_waits(house: House):
    house.acs.answers["17"] = Unknown("17", Outcome.TIMEOUT)
    request = await house.new()
    asking = msgspec.structs.replace(row(request, AskCopies(copies=house.finder.copies)), attempts=1)
    assert isinstance(await house.performers.perform(asking, request), Later)


async def test_where_no_copys_barcode_can_be_written_staff_decide_at_once(house: House):
    house.acs.answers["17"] = UNWRITABLE
    checked = event_of(await perform(house, AskCopies(copies=house.finder.copies)))
    assert isinstance(checked, CopiesChecked)
    assert checked.answer.kind is AnswerKind.STAFF


async def test_a_copy_that_is_not_known_there_is_asked_about_once_more_before_that_counts(house: House):
    house.acs.answers["17"] = NO_SUCH_ITEM
    request = await house.new()
    asking = row(request, AskCopies(copies=house.finder.copies))
    first = await house.performers.perform(asking, request)
    assert isinstance(first, Later)
    assert (first.fault, first.after_s, first.told) == (Fault.ITS_OWN, UNKNOWN_ITEM_WAIT_S, first.words)
    checked = event_of(await house.performers.perform(msgspec.structs.replace(asking, attempts=1), request))
    assert isinstance(checked, CopiesChecked)
    assert checked.answer.kind is AnswerKind.STAFF
    assert not checked.copies[0].known


async def test_a_copy_that_can_be_sent_waits_for_none_that_is_not_known(house: House, monkeypatch: pytest.MonkeyPatch):
    copies = (*house.finder.copies, Copy(item_barcode="399990002", branch="EXC"))
    replies = iter([ITEM_HERE, NO_SUCH_ITEM])

    async def exchange(_request: object, **_: object) -> object:
        return next(replies)

    monkeypatch.setattr(house.acs, "exchange", exchange)
    checked = event_of(await perform(house, AskCopies(copies=copies)))
    assert isinstance(checked, CopiesChecked)
    assert checked.answer.kind is AnswerKind.SUPPLY
