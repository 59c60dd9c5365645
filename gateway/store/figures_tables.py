"""What figures are made from, as common SQL: a partner's newest requests by their index, and the history of each by its own."""

# ruff: noqa: S608 - statements are put together from this module's own pieces

import asyncio
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from gateway.iso18626.codes import RequestType, Status
from gateway.store import encoding
from gateway.store.columns import Fetched, moment, stamp
from gateway.store.verbs import Verbs
from gateway.workflow.borrowing_events import ANSWERS
from gateway.workflow.figures import (
    SUPPLIED,
    Direction,
    FaultCount,
    FigureEvent,
    LenderBooks,
    PartnerBooks,
    RepairsCounted,
    RequestHappening,
)
from gateway.workflow.records import Request, Role, State

_ASKED = f"""
    WITH asked AS (
        SELECT id, state FROM requests WHERE partner = $1 AND updated_at >= $2 AND role = '{Role.LENDING.value}'
        ORDER BY updated_at DESC, id DESC LIMIT $3)"""
HAPPENINGS = f"""{_ASKED}
    SELECT asked.id, asked.state, history.at, history.event->>'event', history.event->>'status'
    FROM asked JOIN history ON history.request = asked.id
    WHERE history.at >= $2 AND history.at < $4 AND history.event IS NOT NULL
        AND history.event->>'event' IN ({", ".join(f"'{told.value}'" for told in FigureEvent)})
    ORDER BY history.id"""
RECEIVED = f"""{_ASKED}
    SELECT messages.kind, CAST(messages.repairs AS TEXT), count(*)
    FROM asked JOIN messages ON messages.request = asked.id
    WHERE messages.received_at >= $2 AND messages.received_at < $4
    GROUP BY 1, 2 ORDER BY 1, 2"""
COUNT_ASKED = f"{_ASKED} SELECT count(*) FROM asked"
# A role is half of all there is: SQLite would come by it, and read all of ten years, were it not an expression.
OURS = f"""
    WITH ours AS (
        SELECT id, body FROM requests WHERE CAST(role AS TEXT) = '{Role.BORROWING.value}' AND updated_at >= $1
        ORDER BY updated_at DESC, id DESC LIMIT $2)"""
REQUESTS_OF_OURS = f"{OURS} SELECT body FROM ours"
ASKED_AT = f"""{OURS}
    SELECT ours.id, history.event->>'attempt', history.at FROM ours JOIN history ON history.request = ours.id
    WHERE history.event IS NOT NULL AND history.event->>'event' = 'sent'
        AND history.event->>'what' IN ('{RequestType.NEW.value}', '{RequestType.RETRY.value}')"""
ANSWERED_AT = f"""{OURS}
    SELECT ours.id, history.event->>'attempt', min(history.at) FROM ours JOIN history ON history.request = ours.id
    WHERE history.event IS NOT NULL AND history.event->>'event' = 'lender said'
        AND history.event->>'says' IN ({", ".join(f"'{said.value}'" for said in ANSWERS)})
    GROUP BY 1, 2"""
SAYS_RECEIVED = f"""
    WITH newest AS (
        SELECT body FROM requests WHERE partner = $1 AND role = '{Role.LENDING.value}' AND updated_at >= $2
        ORDER BY updated_at DESC, id DESC LIMIT $3)
    SELECT count(*) FROM newest WHERE body->>'received_at' IS NOT NULL"""
LENT = f"""
    SELECT partner, count(*) FROM requests
    WHERE CAST(role AS TEXT) = '{Role.LENDING.value}' AND updated_at >= $1 AND partner IS NOT NULL
        AND state IN ({", ".join(f"'{state.value}'" for state in sorted(SUPPLIED))})
    GROUP BY partner"""
FETCHED = f"""
    WITH newest AS (
        SELECT role, state, body FROM requests WHERE updated_at >= $1
        ORDER BY updated_at DESC, id DESC LIMIT $2)
    SELECT body FROM newest
    WHERE role = '{Role.LENDING.value}' AND state IN ({", ".join(f"'{state.value}'" for state in sorted(SUPPLIED))})"""
ADD_FAULT = """
    INSERT INTO exchange_faults (peer, day, direction, fault, count) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (peer, day, direction, fault) DO UPDATE SET count = exchange_faults.count + excluded.count"""
FAULTS = """
    SELECT peer, day, direction, fault, count FROM exchange_faults
    WHERE peer = $1 AND day >= $2 AND day <= $3 ORDER BY day, direction, fault"""

_FIRST_DAY = date(1970, 1, 1)


class FiguresTables(Verbs):
    """The port's FiguresPort."""

    async def partner_books(self, partner: str, *, since: datetime, until: datetime, at_most: int) -> PartnerBooks:
        """See the port."""
        which = (partner, stamp(since), at_most)
        happenings = await self._fetch_slowly(HAPPENINGS, *which, stamp(until))
        received = await self._fetch_slowly(RECEIVED, *which, stamp(until))
        ((count,),) = await self._fetch_slowly(COUNT_ASKED, partner, stamp(since), at_most + 1)
        return PartnerBooks(
            happenings=tuple(map(_happening, happenings)),
            received=tuple(map(_received, received)),
            complete=count <= at_most,
        )

    async def lender_books(self, *, since: datetime, at_most: int) -> LenderBooks:
        """See the port."""
        which = (stamp(since), at_most)
        ours = await self._fetch_slowly(REQUESTS_OF_OURS, *which)
        asked = await self._fetch_slowly(ASKED_AT, *which)
        answered = await self._fetch_slowly(ANSWERED_AT, *which)
        lent = await self._fetch_slowly(LENT, stamp(since))
        return LenderBooks(
            ours=await asyncio.to_thread(_requests, ours),
            asked_at={(request, int(attempt)): moment(at) for request, attempt, at in asked},
            answered_at={(request, int(attempt)): moment(at) for request, attempt, at in answered},
            lent={partner: int(count) for partner, count in lent},
        )

    async def says_received(self, partner: str, *, since: datetime, at_most: int) -> bool:
        """See the port."""
        ((count,),) = await self._fetch_slowly(SAYS_RECEIVED, partner, stamp(since), at_most)
        return bool(count)

    async def fetched(self, *, since: datetime, at_most: int) -> tuple[Request, ...]:
        """See the port."""
        found = await self._fetch_slowly(FETCHED, stamp(since), at_most)
        requests = await asyncio.to_thread(_requests, found)
        return tuple(sorted(requests, key=lambda each: (each.updated_at, each.id), reverse=True))

    async def add_faults(self, counts: Iterable[FaultCount]) -> None:
        """See the port."""
        rows = [(each.peer, _day_number(each.day), each.direction.value, each.fault, each.count) for each in counts]
        await self._load((ADD_FAULT, rows))

    async def faults(self, peer: str, *, first: date, last: date) -> tuple[FaultCount, ...]:
        """See the port."""
        found = await self._fetch_slowly(FAULTS, peer, _day_number(first), _day_number(last))
        return tuple(map(_fault, found))


def _requests(found: Iterable[Fetched]) -> tuple[Request, ...]:
    """Decode thousands: off the event loop."""
    return tuple(encoding.decode_request(body) for (body,) in found)


def _day_number(day: date) -> int:
    return (day - _FIRST_DAY).days


def _happening(row: Fetched) -> RequestHappening:
    request, state, at, what, status = row
    return RequestHappening(
        request=request,
        state=State(state),
        at=moment(at),
        what=FigureEvent(what),
        status=None if status is None else Status(status),
    )


def _received(row: Fetched) -> RepairsCounted:
    kind, repairs, count = row
    return RepairsCounted(kind=kind, repairs=encoding.decode_repairs(repairs), count=count)


def _fault(row: Fetched) -> FaultCount:
    peer, day, direction, fault, count = row
    return FaultCount(
        peer=peer, day=_FIRST_DAY + timedelta(days=day), direction=Direction(direction), fault=fault, count=count
    )
