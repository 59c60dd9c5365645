"""Who has which request open, so that two people don't do the same work twice. It is a hint, and no lock.

A page that is shown says so with the stream that it listens on, and has the request open for as long as that stream lives: nothing is
written, nothing has to be taken back, and a browser that dies takes its part along. Gateways that share a store tell each other what
has changed, a second's changes at once, and every minute all that they have; what is not told again in time is forgotten.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

import msgspec

from gateway.desk.ports import Desk
from gateway.store.hearsay_port import SAID_BYTES

NAMED: Final = 5
"""So many people are named; a sixth who has the same request open is not."""
TOLD_EVERY: Final = timedelta(minutes=1)
FORGOTTEN_AFTER: Final = timedelta(seconds=150)
"""Since a gateway was last heard of."""


class OpenElsewhere(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a gateway tells the others: who has these requests open there, nobody where a list is empty."""

    gateway: str
    open: dict[str, tuple[str, ...]] = {}
    begins: bool = False
    """It has nobody yet, and knows nothing of the others: they tell it all that they have."""


class _Elsewhere(msgspec.Struct):
    """What another gateway has told."""

    heard_at: datetime
    open: dict[str, tuple[str, ...]] = {}


class Presence:
    """Who has what open, here and at other gateways. One of each site; `changed` is set when somebody comes or goes."""

    def __init__(self, desk: Desk) -> None:
        """Begin with nobody."""
        self._desk = desk
        self._gateway = uuid4().hex[:12]
        self._here: Counter[tuple[str, str]] = Counter()
        self._elsewhere: dict[str, _Elsewhere] = {}
        self._untold: set[str] = set()
        self._news: set[str] = set()
        self.changed = asyncio.Event()
        desk.store.hearsay.on_said(self.hear)

    def come(self, name: str, requests: Iterable[str]) -> Callable[[], None]:
        """Take note that somebody has requests open; what is returned takes it back."""
        pairs = tuple((request, name) for request in requests)
        self._here.update(pairs)
        self._note(request for request, _ in pairs)

        def go() -> None:
            self._here.subtract(pairs)
            self._here += Counter()  # leaves out what nobody has open
            self._note(request for request, _ in pairs)

        return go

    def words(self, request: str, name: str) -> str:
        """Say who has a request open besides somebody; empty: nobody."""
        others = sorted(self._who(request) - {name})[:NAMED]
        if not others:
            return ""
        *first, last = others
        return f"{', '.join(first)} and {last} have this open" if first else f"{last} has this open"

    def take_news(self) -> frozenset[str]:
        """Return the requests of which somebody has come or gone since this was asked last."""
        news, self._news = frozenset(self._news), set()
        self.changed.clear()
        return news

    async def tell(self) -> None:
        """Tell the other gateways what has changed here. Raises StoreUnavailable; what was not told then is told within a minute."""
        untold, self._untold = self._untold, set()
        for part in parts({request: self._names_here(request) for request in sorted(untold)}):
            await self._say(OpenElsewhere(gateway=self._gateway, open=part))

    async def begin(self) -> None:
        """Ask the others for what they have. Raises StoreUnavailable."""
        await self._say(OpenElsewhere(gateway=self._gateway, begins=True))

    def tell_all_again(self) -> None:
        """Have all told that is open here, and forget gateways that have told nothing for long."""
        self._untold |= {request for request, _ in self._here}
        now = self._desk.now()
        for gateway, told in tuple(self._elsewhere.items()):
            if not timedelta(0) <= now - told.heard_at < FORGOTTEN_AFTER:
                self._news |= set(self._elsewhere.pop(gateway).open)

    def hear(self, words: str) -> None:
        """Take what another gateway tells; what is no such message, as of a later version, tells nothing."""
        try:
            told = msgspec.json.decode(words, type=OpenElsewhere)
        except msgspec.DecodeError:
            return
        known = self._elsewhere.pop(told.gateway, _Elsewhere(self._desk.now()))
        if told.begins:
            self._news |= set(known.open)
            self._untold |= {request for request, _ in self._here}
        else:
            still = {request: names for request, names in (known.open | told.open).items() if names}
            self._elsewhere[told.gateway] = _Elsewhere(self._desk.now(), still)
            self._news |= set(told.open)
        self.changed.set()

    def _note(self, requests: Iterable[str]) -> None:
        touched = set(requests)
        self._news |= touched
        self._untold |= touched
        if touched:
            self.changed.set()

    def _who(self, request: str) -> set[str]:
        elsewhere = (told.open.get(request, ()) for told in self._elsewhere.values())
        return {*self._names_here(request), *(name for names in elsewhere for name in names)}

    def _names_here(self, request: str) -> tuple[str, ...]:
        return tuple(sorted(name for each, name in self._here if each == request))

    async def _say(self, told: OpenElsewhere) -> None:
        await self._desk.store.hearsay.say(msgspec.json.encode(told).decode())


def parts(open_: Mapping[str, tuple[str, ...]]) -> Iterator[dict[str, tuple[str, ...]]]:
    """Cut what is to be told into parts that may be said at once."""
    part: dict[str, tuple[str, ...]] = {}
    size = room = SAID_BYTES - 200
    for request, names in open_.items():
        size -= (needed := len(msgspec.json.encode({request: names[: NAMED + 1]})))
        if size < 0:
            yield part
            part, size = {}, room - needed
        part[request] = names[: NAMED + 1]
    if part:
        yield part
