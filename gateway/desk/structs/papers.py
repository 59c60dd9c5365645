"""Papers that are asked for: as text or PDF, for which printer, on what; and those of a whole cart."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal

import msgspec

from gateway.desk.structs.common import Barcode

MOST_AT_ONCE = 500
"""Papers in one PDF."""
Name = Annotated[str, msgspec.Meta(max_length=64)]
Place = Annotated[int, msgspec.Meta(ge=1, le=1000)]
"""A place on a sheet, counted from 1 along its rows."""


class Slip(StrEnum):
    """What is asked for; which paper that is follows from our role in the request."""

    PACKING_SLIP = "packing-slip"
    LABEL = "label"
    STRAP = "strap"
    COVER_BAND = "cover-band"
    ROUTING_SLIP = "routing-slip"
    PULL_SLIP = "pull-slip"


class PrintQuery(msgspec.Struct, frozen=True, kw_only=True):
    """How a PDF is printed."""

    printer: Name | None = None
    """One of the settings' printers."""
    stock: Name | None = None
    """What it is printed on, whatever the settings say."""
    start: Place = 1
    """The first free place on a sheet that was begun."""


class PaperQuery(PrintQuery, frozen=True, kw_only=True):
    """How a paper is printed, and which."""

    format: Literal["text", "pdf"] = "text"
    item: Name | None = None
    """Of this item of the request alone."""


class CartLine(msgspec.Struct, frozen=True, kw_only=True):
    """One of a cart's papers."""

    request: Name
    """Its number, or any scan that names it."""
    paper: Slip
    item: Barcode | None = None


class LabelSheet(msgspec.Struct, frozen=True, kw_only=True):
    """A stock of labels, of which a sheet may have been begun."""

    stock: str
    places: int
    """On a sheet."""


class Cart(msgspec.Struct, frozen=True, kw_only=True):
    """Papers of several requests, for one PDF: what is on one stock comes together, in the order in which it stands here."""

    papers: Annotated[tuple[CartLine, ...], msgspec.Meta(min_length=1, max_length=MOST_AT_ONCE)]
    printer: Name | None = None
    starts: Mapping[Name, Place] = {}
    """The first free place on a sheet that was begun, by stock."""
