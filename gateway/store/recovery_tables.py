"""The row that holds all work after a restore, and what the comparison found, as common SQL. See the port: recovery_port.py."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from typing import Final

from gateway.money.effects import MailPaper
from gateway.money.invoices.effects import MailLetter
from gateway.notices.effects import SendNotice
from gateway.store import sql
from gateway.store.borrowing import Fetch
from gateway.store.columns import Fetched, moment, optional_moment, optional_stamp, stamp
from gateway.workflow.effects import WorkKind
from gateway.workflow.recovery import Agreement, Beside, Recovery

MAILS: Final = tuple(str(each.__struct_config__.tag) for each in (MailPaper, MailLetter, SendNotice))
ACTS_ELSEWHERE: Final = (WorkKind.PERFORM, WorkKind.TELL, WorkKind.SEND_REQUEST, WorkKind.SEND_ACTION)
"""Work that may have been done since the copy was made: it counts as started, so its outcome is unknown."""

BEGIN: Final = """
    INSERT INTO recovery (since, why, copy_of, holds) VALUES ($1, $2, $3, 1)
    ON CONFLICT (holds) DO UPDATE SET since = excluded.since, why = excluded.why, copy_of = excluded.copy_of,
        compared_at = NULL, confirmed_at = NULL, confirmed_by = NULL, numbers_confirmed_at = NULL, numbers_confirmed_by = NULL"""
BEGUN_NOW: Final = """
    UPDATE recovery SET since = $1
    WHERE since > $1 AND NOT EXISTS (SELECT 1 FROM requests WHERE updated_at > $1 AND updated_at < recovery.since)"""
COUNT_AS_STARTED: Final = "UPDATE effects SET started_at = $1 WHERE kind = $2 AND started_at IS NULL"
ASK_FIRST: Final = f"UPDATE effects SET is_first = TRUE WHERE key = '{sql.ASKS}' AND NOT is_first"  # noqa: S608 - a constant
"""The question where a request stands waits behind nothing of its request: what stands before it is held. A lender that never got an
order doesn't know its number, and that is what we want to hear. Once work goes on, the question and what it passed may go out side by side."""
FORGET_BACKOFFS: Final = "DELETE FROM backoffs"
FREE_ALL_LEASES: Final = "UPDATE effects SET leased_until = NULL, leased_by = NULL WHERE leased_until IS NOT NULL"
END_SESSIONS: Final = "UPDATE sessions SET revoked_at = $1 WHERE revoked_at IS NULL"
SUSPEND_TOKENS: Final = "UPDATE tokens SET suspended_at = $1 WHERE revoked_at IS NULL"
FORGET: Final = "DELETE FROM recovery_requests"

CURRENT: Final = "SELECT since, why, copy_of, compared_at, confirmed_at, confirmed_by FROM recovery WHERE holds = 1"
LAST: Final = """
    SELECT since, why, copy_of, compared_at, confirmed_at, confirmed_by FROM recovery
    WHERE id = (SELECT max(id) FROM recovery)"""
KEEP: Final = """
    INSERT INTO recovery_requests (request, standing, words, act) VALUES ($1, $2, $3, $4)
    ON CONFLICT (request) DO UPDATE SET standing = excluded.standing, words = excluded.words, act = excluded.act"""
FORGET_WAITING: Final = "DELETE FROM recovery_requests WHERE goes_on_at IS NULL"
COMPARED_AT: Final = "UPDATE recovery SET compared_at = $1 WHERE holds = 1"
COMPARED: Final = """
    SELECT request, standing, words, act, goes_on_at, goes_on_by FROM recovery_requests
    WHERE standing = $1 AND request > $2 AND goes_on_at IS NULL ORDER BY standing, request LIMIT $3"""
COUNT: Final = """
    SELECT standing, count(*) FROM recovery_requests WHERE goes_on_at IS NULL GROUP BY standing"""
COUNT_GOING_ON: Final = "SELECT count(*) FROM recovery_requests WHERE goes_on_at IS NOT NULL"
LET_GO: Final = """
    INSERT INTO recovery_requests (request, standing, words, act, goes_on_at, goes_on_by)
    SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), '', '', CAST($3 AS BIGINT), CAST($4 AS TEXT) FROM recovery WHERE holds = 1
    ON CONFLICT (request) DO UPDATE SET goes_on_at = excluded.goes_on_at, goes_on_by = excluded.goes_on_by"""
LET_AGREEING_GO: Final = """
    UPDATE recovery_requests SET goes_on_at = $2, goes_on_by = $3
    WHERE standing = $1 AND goes_on_at IS NULL AND EXISTS (SELECT 1 FROM recovery WHERE holds = 1)"""
CONFIRM: Final = "UPDATE recovery SET confirmed_at = $1, confirmed_by = $2 WHERE holds = 1 AND confirmed_at IS NULL"
RESTORE_TOKENS: Final = "UPDATE tokens SET suspended_at = NULL WHERE suspended_at IS NOT NULL"
END: Final = "UPDATE recovery SET ended_at = $1, ended_by = $2, holds = NULL WHERE holds = 1"
MARK: Final = "SELECT store, count FROM store_mark WHERE id = 1"
SET_MARK: Final = """
    INSERT INTO store_mark (id, store, count) VALUES (1, $1, $2)
    ON CONFLICT (id) DO UPDATE SET store = excluded.store, count = excluded.count WHERE store_mark.count < excluded.count"""
"""It never goes back, or a gateway that was halted between its look and this would make the others' files be ahead of the store."""


class RecoveryTables:
    """The port's RecoveryStore on the verbs of either store; `changed` tells this gateway and the others that work may go on."""

    def __init__(
        self,
        *,
        fetch: Fetch,
        change: Callable[..., Awaitable[int]],
        load: Callable[..., Awaitable[None]],
        changed: Callable[[], Awaitable[None]],
    ) -> None:
        """Stand on the store's verbs."""
        self._fetch, self._change, self._load, self._changed = fetch, change, load, changed

    async def begin(self, recovery: Recovery) -> None:
        """See the port. All of it is one transaction: no gateway sees half of it."""
        at = stamp(recovery.since)
        await self._load(
            (BEGIN, [(at, recovery.why, optional_stamp(recovery.copy_of))]),
            (COUNT_AS_STARTED, [(at, kind) for kind in (*(each.value for each in ACTS_ELSEWHERE), *MAILS)]),
            (ASK_FIRST, [()]),
            (FREE_ALL_LEASES, [()]),
            (FORGET_BACKOFFS, [()]),
            (END_SESSIONS, [(at,)]),
            (SUSPEND_TOKENS, [(at,)]),
            (FORGET, [()]),
        )
        await self._changed()

    async def heed_clock(self, now: datetime) -> bool:
        """See the port."""
        return bool(await self._change((BEGUN_NOW, (stamp(now),))))

    async def current(self) -> Recovery | None:
        """See the port."""
        found = await self._fetch(CURRENT)
        return _recovery(found[0]) if found else None

    async def last(self) -> Recovery | None:
        """See the port."""
        found = await self._fetch(LAST)
        return _recovery(found[0]) if found else None

    async def keep(self, found: Iterable[Beside], *, at: datetime) -> None:
        """See the port."""
        rows = [(each.request, each.agreement.value, each.words, each.act) for each in found]
        await self._load((FORGET_WAITING, [()]), (KEEP, rows), (COMPARED_AT, [(stamp(at),)]))

    async def compared(self, agreement: Agreement, *, after: str = "", limit: int) -> tuple[Beside, ...]:
        """See the port."""
        return tuple(map(_beside, await self._fetch(COMPARED, agreement.value, after, limit)))

    async def count(self) -> Mapping[Agreement, int]:
        """See the port."""
        counts = {Agreement(standing): int(count) for standing, count in await self._fetch(COUNT)}
        return {agreement: counts.get(agreement, 0) for agreement in Agreement}

    async def count_going_on(self) -> int:
        """See the port."""
        return int((await self._fetch(COUNT_GOING_ON))[0][0])

    async def let_go(self, request: str, *, at: datetime, by: str) -> bool:
        """See the port."""
        gone = bool(await self._change((LET_GO, (request, Agreement.UNCLEAR.value, stamp(at), by))))
        await self._changed()
        return gone

    async def let_agreeing_go(self, *, at: datetime, by: str) -> int:
        """See the port."""
        count = await self._change((LET_AGREEING_GO, (Agreement.AGREES.value, stamp(at), by)))
        await self._changed()
        return count

    async def confirm_access(self, *, at: datetime, by: str) -> bool:
        """See the port."""
        current = await self.current()
        if current is None or current.confirmed_at is not None:
            return False
        await self._load((RESTORE_TOKENS, [()]), (CONFIRM, [(stamp(at), by)]))
        return True

    async def end(self, *, at: datetime, by: str) -> bool:
        """See the port."""
        ended = bool(await self._change((END, (stamp(at), by))))
        await self._changed()
        return ended

    async def mark(self) -> tuple[str, int]:
        """See the port."""
        found = await self._fetch(MARK)
        return (str(found[0][0]), int(found[0][1])) if found else ("", 0)

    async def set_mark(self, store: str, count: int) -> None:
        """See the port."""
        await self._change((SET_MARK, (store, count)))


def _recovery(row: Fetched) -> Recovery:
    since, why, copy_of, compared_at, confirmed_at, confirmed_by = row
    return Recovery(
        since=moment(since),
        why=why,
        copy_of=optional_moment(copy_of),
        compared_at=optional_moment(compared_at),
        confirmed_at=optional_moment(confirmed_at),
        confirmed_by=confirmed_by,
    )


def _beside(row: Fetched) -> Beside:
    request, standing, words, act, goes_on_at, goes_on_by = row
    return Beside(
        request=request,
        agreement=Agreement(standing),
        words=words,
        act=act,
        goes_on_at=optional_moment(goes_on_at),
        goes_on_by=goes_on_by,
    )
