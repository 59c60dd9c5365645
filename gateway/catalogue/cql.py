"""Queries in CQL, the query language of SRU: terms quoted so that nothing in them is read as syntax.

Only what every server understands is used: `index = "term"`, `and`, `or`, brackets (CQL 1.1, and OASIS searchRetrieve
part 5). Pure: text in, text out.
"""

import re
from collections.abc import Iterable
from typing import Final

from gateway.catalogue.language import quoted

takes_or: Final = True
_SPECIAL = re.compile(r'([\\"*?^])')
"""The escape itself, the quote, and in a quoted term the masks and the anchor (CQL 1.2, “Term”)."""


def term(text: str) -> str:
    """Quote a term; masks and anchors in it stand for themselves."""
    return quoted(text, _SPECIAL)


def clause(index: str, text: str) -> str:
    """Ask for a term in an index."""
    return f"{index}={term(text)}"


def beginning(index: str, text: str) -> str:
    """Ask for the words that begin with a text."""
    return f'{clause(index, text)[:-1]}*"'


def any_of(queries: Iterable[str]) -> str:
    """Join by `or`, each different query once."""
    return _joined(" or ", queries)


def all_of(queries: Iterable[str]) -> str:
    """Join by `and`, each different query once."""
    return _joined(" and ", queries)


def _joined(word: str, queries: Iterable[str]) -> str:
    different = list(dict.fromkeys(filter(None, queries)))
    return different[0] if len(different) == 1 else word.join(map(_bracketed, different))


def _bracketed(query: str) -> str:
    """In brackets where it is more than one clause: the precedence of CQL's booleans is from left to right."""
    return f"({query})" if _BOOLEAN.search(_QUOTED.sub('""', query)) else query


_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_BOOLEAN = re.compile(r" (?:and|or) ")
