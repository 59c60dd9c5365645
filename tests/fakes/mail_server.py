"""A mail server on loopback that does what a test tells it: take, refuse, greylist, delay, drop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from typing import Any

from aiosmtpd.smtp import SMTP


@dataclass
class MailBox:
    """What came, and what is answered."""

    port: int = 0
    to_recipient: str = "250 OK"
    to_data: str = "250 Taken"
    drop_after_data: bool = False
    """Take the mail, and end the connection before that is said."""
    taken: list[bytes] = field(default_factory=list)
    asked: int = 0

    @property
    def messages(self) -> list[Message]:
        return [message_from_bytes(each) for each in self.taken]

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        self.asked += 1
        if self.to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.drop_after_data:
            self.taken.append(envelope.content)
            server.transport.abort()
            return "250 nobody hears it"
        if self.to_data.startswith("250"):
            self.taken.append(envelope.content)
        return self.to_data


@asynccontextmanager
async def mail_server() -> AsyncIterator[MailBox]:
    """Serve until the block ends."""
    box = MailBox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, hostname="mail.example", loop=loop), "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()
        await server.wait_closed()
