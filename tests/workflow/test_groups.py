"""A group of states has one name and one home: nobody writes out again what borrowing/groups.py or lending/groups.py names."""

import ast
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import gateway
from gateway.workflow.borrowing import groups as borrowing_groups
from gateway.workflow.lending import groups as lending_groups
from gateway.workflow.records import State

HOMES = (borrowing_groups, lending_groups)
ROOT = Path(gateway.__path__[0])
MODULES = sorted(path for path in ROOT.rglob("*.py") if "State" in path.read_text())


def named(home: ModuleType) -> dict[frozenset[State], str]:
    """The groups of states of a role, by what is in them."""
    return {
        frozenset(group): name
        for name, group in vars(home).items()
        if isinstance(group, tuple | frozenset) and all(isinstance(each, State) for each in group)
    }


def written_out(tree: ast.Module) -> Iterator[tuple[int, frozenset[State]]]:
    """Several states that stand side by side, with their line: in a tuple, a set, a list or among arguments."""
    for node in ast.walk(tree):
        match node:
            case ast.Tuple(elts=parts) | ast.Set(elts=parts) | ast.List(elts=parts) | ast.Call(args=parts):
                states = [state_of(part) for part in parts]
                if len(states) > 1 and all(states):
                    yield node.lineno, frozenset(state for state in states if state)


def state_of(node: ast.expr) -> State | None:
    match node:
        case ast.Attribute(value=ast.Name(id="S" | "State"), attr=name):
            return State.__members__.get(name)
    return None


@pytest.mark.parametrize("home", HOMES, ids=lambda home: home.__name__.split(".")[-2])
def test_no_two_names_stand_for_one_group(home: ModuleType):
    groups = [group for name, group in vars(home).items() if name.isupper() and isinstance(group, tuple | frozenset)]
    states = [frozenset(group) for group in groups if all(isinstance(each, State) for each in group)]
    assert len(states) == len(set(states))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_group_that_has_a_name_is_not_written_out(path: Path):
    found = [
        (line, name)
        for line, states in written_out(ast.parse(path.read_text()))
        for home in HOMES
        if (name := named(home).get(states)) and path != Path(str(home.__file__))
    ]
    assert found == []
