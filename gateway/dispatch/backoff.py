"""How long to wait before the next try: minutes to days, with a cap, jitter and a limit. Pure.

Seconds are tenacity's, around connecting (design.md, rule 4).
"""

from collections.abc import Callable

import msgspec

from gateway.dispatch.planning import PEER_LANE
from gateway.workflow.partners import Peer


class BackOffPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Waits double from `first_s` to `longest_s`; after `limit` tries a person is asked while trying goes on."""

    first_s: float = 5.0
    longest_s: float = 3600.0
    jitter: float = 0.2
    """The share of a wait that is left to chance, so that lanes do not fall into step."""
    limit: int = 8

    def wait_s(self, failures: int, chance: float) -> float:
        """Return the wait after so many failures in a row (1 for the first); `chance` is a random number in [0, 1)."""
        doubled = self.first_s * 2.0 ** min(max(failures, 1) - 1, 40)
        return min(doubled, self.longest_s) * (1 + self.jitter * (chance - 0.5))


def backoff_of(lane: str | None, usual: BackOffPolicy, peer_of: Callable[[str], Peer | None]) -> BackOffPolicy:
    """Return the policy of a lane: the usual one, with what a peer's record says for the peer's lane."""
    if lane is None or not lane.startswith(PEER_LANE):
        return usual
    peer = peer_of(lane.removeprefix(PEER_LANE))
    if peer is None or peer.backoff is None:
        return usual
    own = peer.backoff
    return msgspec.structs.replace(
        usual,
        first_s=own.first_wait_s or usual.first_s,
        longest_s=own.longest_wait_s or usual.longest_s,
        limit=own.tries or usual.limit,
    )
