"""The finder over the local item list: keys in, the store's copies out."""

import pytest

from gateway.catalogue.finder import ItemListFinder
from gateway.workflow.finding import CopyFinder, Found
from gateway.workflow.records import Copy
from gateway.workflow.values import Identifier, Wanted

COPY = Copy(item_barcode="30234000517861", branch="Main")


class Shelf:
    """A look-up that remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    async def find(self, keys):
        self.asked.append(keys)
        return (COPY,)


async def test_copies_are_looked_up_by_the_keys_of_the_work():
    shelf = Shelf()
    finder: CopyFinder = ItemListFinder(shelf.find)
    wanted = Wanted(record_id="b1", identifiers=(Identifier(code="ISBN", value="0306406152"),))
    words = "Item list: searched by record:b1, isbn:9780306406157."
    assert await finder.find(wanted) == Found(copies=(COPY,), words=words)
    assert shelf.asked == [("record:b1", "isbn:9780306406157")]


async def test_a_number_that_leads_to_another_title_than_the_one_named_is_a_doubt():
    almanac = Copy(item_barcode="30234000517861", branch="Main", title="The Imaginary Almanac", author="Example, A.")

    async def look_up(keys: tuple[str, ...]) -> tuple[Copy, ...]:
        return (almanac,)

    async def doubt(title: str | None) -> str | None:
        wanted = Wanted(title=title, identifiers=(Identifier(code="ISBN", value="0306406152"),))
        (copy,) = (await ItemListFinder(look_up).find(wanted)).copies
        return copy.doubt

    assert await doubt("Principles of beekeeping") == "has this number and another title"
    assert [await doubt(title) for title in ("The imaginary almanac : a year book", "Imaginary Almanach", None)] == [
        None
    ] * 3


async def test_without_a_key_nothing_is_asked_and_nothing_is_certain():
    shelf = Shelf()
    found = await ItemListFinder(shelf.find).find(Wanted(title="The Imaginary Almanac"))
    assert (found.copies, found.certain) == ((), False)
    assert shelf.asked == []


async def test_a_number_that_is_none_is_told_and_leaves_it_uncertain():
    wanted = Wanted(record_id="b1", identifiers=(Identifier(code="ISBN", value="0306406153"),))
    found = await ItemListFinder(Shelf().find).find(wanted)
    assert found.words.endswith("Not searched by: the check digit of the ISBN is wrong: '0306406153'.")
    assert not found.certain


async def test_the_part_that_is_wanted_is_picked_where_the_list_names_parts():
    first, second = (Copy(item_barcode=str(number), branch="Main", volume=f"v.{number}") for number in (1, 2))

    async def find(_keys):
        return (first, second)

    finder = ItemListFinder(find)
    assert (await finder.find(Wanted(record_id="b1", volumes=("2",)))).copies == (second,)
    assert all(copy.doubt for copy in (await finder.find(Wanted(record_id="b1"))).copies)


async def test_a_list_that_names_no_parts_gives_what_it_has():
    found = await ItemListFinder(Shelf().find).find(Wanted(record_id="b1", volumes=("2",)))
    assert found.copies == (COPY,)


async def test_a_failing_look_up_is_not_an_empty_shelf():
    async def fail(keys):
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await ItemListFinder(fail).find(Wanted(record_id="b1"))
