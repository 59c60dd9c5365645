"""A mail server on loopback that does what a test tells it: take, refuse, greylist, delay, drop; in the clear or secret, with a sign-in."""

import asyncio
import ssl
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
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


@dataclass
class MailBox:
    """What came, and what is answered."""

    port: int = 0
    tls: MailTls = MailTls.NONE
    to_recipient: str = "250 OK"
    to_data: str = "250 Taken"
    drop_after_data: bool = False
    """Take the mail, and end the connection before that is said."""
    on_taken: Callable[[], None] = lambda: None
    """Called when a mail is there and nothing was said yet."""
    on_recipient: Callable[[], None] = lambda: None
    taken: list[bytes] = field(default_factory=list)
    asked: int = 0
    signed_in: list[str] = field(default_factory=list)
    was_secret: list[bool] = field(default_factory=list)
    """Of each mail: whether its line was."""

    @property
    def messages(self) -> list[Message]:
        return [message_from_bytes(each) for each in self.taken]

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        self.asked += 1
        self.on_recipient()
        if self.to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.drop_after_data:
            self.taken.append(envelope.content)
            server.transport.abort()
            return "250 nobody hears it"
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

    def serve() -> SMTP:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a sign-in over a line that it takes for a clear one
            return SMTP(box, hostname="mail.example", loop=loop, **options)

    outer = context if tls is MailTls.FROM_THE_START else None
    server = await loop.create_server(serve, "127.0.0.1", 0, ssl=outer)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()
        await server.wait_closed()


def _context(certificate: Certificate | None) -> ssl.SSLContext | None:
    if certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.cert, certificate.key)
    return context
