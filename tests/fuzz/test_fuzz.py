"""The corpus, a few hundred random inputs, and a bounded coverage-guided run of every harness.

Longer by hand: `make fuzz SECONDS=300`. The seed of a run is printed; `python -m tests.fuzz.run` takes another.
"""

import importlib
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.corpus import CORPUS, TARGETS, inputs

HARNESSES: dict[str, ModuleType] = {target: importlib.import_module(f"tests.fuzz.{target}") for target in TARGETS}
MUTABLE = [target for target, harness in HARNESSES.items() if hasattr(harness, "mutate")]
ROOT = Path(__file__).parents[2]
RUN_S = 1
DEADLINE_S = 900
"""More than one input may take (tests/fuzz/run.py), so that the run says which."""
EACH_INPUT = [(target, name) for target in TARGETS for name in inputs(target)]


@pytest.mark.parametrize(("target", "name"), EACH_INPUT)
def test_every_input_of_the_corpus_holds(target: str, name: str) -> None:
    HARNESSES[target].check(inputs(target)[name])


def test_every_input_is_listed_with_what_it_shows() -> None:
    listed = re.findall(r"^\| `([^`]+)` \| .+ \|$", (CORPUS / "README.md").read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(f"{TARGETS[target]}/{name}" for target, name in set(_unique(EACH_INPUT)))


def _unique(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """One target for each folder: two harnesses may share one."""
    first = {folder: target for target, folder in reversed(TARGETS.items())}
    return [(target, name) for target, name in pairs if first[TARGETS[target]] == target]


@pytest.mark.parametrize("target", TARGETS)
@given(data=st.data())
def test_an_input_with_bytes_changed_holds(target: str, data: st.DataObject) -> None:
    changed = bytearray(data.draw(st.sampled_from(list(inputs(target).values()))))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(changed)))
        changed[at : at + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=6))
    HARNESSES[target].check(bytes(changed))


@pytest.mark.parametrize("target", MUTABLE)
@given(data=st.data(), seeds=st.lists(st.integers(0, 2**32), min_size=1, max_size=6))
def test_an_input_with_parts_changed_holds(target: str, data: st.DataObject, seeds: list[int]) -> None:
    changed = data.draw(st.sampled_from(list(inputs(target).values())))
    for seed in seeds:
        changed = HARNESSES[target].mutate(changed, seed)
    HARNESSES[target].check(changed)


@pytest.mark.process
@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is not made for this platform")
@pytest.mark.parametrize("target", TARGETS)
def test_a_bounded_run_finds_nothing(target: str, tmp_path: Path) -> None:
    """What fails is left in the folder that the output names; mended, it belongs into the corpus."""
    command = [sys.executable, "-m", "tests.fuzz.run", target, "--seconds", str(RUN_S), "--artifacts", str(tmp_path)]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, check=False, timeout=DEADLINE_S, text=True
    )
    report = run.stdout + run.stderr[-4000:]
    sys.stdout.write(run.stdout)
    assert run.returncode == 0, report
    assert f"fuzzing {target}" in run.stdout
    executed = re.search(r"stat::number_of_executed_units: (\d+)", run.stderr)
    assert executed, report
    assert int(executed[1]) > len(inputs(target)), "the run went no further than its corpus"
