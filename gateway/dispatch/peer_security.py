"""What peers show us and are shown, on which line, and how often they may write: from their records and the settings.

A record that says nothing of its credentials, certificates or rate has those that the settings give to the peer of its id.
Records name secrets (`secret:peer-…`); they are looked up here, and go no further than the two ends of the protocol.
"""

import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

import structlog
from pydantic import SecretStr

from gateway.config.sections import PeerEntry
from gateway.config.settings import Settings
from gateway.iso18626.authentication import PeerCredentials
from gateway.iso18626.client import Endpoint
from gateway.iso18626.known_peers import KnownPeers
from gateway.iso18626.limits import Rate
from gateway.iso18626.tls import client_tls
from gateway.outgoing import Destinations
from gateway.partners.reading import RecordFault
from gateway.partners.rules import PEER_SECRET, origin
from gateway.workflow.partners import PartnerCatalogue, Peer, PeerInbound, PeerOutbound, PeerTls

MAX_PER_MINUTE = 3000
"""Of a peer of which neither its record nor the settings say it."""

_log = structlog.get_logger(__name__)


class PeerSecurity:
    """Made once from the settings; `learn` takes in the records, at the start and after each change.

    What we show a peer goes to the addresses alone that the settings name for it: whoever may edit a record could otherwise
    have it sent to himself, by another URL in that record or by the secret's name in another.
    """

    def __init__(self, settings: Settings, destinations: Destinations) -> None:
        self._destinations = destinations
        self._entries: dict[str, PeerEntry] = {entry.id: entry for entry in settings.peers}
        self._configured = {each.peer: each for each in settings.peer_credentials()}
        self._shown_at = settings.outgoing.secrets
        self._secrets = {name: secret.get_secret_value() for name, secret in settings.secrets.items()}
        self._lines: dict[str, PeerTls] = {}
        """The files of each peer's line."""
        self._tls: dict[PeerTls, ssl.SSLContext | None] = {}
        """What was read of them last."""
        self._cut_off: set[str] = set()
        self._off: frozenset[str] = frozenset()
        """Those that are switched off."""
        self.credentials = KnownPeers()
        """What each enabled peer must show."""
        self.rates: dict[str, Rate] = {}
        """How many messages each may send; the same mapping for ever, so that whoever holds it sees every change."""

    @property
    def secret_names(self) -> frozenset[str]:
        """The entries of [secrets]."""
        return frozenset(self._secrets)

    def learn(self, peers: Iterable[Peer]) -> None:
        """Take in the records. A peer whose files can't be used, or whose secret is for another address, is told of in the
        log, and nothing is sent to it.
        """
        known = tuple(peers)
        shown = (self._inbound(peer) for peer in known if peer.enabled)
        self.credentials = KnownPeers(each for each in shown if each is not None)
        self.rates.clear()
        self.rates.update({peer.id: Rate.per_minute(self._per_minute(peer)) for peer in known})
        self._lines = {peer.id: self._files_of(peer) for peer in known}
        self._off = frozenset(peer.id for peer in known if not peer.enabled)
        with suppress(OSError, ValueError):  # told below, by peer
            self.renew_tls()
        self._cut_off = set()
        for peer in known:
            if any(self._strayed(peer)):
                self._cut_off.add(peer.id)
                _log.error("a peer's address is none that its secret is for", peer=peer.id)
            if self._lines[peer.id] not in self._tls:
                _log.error("a peer's certificate or key can't be used", peer=peer.id)

    def certificates(self) -> Mapping[str, PeerTls]:
        """Return the files of the line to each peer that is not switched off."""
        return {peer: files for peer, files in self._lines.items() if peer not in self._off}

    def tls_files(self) -> tuple[str, ...]:
        """Return every file of certificates and keys that a line to a peer uses."""
        named = {file for files in self._lines.values() for file in (files.ca, files.cert, files.key) if file}
        return tuple(sorted(named))

    def renew_tls(self) -> None:
        """Read all files again; of those that can't be used, what was read before stays. Raises the first error in the end."""
        errors: list[OSError | ValueError] = []
        read = {}
        for files in set(self._lines.values()):
            try:
                read[files] = _context(files)
            except (OSError, ValueError) as error:
                errors.append(error)
                if files in self._tls:
                    read[files] = self._tls[files]
        self._tls = read
        if errors:
            raise errors[0]

    def catalogue_password(self, catalogue: PartnerCatalogue) -> str | None:
        """Return the password that a partner's catalogue is shown; None where its record names none, or one that is not for its address."""
        name = (catalogue.password or "").removeprefix("secret:")
        here = origin(catalogue.url) if catalogue.url else None
        is_meant = here is not None and here in map(origin, self._shown_at.get(name, ()))
        return self._secrets.get(name) if is_meant else None

    def endpoint(self, peer: Peer) -> Endpoint | None:
        """Where a peer is reached; None where it has no address, was switched off, or its files can't be used."""
        files = self._files_of(peer)
        if peer.url is None or not peer.enabled or peer.id in self._cut_off or files not in self._tls:
            return None
        return self._endpoint(peer, peer.url, self._tls[files])

    def _endpoint(self, peer: Peer, url: str, tls: ssl.SSLContext | None) -> Endpoint:
        user, password, bearer = self._outbound(peer)
        return Endpoint(peer=peer.id, url=url, basic_user=user, basic_password=password, bearer=bearer, tls=tls)

    def faults(self, peer: Peer) -> Iterator[RecordFault]:
        """Say what is wrong with the address, files and secrets that a record names, by trying them."""
        yield from self._address_faults(peer)
        yield from self._strayed(peer)
        try:
            self._endpoint(peer, peer.url or "", None)
        except ValueError:
            yield RecordFault("outbound", "a secret that is named there can't stand in a header of HTTP")
        if peer.tls is not None:
            try:
                _context(peer.tls)
            except (OSError, ValueError):
                yield RecordFault(
                    "tls", "the files named there can't be read, or are no certificates and key that belong together"
                )

    def _address_faults(self, peer: Peer) -> Iterator[RecordFault]:
        words = self._destinations.url_objection(peer.url) if peer.url else None
        if words is not None:
            yield RecordFault(
                "url", f"leads to {words}, where the settings (outgoing.allowed_networks) don't let us connect"
            )

    def _strayed(self, peer: Peer) -> Iterator[RecordFault]:
        """What would be shown to the peer, and is for other addresses than its record's."""
        here = origin(peer.url) if peer.url else None
        if here is None:
            return
        if peer.outbound is not None:
            for field in ("basic_password", "bearer"):
                name = (getattr(peer.outbound, field) or "").removeprefix("secret:")
                if name and here not in map(origin, self._shown_at.get(name, ())):
                    words = f"{name} is not for this address: the settings name where it goes (outgoing.secrets)"
                    yield RecordFault(f"outbound.{field}", words)
            return
        entry = self._entries.get(peer.id)
        shown = entry.outbound if entry else None
        if entry and shown and (shown.basic_password or shown.bearer) and here != origin(entry.url or ""):
            words = (
                "is not where the secret of the settings' [[peers]] entry goes; name the secret for it under outbound"
            )
            yield RecordFault("url", words)

    def _inbound(self, peer: Peer) -> PeerCredentials | None:
        """What a peer must show; None where that is not known whole: with less it would be anybody."""
        shown = peer.inbound
        if shown is None:
            return self._configured.get(peer.id)
        if not self._has_all(shown):
            _log.error("a secret that a peer must show is not in the settings", peer=peer.id)
            return None
        return PeerCredentials(
            peer=peer.id,
            account_id=shown.account_id,
            security_code=self._secret(shown.security_code),
            basic_user=shown.basic_user,
            basic_password=self._secret(shown.basic_password),
            bearer=self._secret(shown.bearer),
            certificate=shown.certificate,
            networks=shown.networks,
        )

    def _has_all(self, shown: PeerInbound) -> bool:
        named = (shown.security_code, shown.basic_password, shown.bearer)
        return all(self._secret(name) is not None for name in named if name is not None)

    def _outbound(self, peer: Peer) -> tuple[str | None, str | None, str | None]:
        """User, password and token that the peer is shown."""
        if peer.outbound is not None:
            return self._named(peer.outbound)
        entry = self._entries.get(peer.id)
        if entry is None:
            return None, None, None
        shown = entry.outbound
        return shown.basic_user, _text(shown.basic_password), _text(shown.bearer)

    def _named(self, shown: PeerOutbound) -> tuple[str | None, str | None, str | None]:
        return shown.basic_user, self._secret(shown.basic_password), self._secret(shown.bearer)

    def _secret(self, name: str | None) -> str | None:
        """The secret of a name that a record may use; None for any other."""
        if name is None or not PEER_SECRET.fullmatch(name):
            return None
        return self._secrets.get(name.removeprefix("secret:"))

    def _files_of(self, peer: Peer) -> PeerTls:
        if peer.tls is not None:
            return peer.tls
        entry = self._entries.get(peer.id)
        return PeerTls(ca=entry.outbound.ca, cert=entry.outbound.cert, key=entry.outbound.key) if entry else PeerTls()

    def _per_minute(self, peer: Peer) -> int:
        entry = self._entries.get(peer.id)
        return peer.max_per_minute or (entry.max_per_minute if entry else MAX_PER_MINUTE)


def _context(files: PeerTls) -> ssl.SSLContext | None:
    """Make the context of a line. Raises OSError, ValueError where a file can't be used."""
    if files.ca is None and files.cert is None:
        return None
    return client_tls(ca_file=files.ca, cert_file=files.cert, key_file=files.key)


def _text(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()
