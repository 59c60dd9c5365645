"""Files of a store: for the gateway's own user alone, and that one's even if root makes them."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.store.private_files import close_to_others, make_private_file, make_private_folder, open_private

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


@pytest.mark.parametrize("make", [open_private, make_private_file, close_to_others])
def test_a_link_is_not_followed_to_a_file_of_somebody_elses(make: Callable[[Path], object], tmp_path: Path):
    """The gateway's user owns the folder, and may put a link into it before root types a command."""
    (tmp_path / "var").mkdir()
    (tmp_path / "secret").touch(mode=0o644)
    before = rights(tmp_path / "secret")
    (tmp_path / "var" / "file").symlink_to(tmp_path / "secret")
    if os.geteuid() == 0:
        os.chown(tmp_path / "var", GATEWAY, GATEWAY)
    with pytest.raises(OSError, match=r"symbolic link|exists"):
        make(tmp_path / "var" / "file")
    assert rights(tmp_path / "secret") == before


@pytest.mark.parametrize("make", [open_private, make_private_file, close_to_others])
def test_nothing_is_made_where_a_link_leads(make: Callable[[Path], object], tmp_path: Path):
    (tmp_path / "file").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match=r"symbolic link|exists"):
        make(tmp_path / "file")
    assert not (tmp_path / "elsewhere").exists()


def test_a_file_of_which_nothing_is_there_needs_no_closing(tmp_path: Path):
    close_to_others(tmp_path / "file")
    (tmp_path / "file").touch(mode=0o644)
    close_to_others(tmp_path / "file")
    assert rights(tmp_path / "file")[2] == 0o600
