"""What the records of another library's catalogue say of whether it holds a work: by item, by part, by library. Pure.

A catalogue's “no” counts only where everything was searched and read. A record that may be the work and may not is no “yes”: what
is not known stays so.
"""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from gateway.catalogue import parts
from gateway.catalogue.catalogue_finder import Records
from gateway.catalogue.holdings import HeldItem
from gateway.catalogue.judging import EXACT_TITLE, YEARS_APART, RecordJudged, Sameness
from gateway.catalogue.likeness import years_apart
from gateway.workflow.holdings import Held, Holding
from gateway.workflow.values import Wanted

NUMBER_ALONE: Final = "{}"
"""How a record number is written in a request where nothing else is said."""
BY_NUMBER: Final = 6
"""The agreement of a record that has the order's number: more than any title can come to."""
MOST_VOLUMES: Final = 20
"""Captions that are told of one library."""


def held(records: Records, wanted: Wanted, number_as: str = NUMBER_ALONE) -> Held:
    """Say whether the library of a catalogue holds the work; `number_as` is how its record number is written in a request."""
    sure = [each for each in records.chosen if _is_sure(each, wanted)]
    if sure:
        return _of_items(sure, [item for each in sure for item in each.bib.items], wanted, number_as)
    if records.chosen:
        likeliest = max(records.chosen, key=lambda each: agreement(each, wanted))
        return Held(
            words=f"perhaps ({likeliest.words})",
            is_likely=True,
            is_close=any(each.number_alone or each.verdict is Sameness.SURE for each in records.chosen),
            agreement=agreement(likeliest, wanted),
        )
    if records.certain:
        return Held(holding=Holding.HOLDS_NOT, words="does not hold it")
    if records.is_whole and wanted.identifiers and not wanted.title:
        return Held(words="has no record with this number, and the order names no title", is_unfound=True)
    return Held(words="its catalogue leaves it open")


def agreement(judged: RecordJudged, wanted: Wanted) -> int:
    """Count what speaks for a record that is in doubt: the year that the order names, or its LCCN was given in; the author, or that neither names one; the very
    title. A number of its own of a kind that was asked for speaks against it.
    """
    apart = years_apart(wanted.published, judged.bib.years)
    is_near = apart is None or apart <= YEARS_APART
    year = 2 if apart == 0 or (judged.is_of_lccn and is_near) else 1 if apart is not None and is_near else 0
    return year + 2 * judged.author_agrees + (judged.likeness >= EXACT_TITLE) - 2 * judged.other_number


def held_by_symbol(records: Records, wanted: Wanted, number_as: str = NUMBER_ALONE) -> Mapping[str, Held]:
    """Say of each library that the holdings of a union catalogue name, by its symbol in small letters, what it has.

    The union's record number is none of the library's: it goes into the request only where `number_as` makes another text of it. Who isn't named
    may hold it all the same: what a union catalogue lists is seldom all.
    """
    number_as = "" if number_as == NUMBER_ALONE else number_as
    sure = [each for each in records.chosen if _is_sure(each, wanted)]
    by_symbol: dict[str, list[HeldItem]] = {}
    for item in (item for each in sure for item in each.bib.items):
        for symbol in item.symbols:
            by_symbol.setdefault(symbol.casefold(), []).append(item)
    return {symbol: _of_items(sure, items, wanted, number_as) for symbol, items in by_symbol.items()}


def _is_sure(judged: RecordJudged, wanted: Wanted) -> bool:
    """Whether a record is the work beyond doubt. Where the order names a number that the record does not have, its author must agree:
    nobody looks at the record before another library sends what its number says.
    """
    by_title = judged.identity is not None
    is_told = not wanted.identifiers or (bool(wanted.author) and judged.author_agrees)
    return judged.verdict is Sameness.SURE and (not by_title or is_told)


def _of_items(sure: list[RecordJudged], items: list[HeldItem], wanted: Wanted, number_as: str) -> Held:
    fitting = _of_part(items, wanted)
    number = _number(sure, fitting) if fitting or not items else ""
    known = Held(
        record_id=number_as.replace(NUMBER_ALONE, number) or None if number else None,
        copies=len(fitting),
        available=sum(item.is_available is True for item in fitting),
        editions=len(sure),
        volumes=tuple(dict.fromkeys(item.copy.volume for item in fitting if item.copy.volume))[:MOST_VOLUMES],
        agreement=max(BY_NUMBER if each.identity is None else agreement(each, wanted) for each in sure),
    )
    holding, words = _standing(known, items, fitting)
    is_out = holding is Holding.HOLDS and bool(fitting) and all(item.is_available is False for item in fitting)
    return msgspec.structs.replace(known, holding=holding, words=words, is_out=is_out)


def _number(sure: list[RecordJudged], fitting: list[HeldItem]) -> str:
    """Of the record with a copy that is in, else of one with a copy, else of the best: a reprint may have a record of its own."""
    within = {id(item): each.bib.number for each in sure for item in each.bib.items}
    copies = sorted(fitting, key=lambda item: item.is_available is not True)
    return next((within[id(item)] for item in copies), sure[0].bib.number)


def _standing(known: Held, items: list[HeldItem], fitting: list[HeldItem]) -> tuple[Holding, str]:
    if items and not fitting:
        return Holding.HOLDS_NOT, "holds the work, not the part that is wanted"
    if known.available:
        return Holding.AVAILABLE, f"holds it, {known.available} of {_copies(known.copies)} in"
    if fitting and all(item.is_available is False for item in fitting):
        return (
            Holding.HOLDS,
            f"holds it, {'its copy is' if known.copies == 1 else f'all {known.copies} copies are'} out",
        )
    return Holding.HOLDS, "holds it"


def _copies(count: int) -> str:
    return f"{count} {'copy' if count == 1 else 'copies'}"


def _of_part(items: Iterable[HeldItem], wanted: Wanted) -> list[HeldItem]:
    """The items that are the part wanted, and those of which nobody can tell. Told apart by their place: most have no barcode here."""
    numbered = {str(place): item for place, item in enumerate(items)}
    copies = [msgspec.structs.replace(item.copy, item_barcode=place) for place, item in numbered.items()]
    return [numbered[copy.item_barcode] for copy in parts.of_part(copies, wanted)]
