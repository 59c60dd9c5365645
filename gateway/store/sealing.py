"""The audit chain: what a seal is made of, and what a look at it finds. Pure.

A leaf is the digest of one line of history under a salt of its own, raw messages counting as their digests (`keeping_tables.without_raw`), so that
letting go of those changes no leaf. A head is the digest of all leaves of a stretch and of the head before it. Whoever changes, takes away or adds a
line must make every later head anew, and these stand in logs, in manifests of back-ups and wherever else somebody has kept one.

What is written once beside history (`Book`) has a chain of its own, of stretches of one book each. A seal of history names the newest head of that
chain, and its own head is made of it: who has kept one head has kept both.

Two things may happen to a sealed line, and both are lines of history themselves: it went with its request (a purge, whose tombstones name it), or its
words were erased. Then its salt is gone too: the leaf stays in the chain, and nobody can try out what the words may have been.
"""

import os
import struct
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Final

import msgspec

from gateway.store.columns import stamp

GENESIS: Final = "0" * 64
"""The head before the first."""
_LEAF: Final = struct.Struct(">Q8s16s")
NO_SALT: Final = bytes(8)
MOST_LINES: Final = 1 << 31
"""More than history or a book will ever have: a higher number is none that the gateway has written."""
GONE_WITH_IT: Final = "gone with it"
"""In the detail of a line of history that tells of a purge: by book the numbers of the lines that went with it, as distances."""


class Book(StrEnum):
    """What is written once and never changed, beside history: the tables that have it, and what people call them."""

    BILL_HISTORY = "bill_history"
    LEDGER = "ledger"
    INVOICE_HISTORY = "invoice_history"
    INVOICE_LEDGER = "invoice_ledger"
    DIRECTORY_HISTORY = "directory_history"
    POLICIES = "policies"

    @property
    def called(self) -> str:
        """As people call it."""
        return _TITLES[self]


_TITLES: Final = {
    Book.BILL_HISTORY: "the history of bills",
    Book.LEDGER: "the ledger",
    Book.INVOICE_HISTORY: "the history of lenders' invoices",
    Book.INVOICE_LEDGER: "the ledger of lenders' invoices",
    Book.DIRECTORY_HISTORY: "the changes of partners and peers",
    Book.POLICIES: "the versions of the policy",
}


class StoredLine(msgspec.Struct, frozen=True):
    """A line of history as it is stored; `entry` without its raw messages. A line of a book likewise: whom or what it is about, and the rest as JSON."""

    id: int
    request: str | None
    at: int
    """Microseconds."""
    entry: str | None
    event: str | None


class Leaf(msgspec.Struct, frozen=True):
    """What is sealed of a line."""

    id: int
    salt: bytes
    digest: bytes


class Seal(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of history, or of a book, sealed."""

    number: int
    sealed_at: datetime
    leaves: tuple[Leaf, ...]
    head: str
    beside: str = ""
    """Of a stretch of history: the newest head over the books, if there was one by then. Of one of a book: its name."""


class Tombstone(msgspec.Struct, frozen=True):
    """A request that was purged, as the chain knows it."""

    purged_at: datetime
    request: str
    entries: str
    """The ids of its lines of history, as distances."""


class IdSet:
    """A set of ids, a bit each: those of tens of millions of lines take some megabytes."""

    def __init__(self) -> None:
        """Begin with none."""
        self._bits = bytearray()
        self._count = 0

    def __len__(self) -> int:
        """How many there are."""
        return self._count

    def __contains__(self, number: object) -> bool:
        """Say whether an id is among them."""
        return (
            isinstance(number, int)
            and number >> 3 < len(self._bits)
            and bool(self._bits[number >> 3] >> (number & 7) & 1)
        )

    def add(self, numbers: Iterable[int]) -> None:
        """Take ids up. Raises ValueError for what is no id."""
        for number in numbers:
            if not 0 <= number <= MOST_LINES:
                raise ValueError(f"{number} is no number of a line")
            if number >> 3 >= len(self._bits):
                self._bits.extend(bytes((number >> 3) + 1 - len(self._bits)))
            self._count += number not in self
            self._bits[number >> 3] |= 1 << (number & 7)


class ChainFault(msgspec.Struct, frozen=True, kw_only=True):
    """Where the chain and history differ."""

    entry: int | None
    """The line of history; None for a seal as a whole."""
    words: str


def seal(lines: Iterable[StoredLine], before: Seal | None, at: datetime, beside: str = "") -> Seal:
    """Seal lines, in the order of their ids, behind the seal before."""
    leaves = tuple(leaf(line, os.urandom(8)) for line in lines)
    number = before.number + 1 if before else 1
    head = head_of(leaves, number, at, before.head if before else GENESIS, beside)
    return Seal(number=number, sealed_at=at, leaves=leaves, head=head, beside=beside)


def leaf(line: StoredLine, salt: bytes) -> Leaf:
    """Return a line's leaf under a salt."""
    content = msgspec.msgpack.encode((line.id, line.request, line.at, line.entry, line.event))
    return Leaf(line.id, salt, blake2b(content, key=salt, digest_size=16).digest())


def head_of(leaves: Iterable[Leaf], number: int, at: datetime, before: str, beside: str) -> str:
    """Return the head over leaves: their ids and digests, and not their salts."""
    told = blake2b(
        f"{' '.join(filter(None, (before, str(number), str(stamp(at)), beside)))}\n".encode(), digest_size=32
    )
    for each in leaves:
        told.update(_LEAF.pack(each.id, NO_SALT, each.digest))
    return told.hexdigest()


def packed(leaves: Iterable[Leaf]) -> bytes:
    """Return leaves as they are stored."""
    return b"".join(_LEAF.pack(each.id, each.salt, each.digest) for each in leaves)


def unpacked(data: bytes | str) -> tuple[Leaf, ...]:
    """Read leaves: none of what is no row of them, and then the head does not fit. SQLite has a text there if somebody has put one."""
    if isinstance(data, str) or len(data) % _LEAF.size:
        return ()
    return tuple(Leaf(*fields) for fields in _LEAF.iter_unpack(data))


def without_salt(leaves: Iterable[Leaf], number: int) -> tuple[Leaf, ...]:
    """Return leaves with the salt of one line gone."""
    return tuple(Leaf(each.id, NO_SALT, each.digest) if each.id == number else each for each in leaves)


def follows(found: Seal, before: str) -> bool:
    """Whether a seal is what it was when it was made, behind the head before it."""
    return head_of(found.leaves, found.number, found.sealed_at, before, found.beside) == found.head


def faults_of_seal(
    found: Seal, before: str, lines: Mapping[int, StoredLine], purged: Container[int], erased: Container[int]
) -> Iterator[ChainFault]:
    """Compare a seal with the head before it and with the lines of its stretch; `purged` and `erased` are the ids that history says so of."""
    if not follows(found, before):
        yield ChainFault(entry=None, words=f"Seal {found.number} does not follow from the one before it.")
    known = {each.id for each in found.leaves}
    for each in found.leaves:
        yield from _faults_of_leaf(each, lines.get(each.id), is_purged=each.id in purged, is_erased=each.id in erased)
    for number in sorted(lines.keys() - known):
        yield ChainFault(entry=number, words="It was added after its stretch of history was sealed.")


def _faults_of_leaf(each: Leaf, line: StoredLine | None, *, is_purged: bool, is_erased: bool) -> Iterator[ChainFault]:
    if line is None:
        if not is_purged:
            yield ChainFault(entry=each.id, words="It is missing, and no purge names it.")
    elif each.salt == NO_SALT:
        if not is_erased:
            yield ChainFault(entry=each.id, words="Its salt is gone, and no erasure names it.")
    elif leaf(line, each.salt).digest != each.digest:
        yield ChainFault(entry=each.id, words="It was changed.")


def distances(numbers: Collection[int]) -> str:
    """Write rising numbers as the first, and the distance of each from the one before."""
    listed = list(numbers)
    return ",".join(str(number - before) for before, number in zip([0, *listed], listed, strict=False))


def numbers_of(written: str) -> Iterator[int]:
    """Read numbers that were written as distances. Raises ValueError for what is none."""
    number = 0
    for distance in filter(None, written.split(",")):
        number += int(distance)
        yield number
