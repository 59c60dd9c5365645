"""What another library's records say of whether it holds a work."""

import msgspec
import pytest

from gateway.catalogue.catalogue_finder import Records
from gateway.catalogue.held import held, held_by_symbol
from gateway.catalogue.holdings import Item
from gateway.catalogue.judging import Judged, Sameness
from gateway.catalogue.marc import Bib
from gateway.workflow.holdings import Held, Holding
from gateway.workflow.records import Copy
from gateway.workflow.values import Wanted

WANTED = Wanted(title="The Imaginary Almanac")


def item(*, is_in: bool | None = None, volume: str | None = None, symbols: tuple[str, ...] = ()) -> Item:
    return Item(copy=Copy(item_barcode="", branch="MAIN", volume=volume), is_available=is_in, symbols=symbols)


def records(*items: Item, verdict: Sameness = Sameness.SURE, number: str = "b1") -> Records:
    bib = Bib(number=number, keys=frozenset(), items=items)
    return Records(chosen=(Judged(bib=bib, verdict=verdict, words="found by its title alone"),))


@pytest.mark.parametrize(
    ("found", "holding", "words"),
    [
        (records(item(is_in=True), item(is_in=False)), Holding.AVAILABLE, "holds it, 1 of 2 copies in"),
        (records(item(is_in=True)), Holding.AVAILABLE, "holds it, 1 of 1 copy in"),
        (records(item(is_in=False), item(is_in=False)), Holding.HOLDS, "holds it, all 2 copies are out"),
        (records(item(is_in=False)), Holding.HOLDS, "holds it, its copy is out"),
        (records(item(), item(is_in=False)), Holding.HOLDS, "holds it"),
        (records(), Holding.HOLDS, "holds it"),
        (
            records(item(is_in=True), verdict=Sameness.DOUBTFUL),
            Holding.NOT_KNOWN,
            "perhaps (found by its title alone)",
        ),
        (Records(certain=True), Holding.HOLDS_NOT, "does not hold it"),
        (Records(certain=False), Holding.NOT_KNOWN, "its catalogue leaves it open"),
    ],
)
def test_records_say_how_a_library_stands(found: Records, holding: Holding, words: str):
    said = held(found, WANTED)
    assert (said.holding, said.words) == (holding, words)
    assert said.is_likely == words.startswith("perhaps")
    assert said.is_out == (holding is Holding.HOLDS and words.endswith("out"))


def test_the_number_of_a_sure_record_goes_into_the_request_as_the_library_wants_it():
    assert held(records(item()), WANTED, "bib-{}").record_id == "bib-b1"
    assert held(records(item(), number=""), WANTED).record_id is None
    assert held(records(item(), verdict=Sameness.DOUBTFUL), WANTED).record_id is None


def test_of_two_records_the_one_with_a_copy_that_is_in_is_named():
    """A reprint has a record of its own and the same ISBN."""
    bibs = (
        Bib(number="b1", keys=frozenset(), items=(item(is_in=False),)),
        Bib(number="b2", keys=frozenset(), items=(item(is_in=True),)),
    )
    both = Records(chosen=tuple(Judged(bib=bib, verdict=Sameness.SURE, words="has this number") for bib in bibs))
    said = held(both, WANTED)
    assert (said.record_id, said.words, said.editions) == ("b2", "holds it, 1 of 2 copies in", 2)


def test_the_part_that_is_wanted_counts_and_no_other():
    set_of_two = records(item(is_in=False, volume="v.1"), item(is_in=True, volume="v.2"))
    first, second, third = (held(set_of_two, msgspec.structs.replace(WANTED, volumes=(part,))) for part in "123")
    assert (first.holding, first.copies, first.volumes) == (Holding.HOLDS, 1, ("v.1",))
    assert (second.holding, second.available, second.volumes) == (Holding.AVAILABLE, 1, ("v.2",))
    assert third == Held(holding=Holding.HOLDS_NOT, words="holds the work, not the part that is wanted", editions=1)


def test_a_union_catalogue_says_it_of_each_library_that_it_names():
    found = records(
        item(is_in=True, symbols=("XX-HILLS",)), item(is_in=False, symbols=("XX-VALLEY",)), item(symbols=("XX-HILLS",))
    )
    said = held_by_symbol(found, WANTED)
    assert {each.record_id for each in said.values()} == {None}, "the union's number is none of theirs"
    assert {each.record_id for each in held_by_symbol(found, WANTED, "(UNION){}").values()} == {"(UNION)b1"}
    assert {symbol: (each.holding, each.copies) for symbol, each in said.items()} == {
        "xx-hills": (Holding.AVAILABLE, 2),
        "xx-valley": (Holding.HOLDS, 1),
    }


def test_a_union_catalogue_says_nothing_of_those_whom_it_does_not_name():
    assert held_by_symbol(Records(certain=True), WANTED) == {}
    assert held_by_symbol(records(item(symbols=("XX-HILLS",)), verdict=Sameness.DOUBTFUL), WANTED) == {}
