"""Deliberate damage to a reply of the demonstration ACS, one function for each kind. Pure: bytes in, bytes out.

Those of a body work before the trailer is put on, so that the frame is sound and only its content is wrong; those of a frame
work on the finished one with its CR.
"""

from collections.abc import Callable

from gateway.demo.acs.frames import checksum_of, join_fields, split_fields

Edit = Callable[[bytes], bytes]

OTHER_ITEM = b"30000000009999"
UNSOLICITED_98 = b"98YYYYYN03000320260101    0000002.00AOEXAMPLE|BXYYYYYYYYYYYYYYYY|\r"
GARBAGE = b"\xff\xfb\x01%%<html>\x00500 \xc3\x28|||AY\r"
_CODES_WITH_OK = {b"10", b"12", b"16", b"30", b"38", b"94"}
_COUNTS_OF_64 = slice(16, 19), slice(37, 61)
_STATUS_OF_18 = slice(2, 4)
_TIMEOUT_OF_98 = slice(8, 11)
_ALERT_OF_10 = 5


# ---- bodies


def set_ok(flag: bytes) -> Edit:
    """Set the ok of a reply that has one to b"0" or b"1"; 38 says N or Y."""

    def edit(body: bytes) -> bytes:
        if body[:2] not in _CODES_WITH_OK:
            return body
        value = {b"0": b"N", b"1": b"Y"}[flag] if body[:2] == b"38" else flag
        return body[:2] + value + body[3:]

    return edit


def name_another_item(body: bytes) -> bytes:
    """Answer about an item (AB) or, in a reply without one, a customer (AA) that nobody asked about."""
    fixed, fields = split_fields(body)
    for code in (b"AB", b"AA"):
        if any(field[:2] == code for field in fields):
            return join_fields(fixed, [code + OTHER_ITEM if field[:2] == code else field for field in fields])
    return body


def silence_alert(body: bytes) -> bytes:
    """A 10 that says alert N and names no CV, CT, CY or DA, whatever has happened."""
    if body[:2] != b"10":
        return body
    fixed, fields = split_fields(body)
    kept = [field for field in fields if field[:2] not in {b"CV", b"CT", b"CY", b"DA"}]
    return join_fields(fixed[:_ALERT_OF_10] + b"N" + fixed[_ALERT_OF_10 + 1 :], kept)


def resize_supported_messages(length: int) -> Edit:
    """A 98 whose BX has `length` characters instead of 16."""

    def edit(body: bytes) -> bytes:
        fixed, fields = split_fields(body)
        return join_fields(fixed, [f.ljust(2 + length, b"N")[: 2 + length] if f[:2] == b"BX" else f for f in fields])

    return edit


def blank_counts(body: bytes) -> bytes:
    """A 64 with blanks for the language and for all six counts."""
    return _blanked(_blanked(body, _COUNTS_OF_64[0]), _COUNTS_OF_64[1]) if body[:2] == b"64" else body


def letters_in_timeout(body: bytes) -> bytes:
    """A 98 whose timeout is no number."""
    return _replaced(body, _TIMEOUT_OF_98, b"n/a") if body[:2] == b"98" else body


def shorten_status(body: bytes) -> bytes:
    """An 18 with a circulation status of one character."""
    return _replaced(body, _STATUS_OF_18, body[3:4]) if body[:2] == b"18" else body


def bar_in_title(body: bytes) -> bytes:
    """A title (AJ) with a bar and an escaped bar inside."""
    fixed, fields = split_fields(body)
    return join_fields(fixed, [f + b" | or &#124; not" if f[:2] == b"AJ" else f for f in fields])


def bar_after_fixed_part(body: bytes) -> bytes:
    """A bar right behind the fixed part, before the first field."""
    fixed, fields = split_fields(body)
    return fixed + b"|" + join_fields(b"", fields)


def strange_fields(body: bytes) -> bytes:
    """Fields nobody knows, one of them empty, one twice; and the order reversed."""
    fixed, fields = split_fields(body)
    return join_fields(fixed, [b"ZZ", b"XXone", b"XXtwo", *reversed(fields)])


def drop_last_bar(body: bytes) -> bytes:
    """The last field without its bar."""
    return body.removesuffix(b"|")


def blanks_at_end(body: bytes) -> bytes:
    """Blanks between the last bar and AY."""
    return body + b"  "


# ---- frames


def always(frame: bytes) -> Edit:
    """Send `frame`, whatever the reply is."""
    return lambda _reply: frame


def end_with(terminator: bytes) -> Edit:
    """Another terminator than CR, or none."""
    return lambda frame: frame.removesuffix(b"\r") + terminator


def begin_with(prefix: bytes) -> Edit:
    """Something before the reply."""
    return lambda frame: prefix + frame


def follow_with(extra: bytes) -> Edit:
    """A second frame in the same segment."""
    return lambda frame: frame + extra


def wrong_checksum(frame: bytes) -> bytes:
    """A checksum that is off by one; a frame without one stays as it is."""
    body, az, checksum = frame.removesuffix(b"\r").rpartition(b"AZ")
    return body + az + b"%04X\r" % (int(checksum, 16) + 1 & 0xFFFF) if az else frame


def zero_checksum(frame: bytes) -> bytes:
    """AZ0000, as one server always sends."""
    body, az, _ = frame.rpartition(b"AZ")
    return body + az + b"0000\r" if az else frame


def lower_case_checksum(frame: bytes) -> bytes:
    """Right, in lower-case digits."""
    body, az, checksum = frame.rpartition(b"AZ")
    return body + az + checksum.lower() if az else frame


def another_sequence(frame: bytes) -> bytes:
    """The AY of some other request, with a checksum that fits."""
    body, ay, trailer = frame.rpartition(b"AY")
    return _checksummed(body + ay + b"%d" % ((int(trailer[:1]) + 1) % 10)) if ay else frame


def drop_sequence(frame: bytes) -> bytes:
    """AZ without AY."""
    body, ay, _ = frame.rpartition(b"AY")
    return _checksummed(body) if ay else frame


def _checksummed(before_az: bytes) -> bytes:
    return before_az + b"AZ" + checksum_of(before_az + b"AZ") + b"\r"


def _replaced(body: bytes, where: slice, new: bytes) -> bytes:
    return body[: where.start] + new + body[where.stop :]


def _blanked(body: bytes, where: slice) -> bytes:
    return _replaced(body, where, b" " * (where.stop - where.start))
