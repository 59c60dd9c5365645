"""What is known of a partner, value by value: learned from what it says and does, or set by staff in place of that. Pure.

The rota weighs by these values, a lender is waited for by them, and whoever never says Received is not asked for it; each is shown with
what it goes by.
"""

from typing import Final

import msgspec

from gateway.reports.lenders import ANSWERS_LEAST, LenderFigures
from gateway.workflow.partners import Expected, SaysReceived
from gateway.workflow.rota import START_CHANCE, START_NO_DAYS

PATIENCE_MORE: Final = 1.0
PATIENCE_MOST: Final = 10.0
"""Days: a lender gets one more than nearly all of its promises took, and never more than so many."""
CLOCK_REACHES: Final = 5.0
"""Days of the clock's three open ones, a weekend among them: whoever promises within these is waited for as the clock says."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """One value: what counts, by what it goes, and what was learned where staff have set another."""

    name: str
    value: str
    basis: str
    learned: str | None = None
    """What would count if it were not set; None: it is not set."""


def patience(figures: LenderFigures, expected: Expected) -> float | None:
    """Return the days for which a lender is waited for; None: as the clock says.

    By its promises alone: what its noes take is no reason to wait for them.
    """
    if expected.waits_days is not None:
        return expected.waits_days
    days = (figures.promise_days or 0.0) + PATIENCE_MORE
    return min(days, PATIENCE_MOST) if days > CLOCK_REACHES else None


def says_received(expected: Expected, *, learned: bool) -> bool:
    """Whether Received is to be expected of what it is lent."""
    return learned if expected.says_received is None else expected.says_received is SaysReceived.YES


def known_as_borrower(expected: Expected, *, says: bool) -> tuple[Known, ...]:
    """Return each value that choices rest on where we lend to it; `says`: it has said Received of something lately."""
    as_set = None if expected.says_received is None else expected.says_received.value
    return (_one("Says Received", as_set, *_received(says=says)),)


def known_as_lender(figures: LenderFigures, expected: Expected) -> tuple[Known, ...]:
    """Return each value that choices rest on where it lends to us."""
    return (
        _one("Supplies what it is asked for", _percent(expected.supplies_percent), *_supplies(figures)),
        _one("Days until its no", _days(expected.no_days), *_no_days(figures)),
        _one("Waited for", _days(expected.waits_days), *_waits(figures)),
        _one("From our request to the item", _days(expected.item_days), *_turnaround(figures)),
    )


def _one(name: str, as_set: str | None, learned: str, basis: str) -> Known:
    if as_set is None:
        return Known(name=name, value=learned, basis=basis)
    return Known(name=name, value=as_set, basis="set in its record", learned=f"{learned}: {basis}")


def _received(*, says: bool) -> tuple[str, str]:
    if says:
        return SaysReceived.YES.value, "it has said so of what we lent to it in the last year"
    return (
        SaysReceived.NO.value,
        "it has not said so of what we lent to it in the last year, if anything: no task asks for it",
    )


def _supplies(figures: LenderFigures) -> tuple[str, str]:
    if figures.fill_rate is None:
        return f"{START_CHANCE:.0%}", "nothing is known of it yet"
    return f"{figures.fill_rate:.0%}", _asked(figures.asked)


def _asked(requests: int) -> str:
    which = "the only request" if requests == 1 else f"{requests:,} requests"
    return f"of {which} that it has answered, or was left for its silence"


def _no_days(figures: LenderFigures) -> tuple[str, str]:
    if figures.no_days is None:
        return f"{START_NO_DAYS:g} days", "nothing is known of it yet"
    return f"{figures.no_days:g} days", "mean, until another could be asked"


def _waits(figures: LenderFigures) -> tuple[str, str]:
    if figures.promise_days is None:
        return "as the clock says", f"fewer than {ANSWERS_LEAST} promises yet"
    days, basis = patience(figures, Expected()), promises(figures)
    return ("as the clock says", basis) if days is None else (f"{days:g} days", f"{basis}, and one more")


def promises(figures: LenderFigures) -> str:
    """Say what its promises take."""
    return f"95 in 100 promises came within {figures.promise_days:g} days"


def _turnaround(figures: LenderFigures) -> tuple[str, str]:
    if figures.turnaround_days is None:
        return "not known", "nothing has come from it yet"
    return f"{figures.turnaround_days:g} days", "median, from the confirmation of our request to the scan on arrival"


def _percent(value: int | None) -> str | None:
    return None if value is None else f"{value}%"


def _days(value: float | None) -> str | None:
    return None if value is None else f"{value:g} days"
