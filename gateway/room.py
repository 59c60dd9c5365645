"""Who has room at a listener: how many connections there are at once, of whom, and which give way to newcomers."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, Final, Protocol

from msgspec import Struct

RETRY_AFTER_S: Final = 5
LINGERING_S: Final = 1.0
"""How long a connection that was turned away may take to read that it was."""
MOST_LINGERING: Final = 50
"""How many such connections there are at once; beyond, they are cut at once."""

_TURNED_AWAY: Final = (
    "HTTP/1.1 503 Service Unavailable\r\n"
    f"Retry-After: {RETRY_AFTER_S}\r\n"
    "Content-Length: 0\r\nConnection: close\r\n\r\n"
).encode()


class ConnectionTrouble(StrEnum):
    """Why a connection was refused or cut short."""

    NO_ROOM = "no_room"
    """There were too many, and all of them were being answered."""
    GAVE_WAY = "gave_way"
    """It kept us waiting when there were too many."""
    NO_HANDSHAKE = "no_handshake"
    """TLS did not come about."""
    NOT_HTTP = "not_http"
    """What came over it is no HTTP."""


OnTrouble = Callable[[ConnectionTrouble, str], None]
"""Told of each, with the caller's address (`source`)."""


class ListenerLimits(Struct, frozen=True, kw_only=True):
    """Connections at once, in all and of each address, and times in seconds.

    Of IPv6, 64 bits are one address. Those in `exempt` (our own proxies, in CIDR notation) may have as many as there are.
    """

    total: int = 500
    each: int = 200
    idle_s: float = 30.0
    handshake_s: float = 10.0
    exempt: tuple[str, ...] = ()


class HttpLine(Protocol):
    """What speaks HTTP over a connection."""

    @property
    def keeps_us_waiting(self) -> bool:
        """Whether a whole request is still to come."""

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way."""

    def force_close(self) -> None:
        """Close it now."""


class Seat:
    """A connection that was let in: whose it is, and since when it has kept us waiting."""

    def __init__(self, transport: asyncio.Transport, since_s: float) -> None:
        self.address = address_of(transport.get_extra_info("peername"))
        self.source = source(self.address)
        self.transport = transport
        self.since_s = since_s
        self.handshake: asyncio.Task[None] | None = None
        self.connection: HttpLine | None = None

    @property
    def keeps_us_waiting(self) -> bool:
        """Whether it is the caller's turn."""
        return self.connection is None or self.connection.keeps_us_waiting

    def close_if_idle(self) -> None:
        """Close it, unless a request is under way."""
        if self.connection is None:
            self.transport.abort()
        elif self.connection.is_idle:
            self.connection.force_close()


class Room:
    """The connections that there are."""

    def __init__(self, limits: ListenerLimits, on_trouble: OnTrouble) -> None:
        self._limits = limits
        self._exempt = tuple(ip_network(text) for text in limits.exempt)
        self._seats: set[Seat] = set()
        self._of_source: Counter[str] = Counter()
        self._lingering = 0
        self._left: asyncio.Event | None = None
        self.tell = on_trouble
        self.answered = 0
        self.letting_go = False

    def take(self, seat: Seat) -> bool:
        """Seat a newcomer, if need be in the place of one that keeps us waiting; False where there is no place."""
        if self._of_source[seat.source] >= self._limits.each and not self._is_exempt(seat):
            free = self._clear_one(each for each in self._seats if each.source == seat.source)
        else:
            free = len(self._seats) < self._limits.total or self._clear_one(self._seats)
        if free:
            self._seats.add(seat)
            self._of_source[seat.source] += 1
        return free

    def leave(self, seat: Seat) -> bool:
        """Its place is free; False where it was before."""
        if seat not in self._seats:
            return False
        self._seats.remove(seat)
        self._of_source[seat.source] -= 1
        if not self._of_source[seat.source]:
            del self._of_source[seat.source]
        if self._left is not None and not self._seats:
            self._left.set()
        return True

    def turn_away(self, seat: Seat, *, in_words: bool) -> None:
        """Say that there is no room, to so many callers at once as can be heard out."""
        self.tell(ConnectionTrouble.NO_ROOM, seat.source)
        if not in_words or self._lingering >= MOST_LINGERING:
            seat.transport.abort()
            return
        seat.transport.write(_TURNED_AWAY)
        seat.transport.write_eof()  # closing at once would reset the connection before the answer is read
        self._lingering += 1
        asyncio.get_running_loop().call_later(LINGERING_S, self._show_out, seat)

    def close_idle(self) -> None:
        """Close connections on which nothing is under way, handshakes included."""
        for seat in tuple(self._seats):
            seat.close_if_idle()

    async def emptied(self, within_s: float) -> None:
        """Wait until nobody is left, for so long at most."""
        if self._seats:
            self._left = asyncio.Event()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._left.wait(), within_s)

    async def close(self) -> None:
        """Cut what has not become a connection of aiohttp's, which ends its own."""
        handshakes = [seat.handshake for seat in self._seats if seat.handshake is not None]
        for seat in self._seats:
            seat.transport.abort()
        await asyncio.gather(*handshakes)

    def _clear_one(self, among: Iterable[Seat]) -> bool:
        """Cut one that keeps us waiting, of the address that has most of these the one that has done so longest."""
        waiting = [seat for seat in among if seat.keeps_us_waiting]
        if not waiting:
            return False
        of_source = Counter(seat.source for seat in waiting)
        seat = max(waiting, key=lambda seat: (of_source[seat.source], -seat.since_s))
        self.leave(seat)
        seat.transport.abort()
        self.tell(ConnectionTrouble.GAVE_WAY, seat.source)
        return True

    def _show_out(self, seat: Seat) -> None:
        self._lingering -= 1
        seat.transport.abort()

    def _is_exempt(self, seat: Seat) -> bool:
        return any(seat.address in network for network in self._exempt)


def source(address: IPv4Address | IPv6Address) -> str:
    """What counts as one address: of IPv6 a network of 64 bits, which is what one customer of a provider has."""
    return str(address) if isinstance(address, IPv4Address) else str(ip_network((address, 64), strict=False))


def address_of(peername: Any) -> IPv4Address | IPv6Address:
    """The address of a socket's other side, without the zone of a link-local one; 0.0.0.0 where it is gone already."""
    address = ip_address(str(peername[0]).partition("%")[0]) if peername else IPv4Address(0)
    return getattr(address, "ipv4_mapped", None) or address
