"""What went wrong, as a page: what it is, whether anything is lost, and what to do."""

from collections.abc import Mapping
from http import HTTPStatus
from math import ceil
from typing import Final

import msgspec
from aiohttp import web

from gateway.desk.errors import (
    BusyError,
    ConflictError,
    DeskError,
    HasNoneError,
    NotAllowedError,
    NotPrintedError,
    NotThereError,
    StoreFailedError,
    StoreReadsOnly,
    StoreUnavailable,
    TooOftenError,
    UnreadableError,
    UnusableError,
    WrongPasswordError,
)
from gateway.desk.forms import at_field
from gateway.pages.guards import SAFE
from gateway.pages.visit import Visit


class TroublePage(msgspec.Struct, frozen=True, kw_only=True):
    """A page about something that went wrong."""

    status: HTTPStatus
    heading: str
    sentences: tuple[str, ...]
    wait_s: float = 0
    """After which it may go, where that is known."""

    @property
    def headers(self) -> dict[str, str]:
        """When to come back."""
        return {"Retry-After": str(max(1, ceil(self.wait_s)))} if self.wait_s else {}


NOT_OURS: Final = TroublePage(
    status=HTTPStatus.FORBIDDEN,
    heading="That did not come from a page of this desk",
    sentences=("Nothing was changed. Open the page here and try again.",),
)
OLD_FORM: Final = TroublePage(
    status=HTTPStatus.FORBIDDEN,
    heading="That form belongs to an earlier sign-in",
    sentences=("Nothing was changed. Go back, load the page again, and send it once more.",),
)
OLD_FORM_KEPT: Final = TroublePage(
    status=HTTPStatus.FORBIDDEN,
    heading=OLD_FORM.heading,
    sentences=("You have signed in again since, so what you typed was not taken. Nothing was changed.",),
)
TOO_LONG_TO_KEEP: Final = TroublePage(
    status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    heading="You are not signed in any more",
    sentences=(
        "Nothing was changed. What you typed is too long to be kept while you sign in, but your browser still has it.",
        "Leave this page open and sign in in another tab; then load this page again, and let the browser send the form once more.",
    ),
)
STORE_AWAY: Final = TroublePage(
    status=HTTPStatus.SERVICE_UNAVAILABLE,
    heading="The store can't be reached",
    sentences=(
        "What was entered before is safe. Partners are told to come back, and send again what they could not say.",
        "Nothing can be looked up or changed until it is back; this page works again then by itself.",
    ),
)
STORE_READS_ONLY: Final = TroublePage(
    status=HTTPStatus.SERVICE_UNAVAILABLE,
    heading="Nothing can be changed just now",
    sentences=(
        "Nothing of this was taken: the database can only be read for now. What was entered before is safe.",
        "It goes on by itself once the database takes changes; then send it once more.",
    ),
)
OURS: Final = TroublePage(
    status=HTTPStatus.INTERNAL_SERVER_ERROR,
    heading="Something went wrong here",
    sentences=(
        "What was done before is safe, and whether this was done shows on the request itself.",
        "The gateway's log says more. If it happens again, tell whoever looks after the gateway.",
    ),
)


_OF_DESK: Final[tuple[tuple[type[DeskError], HTTPStatus, str], ...]] = (
    (UnreadableError, HTTPStatus.BAD_REQUEST, "That can't be read"),
    (NotAllowedError, HTTPStatus.FORBIDDEN, "That is not yours to do"),
    (HasNoneError, HTTPStatus.NOT_FOUND, "That is not here"),
    (NotThereError, HTTPStatus.NOT_FOUND, "That is not here"),
    (ConflictError, HTTPStatus.CONFLICT, "That can't be done as things stand"),
    (UnusableError, HTTPStatus.UNPROCESSABLE_ENTITY, "Something is not as it must be"),
    (NotPrintedError, HTTPStatus.INTERNAL_SERVER_ERROR, "That could not be printed"),
    (BusyError, HTTPStatus.SERVICE_UNAVAILABLE, "Too much is going on just now"),
    (WrongPasswordError, HTTPStatus.FORBIDDEN, "That is not the password"),
    (TooOftenError, HTTPStatus.TOO_MANY_REQUESTS, "That was too often"),
    (StoreFailedError, HTTPStatus.SERVICE_UNAVAILABLE, "The store failed on the way"),
)
_TO_DO: Final[Mapping[type[DeskError], str]] = {
    NotAllowedError: "Somebody whose role allows it can do it for you.",
    NotThereError: "Look whether the number or the address is whole. What is old enough is deleted.",
}
"""What helps, where the error itself does not say so."""
_OF_HTTP: Final = {
    HTTPStatus.NOT_FOUND: ("There is no such page", "The address may have been cut off on its way."),
    HTTPStatus.METHOD_NOT_ALLOWED: ("That can't be done here", "The page takes no form of that kind."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("That is too large", "Nothing was changed. Send it in smaller pieces."),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: (
        "That is no form of this page",
        "Nothing was changed. Load the page again, and send its own form.",
    ),
}


def since(said: TroublePage, at: str) -> TroublePage:
    """Say as well since when."""
    return msgspec.structs.replace(said, sentences=(f"It has given no answer since {at}.", *said.sentences))


def store_trouble(exc: StoreUnavailable) -> TroublePage:
    """Say what it means that the store does not do what it was asked."""
    return STORE_READS_ONLY if isinstance(exc, StoreReadsOnly) else STORE_AWAY


def trouble_of(exc: DeskError | web.HTTPException) -> TroublePage:
    """Say what an exception means for whoever looks at the page."""
    if isinstance(exc, DeskError):
        kind, status, heading = next(row for row in _OF_DESK if isinstance(exc, row[0]))
        faults = (f"{each.column}: {each.words}" for each in exc.problems or () if each.column)
        said = dict.fromkeys(at_field(each)[1] for each in (exc.detail, *faults))
        sentences = (*said, *filter(None, (_TO_DO.get(kind),)))
        wait_s = exc.wait_s if isinstance(exc, TooOftenError) else 0
        return TroublePage(status=status, heading=heading, sentences=sentences, wait_s=wait_s)
    status = HTTPStatus(exc.status)
    heading, sentence = _OF_HTTP.get(
        status, ("That can't be done", "The browser sent something that has no meaning here.")
    )
    return TroublePage(status=status, heading=heading, sentences=(sentence,))


async def show_trouble(visit: Visit, said: TroublePage) -> web.Response:
    """Answer with the page. Where the store is away, what stands around it is not asked for.

    A script that sent a form has it put on top of the page that is open, so that nothing typed there is lost.
    """
    answer = await visit.show("trouble.html", said.status, heading=said.heading, sentences=said.sentences)
    answer.headers.update(said.headers)
    if "HX-Request" in visit.http.headers and visit.http.method not in SAFE:
        answer.headers.update({"HX-Retarget": "#main", "HX-Reswap": "afterbegin show:top", "HX-Reselect": "#trouble"})
    return answer
