"""A mail server on loopback that does what a test tells it: take, refuse, greylist; fall silent or drop the line at any step.

In the clear or secret, with a sign-in.
"""

import asyncio
import ssl
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from enum import Enum
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from tests.fakes.certificates import Certificate

USER = "ill"
PASSWORD = "correct horse"  # the test's own


class MailTls(Enum):
    """How the line is made secret."""

    NONE = "none"
    STARTTLS = "starttls"
    FROM_THE_START = "tls"


class Step(Enum):
    """What the server was told last when it falls silent, or drops the line."""

    GREETING = "greeting"
    """Nothing: the line is there."""
    EHLO = "EHLO"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    WITHIN_DATA = "within DATA"
    """The first line of the mail itself."""
    END_OF_DATA = "end of DATA"
    """All of the mail, which it has taken."""


@dataclass
class MailBox:
    """What came, and what is answered."""

    port: int = 0
    tls: MailTls = MailTls.NONE
    to_recipient: str = "250 OK"
    to_data: str = "250 Taken"
    drop_at: Step | None = None
    """End the connection there, in the place of an answer."""
    delay_at: Step | None = None
    """Answer nothing there, for as long as the other side waits."""
    stopped: int = 0
    """How often it has fallen silent, or dropped the line."""
    on_taken: Callable[[], None] = lambda: None
    """Called when a mail is there and nothing was said yet."""
    on_recipient: Callable[[], None] = lambda: None
    taken: list[bytes] = field(default_factory=list)
    asked: int = 0
    signed_in: list[str] = field(default_factory=list)
    was_secret: list[bool] = field(default_factory=list)
    """Of each mail: whether its line was."""
    lines: "set[_Server]" = field(default_factory=set)
    """Which are open."""

    @property
    def messages(self) -> list[Message]:
        return [message_from_bytes(each) for each in self.taken]

    async def reach(self, step: Step, server: SMTP) -> None:
        """Go on, unless this is where the test wants it to stop: then wait until the connection is gone, which ends this."""
        if step not in {self.drop_at, self.delay_at}:
            return
        self.stopped += 1
        if step is self.drop_at:
            _abort(server)
        await asyncio.Event().wait()

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        self.asked += 1
        self.on_recipient()
        if self.to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if Step.END_OF_DATA in {self.drop_at, self.delay_at}:
            self.taken.append(envelope.content)
            await self.reach(Step.END_OF_DATA, server)
        if self.to_data.startswith("250"):
            self.taken.append(envelope.content)
            self.on_taken()
            self.was_secret.append(server.transport.get_extra_info("ssl_object") is not None or bool(session.ssl))
        return self.to_data

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        assert isinstance(given, LoginPassword)
        user, password = given.login.decode(), given.password.decode()
        if (user, password) != (USER, PASSWORD):
            return AuthResult(success=False, handled=False)
        self.signed_in.append(user)
        return AuthResult(success=True)


class _Server(SMTP):
    """One connection, which stops where its box says."""

    def __init__(self, box: MailBox, **options: Any) -> None:
        super().__init__(box, **options)
        self._box = box

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._box.lines.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self._box.lines.discard(self)

    async def _handle_client(self) -> None:
        await self._box.reach(Step.GREETING, self)
        await super()._handle_client()

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802
        await self._box.reach(Step.EHLO, self)
        await super().smtp_EHLO(hostname)

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        await self._box.reach(Step.MAIL, self)
        await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        await self._box.reach(Step.RCPT, self)
        await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        await self._box.reach(Step.DATA, self)
        if Step.WITHIN_DATA in {self._box.drop_at, self._box.delay_at}:
            await self.push("354 Go on")
            await self._reader.readuntil(b"\r\n")
            await self._box.reach(Step.WITHIN_DATA, self)
        await super().smtp_DATA(arg)


def _abort(line: SMTP) -> None:
    assert isinstance(line.transport, asyncio.Transport), "a line that is there"
    # A secret line that was closed twice is gone, and Python 3.11.2 fails to abort it again.
    with suppress(AttributeError):
        line.transport.abort()


@asynccontextmanager
async def mail_server(*, tls: MailTls = MailTls.NONE, certificate: Certificate | None = None) -> AsyncIterator[MailBox]:
    """Serve until the block ends; secret lines ask for a sign-in."""
    box = MailBox(tls=tls)
    loop = asyncio.get_running_loop()
    context = _context(certificate)
    options: dict[str, Any] = {}
    if tls is MailTls.STARTTLS:
        options |= {"tls_context": context, "require_starttls": True}
    if tls is not MailTls.NONE:
        # aiosmtpd takes a line that was secret from the start for a clear one: it is told not to ask for more there.
        options |= {
            "authenticator": box.authenticate,
            "auth_required": True,
            "auth_require_tls": tls is MailTls.STARTTLS,
        }

    def serve() -> _Server:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a sign-in over a line that it takes for a clear one
            return _Server(box, hostname="mail.example", loop=loop, **options)

    outer = context if tls is MailTls.FROM_THE_START else None
    server = await loop.create_server(serve, "127.0.0.1", 0, ssl=outer)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()
        await server.wait_closed()
        for line in list(box.lines):
            _abort(line)
        while box.lines:
            await asyncio.sleep(0)


def _context(certificate: Certificate | None) -> ssl.SSLContext | None:
    if certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.cert, certificate.key)
    return context
