"""Whether an item that somebody has in hand is the work that a request has: another copy of it, or another book.

A scan can be of the book beside it on the trolley. Titles are compared as people and circulation systems write them: with
or without subtitle, author's statement, capitals. Pure: what is known of the item and of the request in, a verdict out.
"""

from collections.abc import Iterable

from gateway.catalogue import volumes
from gateway.catalogue.judging import SAME_TITLE
from gateway.catalogue.likeness import Fit, same_author, title_likeness, words
from gateway.workflow.records import Copy
from gateway.workflow.values import Wanted

_MARKS = (" / ", " : ", ": ", " = ", " ; ")
"""What ends a main title."""
_SHORTEST_CUT = 30
"""Characters from which on the beginning of a title may stand for it: some systems cut titles short."""


def is_same_work(item: Copy, known: Iterable[Copy], wanted: Wanted) -> Fit:
    """Say whether the item is the work of the copies that the request has, else the one that it asks for.

    UNCLEAR where no title is known of the item or of the request. Another volume of a set is not the same.
    """
    asked = Copy(item_barcode="", branch="", title=wanted.title, author=wanted.author)
    references = [copy for copy in known if copy.title] or ([asked] if asked.title else [])
    if not item.title or not references:
        return Fit.UNCLEAR
    return Fit.YES if any(_is_copy_of(item, reference) for reference in references) else Fit.NO


def _is_copy_of(item: Copy, other: Copy) -> bool:
    if same_author(item.author or "", (other.author,) if other.author else ()) is Fit.NO:
        return False
    return _same_title(item.title or "", other.title or "") and not _is_other_part(item.volume, other.volume)


def _same_title(one: str, other: str) -> bool:
    short, long = sorted((one.strip().casefold(), other.strip().casefold()), key=len)
    if len(short) >= _SHORTEST_CUT and long.startswith(short):
        return True
    if _numbers(one) and _numbers(other) and _numbers(one).isdisjoint(_numbers(other)):
        return False
    alike = max(title_likeness(one, _main(other), other), title_likeness(other, _main(one), one))
    return alike >= SAME_TITLE


def _numbers(title: str) -> set[str]:
    """The words of a title with a figure in them: of two volumes, years or editions nothing else may differ."""
    return {word for word in words(title) if any(char.isdecimal() for char in word)}


def _main(title: str) -> str:
    """The title before its subtitle or its author's statement."""
    return min((title.partition(mark)[0] for mark in _MARKS), key=len) or title


def _is_other_part(one: str | None, other: str | None) -> bool:
    if not one or not other:
        return False
    parts = volumes.read(one), volumes.read(other)
    return parts[0] != parts[1] if any(parts) else one.split() != other.split()
