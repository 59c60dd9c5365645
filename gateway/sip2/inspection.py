"""Asking a circulation system a few harmless questions on one line of its own, and keeping the answers as they came.

Only messages that change nothing are sent (93, 99, and what the caller asks: 17, 63), one login is tried, and no second
line is ever open. What is made of the answers is for `evidence` and for the caller. The raw bytes hold customers' data:
they are for looking at, and go nowhere.
"""

import ssl
import time
from collections.abc import Mapping
from datetime import UTC, datetime

from pysip2.models import SIPRequest

from gateway.sip2 import requests
from gateway.sip2.connection import Address, Connection, dial
from gateway.sip2.errors import NotSent, Outcome, Unknown
from gateway.sip2.evidence import Asked, Heard, Inspection
from gateway.sip2.profiles import Credentials, Profile


async def inspect(
    address: Address,
    profile: Profile,
    credentials: Credentials,
    questions: Mapping[Asked, SIPRequest],
    *,
    ssl_context: ssl.SSLContext | None = None,
) -> Inspection:
    """Log in, ask for the status and then the questions in turn, until they are through or the line is lost.

    Each wait has the profile's deadline. Raises OSError where there is no connection (TimeoutError, and what TLS refuses).
    """
    came: list[bytes] = []
    line = await dial(address, profile, credentials, now=time.monotonic, ssl_context=ssl_context, tap=came.append)
    at, reason = datetime.now(UTC), None
    heard: dict[Asked, Heard] = {}
    lost: dict[Asked, Outcome] = {}
    try:
        await line.log_in()
        greeting, at = _taken(came), datetime.now(UTC)
        for asked, request in {Asked.STATUS: requests.sc_status(profile), **questions}.items():
            try:
                heard[asked] = await _ask(line, request, came)
            except Unknown as exc:
                lost[asked] = exc.outcome
                break
    except NotSent as exc:
        greeting, reason = _taken(came), exc.reason
    finally:
        line.close()
        await line.wait_closed()
    return Inspection(at=at, greeting=greeting, not_open=reason, heard=heard, lost=lost)


async def _ask(line: Connection, request: SIPRequest, came: list[bytes]) -> Heard:
    reply = await line.exchange(request)
    return Heard(reply, _taken(came))


def _taken(came: list[bytes]) -> bytes:
    """What has come since it was last asked."""
    data = b"".join(came)
    came.clear()
    return data
