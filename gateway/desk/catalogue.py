"""Looking a work up, as a request for it would be: what is found, and how. Changes nothing, asks no circulation system."""

from typing import Final

import msgspec

from gateway.desk.access import Caller
from gateway.desk.errors import UnusableError
from gateway.desk.ports import Desk
from gateway.desk.shown import shown
from gateway.desk.structs.catalogue import FIELDS, CopiesQuery, CopiesShown
from gateway.workflow.finding import CatalogueSilentError, Found
from gateway.workflow.values import Editions, Identifier, Wanted

NUMBERS: Final = ("oclc", "lccn", "isbn", "issn")


async def find_copies(desk: Desk, _caller: Caller, query: CopiesQuery) -> CopiesShown:
    """Return the copies in their order, the words of the search, and whether no copy means that there is none."""
    try:
        found = await desk.looking.find_copies(wanted(query))
    except CatalogueSilentError as silent:
        found = Found(copies=(), words=str(silent), certain=False)
    return shown(found, CopiesShown, branches=desk.library.branches)


def wanted(query: CopiesQuery) -> Wanted:
    """Say what is looked for. Raises UnusableError if that is nothing."""
    given = msgspec.structs.asdict(query)
    texts = {name: text for name in FIELDS if (text := given[name].strip())}
    if not texts:
        raise UnusableError(f"Say what is looked for: {', '.join(FIELDS)}.")
    return Wanted(
        record_id=texts.get("record"),
        identifiers=tuple(Identifier(code=name.upper(), value=texts[name]) for name in NUMBERS if name in texts),
        title=texts.get("title"),
        author=texts.get("author"),
        published=texts.get("year"),
        edition=texts.get("edition"),
        editions=Editions.ANY if query.any_edition else Editions.THIS,
        volumes=(texts["volume"],) if "volume" in texts else (),
        issue=texts.get("issue"),
    )
