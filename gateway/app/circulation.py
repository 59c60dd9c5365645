"""The circulation system as the running gateway sees it: what the API asks of it, and the watch that it is alive."""

from datetime import datetime, timedelta
from typing import Final

import structlog

from gateway.app.ground import Ground
from gateway.desk.shown import shown
from gateway.desk.structs.acs import AcsSaid, AcsStatus
from gateway.dispatch.accounts import AccountTest, account_test
from gateway.dispatch.acs import Acs
from gateway.dispatch.outbox import Outbox
from gateway.dispatch.planning import ACS_LANE
from gateway.dispatch.reconcile import Comparison, Reconciler
from gateway.fleet.seats import Seats
from gateway.pages.words import moment_words
from gateway.sip2 import requests as sip2_requests
from gateway.sip2.breaker import BreakerState
from gateway.sip2.errors import NotSent, Unknown
from gateway.sip2.lines import Lines
from gateway.store.port import StoreUnavailable

WATCH_S: Final = 15.0
"""How often the circulation system is asked for a sign of life when nothing else was heard from it."""
PROBE_S: Final = 3.0
"""How often while its lane is left alone, so that work goes on within seconds of its return, however long it was away."""

_log = structlog.get_logger(__name__)


class Circulation:
    """Answers for the circulation system, whose `lines`, `seats` and lane of the `outbox` others use."""

    def __init__(self, ground: Ground, *, lines: Lines, seats: Seats, outbox: Outbox, reconciler: Reconciler) -> None:
        self._ground = ground
        self._lines = lines
        self._seats = seats
        self._outbox = outbox
        self._reconciler = reconciler
        self._alive = False
        self._silent_since: float | None = None
        """When it was last heard from before it left a question unanswered, by the monotonic clock; None where it answers."""

    def status(self) -> AcsStatus:
        """Say how the connection stands, without asking."""
        status = self._lines.status()
        return shown(
            status,
            AcsStatus,
            trouble=self.trouble(),
            last_reply_at=self._moment(status.last_reply_at),
            last_error_at=self._moment(status.last_error_at),
            no_answer_since=self._moment(self._silent_since),
            paused_until=self._outbox.paused.get(ACS_LANE),
        )

    def _moment(self, monotonic_s: float | None) -> datetime | None:
        """The time of a moment on the monotonic clock."""
        if monotonic_s is None:
            return None
        return self._ground.time.now() - timedelta(seconds=self._ground.time.monotonic() - monotonic_s)

    async def resume(self) -> None:
        """Let waiting work start at once, also what failed by itself: close the breaker, clear the back-off."""
        await self._lines.resume()
        await self._outbox.resume(ACS_LANE)

    async def try_now(self, request_id: str) -> None:
        """Let a request's waiting work start at once."""
        if any(row.lane == ACS_LANE for row in await self._ground.store.pending(request_id)):
            self._lines.try_now()
        await self._outbox.hurry(request_id)

    async def check(self) -> AcsSaid:
        """Ask it now (99), and return what it says of itself."""
        try:
            reply = await self._lines.exchange(sip2_requests.sc_status(self._ground.terminal.profile))
        except (NotSent, Unknown) as exc:
            return AcsSaid(ok=False, words=str(exc))
        return AcsSaid(ok=True, says=reply.fixed, supports=reply.first("BX"), library=reply.first("AM"))

    async def reconcile(self) -> Comparison:
        """Compare its loans and holds with the requests; raises StoreUnavailable."""
        return await self._reconciler.run()

    async def test_account(self, account: str | None) -> AccountTest:
        """Ask about a partner's account; None: the one of partners without their own."""
        own = account or self._ground.settings.acs.account
        time = self._ground.time
        return await account_test(own, acs=Acs(self._lines, self._ground.terminal, time), at=time.now())

    def trouble(self) -> str | None:
        """Why its work does not get on, in words; None where it does."""
        status = self._lines.status()
        if status.stopped:
            return "it refused our login again, and no more is tried: check the account, then `ill-gateway acs resume`"
        if status.refused_logins and not status.connections:
            return "the login was refused; it is tried once more by itself, or at once by `ill-gateway acs resume`"
        if status.breaker is not BreakerState.CLOSED or self._is_left_alone or not self._alive:
            since = self._moment(self._silent_since)
            return f"it {self._silent(since) if since else 'does not answer'}; its work is postponed"
        return None

    def _silent(self, since: datetime) -> str:
        """Say since when it is, by the library's clocks, as every page says times."""
        return f"has not answered since {moment_words(since, self._ground.time.now(), self._ground.zone)}"

    def no_answer_s(self) -> float:
        """For how long nothing that was asked has been answered, whatever the breaker does; 0 where it answers, or refuses us."""
        if self._silent_since is None or self._lines.status().refused_logins:
            return 0.0
        return max(0.0, self._ground.time.monotonic() - self._silent_since)

    async def watch(self) -> None:
        """Notice that it is gone before a request does, and that it is back before a back-off ends. Runs until cancelled."""
        while True:
            if self._seats.share:
                await self._look()
            else:
                # As far as we know: gateways that have seats look, and tell by the lane's back-off.
                self._alive, self._silent_since = True, None
            await self._ground.time.sleep(PROBE_S if self._is_left_alone or not self._alive else WATCH_S)

    async def _look(self) -> None:
        heard_at = self._lines.status().last_reply_at
        heard = heard_at is not None and self._ground.time.monotonic() - heard_at < WATCH_S
        self._alive = (heard and not self._is_left_alone) or (await self.check()).ok
        if self._alive:
            self._silent_since = None
        elif self._silent_since is None:
            self._silent_since = self._ground.time.monotonic() if heard_at is None else heard_at
        if self._alive and self._is_left_alone:
            await self._probe_lane()

    @property
    def _is_left_alone(self) -> bool:
        return ACS_LANE in self._outbox.paused

    async def _probe_lane(self) -> None:
        """Let one row go: that this question was answered need not mean that others are."""
        try:
            await self._outbox.probe(ACS_LANE)
        except StoreUnavailable:
            _log.warning("store unavailable", during="watch")  # the next round tries again
