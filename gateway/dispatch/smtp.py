"""Handing a mail to the library's mail server over SMTP. What that means for whoever asked is not said here.

Everything before DATA is known: nothing was taken. So is a no to DATA. A line that breaks, or a server that falls silent, from DATA on
leaves it open whether the server has it: how far the mail itself came is not known here.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from typing import Final

import aiosmtplib
import msgspec

from gateway.clock import TimeSource
from gateway.dispatch.mailed import MailOutcome, MailSent, MailUnsent
from gateway.dispatch.results import Fault, Later
from gateway.outgoing import AddressRefusedError, Destinations

_FOR_GOOD: Final = 500
"""From this code on a server's no is for good (RFC 5321, 4.2.1)."""
_TROUBLE: Final = (aiosmtplib.SMTPException, OSError, TimeoutError)


class MailServer(msgspec.Struct, frozen=True, kw_only=True):
    """Where mail goes, and whom it comes from."""

    host: str
    port: int
    sender: str
    use_tls: bool = False
    start_tls: bool = True
    ca_file: str | None = None
    """Whom to trust in place of the system's authorities."""
    user: str | None = None
    password: str | None = None
    timeout_s: float = 30.0
    pause_s: float = 1.0
    """Between two mails."""
    texts: dict[str, str] = {}

    def __repr__(self) -> str:
        """Without the password."""
        return f"MailServer({self.host}:{self.port})"


class _NotTaken(Exception):  # noqa: N818 - an outcome
    """The server did not take it."""

    def __init__(self, outcome: MailUnsent | Later) -> None:
        super().__init__(str(outcome))
        self.outcome = outcome


class Smtp:
    """The way to one mail server."""

    def __init__(self, *, time: TimeSource, server: MailServer, destinations: Destinations) -> None:
        self.server = server
        self._time = time
        self._destinations = destinations
        self._free_at = 0.0

    async def hand_over(self, to: str, message: bytes, before_data: Callable[[], Awaitable[None]]) -> MailOutcome:
        """Give a mail to the server; `before_data` is awaited when all but the mail itself is said, and may raise."""
        await self._keep_the_rate()
        try:
            client = await self._connected()
        except _NotTaken as no:
            return no.outcome
        try:
            await self._address(client, to)
            await before_data()
            return await _data(client, message)
        except _NotTaken as no:
            return no.outcome
        finally:
            client.close()

    async def _keep_the_rate(self) -> None:
        wait_s = self._free_at - self._time.monotonic()
        self._free_at = max(self._free_at, self._time.monotonic()) + self.server.pause_s
        if wait_s > 0:
            await self._time.sleep(wait_s)

    async def _address(self, client: aiosmtplib.SMTP, to: str) -> None:
        """Say from whom and to whom. Raises _NotTaken."""
        try:
            await client.mail(self.server.sender)
            await client.rcpt(to)
        except aiosmtplib.SMTPRecipientRefused as no:
            raise _NotTaken(_refused(no.code, f"The mail server refuses the address: {no.code}.")) from None
        except aiosmtplib.SMTPResponseException as no:
            raise _NotTaken(_refused(no.code, f"The mail server refuses our own address: {no.code}.")) from None
        except _TROUBLE as cut:
            raise _NotTaken(_away(cut)) from None

    async def _connected(self) -> aiosmtplib.SMTP:
        """Connect and sign in. Raises _NotTaken."""
        server = self.server
        try:
            line = await self._line()
            client = aiosmtplib.SMTP(
                hostname=server.host,
                port=None,
                sock=line,
                use_tls=server.use_tls,
                start_tls=server.start_tls and not server.use_tls,
                tls_context=await asyncio.to_thread(_tls, server),
                username=server.user,
                password=server.password,
                timeout=server.timeout_s,
            )
            await client.connect()
        except aiosmtplib.SMTPAuthenticationError as no:
            words = f"the mail server refused our sign-in: {no.code}"
            raise _NotTaken(Later(words=words, unstarted=True, fault=Fault.LANES)) from None
        except _TROUBLE as cut:
            raise _NotTaken(_away(cut)) from None
        return client

    async def _line(self) -> socket.socket:
        """Connect a socket to the first address that we may connect to, and that answers. Raises OSError, TimeoutError."""
        loop, server = asyncio.get_running_loop(), self.server
        infos = await loop.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
        trouble: OSError = OSError("the mail server's name leads nowhere")
        for info in infos:
            line = None
            try:
                line = self._destinations.socket(info)
                line.setblocking(False)
                async with asyncio.timeout(server.timeout_s):
                    await loop.sock_connect(line, info[4])
            except OSError as error:
                trouble = error
                if line is not None:
                    line.close()
            else:
                return line
        raise trouble


async def _data(client: aiosmtplib.SMTP, message: bytes) -> MailOutcome:
    """Send the mail itself."""
    try:
        answer = await client.data(message)
    except aiosmtplib.SMTPDataError as no:
        return _refused(no.code, f"The mail server did not take it: {no.code}.")
    except _TROUBLE as cut:
        return MailUnsent(words=f"The line broke at its end ({type(cut).__name__}).", perhaps=True)
    return MailSent(f"The mail server said {answer.code}.")


def _tls(server: MailServer) -> ssl.SSLContext | None:
    """Whom we trust; None where nothing is encrypted. Raises OSError."""
    if not (server.use_tls or server.start_tls):
        return None
    return ssl.create_default_context(cafile=server.ca_file)


def _refused(code: int, words: str) -> Later | MailUnsent:
    """A no for good is for staff; any other is asked again, as greylisting wants it."""
    return MailUnsent(words=words) if code >= _FOR_GOOD else Later(words=words, unstarted=True, fault=Fault.ITS_OWN)


def _away(error: Exception) -> Later:
    words, behind = type(error).__name__, error.__cause__ or error
    if isinstance(behind, ssl.SSLCertVerificationError):
        words = f"its certificate is not trusted ({behind.verify_message})"
    elif isinstance(error, AddressRefusedError) or type(error) is aiosmtplib.SMTPException:
        words = str(error)  # ours, or the library's own: nothing that the server has said
    return Later(words=f"the mail server can't be reached: {words}", unstarted=True, fault=Fault.LANES)
