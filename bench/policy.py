"""What the lending policy costs a request: the verdict on one copy and on twenty, with tables of different length.

python -m bench.policy
"""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import cycle, islice

from bench.report import heading, table
from gateway.iso18626.codes import ServiceType
from gateway.policy.judging import answer
from gateway.policy.lines import PolicyTerms
from gateway.workflow.calendar import Calendar, Calendars
from gateway.workflow.policy import Policy, PolicyLine
from gateway.workflow.records import Answer, AnswerKind, Copy, CopyStatus

WORDS = """\
One verdict is what a request costs once 17 was asked: each copy is held against the lines from the top, the best copy
is chosen, the day to expect it counted. No line but the last fits, so that the whole table is read, once for each of the four
branches that the copies are in; lines are about item types, collections, branches and partners in turn. CPU time of one thread, the best of nine rounds."""
ROUNDS = 9
ROUND_S = 0.1
BRANCHES = ("MAIN", "NORTH", "SOUTH", "HILL")
AT = datetime(2026, 10, 28, 9, 0, tzinfo=UTC)
TERMS = PolicyTerms(service=ServiceType.LOAN, partner="valley", groups=("consortium",), open_loans=2)
CALENDARS = Calendars(library=Calendar(time_zone="Europe/Berlin", closed_yearly=((12, 25), (1, 1))))


def policy(lines: int) -> Policy:
    """A policy of so many lines, of which the last is about every copy."""
    kinds = cycle(
        (
            PolicyLine(item_types=("film", "score", "map"), lend=False),
            PolicyLine(item_types=("book",), collections=("rare", "local"), lend=False),
            PolicyLine(item_types=("book",), branches=("EAST", "WEST"), days=14),
            PolicyLine(branches=("MAIN",), partners=("hills", "dale"), groups=("far",), days=14),
        )
    )
    last = (PolicyLine(days=28, renewals=1, embargo_days=90, most_at_once=10),)
    return Policy(lines=(*islice(kinds, lines - 1), *last) if lines else ())


def copies(count: int) -> tuple[CopyStatus, ...]:
    """So many copies of one book in four branches, all here."""
    return tuple(
        CopyStatus(
            copy=Copy(
                item_barcode=f"3000000000{number:04}",
                branch=BRANCHES[number % len(BRANCHES)],
                item_type="book",
                collection="stacks",
                acquired_on=date(2020, 1, 1),
            ),
            status="03",
        )
        for number in range(count)
    )


def verdict(count: int, lines: int) -> Callable[[], Answer]:
    """One verdict, and a check that it is the one meant."""
    statuses, rules = copies(count), policy(lines)
    given = answer(statuses, TERMS, rules, CALENDARS, AT)
    assert given.kind is AnswerKind.SUPPLY
    assert given.loan_days == (28 if lines else 42)
    return lambda: answer(statuses, TERMS, rules, CALENDARS, AT)


def cpu_us(work: Callable[[], Answer]) -> float:
    """CPU microseconds of one verdict: the best of several rounds."""
    return min(_round_us(work) for _ in range(ROUNDS))


def _round_us(work: Callable[[], Answer]) -> float:
    count, began = 0, time.process_time()
    while (spent := time.process_time() - began) < ROUND_S:
        work()
        count += 1
    return spent / count * 1e6


def main() -> None:
    """Print the figures."""
    heading("The lending policy: one verdict", WORDS)
    rows = [
        (f"{count} {'copy' if count == 1 else 'copies'}", f"{lines}", f"{cpu_us(verdict(count, lines)):.0f} us")
        for count in (1, 20)
        for lines in (0, 10, 500)
    ]
    table(("copies", "lines", "a verdict"), rows)


if __name__ == "__main__":
    main()
