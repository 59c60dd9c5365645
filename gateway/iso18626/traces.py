"""What a document says of the customer outside patronInfo: in elements whose names are misspelt or misplaced, and in notes. Pure.

Known is what the document itself calls the customer. Notes, elements that the schema doesn't have and text between elements are
looked through; titles and authors are not, for they have names too. A message about a request that came before says nothing
of who is meant, so a name in its note is not known.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from lxml import etree

from gateway.iso18626.elements import ADDRESSES, MESSAGES, Block
from gateway.iso18626.messages import Message, PatronInfo, Request
from gateway.iso18626.parser import local_name
from gateway.iso18626.values import ElectronicAddress, PhysicalAddress

BLANK: Final = "…"
LONGEST_BYTES: Final = 64 * 1024
"""Of a document that is looked through word by word; the notes of a longer one are emptied. Usual ones have 5 KB."""
_SHORTEST: Final = 3
"""Characters of a text that is looked for; shorter ones are initials, and any word may hold them."""
_MOST: Final = 20
"""Texts that are looked for: a customer has a handful."""

_PERSONAL: Final = ("patroninfo", "patronid", "surname", "givenname")
_HINTS: Final = ("patron", "borrower", "customer", "surname", "givenname", "firstname", "lastname", "familyname")
"""What the name of an element that the schema doesn't have says of its content."""
_SAY_NOTHING: Final = frozenset(
    {"patrontype", "sendtopatron", "electronicaddresstype", "locality", "postalcode", "region", "country"}
)
"""Elements of a customer's own that many share."""


def are_in_notes(message: Message) -> bool:
    """Say whether a message without oddities may say in a note what it calls its customer."""
    if not isinstance(message, Request) or message.patron_info is None:
        return False
    notes = "\n".join(filter(None, _notes(message))).casefold()
    if not notes:
        return False
    for text in _parts(message.patron_info):
        words = text.split(maxsplit=1) if text and len(text) >= _SHORTEST else None
        if words and words[0].casefold() in notes:
            return True
    return False


def blank(root: etree._Element, size: int) -> None:
    """Take what the document calls its customer out of all of it but the bibliographic parts; `size` is its bytes."""
    personal = [each for each in root.iter("*") if _is_about_the_customer(each)]
    texts = _worth_looking_for(text for each in personal for text in _leaves(each))
    for each in personal:
        empty(each)
    if texts:
        _blank_texts(root, None if size > LONGEST_BYTES else _pattern(texts))


def _is_about_the_customer(element: etree._Element) -> bool:
    """Whether its name says so, or what stands right in an element that the schema doesn't have."""
    name = local_name(element)
    strange = name.lower() not in _NAMES
    return is_personal(name) or (strange and any(is_personal(local_name(each)) for each in element.iterchildren("*")))


def empty(element: etree._Element) -> None:
    """Take out all that the element holds; what follows it stays."""
    tail = element.tail
    element.clear()
    element.tail = tail


@lru_cache(maxsize=1024)
def is_personal(name: str) -> bool:
    """Whether an element of this name is about the customer, or is meant to be."""
    lowered = name.lower()
    if lowered in _PERSONAL or lowered in _NAMES:
        return lowered in _PERSONAL
    from rapidfuzz.distance import OSA  # noqa: PLC0415 - forty modules that no start waits for

    bare = re.sub(r"[\W_]", "", lowered)
    alike = (OSA.distance(bare, each, score_cutoff=len(each) // 4) <= len(each) // 4 for each in _PERSONAL)
    return any(hint in bare for hint in _HINTS) or any(alike)


def _notes(message: Request) -> list[str | None]:
    """The notes of a request (tests/iso18626/test_traces.py knows that there are no others)."""
    own = [] if message.service_info is None else [message.service_info.note]
    return own + [supplier.availability_note for supplier in message.supplier_infos]


def _parts(person: PatronInfo) -> Iterator[str | None]:
    yield from (person.patron_id, person.surname, person.given_name)
    for address in person.addresses:
        match address:
            case ElectronicAddress():
                yield address.electronic_address_data
            case PhysicalAddress():
                yield from (address.line1, address.line2)


def _leaves(element: etree._Element) -> Iterator[str | None]:
    yield from (each.text for each in element.iter("*") if local_name(each).lower() not in _SAY_NOTHING)


def _worth_looking_for(texts: Iterable[str | None]) -> tuple[str, ...]:
    words = (" ".join(text.split()) for text in texts if text)
    return tuple(dict.fromkeys(text for text in words if len(text) >= _SHORTEST))[:_MOST]


def _pattern(texts: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(texts, key=len, reverse=True)
    written = "|".join(r"\s+".join(map(re.escape, text.split())) for text in longest_first)
    return re.compile(rf"(?<!\w)(?:{written})(?!\w)", re.IGNORECASE)


def _blank_texts(root: etree._Element, pattern: re.Pattern[str] | None) -> None:
    for element in root.iter("*"):
        name = local_name(element).lower()
        if element.text and (name.endswith("note") or name not in _NAMES or len(element)):
            element.text = _blanked(element.text, pattern)
        if element.tail:
            element.tail = _blanked(element.tail, pattern)


def _blanked(text: str, pattern: re.Pattern[str] | None) -> str:
    if not text.strip():
        return text
    return BLANK if pattern is None else pattern.sub(BLANK, text)


def _names_in(block: Block) -> Iterator[str]:
    for row in block.rows:
        yield row.wire.lower()
        if isinstance(row.kind, Block):
            yield from _names_in(row.kind)


_NAMES: Final = frozenset(
    {"iso18626message", "address"}
    | {name.lower() for name in ADDRESSES}
    | {kind.value.lower() for kind in MESSAGES}
    | {name for block in (*MESSAGES.values(), *ADDRESSES.values()) for name in _names_in(block)}
)
"""Every name of the schemas, in small letters."""
