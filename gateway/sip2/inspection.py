"""Asking a circulation system a few harmless questions on one line of its own, and keeping the answers as they came.

Only messages that change nothing are sent (93, 99, and what the caller asks: 17, 63), one login is tried, and no second
line is ever open. What is made of the answers is for `evidence` and for the caller. The raw bytes hold customers' data:
they are for looking at, and go nowhere.
"""

import ssl
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from pysip2.models import SIPRequest

from gateway.sip2 import requests
from gateway.sip2.codec import message_code
from gateway.sip2.connection import Address, Connection, dial
from gateway.sip2.errors import Inexpressible, NotSent, Outcome, Reason, Unknown
from gateway.sip2.evidence import About, HeardReply, Inspection, knows
from gateway.sip2.profiles import Credentials, Profile


async def inspect(
    address: Address,
    profile: Profile,
    credentials: Credentials,
    questions: Mapping[About, SIPRequest],
    *,
    ssl_context: ssl.SSLContext | None = None,
) -> Inspection:
    """Log in, ask for the status and then the questions in turn, until they are through or the line is lost.

    A question whose message the configuration denies is left out. One that only the 98 denies comes last: a 98 may be wrong, and an answer that
    breaks the line then costs nothing else. Each wait has the profile's deadline. Raises OSError where there is no connection (TimeoutError, and what
    TLS refuses), Inexpressible where a question can't be said.
    """
    came: list[bytes] = []
    line = await dial(address, profile, credentials, now=time.monotonic, ssl_context=ssl_context, tap=came.append)
    heard: dict[About, HeardReply] = {}
    lost: dict[About, Outcome] = {}
    try:
        reason = await _not_opened(line)
        greeting, at = _taken(came), datetime.now(UTC)
        for asked, request in _in_turn(questions, profile, heard) if reason is None else ():
            try:
                heard[asked] = await _ask(line, request, came)
            except Unknown as exc:
                lost[asked] = exc.outcome
                break
    finally:
        line.close()
        await line.wait_closed()
    return Inspection(at=at, greeting=greeting, not_open=reason, heard=heard, lost=lost)


async def _not_opened(line: Connection) -> Reason | None:
    """Log in; why it could not be, if so."""
    try:
        await line.log_in()
    except NotSent as exc:
        return exc.reason
    return None


def _in_turn(
    questions: Mapping[About, SIPRequest], profile: Profile, heard: Mapping[About, HeardReply]
) -> Iterator[tuple[About, SIPRequest]]:
    """The status first; after it, by what it says, the questions that it knows, and those that it denies last."""
    yield About.STATUS, requests.sc_status(profile)
    status = heard[About.STATUS].reply
    denied = {asked for asked, request in questions.items() if knows(message_code(request), status, profile) is False}
    yield from ((asked, request) for asked, request in questions.items() if asked not in denied)
    if profile.supports is None:
        yield from ((asked, questions[asked]) for asked in questions if asked in denied)


async def _ask(line: Connection, request: SIPRequest, came: list[bytes]) -> HeardReply:
    """Raises Unknown, also where the line was closed after the reply before. Raises Inexpressible."""
    try:
        reply = await line.exchange(request)
    except Inexpressible:
        raise
    except NotSent as exc:
        raise Unknown(message_code(request), Outcome.CLOSED) from exc
    return HeardReply(reply, _taken(came))


def _taken(came: list[bytes]) -> bytes:
    """What has come since it was last asked."""
    data = b"".join(came)
    came.clear()
    return data
