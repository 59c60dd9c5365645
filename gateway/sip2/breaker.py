"""Two pure guards of a circulation system: a circuit breaker, and a gate for logins that were refused.

Values, not objects with a life: each step gives the next value. Times are monotonic seconds, passed in.
"""

from enum import StrEnum

import msgspec


class BreakerState(StrEnum):
    """Closed lets everything pass, open nothing, half-open one trial."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Breaker(msgspec.Struct, frozen=True, kw_only=True):
    """Opens after `threshold` failures in a row; after `cooldown_s` one trial decides."""

    threshold: int = 5
    cooldown_s: float = 30.0
    failures: int = 0
    opened_at: float | None = None
    trial_at: float | None = None

    def state(self, now: float) -> BreakerState:
        """The state at this moment."""
        if self.opened_at is None:
            return BreakerState.CLOSED
        return BreakerState.HALF_OPEN if now >= self.opened_at + self.cooldown_s else BreakerState.OPEN

    def wait_s(self, now: float) -> float:
        """Seconds until something may pass; 0 when it may now.

        A trial whose end was never told (it was cancelled, say) blocks for one more cool-down, not for ever.
        """
        match self.state(now):
            case BreakerState.CLOSED:
                return 0.0
            case BreakerState.HALF_OPEN if self.trial_at is None:
                return 0.0
        since = self.opened_at if self.trial_at is None else self.trial_at
        assert since is not None
        return max(0.0, self.cooldown_s - (now - since))

    def passed(self, now: float) -> "Breaker":
        """Something was let through: in the half-open state it is the one trial."""
        if self.state(now) is not BreakerState.HALF_OPEN:
            return self
        return msgspec.structs.replace(self, trial_at=now)

    def succeeded(self) -> "Breaker":
        """A sign of life closes the breaker and forgets the failures."""
        return msgspec.structs.replace(self, failures=0, opened_at=None, trial_at=None)

    def failed(self, now: float) -> "Breaker":
        """One failure more; at the threshold, and after a failed trial, the breaker opens anew."""
        failures = self.failures + 1
        opened_at = now if failures >= self.threshold else None
        return msgspec.structs.replace(self, failures=failures, opened_at=opened_at, trial_at=None)


class LoginEnd(StrEnum):
    """How a try to log in ended. Broken off: the circulation system did not say (no connection, no answer, a hang-up, not on line).

    Unclear: our account was named, and what came was neither yes nor no, such as a reply that is damaged.
    """

    WORKED = "worked"
    REFUSED = "refused"
    UNCLEAR = "unclear"
    BROKEN_OFF = "broken_off"


class LoginGate(msgspec.Struct, frozen=True, kw_only=True):
    """Keeps us from having our account blocked, which some servers do at the third refusal (sip2.md, "The session").

    After `limit` refused logins one more is tried `pause_s` later; when that is refused too, none until `resumed`.
    So by default there are two, and never the third. A database that starts again makes a server refuse a good login for a
    minute: the pause is a little longer than that, and no more, for nothing may be asked meanwhile. What works
    meanwhile goes on: a login that is refused closes no connection that has one.

    An end that is neither yes nor no may have been a refusal to the server. The first is forgiven, for a server that is just
    going down does the same, and the next try is `unclear_pause_s` later; each that follows in a row counts. So there are
    three of these at most.

    One at a time: who tries says so first (`tried`) and how it ended afterwards (`ended`). A try of which no end is told in
    time, or found by its own author after a restart, counts as refused (`settled`), or whoever dies of a refusal would
    try for ever; but no pause follows, for most likely it was not, and the second one stops all the same. Times are
    seconds by any one clock; what seems to lie ahead, because the clock was set back, is taken for just now.
    """

    limit: int = 1
    pause_s: float = 90.0
    unclear_pause_s: float = 15.0
    try_s: float = 20.0
    """Longer than a login takes, time for connecting included (`lines.Limits.opening_s`)."""
    refusals: int = 0
    refused_at: float | None = None
    """When the last one was told that counts."""
    forgiven_at: float | None = None
    """When the one that was neither yes nor no was forgiven, since the last login that worked."""
    trying: str | None = None
    tried_at: float = 0.0

    @property
    def stopped(self) -> bool:
        """Only staff can go on from here."""
        return self.refusals > self.limit

    def wait_s(self, now: float) -> float | None:
        """Seconds until a login may be tried where nobody tries; 0 when it may now, None when staff must resume."""
        if self.stopped:
            return None
        refused = 0.0
        if self.refusals >= self.limit and self.refused_at is not None:
            refused = self.refused_at + self.pause_s - now
        forgiven = 0.0 if self.forgiven_at is None else self.forgiven_at + self.unclear_pause_s - now
        return max(0.0, refused, forgiven)

    def settled(self, who: str, now: float) -> "LoginGate":
        """As it looks to someone who does not try now: a try that nobody will end is a refusal."""
        gate = self._until(now)
        if gate.trying is None or (gate.trying != who and now < gate.tried_at + gate.try_s):
            return gate
        return msgspec.structs.replace(gate, refusals=gate.refusals + 1, trying=None, tried_at=0.0)

    def _until(self, now: float) -> "LoginGate":
        """As it looks to a clock that may have been set back: nothing lies ahead."""
        return msgspec.structs.replace(
            self,
            refused_at=None if self.refused_at is None else min(self.refused_at, now),
            forgiven_at=None if self.forgiven_at is None else min(self.forgiven_at, now),
            tried_at=min(self.tried_at, now),
        )

    def tried(self, who: str, now: float) -> "LoginGate":
        """Somebody tries from now on."""
        return msgspec.structs.replace(self, trying=who, tried_at=now)

    def ended(self, how: LoginEnd, who: str, now: float) -> "LoginGate":
        """A try is over; it stays somebody else's turn if it is by now."""
        gate = self if self.trying != who else msgspec.structs.replace(self, trying=None, tried_at=0.0)
        match how:
            case LoginEnd.UNCLEAR if gate.refused_at is None and gate.forgiven_at is None:
                return msgspec.structs.replace(gate, forgiven_at=now)
            case LoginEnd.REFUSED | LoginEnd.UNCLEAR:
                return msgspec.structs.replace(gate, refusals=gate.refusals + 1, refused_at=now)
            case LoginEnd.WORKED:
                return msgspec.structs.replace(gate, refusals=0, refused_at=None, forgiven_at=None)
            case LoginEnd.BROKEN_OFF:
                return gate

    def resumed(self) -> "LoginGate":
        """On staff's word: nothing counts any more."""
        return msgspec.structs.replace(self, refusals=0, refused_at=None, forgiven_at=None, trying=None, tried_at=0.0)
