"""A Zebra server on loopback with records of our own: the real thing for look-ups over SRU and Z39.50 (Debian's idzebra-2.0).

Its settings lie in tests/catalogue/zebra; registers and logs in the folder that is given.
"""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from string import Template

import pytest
from pymarc import Record, record_to_xml

from gateway.demo.stage.processes import free_port, wait_for
from gateway.workflow.catalogue import Indexes

SETTINGS = Path(__file__).parent / "zebra"
INDEXES = Indexes(oclc="rec.oclc")
OPAC_SCHEMA = "opacxml"
FRONT = "yazgfs.xml"
"""The settings of what listens; port and characters are put into it."""
START_S = 60.0


def is_installed() -> bool:
    """Whether the programs are there."""
    return all(shutil.which(program) for program in ("zebraidx", "zebrasrv"))


def needed(is_there: bool, program: str, package: str) -> None:  # noqa: FBT001 - what was found
    """Skip the test where a program is not installed; in CI it fails."""
    if is_there:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"{program} is missing; .ci/run installs it (Debian's package {package})")
    pytest.skip(f"{program} is not installed (Debian's package {package} has it)")


@contextmanager
def zebra(
    folder: Path, records: Iterable[Record], *, charset: str = "utf-8", users: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Index the records and serve them until the block ends; gives the URL for SRU. `charset` is that of MARC over Z39.50; with `users`
    nobody else is let in.
    """
    index(folder, records, users=users)
    with serving(folder, charset=charset) as url:
        yield url


def index(folder: Path, records: Iterable[Record], *, users: Mapping[str, str] | None = None) -> None:
    """Write the records' registers into the folder, with the settings; the records are taken one by one."""
    for source in SETTINGS.iterdir():
        shutil.copyfile(source, folder / source.name)
    if users is not None:
        (folder / "users").write_text(
            "".join(f"{name}:{password}\n" for name, password in users.items()), encoding="utf-8"
        )
        with (folder / "zebra.cfg").open("a", encoding="utf-8") as settings:
            settings.write("passwd: users\n" + "".join(f"perm.{name}: r\n" for name in users))
    (folder / "register").mkdir()
    with (folder / "records.xml").open("wb") as sink:
        sink.write(b'<collection xmlns="http://www.loc.gov/MARC21/slim">')
        sink.writelines(record_to_xml(record) for record in records)  # type: ignore[no-untyped-call]
        sink.write(b"</collection>")
    for arguments in (("init",), ("update", "records.xml")):
        subprocess.run(["zebraidx", "-c", "zebra.cfg", *arguments], cwd=folder, check=True, capture_output=True)
    (folder / "records.xml").unlink()


@contextmanager
def serving(folder: Path, *, charset: str = "utf-8") -> Iterator[str]:
    """Serve what was indexed in the folder until the block ends; gives the URL for SRU."""
    port = free_port()
    front = Template((SETTINGS / FRONT).read_text(encoding="utf-8"))
    (folder / FRONT).write_text(front.safe_substitute(port=port, charset=charset), encoding="utf-8")
    with (folder / "zebrasrv.log").open("wb") as log:
        server = subprocess.Popen(["zebrasrv", "-f", FRONT], cwd=folder, stdout=log, stderr=log)
    try:
        wait_for(lambda: server.poll() is None and answers(port), "the start of Zebra", START_S)
        yield f"http://127.0.0.1:{port}/Default"
    finally:
        server.terminate()
        server.wait(START_S)


def answers(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0
