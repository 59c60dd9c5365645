"""One name, one thing: those that once stood for several stand for one, and no table of rows, verdict or order is taken for another."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import gateway

ROOT = Path(gateway.__path__[0])
MODULES = [path for path in sorted(ROOT.rglob("*.py")) if "demo" not in path.relative_to(ROOT).parts]
"""The demonstration's systems are strangers to the gateway, with names of their own."""
ONCE_SEVERAL = ("Asked", "MailSent", "MailUnsent", "NotSent", "Row", "Sent", "Unsent", "UnusableError", "Verdict")


def made(tree: ast.Module) -> Iterator[str]:
    """The classes and the names of types that a module makes."""
    for node in tree.body:
        match node:
            case ast.ClassDef(name=name):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.BinOp(op=ast.BitOr())):
                yield name


def homes(name: str) -> list[str]:
    """The modules that make something of this name."""
    wanted = [path for path in MODULES if name in path.read_text()]
    return [str(path.relative_to(ROOT)) for path in wanted if name in made(ast.parse(path.read_text()))]


@pytest.mark.parametrize("name", ONCE_SEVERAL)
def test_a_name_stands_for_one_thing(name: str):
    assert len(homes(name)) == 1
