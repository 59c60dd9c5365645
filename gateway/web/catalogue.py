"""Looking a work up over the API, as a request for it would be: what is found, and how. Changes nothing, asks no circulation system."""

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from gateway.web.answers import UnusableError, ok
from gateway.web.ports import Api, Call
from gateway.web.queries import yes_or_no
from gateway.workflow.finding import CatalogueSilentError, Found
from gateway.workflow.values import Editions, Identifier, Wanted

NUMBERS: Final = ("oclc", "lccn", "isbn", "issn")
DESCRIPTION: Final = ("record", "title", "author", "year", "edition", "volume", "issue")
_LONGEST: Final = 500


async def find_copies(api: Api, call: Call) -> web.Response:
    """GET catalogue/copies?isbn=…&title=…: the copies in their order, the words of the search, whether no copy means none."""
    try:
        found = await api.find_copies(wanted(call.http.query))
    except CatalogueSilentError as silent:
        found = Found(copies=(), words=str(silent), certain=False)
    answer = {"copies": found.copies, "words": found.words, "certain": found.certain}
    return ok({**answer, "branches": api.library.branches})


def wanted(query: Mapping[str, str]) -> Wanted:
    """Read what is looked for out of a call's parameters; raises UnusableError."""
    given = {name: text for name in (*NUMBERS, *DESCRIPTION) if (text := query.get(name, "").strip())}
    if not given:
        raise UnusableError(f"Say what is looked for: {', '.join((*NUMBERS, *DESCRIPTION))}.")
    if any(len(text) > _LONGEST for text in given.values()):
        raise UnusableError(f"At most {_LONGEST} characters each.")
    return Wanted(
        record_id=given.get("record"),
        identifiers=tuple(Identifier(code=name.upper(), value=given[name]) for name in NUMBERS if name in given),
        title=given.get("title"),
        author=given.get("author"),
        published=given.get("year"),
        edition=given.get("edition"),
        editions=Editions.ANY if yes_or_no(query, "any_edition") else Editions.THIS,
        volumes=(given["volume"],) if "volume" in given else (),
        issue=given.get("issue"),
    )
