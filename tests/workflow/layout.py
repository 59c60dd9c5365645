"""How rows of the tables are written: one a line, in columns that line up, and read down.

    python -m tests.workflow.layout        write the stages anew, as they should be laid out

Rows that stand together (no empty line, no comment between them) are a block. In a block the triggers, the reasons, the
states to go to and what is done each begin in one column; a refusal has its words where a row has its reason.
"""

import ast
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import gateway

WIDEST = 160
_GATEWAY = Path(gateway.__path__[0])
_FOLDER = _GATEWAY / "workflow"
_BEGIN, _END = "# fmt: off\n", "# fmt: on\n"
_COLUMNS = 4  # state, trigger, why, go to


def written() -> list[Path]:
    """The modules that hold rows."""
    return sorted([*_GATEWAY.glob("**/stages/[!_]*.py"), _FOLDER / "acts" / "rows.py"])


def by_hand() -> list[Path]:
    """The modules with a block that is laid out by hand: no formatter keeps its lines short."""
    return sorted(path for path in _GATEWAY.rglob("*.py") if _BEGIN in path.read_text())


def blocks(text: str) -> Iterator[list[str]]:
    """The lines of each block of a module that the formatter leaves alone."""
    for part in text.split(_BEGIN)[1:]:
        yield part.partition(_END)[0].splitlines()


def laid_out(text: str) -> str:
    """Give a module's text with the rows between its marks in columns."""
    head, begin, rest = text.partition(_BEGIN)
    body, end, tail = rest.partition(_END)
    return head + begin + "".join(f"{line}\n" for line in _lines(body.splitlines())) + end + tail


def _lines(lines: list[str]) -> Iterator[str]:
    for is_row, together in groupby(lines, lambda line: line.startswith(("    row(", "    no("))):
        block = list(together)
        yield from _in_columns([_cells(line) for line in block]) if is_row else block


def _cells(line: str) -> list[str]:
    """The columns of a row, then the rest of it."""
    source = line.strip().removesuffix(",")
    call = ast.parse(source, mode="eval").body
    assert isinstance(call, ast.Call), line
    name = ast.unparse(call.func)
    parts = [ast.get_source_segment(source, each) or "" for each in call.args]
    parts += [f"{each.arg}={ast.get_source_segment(source, each.value)}" for each in call.keywords]
    shown = _COLUMNS if name == "row" else _COLUMNS - 1
    cells = [f"{part}," for part in parts[:shown]]
    return [f"{name}({cells[0]}", *cells[1:], ", ".join(parts[shown:])]


def _in_columns(block: list[list[str]]) -> Iterator[str]:
    rows = [cells for cells in block if len(cells) > _COLUMNS]
    widths = [max(len(cells[0]) for cells in block), max(len(cells[1]) for cells in block)]
    widths += [max((len(cells[column]) for cells in rows), default=0) for column in range(2, _COLUMNS)]
    for *columns, rest in block:
        padded = [cell.ljust(width) for cell, width in zip(columns, widths, strict=False)]
        if len(columns) < _COLUMNS:
            padded[-1] = columns[-1]  # the words of a refusal, however long
        yield f"    {' '.join([*padded, rest]).rstrip().removesuffix(',')}),"


if __name__ == "__main__":
    for path in written():
        path.write_text(laid_out(path.read_text()))
