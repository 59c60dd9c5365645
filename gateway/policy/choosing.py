"""Which of several copies is the best, by rules one can read, and why each other one is not. Pure.

The rules are asked in the policy's order; the first in which two copies differ decides between them. Duty 4 of ill.md: a copy
that is available here, with the fewest holds, of the nearest branch, of the cheapest type.
"""

from collections.abc import Callable, Iterable, Sequence

import msgspec

from gateway.workflow.policy import Policy, Preference
from gateway.workflow.records import Answer, Copy, CopyStatus

Candidate = tuple[CopyStatus, int]
"""A copy that can go, and how many days later than one from the shelf."""
Rank = tuple[int, ...]
"""A copy's place by a rule: the least is the best."""


def _available(status: CopyStatus, extra_days: int, _policy: Policy) -> Rank:
    """“Any candidate with CF 0 wins” (ill.md), then the one that can go first, then the one that stands where it belongs."""
    is_away = status.current_branch not in (None, status.copy.branch)
    return int(status.queue_length > 0), extra_days, int(is_away)


def _holds(status: CopyStatus, _extra_days: int, _policy: Policy) -> Rank:
    return (status.queue_length,)


def _branch(status: CopyStatus, _extra_days: int, policy: Policy) -> Rank:
    return (_place(status.copy.branch, policy.branch_order),)


def _item_type(status: CopyStatus, _extra_days: int, policy: Policy) -> Rank:
    return (_place(status.copy.item_type, policy.item_type_order),)


def _place(name: str | None, order: Sequence[str]) -> int:
    """Where a name stands in an order; behind all that are in it where it is not."""
    return order.index(name) if name in order else len(order)


RULES: dict[Preference, tuple[Callable[[CopyStatus, int, Policy], Rank], str]] = {
    Preference.AVAILABLE: (_available, "is not at hand as the chosen one is"),
    Preference.HOLDS: (_holds, "has more holds"),
    Preference.BRANCH: (_branch, "its branch is farther"),
    Preference.ITEM_TYPE: (_item_type, "its item type is dearer"),
}
"""Each rule, and what is said of a copy that the chosen one beats by it."""


def rank(candidate: Candidate, policy: Policy) -> tuple[Rank, ...]:
    """Give the key by which candidates are put in order, the best first."""
    status, extra_days = candidate
    return tuple(RULES[rule][0](status, extra_days, policy) for rule in policy.preferences)


def explain(best: Candidate, others: Iterable[Candidate], policy: Policy) -> str:
    """Say which copy was chosen, and of each other candidate why not."""
    chosen = rank(best, policy)
    reasons = [f"{_named(other)} {_why_not(chosen, rank(other, policy), policy)}" for other in others]
    return "; ".join([f"Chosen: {_named(best)}", *reasons])


def _why_not(chosen: tuple[Rank, ...], other: tuple[Rank, ...], policy: Policy) -> str:
    ranked = zip(policy.preferences, chosen, other, strict=True)
    return next((RULES[rule][1] for rule, ours, theirs in ranked if ours != theirs), "is as good and comes later")


def _named(candidate: Candidate) -> str:
    return candidate[0].copy.item_barcode


def shortlist(copies: Sequence[Copy], policy: Policy) -> tuple[Copy, ...]:
    """Give the copies that are asked about: where there are too many, those of the nearest branches."""
    if len(copies) <= policy.max_copies:
        return tuple(copies)
    nearest = sorted(copies, key=lambda copy: (copy.doubt is not None, _place(copy.branch, policy.branch_order)))
    return tuple(nearest[: policy.max_copies])


def with_doubts(answer: Answer, copies: Iterable[CopyStatus]) -> Answer:
    """Keep an answer for staff where a copy that it rests on may not be what was asked for, and say so."""
    doubts = tuple(dict.fromkeys(status.copy.doubt for status in copies if status.copy.doubt))
    if not doubts:
        return answer
    return msgspec.structs.replace(answer, doubt=doubts[0], words=f"{answer.words}. In doubt: {'; '.join(doubts)}")
