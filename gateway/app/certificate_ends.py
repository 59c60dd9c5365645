"""When certificates end: read out of the files that the settings name. Loads cryptography, which many processes of ours don't need, when it is called."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from gateway.clock import TimeSource
from gateway.config import Settings

AGAIN_S: Final = 3600.0
"""How often the files are read again."""


class CertificateEnds:
    """Keeps when our certificates end, so that /metrics doesn't read files at each scrape. They are read at once: not while peers are answered."""

    def __init__(self, settings: Settings, time: TimeSource) -> None:
        self._files = tuple(certificate_files(settings))
        self._time = time
        self._ends = ends(self._files) if self._files else {}
        self._read_at = time.monotonic()

    def ends(self) -> Mapping[str, datetime]:
        """Return when each ends, by what it is for."""
        if self._files and self._time.monotonic() >= self._read_at + AGAIN_S:
            self._ends, self._read_at = ends(self._files), self._time.monotonic()
        return self._ends


def certificate_files(settings: Settings) -> Iterator[tuple[str, str]]:
    """Give what each certificate of ours is for, and its file. Authorities are left out: they end together with what they have signed, or later."""
    if settings.http.tls:
        yield "http", settings.http.tls.cert
    if settings.desk.tls:
        yield "desk", settings.desk.tls.cert
    if settings.acs.tls and settings.acs.tls.cert:
        yield "acs", settings.acs.tls.cert
    for peer in settings.peers:
        if peer.outbound.cert:
            yield f"peer {peer.id}", peer.outbound.cert


def ends(files: Iterable[tuple[str, str]]) -> dict[str, datetime]:
    """Return when each ends, by what it is for: of a chain the first to end. What can't be read is left out: others tell of it."""
    from cryptography import x509  # noqa: PLC0415 - see the module's docstring

    found: dict[str, datetime] = {}
    for what, file in files:
        try:
            chain = x509.load_pem_x509_certificates(Path(file).read_bytes())
        except (OSError, ValueError):
            continue
        found[what] = min(certificate.not_valid_after_utc for certificate in chain)
    return found
