"""What a function of the desk takes: the desk if people's calls come in by it, the one part that it needs if it only helps."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import gateway.desk

ROOT: Final = Path(gateway.desk.__path__[0])
TABLED: Final = {"paperwork.py _routing_slips"}
"""Functions of a table, which calls each with the same."""
NO_PARTS: Final = {"now", "today", "tokens"}
"""Calls of the desk itself: a time is read by whoever acts."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def helpers() -> Iterator[tuple[str, Function]]:
    """The functions that only their own module calls, and that take the desk."""
    for path in sorted(ROOT.glob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if (
                isinstance(node, Function)
                and node.name.startswith("_")
                and "desk" in {arg.arg for arg in node.args.args}
            ):
                yield f"{path.name} {node.name}", node


def parts(function: Function) -> set[str | None]:
    """The parts of the desk that it uses; None where it hands the desk on."""
    nodes = list(ast.walk(function))
    named = {id(node.value): node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return {named.get(id(node)) for node in nodes if isinstance(node, ast.Name) and node.id == "desk"}


def test_a_helper_that_needs_one_part_takes_that_part():
    found = list(helpers())
    assert len(found) > 50
    one = {name: used for name, function in found if len(used := parts(function)) == 1 and not used & {None, *NO_PARTS}}
    assert one.keys() == TABLED
