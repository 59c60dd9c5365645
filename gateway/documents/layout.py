"""Plain text of a fixed width, as a printer or a terminal shows it.

A block is a list of lines, none wider than WIDTH; a page is its blocks with rules between. Our own words are ASCII, and of
titles and names only what can be printed stays, so that no control sequence reaches a printer. Pure.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

WIDTH: Final = 72
"""Columns of a page. A wide character (Chinese, Japanese, Korean) takes two."""
LABEL_WIDTH: Final = 16

Block = list[str]
"""Lines of a page that belong together."""


def clean(text: str) -> str:
    """Return a text as one line: composed characters, single blanks, nothing that can't be printed."""
    printable = "".join(filter(str.isprintable, " ".join(text.split())))
    return " ".join(unicodedata.normalize("NFC", printable).split())


def columns(text: str) -> int:
    """Count the columns that a text takes."""
    return sum(map(_columns_of, text))


def wrap(text: str, width: int = WIDTH) -> Block:
    """Break a text into lines of `width` columns at most, between words where it can be; no line for an empty text."""
    lines: Block = []
    line = ""
    for word in _pieces(clean(text), width):
        longer = f"{line} {word}" if line else word
        if columns(longer) <= width:
            line = longer
        else:
            lines.append(line)
            line = word
    return [*lines, line] if line else lines


def field(label: str, *values: str | None) -> Block:
    """Set values under each other beside a label; an empty block where there is no value."""
    lines = [line for value in values if value for line in wrap(value, WIDTH - LABEL_WIDTH)]
    labels = [label, *[""] * len(lines)]
    return [f"{beside:<{LABEL_WIDTH}}{line}" for beside, line in zip(labels, lines, strict=False)]


def sides(left: str, right: str) -> Block:
    """Set two texts at the two margins of a line; under each other where one line is too short."""
    left, right = clean(left), clean(right)
    gap = WIDTH - columns(left) - columns(right)
    return [f"{left}{' ' * gap}{right}"] if gap > 0 else [*wrap(left), *wrap(right)]


def centred(block: Block) -> Block:
    """Set a block in the middle, its lines in line with each other."""
    indent = (WIDTH - max(map(columns, block), default=WIDTH)) // 2
    return [" " * indent + line for line in block]


def page(title: Block, *blocks: Sequence[str]) -> str:
    """Put a page together: the title between double rules, a rule between blocks, empty blocks left out."""
    double, single = "=" * WIDTH, "-" * WIDTH
    lines = [double, *title, double]
    for place, block in enumerate(block for block in blocks if block):
        lines += [single, *block] if place else block
    return "".join(f"{line.rstrip()}\n" for line in [*lines, double])


def _columns_of(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _pieces(text: str, width: int) -> Iterator[str]:
    """The words of a text, those wider than a line cut."""
    for word in text.split():
        piece = ""
        for character in word:
            if columns(piece) + _columns_of(character) > width:
                yield piece
                piece = ""
            piece += character
        yield piece
