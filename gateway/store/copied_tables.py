"""Copies that count for the rule of five, and royalties, as common SQL."""

# ruff: noqa: S608 - statements are put together from this module's own pieces

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from gateway.store.borrowing import IN_VAIN
from gateway.store.columns import Fetched, moment, plain, stamp
from gateway.store.copied_port import Royalty
from gateway.workflow.copyright import Copied
from gateway.workflow.records import State

_COPIED: Final = """
    SELECT register.line, copied.key, copied.request, register.created_at, register.state
    FROM copied JOIN register ON register.request = copied.request"""
COPIED: Final = f"""
    {_COPIED} WHERE copied.asked_at >= $1 AND copied.asked_at < $2
    UNION ALL
    {_COPIED} WHERE copied.asked_at IS NULL AND register.created_at >= $1 AND register.created_at < $2
    ORDER BY 1"""
"""A year's by an index; what a gateway of the version before has written, which does not say when, beside it."""
NOTE: Final = """
    INSERT INTO royalties (request, minor, currency, reference, paid_on, noted_by, noted_at) VALUES ($1, $2, $3, $4, $5, $6, $7)"""
_ROYALTY: Final = "SELECT request, minor, currency, reference, paid_on, noted_by, noted_at FROM royalties"
_VAIN: Final = ", ".join(f"'{state.value}'" for state in IN_VAIN)
_AT_ONCE: Final = 500
_FIRST_DAY: Final = date(1970, 1, 1)


class CopiedTables:
    """The port's CopiedStore on the verbs of either store."""

    def __init__(
        self, *, fetch: Callable[..., Awaitable[Sequence[Fetched]]], change: Callable[..., Awaitable[int]]
    ) -> None:
        """Take the verbs."""
        self._fetch, self._change = fetch, change

    async def copied(self, since: datetime, until: datetime) -> tuple[Copied, ...]:
        """See the port."""
        found = await self._fetch(COPIED, stamp(since), stamp(until))
        return tuple(
            Copied(key=key, request=request, asked_at=moment(at), state=State(state))
            for _, key, request, at, state in found
        )

    async def earlier(self, keys: Collection[str], before: datetime) -> Mapping[str, int]:
        """See the port."""
        found: dict[str, int] = {}
        for some in _pieces(keys):
            found |= {key: int(count) for key, count in await self._fetch(earlier(len(some)), stamp(before), *some)}
        return found

    async def royalties(self, requests: Collection[str]) -> Mapping[str, tuple[Royalty, ...]]:
        """See the port."""
        found: dict[str, tuple[Royalty, ...]] = {}
        for some in _pieces(requests):
            for row in await self._fetch(royalties_of(len(some)), *some):
                found[row[0]] = (*found.get(row[0], ()), _royalty(row))
        return found

    async def note_royalty(self, royalty: Royalty) -> None:
        """See the port."""
        paid_on = (royalty.paid_on - _FIRST_DAY).days
        told = (royalty.request, royalty.minor, royalty.currency, plain(royalty.reference), paid_on)
        await self._change((NOTE, (*told, royalty.noted_by, stamp(royalty.noted_at))))


def earlier(count: int) -> str:
    """Return the query for what counts under so many keys."""
    places = ", ".join(f"${place}" for place in range(2, 2 + count))
    return f"""
        SELECT copied.key, count(*) FROM copied JOIN register ON register.request = copied.request
        WHERE copied.key IN ({places}) AND register.created_at < $1 AND register.state NOT IN ({_VAIN}) GROUP BY copied.key"""


def royalties_of(count: int) -> str:
    """Return the query for the royalties of so many requests."""
    places = ", ".join(f"${place}" for place in range(1, 1 + count))
    return f"{_ROYALTY} WHERE request IN ({places}) ORDER BY id"


def _pieces(values: Collection[str]) -> list[list[str]]:
    every = sorted(values)
    return [every[begin : begin + _AT_ONCE] for begin in range(0, len(every), _AT_ONCE)]


def _royalty(row: Fetched) -> Royalty:
    request, minor, currency, reference, paid_on, noted_by, noted_at = row
    return Royalty(
        request=request,
        minor=minor,
        currency=currency,
        reference=reference,
        paid_on=_FIRST_DAY + timedelta(days=paid_on),
        noted_by=noted_by,
        noted_at=moment(noted_at),
    )
