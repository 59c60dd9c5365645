"""What the tests of the documents share: the golden texts."""

from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def golden():
    """Reads a golden text by its name."""
    return lambda name: (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
