"""When certificates end: read out of the files that the settings and the records of peers name. Loads cryptography, which many processes of ours
don't need, when it is called.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from gateway.clock import TimeSource
from gateway.config import Settings

AGAIN_S: Final = 3600.0
"""How often the files are read again."""


class CertificateEnds:
    """Keeps when our certificates end, so that /metrics doesn't read files at each scrape. They are read at once: not while peers are answered;
    and again every hour, and when other files are named than before.

    `of_peers` gives the file for each peer: records change while we run.
    """

    def __init__(self, settings: Settings, time: TimeSource, of_peers: Callable[[], Mapping[str, str]] = dict) -> None:
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
        return self._own | {f"peer {peer}": file for peer, file in self._of_peers().items()}


def own_files(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield what each certificate of ours but those for peers is for, and its file. Authorities are left out: they end together with what they have
    signed, or later.
    """
    if settings.http.tls:
        yield "http", settings.http.tls.cert
    if settings.desk.tls:
        yield "desk", settings.desk.tls.cert
    if settings.acs.tls and settings.acs.tls.cert:
        yield "acs", settings.acs.tls.cert


def certificate_files(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield the same, and those that the settings name for peers."""
    yield from own_files(settings)
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
