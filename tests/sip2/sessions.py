"""A session of a gateway without a socket, in each of its first states, and the bytes that an ACS would send it."""

from datetime import UTC, datetime

from pysip2 import calculate_checksum
from pysip2.models import SIPRequest

from gateway.sip2 import requests
from gateway.sip2.profiles import ChecksumPolicy, Credentials, Profile
from gateway.sip2.session import Ended, Session, State

AT = datetime(2026, 8, 28, 12, tzinfo=UTC)
DATE = "20260828    120000"
STATUS = f"98YYYYNN050002{DATE}2.00AOEXV|BXYYYYYYYYYYYYYNYY|"
ACCOUNT = Credentials("gateway", "hush")
STRICT = Profile(checksum=ChecksumPolicy.STRICT)


def wire(text: str, sequence: int | None = None) -> bytes:
    """A reply with a right trailer, or none."""
    if sequence is None:
        return text.encode() + b"\r"
    summed = f"{text}AY{sequence}AZ".encode()
    return summed + calculate_checksum(summed).encode() + b"\r"


def opened(profile: Profile | None = None) -> Session:
    session = Session(profile or Profile(), ACCOUNT)
    session.open(0)
    session.receive_data(wire("941", 0), 0.1)
    session.receive_data(wire(STATUS, 1), 0.2)
    session.events()
    assert session.state is State.READY
    return session


def asked(profile: Profile | None = None, request: SIPRequest | None = None) -> tuple[Session, bytes]:
    """A session that waits for the reply to a request, by default a 17 for item 3999 with AY2."""
    session = opened(profile)
    return session, session.send(request or requests.item_information(Profile(), AT, "3999"), 10)


def ended(session: Session) -> Ended:
    event, *others = session.events()
    assert isinstance(event, Ended)
    assert others == []
    return event


GOOD = f"18030001{DATE}AB3999|AJThe Imaginary Almanac|"
BAD_SUM = GOOD.encode() + b"AY2AZ0001\r"


def opening() -> Session:
    """A session whose login is under way."""
    session = Session(Profile(), ACCOUNT)
    session.open(0)
    return session
