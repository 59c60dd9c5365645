"""Files of a store: for the gateway's own user alone, and that one's even if root makes them."""

import os
from pathlib import Path

import pytest

from gateway.store.private_files import make_private_folder, open_private

GATEWAY = 4711
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


def rights(path: Path) -> tuple[int, int, int]:
    """Whose it is, of which group, and who may do what."""
    status = path.stat()
    return status.st_uid, status.st_gid, status.st_mode & 0o777


def test_what_is_made_is_for_its_owner_alone_and_what_is_there_stays(tmp_path: Path):
    make_private_folder(tmp_path / "var")
    os.close(open_private(tmp_path / "var" / "file"))
    assert rights(tmp_path / "var")[2] == 0o700
    assert rights(tmp_path / "var" / "file")[2] == 0o600
    (tmp_path / "var" / "file").write_text("kept")
    make_private_folder(tmp_path / "var")
    os.close(open_private(tmp_path / "var" / "file"))
    assert (tmp_path / "var" / "file").read_text() == "kept"


def test_a_folder_in_none_is_not_made(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        make_private_folder(tmp_path / "no" / "var")


@needs_root
def test_what_root_makes_belongs_to_whom_the_folder_belongs(tmp_path: Path):
    os.chown(tmp_path, GATEWAY, GATEWAY + 1)
    make_private_folder(tmp_path / "var")
    os.close(open_private(tmp_path / "var" / "file"))
    assert rights(tmp_path / "var") == (GATEWAY, GATEWAY + 1, 0o700)
    assert rights(tmp_path / "var" / "file") == (GATEWAY, GATEWAY + 1, 0o600)


@needs_root
def test_a_file_of_somebody_else_stays_theirs(tmp_path: Path):
    (tmp_path / "file").touch()
    os.chown(tmp_path / "file", GATEWAY, GATEWAY)
    os.close(open_private(tmp_path / "file"))
    assert rights(tmp_path / "file")[:2] == (GATEWAY, GATEWAY)
