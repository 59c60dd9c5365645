"""What the tests of quirks ask, and a lines that asks it of a hostile server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from pysip2.models import SIPRequest

from gateway.sip2 import requests
from gateway.sip2.codec import Reply, message_code
from gateway.sip2.lines import Lines
from gateway.sip2.profiles import Credentials, HoldMode, Profile
from tests.sip2.hostile import DATE, Answer, HostileAcs

AT = datetime(2026, 8, 28, 12, tzinfo=UTC)
QUICK = Profile(connect_timeout_s=2, login_timeout_s=0.2, reply_timeout_s=0.2, reply_timeout_floor_s=0.05)
CUSTOMER, ITEM = "29999000001234", "39999000000011"
ASK_ITEM = requests.item_information(QUICK, AT, ITEM)
ASK_CUSTOMER = requests.patron_information(QUICK, AT, CUSTOMER)
CHECKOUT = requests.checkout(QUICK, AT, customer=CUSTOMER, item=ITEM)
HOLD = requests.hold(QUICK, AT, HoldMode.ADD, customer=CUSTOMER, item=ITEM)
CHECKIN = requests.checkin(QUICK, AT, item=ITEM)
RENEW = requests.renew(QUICK, AT, customer=CUSTOMER, item=ITEM)
GOOD = f"18030001{DATE}AB{ITEM}|AJThe Imaginary Almanac|"
STATUS = f"98YYYYNN999002{DATE}2.00AOEXV|BXYYYYYYYYYYYYYYYY|"


@asynccontextmanager
async def talking_to(acs: HostileAcs, profile: Profile = QUICK, **options: Any) -> AsyncIterator[Lines]:
    async with acs.serve(), Lines(acs.address, profile, Credentials("gw", "hush"), **options) as lines:
        yield lines


async def answered(answer: Answer, request: SIPRequest = ASK_ITEM, profile: Profile = QUICK) -> Reply:
    """What the lines makes of this answer of the server."""
    async with talking_to(HostileAcs({message_code(request): [answer]}), profile) as lines:
        return await lines.exchange(request)


def summed(text: str, encoding: str = "cp850", of: bytes | None = None) -> bytes:
    """A reply with AY2 and the sum of its own bytes, or of others."""
    body = f"{text}AY2AZ".encode(encoding)
    return body + b"%04X\r" % (-sum(of if of is not None else body) & 0xFFFF)
