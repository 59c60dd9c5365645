"""Settings of the demonstration ACS, given at its start; habits and misbehaviours can be changed while it runs."""

from enum import StrEnum
from typing import Self

import msgspec

from gateway.demo.acs.collection import CollectionName
from gateway.demo.acs.likeness import LIKENESSES, Likeness, Product
from gateway.demo.acs.misbehaviour import Order
from gateway.demo.acs.records import Habits


class StatusBeforeLogin(StrEnum):
    """What a 99 before the login means to this ACS (sip2.md, "The session")."""

    ALLOWED = "allowed"
    REQUIRED = "required"
    FATAL = "fatal"


class Login(msgspec.Struct, frozen=True):
    """A SIP account. `telnet`: asked for by prompts before any message, instead of by 93."""

    user: str
    password: str
    telnet: bool = False


class AcsSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where to listen, whom to let in, how to behave, with whose books.

    Port 0 takes a free one. Without `login` no login is needed and a 93 is answered ok. `state_file` keeps the books
    over a restart: written after each act, or with `keep_at_stop` at the stop alone, for long runs that nobody kills.
    `timeout_tenths` and `retries` are told in the 98. After `block_after_refusals` refused logins (0:
    never) the account is refused even with the right password, until a reset.
    """

    host: str = "127.0.0.1"
    port: int = 0
    control_port: int = 0
    login: Login | None = None
    status_before_login: StatusBeforeLogin = StatusBeforeLogin.ALLOWED
    block_after_refusals: int = 0
    state_file: str | None = None
    keep_at_stop: bool = False
    collection: CollectionName = CollectionName.VALLEY
    habits: Habits = Habits()
    misbehaviours: tuple[Order, ...] = ()
    seed: int = 0
    time_zone: str = "UTC"
    encoding: str = "cp850"
    institution: str = "EXAMPLE"
    library_name: str = "Example Valley Library"
    timeout_tenths: int = 30
    retries: int = 3
    like: Product = Product.PLAIN

    @property
    def likeness(self) -> Likeness:
        """How the product looks that this ACS is like."""
        return LIKENESSES[self.like]

    def in_likeness(self) -> Self:
        """These settings with the likeness's own in their place."""
        names = ("habits", "encoding", "institution", "timeout_tenths", "retries")
        worn = {name: getattr(self.likeness, name) for name in names if getattr(self.likeness, name) is not None}
        return msgspec.structs.replace(self, **worn)
