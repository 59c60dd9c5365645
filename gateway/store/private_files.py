"""Files of a store that nobody but the gateway's own user may read: customers and partners' messages are in them.

A command that is typed as root must not lock that user out, so what root makes belongs to whom the folder around it belongs. That user can put
symbolic links into the folder: none is followed, and nothing is given away but what was made here.
"""

import errno
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

_NO_LINK: Final = os.O_NOFOLLOW | os.O_CLOEXEC


def open_private(path: Path) -> int:
    """Open a file for reading and writing, made where it isn't there yet; return its descriptor. Raises OSError, also for a symbolic link."""
    try:
        return make_private_file(path)
    except FileExistsError:
        return _open(path, os.O_RDWR)


def make_private_file(path: Path) -> int:
    """Make a file that isn't there yet; return its descriptor, for reading and writing. Raises OSError."""
    descriptor = _open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL)
    give(descriptor, like=path.parent.stat())
    return descriptor


def make_private_folder(folder: Path) -> None:
    """Make a folder where it isn't there yet; the one around it must be. Raises OSError."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        return
    descriptor = _open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        give(descriptor, like=folder.parent.stat())
    finally:
        os.close(descriptor)


def close_to_others(path: Path) -> None:
    """Take everybody else's rights in a file that is there, as far as this process may. Raises OSError for a symbolic link."""
    with suppress(FileNotFoundError, PermissionError):
        descriptor = _open(path, os.O_RDONLY)
        try:
            os.fchmod(descriptor, 0o600)
        finally:
            os.close(descriptor)


def give(descriptor: int, *, like: os.stat_result) -> None:
    """Let an open file or folder belong to whom another one belongs, as far as this process may."""
    if os.geteuid() == 0:
        with suppress(PermissionError):  # a container may forbid it
            os.fchown(descriptor, like.st_uid, like.st_gid)


def _open(path: Path, flags: int) -> int:
    try:
        return os.open(path, flags | _NO_LINK, 0o600)
    except OSError as exc:
        if exc.errno == errno.ELOOP:
            raise OSError(errno.ELOOP, "it is a symbolic link, and none is followed here", str(path)) from exc
        raise
