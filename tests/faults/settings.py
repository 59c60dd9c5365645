"""The settings that the gateway under test starts with: short waits, several partners, everything on loopback. Pure."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from tests.faults.world import Seat

ACS_USER = "ill-gateway"
Tables = Sequence[tuple[str, Mapping[str, Any]]]
"""Tables of the settings file, by their names."""


class Ports(msgspec.Struct, frozen=True, kw_only=True):
    """Where everything listens. The gateway's are those of one instance; wires stand between it and the others."""

    peers: int
    api: int
    operations: int
    acs_wire: int
    partner_wires: Mapping[str, int]
    """By partner."""


class Secrets(msgspec.Struct, frozen=True, kw_only=True):
    """What is shown to whom; made up for each run."""

    admin_token: str
    acs_password: str
    partner_password: str
    partner_bearer: str

    def __repr__(self) -> str:
        """Nothing of what it holds."""
        return "Secrets(...)"


def settings_text(
    seats: Iterable[Seat],
    own: Tables,
    ports: Ports,
    secrets: Secrets,
    *,
    store_url: str,
    instance: str,
    strict_checksums: bool,
    longest_wait_s: float,
) -> str:
    """The settings file of one instance; `own` is what only this side of a run needs."""
    tables: list[tuple[str, Mapping[str, Any]]] = [
        ("library", {"name": "Example Valley Library", "symbols": ["ISIL:XX-EXAMPLE"], "time_zone": "UTC", "closed_weekdays": []}),
        ("http", {"port": ports.peers}),
        ("api", {"port": ports.api, "admin_token": "secret:admin"}),
        ("operations", {"port": ports.operations, "drain_s": 5.0}),
        ("desk", {"enabled": False}),
        ("outgoing", {"allowed_networks": ["127.0.0.0/8"]}),
        ("store", {"url": store_url, "instance": instance}),
        (
            "acs",
            {
                "host": "127.0.0.1", "port": ports.acs_wire, "user": ACS_USER, "password": "secret:acs",
                "location": "ILL", "institution": "EXAMPLE", "timeout_s": 1.0, "pool_size": 4,
            },
        ),
        (
            "acs.overrides",
            {
                "checksum": "strict" if strict_checksums else "warn",
                "connect_timeout_s": 1.0, "login_timeout_s": 1.0, "keepalive_s": 5.0,
            },
        ),
        *(table for seat in seats for table in _partner(seat, ports)),
        *own,
        ("outbox", {"first_wait_s": 0.05, "longest_wait_s": longest_wait_s, "tries": 40, "peer_concurrency": 4}),
        ("log", {"format": "text", "level": "info"}),
        (
            "secrets",
            {
                "admin": secrets.admin_token, "acs": secrets.acs_password,
                "partner": secrets.partner_password, "shown": secrets.partner_bearer,
            },
        ),
    ]  # fmt: skip
    return "\n\n".join(_table(name, values) for name, values in tables) + "\n"


def _partner(seat: Seat, ports: Ports) -> list[tuple[str, Mapping[str, Any]]]:
    url = f"http://127.0.0.1:{ports.partner_wires[seat.id]}/iso18626"
    names = {"id": seat.id, "name": seat.id, "peer": seat.id, "symbols": [seat.symbol]}
    if seat.account:
        names["account"] = seat.account
    return [
        (
            "[peers]",
            {
                "id": seat.id,
                "url": url,
                "agencies": [seat.symbol],
                "version": seat.version,
                "first_message_wait_s": 0.0,
            },
        ),
        ("peers.inbound", {"basic_user": seat.id, "basic_password": "secret:partner"}),
        ("peers.outbound", {"bearer": "secret:shown"}),
        ("[partners]", names),
    ]


def _table(name: str, values: Mapping[str, Any]) -> str:
    """One table; a JSON text, number or list of texts is TOML as well."""
    return "\n".join((f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in values.items())))
