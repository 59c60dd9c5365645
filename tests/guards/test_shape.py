"""The sources stay as short as can be read: modules, lines, and the gateway's functions."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import gateway

ROOT: Final = Path(gateway.__path__[0]).parent
MODULES: Final = [path for room in ("gateway", "bench", "tests") for path in sorted((ROOT / room).rglob("*.py"))]
MOST_LINES: Final = 400
"""Of a module. One that is longer is split by what it is for, a module of tests by what they show."""
MOST_COLUMNS: Final = 160
"""Of a line, in tables that no formatter touches, in texts and in docstrings too."""
LONGEST: Final = 50
"""Lines of a function of the gateway; most have ten, few thirty. Those near it fill in one struct, or build one object, a line for each part."""
LONGER: Final = {
    "gateway/desk/sheet.py show_sheet": "fills in all that a request's page shows, a line for each",
}
"""Functions that are longer, and why they are not cut."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions() -> Iterator[tuple[str, int]]:
    """The gateway's functions, each with the number of its lines, its decorators not counted."""
    for path in MODULES:
        if named(path).startswith("gateway/"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, Function):
                    assert node.end_lineno is not None
                    yield f"{named(path)} {node.name}", node.end_lineno - node.lineno + 1


def test_no_module_is_longer_than_can_be_read():
    lines = {named(path): len(path.read_text().splitlines()) for path in MODULES}
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def test_no_line_is_wider_than_can_be_read():
    assert [
        f"{named(path)}:{number}"
        for path in MODULES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > MOST_COLUMNS
    ] == []


def test_no_function_of_the_gateway_is_longer_than_can_be_read():
    """Those that are have their reason here, and leave the list when they are cut."""
    assert {name for name, lines in functions() if lines > LONGEST} == LONGER.keys()
