"""The sample documents, and what tests build from them."""

from datetime import UTC, datetime
from pathlib import Path

NS = "http://illtransactions.org/2013/iso18626"
NOW = datetime(2024, 6, 1, tzinfo=UTC)
"""After all that the samples tell of."""
VECTORS = Path(__file__).parent.parent / "vectors" / "iso18626"
SAMPLES = {path.stem: path.read_bytes() for path in sorted(VECTORS.glob("*.xml"))}


def sample(name: str, *changes: tuple[str, str]) -> bytes:
    """A sample with texts replaced; each must occur, so that a test cannot change nothing by mistake."""
    text = SAMPLES[name].decode()
    for old, new in changes:
        assert old in text, f"{name} does not contain {old!r}"
        text = text.replace(old, new)
    return text.encode()


def without(name: str, *elements: str) -> bytes:
    """A sample without the first occurrence of each named element."""
    text = SAMPLES[name].decode()
    for element in elements:
        start, end, empty = f"<{element}>", f"</{element}>", f"<{element}/>"
        if empty in text:
            text = text.replace(empty, "", 1)
            continue
        before, opened, rest = text.partition(start)
        _, closed, after = rest.partition(end)
        assert opened, f"{name} has no <{element}>"
        assert closed, f"{name} has no </{element}>"
        text = before + after
    return text.encode()
