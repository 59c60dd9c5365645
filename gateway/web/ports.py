"""What the API works with, given to it by the composition root, and what a route and its handler look like."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Protocol

from aiohttp import web

from gateway.dispatch.accounts import AccountTest
from gateway.dispatch.asking import Asking
from gateway.dispatch.printing import Printing
from gateway.dispatch.trial import Question, Trial
from gateway.orders.request_list import ListRules
from gateway.partners.reading import Fault
from gateway.store.port import Store, Token
from gateway.web.access import Caller, Right
from gateway.web.orders import PickupRules
from gateway.workflow.events import StaffActed
from gateway.workflow.finding import Found
from gateway.workflow.machine import Decision, Ignored, Refused
from gateway.workflow.partners import Peer
from gateway.workflow.records import OurLibrary, Request
from gateway.workflow.values import Wanted


def no_faults(_peer: Peer) -> Iterable[Fault]:
    """Find nothing wrong with the files that a peer names: for an API that connects to nobody."""
    return ()


class Intake(Protocol):
    """The one door through which a request is changed."""

    async def act(
        self, request_id: str, action: StaffActed, *, card: str | None = None
    ) -> Decision | Ignored | Refused:
        """Decide and write what staff asked for; `card` is the right one of a customer. Raises UnknownRequest, StoreUnavailable."""


@dataclass(frozen=True, kw_only=True)
class Api:
    """Everything that the handlers use. `zone` is where a date without a time ends."""

    store: Store
    intake: Intake
    acs_status: Callable[[], Mapping[str, Any]]
    """How the connection to the circulation system stands, without asking it: JSON-able values."""
    acs_resume: Callable[[], Awaitable[None]]
    """Let waiting work start at once: close the breaker, clear the back-off."""
    acs_check: Callable[[], Awaitable[Mapping[str, Any]]]
    """Ask the circulation system now (99), and give what it says of itself: JSON-able values."""
    acs_reconcile: Callable[[], Awaitable[Mapping[str, Any]]]
    """Compare the circulation system's loans and holds with the requests: JSON-able values; raises StoreUnavailable."""
    test_account: Callable[[str | None], Awaitable[AccountTest]]
    """Ask the circulation system about a partner's account; None: the one of partners without their own."""
    directory_changed: Callable[[], Awaitable[None]]
    """Called after peers, partners or the policy were written: whoever keeps them in memory reads them again."""
    try_now: Callable[[str, str], Awaitable[int]]
    """Let a request's waiting work start at once, on this person's word; give how many pieces there are."""
    policy_try: Callable[[Question], Awaitable[Trial]]
    """Work out an answer without touching anything; raises UnknownPartner, NotSent, Unknown, CatalogueSilentError."""
    find_copies: Callable[[Wanted], Awaitable[Found]]
    """Look a work up as a request for it would be; raises CatalogueSilentError, StoreUnavailable."""
    asking: Asking
    """Takes what our customers want from other libraries."""
    object_to_notes: Callable[[Request, Iterable[str | None]], Awaitable[str | None]]
    """Say what notes about a request of ours tell of its customer; None where nothing."""
    pickup: PickupRules
    list_rules: ListRules
    """How a list of orders is read; today and the branches are filled in."""
    rest_days: int
    """How long a barcode of the pool rests after a loan."""
    now: Callable[[], datetime]
    zone: tzinfo
    library: OurLibrary
    printing: Printing
    names_on_straps: bool = False
    """Whether the strap around a borrowed item names its customer."""
    secret_names: Collection[str] = ()
    """The entries of [secrets], of which a peer's record may name those that are for peers."""
    tls_faults: Callable[[Peer], Iterable[Fault]] = no_faults
    """What is wrong with the certificates, keys and secrets that a peer's record names."""
    extra_tokens: tuple[Token, ...] = ()
    """Tokens that count beside the store's (`access.configured_token`)."""
    proxies: tuple[str, ...] = ()
    """The networks of our reverse proxies, whose X-Forwarded-For counts, in CIDR notation."""
    on_refused: Callable[[str, bool], None] = lambda _address, _too_many: None
    """Hears of each call without a token that counts: the address, and whether it had too many of them before."""

    async def tokens(self) -> tuple[Token, ...]:
        """Every token that may call: those of the configuration, and those of the store."""
        return (*self.extra_tokens, *await self.store.tokens())


@dataclass(frozen=True, slots=True)
class Call:
    """One call: the HTTP request and who makes it."""

    http: web.Request
    caller: Caller


Handler = Callable[[Api, Call], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the API: how it is called, what right it needs, who answers."""

    method: str
    path: str
    right: Right
    handler: Handler
