"""What a PostgreSQL server says of itself, for whoever looks whether all is well. Changes nothing."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from gateway.store.postgres_errors import translated_errors
from gateway.store.postgres_servers import Servers, servers_of

_SETTINGS = "SELECT name, setting FROM pg_settings WHERE name = ANY($1::text[])"
_CLOCK = "SELECT clock_timestamp()"


class ServersSeen(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen."""

    settings: dict[str, str]
    """By name: those that were asked for, and `server_version`."""
    servers: int
    """How many the URL names."""
    reads_only: bool
    clock: datetime


async def look(url: str, *, names: Sequence[str]) -> ServersSeen:
    """Ask the server that takes writes, or one that does not. Raises StoreUnavailable."""
    servers = Servers(url, {"application_name": "ill-gateway doctor"})
    async with translated_errors():
        connection = await servers.connect()
        try:
            rows = await connection.fetch(_SETTINGS, [*names, "server_version"])
            clock = await connection.fetchval(_CLOCK)
        finally:
            reads_only = servers.reads_only
            await servers.close()
            await connection.close()
    return ServersSeen(
        settings={row["name"]: row["setting"] for row in rows},
        servers=len(servers_of(url)),
        reads_only=reads_only,
        clock=clock,
    )
