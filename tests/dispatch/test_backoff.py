from hypothesis import given
from hypothesis import strategies as st

from gateway.dispatch.backoff import BackOffPolicy, backoff_of
from gateway.workflow.partners import Peer, PeerBackOff

EVEN = BackOffPolicy(first_s=5, longest_s=3600, jitter=0.0)


def test_waits_double_until_the_longest():
    assert [EVEN.wait_s(failures, 0.5) for failures in (1, 2, 3, 11, 12)] == [5, 10, 20, 3600, 3600]


def test_a_success_in_between_is_the_callers_business_zero_counts_as_the_first():
    assert EVEN.wait_s(0, 0.5) == 5


@given(
    failures=st.integers(min_value=0, max_value=10_000), chance=st.floats(min_value=0, max_value=1, exclude_max=True)
)
def test_jitter_keeps_within_its_share_and_no_number_overflows(failures, chance):
    policy = BackOffPolicy(first_s=5, longest_s=3600, jitter=0.2)
    even = EVEN.wait_s(failures, chance)
    assert even * 0.9 <= policy.wait_s(failures, chance) <= even * 1.1


def test_a_peers_record_may_have_its_own_patience():
    usual = BackOffPolicy(first_s=5.0, longest_s=60.0, limit=8)
    peers = {
        "hasty": Peer(id="hasty", backoff=PeerBackOff(first_wait_s=1.0, tries=2)),
        "usual": Peer(id="usual"),
    }

    def of(lane: str | None) -> BackOffPolicy:
        return backoff_of(lane, usual, peers.get)

    assert of("peer:hasty") == BackOffPolicy(first_s=1.0, longest_s=60.0, limit=2)
    assert of("peer:usual") == of("peer:nobody") == of("acs:main") == of(None) == usual
