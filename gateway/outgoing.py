"""Which addresses we connect to: one rule for partners' systems, the catalogue, and whatever else is reached by an address
that somebody may have written to hurt us.

A URL, a name in the DNS or a redirect that leads to this machine, to its own link or to the services that a cloud keeps for
the machine itself would have us speak to what listens there for us alone. So the rule is asked about the address that is
being connected to, at the moment of connecting: `Destinations.socket` makes the socket for it, or raises. aiohttp takes
that as the `socket_factory` of a connector; whoever connects by hand calls it in the place of `socket.socket`.

Private networks are not refused: partners and catalogues stand there. What is refused can be allowed by setting
(`[outgoing] allowed_networks`).
"""

import errno
import os
import re
import socket
import ssl
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Final
from urllib.parse import urlsplit

AddressInfo = tuple[int, int, int, str, tuple[Any, ...]]
"""As getaddrinfo gives it: family, type, protocol, canonical name, socket's address."""

_REFUSED: Final = tuple(
    (ip_network(network), words)
    for words, networks in (
        ("this machine itself", ("127.0.0.0/8", "::1/128", "0.0.0.0/8", "::/128")),
        ("the link that this machine is on", ("169.254.0.0/16", "fe80::/10")),
        # Amazon and Google over IPv6, Azure, Alibaba, Oracle; over IPv4 most are at the link-local 169.254.169.254.
        ("a cloud's services for this machine", ("fd00:ec2::/32", "fd20:ce::254/128")),
        ("a cloud's services for this machine", ("168.63.129.16/32", "100.100.100.200/32", "192.0.0.192/32")),
        ("no single machine", ("224.0.0.0/4", "255.255.255.255/32", "ff00::/8")),
    )
    for network in networks
)
_CARRYING_IPV4: Final = (ip_network("64:ff9b::/96"), ip_network("::/96"))
"""IPv6 networks whose last four bytes are an IPv4 address: RFC 6052, and the deprecated one of RFC 4291, 2.5.5.1."""

READ_BYTES: Final = 64 * 1024
"""About what the system keeps for us of one connection, and so what is read of it in one go, before anybody else has a turn."""

_THIS_MACHINE: Final = frozenset({"localhost", "localhost.localdomain"})

_NUMBERS: Final = re.compile(r"\[Errno ([1-9]\d*)\]")


def why_unreached(error: OSError | UnicodeError) -> str:
    """Say why there is no connection, to whoever wrote the address into the settings."""
    match error:
        case TimeoutError():
            return "no answer in time"
        case ConnectionRefusedError():
            return "nothing listens there"
        case socket.gaierror() | UnicodeError():  # the latter: no host can have that name
            return "the name is not known"
        case ssl.SSLError():
            return f"TLS failed ({error.reason})"
        case _ if error.errno:
            return os.strerror(error.errno)
        case _:  # a host with several addresses, each refused for itself: asyncio has a text alone
            each = {int(number) for number in _NUMBERS.findall(str(error))}
            return why_unreached(OSError(each.pop(), "")) if len(each) == 1 else "no connection"


class AddressRefusedError(PermissionError):
    """An address that is not connected to; the same words for all addresses of a host, so that they stay words."""

    def __init__(self) -> None:
        super().__init__(
            errno.EACCES, "the address is one that the settings (outgoing.allowed_networks) don't let us connect to"
        )


class Destinations:
    """The rule, with the networks that are allowed nevertheless, in CIDR notation. Raises ValueError for one that is none."""

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self._allowed = tuple(ip_network(text, strict=False) for text in allowed)

    def objection(self, address: str) -> str | None:
        """Say what an address is that is not connected to; None for any other. Raises ValueError for what is no address."""
        meant = _meant(ip_address(address))
        if _within(meant, self._allowed):
            return None
        return next((words for network, words in _REFUSED if meant in network), None)

    def url_objection(self, url: str) -> str | None:
        """Say what a URL leads to, as far as that shows before its name is looked up; None where nothing is wrong so far."""
        try:
            host = urlsplit(url).hostname or ""
            return self.objection("127.0.0.1" if host in _THIS_MACHINE else host)
        except ValueError:
            return None

    def socket(self, info: AddressInfo) -> socket.socket:
        """Make the socket for one address. Raises AddressRefusedError."""
        family, kind, protocol, _, address = info
        if self.objection(str(address[0])) is not None:
            raise AddressRefusedError
        line = socket.socket(family, kind, protocol)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, READ_BYTES)
        return line


def _within(address: IPv4Address | IPv6Address, networks: Iterable[IPv4Network | IPv6Network]) -> bool:
    return any(address in network for network in networks)


def _meant(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address within an IPv6 one that stands for it; any other as it is, without the zone."""
    if isinstance(address, IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour
    if inner is None and int(address) > 1 and _within(address, _CARRYING_IPV4):
        inner = IPv4Address(int(address) & 0xFFFF_FFFF)
    return inner or IPv6Address(int(address))
