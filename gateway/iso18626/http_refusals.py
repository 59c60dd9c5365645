"""What a caller is told in HTTP alone, without a confirmation. Pure."""

from http import HTTPStatus
from math import ceil

from gateway.iso18626.authentication import Presented, challenges
from gateway.iso18626.exchange import Result
from gateway.iso18626.known_peers import KnownPeers


class HttpRefusal(Exception):  # noqa: N818  a way out, not an error of ours
    """An answer that ends the exchange before the message reaches the gateway."""

    def __init__(self, result: Result, status: HTTPStatus, headers: dict[str, str] | None = None) -> None:
        super().__init__(status.phrase)
        self.result = result
        self.status = status
        self.headers = headers


def not_accepted(status: HTTPStatus, headers: dict[str, str] | None = None) -> HttpRefusal:
    """HTTP was not spoken as agreed."""
    return HttpRefusal(Result.NOT_ACCEPTED, status, headers)


def not_allowed(peers: KnownPeers, shown: Presented) -> HttpRefusal:
    """401 where HTTP credentials would help, 403 where they would not."""
    # RFC 9110, 15.5.2: a 401 must come with a challenge; without one to make it is a 403.
    schemes = challenges(peers, shown)
    if not schemes:
        return HttpRefusal(Result.NOT_ALLOWED, HTTPStatus.FORBIDDEN)
    challenge = ", ".join(f'{scheme} realm="ISO 18626"' for scheme in schemes)
    return HttpRefusal(Result.NOT_ALLOWED, HTTPStatus.UNAUTHORIZED, {"WWW-Authenticate": challenge})


def too_many(wait_s: float) -> HttpRefusal:
    """More than this caller may ask for."""
    return HttpRefusal(Result.TOO_MANY, HTTPStatus.TOO_MANY_REQUESTS, retry_after(wait_s))


def retry_after(wait_s: float) -> dict[str, str]:
    """The header that says when to come back."""
    return {"Retry-After": str(max(1, ceil(wait_s)))}
