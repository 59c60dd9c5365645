"""yaz-ztest, Index Data's server for trying clients (Debian's yaz): made-up records in many syntaxes, OPAC records with holdings among them."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from gateway.demo.stage.processes import free_port, wait_for
from tests.catalogue.zebra_server import answers, needed

START_S = 60.0


@contextmanager
def ztest() -> Iterator[int]:
    """Serve until the block ends; gives the port."""
    needed(shutil.which("yaz-ztest") is not None, "yaz-ztest", "yaz")
    port = free_port()
    server = subprocess.Popen(
        ["yaz-ztest", "-T", f"tcp:127.0.0.1:{port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(lambda: server.poll() is None and answers(port), "the start of yaz-ztest", START_S)
        yield port
    finally:
        server.terminate()
        server.wait(START_S)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A running yaz-ztest."""
    with ztest() as it:
        yield it
