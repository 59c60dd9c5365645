"""What the settings file says of the library: its branches and closed days, its papers. Shown; changed in the file alone."""

from collections.abc import Mapping

import msgspec

from gateway.desk.structs.papers import Name


class PlaceShown(msgspec.Struct, frozen=True, kw_only=True):
    """The library or a branch, and when it is closed, in words."""

    code: str
    """Empty for the library as a whole."""
    name: str
    is_pickup: bool
    """Whether customers can pick things up there."""
    hours: str
    closed: tuple[str, ...]
    fetch_days: int | None = None
    """Open days within which nearly all of its books come to the desk after a promise: the hold's clocks count from there on."""
    fetch_basis: str = ""
    """What that goes by."""


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """The library first, then its branches."""

    time_zone: str
    places: tuple[PlaceShown, ...]


class PaperStock(msgspec.Struct, frozen=True, kw_only=True):
    """A paper, and what it is printed on."""

    paper: str
    stock: str
    printers: Mapping[str, str]
    """What it is printed on by a printer that has a stock of its own for it."""


class Papers(msgspec.Struct, frozen=True, kw_only=True):
    """How the library's papers look, and what each is printed on."""

    papers: tuple[PaperStock, ...]
    printers: tuple[str, ...]
    logo: str | None
    templates: str | None
    """The folder of its own templates."""
    item_bars: str
    stocks: Mapping[str, int]
    """Every stock, and how many places a sheet of it has."""


class TestPrint(msgspec.Struct, frozen=True, kw_only=True):
    """What is printed to see whether a printer meets the places of a sheet."""

    paper: Name = "shipping-label"
    printer: Name | None = None
