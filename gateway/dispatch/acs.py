"""The circulation system as dispatch speaks to it: one line, the terminal that we are, and the clock that dates what is asked."""

from pysip2.models import SIPRequest

from gateway.clock import TimeSource
from gateway.mapping.circulation import LookKind, Terminal, message_of, question_request
from gateway.sip2.codec import Reply
from gateway.sip2.pieces import BeforeWrite, MayWrite, Piecewise


class Acs:
    """Questions by their kind; everything else as a message of SIP2."""

    def __init__(self, line: Piecewise, terminal: Terminal, time: TimeSource) -> None:
        """Take the way there; nothing is sent yet."""
        self.terminal = terminal
        self._line = line
        self._time = time

    def supports(self, code: str) -> bool | None:
        """Whether it knows a message; None where it did not say."""
        return self._line.supports(code)

    def refuses(self, question: LookKind) -> bool:
        """Whether it is known not to take the message that asks this."""
        return self.supports(message_of(question)) is False

    async def ask(self, question: LookKind, *, item: str = "", account: str = "") -> Reply:
        """Ask about an item or an account. Raises Inexpressible, NotSent, Unknown."""
        wire = question_request(question, item=item, account=account, at=self._time.now(), terminal=self.terminal)
        return await self.exchange(wire)

    async def exchange(
        self, request: SIPRequest, *, before_write: BeforeWrite | None = None, may_write: MayWrite = lambda: True
    ) -> Reply:
        """One request, one reply. Raises Inexpressible, NotSent, Unknown."""
        return await self._line.exchange(request, before_write=before_write, may_write=may_write)
