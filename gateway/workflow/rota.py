"""The rota: which libraries to ask for a work, in which order, and why.

ill.md, duty 1; the order is by what their catalogues say they hold, and within that by score, and every score says what it is made of, so that staff
can argue with it. Suspended and closed libraries, and those above the cost limit, are left out, with the reason. A table of criteria, no special
cases. Pure: the same lenders, need and weights give the same rota.
"""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Final

from gateway.iso18626.codes import ServiceType
from gateway.workflow.holdings import UNKNOWN, Held, Holding, Unwanted
from gateway.workflow.values import Money, Record


class Lender(Record, frozen=True, kw_only=True):
    """A possible lender with its terms, and with how it has served us so far (None: not known yet)."""

    partner: str
    lends: frozenset[ServiceType] = frozenset({ServiceType.LOAN, ServiceType.COPY})
    is_reciprocal: bool = False
    """It lends to us and we to it, without charge."""
    has_courier: bool = False
    is_last_resort: bool = False
    """Asked only when all others were."""
    fill_rate: float | None = None
    """Between 0 and 1: what it supplied of what we asked it for."""
    turnaround_days: float | None = None
    """Median days from our request until we received the item."""
    asked: int = 0
    """How often we asked it, of what the fill rate counts."""
    no_days: float | None = None
    """Mean days until we could ask another, where it sent nothing."""
    expected_rate: float | None = None
    """Staff's word for the fill rate, which counts in place of what was learned."""
    expected_no_days: float | None = None
    """Likewise of `no_days`."""
    expected_turnaround_days: float | None = None
    """Likewise of `turnaround_days`."""
    balance: int = 0
    """What we lent it minus what it lent us; above 0 it owes us loans."""
    cost: Money | None = None
    """What it charges for a loan or copy; None is nothing."""
    is_suspended: bool = False
    """Until further notice."""
    suspended_from: date | None = None
    suspended_until: date | None = None
    """Its last day of suspension; with `suspended_from` None it began some time ago."""
    closed_dates: frozenset[date] = frozenset()
    held: Held = UNKNOWN
    """What its catalogue says of the work."""


class Need(Record, frozen=True, kw_only=True):
    """What the rota is for; `today` in the library's time zone."""

    service: ServiceType
    today: date
    max_cost: Money | None = None
    """What the library pays at the most; None is no limit."""


class Weights(Record, frozen=True, kw_only=True):
    """How much each criterion counts, in points, and where its scale ends; the library's settings."""

    reciprocal: int = 20
    courier: int = 10
    fill_rate: int = 20
    """For a lender that always supplies."""
    turnaround: int = 45
    """For a lender that needs no time at all; nothing from `slow_days` on."""
    slow_days: float = 15.0
    wait: int = 45
    """For a lender at which no day is lost to a no; nothing from `slow_no_days` on. A day costs what a day of `turnaround` does."""
    slow_no_days: float = 15.0
    balance: int = 10
    """For a lender that owes us `full_balance` loans, or taken off where we owe it as many."""
    full_balance: int = 20
    free: int = 10
    """For a lender without charge; the part of it that is left of the cost limit for others."""
    broker: str | None = None
    """The partner through whom everything is asked for; the others are left out."""
    holds_not: Unwanted = Unwanted.LAST
    """What becomes of those whose catalogue says that they don't hold the work."""


class RotaLine(Record, frozen=True, kw_only=True):
    """One lender to be asked: its score, and what it is made of."""

    partner: str
    score: int
    reason: str
    record_id: str | None = None
    """The work's record number there, where it is known."""


class Skipped(Record, frozen=True, kw_only=True):
    """One lender that is left out, and why."""

    partner: str
    reason: str


class Rota(Record, frozen=True, kw_only=True):
    """Whom to ask, the first first, and whom not."""

    lines: tuple[RotaLine, ...] = ()
    skipped: tuple[Skipped, ...] = ()


def not_asked(skipped: Iterable[Skipped]) -> str:
    """Say who is left out and why, each reason once; empty where nobody is."""
    by_reason: dict[str, list[str]] = {}
    for each in skipped:
        by_reason.setdefault(each.reason, []).append(each.partner)
    return " ".join(f"Not {', '.join(partners)}: {reason}." for reason, partners in by_reason.items())


def make_rota(lenders: Iterable[Lender], need: Need, weights: Weights) -> Rota:
    """Put lenders in order: who doesn't hold the work behind all others, before them the last resorts; the others by how likely
    they are to have it in (`_place`), of those that may have it by how much of the order agrees, then by score, then by the partner's id.

    Each partner counts once, as it stands first.
    """
    each_once = {lender.partner: lender for lender in reversed(tuple(lenders))}
    in_order = sorted(each_once.values(), key=lambda lender: lender.partner)
    why_not = {lender.partner: _why_not(lender, need, weights) for lender in in_order}
    scored = [(lender, _line(lender, need, weights)) for lender in in_order if not why_not[lender.partner]]
    scored.sort(key=lambda pair: (*_rank(pair[0]), -pair[1].score, pair[1].partner))
    return Rota(
        lines=tuple(line for _lender, line in scored),
        skipped=tuple(Skipped(partner=partner, reason=reason) for partner, reason in why_not.items() if reason),
    )


def _rank(lender: Lender) -> tuple[bool, bool, int, int]:
    holding = lender.held.holding
    return holding is Holding.HOLDS_NOT, lender.is_last_resort, _place(lender.held), -lender.held.agreement


def _place(held: Held) -> int:
    """The likelier it is to send the work now, the lower: a record that may be the work is more than copies that are all out, and a library of
    which nothing is known more than one whose catalogue has no record with the order's number.
    """
    return _UNFOUND if held.is_unfound else _PLACES[held.holding, held.is_likely or held.is_out, held.is_close]


_UNFOUND: Final = 6
_PLACES: Final = {
    (Holding.AVAILABLE, False, False): 0,
    (Holding.HOLDS, False, False): 1,
    (Holding.NOT_KNOWN, True, True): 2,
    (Holding.NOT_KNOWN, True, False): 3,
    (Holding.HOLDS, True, False): 4,
    (Holding.NOT_KNOWN, False, False): 5,
    (Holding.HOLDS_NOT, False, False): 7,
}
"""By how a library stands, whether a record may be the work or all of its copies are out, and whether that record is a close one."""


# ── who is left out ──────────────────────────────────────────────────────────────────────────────

_Refusal = Callable[[Lender, Need, Weights], str]
"""Why a lender can't be asked; empty where it can."""


def _not_the_broker(lender: Lender, _need: Need, weights: Weights) -> str:
    return "everything is asked for through the broker" if weights.broker not in {None, lender.partner} else ""


def _suspended(lender: Lender, need: Need, _weights: Weights) -> str:
    if lender.is_suspended:
        return "suspended"
    if lender.suspended_from is None and lender.suspended_until is None:
        return ""
    begun = lender.suspended_from is None or lender.suspended_from <= need.today
    over = lender.suspended_until is not None and lender.suspended_until < need.today
    if not begun or over:
        return ""
    return (
        f"suspended until {lender.suspended_until}"
        if lender.suspended_until
        else f"suspended since {lender.suspended_from}"
    )


def _closed(lender: Lender, need: Need, _weights: Weights) -> str:
    return "closed today" if need.today in lender.closed_dates else ""


def _does_not_do(lender: Lender, need: Need, _weights: Weights) -> str:
    asked = {ServiceType.LOAN, ServiceType.COPY} if need.service is ServiceType.COPY_OR_LOAN else {need.service}
    return "" if lender.lends & asked else f"does not do this: {need.service}"


def _too_dear(lender: Lender, need: Need, _weights: Weights) -> str:
    """A price in another currency can't be held against the limit, so it is above it."""
    if _is_free(lender) or need.max_cost is None:
        return ""
    assert lender.cost is not None, "what is not free has a cost"
    cost, limit = f"{lender.cost.amount} {lender.cost.currency}", f"{need.max_cost.amount} {need.max_cost.currency}"
    if lender.cost.currency != need.max_cost.currency:
        return f"costs {cost}, and the limit is in another currency ({limit})"
    return f"costs {cost}, above the limit of {limit}" if lender.cost.amount > need.max_cost.amount else ""


def _holds_not(lender: Lender, _need: Need, weights: Weights) -> str:
    """The broker stays, and so do libraries of last resort: what they can get is more than what they have."""
    if weights.holds_not is not Unwanted.NEVER or lender.is_last_resort or lender.partner == weights.broker:
        return ""
    return lender.held.words if lender.held.holding is Holding.HOLDS_NOT else ""


REFUSALS: Final[tuple[_Refusal, ...]] = (_not_the_broker, _suspended, _closed, _does_not_do, _too_dear, _holds_not)


def _why_not(lender: Lender, need: Need, weights: Weights) -> str:
    """The first reason not to ask a lender; empty where there is none."""
    return next(filter(None, (refusal(lender, need, weights) for refusal in REFUSALS)), "")


# ── what a score is made of ──────────────────────────────────────────────────────────────────────

_Criterion = Callable[[Lender, Need, Weights], tuple[str, int]]
"""What a criterion says of a lender, and its points; without words it has no bearing."""
_NO_BEARING: Final = ("", 0)


def _reciprocity(lender: Lender, _need: Need, weights: Weights) -> tuple[str, int]:
    return ("reciprocal", weights.reciprocal) if lender.is_reciprocal else _NO_BEARING


def _courier(lender: Lender, _need: Need, weights: Weights) -> tuple[str, int]:
    return ("courier", weights.courier) if lender.has_courier else _NO_BEARING


def _fill_rate(lender: Lender, _need: Need, weights: Weights) -> tuple[str, int]:
    """Half the points for a lender that we know nothing of, so that it gets its chance."""
    known = lender.fill_rate if lender.expected_rate is None else lender.expected_rate
    if known is None:
        return "fill rate not known", round(weights.fill_rate / 2)
    rate = _within(known, 0.0, 1.0)
    basis = " as set" if lender.expected_rate is not None else f" of {lender.asked}" if lender.asked else ""
    return f"fill rate {rate:.0%}{basis}".replace("%", " %"), round(weights.fill_rate * rate)


def _turnaround(lender: Lender, _need: Need, weights: Weights) -> tuple[str, int]:
    is_set = lender.expected_turnaround_days is not None
    days = lender.expected_turnaround_days if is_set else lender.turnaround_days
    if days is None:
        return "turnaround not known", round(weights.turnaround / 2)
    speed = 1 - _within(days / weights.slow_days, 0.0, 1.0) if weights.slow_days > 0 else 0.0
    return f"turnaround {days:g} days{' as set' if is_set else ''}", round(weights.turnaround * speed)


START_CHANCE: Final = 0.5
START_NO_DAYS: Final = 2.0
LEAST_CHANCE: Final = 0.01
START_ANSWERS: Final = 2
"""What is supposed of a lender before it has answered, which counts as much as so many answers of its own."""


def lost_days(lender: Lender) -> float:
    """Days that are lost to its no for each item that it sends: days to a no, times how many there are for one yes."""
    sent = (lender.fill_rate or 0.0) * lender.asked
    chance = (sent + START_ANSWERS * START_CHANCE) / (lender.asked + START_ANSWERS)
    if lender.expected_rate is not None:
        chance = max(lender.expected_rate, LEAST_CHANCE)
    return _no_days(lender, lender.asked - sent) * (1 - chance) / chance


def _no_days(lender: Lender, nos: float) -> float:
    if lender.expected_no_days is not None:
        return lender.expected_no_days
    if lender.no_days is None:
        return START_NO_DAYS
    return (nos * lender.no_days + START_ANSWERS * START_NO_DAYS) / (nos + START_ANSWERS)


def _wait(lender: Lender, _need: Need, weights: Weights) -> tuple[str, int]:
    """What a lender costs in waiting when it has not got the work counts as much as how fast it sends."""
    lost = lost_days(lender)
    speed = 1 - _within(lost / weights.slow_no_days, 0.0, 1.0) if weights.slow_no_days > 0 else 0.0
    basis = f"{lender.no_days:g} days to a no" if lender.no_days is not None else "time to a no not known"
    if lender.expected_no_days is not None:
        basis = f"{lender.expected_no_days:g} days to a no, as set"
    return f"{lost:.1f} days lost for each item ({basis})", round(weights.wait * speed)


def _balance(lender: Lender, _need: Need, weights: Weights) -> tuple[str, int]:
    if not lender.balance:
        return _NO_BEARING
    points = round(weights.balance * _within(lender.balance / max(1, weights.full_balance), -1.0, 1.0))
    return (f"owes us {lender.balance}" if lender.balance > 0 else f"we owe it {-lender.balance}"), points


def _cost(lender: Lender, need: Need, weights: Weights) -> tuple[str, int]:
    if _is_free(lender):
        return "free", weights.free
    assert lender.cost is not None, "what is not free has a cost"
    left = 1 - lender.cost.amount / need.max_cost.amount if need.max_cost else Decimal(0)
    return f"costs {lender.cost.amount} {lender.cost.currency}", round(weights.free * left)


CRITERIA: Final[tuple[_Criterion, ...]] = (_reciprocity, _courier, _fill_rate, _turnaround, _wait, _balance, _cost)


def _line(lender: Lender, need: Need, weights: Weights) -> RotaLine:
    parts = [(words, points) for words, points in (each(lender, need, weights) for each in CRITERIA) if words]
    if lender.is_last_resort:
        parts.append(("last resort", 0))
    if lender.held.words:
        parts.insert(0, (lender.held.words, 0))
    return RotaLine(
        partner=lender.partner,
        score=sum(points for _words, points in parts),
        reason=", ".join(f"{words} {points:+}" if points else words for words, points in parts),
        record_id=lender.held.record_id,
    )


def _is_free(lender: Lender) -> bool:
    return lender.cost is None or lender.cost.amount <= 0


def _within(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)
