"""What sign-ins share: how long a session lasts, how often a wrong password may be tried, and who hears of each try.

A name is guarded against many guesses from anywhere, an address against guesses of many names. Addresses from which somebody has a
session are counted apart from all others: whoever guesses at a colleague's name from elsewhere doesn't lock that colleague out.
"""

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import Final

import msgspec

from gateway.desk.errors import TooOftenError
from gateway.desk.guesses import Guesses
from gateway.desk.passwords import Passwords
from gateway.iso18626.limits import Rate
from gateway.workflow.staff import name_key

OF_A_NAME: Final = Rate(burst=10, per_s=1 / 60)
"""Wrong passwords for one name: 1,450 a day at the most, of which a password with twelve characters has nothing to fear."""
OF_AN_ADDRESS: Final = Rate(burst=30, per_s=0.1)
"""Wrong passwords from one address; a whole library may stand behind it."""


class SignInOutcome(StrEnum):
    """What a try came to; the metric's label."""

    DONE = "done"
    WRONG = "wrong"
    TOO_OFTEN = "too often"
    DISABLED = "disabled"
    BUSY = "busy"


class SignInTry(msgspec.Struct, frozen=True, kw_only=True):
    """A try, for the log and the metrics. What was typed as a name is in it only if it is one: people type passwords there."""

    outcome: SignInOutcome
    address: str
    account: str | None = None


class SignInRules(msgspec.Struct, frozen=True, kw_only=True):
    """How long a session lasts, and whether this is a demonstration."""

    idle: timedelta = timedelta(hours=8)
    longest: timedelta = timedelta(days=7)
    demonstration: bool = False


class SignIns:
    """One gateway's."""

    def __init__(
        self,
        rules: SignInRules = SignInRules(),  # noqa: B008 - it can't be changed
        on_try: Callable[[SignInTry], None] = lambda _try: None,
        passwords: Passwords | None = None,
    ) -> None:
        self.rules = rules
        self.on_try = on_try
        self.passwords = passwords or Passwords()
        self._of_names = Guesses(OF_A_NAME)
        self._of_addresses = Guesses(OF_AN_ADDRESS)

    def count(self, name: str, address: str, *, known: bool) -> None:
        """Count a try before it is judged; `known` is an address that the account has a session at. Raises TooOftenError."""
        self._refuse(self._of_addresses.count(address) or self._of_names.count(_key(name, address, known=known)))

    def count_address(self, address: str) -> None:
        """Count a try by way of a provider, which guards the names itself. Raises TooOftenError."""
        self._refuse(self._of_addresses.count(address))

    def forget_address(self, address: str) -> None:
        """Wipe the address's slate."""
        self._of_addresses.forget(address)

    def was_right(self, name: str, address: str, *, known: bool) -> None:
        """Wipe the slates."""
        self._of_addresses.forget(address)
        self._of_names.forget(_key(name, address, known=known))

    def _refuse(self, wait_s: float) -> None:
        if wait_s:
            raise TooOftenError("Too many tries to sign in: wait a minute and try again.", wait_s)


def _key(name: str, address: str, *, known: bool) -> str:
    return f"{name_key(name)} {address if known else ''}"
