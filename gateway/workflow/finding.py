"""Finding copies: the port behind which it happens, and what it gives. Types alone; `catalogue` finds, `dispatch` asks.

Whoever finds says how it was found, so that a person who reads the timeline sees it, and whether an empty result can be
relied on: NotHeld goes out by itself only where the work was looked up and is not there.
"""

from typing import Protocol

from gateway.workflow.records import Copy
from gateway.workflow.values import Record, Wanted


class ListedItem(Record, frozen=True, kw_only=True):
    """A line of the local item list: a copy with the keys it is found by.

    `keys` are normalised `kind:value` strings (catalogue/keys.py): `record:…`, `oclc:…`, `lccn:…`, `isbn:<13 digits>`, `issn:…`.
    """

    copy: Copy
    keys: tuple[str, ...] = ()


class Found(Record, frozen=True, kw_only=True):
    """The copies of a work, best first, and how they were found."""

    copies: tuple[Copy, ...] = ()
    words: str = ""
    """Sentences for the timeline: by which key, in which source, from when."""
    certain: bool = True
    """Whether no copy means that we have none."""


class CatalogueSilentError(Exception):
    """The catalogue could not be asked and nothing is known from before; the text says why, in words. It may pass."""


class CopyFinder(Protocol):
    """The port: the local item list, a catalogue over SRU, or both."""

    async def find(self, wanted: Wanted) -> Found:
        """Return every copy of the work; raises CatalogueSilentError, StoreUnavailable."""
