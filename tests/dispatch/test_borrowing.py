"""Borrowing carried out: what stands in the way, whom to ask, and the customer's account."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from gateway.dispatch.performers.acts import standing
from gateway.dispatch.results import Fault, Later
from gateway.iso18626.codes import ServiceType
from gateway.sip2.codec import Reply
from gateway.sip2.errors import Inexpressible, NotSent, Outcome, Reason, Unknown
from gateway.store.port import Change, HistoryEntry, HistoryKind
from gateway.workflow.borrowing.guards import may_be_served_here
from gateway.workflow.borrowing_events import RotaMade, Vetted
from gateway.workflow.borrowing_records import Concern, Doubt
from gateway.workflow.copyright import count_key
from gateway.workflow.effects import MakeRota, Vet
from gateway.workflow.events import StaffActed
from gateway.workflow.finding import CatalogueSilentError
from gateway.workflow.partners import Period
from gateway.workflow.policy import PolicyLine
from gateway.workflow.records import Copy, Request
from gateway.workflow.triggers import StaffAction
from gateway.workflow.values import Wanted
from tests.dispatch.borrowing_house import (
    CARD,
    FREE_CARD,
    LENDERS,
    NUMBER,
    ask,
    asking,
    current,
    event_of,
    let,
    line,
    perform,
)
from tests.dispatch.house import BARCODE, DATE, ITEM_HERE, House, sip2

pytestmark = pytest.mark.usefixtures("borrowing")


BUSY = NotSent(Reason.BREAKER, "the circulation system does not answer")


# ── may it go out? ──


async def doubts(house: House, request: Request) -> list[Concern]:
    event = event_of(await perform(house, Vet(), request))
    assert isinstance(event, Vetted)
    return [doubt.concern for doubt in event.doubts]


async def test_nothing_stands_in_the_way_of_a_customer_who_may_borrow(house: House):
    assert await doubts(house, await ask(house)) == []
    assert house.acs.asked == ["63"]


async def test_the_account_that_is_asked_about_is_the_customers(house: House):
    asked: list[str] = []

    def answer(request: Any) -> Reply:
        asked.append(request.patron_identifier)
        return FREE_CARD

    house.acs.answers["63"] = answer
    await doubts(house, await ask(house))
    assert asked == [CARD]


async def test_a_blocked_customer_is_for_a_manager(house: House):
    house.acs.answers["63"] = sip2(f"64Y             000{DATE}000000000000000000000000AOEX|AA{CARD}|AEInventa|BLY|")
    (doubt,) = event_of(await perform(house, Vet(), await ask(house))).doubts
    assert (doubt.concern, doubt.stops) == (Concern.CUSTOMER, True)
    assert CARD not in doubt.words
    assert "Inventa" not in doubt.words


async def test_the_same_work_for_the_same_customer_is_a_duplicate_of_the_one_before(house: House):
    await ask(house, "B-27K3M-11111")
    (doubt,) = event_of(await perform(house, Vet(), await ask(house))).doubts
    assert (doubt.concern, doubt.stops) == (Concern.DUPLICATE, False)
    assert "B-27K3M-11111" in doubt.words
    assert NUMBER not in doubt.words


@pytest.mark.parametrize(
    ("said", "concerns"),
    [
        (ITEM_HERE, [Concern.OWNED]),
        (sip2(f"18030001{DATE}CF2|AB{BARCODE}|AJThe Imaginary Almanac|"), []),
        (sip2(f"18040001{DATE}CF0|AB{BARCODE}|AJThe Imaginary Almanac|"), []),
    ],
)
async def test_a_copy_of_ours_counts_where_it_is_here_and_nobody_waits_for_it(
    house: House, said: Reply, concerns: list[Concern]
):
    house.finder.copies = (Copy(item_barcode=BARCODE, branch="EXC"),)
    house.acs.answers["17"] = said
    assert await doubts(house, await ask(house)) == concerns
    assert (
        await doubts(house, await ask(house, "B-27K3M-33333", service=ServiceType.COPY, wanted=Wanted(title="X and Y")))
        == []
    )


async def test_why_our_own_copy_is_not_held_by_itself_is_said(house: House):
    house.acs.answers["17"] = ITEM_HERE
    found = []
    for number, doubt in enumerate((None, "the work has several parts, and the request names none")):
        house.finder.copies = (Copy(item_barcode=BARCODE, branch="EXC", doubt=doubt),)
        event = event_of(await perform(house, Vet(), await ask(house, f"B-27K3M-0000{number}")))
        found.append([each.words for each in event.doubts if each.concern is Concern.OWNED])
    assert "to be looked at" not in found[0][0]
    assert "It is to be looked at: the work has several parts, and the request names none." in found[1][0]


async def test_a_copy_of_ours_that_is_lent_to_nobody_is_not_held_by_itself(house: House):
    house.acs.answers["17"] = ITEM_HERE
    await house.set_policy(lines=(PolicyLine(item_types=("reference",), lend=False),))
    reference = Copy(item_barcode=BARCODE, branch="EXC", item_type="reference")
    house.finder.copies = (reference,)
    event = event_of(await perform(house, Vet(), await ask(house)))
    assert (
        "It is to be looked at: the policy lends it to nobody, so it can be used here alone." in event.doubts[0].words
    )
    assert not may_be_served_here(await current(house, NUMBER), event)
    lent = msgspec.structs.replace(reference, item_type="book")
    house.finder.copies = (reference, lent)
    event = event_of(await perform(house, Vet(), await ask(house, "B-27K3M-22222", wanted=Wanted(title="X and Y"))))
    assert (event.own[0], event.own[0].doubt) == (lent, None), "one that can be lent comes first"


async def test_the_sixth_copy_of_a_title_and_year_stops_and_the_fourth_is_said(house: House):
    wanted = Wanted(title="Journal of Imagined Results", article_title="On Nothing")
    key = count_key(wanted, house.time.now().year)
    found = []
    for number in range(1, 7):
        request = await ask(
            house, f"B-27K3M-0000{number}", service=ServiceType.COPY, copyright="US-CCG",
            wanted=Wanted(title="Journal of Imagined Results", article_title=f"On Number {number}"), copied=key,
        )  # fmt: skip
        event = event_of(await perform(house, Vet(), request))
        found.append(
            ([doubt.stops for doubt in event.doubts if doubt.concern is Concern.COPYRIGHT], len(event.warnings))
        )
    assert found == [([], 0), ([], 0), ([], 0), ([], 1), ([], 1), ([True], 0)]
    assert event.warnings == ()


async def test_what_staff_set_aside_is_not_looked_at_again(house: House):
    house.finder.copies = (Copy(item_barcode=BARCODE, branch="EXC"),)
    house.acs.answers["17"] = ITEM_HERE
    request = await ask(house)
    at = house.time.now()
    doubt = Doubt(concern=Concern.OWNED, words="We have it.")
    override = StaffActed(at=at, by="manager", action=StaffAction.OVERRIDE, reason="Ours is damaged.")
    request = await let(house, Vetted(at=at, doubts=(doubt,)), override)
    assert request.borrowed.waived == (Concern.OWNED,)
    assert await doubts(house, request) == []
    assert house.acs.asked == ["63"]


@pytest.mark.parametrize("trouble", [BUSY, Unknown("63", Outcome.TIMEOUT)])
async def test_a_silent_circulation_system_is_asked_later_and_approves_nothing(house: House, trouble: Exception):
    house.acs.answers["63"] = trouble
    report = await perform(house, Vet(), await ask(house))
    assert isinstance(report, Later)
    assert report.unstarted


@pytest.mark.parametrize(
    "said", [f"64              000{DATE}000000000000000000000000AOEX|AA{CARD}|AE|", f"941{DATE}"], ids=["mute", "other"]
)
async def test_an_answer_that_says_nothing_of_the_customer_approves_nothing(house: House, said: str):
    house.acs.answers["63"] = sip2(said)
    report = await perform(house, Vet(), await ask(house))
    assert isinstance(report, Later)
    assert (report.unstarted, report.fault) == (True, Fault.ITS_OWN)


async def test_a_silent_catalogue_is_asked_later(house: House, monkeypatch: pytest.MonkeyPatch):
    async def silent(wanted: Wanted) -> Any:
        raise CatalogueSilentError("The catalogue did not answer.")

    monkeypatch.setattr(house.finder, "find", silent)
    report = await perform(house, Vet(), await ask(house))
    assert isinstance(report, Later)
    assert report.words == "The catalogue did not answer."


# ── whom to ask ──


async def rota(house: House, request: Request) -> tuple[list[str], str]:
    event = event_of(await perform(house, MakeRota(), request))
    assert isinstance(event, RotaMade)
    return sorted(each.partner for each in event.lenders), event.words


async def test_everybody_who_can_be_asked_is_in_the_rota_with_its_symbol_and_system(house: House):
    event = event_of(await perform(house, MakeRota(), await ask(house)))
    assert {(each.partner, each.peer, each.agency) for each in event.lenders} == {
        (each.partner, each.peer, each.agency) for each in (line(house, partner) for partner in LENDERS)
    }
    assert all(each.reason for each in event.lenders)


async def test_who_was_asked_is_not_asked_again(house: House):
    assert (await rota(house, await asking(house, "other")))[0] == ["sample", "third"]


async def test_a_suspended_partner_is_passed_over_and_the_words_say_so(house: House):
    today = house.time.now().date()
    await house.set_partner(suspensions=(Period(first=today, last=today),))
    partners, words = await rota(house, await ask(house))
    assert partners == ["other", "third"]
    assert "sample" in words


@pytest.mark.parametrize("change", [{"url": None}, {"enabled": False}])
async def test_a_partner_whose_system_cannot_be_reached_is_not_asked(house: House, change: dict[str, Any]):
    await house.set_peer(**change)
    assert (await rota(house, await ask(house)))[0] == ["other", "third"]


# ── the customer ──


async def test_a_customers_account_that_cannot_be_written_stops_nobody_elses_work(house: House):
    house.acs.answers["63"] = Inexpressible("patron_identifier of message 63 has a | or a control character")
    report = await perform(house, Vet(), await asking(house))
    assert isinstance(report, Later)
    assert report.fault is Fault.ITS_OWN


async def test_an_anonymous_request_has_no_account(house: House):
    request = await asking(house)
    assert (await standing(request, house.store, house.terminal))[0] == CARD
    terminal = (await standing(request, house.store, house.terminal))[1]
    assert terminal.pickup == "EAST"
    at = house.time.now() + timedelta(seconds=1)
    assert await house.store.borrowing.anonymise([request.state], ended_before=at) == 1
    assert (await standing(await current(house), house.store, house.terminal))[0] == ""
    note = HistoryEntry(at=at, by="desk", kind=HistoryKind.NOTE, words="Still here.")
    await house.store.commit(Change(history_of=NUMBER, history=(note,)))
    assert "Still here." in await house.words(request)
