"""What another library's records say of whether it holds a work."""

from typing import Any

import msgspec
import pytest

from gateway.catalogue.catalogue_finder import Records
from gateway.catalogue.held import BY_NUMBER, agreement, held, held_by_symbol
from gateway.catalogue.holdings import HeldItem
from gateway.catalogue.judging import RecordJudged, Sameness
from gateway.catalogue.marc import Bib
from gateway.workflow.holdings import Held, Holding
from gateway.workflow.records import Copy
from gateway.workflow.values import Identifier, Wanted

WANTED = Wanted(title="The Imaginary Almanac")


def item(*, is_in: bool | None = None, volume: str | None = None, symbols: tuple[str, ...] = ()) -> HeldItem:
    return HeldItem(copy=Copy(item_barcode="", branch="MAIN", volume=volume), is_available=is_in, symbols=symbols)


def records(*items: HeldItem, verdict: Sameness = Sameness.SURE, number: str = "b1") -> Records:
    bib = Bib(number=number, keys=frozenset(), items=items)
    return Records(chosen=(RecordJudged(bib=bib, verdict=verdict, words="found by its title alone"),))


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


def number(code: str, value: str) -> Identifier:
    return Identifier(code=code, value=value)


@pytest.mark.parametrize(
    ("found", "wanted", "is_unfound"),
    [
        (Records(certain=False), Wanted(identifiers=(number("LCCN", "60540680"),)), True),
        (
            Records(certain=False),
            Wanted(identifiers=(number("LCCN", "60540680"),), title="The Imaginary Almanac"),
            False,
        ),
        (Records(certain=False, refused=("no such index",)), Wanted(identifiers=(number("LCCN", "60540680"),)), False),
        (Records(certain=False, unread=1), Wanted(identifiers=(number("LCCN", "60540680"),)), False),
        (Records(certain=False), Wanted(author="Example, Ada"), False),
    ],
)
def test_a_number_that_no_record_has_and_nothing_else_to_go_by(found: Records, wanted: Wanted, *, is_unfound: bool):
    said = held(found, wanted)
    assert (said.holding, said.is_unfound) == (Holding.NOT_KNOWN, is_unfound)


def doubtful(verdict: Sameness = Sameness.DOUBTFUL, *, years: tuple[int, ...] = (), **fields: Any) -> RecordJudged:
    bib = Bib(number="b1", keys=frozenset(), years=years)
    return RecordJudged(bib=bib, verdict=verdict, words="perhaps", **fields)


DATED = msgspec.structs.replace(WANTED, published="1956")


@pytest.mark.parametrize(
    ("nearer", "farther", "wanted"),
    [
        (doubtful(years=(1956,)), doubtful(years=(1955,)), DATED),
        (doubtful(years=(1955,)), doubtful(years=(1994,)), DATED),
        (doubtful(years=(1956,)), doubtful(years=(1956,), author_agrees=False), DATED),
        (doubtful(years=(1955,)), doubtful(years=(1956,), author_agrees=False), DATED),
        (doubtful(is_of_lccn=True), doubtful(), WANTED),
        (doubtful(), doubtful(likeness=0.9), WANTED),
        (doubtful(), doubtful(other_number=True), WANTED),
    ],
)
def test_the_more_of_the_order_a_doubtful_record_agrees_with_the_likelier_it_is(
    nearer: RecordJudged, farther: RecordJudged, wanted: Wanted
):
    assert agreement(nearer, wanted) > agreement(farther, wanted)
    said = held(Records(chosen=(farther, nearer)), wanted)
    assert (said.is_likely, said.agreement) == (True, agreement(nearer, wanted))


def test_a_record_that_would_be_sure_if_the_order_named_its_author_is_a_close_one():
    numbered = msgspec.structs.replace(WANTED, identifiers=(number("LCCN", "60540680"),))
    by_title = doubtful(Sameness.SURE, identity=("", 1956))
    assert held(Records(chosen=(by_title,)), numbered).is_close
    assert not held(Records(chosen=(doubtful(),)), numbered).is_close


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
    both = Records(chosen=tuple(RecordJudged(bib=bib, verdict=Sameness.SURE, words="has this number") for bib in bibs))
    said = held(both, WANTED)
    assert (said.record_id, said.words, said.editions) == ("b2", "holds it, 1 of 2 copies in", 2)


def test_the_part_that_is_wanted_counts_and_no_other():
    set_of_two = records(item(is_in=False, volume="v.1"), item(is_in=True, volume="v.2"))
    first, second, third = (held(set_of_two, msgspec.structs.replace(WANTED, volumes=(part,))) for part in "123")
    assert (first.holding, first.copies, first.volumes) == (Holding.HOLDS, 1, ("v.1",))
    assert (second.holding, second.available, second.volumes) == (Holding.AVAILABLE, 1, ("v.2",))
    assert third == Held(
        holding=Holding.HOLDS_NOT, words="holds the work, not the part that is wanted", editions=1, agreement=BY_NUMBER
    )


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


def test_of_two_that_hold_it_the_one_whose_record_agrees_to_the_year_counts_for_more_and_a_number_for_most():
    def of(year: int, **fields: Any) -> Held:
        return held(Records(chosen=(doubtful(Sameness.SURE, years=(year,), **fields),)), DATED)

    exact, off_by_one, by_number = of(1956, identity=("a", 1956)), of(1955, identity=("a", 1955)), of(1955)
    assert [each.holding for each in (exact, off_by_one, by_number)] == [Holding.HOLDS] * 3
    assert by_number.agreement > exact.agreement > off_by_one.agreement
