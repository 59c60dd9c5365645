"""What `ill-gateway doctor` tries of our own addresses where no gateway runs: whether one could listen there; and why a gateway can't."""

import errno
import socket
from collections.abc import Iterator
from typing import Any

from gateway.app.findings import DoctorFinding, Level
from gateway.config import Settings


def look_at_ports(settings: Settings) -> list[DoctorFinding]:
    """Take each address for a moment, as a gateway would at its start."""
    wrong = list(_wrong(settings))
    return wrong or [DoctorFinding("ports", Level.WELL, "A gateway can listen at each that the settings name.")]


def _wrong(settings: Settings) -> Iterator[DoctorFinding]:
    for name, section in (
        ("http", settings.http),
        ("api", settings.api),
        ("desk", settings.desk),
        ("operations", settings.operations),
    ):
        why = objection(section.host, section.port)
        if why is not None:
            words = f"A gateway can't listen at {section.host}:{section.port}: {why}."
            yield DoctorFinding(
                f"port of [{name}]",
                Level.WRONG,
                words,
                f"Look at [{name}] host and port; “ss -ltnp” lists who listens.",
            )


def objection(host: str, port: int) -> str | None:
    """Say why nobody can listen there; None if somebody can. A name may have several addresses: a gateway listens at each."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, _, _, _, address in found:
            _take(family, address)
    except (OSError, UnicodeError) as error:
        return why_not(error)
    return None


def why_not(error: OSError | UnicodeError) -> str:
    """Say why nobody can listen at an address."""
    if isinstance(error, socket.gaierror | UnicodeError):
        return "the name is not known"
    return _WORDS.get(error.errno or 0) or error.strerror or "it can't be taken"


def _take(family: int, address: Any) -> None:
    """Take an address for a moment, with the options that asyncio sets. Raises OSError."""
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            trial.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        trial.bind(address)


_WORDS = {
    errno.EADDRINUSE: "another program listens there",
    errno.EADDRNOTAVAIL: "no network interface of this machine has that address",
    errno.EACCES: "this user may not (ports below 1024 are for root)",
}
