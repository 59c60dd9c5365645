"""What the products of the field do differently: one module a product, as data and pure functions message -> message.

`incoming` takes a peer's conventions out of a message; `outgoing` puts them in, and fits the message to the peer's
version: what a peer or a version cannot take is told in words. `encode_for` does that and writes the document. Nothing
outside this package and `notes` knows a product by its name; each product's module says what is known of it and where
that is from, and which part is our reading. The vectors are in tests/vectors/dialects.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from msgspec.structs import replace

from gateway.iso18626.dialects import alma, broker, illiad, koha, oclc, plain, reshare
from gateway.iso18626.dialects.habits import Dialect, HeardMessage
from gateway.iso18626.dialects.speech import encode_for, incoming, outgoing
from gateway.iso18626.dialects.wording import in_words, refusable

DIALECTS: Final[Mapping[str, Dialect]] = {
    dialect.name: dialect
    for dialect in (
        plain.DIALECT,
        reshare.DIALECT,
        broker.OPAQUE,
        broker.TRANSPARENT,
        alma.DIALECT,
        oclc.DIALECT,
        illiad.DIALECT,
        koha.DIALECT,
    )
}


def dialect_of(name: str, refuses: Iterable[str]) -> Dialect:
    """The dialect of a peer that refuses more than its product does. Raises KeyError for an unknown name."""
    more = frozenset(filter(None, map(refusable, refuses)))
    dialect = DIALECTS[name]
    return replace(dialect, rejects=dialect.rejects | more) if more else dialect


__all__ = [
    "DIALECTS",
    "Dialect",
    "HeardMessage",
    "dialect_of",
    "encode_for",
    "in_words",
    "incoming",
    "outgoing",
    "refusable",
]
