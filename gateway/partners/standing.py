"""What follows from a day: whether a partner's requests are taken, and whether it can be asked to lend. Pure.

Days are those of the library's own time zone.
"""

from collections.abc import Iterable
from datetime import date

import msgspec

from gateway.iso18626.codes import ServiceType
from gateway.workflow.partners import Partner, Period


class PartnerStanding(msgspec.Struct, frozen=True, kw_only=True):
    """How a partner stands on a day, in words that end no sentence; None where nothing is in the way."""

    requests_refused: str | None = None
    not_asked_to_lend: str | None = None


def suspended(partner: Partner, day: date) -> str | None:
    """Say since when and until when a partner is suspended; None where it isn't on that day."""
    if partner.suspended:
        return "suspended until further notice"
    return _words("suspended", partner.suspensions, day)


def closed(partner: Partner, day: date) -> str | None:
    """Say until when a partner is closed; None where it is open on that day, as far as we know."""
    return _words("closed", partner.closures, day)


def lends(partner: Partner, service: ServiceType) -> bool:
    """Say whether our terms let us do this for a partner; of CopyOrLoan one of the two is enough."""
    allowed = partner.lending.services
    either = {ServiceType.COPY, ServiceType.LOAN} if service is ServiceType.COPY_OR_LOAN else set()
    return not allowed or service in allowed or bool(either & {*allowed}) or ServiceType.COPY_OR_LOAN in allowed


def standing(partner: Partner, day: date) -> PartnerStanding:
    """Return both: a suspended partner is neither lent to nor asked, a closed one is not asked."""
    refused = suspended(partner, day)
    return PartnerStanding(requests_refused=refused, not_asked_to_lend=refused or closed(partner, day))


def suspend(partner: Partner, period: Period) -> Partner:
    """Return the partner with one more suspension, in the order of their beginnings; the same one twice is one."""
    periods = {*partner.suspensions, period}
    return msgspec.structs.replace(partner, suspensions=tuple(sorted(periods, key=_order)))


def resume(partner: Partner, day: date) -> Partner:
    """Return the partner taken back from that day on: what holds then ends the day before, what comes later is dropped."""
    kept = []
    for period in partner.suspensions:
        if period.first >= day:
            continue
        last = period.last
        ends = last if last is not None and last < day else date.fromordinal(day.toordinal() - 1)
        kept.append(msgspec.structs.replace(period, last=ends))
    return msgspec.structs.replace(partner, suspended=False, suspensions=tuple(kept))


def _order(period: Period) -> tuple[date, date, str]:
    return period.first, period.last or date.max, period.why


def _words(what: str, periods: Iterable[Period], day: date) -> str | None:
    period = next((each for each in periods if each.holds(day)), None)
    if period is None:
        return None
    until = f"until {period.last}" if period.last else "until further notice"
    return f"{what} {until}" + (f" ({period.why})" if period.why else "")
