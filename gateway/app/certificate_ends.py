"""When certificates end, and from when on they count: read out of the files that the settings and the records of peers name. Loads cryptography,
which many processes of ours don't need, when it is called.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from gateway.clock import TimeSource
from gateway.config import Settings
from gateway.workflow.partners import PeerTls

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

AUTHORITIES: Final = ": authorities"
"""What is told of a file of authorities ends so."""
AGAIN_S: Final = 3600.0
"""How often the files are read again."""


class CertificateEnds:
    """Keeps when our certificates end, so that /metrics doesn't read files at each scrape. They are read at once: not while peers are answered;
    and again every hour, and when other files are named than before.

    `of_peers` gives the files of the line to each peer: records change while we run.
    """

    def __init__(
        self, settings: Settings, time: TimeSource, of_peers: Callable[[], Mapping[str, PeerTls]] = dict
    ) -> None:
        self._own = dict(own_files(settings))
        self._of_peers = of_peers
        self._time = time
        self._files = self._named()
        self._ends = ends(self._files.items()) if self._files else {}
        self._read_at = time.monotonic()

    async def ends(self) -> Mapping[str, datetime]:
        """Return when each ends, by what it is for."""
        files = self._named()
        if files != self._files or self._time.monotonic() >= self._read_at + AGAIN_S:
            # In a thread: what reads certificates takes long to load.
            self._ends = await asyncio.to_thread(ends, files.items()) if files else {}
            self._files, self._read_at = files, self._time.monotonic()
        return self._ends

    def _named(self) -> dict[str, str]:
        return self._own | dict(_of_peers(self._of_peers()))


def own_files(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield what each certificate of ours but those for peers is for, and its file; likewise of authorities by which others are known, for they
    end too, and may be the other's own certificate.
    """
    http, desk, acs, mail = settings.http.tls, settings.desk.tls, settings.acs.tls, settings.mail
    named = (
        ("http", http and http.cert),
        (f"http{AUTHORITIES}", http and http.client_ca),
        ("desk", desk and desk.cert),
        ("acs", acs and acs.cert),
        (f"acs{AUTHORITIES}", acs and acs.ca),
        (f"mail{AUTHORITIES}", mail.ca),
    )
    yield from ((what, file) for what, file in named if file)


def certificate_files(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield the same, and those that the settings name for peers."""
    yield from own_files(settings)
    yield from _of_peers({peer.id: PeerTls(cert=peer.outbound.cert, ca=peer.outbound.ca) for peer in settings.peers})


def _of_peers(lines: Mapping[str, PeerTls]) -> Iterator[tuple[str, str]]:
    for peer, files in lines.items():
        if files.cert:
            yield f"peer {peer}", files.cert
        if files.ca:
            yield f"peer {peer}{AUTHORITIES}", files.ca


class Term(msgspec.Struct, frozen=True):
    """From when to when a file's certificates count."""

    begins: datetime
    ends: datetime


def ends(files: Iterable[tuple[str, str]]) -> dict[str, datetime]:
    """Return when each ends, by what it is for."""
    return {what: term.ends for what, term in terms(files).items()}


def terms(files: Iterable[tuple[str, str]]) -> dict[str, Term]:
    """Return from when to when each counts, by what it is for: of a chain all must, of a file with nothing but authorities one, for one that is about
    to end stands beside the one that follows it. What can't be read is left out: others tell of it.
    """
    from cryptography import x509  # noqa: PLC0415 - see the module's docstring

    found: dict[str, Term] = {}
    for what, file in files:
        try:
            chain = x509.load_pem_x509_certificates(Path(file).read_bytes())
        except (OSError, ValueError):
            continue
        begin = [certificate.not_valid_before_utc for certificate in chain]
        end = [certificate.not_valid_after_utc for certificate in chain]
        found[what] = Term(min(begin), max(end)) if all(map(_is_authority, chain)) else Term(max(begin), min(end))
    return found


def _is_authority(certificate: "Certificate") -> bool:
    from cryptography import x509  # noqa: PLC0415 - as above

    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, ValueError):
        return False
