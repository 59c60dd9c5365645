"""Queries in PQF, YAZ's prefix notation of Z39.50's type-1 query. An index is a list of Bib-1 attributes, like `1=7 4=1`.

The counterpart of `cql`, with the same four functions. Terms are quoted so that nothing in them is read as syntax
(YAZ manual, “Prefix Query Format”). Pure: text in, text out.
"""

import re
from collections.abc import Iterable
from functools import reduce
from typing import Final

from gateway.catalogue.language import quoted

takes_or: Final = True
_SPECIAL = re.compile(r'([\\"])')
_TRUNCATION = "5="
_RIGHT = "5=1"


def term(text: str) -> str:
    """Quote a term."""
    return quoted(text, _SPECIAL)


def clause(index: str, text: str) -> str:
    """Ask for a term under the attributes of an index."""
    return " ".join((*(f"@attr {each}" for each in index.split()), term(text)))


def beginning(index: str, text: str) -> str:
    """Ask for the words that begin with a text: truncated to the right."""
    kept = [each for each in index.split() if not each.startswith(_TRUNCATION)]
    return clause(" ".join((*kept, _RIGHT)), text)


def any_of(queries: Iterable[str]) -> str:
    """Join by `@or`, each different query once."""
    return _joined("@or", queries)


def all_of(queries: Iterable[str]) -> str:
    """Join by `@and`, each different query once."""
    return _joined("@and", queries)


def _joined(operator: str, queries: Iterable[str]) -> str:
    different = list(dict.fromkeys(filter(None, queries)))
    return reduce(lambda left, right: f"{operator} {left} {right}", different) if different else ""
