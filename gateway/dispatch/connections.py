"""Is a peer's system there? One connection without a message, the answer in words."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

import msgspec

from gateway.iso18626.client import Endpoint, Iso18626Client
from gateway.workflow.partners import Peer

PATIENCE_S: Final = 10.0
_LEAST_TROUBLE: Final = 500
_WORDS: Final = {
    HTTPStatus.UNAUTHORIZED: "It answers, but does not accept what we show it (401): look at the credentials under “What we show it”.",
    HTTPStatus.FORBIDDEN: "It answers, but does not let us in (403): ask it whether it knows us.",
    HTTPStatus.NOT_FOUND: "It answers, but there may be nothing at this address (404): compare the path with what it told you.",
}


class PeerTry(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a peer answered as it should, and in words what came of it."""

    ok: bool
    words: str


class Connections:
    """Tries them."""

    def __init__(self, endpoint_of: Callable[[Peer], Endpoint | None], poster: Iso18626Client) -> None:
        self._endpoint_of = endpoint_of
        self._poster = poster

    async def attempt(self, peer: Peer) -> PeerTry:
        """Connect to a peer; raises nothing."""
        endpoint = self._endpoint_of(peer)
        if endpoint is None:
            return PeerTry(
                ok=False, words="It can't be reached: it has no address, is switched off, or its files can't be used."
            )
        reached = await self._poster.reach(endpoint, timeout_s=PATIENCE_S)
        if reached.http_status is None:
            return PeerTry(ok=False, words=f"It does not answer: {reached.words}.")
        return _answered(reached.http_status)


def _answered(status: int) -> PeerTry:
    """A system that takes messages alone may well refuse to be asked for a page, which is answer enough."""
    if status in _WORDS:
        return PeerTry(ok=False, words=_WORDS[HTTPStatus(status)])
    if status >= _LEAST_TROUBLE and status != HTTPStatus.NOT_IMPLEMENTED:
        return PeerTry(ok=False, words=f"It answers with an error of its own ({status}): try again later, or tell it.")
    return PeerTry(ok=True, words=f"It answers ({status}). Whether it takes our messages shows with the first one.")
