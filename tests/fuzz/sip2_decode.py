"""Harness: any bytes to `gateway.sip2.decode`, and to what looks at a reply: dates, status, redaction, patterns.

The first byte of an input chooses the profile, the rest is the frame.
"""

import random
import re
from datetime import UTC

from gateway.sip2.codec import Repair, Reply, decode
from gateway.sip2.dates import parse_due_date
from gateway.sip2.errors import FrameError
from gateway.sip2.layout import MESSAGE_SPECS
from gateway.sip2.profiles import ChecksumPolicy, DateOrder, Encoding, Profile, ScreenMeaning, Zone, explain
from gateway.sip2.redaction import CUSTOMER, PERSONAL, SECRET, redact, screen_text
from gateway.sip2.session import read_status
from tests.fuzz.timing import bounded

MAX_LEN_BYTES = 2048
PROFILES = (
    Profile(),
    Profile(encoding=Encoding.UTF_8, checksum=ChecksumPolicy.STRICT),
    Profile(encoding=Encoding.LATIN_1, checksum=ChecksumPolicy.IGNORE, date_order=DateOrder.DAY_FIRST),
    Profile(encoding=Encoding.ASCII, zeros_zone=Zone.UTC, screen_patterns=((r"no such", ScreenMeaning.NO_SUCH_ITEM),)),
)
_HIDDEN = PERSONAL | SECRET | {CUSTOMER}
_FREE = frozenset({"AF", "AG"})
_LEAST_SECRET = 6
_FIELD_CODE = re.compile(r"[A-Z][A-Z0-9]")


def check(data: bytes) -> None:
    """State the properties of one input; AssertionError where one does not hold."""
    profile, frame = PROFILES[(data[0] if data else 0) % len(PROFILES)], data[1:]
    starts_well = re.match(rb"[0-9]{2}", frame.strip(b" \t\0\r\n")) is not None
    with bounded():
        shown = redact(frame, profile)
        try:
            reply = decode(frame, profile)
        except FrameError:
            assert not starts_well
            return
        _look_at(reply, profile)
    assert starts_well
    assert set(reply.repairs) <= set(Repair)
    assert reply.sequence is None or 0 <= reply.sequence <= 9
    _check_secrets(reply, shown)
    _check_normal_form(reply)


def _look_at(reply: Reply, profile: Profile) -> None:
    """What the gateway asks of a reply raises nothing."""
    read_status(reply).supports("15")
    explain(reply.fields.get("AF", ()), profile)
    screen_text(reply)
    for values in reply.fields.values():
        for value in values:
            due = parse_due_date(value, profile, UTC)
            assert due is None or due.astimezone(UTC).tzinfo is UTC


def _check_secrets(reply: Reply, shown: str) -> None:
    """No personal or secret value appears, unless a harmless field says the same."""
    harmless = " ".join((*reply.fixed.values(), reply.code, *reply.fields))
    harmless += " ".join(
        value for code, values in reply.fields.items() if code not in _HIDDEN | _FREE for value in values
    )
    for code in _HIDDEN & set(reply.fields):
        for value in reply.fields[code]:
            text = value.strip()
            if len(text) >= _LEAST_SECRET and re.fullmatch(r"\w+", text) and text not in harmless:
                assert text not in shown, f"redact shows {code}"


def _check_normal_form(reply: Reply) -> None:
    """What was read, written in order and with a right trailer, reads as the same; nonsense may be lost on the way."""
    nonsense = {Repair.FIXED_PART_LENGTH, Repair.UNKNOWN_MESSAGE} & set(reply.repairs)
    if nonsense or not all(map(_FIELD_CODE.fullmatch, reply.fields)):
        return
    written = write(reply)
    again = decode(written, Profile(encoding=Encoding.UTF_8))
    assert (again.code, again.fixed, again.fields) == (reply.code, reply.fixed, reply.fields), written


def write(reply: Reply) -> bytes:
    """A reply as the specification has it, in UTF-8."""
    names = [field.name for field in MESSAGE_SPECS[reply.code].fields if field.field_id is None]
    fixed = "".join(reply.fixed[name] for name in names)
    fields = "".join(
        f"{code}{value.replace('|', '&#124;')}|" for code, values in reply.fields.items() for value in values
    )
    summed = f"{reply.code}{fixed}{fields}AY0AZ".encode()
    return summed + b"%04X\r" % (-sum(summed) & 0xFFFF)


def mutate(data: bytes, seed: int) -> bytes:
    """The frame with one of its fields left out, repeated, moved or changed for another; its trailer made right, or not."""
    rng = random.Random(seed)
    body, _, trailer = data.partition(b"AY")
    pieces = body.split(b"|")
    at, other = rng.randrange(len(pieces)), rng.randrange(len(pieces))
    match rng.randrange(4):
        case 0:
            pieces[at:at] = [pieces[other]]
        case 1:
            del pieces[at]
        case 2:
            pieces[at], pieces[other] = pieces[other], pieces[at]
        case _:
            pieces[at] = pieces[at][: rng.randrange(len(pieces[at]) + 1)]
    body = b"|".join(pieces)
    if rng.random() < 0.5:
        return body + b"AY" + trailer
    summed = body[1:] + b"AY1AZ"
    return body[:1] + summed + b"%04X\r" % (-sum(summed) & 0xFFFF)
