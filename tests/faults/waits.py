"""How long work waits, seen from outside: the gateway's rows of work as the database has them, beside what the harness knows of each way out.

When a lane has come back (`House.is_up`), what waited for it goes in turn. Two things are breaches, each told with its reason:

- a row that nobody has touched since before the lane came back, more than `RETURN_S` after it (and `ROW_S` for each row before
  it, be it that staff ask for it only now: in the lane of the circulation system what a person waits for goes first);
- a lane in which work is due and of which nothing has moved for so long.

A row that fails by itself, of a lane that works, may wait as long as its own clock says. Work that is leased is under way.
`Waits` is pure; `Rows` reads.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from typing import Any, Final

import msgspec

from tests.faults.breaches import Breach, Rule

RETURN_S: Final = 5.0
ROW_S: Final = 0.25
"""What one row of a lane may take where every twentieth turn is befallen, and what staff ask for goes first."""
LOOK_S: Final = 0.25
_SQLITE: Final = "sqlite:///"
_QUERY: Final = (
    "SELECT id, request, lane, kind, attempts, due_at, leased_until, turn FROM effects WHERE is_first AND lane <> ''"
)


class WaitingRow(msgspec.Struct, frozen=True, array_like=True):
    """One row of work that is first of its request in its lane; times are microseconds."""

    id: int
    request: str
    lane: str
    kind: str
    attempts: int
    due_at: int
    leased_until: int | None
    turn: int | None = None
    """In a lane that peers share: 0 goes before all."""


class _Lane:
    """What is known of one lane; monotonic seconds."""

    def __init__(self) -> None:
        self.up_since: float | None = None
        self.moved_at = 0.0
        self.waited = 0
        """How many rows waited when it came back."""
        self.urgent = 0
        """How many of turn 0 went since."""
        self.gone = 0
        """How many went since."""
        self.stands = False
        """It was told that it stands still."""

    def went(self, row: WaitingRow) -> None:
        """A row is done."""
        self.gone += 1
        self.urgent += row.turn == 0

    def before(self, row: WaitingRow) -> int:
        """How many rows may have gone before one that waited when the lane came back."""
        return self.waited + (0 if row.turn == 0 else self.urgent)


class Waits:
    """Looks again and again. `breaches` are those found so far, `longest_s` the longest wait of a row after its lane's return.

    `slowness` is how many times longer all may take: of a machine that nobody knows.
    """

    def __init__(self, slowness: float = 1.0) -> None:
        self._return_s, self._row_s = slowness * RETURN_S, slowness * ROW_S
        self.breaches: list[Breach] = []
        self.longest_s = 0.0
        self.returns = 0
        """How often a lane came back with work in it that had waited."""
        self._lanes: dict[str, _Lane] = {}
        self._rows: dict[int, WaitingRow] = {}
        self._changed_at: dict[int, float] = {}
        self._told: set[int] = set()

    def look(self, now_s: float, wall_us: int, rows: Iterable[WaitingRow] | None, is_up: Callable[[str], bool]) -> None:
        """Take in what the database has now (None: it doesn't answer), and judge it."""
        if rows is None:
            for lane in self._lanes.values():
                lane.up_since = None
            return
        self._take_in(now_s, {row.id: row for row in rows})
        for name, lane in self._lanes.items():
            self._see_lane(now_s, name, lane, is_up(name))
        for name, lane in self._lanes.items():
            if lane.up_since is not None:
                self._judge(now_s, wall_us, name, lane, lane.up_since)

    def _take_in(self, now_s: float, rows: Mapping[int, WaitingRow]) -> None:
        for number in self._rows.keys() - rows.keys():
            self._moved(now_s, self._rows[number])
            self._lanes[self._rows[number].lane].went(self._rows[number])
            del self._changed_at[number]
        for number, row in rows.items():
            before = self._rows.get(number)
            if before is not None and before != row:
                self._moved(now_s, row)
            if before != row:
                self._changed_at[number] = now_s
            self._lanes.setdefault(row.lane, _Lane())
        self._rows = dict(rows)

    def _moved(self, now_s: float, row: WaitingRow) -> None:
        lane = self._lanes[row.lane]
        lane.moved_at, lane.stands = now_s, False
        if lane.up_since is not None and self._changed_at[row.id] < lane.up_since:
            self.longest_s = max(self.longest_s, now_s - lane.up_since)

    def _see_lane(self, now_s: float, name: str, lane: _Lane, is_up: bool) -> None:  # noqa: FBT001 - one state of one lane
        if not is_up:
            lane.up_since = None
        elif lane.up_since is None:
            lane.up_since, lane.urgent, lane.gone = now_s, 0, 0
            lane.waited = sum(row.lane == name for row in self._rows.values())
            self.returns += lane.waited > 0

    def _judge(self, now_s: float, wall_us: int, name: str, lane: _Lane, up_since: float) -> None:
        waiting = [row for row in self._rows.values() if row.lane == name and not _is_leased(row, wall_us)]
        for row in waiting:
            is_late = now_s - up_since > self._return_s + self._row_s * lane.before(row)
            if is_late and self._changed_at[row.id] < up_since and row.id not in self._told:
                self._told.add(row.id)
                since = f"{now_s - up_since:.1f} s after {name} came back"
                self._tell(row, f"{row.kind} waits, {_due(row, wall_us)}, {since}; {lane.gone} went meanwhile")
        began_at = max(lane.moved_at, up_since)
        due = [row for row in waiting if self._due_for_s(now_s, wall_us, row) > self._return_s]
        if due and now_s - began_at > self._return_s and not lane.stands:
            lane.stands = True
            self._tell(due[0], f"{name} stands still with {len(due)} rows due; the first is {due[0].kind}")

    def _due_for_s(self, now_s: float, wall_us: int, row: WaitingRow) -> float:
        return min((wall_us - row.due_at) / 1e6, now_s - self._changed_at[row.id])

    def _tell(self, row: WaitingRow, words: str) -> None:
        self.breaches.append(Breach(rule=Rule.WAITED, request=row.request, words=words))


def _is_leased(row: WaitingRow, wall_us: int) -> bool:
    return row.leased_until is not None and row.leased_until > wall_us


def _due(row: WaitingRow, wall_us: int) -> str:
    return f"due in {(row.due_at - wall_us) / 1e6:.1f} s after {row.attempts} tries"


class Rows:
    """The rows of work in a store, read beside the gateway. `url` is the store's."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Any = None

    async def read(self) -> list[WaitingRow] | None:
        """Give them; None where the database doesn't answer."""
        if self._url.startswith(_SQLITE):
            found = await asyncio.to_thread(self._read_sqlite)
        else:
            found = await self._read_postgresql()
        return None if found is None else [msgspec.convert(tuple(each), WaitingRow) for each in found]

    def _read_sqlite(self) -> list[Any] | None:
        try:
            with closing(sqlite3.connect(f"file:{self._url.removeprefix(_SQLITE)}?mode=ro", uri=True)) as connection:
                return connection.execute(_QUERY).fetchall()
        except sqlite3.OperationalError:
            return None

    async def _read_postgresql(self) -> list[Any] | None:
        import asyncpg  # noqa: PLC0415 - as the gateway: loaded only where it is used

        try:
            if self._connection is None:
                self._connection = await asyncpg.connect(self._url, timeout=1.0)
            return list(await self._connection.fetch(_QUERY, timeout=1.0))
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            self._connection = None
            return None


async def watch(waits: Waits, rows: Rows, is_up: Callable[[str], bool]) -> None:
    """Look until cancelled, by the clock of the loop: beside other tests that stands still while the machine runs them (`SteadyLoop`)."""
    loop = asyncio.get_running_loop()
    while True:
        found = await rows.read()
        waits.look(loop.time(), time.time_ns() // 1000, found, is_up)
        await asyncio.sleep(LOOK_S)
