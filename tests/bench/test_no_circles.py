"""The benchmarks' modules have no circle among them (import-linter looks at the gateway alone)."""

import ast
from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from pathlib import Path

BENCH = Path(__file__).parents[2] / "bench"


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(BENCH.parent).with_suffix("").parts).removesuffix(".__init__")


def imported(path: Path) -> Iterator[str]:
    """What a module imports, for the checker of types alone too: modules, and names in them."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Import(names=names):
                yield from (each.name for each in names)
            case ast.ImportFrom(module=str(module), names=names):
                yield from (module, *(f"{module}.{each.name}" for each in names))


def arrows() -> Mapping[str, set[str]]:
    modules = {name_of(path): path for path in BENCH.rglob("*.py")}
    return {name: {each for each in imported(path) if each in modules} for name, path in modules.items()}


def test_no_benchmark_imports_what_imports_it():
    found = arrows()
    assert "bench.month.parts" in found["bench.month.staff"]
    assert set(TopologicalSorter(found).static_order()) == set(found)
