"""Only a decision, or a function of desk/, writes history: the doors and the desk commit its lines, and the store makes none."""

import ast
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import gateway

ROOT = Path(gateway.__path__[0])
MADE_IN: Final[Mapping[str, str]] = {
    "dispatch/intake.py": "the door of requests: what was decided, and what was met on the way to it",
    "dispatch/bills.py": "the door of bills",
    "dispatch/invoices.py": "the door of lenders' invoices",
    "dispatch/receiving.py": "handed to the door with the message that came",
    "dispatch/performers/letters.py": "handed to the door with what came of a letter",
    "dispatch/performers/overhearing.py": "handed to the door with what came of a call to the circulation system",
    "dispatch/purging.py": "what the night's purge has let go of; no request is left to decide about",
    "desk/audit.py": "a person has erased a note",
    "desk/history.py": "a person has looked, printed or hurried",
    "desk/recovery.py": "a person has let go what was held after a restore",
    "desk/tasks.py": "a person has taken a task",
}
"""Where lines of history are made, and for what; a request's are committed by its door and the desk alone (COMMITTED_IN)."""
COMMITTED_IN: Final = {"dispatch/intake.py", "desk/history.py", "desk/recovery.py"}


def calls(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def modules(is_one: Callable[[ast.Call], bool]) -> set[str]:
    """The modules with such a call."""
    every = {path: path.read_text() for path in ROOT.rglob("*.py")}
    likely = {path: text for path, text in every.items() if "HistoryEntry" in text or "history_of" in text}
    return {str(path.relative_to(ROOT)) for path, text in likely.items() if any(map(is_one, calls(ast.parse(text))))}


def test_a_line_of_history_is_made_at_a_door_or_by_the_desk():
    made = modules(lambda call: isinstance(call.func, ast.Name) and call.func.id == "HistoryEntry")
    assert made == set(MADE_IN)


def test_a_requests_history_is_committed_by_its_door_and_by_the_desk():
    assert modules(lambda call: any(each.arg == "history_of" for each in call.keywords)) == COMMITTED_IN
