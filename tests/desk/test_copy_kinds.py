"""What a scan is, by its first bytes."""

import pytest

from gateway.desk.copy_kinds import kind_of


@pytest.mark.parametrize(
    ("first", "suffix"),
    [
        (b"%PDF-1.7\n", "pdf"),
        (b"II*\0\x08\0\0\0", "tif"),
        (b"MM\0*\0\0\0\x08", "tif"),
        (b"II+\0\x08\0\0\0", "tif"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "jpg"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\r", "png"),
    ],
)
def test_what_is_taken(first: bytes, suffix: str) -> None:
    kind = kind_of(first)
    assert kind is not None
    assert kind.suffix == suffix


@pytest.mark.parametrize(
    "first",
    [b"", b"%PD", b"<html>%PDF-", b"GIF89a", b"PK\3\4", b"MZ", b"<svg xmlns=", b"\x89PNG\n", b"II*\1", b"\xff\xd8"],
)
def test_what_is_not(first: bytes) -> None:
    assert kind_of(first) is None
