"""Files of a store that nobody but the gateway's own user may read: customers and partners' messages are in them.

A command that is typed as root must not lock that user out, so what root makes belongs to whom the folder around it belongs.
"""

import os
from contextlib import suppress
from pathlib import Path


def open_private(path: Path) -> int:
    """Open a file for reading and writing, made where it isn't there yet; return its descriptor. Raises OSError."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    if os.fstat(descriptor).st_uid == 0:
        give(path, like=path.parent)
    return descriptor


def make_private_folder(folder: Path) -> None:
    """Make a folder where it isn't there yet; the one around it must be. Raises OSError."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        return
    give(folder, like=folder.parent)


def give(path: Path, *, like: Path) -> None:
    """Let a file belong to whom another one belongs, as far as this process may."""
    if os.geteuid() == 0:
        owner = like.stat()
        with suppress(PermissionError):  # a container may forbid it
            os.chown(path, owner.st_uid, owner.st_gid)
