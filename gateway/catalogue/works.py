"""The works that several catalogues found, each once, for a person to choose from. Pure.

Records are of one work in one edition if they share a number and have no other title, or if title, author, year and edition agree.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from gateway.catalogue import likeness
from gateway.catalogue.catalogue_finder import Records
from gateway.catalogue.describing import fullness, work_of
from gateway.catalogue.judging import OTHER_TITLE
from gateway.catalogue.keys import KeyKind
from gateway.catalogue.marc import Bib
from gateway.workflow.values import Wanted

MOST_WORKS: Final = 50
MOST_PARTS: Final = 40


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """A work in one edition, the catalogues that have it, and the captions of its parts."""

    wanted: Wanted
    where: tuple[str, ...]
    parts: tuple[str, ...] = ()


def works_of(found: Iterable[tuple[str, Records]]) -> tuple[Work, ...]:
    """Return the works that catalogues, by name, found for one search: what fits first, of that what most of them have, the newest edition first.

    What has the number or the words that were asked for and does not fit comes behind: a person sees which of the two is wrong.
    """
    groups: list[_Group] = []
    for name, records in found:
        for bib, is_chosen in (*((each.bib, True) for each in records.chosen), *((bib, False) for bib in records.near)):
            group = next((each for each in groups if each.has(bib)), None)
            if group is None:
                groups.append(group := _Group())
            group.add(name, bib, is_chosen=is_chosen)
    groups.sort(key=lambda each: (not each.is_chosen, -len(each.where), -each.year))
    return tuple(group.work() for group in groups[:MOST_WORKS])


class _Group:
    """Records of one work."""

    def __init__(self) -> None:
        self.where: dict[str, None] = {}
        self.is_chosen = False
        self._bibs: list[Bib] = []
        self._keys: set[str] = set()
        self._descriptions: set[tuple[object, ...]] = set()

    @property
    def year(self) -> int:
        return max((year for bib in self._bibs for year in bib.years), default=0)

    def has(self, bib: Bib) -> bool:
        return _description(bib) in self._descriptions or (bool(_numbers(bib) & self._keys) and self._is_alike(bib))

    def _is_alike(self, bib: Bib) -> bool:
        """A number may be misprinted, or used twice: its title must not be another."""
        title = bib.full_title or bib.main_title
        likenesses = (likeness.title_likeness(title, each.main_title, each.full_title) for each in self._bibs)
        return max(likenesses) >= OTHER_TITLE

    def add(self, name: str, bib: Bib, *, is_chosen: bool) -> None:
        self.is_chosen |= is_chosen
        self.where[name] = None
        self._bibs.append(bib)
        self._keys |= _numbers(bib)
        self._descriptions.add(_description(bib))

    def work(self) -> Work:
        """As the fullest of its records has it."""
        best = max(self._bibs, key=fullness)
        captions = (item.copy.volume for bib in self._bibs for item in bib.items if item.copy.volume)
        return Work(wanted=work_of(best), where=tuple(self.where), parts=tuple(dict.fromkeys(captions))[:MOST_PARTS])


def _numbers(bib: Bib) -> set[str]:
    return {key for key in bib.keys if not key.startswith(f"{KeyKind.RECORD}:")}


def _description(bib: Bib) -> tuple[object, ...]:
    return (
        likeness.words(bib.full_title or bib.main_title),
        likeness.folded(next(iter(bib.authors), "")).partition(",")[0],
        bib.years[:1],
        likeness.words(bib.edition),
    )
