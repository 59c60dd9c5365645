"""What all topics share: that something was done, that it was not, and files that go in and out."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Final

import msgspec
from msgspec import UNSET, UnsetType

TIME_ZONE: Final = "Library-Time-Zone"
"""The header in which the API names the library's time zone, by its IANA name."""
SAYABLE: Final = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]*$"
"""Characters that an XML message can carry, and that say something to people."""
Words = Annotated[str, msgspec.Meta(max_length=4000, pattern=SAYABLE)]
Barcode = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Limit = Annotated[int, msgspec.Meta(ge=1, le=1000)]
"""How many lines at the most."""


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong with what was handed in, and where."""

    row: int | UnsetType = UNSET
    """Of a list, as its reader counts; 0: the list as a whole."""
    column: str | UnsetType | None = UNSET
    """The field or the heading; None: the row or the record as a whole."""
    severity: str | UnsetType = UNSET
    words: str


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """What is answered if a call can't be done: its kind, and a sentence for people."""

    error: str
    detail: str
    problems: tuple[Problem, ...] | UnsetType = UNSET


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """That something was done."""

    result: str = "done"
    words: str


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is handed in."""

    content_type: str
    data: bytes


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """A file that is handed in, as it comes; reading it may raise what its way in raises."""

    content_type: str
    chunks: AsyncIterator[bytes]


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A file that is handed out as it is read."""

    content_type: str
    name: str
    size: int
    chunks: AsyncIterator[bytes]


class Download(msgspec.Struct, frozen=True, kw_only=True):
    """A file or a paper that is handed out."""

    content_type: str
    text: str = ""
    data: bytes = b""
    """Of what is no text, in its place."""
    name: str | None = None
    """What it is called where it is saved."""
    free: Mapping[str, int] = {}
    """Of papers: the first free place on each sheet of labels that they leave begun, by stock."""
