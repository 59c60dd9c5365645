"""What a request is found by: words without accents and case, and numbers without what people write between. Pure.

Both databases store and look for what is made here, so that they find the same. A word has letters and digits alone: nothing of what
a partner sends or a person types can be read as part of a query.
"""

import re
import unicodedata
from functools import lru_cache
from hashlib import blake2b
from typing import Final, NamedTuple

from gateway.workflow.records import Request

WORDS_MOST: Final = 120
"""Words of a request that it is found by; titles have twenty."""
LONGEST_WORD: Final = 40
LONGEST_NUMBER: Final = 64
SHORTEST_PREFIX: Final = 3
_LONGEST_TEXT: Final = 2_000
"""Characters of one text that are looked at."""

_WORD: Final = re.compile(r"[^\W_]+")
_ASCII: Final = bytes(code if chr(code).isascii() and chr(code).isalnum() else ord(" ") for code in range(256))
"""Letters and digits as they are, blanks for all else: a text of ASCII, as most are, is parted in half the time that an expression takes."""
_BETWEEN: Final = bytes(code for code in range(0x80) if not chr(code).isalnum())
"""What stands between them."""
_IDEOGRAPH: Final = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
"""Characters of scripts that part no words: each is a word of its own."""
_PARTNER: Final = "§"
"""What a partner's word begins with: none of a text has it."""


def words(*texts: str | None) -> tuple[str, ...]:
    """Return the words of texts, each once, in their order: “Über Öl, 2. Aufl.” is uber, ol, 2, aufl."""
    together = _folded("\n".join([text[:_LONGEST_TEXT] for text in texts if text]))
    if together.isascii():
        found = together.encode().translate(_ASCII).decode().split()
    else:
        found = _WORD.findall(_IDEOGRAPH.sub(r" \g<0> ", together))
    if max(map(len, found), default=0) > LONGEST_WORD:
        found = [word[:LONGEST_WORD] for word in found]
    return tuple(dict.fromkeys(found))[:WORDS_MOST]


def is_prefix(word: str) -> bool:
    """Whether a word that is looked for may be the beginning of one; short ones would find almost everything."""
    return len(word) >= SHORTEST_PREFIX


def number(text: str) -> str:
    """Return a number as it is compared: letters and digits alone, small; "" if it has none."""
    folded = _folded(text[: 2 * LONGEST_NUMBER])
    if folded.isascii():
        if folded.isalnum():  # there is nothing between, as in most
            return folded[:LONGEST_NUMBER]
        return folded.encode().translate(None, _BETWEEN).decode()[:LONGEST_NUMBER]
    return "".join(_WORD.findall(folded))[:LONGEST_NUMBER]


@lru_cache(maxsize=1_024)
def partner_word(partner: str) -> str:
    """Return the word that stands for a partner in the words of its requests, whatever it is called by then."""
    return _PARTNER + blake2b(partner.encode(), digest_size=5).hexdigest()


class Sources(NamedTuple):
    """What a request is found by, as it stands there: two that are equal are found by the same."""

    texts: tuple[str | None, ...]
    """Title, author, article, its note, and who it is from or with."""
    partner: str | None
    numbers: tuple[str, ...]
    """Beside its own: theirs, items' and the pool's, ISBN and the like."""

    @classmethod
    def of(cls, request: Request) -> "Sources":
        """Gather them."""
        wanted = request.wanted
        symbol = request.supplying_agency if request.borrowing else request.requesting_agency
        work = (wanted.title, wanted.author, wanted.article_title, wanted.article_author)
        texts = (*work, request.note, request.deliver_to_name, symbol)
        return cls(texts, request.partner, _numbers(request))


def words_of(found_by: Sources) -> str:
    """Return the words that a request is found by."""
    found = words(*found_by.texts)
    return " ".join((*found, partner_word(found_by.partner)) if found_by.partner else found)


def numbers_of(found_by: Sources) -> tuple[str, ...]:
    """Return the numbers that a request is found by."""
    return tuple(dict.fromkeys(filter(None, map(number, found_by.numbers))))


def _numbers(request: Request) -> tuple[str, ...]:
    theirs = request.partner_request_id if request.partner_request_id != request.id else ""
    borrowing = request.borrowing
    lenders = (borrowing.lender_request_id or "", *borrowing.lender_items) if borrowing else ()
    works = [identifier.value for identifier in request.wanted.identifiers[:5]]
    return (theirs, *[item.barcode for item in request.items], *lenders, *works)


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text)
    return "".join(each for each in parts if not unicodedata.combining(each)).casefold()
