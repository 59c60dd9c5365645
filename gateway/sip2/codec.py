"""SIP2 messages between bytes and values. Pure: no socket, no clock.

Strict out: requests are pysip2's models, written by pysip2's encoder (`encode`). Tolerant in: replies are read here
(`decode`), driven by pysip2's field specs, because pysip2's own reader refuses what real servers send. Whatever
starts with two digits is read; what had to be put right is named in `Reply.repairs`.
"""

import re
from enum import StrEnum
from typing import Final

import msgspec
from pysip2 import calculate_checksum, encode_message
from pysip2.errors import SIP2CodecError
from pysip2.models import CheckoutRequest, MessageSpec, RenewRequest, SIPRequest, spec_for_type

from gateway.sip2.dates import BLANK_DATE
from gateway.sip2.errors import FrameError, Inexpressible
from gateway.sip2.layout import MESSAGE_SPECS, split_fixed
from gateway.sip2.profiles import ChecksumPolicy, Profile

MAX_REQUEST_BYTES: Final = 1024
"""sip2.md, "The wire": a request has at most 1024 bytes, CR included."""

_STAND_IN_DATE: Final = "00000000    000000"
_ENDS_EARLY: Final = re.compile(r"[|\x00-\x1f\x7f]")
_EDGE: Final = b" \t\0\r\n"
# SIP2 2.00: two digits say which message it is, two characters in front of a variable field which field, and "|" ends that.
_START: Final = re.compile(rb"[0-9]{2}")
_CODE: Final = re.compile(r"[A-Z][A-Z0-9]")
_TRAILER: Final = re.compile(rb"(?:AY(?P<sequence>[0-9])[ |]*)?AZ(?P<checksum>[0-9A-Fa-f]{4})\Z|AY(?P<alone>[0-9])\Z")
_CONTROL_96: Final = b"96"  # these two carry AZ alone by the specification
_CONTROL_97: Final = b"97"
_TRAILER_BYTES: Final = len(b"AY0AZ0000")
_TRAILER_WINDOW: Final = 24  # bytes at the end in which a trailer is looked for: bounded work, whatever arrives


class Checksum(StrEnum):
    """What the checksum of a message says."""

    OK = "ok"
    BAD = "bad"
    ABSENT = "absent"


class Repair(StrEnum):
    """What was put right while reading; a bounded set, fit for a metric's label."""

    BLANKS_BEFORE_TRAILER = "blanks_before_trailer"
    CHECKSUM_BAD = "checksum_bad"  # taken all the same, by the profile's policy
    CHECKSUM_OTHER_BYTES = "checksum_other_bytes"  # right for another encoding than the one on the wire
    CHECKSUM_WITHOUT_SEQUENCE = "checksum_without_sequence"
    DELIMITER_AFTER_FIXED = "delimiter_after_fixed"
    DELIMITER_IN_VALUE = "delimiter_in_value"
    EMPTY_PIECE = "empty_piece"
    ENTITY_IN_VALUE = "entity_in_value"
    FIXED_PART_LENGTH = "fixed_part_length"
    LEADING_BYTES = "leading_bytes"
    NO_LAST_DELIMITER = "no_last_delimiter"
    UNDECODABLE = "undecodable"
    UNKNOWN_MESSAGE = "unknown_message"


class Reply(msgspec.Struct, frozen=True):
    """One message as read.

    `fixed`: name (pysip2's) to text, every fixed field of the message, "" where missing. `fields`: two-letter code to
    its values in order of appearance, codes nobody knows included; `order`: the code of each value in turn. `sequence` is
    AY's digit.
    """

    code: str
    fixed: dict[str, str]
    fields: dict[str, tuple[str, ...]]
    sequence: int | None
    checksum: Checksum
    repairs: tuple[str, ...]
    order: tuple[str, ...]

    def first(self, code: str) -> str:
        """The first value of a field that isn't blank, trimmed; "" when there is none."""
        return next((value.strip() for value in self.fields.get(code, ()) if value.strip()), "")


def folded(number: str) -> str:
    """A barcode or an account's number as it is compared: case and outer blanks don't count."""
    return number.strip().casefold()


class _Trailer(msgspec.Struct, frozen=True):
    payload: bytes
    sequence: int | None
    checksum: Checksum
    repairs: tuple[Repair, ...]


def decode(frame: bytes, profile: Profile = Profile()) -> Reply:  # noqa: B008 - a frozen value
    """Read one message, with or without its terminator.

    Raises FrameError when it doesn't start with two digits (blanks and line ends before them don't count), and
    on nothing else.
    """
    body = frame.strip(_EDGE)
    if not _START.match(body):
        raise FrameError("not a SIP2 message: it doesn't start with two digits")
    repairs: list[str] = [] if frame.startswith(body[:2]) else [Repair.LEADING_BYTES]
    trailer = _split_trailer(body, profile)
    text = trailer.payload.decode(profile.encoding, errors="replace")
    if "\ufffd" in text:
        repairs.append(Repair.UNDECODABLE)
    code = text[:2]
    spec = MESSAGE_SPECS.get(code)
    if spec is None:
        repairs.append(Repair.UNKNOWN_MESSAGE)
    fixed, rest, aligned = split_fixed(text[2:], spec)
    if not aligned:
        repairs.append(Repair.FIXED_PART_LENGTH)
    fields, order, field_repairs = _split_fields(rest)
    seen = dict.fromkeys((*repairs, *field_repairs, *trailer.repairs))
    return Reply(code, fixed, fields, trailer.sequence, trailer.checksum, tuple(map(str, seen)), order)


def _split_trailer(body: bytes, profile: Profile) -> _Trailer:
    """Separate AY and AZ from the rest and check the sum, which runs from the first byte through the letters AZ."""
    window = body.rstrip(b" |")
    none = _Trailer(body, None, Checksum.ABSENT, ())
    match = _TRAILER.search(window, max(len(_CONTROL_97), len(window) - _TRAILER_WINDOW))
    if match is None:
        return none
    sequence, written, alone = match.group("sequence", "checksum", "alone")
    payload, blanks = _without_blanks(window[: match.start()])
    detached = b"|" not in payload or payload.endswith(b"|") or bool(blanks)  # not the end of some value
    if alone is not None:
        return _Trailer(payload, int(alone), Checksum.ABSENT, blanks) if detached else none
    checksum, repairs = _check(window[:-4], int(written, 16), profile)
    if sequence is not None:
        return _Trailer(payload, int(sequence), checksum, (*blanks, *repairs))
    if checksum is Checksum.BAD and int(written, 16) and not detached:
        return none  # a value whose last letters only look like a checksum
    lone = () if payload in (_CONTROL_96, _CONTROL_97) else (Repair.CHECKSUM_WITHOUT_SEQUENCE,)
    return _Trailer(payload, None, checksum, (*blanks, *lone, *repairs))


def _without_blanks(payload: bytes) -> tuple[bytes, tuple[Repair, ...]]:
    """Drop blanks before the trailer, unless they may be a fixed part that is blank."""
    trimmed = payload.rstrip(b" ")
    if trimmed == payload or b"|" not in payload:
        return payload, ()
    return trimmed, (Repair.BLANKS_BEFORE_TRAILER,)


def _check(summed: bytes, written: int, profile: Profile) -> tuple[Checksum, tuple[Repair, ...]]:
    """Compare the sum; servers that add up other bytes than they send are right in their own way (sip2.md)."""
    if _adds_up(sum(summed), written):
        return Checksum.OK, ()
    if not summed.isascii():
        text = summed.decode(profile.encoding, errors="replace")
        blurred = "".join(char if char.isascii() else "\ufffd" for char in text)
        bytes_summed = (text.encode(), text.encode("ascii", "replace"), blurred.encode())
        totals = (*map(sum, bytes_summed), *(sum(map(ord, summed_text)) for summed_text in (text, blurred)))
        if any(_adds_up(total, written) for total in totals):
            return Checksum.OK, (Repair.CHECKSUM_OTHER_BYTES,)
    return Checksum.BAD, () if profile.checksum is ChecksumPolicy.IGNORE else (Repair.CHECKSUM_BAD,)


def _adds_up(total: int, written: int) -> bool:
    # SIP2 2.00, "checksum": the two's complement of the sum of all bytes up to and with "AZ", in 16 bits.
    return (total + written) & 0xFFFF == 0


def _split_fields(text: str) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...], list[Repair]]:
    """Identified fields in order. A piece that can't be a field is the rest of a value with an unescaped `|`."""
    values: dict[str, list[list[str]]] = {}  # code -> values, each as the pieces that a `|` stood between
    repairs: list[Repair] = []
    order: list[str] = []
    code = ""
    if text.startswith("|"):
        repairs.append(Repair.DELIMITER_AFTER_FIXED)
    *pieces, last = text.removeprefix("|").split("|")
    if last.strip():
        repairs.append(Repair.NO_LAST_DELIMITER)
        pieces.append(last)
    for piece in pieces:
        if _CODE.match(piece) or (not code and piece.strip()):
            code = piece[:2]
            order.append(code)
            values.setdefault(code, []).append([piece[2:]])
        elif not piece.strip():
            repairs.append(Repair.EMPTY_PIECE)
        else:
            repairs.append(Repair.DELIMITER_IN_VALUE)
            values[code][-1].append(piece)
    fields = {code: tuple(["|".join(parts) for parts in found]) for code, found in values.items()}
    if "&#124;" in text:  # Koha's C4/SIP/Sip.pm, add_field, writes a `|` in a value so
        repairs.append(Repair.ENTITY_IN_VALUE)
        fields = {code: tuple([value.replace("&#124;", "|") for value in found]) for code, found in fields.items()}
    return fields, tuple(order), repairs


def encode(request: SIPRequest, profile: Profile, sequence: int) -> bytes:
    """The request as bytes, CR included; with AY<sequence> and AZ where the profile has error detection on.

    Raises Inexpressible, naming the field but never its value.
    """
    return framed(written(request, profile), profile, sequence)


def written(request: SIPRequest, profile: Profile) -> bytes:
    """What of a request's bytes is the same in every session: all before AY. Raises Inexpressible as `encode` does."""
    _check_values(request, profile)
    payload = _encode_blank_due_date(request, profile).removesuffix(b"\r")
    if len(payload) + (_TRAILER_BYTES if profile.error_detection else 0) >= MAX_REQUEST_BYTES:
        raise Inexpressible(f"a {message_code(request)} of more than {MAX_REQUEST_BYTES} bytes")
    return payload


def framed(payload: bytes, profile: Profile, sequence: int) -> bytes:
    """What was `written`, as one message."""
    if not profile.error_detection:
        return payload + b"\r"
    # SIP2 2.00, "sequence number": one digit; a 97 has none.
    summed = payload + (b"AZ" if payload == _CONTROL_97 else b"AY%dAZ" % (sequence % 10))
    return summed + calculate_checksum(summed).encode("ascii") + b"\r"


def message_code(request: SIPRequest) -> str:
    """The two digits of a request's message."""
    return spec_for_type(type(request)).command_id


def _encode_blank_due_date(request: SIPRequest, profile: Profile) -> bytes:
    """pysip2 can't write a blank nb-due-date: write a stand-in and blank it out (sip2.md, "The library")."""
    if not isinstance(request, CheckoutRequest | RenewRequest) or request.nb_due_date != BLANK_DATE:
        return _encode(request, profile)
    frame = _encode(msgspec.structs.replace(request, nb_due_date=_STAND_IN_DATE), profile)
    start = 2 + _offset(spec_for_type(type(request)), "nb_due_date")
    return frame[:start] + BLANK_DATE.encode("ascii") + frame[start + len(BLANK_DATE) :]


def _offset(spec: MessageSpec, name: str) -> int:
    """Where a fixed field begins, counted behind the message code."""
    names = [field.name for field in spec.fields]
    return sum(field.width or 0 for field in spec.fields[: names.index(name)])


def _encode(request: SIPRequest, profile: Profile) -> bytes:
    try:
        return encode_message(request, encoding=profile.encoding)
    except SIP2CodecError as exc:
        raise Inexpressible(f"message {message_code(request)}: {exc}") from None


def _check_values(request: SIPRequest, profile: Profile) -> None:
    """Refuse what would end a field or the message early, and what the code page lacks."""
    for name, value in msgspec.structs.asdict(request).items():
        for text in (value,) if isinstance(value, str) else value or ():
            if _ENDS_EARLY.search(text):
                raise Inexpressible(f"{name} of message {message_code(request)} has a | or a control character")
            try:
                text.encode(profile.encoding)
            except UnicodeEncodeError:
                raise Inexpressible(
                    f"{name} of message {message_code(request)} has a character that {profile.encoding} lacks"
                ) from None
