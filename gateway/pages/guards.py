"""What stands before every page: which hosts we answer for, where a form may come from, and what a browser is told to forbid.

A browser sends a session's cookie with whatever it sends us, whoever made it send that. So what changes something needs two more
proofs: it comes from a page of ours (Origin, or Sec-Fetch-Site), and it carries the form's token, which only a page of that session holds.
"""

import hashlib
import hmac
from collections.abc import Collection, Mapping
from typing import Final

from aiohttp import hdrs, web

FIELD: Final = "form_token"
HEADER: Final = "X-Form-Token"
"""Where a script puts the same."""
BY_ITSELF: Final = "X-By-Itself"
"""What a page asks for that nobody clicked for (static/live.js)."""
SAFE: Final = frozenset({"GET", "HEAD"})

HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
"""Of every answer. No script and no style stands in a page itself, so none that somebody slips in is run."""
NOT_KEPT: Final = "no-store"
"""Pages show who asks for what: no cache keeps them, not even the browser's own after signing out."""


def form_token(session_token: str) -> str:
    """Return the token of a session's forms. It says nothing of the session's own, and changes with it."""
    return hmac.new(session_token.encode(), b"form", hashlib.sha256).hexdigest()


def is_form_token(given: str | None, session_token: str) -> bool:
    """Say whether a form was made for this session."""
    return given is not None and hmac.compare_digest(given.encode(), form_token(session_token).encode())


def is_from_us(http: web.Request, public_origin: str) -> bool:
    """Say whether a page of ours sent it. What names no origin at all is no browser's, and nobody's cookie is abused by it.

    Ours is the public origin, and the host that was asked for, which is one of ours by then.
    """
    origin = http.headers.get(hdrs.ORIGIN)
    if origin is not None:
        return origin == public_origin or origin.partition("://")[2] == http.host
    return http.headers.get("Sec-Fetch-Site", "same-origin") in {"same-origin", "none"}


def is_for_us(host: str, names: Collection[str]) -> bool:
    """Say whether a name that somebody asks for is one of ours, whatever the port."""
    name = host.rpartition(":")[0] if ":" in host and not host.endswith("]") else host
    return name.casefold() in names
