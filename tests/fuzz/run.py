"""Coverage-guided fuzzing of one harness: `python -m tests.fuzz.run TARGET --seconds 60`.

atheris has to instrument the gateway while it is imported, hence a process of its own. What it finds interesting is kept
in `--keep` (a folder of your own), never in the repo's corpus; an input that fails is written to `--artifacts`, and its
place is in the corpus once it is mended. The seed is printed; with the same seed, corpus and number of runs a run repeats.
"""

import argparse
import importlib
import random
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import atheris

from tests.fuzz.corpus import CORPUS, TARGETS

Mutate = Callable[[bytes, int], bytes]

DEFAULT_SEED = 18626
LIMIT_MB = 2048
HANG_S = 300
"""By the clock, for an input that never ends, on a machine with much else to do; what takes too much of the processor ends by the bound of timing.py."""


def main(argv: list[str]) -> None:
    """Fuzz until the time is up (libFuzzer ends the process), or until an input fails."""
    asked = _arguments(argv)
    harness = _instrumented(asked.target)
    sys.stdout.write(f"fuzzing {asked.target} for {asked.seconds} s, seed {asked.seed}\n")
    sys.stdout.flush()
    with tempfile.TemporaryDirectory() as scratch:
        options = _options(asked, harness, Path(scratch))
        mutate = getattr(harness, "mutate", None)
        extra = {} if mutate is None else {"custom_mutator": _mutator(mutate)}
        atheris.Setup([sys.argv[0], *options], harness.check, **extra)
        atheris.Fuzz()


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.run")
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED)
    parser.add_argument("--keep", type=Path, help="folder for inputs that reach new code; made if missing")
    parser.add_argument("--artifacts", type=Path, default=Path(), help="folder for inputs that fail")
    return parser.parse_args(argv)


def _instrumented(target: str) -> ModuleType:
    """The harness of a target, the gateway's code inside it counted."""
    with atheris.instrument_imports(include=["gateway", "tests"]):
        return importlib.import_module(f"tests.fuzz.{target}")


def _options(asked: argparse.Namespace, harness: ModuleType, scratch: Path) -> list[str]:
    """What libFuzzer is told; the first folder is the one it writes to."""
    kept = asked.keep or scratch / "kept"
    for folder in (kept, asked.artifacts):
        folder.mkdir(parents=True, exist_ok=True)
    return [
        f"-max_total_time={asked.seconds}",
        f"-seed={asked.seed}",
        f"-max_len={harness.MAX_LEN_BYTES}",
        f"-timeout={HANG_S}",
        f"-rss_limit_mb={LIMIT_MB}",
        f"-artifact_prefix={asked.artifacts}/",
        f"-dict={CORPUS / f'{TARGETS[asked.target]}.dict'}",
        "-print_final_stats=1",
        str(kept),
        str(CORPUS / TARGETS[asked.target]),
    ]


def _mutator(mutate: Mutate) -> Callable[[bytes, int, int], bytes]:
    """Changes of both kinds, as often one as the other: libFuzzer's to the bytes, the harness's to the document."""

    def change(data: bytes, max_size: int, seed: int) -> bytes:
        if random.Random(seed).random() < 0.5:
            return bytes(atheris.Mutate(data, max_size))
        return mutate(bytes(data), seed)[:max_size]

    return change


if __name__ == "__main__":
    main(sys.argv[1:])
