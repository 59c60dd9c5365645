"""Who is it that writes to us? Credentials of all peers and what a caller showed in, the name of a peer or None out.

Pure: no socket and no header object comes in here; the server collects what was shown. The rule: whatever is
configured for a peer must hold, all of it; a peer for whom no proof is configured can't be identified, and of two
peers that fit equally well neither is chosen. Secrets are compared in constant time and never printed.
"""

import base64
import binascii
import hmac
from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from itertools import islice
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from gateway.iso18626.messages import Authentication

IpAddress = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_SHA256_HEX_DIGITS: Final = 64
_NO_SECRETS: Final = (None, None, None, None)


class PeerCredentials(Struct, frozen=True, kw_only=True):
    """What a peer must show, all that is not None: raises ValueError if a network is no network.

    `certificate` is the SHA-256 fingerprint of the client certificate (64 hexadecimal digits, colons allowed) or the
    common name of its subject; `networks` are addresses in CIDR notation, one of which must hold the caller's.
    An account id or a user name alone is a name and no proof.
    """

    peer: str
    account_id: str | None = None
    security_code: str | None = None
    basic_user: str | None = None
    basic_password: str | None = None
    bearer: str | None = None
    certificate: str | None = None
    networks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a network that is none now, not when a message comes."""
        for text in self.networks:
            network(text)

    def __repr__(self) -> str:
        """The peer's name and nothing of what it shows."""
        return f"PeerCredentials(peer={self.peer!r}, ...)"

    @property
    def has_proof(self) -> bool:
        """Whether anything is configured that proves who is calling."""
        secrets = (self.security_code, self.basic_password, self.bearer, self.certificate)
        return bool(self.networks) or secrets != _NO_SECRETS


class Presented(Struct, frozen=True, kw_only=True):
    """What a caller showed: the message's secret, HTTP's Authorization, its certificate, and where it calls from.

    `certificate_sha256` is the fingerprint in lower-case hexadecimal digits without colons, of a certificate that the
    TLS layer has verified.
    """

    account_id: str | None = None
    security_code: str | None = None
    basic_user: str | None = None
    basic_password: str | None = None
    bearer: str | None = None
    certificate_name: str | None = None
    certificate_sha256: str | None = None
    address: IpAddress | None = None

    def __repr__(self) -> str:
        """The kind of thing this is and nothing of what it holds, whatever prints it."""
        return "Presented(...)"


_NOTHING: Final = Presented()


def identify(peers: Iterable[PeerCredentials], shown: Presented) -> str | None:
    """The peer whose requirements all hold; of several the one that demands most, and None if that is not one alone."""
    fitting = [peer for peer in peers if _header_holds(peer, shown) and _connection_holds(peer, shown)]
    if len(fitting) > 1:
        most = max(map(_demands, fitting))
        fitting = [peer for peer in fitting if _demands(peer) == most]
    return fitting[0].peer if len(fitting) == 1 else None


def possible(peers: Iterable[PeerCredentials], shown: Presented) -> tuple[PeerCredentials, ...]:
    """Whom the caller may turn out to be once the secret in the message's header has been read: two of them at most.

    More need not be known to tell whether there is one alone, and where all show a secret in the header there are as many as peers.
    """
    return tuple(islice((peer for peer in peers if _connection_holds(peer, shown)), 2))


def certain(possible: Sequence[PeerCredentials]) -> str | None:
    """The peer that the caller is whatever its message holds: no other is possible, and the header need show nothing."""
    if len(possible) != 1 or possible[0].account_id is not None or possible[0].security_code is not None:
        return None
    return possible[0].peer


def shows_nothing(shown: Presented) -> bool:
    """Whether a caller shows neither a name nor a proof, wrong ones included; where it calls from is neither."""
    return replace(shown, address=None) == _NOTHING


def with_secret(shown: Presented, secret: Authentication | None) -> Presented:
    """What was shown, and the secret in the message's header with it."""
    if secret is None:
        return shown
    return replace(shown, account_id=secret.account_id, security_code=secret.security_code)


def challenges(peers: Iterable[PeerCredentials], shown: Presented) -> tuple[str, ...]:
    """The HTTP authentication schemes to offer a caller that showed none of them rightly; empty if none would help."""
    with_basic = [peer for peer in peers if peer.basic_password is not None]
    with_bearer = [peer for peer in peers if peer.bearer is not None]
    if any(_basic_holds(peer, shown) for peer in with_basic) or any(_bearer_holds(peer, shown) for peer in with_bearer):
        return ()
    return tuple(scheme for scheme, users in (("Basic", with_basic), ("Bearer", with_bearer)) if users)


def authorization(header: str | None) -> Presented:
    """What an Authorization header shows (RFC 7617, RFC 6750); nothing if it is absent or can't be read."""
    if header is None:
        return _NOTHING
    scheme, _, value = header.strip().partition(" ")
    match scheme.casefold():
        case "bearer":
            return Presented(bearer=value.strip())
        case "basic":
            return _basic_pair(value.strip())
        case _:
            return Presented()


def client_address(remote: str | None, forwarded_for: Iterable[str], proxies: tuple[str, ...]) -> IpAddress | None:
    """Where the caller is: the connection's own address, or behind our proxies the rightmost hop that is not ours.

    `forwarded_for` holds the values of X-Forwarded-For in the order of the headers; it counts only if the connection
    comes from one of the networks in `proxies`. What stands left of the first foreign hop anybody may have written.
    A hop that is no address ends the search with None.
    """
    hops = [hop for value in forwarded_for for hop in value.split(",")]
    address = _address(remote or "")
    while hops and address is not None and _within(address, proxies):
        address = _address(hops.pop())
    return address


def comes_from(remote: str | None, networks: tuple[str, ...]) -> bool:
    """Say whether a connection comes from one of these networks."""
    address = _address(remote or "")
    return address is not None and _within(address, networks)


@lru_cache(maxsize=4096)
def source(address: IpAddress | None) -> str:
    """What counts as one address: of IPv6 a network of 64 bits, which is what one customer of a provider has."""
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False))
    return str(address or "")


@lru_cache(maxsize=4096)
def network(text: str) -> Network:
    """The network of a text in CIDR notation, a single address included; raises ValueError."""
    return ip_network(text.strip(), strict=False)


def fingerprint(text: str) -> str | None:
    """The SHA-256 fingerprint that a text holds, in lower case without colons; None if it is something else."""
    digits = text.strip().casefold().removeprefix("sha256:").replace(":", "")
    is_one = len(digits) == _SHA256_HEX_DIGITS and all(digit in "0123456789abcdef" for digit in digits)
    return digits if is_one else None


def _header_holds(peer: PeerCredentials, shown: Presented) -> bool:
    return _name_holds(peer.account_id, shown.account_id) and _secret_holds(peer.security_code, shown.security_code)


def _connection_holds(peer: PeerCredentials, shown: Presented) -> bool:
    """Whether all holds that can be checked before the message is read, for a peer that can be identified at all."""
    return (
        peer.has_proof
        and _basic_holds(peer, shown)
        and _bearer_holds(peer, shown)
        and _certificate_holds(peer, shown)
        and (not peer.networks or (shown.address is not None and _within(shown.address, peer.networks)))
    )


def _basic_holds(peer: PeerCredentials, shown: Presented) -> bool:
    return _name_holds(peer.basic_user, shown.basic_user) and _secret_holds(peer.basic_password, shown.basic_password)


def _bearer_holds(peer: PeerCredentials, shown: Presented) -> bool:
    return _secret_holds(peer.bearer, shown.bearer)


def _certificate_holds(peer: PeerCredentials, shown: Presented) -> bool:
    if peer.certificate is None:
        return True
    wanted = fingerprint(peer.certificate)
    return _same(wanted, shown.certificate_sha256) if wanted else _same(peer.certificate, shown.certificate_name)


def _name_holds(wanted: str | None, shown: str | None) -> bool:
    """Names are no secrets; comparing them first keeps the search through many peers short."""
    return wanted is None or wanted == shown


def _secret_holds(wanted: str | None, shown: str | None) -> bool:
    return wanted is None or _same(wanted, shown)


def _same(wanted: str, shown: str | None) -> bool:
    # An empty secret is a mistake in the configuration (an unset variable): it must open nothing.
    equal = hmac.compare_digest(wanted.encode(), (shown or "").encode(errors="surrogatepass"))
    return equal and wanted != ""


def _basic_pair(value: str) -> Presented:
    try:
        pair = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        return Presented()
    user, _, password = pair.partition(":")
    return Presented(basic_user=user, basic_password=password)


def _demands(peer: PeerCredentials) -> int:
    """How many things are demanded of this peer."""
    secrets = (peer.security_code, peer.basic_password, peer.bearer, peer.certificate)
    names = (peer.account_id, peer.basic_user)
    return sum(part is not None for part in (*secrets, *names)) + bool(peer.networks)


def _within(address: IpAddress, networks: tuple[str, ...]) -> bool:
    return any(address in network(text) for text in networks)


@lru_cache(maxsize=4096)
def _address(text: str) -> IpAddress | None:
    """The address of a hop, with or without a port or brackets; one of IPv4 in the clothes of IPv6 is one of IPv4."""
    host = text.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ip_address(host)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
