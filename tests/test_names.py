"""One name, one thing: no class of the gateway, and no union of classes, is called like another one."""

import re
from collections import defaultdict
from pathlib import Path
from typing import Final

import gateway

MADE: Final = re.compile(r"^class ([A-Za-z]\w*)|^([A-Z]\w*) = \(?\s*[\w.]+(?:\[[^\]]*\])?\s*\|", re.MULTILINE)
"""A class, or a union, that a module makes for others."""
ROOT: Final = Path(gateway.__path__[0])
STRANGERS: Final = {"conformance", "demo", "iso18626", "sip2", "z3950"}
"""Rooms with words of their own: three protocols (each has requests, replies and sessions), a demonstration, and tests of others' systems."""
OF_A_PORT: Final = {"Circulation", "DirectoryServices", "Intake", "Provider"}
"""What the desk asks for (`desk/ports.py`), and what is one."""
OF_THE_API: Final = {"AnswerTimes", "Cell", "Opens"}
"""What is counted, and how the API tells of it: the desk's structs import no report."""
OF_TWO_TABLES: Final = {"AnyRow", "Decision", "Draft", "Table", "Rest"}
"""Of requests and of money, of lending and of borrowing: the same part of two engines and of two roles that know nothing of each other."""


def homes() -> dict[str, list[str]]:
    """The modules that make something of a name, by the name."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(ROOT.rglob("*.py")):
        inside = path.relative_to(ROOT)
        if inside.parts[0] not in STRANGERS:
            for match in MADE.finditer(path.read_text()):
                found[match[1] or match[2]].append(inside.as_posix())
    return found


def test_a_name_stands_for_one_thing():
    several = {name: modules for name, modules in homes().items() if len(modules) > 1}
    unexplained = {
        name: modules for name, modules in several.items() if name not in OF_A_PORT | OF_THE_API | OF_TWO_TABLES
    }
    assert unexplained == {}


def test_a_name_that_stands_for_one_thing_again_needs_no_reason():
    found = homes()
    assert [name for name in sorted(OF_A_PORT | OF_THE_API | OF_TWO_TABLES) if len(found[name]) < 2] == []
