"""Bars and squares for scanners, as small SVG drawings with their quiet zone. Pure.

Bars are runs of equal modules; a drawing is one unit high and stretches, so that a template gives it any height. What has no bars
(a letter that no symbology knows, a text too long for a slip) is printed as text alone.

python-barcode adds a check character to Code 39 unless it is told not to, takes small letters for capitals there, and refuses
Codabar without its start and stop letters; it draws Codabar's narrowest bar two modules wide.
"""

import re
from collections.abc import Callable
from itertools import groupby
from typing import Final, NamedTuple

from gateway.stationery import Symbology

MOST_CHARACTERS: Final = 32
"""The longest number of a request (iso18626.md, "Ids"); bars of more are wider than any slip."""
MOST_IN_SQUARE: Final = 200
"""Characters: an address at the desk is half as long."""
_QUIET: Final = 10
"""Narrowest bars that stay white on each side (ISO/IEC 15417, 16388)."""
_QUIET_SQUARES: Final = 4
"""Likewise around a QR code (ISO/IEC 18004)."""


class Drawing(NamedTuple):
    """An SVG, and how many of the narrowest bars (or squares) it is wide: from that follows how wide it must be to be read."""

    svg: str
    modules: float


class _Kind(NamedTuple):
    fits: re.Pattern[str]
    modules: Callable[[str], str]
    narrowest: int
    """Characters of `modules` that a narrow bar takes."""


def bars(text: str, symbology: Symbology) -> Drawing | None:
    """Draw a text in these bars, in Code 128 if they lack one of its characters; None for what no bars can say."""
    if not 0 < len(text) <= MOST_CHARACTERS:
        return None
    kind = next((_KINDS[each] for each in (symbology, Symbology.CODE_128) if _KINDS[each].fits.fullmatch(text)), None)
    return kind and _striped(kind.modules(text), kind.narrowest)


def square(text: str) -> Drawing | None:
    """Draw a QR code; None for more than a small square can say."""
    if not 0 < len(text) <= MOST_IN_SQUARE:
        return None
    import segno  # noqa: PLC0415 - takes 0.1 s, and few papers have one

    rows = list(segno.make(text, micro=False, error="m").matrix_iter(border=_QUIET_SQUARES))
    path = "".join(_stripe(start, width, y) for y, row in enumerate(rows) for start, width in _dark(bytes(row)))
    return Drawing(_svg(len(rows), len(rows), path), len(rows))


def _striped(modules: str, narrowest: int) -> Drawing:
    quiet = _QUIET * narrowest
    width = len(modules) + 2 * quiet
    path = "".join(_stripe(quiet + start, wide, 0) for start, wide in _dark(bytes(map(int, modules))))
    return Drawing(_svg(width, 1, path), width / narrowest)


def _dark(modules: bytes) -> list[tuple[int, int]]:
    """The runs of dark modules: start and width."""
    runs, start = [], 0
    for is_dark, run in groupby(modules):
        width = len(list(run))
        if is_dark:
            runs.append((start, width))
        start += width
    return runs


def _stripe(x: int, width: int, y: int) -> str:
    return f"M{x} {y}h{width}v1h-{width}z"


def _svg(width: int, height: int, path: str) -> str:
    view = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" preserveAspectRatio="none"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {view} shape-rendering="crispEdges"><path d="{path}"/></svg>'


def _code128(text: str) -> str:
    from barcode.codex import Code128  # noqa: PLC0415 - only the process that prints needs it

    return str(Code128(text).build()[0])


def _code39(text: str) -> str:
    from barcode.codex import Code39  # noqa: PLC0415 - likewise

    return str(Code39(text, add_checksum=False).build()[0])


def _codabar(text: str) -> str:
    from barcode.codabar import CODABAR  # noqa: PLC0415 - likewise

    return str(CODABAR(text if text[0].isalpha() else f"A{text}B").build()[0])


_KINDS: Final = {
    Symbology.CODE_128: _Kind(re.compile(r"[ -~]+"), _code128, 1),
    Symbology.CODE_39: _Kind(re.compile(r"[0-9A-Z $%+./-]+"), _code39, 1),
    Symbology.CODABAR: _Kind(re.compile(r"[0-9$+./:-]+|[A-D][0-9$+./:-]+[A-D]"), _codabar, 2),
}
