"""Orders of customers over the live API."""

from typing import Any

import msgspec

from gateway.store.port import Change, RequestFilter
from gateway.workflow.records import Request, State
from tests.web.live import Live

CARD = "20000000090031"
ORDER: dict[str, Any] = {
    "customer": CARD,
    "name": "Inventa Person",
    "pickup_branch": "east",
    "title": "The Imaginary Almanac",
    "identifiers": [{"code": "isbn", "value": "0-306-40615-2"}],
}
ARTICLE = {
    "customer": CARD,
    "pickup_branch": "Main",
    "service": "Copy",
    "title": "Journal of Imagined Results",
    "article_title": "On Nothing",
    "identifiers": [{"code": "ISSN", "value": "0000-0000"}],
    "published": "2026",
}
LIST = f"customer,title,isbn,pickup\n{CARD},The Imaginary Almanac,0306406152,East\n{CARD},Another Almanac,,Main\n"


def over(request: Request | None) -> Change:
    """The request called off."""
    assert request is not None
    return Change(request=msgspec.structs.replace(request, state=State.CANCELLED, version=request.version + 1))


async def ours(live: Live) -> list[Request]:
    """Every request in the store."""
    return list(await live.store.requests(RequestFilter()))


async def send_list(live: Live, text: str | bytes, **query: str) -> tuple[int, Any]:
    """Send a list as the administrator."""
    headers = {"Authorization": f"Bearer {live.tokens['admin']}", "Content-Type": "text/csv"}
    data = text.encode() if isinstance(text, str) else text
    url = f"{live.url}/api/v1/borrowing/list"
    async with live.http.post(url, data=data, headers=headers, params=query) as answer:
        is_json = answer.content_type == "application/json"
        return answer.status, (await answer.json() if is_json else await answer.text())
