"""What a task is about, in words: the work, the numbers that were asked for, the item and its shelf, the other library, the day. Pure.

A task is read in a list, in a message, on a phone: nobody should need another screen to settle it. What its words say already is not
said again.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo
from typing import Final

from gateway.workflow.days import local_day
from gateway.workflow.records import Copy, Request, Role
from gateway.workflow.values import Identifier, Wanted

ABOUT: Final = " It is about "
"""Between what a task says and what it is about."""
_ENDS: Final = (".", "!", "?", "”")
MOST_NUMBERS: Final = 3
LONGEST: Final = 200
"""Characters of a title or of an author's name that are said."""
_CODE: Final = re.compile(r"\b(of|at|for|from) ([^ ,]+)(?=,|$)")
"""Where a branch or a partner is named."""
_BEFORE_BRANCH: Final = frozenset({"of", "at"})
"""What stands before a branch; one code may be a partner's as well."""
_ID: Final = r"[\w.-]*\w"
_LIBRARIES: Final = tuple(
    re.compile(f"({before})({_ID}(?:, {_ID})*)(?={after})")
    for before, after in (
        (r"Asked so far: |\); ", ": "),  # borrowing.ask
        ("that we had left, ", ","),
        (r"Lenders to ask: |\), ", r" \("),  # words
        ("the catalogue of ", r" has |: |\."),  # words, a rota's doubts
        (r"Catalogues asked: |\. ", ": "),  # dispatch.catalogues
        (r"\bNot ", ": "),  # rota.not_asked
        (r"^Sent [\w ]+ to ", r"\.$"),  # dispatch.performers.letters
    )
)
"""Where sentences name other libraries: what stands before and behind."""
_WRITES: Final = " writes: "
"""Before what another library wrote, which ends a task's words: what reads as an id there is a word."""


def told(words: str, request: Request, zone: tzinfo) -> str:
    """Return a task's words with what they do not say yet of the request; its last day is the library's."""
    facts = [said for named, said in _facts(request, zone) if named not in words]
    ended = f"{words}." if words and not words.endswith(_ENDS) else words
    return f"{ended}{ABOUT}{', '.join(facts)}." if facts else words


def bare(words: str) -> str:
    """Return a task's words without what it is about: for a line that names that itself."""
    said, between, _facts_of = words.rpartition(ABOUT)
    return said if between else words


def parted(words: str, title: str | None) -> tuple[str, str]:
    """Return what a task says, and the facts that follow, without the title: for a page that shows the title itself."""
    named = f"{ABOUT}“{title[:LONGEST]}”" if title else ABOUT
    said, between, facts = words.rpartition(named if named in words else ABOUT)
    return (said, facts.removeprefix(", ").removesuffix(".")) if between else (words, "")


def named(facts: str, partners: Mapping[str, str], branches: Mapping[str, str]) -> str:
    """Return facts with the other library and our branches by their names, in place of their codes."""

    def name(found: re.Match[str]) -> str:
        names = branches if found[1] in _BEFORE_BRANCH else partners
        return f"{found[1]} {names.get(found[2], found[2])}"

    return _CODE.sub(name, facts)


def by_name(words: str, names: Mapping[str, str]) -> str:
    """Return what a task, or a line of history, says with the other libraries by their names, in place of their ids; `names` are partners' alone."""
    said, writes, quoted = words.partition(_WRITES)
    for place in _LIBRARIES:
        said = place.sub(lambda found: found[1] + _all_named(found[2], names), said)
    return said + writes + quoted


def _all_named(ids: str, names: Mapping[str, str]) -> str:
    return ", ".join(names.get(each, each) for each in ids.split(", "))


def _facts(request: Request, zone: tzinfo) -> tuple[tuple[str, str], ...]:
    """Each fact: the name by which it is known to be said already, and how it is said."""
    return (
        *_of_work(request.wanted),
        *_items(request),
        *_other_library(request),
        *_last_day(request.need_before, zone),
    )


def _of_work(wanted: Wanted) -> Iterator[tuple[str, str]]:
    title = (wanted.title or wanted.article_title or "")[:LONGEST]
    if title:
        yield f"“{title}”", f"“{title}”"
    if wanted.author:
        yield wanted.author, f"{'by' if title else 'a work by'} {wanted.author[:LONGEST]}"
    if wanted.published:
        yield wanted.published, wanted.published
    parts = (*wanted.volumes[:MOST_NUMBERS], *((f"issue {wanted.issue}",) if wanted.issue else ()))
    yield from ((f"part {part}", f"part {part}") for part in parts)
    yield from ((each.value, _number(each)) for each in wanted.identifiers[:MOST_NUMBERS])
    if wanted.record_id:
        yield wanted.record_id, f"record {wanted.record_id}"


def _number(each: Identifier) -> str:
    return f"{each.code} {each.value} as asked for"


def _items(request: Request) -> Iterator[tuple[str, str]]:
    proposed = request.answer.choice.copy if request.answer and request.answer.choice else None
    for copy in [item.copy for item in request.items] or ([proposed] if proposed else []):
        yield f"item {copy.item_barcode} ", _item(copy, request.role)


def _item(copy: Copy, role: Role) -> str:
    where = "of" if role is Role.LENDING else "for pickup at"
    shelf = f", shelf {copy.call_number}" if copy.call_number else ""
    return f"item {copy.item_barcode} {where} {copy.branch}{shelf}"


def _other_library(request: Request) -> Iterator[tuple[str, str]]:
    if request.role is Role.LENDING:
        name = request.deliver_to_name or request.partner or request.requesting_agency
        yield name, f"for {name}"
    elif request.partner:
        yield request.partner, f"from {request.partner}"


def _last_day(need_before: datetime | None, zone: tzinfo) -> Iterator[tuple[str, str]]:
    if need_before is not None:
        day = str(local_day(need_before, zone))
        yield day, f"needed by {day}"
