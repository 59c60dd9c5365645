"""The files that a paper is set by: our templates, and a library's own in their place."""

import hashlib
from pathlib import Path
from typing import Final

from gateway.documents.job import PaperStyle
from gateway.stationery import PaperName

TEMPLATES: Final = Path(__file__).parent / "templates"
_SHARED: Final = ("common.typ", "main.typ", "money.typ")
_TEXTS: Final = {".typ", ".svg"}


def files_of(look: PaperStyle) -> dict[str, bytes]:
    """Return every file that Typst may read, by its name. Nothing else of the disk."""
    own = [path for path in Path(look.templates).iterdir() if path.suffix in _TEXTS] if look.templates else []
    return {path.name: path.read_bytes() for path in (*TEMPLATES.glob("*.typ"), *own)}


def hash_of(look: PaperStyle, paper: PaperName) -> str:
    """Return the SHA-256 of all that a paper is set by: its template and what the templates share, the library's own if it has some."""
    files = files_of(look)
    whole = hashlib.sha256()
    for name in (*_SHARED, f"{paper}.typ"):
        whole.update(f"{name} {len(files[name])}\n".encode() + files[name])
    return whole.hexdigest()
