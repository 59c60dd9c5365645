"""Of which kind a scan is, by its own first bytes: what a browser or a file's name says of it is not asked. Pure."""

from typing import Final, NamedTuple


class CopyKind(NamedTuple):
    """A kind of file that is taken."""

    content_type: str
    suffix: str
    begins: tuple[bytes, ...]


KINDS: Final = (
    CopyKind("application/pdf", "pdf", (b"%PDF-",)),
    CopyKind("image/tiff", "tif", (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")),
    CopyKind("image/jpeg", "jpg", (b"\xff\xd8\xff",)),
    CopyKind("image/png", "png", (b"\x89PNG\r\n\x1a\n",)),
)
"""ISO 32000-1, 7.5.2; TIFF 6.0, section 2, and BigTIFF; ISO 10918-1, B.1.1.3; RFC 2083, 3.1."""


def kind_of(first: bytes) -> CopyKind | None:
    """Return the kind of a file that begins so; None for one that is not taken."""
    return next((kind for kind in KINDS if first.startswith(kind.begins)), None)
