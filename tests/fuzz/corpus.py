"""Where the corpus lies, and which harness begins with what."""

from pathlib import Path
from typing import Final

CORPUS: Final = Path(__file__).parent / "corpus"

TARGETS: Final = {
    "iso18626_decode": "iso18626",
    "iso18626_problems": "iso18626",
    "sip2_decode": "sip2_decode",
    "sip2_frames": "sip2_frames",
    "sip2_session": "sip2_session",
    "sru_read": "sru",
}
"""Harness (a module of this folder) -> its folder in the corpus."""


def inputs(target: str) -> dict[str, bytes]:
    """Name -> content of every input of a target."""
    return {path.name: path.read_bytes() for path in sorted((CORPUS / TARGETS[target]).iterdir())}
