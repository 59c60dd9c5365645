"""A partner's figures in lines of text. Pure."""

from collections.abc import Iterator
from typing import Any, Final

from gateway.commands.output import moment
from gateway.desk.structs.figures import FiguresShown

_UNITS: Final = ((86_400, "d"), (3_600, "h"), (60, "min"))


def lines(shown: FiguresShown) -> Iterator[tuple[str, Any]]:
    """Yield label and value of each figure."""
    figures, backoff = shown.figures, shown.backoff
    yield "period", f"{shown.first} to {shown.last}"
    yield "requests", figures.requests
    yield from ((f"  {result}", count) for result, count in figures.results.items() if count)
    yield "fill rate", "none answered yet" if figures.fill_rate is None else f"{figures.fill_rate:.0%}"
    times = figures.answer_times
    if times.median_s is not None and times.p90_s is not None:
        yield "first answer, median", span(times.median_s)
        yield "first answer, 9 of 10 in", span(times.p90_s)
    yield "messages in", figures.messages_in
    yield "messages out", figures.messages_out
    yield "  refused by the partner", figures.refused_by_partner
    yield "messages put right", figures.repaired_messages
    yield from ((f"  {count} times", repair) for repair, count in figures.repairs.items())
    for direction, faults in figures.faults.items():
        yield f"failed exchanges, {direction}", sum(faults.values())
        yield from ((f"  {count} times", fault) for fault, count in faults.items())
    yield "back-off now", f"until {moment(backoff.until)}" if backoff else "none"
    if not figures.complete:
        yield "not complete", "only the newest requests were looked at"


def span(seconds: float) -> str:
    """Return a time in the largest unit of which there are two or more."""
    for size, unit in _UNITS:
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.1f} s"
