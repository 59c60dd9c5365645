"""What directory services tell, as common SQL: a line for each library of each service, and one for each service."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import Final

from gateway.partners.directory_entry import Entry
from gateway.partners.proposals import DirectoryTold
from gateway.store import encoding
from gateway.store.columns import Fetched, Params, stamp
from gateway.store.told_port import Reading

TOLD: Final = "SELECT directory, declined, body FROM directory_told ORDER BY directory, symbol"
KEEP: Final = """
    INSERT INTO directory_told (directory, symbol, read_at, body) VALUES ($1, $2, $3, $4)
    ON CONFLICT (directory, symbol) DO UPDATE SET read_at = excluded.read_at, body = excluded.body"""
DROP_GONE: Final = "DELETE FROM directory_told WHERE directory = $1 AND read_at <> $2"
DECLINE: Final = "UPDATE directory_told SET declined = $3 WHERE directory = $1 AND symbol = $2"
READINGS: Final = "SELECT body FROM directory_reads ORDER BY directory"
NOTE: Final = """
    INSERT INTO directory_reads (directory, body) VALUES ($1, $2)
    ON CONFLICT (directory) DO UPDATE SET body = excluded.body"""


class ToldTables:
    """The port's ToldStore on the verbs of either store."""

    def __init__(
        self,
        *,
        fetch: Callable[..., Awaitable[Sequence[Fetched]]],
        change: Callable[..., Awaitable[int]],
        load: Callable[..., Awaitable[None]],
    ) -> None:
        """Take the verbs."""
        self._fetch, self._change, self._load = fetch, change, load

    async def told(self) -> tuple[DirectoryTold, ...]:
        """See the port."""
        return tuple(
            DirectoryTold(directory=directory, entry=encoding.decode_entry_told(body), declined=declined)
            for directory, declined, body in await self._fetch(TOLD)
        )

    async def keep(self, directory: str, entries: Iterable[Entry], *, at: datetime) -> None:
        """See the port."""
        each_once = {entry.symbols[0]: entry for entry in entries}
        rows: list[Params] = [
            (directory, symbol, stamp(at), encoding.encode(entry)) for symbol, entry in each_once.items()
        ]
        reading = Reading(directory=directory, at=at, entries=len(each_once))
        await self._load(
            (KEEP, rows), (DROP_GONE, [(directory, stamp(at))]), (NOTE, [(directory, encoding.encode(reading))])
        )

    async def note_trouble(self, reading: Reading) -> None:
        """See the port."""
        await self._change((NOTE, (reading.directory, encoding.encode(reading))))

    async def decline(self, told: DirectoryTold) -> None:
        """See the port."""
        await self._change((DECLINE, (told.directory, told.entry.symbols[0], told.digest)))

    async def readings(self) -> tuple[Reading, ...]:
        """See the port."""
        return tuple(encoding.decode_reading(body) for (body,) in await self._fetch(READINGS))
