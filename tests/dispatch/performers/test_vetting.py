"""Whether a request may go out, where that can't be found out, and where its note tells of the customer."""

from typing import Any

import msgspec
import pytest
from pysip2.models import SIPRequest

from gateway.dispatch.intake import Cause
from gateway.dispatch.performers.vetting import NOT_CHECKED
from gateway.dispatch.results import Happened, Later
from gateway.iso18626.codes import RequestType
from gateway.orders.citation import Citation
from gateway.sip2.codec import Reply
from gateway.sip2.errors import NotSent, Reason
from gateway.store.borrowing_port import Customer
from gateway.store.port import LeaseLost
from gateway.workflow.borrowing_events import Vetted
from gateway.workflow.borrowing_records import Concern, Doubt, LenderLine
from gateway.workflow.effects import SendRequest, Vet
from gateway.workflow.events import StaffActed
from gateway.workflow.machine import Decision
from gateway.workflow.partners import CustomerDatum
from gateway.workflow.records import Request, State
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import StaffAction
from gateway.workflow.values import Identifier, Wanted
from tests.dispatch.house import DATE, OWNER, PEER, THEIRS, House, sip2
from tests.dispatch.orders import CARD, asking, order, placed
from tests.dispatch.working import SETTINGS, until, working

KNOWN = sip2(
    f"64              000{DATE}000000000000000000000000AOEX|AA{CARD}|AEPerson, Inventa|BLY|BEinventa@mail.example|"
)
LINE = LenderLine(partner="sample", peer=PEER, agency=THEIRS)


async def vetted(house: House, **fields: Any) -> tuple[Request, Vetted]:
    """A request and what was found about it; the work is not on our own shelves."""
    house.acs.answers["63"] = KNOWN
    house.finder.copies = ()
    request = await placed(house, order(**fields))
    report = await house.performers.vetting.vet(request)
    assert isinstance(report, Happened)
    assert isinstance(report.event, Vetted)
    return request, report.event


async def test_a_note_that_tells_what_the_circulation_system_knows_is_a_persons(house: House):
    _, found = await vetted(house, note="Write to inventa@mail.example")
    (doubt,) = found.doubts
    assert (doubt.concern, doubt.stops) == (Concern.NOTE, False)
    assert "e-mail address" in doubt.words
    assert "inventa" not in doubt.words


async def test_a_note_about_the_work_is_fine_and_costs_no_question_of_its_own(house: House):
    assert (await vetted(house, note="The third edition, please."))[1].doubts == ()
    assert house.acs.asked == ["63"], "one answer about the account serves both looks"


async def test_a_wrong_number_and_one_word_of_title_are_a_persons(house: House):
    """Whatever they lead a lender to would be sent; a technician may let it go on."""
    wanted = Wanted(title="Almanac", identifiers=(Identifier(code="ISBN", value="9780306406158"),))
    request, found = await vetted(house, citation=Citation(wanted=wanted))
    (doubt,) = found.doubts
    assert (doubt.concern, doubt.stops) == (Concern.WORK, False)
    await house.intake.submit(request.id, found)
    assert [task.kind for task in await house.store.tasks(request=request.id)] == [TaskKind.WORK_UNCLEAR]


async def test_another_note_goes_out_in_its_place(house: House):
    request, found = await vetted(house, note="Write to inventa@mail.example")
    await house.intake.submit(request.id, found)
    assert [task.kind for task in await house.store.tasks(request=request.id)] == [TaskKind.NOTE_TELLS]
    at = house.time.now()
    go_on = StaffActed(at=at, by="desk", action=StaffAction.GO_ON, reason="Rewritten.", note="Please hurry.")
    ruling = await house.intake.act(request.id, go_on)
    assert isinstance(ruling, Decision)
    assert (ruling.request.note, ruling.request.state) == ("Please hurry.", State.CHOOSING_LENDER)


RIGHT_CARD = "20000000090049"


def correction(house: House) -> StaffActed:
    """What history will know of it."""
    return StaffActed(at=house.time.now(), by="desk", action=StaffAction.CORRECT_CARD)


async def test_a_mistyped_card_is_corrected_and_looked_at_anew_and_history_knows_neither(house: House):
    """What staff set aside about the other customer counts no more; what they know of the person stays."""
    request, _ = await vetted(house)
    blocked = (
        Doubt(concern=Concern.CUSTOMER, words="Blocked.", stops=True),
        Doubt(concern=Concern.OWNED, words="Ours."),
    )
    await house.intake.submit(request.id, Vetted(at=house.time.now(), doubts=blocked))
    ruling = await house.intake.act(request.id, correction(house), card=RIGHT_CARD)
    assert isinstance(ruling, Decision)
    assert (ruling.request.state, ruling.request.borrowed.doubts) == (State.VETTING, ())
    assert await house.store.borrowing.customer(request.id) == Customer(barcode=RIGHT_CARD, name="Inventa Person")
    assert await house.store.tasks(request=request.id) == ()
    assert [row.effect for row in await house.store.pending(request.id) if isinstance(row.effect, Vet)] == [Vet()]
    told = repr((await house.store.request(request.id), await house.store.history(request.id)))
    assert CARD not in told
    assert RIGHT_CARD not in told
    asked_about: list[str] = []

    def account(wire: SIPRequest) -> Reply:
        asked_about.append(wire.patron_identifier)  # type: ignore[attr-defined] # pysip2 sets what a message has
        return KNOWN

    house.acs.answers["63"] = account
    await house.performers.vetting.vet(ruling.request)
    assert asked_about == [RIGHT_CARD]


async def test_a_look_at_the_mistyped_card_that_ends_late_says_nothing(house: House):
    request = await placed(house)
    claimed = await house.claim(request, Vet)
    await house.intake.act(request.id, correction(house), card=RIGHT_CARD)
    cause = Cause(completes=claimed, owner=OWNER)
    with pytest.raises(LeaseLost):
        await house.intake.submit(request.id, Vetted(at=house.time.now()), cause)


async def test_the_same_order_with_the_mistyped_card_is_the_request_that_it_made(house: House):
    """A form that is sent again, a list that is imported again."""
    mistyped = order(key="list:1")
    request = await placed(house, mistyped)
    await house.intake.act(request.id, correction(house), card=RIGHT_CARD)
    assert (await asking(house).place(mistyped, by="desk")).request == request.id


async def test_while_the_circulation_system_is_down_the_timeline_says_so_and_staff_in_the_end(house: House):
    house.acs.answers["63"] = NotSent(Reason.CONNECT, "There is no connection to the circulation system.")
    request = await placed(house)

    async def stuck() -> bool:
        return [task.kind for task in await house.store.tasks(request=request.id)] == [TaskKind.STUCK]

    async with working(house):
        await until(stuck, house, SETTINGS.backoff.longest_s)
    told = [entry for entry in await house.store.history(request.id) if entry.words.startswith(NOT_CHECKED)]
    assert len(told) == 1
    current = await house.store.request(request.id)
    assert current is not None
    assert current.state is State.VETTING, "not approved by itself"


async def test_a_look_that_fails_waits_and_says_that_nothing_was_checked(house: House):
    house.acs.answers["63"] = NotSent(Reason.BREAKER, "It was silent too often.")
    report = await house.performers.vetting.vet(await placed(house))
    assert isinstance(report, Later)
    assert report.told.startswith(NOT_CHECKED)


# ── what a lender is told of the customer ────────────────────────────────────────────────────────


async def sent(house: House, request: Request) -> bytes:
    """The request as it goes to the lender."""
    asked = msgspec.structs.replace(request.borrowed, asked=(LINE,))
    effect = SendRequest(kind=RequestType.NEW, attempt=1, lender=LINE)
    peer = house.directory.peer(PEER)
    assert peer is not None
    return await house.performers.letters.build(effect, msgspec.structs.replace(request, borrowing=asked), peer)


async def test_a_lender_is_told_nothing_of_the_customer(house: House):
    message = await sent(house, await placed(house))
    assert not [word for word in (CARD, "Inventa", "patronInfo") if word in message.decode()]


async def test_a_lender_that_must_be_told_learns_what_its_record_says_and_history_nothing(house: House):
    await house.set_partner(told_of_customers=(CustomerDatum.NAME,))
    request = await placed(house)
    message = (await sent(house, request)).decode()
    assert "<surname>Person</surname>" in message
    assert "<givenName>Inventa</givenName>" in message
    assert CARD not in message


async def test_an_anonymous_request_tells_nobody_anything(house: House):
    await house.set_partner(told_of_customers=tuple(CustomerDatum))
    request = await placed(house)
    await house.store.borrowing.anonymise([State.VETTING], ended_before=house.time.now().replace(year=2030))
    assert "patronInfo" not in (await sent(house, request)).decode()
