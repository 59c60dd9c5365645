"""What possible lenders hold: all catalogues asked at once, over SRU, each within its bounds; a silent one says nothing."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, timedelta
from typing import Any

import msgspec
import pytest
from aiohttp import web

from gateway.catalogue.asking import SearchResult
from gateway.catalogue.sources import Ground
from gateway.dispatch.catalogues import FAILURES, LEFT_ALONE_S, Catalogues
from gateway.dispatch.performers.rota import LAST_RESORT, RotaMaker
from gateway.dispatch.results import Happened
from gateway.workflow.borrowing_events import RotaMade, Vetted
from gateway.workflow.borrowing_records import Concern
from gateway.workflow.effects import SendRequest
from gateway.workflow.holdings import Held, Holding
from gateway.workflow.partners import Partner, PartnerCatalogue, Peer
from gateway.workflow.values import Identifier, Wanted
from tests.catalogue.records import field, item, record, response
from tests.catalogue.sru_server import Answer, SruServer, sru_server
from tests.dispatch.borrowing_house import ask, asking, event_of, let
from tests.dispatch.house import House
from tests.fakes.directory import put

WANTED = Wanted(
    identifiers=(Identifier(code="ISBN", value="0306406152"),), title="The Imaginary Almanac", author="Example, Ada"
)
ISBN = field("020", a="0306406152")
IN = response(record("b1", ISBN, item("30000000000001")))
OUT = response(record("b2", ISBN, item("30000000000002", q="2026-12-24")))
NOTHING = response()
UNION = response(record("u1", ISBN, field("850", a="XX-HILLS"), field("850", a="XX-BROOK")))


async def silent(_request: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError


async def broken(_request: web.Request) -> web.StreamResponse:
    return web.Response(status=503)


class Partners:
    """Libraries with catalogues, in the directory of a house."""

    def __init__(self, house: House, catalogues: Catalogues, servers: dict[str, SruServer]) -> None:
        self.house = house
        self.catalogues = catalogues
        self.servers = servers

    async def standing(self, wanted: Wanted = WANTED) -> dict[str, Holding]:
        found = await self.catalogues.holdings(wanted)
        return {partner: held.holding for partner, held in found.by_partner.items()}


@asynccontextmanager
async def partners(
    house: House, answers: Mapping[str, Answer], *, deadline_s: float = 20.0, **settings: Any
) -> AsyncIterator[Partners]:
    """Give each of these a catalogue that answers so; `settings` are those of all records."""
    heard: list[SearchResult] = []
    async with AsyncExitStack() as stack:
        servers = {name: await stack.enter_async_context(sru_server(answer)) for name, answer in answers.items()}
        for name, server in servers.items():
            symbol = f"ISIL:XX-{name.upper()}"
            given = {"product": "koha"} | settings
            catalogue = PartnerCatalogue(url=server.url, **given)
            await put(house.store, Peer(id=f"{name}-system", url=f"http://{name}.example/", agencies=(symbol,)))
            made = Partner(id=name, name=name, peer=f"{name}-system", symbols=(symbol,), catalogue=catalogue)
            await put(house.store, made)
        await house.directory.refresh()
        catalogues = Catalogues(
            partners=lambda: house.directory.partners,
            time=house.time,
            ground=Ground(now=house.time.now, sleep=asyncio.sleep, zone=UTC),
            passwords=lambda _catalogue: None,
            on_search=lambda result, _latency_s, _words: heard.append(result),
            deadline_s=deadline_s,
        )
        stack.push_async_callback(catalogues.close)
        yield Partners(house, catalogues, servers)


async def change(them: Partners, name: str, **fields: Any) -> None:
    partner = them.house.directory.partner(name)
    assert partner is not None
    await put(them.house.store, msgspec.structs.replace(partner, **fields))
    await them.house.directory.refresh()


async def test_each_library_stands_as_its_catalogue_says(house: House):
    async with partners(house, {"brook": IN, "hills": OUT, "valley": NOTHING, "shore": broken}) as them:
        found = await them.catalogues.holdings(WANTED)
    assert [found.of(name).holding for name in ("brook", "hills", "valley", "shore", "sample")] == [
        Holding.AVAILABLE, Holding.HOLDS, Holding.HOLDS_NOT, Holding.NOT_KNOWN, Holding.NOT_KNOWN,
    ]  # fmt: skip
    assert found.of("shore").words == "it answered with HTTP 503, and not with records"
    assert "brook: ISBN 9780306406157: 1 record" in found.words


async def test_a_silent_catalogue_costs_no_more_than_the_deadline_and_says_nothing(house: House):
    async with partners(house, {"brook": IN, "shore": silent}, deadline_s=0.5, timeout_s=30.0) as them:
        found = await them.catalogues.holdings(WANTED)
    assert (found.of("brook").holding, found.of("shore").holding) == (Holding.AVAILABLE, Holding.NOT_KNOWN)
    assert found.of("shore").words == "it did not answer within 0.5 s"


async def test_a_catalogue_that_fails_again_and_again_is_left_alone_for_a_while(house: House):
    async with partners(house, {"shore": broken}) as them:
        for _ in range(FAILURES):
            await them.standing()
        asked = len(them.servers["shore"].asked)
        found = await them.catalogues.holdings(WANTED)
        assert found.of("shore").words == "it is left alone, for it did not answer lately"
        assert len(them.servers["shore"].asked) == asked
        them.servers["shore"].answers[:] = [IN]
        await house.time.advance(LEFT_ALONE_S + 1)
        assert await them.standing() == {"shore": Holding.AVAILABLE}


async def test_no_catalogue_is_asked_more_often_than_its_record_says(house: House):
    async with partners(house, {"brook": IN}, max_per_minute=2) as them:
        for _ in range(2):
            assert await them.standing() == {"brook": Holding.AVAILABLE}
        found = await them.catalogues.holdings(WANTED)
        assert found.of("brook") == Held(words="it was asked as often as it may be in a minute")
        await house.time.advance(61)
        assert await them.standing() == {"brook": Holding.AVAILABLE}


async def by_beginnings(request: web.Request) -> web.StreamResponse:
    """Finds the work by the beginnings of its title's words alone."""
    body = IN if "almn*" in request.query["query"] or "imag*" in request.query["query"] else NOTHING
    return web.Response(body=body, content_type="text/xml")


async def test_where_nobody_holds_it_by_a_brief_look_all_that_the_ladder_has_is_tried(house: House):
    mistyped = Wanted(
        identifiers=(Identifier(code="ISBN", value="9780804429573"),),
        title="The Imaginary Almanack",
        author="Example, Ada",
    )
    async with partners(house, {"brook": by_beginnings, "hills": NOTHING}) as them:
        standing = await them.standing(msgspec.structs.replace(mistyped, identifiers=()))
        briefly = len(them.servers["hills"].asked)
    assert standing == {"brook": Holding.AVAILABLE, "hills": Holding.HOLDS_NOT}
    async with partners(house, {"brook": IN, "hills": NOTHING}) as them:
        await them.standing(msgspec.structs.replace(mistyped, identifiers=WANTED.identifiers))
        assert len(them.servers["hills"].asked) < briefly


async def test_who_comes_a_little_too_soon_waits_for_its_turn(house: House):
    async with partners(house, {"brook": IN}, max_per_minute=30) as them:
        for _ in range(30):
            await them.standing()
        waiting = asyncio.create_task(them.standing())
        while not house.time.sleepers:
            await asyncio.sleep(0)
        await house.time.advance(3)
        assert await waiting == {"brook": Holding.AVAILABLE}


async def test_an_answer_is_kept_for_the_next_who_asks(house: House):
    async with partners(house, {"brook": IN}) as them:
        await them.standing()
        await them.standing()
        assert len(them.servers["brook"].asked) == 1


async def test_a_query_carries_the_work_alone_and_not_our_own_number(house: House):
    async with partners(house, {"brook": NOTHING}) as them:
        await them.standing(msgspec.structs.replace(WANTED, record_id="our-0001"))
        asked = them.servers["brook"].asked
    assert asked
    assert not any("our-0001" in parameters["query"] for parameters in asked)
    assert {name for parameters in asked for name in parameters} == {
        "operation", "version", "query", "startRecord", "maximumRecords", "recordSchema", "recordPacking",
    }  # fmt: skip


def evergreens(*numbers: str) -> Answer:
    """Evergreen's: every clause of a query must be met, whatever joins them."""
    made = record("1", ISBN, field("901", c="77"), field("852", a="Stacks", b="EC", g="30000000000001", n="Available"))

    async def answer(request: web.Request) -> web.StreamResponse:
        asked = re.findall(r'eg\.isbn="(\w+)"', request.query["query"])
        body = response(made) if asked and set(asked) <= set(numbers) else NOTHING
        return web.Response(body=body, content_type="text/xml")

    return answer


async def test_a_catalogue_that_takes_or_for_and_is_asked_for_each_form_of_a_number(house: House):
    async with partners(house, {"brook": evergreens("0306406152")}, product="evergreen") as them:
        found = await them.catalogues.holdings(WANTED)
    held = found.of("brook")
    assert (held.holding, held.record_id) == (Holding.AVAILABLE, "77")
    assert "ISBN 9780306406157: 0 records; ISBN 9780306406157, in another form: 1 record" in found.words


async def test_a_record_that_is_changed_counts_at_once(house: House):
    async with partners(house, {"brook": IN, "hills": OUT}) as them:
        await them.standing()
        await change(them, "brook", catalogue=PartnerCatalogue(url=them.servers["hills"].url, product="koha"))
        assert await them.standing() == {"brook": Holding.HOLDS, "hills": Holding.HOLDS}
        await change(them, "brook", catalogue=PartnerCatalogue())
        assert await them.standing() == {"hills": Holding.HOLDS}


async def test_a_union_catalogue_says_it_of_those_whom_it_names_and_an_own_one_counts_before_it(house: House):
    union = {"consortium": UNION}
    async with partners(house, union, is_union=True, holdings="850", product="standard") as them:
        for name in ("hills", "brook", "shore"):
            symbol = f"ISIL:XX-{name.upper()}"
            await put(house.store, Partner(id=name, name=name, peer="consortium-system", symbols=(symbol,)))
        await house.directory.refresh()
        assert await them.standing() == {"hills": Holding.HOLDS, "brook": Holding.HOLDS}
        async with sru_server(NOTHING) as own:
            await change(them, "brook", catalogue=PartnerCatalogue(url=own.url))
            assert await them.standing() == {"hills": Holding.HOLDS, "brook": Holding.HOLDS_NOT}
        async with sru_server(broken) as own:
            await change(them, "brook", catalogue=PartnerCatalogue(url=own.url))
            assert await them.standing() == {"hills": Holding.HOLDS, "brook": Holding.HOLDS}


@pytest.mark.parametrize(
    ("answer", "ok", "words"),
    [
        (
            IN,
            True,
            "It answers: holds it, 1 of 1 copy in. Searched by ISBN 9780306406157: 1 record. Its record number there: b1.",
        ),
        (
            broken,
            False,
            "It can't be said what it holds: it answered with HTTP 503, and not with records. It has a fault of its own",
        ),
    ],
)
async def test_whoever_sets_a_catalogue_up_can_try_it(house: House, answer: Answer, *, ok: bool, words: str):
    async with partners(house, {"brook": answer}, record_number="001") as them:
        partner = house.directory.partner("brook")
        assert partner is not None
        tried = await them.catalogues.try_out(partner, WANTED)
    assert (tried.ok, tried.words.startswith(words)) == (ok, True), tried.words


async def test_nothing_that_was_known_before_has_a_bearing_on_a_trial(house: House):
    """A catalogue that is left alone since it was silent is asked all the same, and what it said before does not serve."""
    async with partners(house, {"brook": broken}) as them:
        for _ in range(FAILURES):
            await them.standing()
        them.servers["brook"].answers[:] = [IN]
        partner = house.directory.partner("brook")
        assert partner is not None
        assert (await them.catalogues.try_out(partner, WANTED)).ok
        them.servers["brook"].answers[:] = [broken]
        assert not (await them.catalogues.try_out(partner, WANTED)).ok


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


# ── which work it is ─────────────────────────────────────────────────────────────────────────────

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
