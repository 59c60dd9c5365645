"""What figures are made from, as common SQL: a partner's newest requests by their index, and the history of each by its own."""

# ruff: noqa: S608 - statements are put together from this module's own pieces

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from gateway.iso18626.codes import Status
from gateway.store import encoding
from gateway.store.rows import Row, moment, stamp
from gateway.store.verbs import Verbs
from gateway.workflow.figures import Direction, FaultCount, Happening, PartnerBooks, Received, Told
from gateway.workflow.records import LendingState, Role

_ASKED = f"""
    WITH asked AS (
        SELECT id, state FROM requests WHERE partner = $1 AND updated_at >= $2 AND role = '{Role.LENDING.value}'
        ORDER BY updated_at DESC, id DESC LIMIT $3)"""
HAPPENINGS = f"""{_ASKED}
    SELECT asked.id, asked.state, history.at, history.event->>'event', history.event->>'status'
    FROM asked JOIN history ON history.request = asked.id
    WHERE history.at >= $2 AND history.at < $4 AND history.event IS NOT NULL
        AND history.event->>'event' IN ({", ".join(f"'{told.value}'" for told in Told)})
    ORDER BY history.id"""
RECEIVED = f"""{_ASKED}
    SELECT messages.kind, CAST(messages.repairs AS TEXT), count(*)
    FROM asked JOIN messages ON messages.request = asked.id
    WHERE messages.received_at >= $2 AND messages.received_at < $4
    GROUP BY 1, 2 ORDER BY 1, 2"""
COUNT_ASKED = f"{_ASKED} SELECT count(*) FROM asked"
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

    async def add_faults(self, counts: Iterable[FaultCount]) -> None:
        """See the port."""
        rows = [(each.peer, _day_number(each.day), each.direction.value, each.fault, each.count) for each in counts]
        await self._load((ADD_FAULT, rows))

    async def faults(self, peer: str, *, first: date, last: date) -> tuple[FaultCount, ...]:
        """See the port."""
        found = await self._fetch_slowly(FAULTS, peer, _day_number(first), _day_number(last))
        return tuple(map(_fault, found))


def _day_number(day: date) -> int:
    return (day - _FIRST_DAY).days


def _happening(row: Row) -> Happening:
    request, state, at, what, status = row
    return Happening(
        request=request,
        state=LendingState(state),
        at=moment(at),
        what=Told(what),
        status=None if status is None else Status(status),
    )


def _received(row: Row) -> Received:
    kind, repairs, count = row
    return Received(kind=kind, repairs=encoding.decode_repairs(repairs), count=count)


def _fault(row: Row) -> FaultCount:
    peer, day, direction, fault, count = row
    return FaultCount(
        peer=peer, day=_FIRST_DAY + timedelta(days=day), direction=Direction(direction), fault=fault, count=count
    )
