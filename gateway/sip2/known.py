"""What the lines have learnt of the circulation system they lead to: when it last answered, what failed, what it can do."""

import msgspec

from gateway.sip2.breaker import BreakerState
from gateway.sip2.codec import Reply
from gateway.sip2.errors import Outcome
from gateway.sip2.profiles import Profile
from gateway.sip2.session import REPEATABLE, AcsStatus
from gateway.sip2.support import Support


class LinesStatus(msgspec.Struct, frozen=True):
    """A snapshot for readiness and metrics. Times are monotonic, None before the first; `last_error` is in words."""

    breaker: BreakerState
    connections: int
    idle: int
    refused_logins: int
    stopped: bool  # no login until staff resume
    last_reply_at: float | None
    last_error: str
    last_error_at: float | None
    acs: AcsStatus | None


class KnownAcs:
    """Kept by `Lines`, which tell it of every exchange. Times are monotonic, None before the first."""

    def __init__(self, profile: Profile) -> None:
        self.last_reply_at: float | None = None
        self.last_error = ""
        self.last_error_at: float | None = None
        self.status: AcsStatus | None = None
        """Its last 98."""
        self._support = Support()
        self._profile = profile

    @property
    def in_doubt(self) -> bool:
        """Whether a 98 must be had before anything is believed of its messages (support.py)."""
        return self._support.in_doubt

    def supports(self, code: str) -> bool | None:
        """Whether it does a message: the profile's word, else what is known (support.py); None where neither tells."""
        if self._profile.supports is not None:
            return code in self._profile.supports
        return self._support.says(code)

    def retries(self, code: str) -> int:
        """How often a message may be written again after a lost reply: as the 98 allows, within the profile's limit."""
        if code not in REPEATABLE:
            return 0
        told = self.status.retries if self.status else None
        return self._profile.max_retries if told is None else min(told, self._profile.max_retries)

    def observed(self, code: str | None, outcome: Outcome, status: AcsStatus | None, at: float, now: float) -> None:
        """Take what an exchange came to: it ended `at`, or with an error that is noted `now`."""
        if outcome is Outcome.REPLY:
            self.last_reply_at = at
        else:
            self.failed(f"{code or 'login'}: {outcome.replace('_', ' ')}", now)
        if status is not None:
            self.status, self._support = status, self._support.told(status)

    def failed(self, words: str, now: float) -> None:
        """Take what failed."""
        self.last_error, self.last_error_at = words, now

    def answered(self, code: str, reply: Reply) -> None:
        """A message was answered."""
        self._support = self._support.answered(code, reply)

    def lost(self, code: str) -> None:
        """A message was not answered."""
        self._support = self._support.lost(code)
