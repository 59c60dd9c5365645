"""What borrowing keeps beside the requests: customers, intake keys, copied articles, the pool of barcodes.

A customer's data lies here alone, so that deleting a row makes its request anonymous and touches neither history nor
figures (ill.md, duty 14). The statements are common SQL; the store's verbs run them.
"""

# ruff: noqa: S608 - statements are put together from this module's own pieces

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

from gateway.store import encoding
from gateway.store.borrowing_port import Customer, PoolBarcode
from gateway.store.columns import Fetched, moment, stamp
from gateway.workflow.borrowing.groups import ENDED_WITHOUT_ITEM
from gateway.workflow.borrowing_records import PoolState
from gateway.workflow.records import State

_CUSTOMER: Final = "SELECT body FROM customers WHERE request = $1"
_EARLIER: Final = "SELECT asked_at, request FROM customer_works WHERE barcode = $1 AND work = $2 AND asked_at >= $3"
_OF_CUSTOMER: Final = """
    SELECT request FROM customer_works WHERE barcode = $1 GROUP BY request ORDER BY max(asked_at) DESC, request DESC LIMIT $2"""
_BY_KEY: Final = "SELECT request FROM intake_keys WHERE key = $1"
IN_VAIN: Final = ENDED_WITHOUT_ITEM
"""A copy that was asked for and does not count."""
_COPIED: Final = """
    SELECT count(*) FROM copied JOIN requests ON requests.id = copied.request
    WHERE copied.key = $1 AND requests.state NOT IN ($2, $3, $4)"""
_HAS_ENDED: Final = "SELECT 1 FROM requests WHERE requests.id = {table}.request AND requests.updated_at < $1"
_KNOWN: Final = f"""
    SELECT request FROM customers
    WHERE request > $2 AND EXISTS ({_HAS_ENDED.format(table="customers")} AND requests.state IN ({{states}})) ORDER BY request LIMIT $3"""
_KEYED: Final = f"""
    SELECT key FROM intake_keys
    WHERE key > $2 AND EXISTS ({_HAS_ENDED.format(table="intake_keys")} AND requests.state IN ({{states}})) ORDER BY key LIMIT $3"""
"""What is kept of requests that have ended: it is found by what is kept, which is little, and not by what has ended."""
_FORGET_KEY: Final = f"DELETE FROM intake_keys WHERE key = $2 AND EXISTS ({_HAS_ENDED.format(table='intake_keys')})"
_ANONYMISE: Final = f"DELETE FROM customers WHERE request = $2 AND EXISTS ({_HAS_ENDED.format(table='customers')})"
"""What has gone on since it was found stays."""
_AT_ONCE: Final = 200
_POOL_COLUMNS: Final = "SELECT barcode, range, state, request, since, why FROM pool_barcodes"
_FREE: Final = f"""{_POOL_COLUMNS}
    WHERE range = $1 AND (state = 'free' OR (state = 'cooling' AND since <= $2)) ORDER BY since, barcode LIMIT $3"""
_UNUSED: Final = f"{_POOL_COLUMNS} WHERE range = $1 AND state IN ('free', 'cooling') ORDER BY since, barcode"
_BARCODE: Final = f"{_POOL_COLUMNS} WHERE barcode = $1"
_ADD: Final = """
    INSERT INTO pool_barcodes (barcode, range, state, request, since) VALUES ($1, $2, 'free', NULL, $3)
    ON CONFLICT (barcode) DO NOTHING"""
_BLOCK: Final = """
    UPDATE pool_barcodes SET state = $2, since = $3, why = $4 WHERE barcode = $1 AND request IS NULL"""
_OF_RANGE: Final = f"{_POOL_COLUMNS} WHERE range = $1 AND barcode > $2 ORDER BY barcode LIMIT $3"
_IN_STATE: Final = f"{_POOL_COLUMNS} WHERE range = $1 AND state = $2 AND barcode > $3 ORDER BY barcode LIMIT $4"
_COUNT: Final = """
    SELECT range, CASE WHEN state = 'cooling' AND since <= $1 THEN 'free' ELSE state END AS standing, count(*)
    FROM pool_barcodes GROUP BY 1, 2 ORDER BY 1, 2"""


class Fetch(Protocol):
    """The store's reading verb."""

    def __call__(self, statement: str, *params: str | int) -> Awaitable[Sequence[Fetched]]:
        """Read rows that an index leads to."""


class BorrowingTables:
    """The port's BorrowingStore on the verbs of either store."""

    def __init__(
        self,
        *,
        fetch: Fetch,
        fetch_slowly: Fetch,
        change: Callable[..., Awaitable[int]],
        load: Callable[..., Awaitable[None]],
    ) -> None:
        """Stand on the store's verbs."""
        self._fetch = fetch
        self._fetch_slowly = fetch_slowly
        self._change = change
        self._load = load

    async def customer(self, request_id: str) -> Customer | None:
        """See the port."""
        found = await self._fetch(_CUSTOMER, request_id)
        return encoding.decode_customer(found[0][0]) if found else None

    async def earlier_requests(self, barcode: str, works: Iterable[str], *, since: datetime) -> tuple[str, ...]:
        """See the port."""
        found: set[tuple[int, str]] = set()
        for work in works:
            found.update((row[0], row[1]) for row in await self._fetch(_EARLIER, barcode, work, stamp(since)))
        return tuple(dict.fromkeys(request for _, request in sorted(found)))

    async def requests_of(self, barcode: str, *, limit: int) -> tuple[str, ...]:
        """See the port."""
        return tuple(row[0] for row in await self._fetch(_OF_CUSTOMER, barcode, limit))

    async def request_by_intake_key(self, key: str) -> str | None:
        """See the port."""
        found = await self._fetch(_BY_KEY, key)
        return str(found[0][0]) if found else None

    async def count_copied(self, key: str) -> int:
        """See the port."""
        found = await self._fetch(_COPIED, key, *(state.value for state in IN_VAIN))
        return int(found[0][0])

    async def anonymise(self, states: Iterable[State], *, ended_before: datetime) -> int:
        """See the port."""
        ended, among = stamp(ended_before), [state.value for state in states]
        await self._forget(_KEYED, _FORGET_KEY, ended, among)
        return await self._forget(_KNOWN, _ANONYMISE, ended, among)

    async def _forget(self, which: str, forget: str, ended_before: int, states: Sequence[str]) -> int:
        """Delete what is kept of ended requests, a piece at a time; return how many there were."""
        places = ", ".join(f"${place}" for place in range(4, 4 + len(states)))
        last, count = "", 0
        while found := await self._fetch_slowly(which.format(states=places), ended_before, last, _AT_ONCE, *states):
            await self._load((forget, [(ended_before, name) for (name,) in found]))
            last, count = found[-1][0], count + len(found)
        return count

    async def free_barcodes(self, name: str, *, rested_before: datetime, limit: int) -> tuple[PoolBarcode, ...]:
        """See the port."""
        found = await self._fetch(_FREE, name, stamp(rested_before), limit)
        return tuple(map(_pool_barcode, found))

    async def unused_barcodes(self, name: str) -> tuple[PoolBarcode, ...]:
        """See the port."""
        return tuple(map(_pool_barcode, await self._fetch(_UNUSED, name)))

    async def barcode(self, barcode: str) -> PoolBarcode | None:
        """See the port."""
        found = await self._fetch(_BARCODE, barcode)
        return _pool_barcode(found[0]) if found else None

    async def add_barcodes(self, name: str, barcodes: Iterable[str], *, at: datetime) -> None:
        """See the port."""
        await self._load((_ADD, [(barcode, name, stamp(at)) for barcode in barcodes]))

    async def block_barcode(self, barcode: str, *, blocked: bool, at: datetime, why: str = "") -> bool:
        """See the port."""
        state = PoolState.BLOCKED if blocked else PoolState.FREE
        return bool(await self._change((_BLOCK, (barcode, state.value, stamp(at), why))))

    async def barcodes_of(
        self, name: str, *, state: PoolState | None, after: str, limit: int
    ) -> tuple[PoolBarcode, ...]:
        """See the port."""
        found = (
            await self._fetch(_OF_RANGE, name, after, limit)
            if state is None
            else await self._fetch(_IN_STATE, name, state.value, after, limit)
        )
        return tuple(map(_pool_barcode, found))

    async def count_barcodes(self, *, rested_before: datetime) -> Mapping[str, Mapping[PoolState, int]]:
        """See the port."""
        counts: dict[str, dict[PoolState, int]] = {}
        for name, state, count in await self._fetch(_COUNT, stamp(rested_before)):
            counts.setdefault(name, {})[PoolState(state)] = count
        return counts


def _pool_barcode(row: Sequence[Any]) -> PoolBarcode:
    barcode, name, state, request, since, why = row
    return PoolBarcode(
        barcode=barcode, range=name, state=PoolState(state), request=request, since=moment(since), why=why
    )
