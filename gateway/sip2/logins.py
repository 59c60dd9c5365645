"""Leave to log in: asked for before each login, and told how it ended. `Lines` count for themselves unless others share their account."""

from collections.abc import Callable
from typing import Protocol

from gateway.sip2.breaker import LoginEnd, LoginGate

_HERE = "here"


class Logins(Protocol):
    """Whoever gives leave. `gate` is the count as far as it is known here, for those who only look."""

    @property
    def gate(self) -> LoginGate:
        """The count."""

    async def ask(self) -> float | None:
        """Take the one try there is (0), or give the seconds after which to ask again, None: once staff have resumed.

        Raises NotSent where nobody can tell.
        """

    def tell(self, how: LoginEnd) -> float | None:
        """Say how the try ended that was taken; give what `ask` would say now. Waits for nothing, so that nothing can break it off."""

    async def resume(self) -> None:
        """Staff's word that logging in may be tried again."""


class OwnLogins:
    """The count of lines that have their account to themselves, kept in memory."""

    def __init__(self, now: Callable[[], float], gate: LoginGate = LoginGate()) -> None:  # noqa: B008 - a frozen value
        self.gate = gate
        self._now = now

    async def ask(self) -> float | None:
        """See the protocol. `Lines` try one at a time."""
        wait_s = self.gate.wait_s(self._now())
        if wait_s == 0:
            self.gate = self.gate.tried(_HERE, self._now())
        return wait_s

    def tell(self, how: LoginEnd) -> float | None:
        """See the protocol."""
        self.gate = self.gate.ended(how, _HERE, self._now())
        return self.gate.wait_s(self._now())

    async def resume(self) -> None:
        """See the protocol."""
        self.gate = self.gate.resumed()
