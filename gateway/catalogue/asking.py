"""What all ways to ask a catalogue share: how a query ended, what is told of it, and why there may be no answer."""

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum

from gateway.catalogue.cache import KeptAnswer


class SearchResult(StrEnum):
    """How a query ended."""

    OK = "ok"
    REFUSED = "refused"
    SILENT = "silent"


OnSearch = Callable[[SearchResult, float, str], None]
"""Told of every query: how it ended, the seconds it took, and in words what was wrong."""

Search = Callable[[str], Awaitable[KeptAnswer]]
"""Gives the records of a query; raises CatalogueTroubleError."""


class CatalogueTroubleError(Exception):
    """The catalogue could not be asked, or its answer can't be used; the text is a clause about it."""


async def told(search: Awaitable[KeptAnswer], on_search: OnSearch) -> KeptAnswer:
    """Wait for a query's answer and tell the hook of it; raises CatalogueTroubleError."""
    began_s = asyncio.get_running_loop().time()
    result, words = SearchResult.OK, ""
    try:
        answer = await search
        if answer.refused:
            result, words = SearchResult.REFUSED, answer.refused
    except CatalogueTroubleError as trouble:
        result, words = SearchResult.SILENT, str(trouble)
        raise
    finally:
        on_search(result, asyncio.get_running_loop().time() - began_s, words)
    return answer
