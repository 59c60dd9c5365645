"""Hypothesis strategies: every message that a version can express, generated from the table of elements."""

from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import Any

from hypothesis import strategies as st

from gateway.iso18626.codes import MessageKind, Version, known
from gateway.iso18626.elements import ADDRESSES, MESSAGES, Block, ElementRow, Kind
from gateway.iso18626.values import Code

# Every character that XML can carry; \r, quotes and brackets among them.
LEGAL = st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff").filter(
    lambda char: char >= " " or char in "\t\n\r"
)
ANY_TEXT = st.text(LEGAL, max_size=12) | st.sampled_from(["", " ", "<&>\"'", "]]>", "\r\n", "ÆØÅ 漢字"])
SOME_TEXT = ANY_TEXT.filter(bool)
SCHEMES = st.none() | st.sampled_from(
    ["urn:x", "http://illtransactions.org/ISO18626/OpenCodeList/XList-V1.0", "a&b", "ä"]
)
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=14)), timezone(timedelta(hours=-5, minutes=-30))])
TIMES = st.datetimes(datetime(1, 1, 4), datetime(9999, 12, 28), timezones=ZONES)  # noqa: DTZ001  the bounds are naive
WHOLE = st.integers(-(10**17), 10**17)
LEAVES: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.TEXT: SOME_TEXT,
    Kind.CODE: st.builds(Code, SOME_TEXT, SCHEMES),
    Kind.CURRENCY: st.builds(Code, st.sampled_from(["USD", "EUR", "", "points"]), SCHEMES),
    Kind.PLAIN_CODE: st.builds(Code, SOME_TEXT),
    Kind.TIME: TIMES,
    Kind.DECIMAL: st.decimals(-(10**9), 10**9, places=4),
    Kind.INTEGER: WHOLE,
    Kind.COUNT: WHOLE.map(abs),
    Kind.BOOLEAN: st.booleans(),
}

MANDATORY = LEAVES | {Kind.TEXT: ANY_TEXT, Kind.CODE: st.builds(Code, ANY_TEXT, SCHEMES)}


@cache
def messages(kind: MessageKind, version: Version) -> st.SearchStrategy[Any]:
    """Messages of one kind that the version can say."""
    return block(MESSAGES[kind], version)


def block(of: Block, version: Version) -> st.SearchStrategy[Any]:
    fields = {}
    for row in of.rows:
        mark = row.mark(version)
        if mark == "^" and isinstance(row.kind, Block):
            fields[row.field] = st.none() | block(row.kind, version).filter(says_something)
        elif mark != "-":
            fields[row.field] = often(of, row, version)
    return st.builds(of.struct, **fields)


def says_something(struct: Any) -> bool:
    return bool(struct != type(struct)())


def often(of: Block, row: ElementRow, version: Version) -> st.SearchStrategy[Any]:
    """The value of a field, as often as the version has it."""
    mark = row.mark(version)
    if of.repeats(row.field):
        return st.lists(value(row, version), max_size={"*": 4, "3": 3}.get(mark, 1)).map(tuple)
    if mark not in "1~":
        return st.none() | value(row, version)
    if isinstance(row.kind, Kind) and row.kind in MANDATORY:
        return MANDATORY[row.kind]
    return value(row, version)


def value(row: ElementRow, version: Version) -> st.SearchStrategy[Any]:
    if isinstance(row.kind, Block):
        return block(row.kind, version)
    if row.kind is Kind.ADDRESS:
        return st.one_of(*(block(each, version) for each in ADDRESSES.values()))
    if isinstance(row.kind, Kind):
        return LEAVES[row.kind]
    return st.sampled_from([code for code in row.kind if known(code, version)])
