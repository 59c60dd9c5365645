"""What was scanned, as common SQL; the store's verbs run it. See the port: scans_port.py."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from gateway.store import encoding
from gateway.store.borrowing import Fetch
from gateway.store.columns import optional_stamp, stamp
from gateway.store.scans_port import ScanRecord

ADD: Final = """
    INSERT INTO scans (id, cart, who, code, at, body)
    SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS BIGINT), CAST($6 AS TEXT)
    WHERE NOT EXISTS (SELECT 1 FROM scans WHERE code = $4 AND at >= CAST($7 AS BIGINT))"""
CHANGE: Final = "UPDATE scans SET code = $2, body = $3 WHERE id = $1"
SCAN: Final = "SELECT body FROM scans WHERE id = $1"
NEWEST_OF: Final = "SELECT body FROM scans WHERE code = $1 AND at >= $2 ORDER BY at DESC LIMIT 1"
OF_CART: Final = "SELECT body FROM scans WHERE cart = $1 ORDER BY at DESC LIMIT $2"
NEWEST_CART: Final = "SELECT cart FROM scans WHERE who = $1 AND at >= $2 ORDER BY at DESC LIMIT 1"
FORGET: Final = "DELETE FROM scans WHERE at < $1"


class ScanTables:
    """The port's ScanStore on the verbs of either store."""

    def __init__(self, *, fetch: Fetch, change: Callable[..., Awaitable[int]]) -> None:
        """Stand on the store's verbs."""
        self._fetch = fetch
        self._change = change

    async def add(self, scan: ScanRecord, *, unless_since: datetime | None) -> bool:
        """See the port."""
        row = (scan.id, scan.cart, scan.by, scan.code, stamp(scan.at), encoding.encode(scan))
        return bool(await self._change((ADD, (*row, optional_stamp(unless_since)))))

    async def change(self, scan: ScanRecord) -> None:
        """See the port."""
        await self._change((CHANGE, (scan.id, scan.code, encoding.encode(scan))))

    async def scan(self, scan_id: str) -> ScanRecord | None:
        """See the port."""
        found = await self._fetch(SCAN, scan_id)
        return encoding.decode_scan(found[0][0]) if found else None

    async def newest_of(self, code: str, *, since: datetime) -> ScanRecord | None:
        """See the port."""
        found = await self._fetch(NEWEST_OF, code, stamp(since))
        return encoding.decode_scan(found[0][0]) if found else None

    async def of_cart(self, cart: str, *, limit: int) -> tuple[ScanRecord, ...]:
        """See the port."""
        return tuple(encoding.decode_scan(body) for (body,) in await self._fetch(OF_CART, cart, limit))

    async def newest_cart(self, by: str, *, since: datetime) -> str | None:
        """See the port."""
        found = await self._fetch(NEWEST_CART, by, stamp(since))
        return str(found[0][0]) if found else None

    async def forget(self, *, before: datetime) -> int:
        """See the port."""
        return await self._change((FORGET, (stamp(before),)))
