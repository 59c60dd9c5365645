"""Commands decode what the API answers into the desk's own structs: no answer is looked into as a dict."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import gateway.commands

MODULES = sorted(Path(gateway.commands.__path__[0]).glob("*.py"))


def looked_into(tree: ast.Module) -> Iterator[int]:
    """The lines in which JSON is anything but printed as it came."""
    printed = {
        id(each)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print_json"
        for each in node.args
    }
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="json"), lineno=line) if id(node) not in printed:
                yield line


def dicts_of_anything(tree: ast.Module) -> Iterator[int]:
    """The lines in which `dict[str, Any]` is written."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and ast.unparse(node) == "dict[str, Any]":
            yield node.lineno


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_an_answer_is_a_struct_or_printed_as_it_came(path: Path):
    tree = ast.parse(path.read_text())
    assert [*looked_into(tree), *dicts_of_anything(tree)] == []
