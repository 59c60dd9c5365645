"""What possible lenders hold: all catalogues asked at once, over SRU, each within its bounds; a silent one says nothing."""

import asyncio
import re

import msgspec
import pytest
from aiohttp import web

from gateway.dispatch.catalogues import FAILURES, LEFT_ALONE_S
from gateway.workflow.holdings import Held, Holding
from gateway.workflow.partners import Partner, PartnerCatalogue
from gateway.workflow.values import Identifier, Wanted
from tests.catalogue.records import field, record, response
from tests.catalogue.sru_server import Answer, sru_server
from tests.dispatch.house import House
from tests.dispatch.shared_catalogues import IN, ISBN, NOTHING, OUT, UNION, WANTED, broken, change, partners, silent
from tests.fakes.directory import put


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
