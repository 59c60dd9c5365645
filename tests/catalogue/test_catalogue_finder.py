"""Finding copies in a catalogue: the ladder climbed, words for the timeline, a silent catalogue."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from gateway.catalogue.asking import CatalogueTroubleError
from gateway.catalogue.cache import KeptAnswer
from gateway.catalogue.catalogue_finder import CatalogueFinder
from gateway.catalogue.marc import Bib
from gateway.workflow.finding import CatalogueSilentError
from gateway.workflow.records import Copy
from gateway.workflow.values import Editions, Identifier, Wanted
from tests.catalogue.records import SETTINGS

AT = datetime(2026, 10, 28, 15, 2, tzinfo=UTC)
ZONE = ZoneInfo("America/Chicago")
BY_ISBN = Wanted(identifiers=(Identifier(code="ISBN", value="0306406152"),), title="The Imaginary Almanac")


def copy(number: int, volume: str | None = None) -> Copy:
    return Copy(item_barcode=f"3000000000000{number}", branch="MAIN", volume=volume)


def bib(
    number: int,
    *,
    year: int = 1998,
    keys: tuple[str, ...] = ("isbn:9780306406157",),
    title: str = "The imaginary almanac",
) -> Bib:
    return Bib(
        number=f"b{number}",
        keys=frozenset(keys),
        main_title=title,
        full_title=title,
        authors=("Example, Ada",),
        years=(year,),
        copies=(copy(number),),
    )


class Catalogue:
    """Answers queries that hold a text with its records; may be silent."""

    def __init__(self, **records: tuple[Bib, ...]) -> None:
        self.records = records
        self.asked: list[str] = []
        self.silent = False
        self.refused = ""
        self.now = AT

    async def search(self, query: str) -> KeptAnswer:
        self.asked.append(query)
        if self.silent:
            raise CatalogueTroubleError("there is no connection")
        found = next((bibs for text, bibs in self.records.items() if text in query), ())
        return KeptAnswer(at=self.now, bibs=found, total=len(found), refused=self.refused)

    def finder(self, **settings: float) -> CatalogueFinder:
        changed = msgspec.structs.replace(SETTINGS, **settings)
        return CatalogueFinder(self.search, changed, now=lambda: self.now, zone=ZONE)


async def test_the_first_rung_that_finds_the_work_ends_the_search():
    catalogue = Catalogue(isbn=(bib(1), bib(2)))
    found = await catalogue.finder().find(BY_ISBN)
    assert [each.item_barcode for each in found.copies] == ["30000000000001", "30000000000002"]
    assert (found.certain, found.words) == (True, "Catalogue: ISBN 9780306406157: 2 records.")
    assert len(catalogue.asked) == 1


async def test_a_record_that_is_another_work_is_named_with_the_reason():
    catalogue = Catalogue(isbn=(bib(1, title="Principles of beekeeping"),))
    found = await catalogue.finder().find(BY_ISBN)
    assert found.copies == ()
    assert "ISBN 9780306406157: 1 record (b1 has this number and another title)" in found.words
    assert not found.certain, "the number or the title is wrong: a person looks before NotHeld goes out"


async def test_where_the_number_is_unknown_title_author_and_year_decide():
    catalogue = Catalogue(title=(bib(1, keys=()), bib(2, keys=(), year=1950)))
    wanted = msgspec.structs.replace(BY_ISBN, author="Ada Example", published="1998")
    found = await catalogue.finder().find(wanted)
    assert found.copies == (copy(1),)
    assert (
        found.words
        == "Catalogue: ISBN 9780306406157: 0 records; title “The Imaginary Almanac”, author, year: 2 records."
    )


async def test_what_is_found_by_its_title_alone_is_given_with_the_doubt():
    found = await Catalogue(title=(bib(1, keys=()),)).finder().find(Wanted(title="The Imaginary Almanac"))
    assert [each.doubt for each in found.copies] == ["found by its title alone"]


async def test_nothing_found_is_certain_only_where_the_title_was_searched_too():
    finder = Catalogue().finder()
    assert (await finder.find(BY_ISBN)).certain
    assert not (await finder.find(Wanted(identifiers=BY_ISBN.identifiers))).certain


async def test_a_refused_query_leaves_it_uncertain_and_the_others_are_tried():
    catalogue = Catalogue()
    catalogue.refused = "it does not have one of our indexes (isbn)"
    found = await catalogue.finder().find(BY_ISBN)
    assert not found.certain
    assert found.words.startswith(
        "Catalogue: ISBN 9780306406157: refused, it does not have one of our indexes (isbn); title"
    )


async def test_nothing_to_search_by_asks_nothing():
    catalogue = Catalogue()
    found = await catalogue.finder().find(Wanted(author="Example, Ada"))
    assert (found.certain, catalogue.asked) == (False, [])
    assert found.words == "Catalogue: the request names nothing that it could be searched by."


async def test_the_part_that_is_wanted_is_picked():
    work = msgspec.structs.replace(bib(1), copies=(copy(1, "v.1"), copy(2, "v.2")))
    catalogue = Catalogue(isbn=(work,))
    wanted = msgspec.structs.replace(BY_ISBN, volumes=("2",))
    assert (await catalogue.finder().find(wanted)).copies == (copy(2, "v.2"),)
    missing = await catalogue.finder().find(msgspec.structs.replace(wanted, volumes=("3",)))
    assert (missing.copies, missing.certain) == ((), True)
    assert "the work is there, but not the part that is wanted" in missing.words


async def test_items_without_a_barcode_leave_it_to_staff():
    work = msgspec.structs.replace(bib(1), copies=(), without_barcode=2)
    found = await Catalogue(isbn=(work,)).finder().find(BY_ISBN)
    assert (found.copies, found.certain) == ((), False)
    assert "items without a barcode: 2" in found.words


async def test_other_editions_are_added_where_any_will_do():
    older, newer = bib(2, year=1970, keys=()), bib(3, year=2020, keys=())
    catalogue = Catalogue(isbn=(bib(1),), title=(bib(1), older, newer))
    wanted = msgspec.structs.replace(BY_ISBN, editions=Editions.ANY)
    found = await catalogue.finder().find(wanted)
    assert [each.item_barcode[-1] for each in found.copies] == ["1", "2", "3"]
    assert found.words.endswith("other editions: 2.")


async def test_the_most_recent_edition_comes_first_where_that_is_wished():
    catalogue = Catalogue(isbn=(bib(1),), title=(bib(2, year=1970, keys=()), bib(3, year=2020, keys=())))
    wanted = msgspec.structs.replace(BY_ISBN, editions=Editions.MOST_RECENT)
    assert [each.item_barcode[-1] for each in (await catalogue.finder().find(wanted)).copies] == ["3", "1", "2"]


# ── a silent catalogue ──


async def test_an_answer_stands_for_a_while():
    catalogue = Catalogue(isbn=(bib(1),))
    finder = catalogue.finder(fresh_s=60)
    for seconds in (0, 59, 60):
        catalogue.now = AT + timedelta(seconds=seconds)
        await finder.find(BY_ISBN)
    assert len(catalogue.asked) == 2


async def test_while_the_catalogue_is_silent_an_old_answer_serves_and_says_so():
    catalogue = Catalogue(isbn=(bib(1),))
    finder = catalogue.finder()
    await finder.find(BY_ISBN)
    catalogue.silent, catalogue.now = True, AT + timedelta(hours=2)
    found = await finder.find(BY_ISBN)
    assert found.copies == (copy(1),)
    assert found.words == (
        "The catalogue did not answer (there is no connection); copies as known at 10:02. "
        "Catalogue: ISBN 9780306406157: 1 record."
    )


async def test_a_silent_catalogue_is_asked_once_and_its_old_answers_do_not_say_that_nothing_is_there():
    catalogue = Catalogue()
    finder = catalogue.finder()
    assert (await finder.find(BY_ISBN)).certain
    asked = len(catalogue.asked)
    catalogue.silent, catalogue.now = True, AT + timedelta(hours=2)
    found = await finder.find(BY_ISBN)
    assert (found.copies, found.certain) == ((), False)
    assert len(catalogue.asked) == asked + 1


async def test_an_answer_of_another_day_is_dated():
    catalogue = Catalogue(isbn=(bib(1),))
    finder = catalogue.finder()
    await finder.find(BY_ISBN)
    catalogue.silent, catalogue.now = True, AT + timedelta(hours=20)
    assert "copies as known at 2026-10-28 10:02" in (await finder.find(BY_ISBN)).words


async def test_silence_without_an_old_answer_is_no_answer():
    catalogue = Catalogue(isbn=(bib(1),))
    finder = catalogue.finder(stale_s=3600)
    await finder.find(BY_ISBN)
    catalogue.silent, catalogue.now = True, AT + timedelta(hours=2)
    with pytest.raises(CatalogueSilentError, match=r"The catalogue can't be asked: there is no connection\."):
        await finder.find(BY_ISBN)
