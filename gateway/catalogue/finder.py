"""Finding copies in the local item list, and in several sources one after the other, behind the port of workflow.finding.

Knows no store: the composition root passes in the look-up itself.
"""

from collections.abc import Awaitable, Callable

import msgspec

from gateway.catalogue import likeness, parts
from gateway.catalogue.judging import HAS_OTHER_TITLE, OTHER_TITLE
from gateway.catalogue.keys import examine
from gateway.workflow.finding import CopyFinder, Found
from gateway.workflow.records import Copy
from gateway.workflow.values import Wanted

FindByKeys = Callable[[tuple[str, ...]], Awaitable[tuple[Copy, ...]]]
"""Copies that have any of the keys, in the order of the keys, each once; may raise what its store raises."""


class ItemListFinder:
    """A CopyFinder over the local item list. `find_by_keys` is the store's look-up."""

    def __init__(self, find_by_keys: FindByKeys) -> None:
        self._find_by_keys = find_by_keys

    async def find(self, wanted: Wanted) -> Found:
        """Return every copy that the request's identifiers lead to, best key first; raises what the look-up raises.

        The part that is wanted is picked where the list says which parts there are.
        """
        examined = examine(wanted)
        wrong = "".join(f" Not searched by: {problem.words}." for problem in examined.problems)
        if not examined.keys:
            words = "The request names no number that the item list could be searched by."
            return Found(words=words + wrong, certain=False)
        copies = tuple(_judged(copy, wanted) for copy in await self._find_by_keys(examined.keys))
        if any(copy.volume for copy in copies):
            copies = parts.of_part(copies, wanted)
        words = f"Item list: searched by {', '.join(examined.keys)}."
        return Found(copies=copies, words=words + wrong, certain=not wrong)


def _judged(copy: Copy, wanted: Wanted) -> Copy:
    """The copy, with a doubt where the request's number led to another title than it names: one of the two is wrong."""
    alike = likeness.title_likeness(wanted.title, copy.title, copy.title) if wanted.title and copy.title else None
    if alike is None or alike >= OTHER_TITLE:
        return copy
    return msgspec.structs.replace(copy, doubt=copy.doubt or HAS_OTHER_TITLE)


class FirstThatFinds:
    """A CopyFinder over others: the first that finds a copy is the answer, else the last one's word counts."""

    def __init__(self, *finders: CopyFinder) -> None:
        self._finders = finders

    async def find(self, wanted: Wanted) -> Found:
        """Ask one after the other; raises what they raise."""
        said: list[str] = []
        found = Found(certain=False)
        for finder in self._finders:
            found = await finder.find(wanted)
            said.append(found.words)
            if found.copies:
                break
        return msgspec.structs.replace(found, words=" ".join(said))
