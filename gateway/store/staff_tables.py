"""Accounts, sessions, tokens and look-ups as tables: the half of the staff port that is common SQL."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from gateway.store import encoding, rows, sql
from gateway.store.columns import Fetched, moment, stamp
from gateway.store.values import Token
from gateway.store.verbs import Verbs
from gateway.workflow.staff import Account, LookUp, LookUpWay, Session, Switch, Switching, name_key

ACCOUNTS: Final = "SELECT body FROM accounts ORDER BY name"
ACCOUNT: Final = "SELECT body FROM accounts WHERE name = $1"
OF_SUBJECT: Final = "SELECT body FROM accounts WHERE subject = $1"
ADD_ACCOUNT: Final = """
    INSERT INTO accounts (name, subject, version, body) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"""
SAVE_ACCOUNT: Final = "UPDATE accounts SET subject = $2, version = $3, body = $4 WHERE name = $1 AND version = $3 - 1"
_SESSION: Final = "SELECT sessions.body, sessions.seen_at, sessions.revoked_at"
BY_HASH: Final = f"""{_SESSION}, accounts.body FROM sessions
    JOIN accounts ON accounts.name = sessions.account WHERE sessions.hash = $1"""
ADD_SESSION: Final = """
    INSERT INTO sessions (id, hash, account, seen_at, ends_at, body) VALUES ($1, $2, $3, $4, $5, $6)"""
OPEN: Final = f"{_SESSION} FROM sessions WHERE ends_at > $1 AND revoked_at IS NULL ORDER BY seen_at DESC, id"
OPEN_OF: Final = f"""{_SESSION} FROM sessions
    WHERE account = $2 AND ends_at > $1 AND revoked_at IS NULL ORDER BY seen_at DESC, id"""
SEEN: Final = "UPDATE sessions SET seen_at = $2 WHERE id = $1 AND seen_at < $2"
REVOKE: Final = "UPDATE sessions SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL"
REVOKE_ALL: Final = """
    UPDATE sessions SET revoked_at = $2 WHERE account = $1 AND id <> $3 AND ends_at > $2 AND revoked_at IS NULL"""
FORGET: Final = "DELETE FROM sessions WHERE ends_at < $1"

ADD_LOOK_UP: Final = "INSERT INTO look_ups (at, looked_by, request, way, what) VALUES ($1, $2, $3, $4, $5)"
COUNT_LOOK_UPS: Final = "SELECT count(*) FROM look_ups WHERE looked_by = $1 AND at >= $2 AND way <> $3"
_LOOK_UPS: Final = "SELECT id, at, looked_by, request, way, what FROM look_ups"
LOOK_UPS: Final = f"{_LOOK_UPS} WHERE id < $1 ORDER BY id DESC LIMIT $2"
LOOK_UPS_BY: Final = f"{_LOOK_UPS} WHERE looked_by = $3 AND id < $1 ORDER BY at DESC, id DESC LIMIT $2"
LOOK_UPS_OF: Final = f"{_LOOK_UPS} WHERE request = $3 AND id < $1 ORDER BY id DESC LIMIT $2"
_ALL: Final = 2**63 - 1

SWITCH: Final = "INSERT INTO switchings (switch, at, is_on, who) VALUES ($1, $2, $3, $4)"
SWITCHED: Final = """
    SELECT switch, at, is_on, who FROM switchings AS one
    WHERE id = (SELECT max(id) FROM switchings WHERE switchings.switch = one.switch)"""
SWITCHINGS: Final = "SELECT switch, at, is_on, who FROM switchings ORDER BY id DESC LIMIT $1"


class StaffTables(Verbs):
    """The port's StaffPort."""

    async def accounts(self) -> tuple[Account, ...]:
        """See the port."""
        return tuple(encoding.decode_account(body) for (body,) in await self._fetch(ACCOUNTS))

    async def account(self, name: str) -> Account | None:
        """See the port."""
        return _account(await self._fetch(ACCOUNT, name_key(name)))

    async def account_of_subject(self, subject: str) -> Account | None:
        """See the port."""
        return _account(await self._fetch(OF_SUBJECT, subject))

    async def add_account(self, account: Account) -> bool:
        """See the port."""
        return bool(await self._change((ADD_ACCOUNT, _params(account))))

    async def save_account(self, account: Account) -> bool:
        """See the port."""
        return bool(await self._change((SAVE_ACCOUNT, _params(account))))

    async def add_session(self, session: Session) -> None:
        """See the port."""
        seen, ends = stamp(session.last_seen_at), stamp(session.ends_at)
        await self._change(
            (ADD_SESSION, (session.id, session.hash, session.account, seen, ends, encoding.encode(session)))
        )

    async def session_by_hash(self, digest: str) -> tuple[Session, Account] | None:
        """See the port."""
        for body, seen_at, revoked_at, account in await self._fetch(BY_HASH, digest):
            return _session((body, seen_at, revoked_at)), encoding.decode_account(account)
        return None

    async def sessions(self, *, account: str | None = None, at: datetime) -> tuple[Session, ...]:
        """See the port."""
        if account is None:
            return tuple(map(_session, await self._fetch(OPEN, stamp(at))))
        return tuple(map(_session, await self._fetch(OPEN_OF, stamp(at), name_key(account))))

    async def session_seen(self, session_id: str, *, at: datetime) -> None:
        """See the port."""
        await self._change((SEEN, (session_id, stamp(at))))

    async def revoke_session(self, session_id: str, *, at: datetime) -> bool:
        """See the port."""
        return bool(await self._change((REVOKE, (session_id, stamp(at)))))

    async def revoke_sessions(self, account: str, *, at: datetime, but: str | None = None) -> int:
        """See the port."""
        return await self._change((REVOKE_ALL, (name_key(account), stamp(at), but or "")))

    async def forget_sessions(self, *, ended_before: datetime) -> int:
        """See the port."""
        return await self._change((FORGET, (stamp(ended_before),)))

    async def add_token(self, token: Token) -> bool:
        """See the port."""
        ends_at = None if token.ends_at is None else stamp(token.ends_at)
        params = (token.name, token.role, token.hash, stamp(token.created_at), ends_at)
        return bool(await self._change((sql.ADD_TOKEN, params)))

    async def revoke_token(self, name: str, *, at: datetime) -> None:
        """See the port."""
        await self._change((sql.REVOKE_TOKEN, (name, stamp(at))))

    async def tokens(self) -> tuple[Token, ...]:
        """See the port."""
        return tuple(map(rows.token, await self._fetch(sql.TOKENS)))

    async def add_look_ups(self, look_ups: Iterable[LookUp]) -> None:
        """See the port."""
        await self._load(
            (ADD_LOOK_UP, [(stamp(each.at), each.by, each.request, each.way.value, each.what) for each in look_ups])
        )

    async def count_look_ups(self, by: str, *, since: datetime) -> int:
        """See the port."""
        return int((await self._fetch(COUNT_LOOK_UPS, by, stamp(since), LookUpWay.STRAP.value))[0][0])

    async def look_ups(
        self, *, by: str | None = None, request: str | None = None, before: int | None = None, limit: int
    ) -> tuple[tuple[int, LookUp], ...]:
        """See the port."""
        page = (before or _ALL, limit)
        if request is not None:
            found = await self._fetch(LOOK_UPS_OF, *page, request)
        elif by is not None:
            found = await self._fetch(LOOK_UPS_BY, *page, by)
        else:
            found = await self._fetch(LOOK_UPS, *page)
        return tuple(map(_look_up, found))

    async def switch(self, switching: Switching) -> None:
        """See the port."""
        at, is_on = stamp(switching.at), int(switching.is_on)
        await self._change((SWITCH, (switching.switch.value, at, is_on, switching.by)))

    async def switched(self) -> Mapping[Switch, Switching]:
        """See the port."""
        return {each.switch: each for each in _known(await self._fetch(SWITCHED))}

    async def switchings(self, *, limit: int) -> tuple[Switching, ...]:
        """See the port."""
        return tuple(_known(await self._fetch(SWITCHINGS, limit)))


def _known(found: Iterable[Fetched]) -> Iterator[Switching]:
    """What a newer version can switch, this one passes over."""
    for switch, at, is_on, who in found:
        if switch in set(Switch):
            yield Switching(switch=Switch(switch), at=moment(at), is_on=bool(is_on), by=who)


def _look_up(row: Fetched) -> tuple[int, LookUp]:
    number, at, by, request, way, what = row
    return int(number), LookUp(at=moment(at), by=by, request=request, way=LookUpWay(way), what=what)


def _params(account: Account) -> tuple[str, str | None, int, str]:
    return name_key(account.name), account.oidc_subject, account.version, encoding.encode(account)


def _account(found: Sequence[Fetched]) -> Account | None:
    return encoding.decode_account(found[0][0]) if found else None


def _session(row: Fetched) -> Session:
    """What changes stands beside what was written at the sign-in."""
    body, seen_at, revoked_at = row
    return msgspec.structs.replace(
        encoding.decode_session(body),
        last_seen_at=moment(seen_at),
        revoked_at=None if revoked_at is None else moment(revoked_at),
    )
