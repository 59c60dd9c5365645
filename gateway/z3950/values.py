"""What goes to the process that speaks Z39.50, and what comes back: a question and a reply, as MessagePack behind a length. Pure.

A frame is four bytes, the length of what follows, most significant first, and the value.
"""

from enum import StrEnum
from typing import Final

import msgspec

HEAD_BYTES: Final = 4
LONGEST_QUESTION: Final = 1024 * 1024
READY: Final = b"+"
"""What the process writes once it can be asked, before its first reply."""
NO_LIBRARY: Final = 3
"""The exit code of the process where YAZ is not installed."""


class RecordCharset(StrEnum):
    """In which characters a catalogue's records are; `auto` tells by the bytes, record by record."""

    AUTO = "auto"
    UTF_8 = "utf-8"
    MARC_8 = "marc-8"
    LATIN_1 = "iso-8859-1"


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A database, and how it is asked. `host` is an address that was judged, never a name that would be looked up anew."""

    host: str
    port: int
    database: str
    syntax: str = "usmarc"
    """The record syntax by YAZ's name: usmarc, opac, unimarc …"""
    user: str | None = None
    password: str | None = None
    group: str | None = None
    query_charset: str = "utf-8"
    """Into which the terms of a query are put."""
    record_charset: RecordCharset = RecordCharset.AUTO

    @property
    def address(self) -> str:
        """As YAZ takes it: `tcp:192.0.2.1:210`, an IPv6 address in brackets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"tcp:{host}:{self.port}"


class CatalogueQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A query in PQF, and how much of its answer is wanted."""

    target: Target
    query: str
    most_records: int
    page_records: int
    most_bytes: int
    timeout_s: int
    """For one exchange with the catalogue; whoever asks has a deadline of their own for the whole."""


class CatalogueRefusal(msgspec.Struct, frozen=True, kw_only=True):
    """What the catalogue, or YAZ, says is wrong: a number of a list (`bib-1`, `zoom`), and what is added to it."""

    number: int
    of: str
    message: str = ""
    details: str = ""


class CatalogueReply(msgspec.Struct, frozen=True, kw_only=True):
    """An answer: how many records there are, and those that were fetched, as XML in UTF-8."""

    total: int = 0
    records: tuple[bytes, ...] = ()
    unread: int = 0
    """Records in whose place there was a diagnostic, or nothing that YAZ could make XML of."""
    is_cut: bool = False
    """There was more than `most_bytes`."""
    refusal: CatalogueRefusal | None = None


def framed(value: CatalogueQuery | CatalogueReply) -> bytes:
    """Return a value as a frame."""
    body = msgspec.msgpack.encode(value)
    return len(body).to_bytes(HEAD_BYTES, "big") + body


question_of: Final = msgspec.msgpack.Decoder(CatalogueQuery).decode
reply_of: Final = msgspec.msgpack.Decoder(CatalogueReply).decode
