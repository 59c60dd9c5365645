"""A Zebra server on loopback with records of our own: the real thing for look-ups over SRU (Debian's idzebra-2.0).

Its settings lie in tests/catalogue/zebra; registers and logs in the folder that is given.
"""

import shutil
import socket
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from string import Template

from pymarc import Record, record_to_xml

from gateway.demo.stage.processes import free_port, wait_for
from gateway.workflow.catalogue import Indexes

SETTINGS = Path(__file__).parent / "zebra"
INDEXES = Indexes(oclc="rec.oclc")
OPAC_SCHEMA = "opacxml"
START_S = 60.0


def is_installed() -> bool:
    """Whether the programs are there."""
    return all(shutil.which(program) for program in ("zebraidx", "zebrasrv"))


@contextmanager
def zebra(folder: Path, records: Iterable[Record]) -> Iterator[str]:
    """Index the records and serve them until the block ends; gives the URL for SRU."""
    port = free_port()
    for source in SETTINGS.iterdir():
        text = source.read_text(encoding="utf-8")
        (folder / source.name).write_text(Template(text).safe_substitute(port=port), encoding="utf-8")
    (folder / "register").mkdir()
    with (folder / "records.xml").open("wb") as sink:
        sink.write(b'<collection xmlns="http://www.loc.gov/MARC21/slim">')
        sink.writelines(record_to_xml(record) for record in records)  # type: ignore[no-untyped-call]
        sink.write(b"</collection>")
    for arguments in (("init",), ("update", "records.xml")):
        subprocess.run(["zebraidx", "-c", "zebra.cfg", *arguments], cwd=folder, check=True, capture_output=True)
    with (folder / "zebrasrv.log").open("wb") as log:
        server = subprocess.Popen(["zebrasrv", "-f", "yazgfs.xml"], cwd=folder, stdout=log, stderr=log)
    try:
        wait_for(lambda: server.poll() is None and _answers(port), "the start of Zebra", START_S)
        yield f"http://127.0.0.1:{port}/Default"
    finally:
        server.terminate()
        server.wait(START_S)


def _answers(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0
