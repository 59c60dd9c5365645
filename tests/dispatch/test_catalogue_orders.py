"""What the catalogues of others make of an order: the rota, late answers, and which work it is."""

import asyncio
from datetime import UTC, timedelta
from typing import Any

from aiohttp import web

from gateway.dispatch.performers.rota import LAST_RESORT, RotaMaker
from gateway.dispatch.results import Happened
from gateway.workflow.borrowing_events import RotaMade, Vetted
from gateway.workflow.borrowing_records import Concern
from gateway.workflow.effects import SendRequest
from gateway.workflow.holdings import Holding
from gateway.workflow.values import Identifier, Wanted
from tests.catalogue.records import field, item, record, response
from tests.catalogue.sru_server import Answer
from tests.dispatch.borrowing_house import ask, asking, event_of, let
from tests.dispatch.house import House
from tests.dispatch.shared_catalogues import IN, ISBN, NOTHING, OUT, WANTED, Partners, broken, change, partners


async def test_the_rota_begins_with_the_one_that_holds_it_and_tells_why(house: House):
    answers: dict[str, Answer] = {"brook": NOTHING, "hills": OUT, "shore": broken, "valley": IN}
    async with partners(house, answers, number_as="koha-{}", record_number="001") as them:
        maker = RotaMaker(directory=house.directory, time=house.time, zone=UTC, look_up=them.catalogues.holdings)
        made = await maker.make(await ask(house, wanted=WANTED))
    assert isinstance(made, Happened)
    assert isinstance(made.event, RotaMade)
    assert [line.partner for line in made.event.lenders] == ["valley", "hills", "sample", "shore", "brook"]
    assert made.event.lenders[0].record_id == "koha-b1"
    assert made.event.lenders[0].reason.startswith("holds it, 1 of 1 copy in, ")
    assert made.event.words.startswith("Catalogues asked: ")


async def test_a_late_answer_puts_the_library_that_holds_it_first_while_nobody_was_asked(house: House):
    may_answer = asyncio.Event()

    async def slow(_request: web.Request) -> web.StreamResponse:
        await may_answer.wait()
        return web.Response(body=IN, content_type="text/xml")

    async with partners(house, {"brook": NOTHING, "valley": slow}, deadline_s=0.3, timeout_s=30.0) as them:
        maker = RotaMaker(
            directory=house.directory,
            time=house.time,
            zone=UTC,
            look_up=them.catalogues.holdings,
            pending=house.store.pending,
        )
        made = event_of(await maker.make(await ask(house, wanted=WANTED)))
        assert made.is_early
        assert made.lenders[0].partner == "sample"
        request = await let(house, Vetted(at=house.time.now()), made)
        assert request.partner == "sample"
        may_answer.set()
        while (await them.standing())["valley"] is not Holding.AVAILABLE:
            await asyncio.sleep(0.01)
        asked = len(them.servers["valley"].asked)
        heard = event_of(await maker.hear_late(request))
        assert len(them.servers["valley"].asked) == asked, "its answer was kept"
        assert heard.unsent == "sample"
        request = await let(house, heard)
        assert (request.partner, [line.partner for line in request.borrowed.asked]) == ("valley", ["valley"])
        (row,) = (each for each in await house.store.pending(request.id) if isinstance(each.effect, SendRequest))
        assert isinstance(row.effect, SendRequest)
        assert row.effect.lender.partner == "valley"


async def test_once_a_lender_was_asked_late_answers_order_the_others_alone(house: House):
    async with partners(house, {"brook": NOTHING, "valley": IN}) as them:
        maker = RotaMaker(
            directory=house.directory,
            time=house.time,
            zone=UTC,
            look_up=them.catalogues.holdings,
            pending=house.store.pending,
        )
        request = await asking(house, "sample", "brook", "valley")
        (row,) = (each for each in await house.store.pending(request.id) if isinstance(each.effect, SendRequest))
        now = house.time.now()
        until = now + timedelta(minutes=5)
        await house.store.claim(row.lane, now=now, until=until, owner="me", limit=1, at_most=None, in_turn=False)
        await house.store.start(row.id, owner="me", at=now, payload=b"<sent/>")
        heard = event_of(await maker.hear_late(request))
        assert heard.unsent is None
        assert [line.partner for line in heard.lenders] == ["valley", "brook"]
        again = event_of(await maker.hear_late(await let(house, heard)))
        assert not again.differs


OTHER_TITLE = response(
    record("c1", ISBN, item("30000000000009"), title="A treatise on clouds /", author="Fabulist, Fenella")
)
FULL = response(record("b7", ISBN, item("30000000000007"), field("264", b="Invented Press,", c="1998.")))


async def made_of(house: House, them: Partners, wanted: Wanted, **fields: Any) -> RotaMade:
    """The rota for an order of this work."""
    maker = RotaMaker(directory=house.directory, time=house.time, zone=UTC, look_up=them.catalogues.holdings)
    made = event_of(await maker.make(await ask(house, wanted=wanted, **fields)))
    assert isinstance(made, RotaMade)
    return made


async def test_an_order_by_number_is_completed_by_the_fullest_record_that_has_it(house: House):
    number = Wanted(identifiers=WANTED.identifiers)
    async with partners(house, {"brook": IN, "hills": FULL, "valley": NOTHING}, record_number="001") as them:
        made = await made_of(house, them, number)
    assert (made.described_by, made.filled) == ("hills", ("title", "author", "publisher", "published"))
    assert made.completed is not None
    assert (made.completed.title, made.completed.publisher) == ("The imaginary almanac", "Invented Press")


async def test_a_number_that_is_another_works_stops_the_order_unless_somebody_holds_what_its_title_says(house: House):
    async with partners(house, {"brook": OTHER_TITLE, "hills": NOTHING}) as them:
        made = await made_of(house, them, WANTED)
        (doubt,) = made.doubts
        assert doubt.words.startswith(
            "Its number is that of another work, “A treatise on clouds” by Fabulist, Fenella, "
        )
        assert (await made_of(house, them, WANTED, number="B-27K3M-22222", waived=(Concern.WORK,))).doubts == ()
    async with partners(house, {"brook": OTHER_TITLE, "hills": IN}) as them:
        assert (await made_of(house, them, WANTED, number="B-27K3M-33333")).doubts == ()


async def test_a_number_that_no_catalogue_has_stops_an_order_that_says_nothing_else(house: House):
    number = Wanted(identifiers=WANTED.identifiers)
    async with partners(house, {"brook": NOTHING, "hills": NOTHING}) as them:
        made = await made_of(house, them, number)
        assert (made.doubts, made.lenders[0].partner) == ((), "sample"), "of which nothing is known"
        await change(them, "sample", groups=(LAST_RESORT,))
        (doubt,) = (await made_of(house, them, number, number="B-27K3M-22222")).doubts
        assert doubt.concern is Concern.WORK
        assert doubt.words == (
            "No catalogue of a possible lender has a record with its number (ISBN 0306406152), and it names no title. "
            "Say which work is meant, or let it go on."
        )
        waived = await made_of(house, them, number, number="B-27K3M-33333", waived=(Concern.WORK,))
        assert waived.doubts == ()
        assert (await made_of(house, them, WANTED, number="B-27K3M-44444")).doubts == (), "it has a title"
    async with partners(house, {"brook": NOTHING, "hills": broken}) as them:
        assert (await made_of(house, them, number, number="B-27K3M-55555")).doubts == (), "one did not answer"


async def test_works_to_choose_from_are_those_of_all_catalogues(house: House):
    async with partners(house, {"brook": IN, "hills": FULL, "valley": OTHER_TITLE, "shore": broken}) as them:
        found = await them.catalogues.works(WANTED)
    assert [(work.wanted.title, work.where) for work in found.works] == [
        ("The imaginary almanac", ("brook", "hills")),
        ("A treatise on clouds", ("valley",)),
    ]
    assert "shore: it answered with HTTP 503" in found.words


OUT_WITH_LCCN = response(record("b2", field("010", a="   98765432 "), ISBN, item("30000000000002", q="2026-12-24")))


async def by_isbn(request: web.Request) -> web.StreamResponse:
    """Knows the work by its ISBN alone, which no order named."""
    body = IN if "0306406152" in request.query["query"] else NOTHING
    return web.Response(body=body, content_type="text/xml")


async def test_where_no_copy_is_in_others_are_asked_for_what_the_record_of_one_says(house: House):
    by_lccn = Wanted(identifiers=(Identifier(code="LCCN", value="98-765432"),), published="1998")
    async with partners(house, {"brook": OUT_WITH_LCCN, "hills": by_isbn}, product="standard", holdings="952") as them:
        found = await them.catalogues.holdings(by_lccn)
    assert (found.of("brook").holding, found.of("hills").holding) == (Holding.HOLDS, Holding.AVAILABLE)
    assert "As another catalogue has it: Catalogues asked: hills: " in found.words
