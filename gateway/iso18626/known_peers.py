"""With whom must a caller be compared? All peers, filed once, so that a message costs as much with a thousand as with one.

Each peer is filed under one thing that it must show: whoever does not show it can't be that peer. So a caller is compared
with those alone that are filed under what it shows, and in all they must show, as `authentication` says: being filed decides
nothing. Digests are what is looked up, so that the time it takes tells nothing of a secret.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network, IPv6Network, collapse_addresses
from typing import Final

from gateway.iso18626.authentication import (
    IpAddress,
    Network,
    PeerCredentials,
    Presented,
    fingerprint,
    identify,
    network,
    possible,
)

_BY_CONNECTION: Final = ("basic_user", "bearer", "certificate_sha256", "certificate_name", "basic_password")
"""What can be shown before the message is read; what tells peers apart best comes first."""
_BY_ALL: Final = ("account_id", *_BY_CONNECTION, "security_code")

_Prefix = tuple[int, int, int]
"""A network: version of IP, how many bits, those bits."""


class KnownPeers:
    """What all peers must show, made anew whenever that changes; iterating gives it as it came."""

    def __init__(self, peers: Iterable[PeerCredentials] = ()) -> None:
        self._peers = tuple(peers)
        self._by_connection = _Files(self._peers, _BY_CONNECTION)
        self._by_all = _Files(self._peers, _BY_ALL)

    def __iter__(self) -> Iterator[PeerCredentials]:
        """All of them."""
        return iter(self._peers)

    def identify(self, shown: Presented) -> str | None:
        """What `authentication.identify` finds among all."""
        return identify(self._by_all.likely(shown), shown)

    def possible(self, shown: Presented) -> tuple[PeerCredentials, ...]:
        """What `authentication.possible` finds among all."""
        return possible(self._by_connection.likely(shown), shown)


class _Files:
    """Peers by that of these fields they demand whose value the fewest share, else by their networks; without either, beside."""

    def __init__(self, peers: Iterable[PeerCredentials], fields: Iterable[str]) -> None:
        self._by_field: dict[str, dict[bytes, list[PeerCredentials]]] = defaultdict(lambda: defaultdict(list))
        self._by_network: dict[_Prefix, list[PeerCredentials]] = defaultdict(list)
        self._beside: list[PeerCredentials] = []
        known = [(peer, _demanded(peer, fields)) for peer in peers if peer.has_proof]
        shared = Counter(item for _, demanded in known for item in demanded.items())
        for peer, demanded in known:
            self._file(peer, min(demanded.items(), key=shared.__getitem__, default=None))
        self._lengths = {(version, length) for version, length, _ in self._by_network}

    def likely(self, shown: Presented) -> Iterator[PeerCredentials]:
        """Each that may fit, once."""
        yield from self._beside
        for field, filed in self._by_field.items():
            value = getattr(shown, field)
            if value is not None:
                yield from filed.get(_digest(value), ())
        if self._lengths and shown.address is not None:
            for prefix in self._prefixes(shown.address):
                yield from self._by_network.get(prefix, ())

    def _file(self, peer: PeerCredentials, rarest: tuple[str, bytes] | None) -> None:
        if rarest is not None:
            field, digest = rarest
            self._by_field[field][digest].append(peer)
        elif peer.networks:
            for each in _apart(map(network, peer.networks)):
                self._by_network[_prefix(each.network_address, each.prefixlen)].append(peer)
        else:
            self._beside.append(peer)

    def _prefixes(self, address: IpAddress) -> Iterator[_Prefix]:
        """The networks that an address is in, of the lengths that there are."""
        return (_prefix(address, length) for version, length in self._lengths if version == address.version)


def _as_shown(peer: PeerCredentials) -> Presented:
    """What a peer must show, networks aside, as a caller shows it."""
    sha256 = fingerprint(peer.certificate or "")
    return Presented(
        account_id=peer.account_id,
        security_code=peer.security_code,
        basic_user=peer.basic_user,
        basic_password=peer.basic_password,
        bearer=peer.bearer,
        certificate_name=None if sha256 else peer.certificate,
        certificate_sha256=sha256,
    )


def _demanded(peer: PeerCredentials, fields: Iterable[str]) -> dict[str, bytes]:
    """Of these fields, what a peer must show in each."""
    wanted = _as_shown(peer)
    return {name: _digest(value) for name in fields if (value := getattr(wanted, name)) is not None}


def _apart(networks: Iterable[Network]) -> Iterator[Network]:
    """The same addresses in networks that don't overlap."""
    each = tuple(networks)
    yield from collapse_addresses(one for one in each if isinstance(one, IPv4Network))
    yield from collapse_addresses(one for one in each if isinstance(one, IPv6Network))


def _prefix(address: IpAddress, length: int) -> _Prefix:
    return address.version, length, int(address) >> (address.max_prefixlen - length)


def _digest(value: str) -> bytes:
    return hashlib.blake2b(value.encode(errors="surrogatepass")).digest()
