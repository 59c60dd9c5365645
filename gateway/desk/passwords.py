"""Passwords: what one must be like, and their slow hashes, worked out beside the event loop.

Argon2id with 19 MiB, two passes and one lane (OWASP's first choice for it), one at a time: a hash takes 20 to 40 ms of a core, so the
memory and the core that sign-ins may take are bounded, however many come at once. NIST SP 800-63B: length counts, not a mixture of
characters; what is typed is brought to one form of Unicode (NFC); a word that everybody knows is refused.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar
from unicodedata import normalize

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from gateway.desk.errors import BusyError

LENGTH_MIN: Final = 12
LENGTH_MAX: Final = 256
DISTINCT_MIN: Final = 5
"""Different characters: "111111111111" has one."""
NAME_MIN: Final = 4
"""A sign-in name that is shorter may be part of a password by chance."""
WAITING_MAX: Final = 50
"""Hashes that wait for their turn: two seconds' worth."""
KNOWN_TO_ALL: Final = frozenset({"demonstration", "passwordpassword", "password1234", "qwertyuiop12", "123456789012"})
NOBODYS: Final = "$argon2id$v=19$m=19456,t=2,p=1$qDr/HS5vM/+pJejePuNyFw$hwAFJjdtWzTRVqSqS6AxS1XIcBe8Gs2Q8zWeYNwhO3o"
"""What a password is compared with where there is no account: it takes as long, and whatever comes of it counts for nothing."""

HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
Result = TypeVar("Result")


def objection(password: str, name: str) -> str | None:
    """Say what is wrong with a password that somebody chose for an account of this name; None if nothing."""
    plain = normalize("NFC", password[: 2 * LENGTH_MAX])
    folded = plain.casefold()
    if not LENGTH_MIN <= len(plain) <= LENGTH_MAX:
        return f"a password has {LENGTH_MIN} to {LENGTH_MAX} characters; several words are easy to remember"
    if len(set(plain)) < DISTINCT_MIN:
        return f"a password has at least {DISTINCT_MIN} different characters"
    if len(name) >= NAME_MIN and name.casefold() in folded:
        return "a password doesn't contain the sign-in name"
    if folded in KNOWN_TO_ALL:
        return "everybody knows this password"
    return None


class Passwords:
    """Hashes passwords, and compares them with their hashes, one at a time; `nobodys` is a hash of the hasher's own cost."""

    def __init__(self, hasher: PasswordHasher = HASHER, nobodys: str = NOBODYS) -> None:
        self._hasher = hasher
        self._nobodys = nobodys
        self._thread = ThreadPoolExecutor(1, "password")
        self._waiting = 0

    async def hashed(self, password: str) -> str:
        """Return what is kept of a password. Raises BusyError."""
        return await self._in_turn(self._hashed, password)

    async def fits(self, password: str, kept: str | None) -> bool:
        """Say whether this is the password; without one that is kept it takes as long to say no. Raises BusyError."""
        return await self._in_turn(self._fits, password, kept)

    async def _in_turn(self, work: Callable[..., Result], *given: str | None) -> Result:
        if self._waiting >= WAITING_MAX:
            raise BusyError("Too many people sign in at this moment: try again in a few seconds.")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work, *given)
        finally:
            self._waiting -= 1

    def _hashed(self, password: str) -> str:
        return self._hasher.hash(_plain(password))

    def _fits(self, password: str, kept: str | None) -> bool:
        try:
            return self._hasher.verify(kept or self._nobodys, _plain(password)) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def _plain(password: str) -> bytes:
    """Bring it to one form; one that is longer than any that is taken is not looked at to its end, and fits none."""
    return normalize("NFC", password[: 2 * LENGTH_MAX]).encode("utf-8", "surrogatepass")
