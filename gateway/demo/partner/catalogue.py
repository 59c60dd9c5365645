"""The demonstration partner's catalogue over SRU 1.2: three fictional works, found by the indexes that Koha's catalogues have. Pure.

So much of CQL is understood as a gateway asks: `index="term"`, `and`, `or`, brackets; a term with `*` at its end is the beginning of a word.
"""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Final
from xml.sax.saxutils import escape

import msgspec


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """A work that the library has, and its one copy."""

    number: str
    title: str
    author: str
    isbn: str
    year: str
    barcode: str
    due: str = ""
    """When it comes back, if it is out."""


WORKS: Final = (
    Work(
        number="sv000001", title="The Lighthouse Keeper's Ledger", author="Fabricated, Finn", isbn="9780000000606",
        year="2011", barcode="30000006000016",
    ),
    Work(
        number="sv000002", title="A Grammar of Silence", author="Notional, Nell", isbn="9780000000613",
        year="1998", barcode="30000006000024", due="2030-01-31",
    ),
    Work(
        number="sv000003", title="Clouds for Beginners", author="Invented, Iris", isbn="9780000000620",
        year="2019", barcode="30000006000032",
    ),
)  # fmt: skip


def has_in(number: str | None, isbns: Collection[str]) -> bool:
    """Whether the library has its copy of a work in, by its own record number or an ISBN of 13 digits."""
    return any(not work.due and (work.number == number or work.isbn in isbns) for work in WORKS)


_INDEXES: Final[Mapping[str, Callable[[Work], str]]] = {
    "rec.id": lambda work: work.number,
    "bath.isbn": lambda work: work.isbn,
    "dc.title": lambda work: work.title,
    "dc.creator": lambda work: work.author,
    "dc.date": lambda work: work.year,
}
_TOKEN: Final = re.compile(r'\s*(\(|\)|and\b|or\b|([\w.]+)\s*=\s*"((?:[^"\\]|\\.)*)")\s*')
_DIAGNOSTIC: Final = (
    '<zs:diagnostics><d:diagnostic xmlns:d="http://www.loc.gov/zing/srw/diagnostic/"><d:uri>info:srw/diagnostic/1/{}</d:uri>'
    "<d:details>{}</d:details></d:diagnostic></zs:diagnostics>"
)
_SYNTAX, _INDEX = 10, 16
"""Of SRU's list of diagnostics."""


class BadQueryError(ValueError):
    """A query that is not understood: a number of SRU's list, and what it is about."""

    def __init__(self, number: int, details: str) -> None:
        super().__init__(details)
        self.number = number
        self.details = details


def answer(query: str) -> bytes:
    """Return the response to searchRetrieve."""
    try:
        found = search(query)
    except BadQueryError as bad:
        return _response(0, _DIAGNOSTIC.format(bad.number, escape(bad.details)))
    return _response(len(found), f"<zs:records>{''.join(map(_record, found))}</zs:records>")


def search(query: str) -> tuple[Work, ...]:
    """Find works. Raises BadQueryError."""
    tokens = _tokens(query)
    matches = _query(tokens)
    if tokens:
        raise BadQueryError(_SYNTAX, "")
    return tuple(work for work in WORKS if matches(work))


_Test = Callable[[Work], bool]


def _tokens(query: str) -> list[tuple[str, str, str]]:
    tokens: list[tuple[str, str, str]] = []
    at = 0
    while at < len(query):
        match = _TOKEN.match(query, at)
        if match is None:
            raise BadQueryError(_SYNTAX, "")
        tokens.append((match[1], match[2] or "", match[3] or ""))
        at = match.end()
    return tokens


def _query(tokens: list[tuple[str, str, str]]) -> _Test:
    """From left to right: `and` and `or` bind alike (CQL 1.2)."""
    test = _operand(tokens)
    while tokens and tokens[0][0] in {"and", "or"}:
        word, before, after = tokens.pop(0)[0], test, _operand(tokens)
        test = _both(before, after) if word == "and" else _either(before, after)
    return test


def _both(one: _Test, other: _Test) -> _Test:
    return lambda work: one(work) and other(work)


def _either(one: _Test, other: _Test) -> _Test:
    return lambda work: one(work) or other(work)


def _operand(tokens: list[tuple[str, str, str]]) -> _Test:
    if not tokens:
        raise BadQueryError(_SYNTAX, "")
    text, index, term = tokens.pop(0)
    if text == "(":
        test = _query(tokens)
        if not tokens or tokens.pop(0)[0] != ")":
            raise BadQueryError(_SYNTAX, "")
        return test
    if not index:
        raise BadQueryError(_SYNTAX, "")
    if index not in _INDEXES:
        raise BadQueryError(_INDEX, index)
    return _clause(_INDEXES[index], term)


def _clause(of: Callable[[Work], str], term: str) -> _Test:
    """Every word of the term is a word there; the last one the beginning of one, where a mask stands behind it."""
    masked = term.endswith("*") and not term.endswith("\\*")
    wanted = _words(term)
    whole, begun = (wanted[:-1], wanted[-1:]) if masked else (wanted, [])

    def test(work: Work) -> bool:
        there = _words(of(work))
        return bool(wanted) and all(word in there for word in whole) and all(
            any(each.startswith(word) for each in there) for word in begun
        )  # fmt: skip

    return test


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _response(count: int, body: str) -> bytes:
    return (
        '<zs:searchRetrieveResponse xmlns:zs="http://www.loc.gov/zing/srw/"><zs:version>1.2</zs:version>'
        f"<zs:numberOfRecords>{count}</zs:numberOfRecords>{body}</zs:searchRetrieveResponse>"
    ).encode()


def _record(work: Work) -> str:
    """MARCXML, with the item as Koha has it."""
    fields = (
        ("020", {"a": work.isbn}), ("100", {"a": work.author}), ("245", {"a": work.title}), ("264", {"c": work.year}),
        ("952", {"b": "MAIN", "p": work.barcode, "o": f"QX {work.number[-2:]}"} | ({"q": work.due} if work.due else {})),
        ("999", {"c": work.number}),
    )  # fmt: skip
    return (
        "<zs:record><zs:recordSchema>marcxml</zs:recordSchema><zs:recordPacking>xml</zs:recordPacking><zs:recordData>"
        '<record xmlns="http://www.loc.gov/MARC21/slim"><leader>00000nam a2200000 a 4500</leader>'
        f'<controlfield tag="001">{work.number}</controlfield>{"".join(_field(tag, parts) for tag, parts in fields)}</record>'
        "</zs:recordData></zs:record>"
    )


def _field(tag: str, parts: Mapping[str, str]) -> str:
    inside = "".join(f'<subfield code="{code}">{escape(text)}</subfield>' for code, text in parts.items())
    return f'<datafield tag="{tag}" ind1=" " ind2=" ">{inside}</datafield>'
