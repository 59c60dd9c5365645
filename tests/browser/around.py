"""What a house of the demonstration lacks: a mail server and a directory service that knows more than the house does, and room for strangers."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Final

import msgspec
from aiosmtpd.controller import Controller

from gateway.demo.stage.house import House
from gateway.demo.stage.processes import free_port
from gateway.demo.stage.stack_config import PEER

NO_MAILBOX: Final = "nobody@library.example"
"""The mail server refuses it."""
LIBRARIES: Final = (
    {
        "id": PEER,
        "name": "Sample Valley Library",
        "symbols": ["ISIL:XX-PARTNER"],
        "email": "ill@sample-valley.example",
        "closures": [{"first": "2026-12-24", "last": "2027-01-02", "why": "Stock-taking"}],
    },
    {"name": "Pretend Lakes Library", "symbols": ["ISIL:XX-LAKES"], "url": "https://lakes.example/iso18626"},
)
"""What the directory tells: of one library more than we have, and one that we do not know."""
_BRANCH: Final = "[branches.{}]\n"
_LENDING: Final = "[lending]\n"
_SETTINGS: Final = """
[mail]
host = "127.0.0.1"
port = {mail}
tls = "none"
sender = "ill@library.example"

[notices]
report_on = 1
report_to = ["director@library.example"]

[[directories]]
id = "consortium"
url = "http://127.0.0.1:{directory}/libraries.json"
form = "plain"
"""


class Around(msgspec.Struct, frozen=True):
    """Where they listen."""

    mail: int
    directory: int

    def introduce(self, house: House) -> None:
        """Write them into the settings of a house that does not run, and that a library that nobody knows may leave requests."""
        text = house.config.read_text()
        assert _LENDING in text
        text = text.replace(_LENDING, f'{_LENDING}unknown_peer = "approve"\n')
        for branch, address in (("EXC", "central@library.example"), ("SPR", NO_MAILBOX)):
            named = _BRANCH.format(branch)
            assert named in text
            text = text.replace(named, f'{named}pull_slips_to = "{address}"\n')
        house.config.write_text(text + _SETTINGS.format(mail=self.mail, directory=self.directory))


class _MailBox:
    """Takes every mail but one address's."""

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        if address == NO_MAILBOX:
            return "550 There is no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"


class _Directory(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps({"libraries": LIBRARIES}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def around() -> Iterator[Around]:
    """Serve until the block ends."""
    mail = Controller(_MailBox(), hostname="127.0.0.1", port=free_port())
    directory = ThreadingHTTPServer(("127.0.0.1", 0), _Directory)
    serving = Thread(target=directory.serve_forever, name="directory")
    mail.start()
    serving.start()
    try:
        yield Around(mail=mail.port, directory=directory.server_port)
    finally:
        directory.shutdown()
        serving.join()
        directory.server_close()
        mail.stop()
