"""When two requests are for the same work: keys to compare. What follows from it is decided elsewhere.

ill.md, duty 1 ("duplicate check"): the same customer and the same work within 90 days. Two requests are for the same work
where they share a key. Numbers give keys; where there is none, normalised title and author do. Different volumes, issues and parts of one publication are
different works. Numbers are taken as intake stores them, in one spelling (orders/citation.py). Pure.
"""

import re
import unicodedata
from datetime import datetime, timedelta
from typing import Final

from gateway.workflow.values import Wanted

WINDOW: Final = timedelta(days=90)
"""How far back a request still counts as the same."""

TITLE_MAX: Final = 120
"""Characters of a normalised title or name that are compared."""

_ARTICLES: Final = frozenset({"the", "a", "an"})
_PUBLICATION_CODES: Final = ("ISBN", "OCLC", "LCCN")
"""Numbers that name a publication by themselves."""
_PART_CODES: Final = ("DOI", "PMID")
"""Numbers that name an article or chapter by themselves."""


def work_keys(wanted: Wanted) -> tuple[str, ...]:
    """Return the keys of a work, each a short text that can be stored; none where nothing names it.

    An ISSN names a work only with a volume, an issue or a part: all requests for one journal would be the same otherwise.
    """
    part = _part(wanted)
    keys = [f"{code.casefold()}:{value}" for code, value in _numbers(wanted, _PART_CODES)]
    keys += [f"{code.casefold()}:{value}{part}" for code, value in _numbers(wanted, _PUBLICATION_CODES)]
    keys += [f"issn:{value}{part}" for _code, value in _numbers(wanted, ("ISSN",)) if part]
    return tuple(dict.fromkeys(keys or _by_title(wanted, part)))


def since(at: datetime) -> datetime:
    """Return the moment from which on an earlier request of the same customer counts."""
    return at - WINDOW


def normalised(text: str | None) -> str:
    """Return a text as it is compared: TITLE_MAX small letters without accents, punctuation, a leading article."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", text or "") if not unicodedata.combining(char))
    words = re.findall(r"\w+", plain.casefold().replace("_", " "))
    return " ".join(words[1:] if len(words) > 1 and words[0] in _ARTICLES else words)[:TITLE_MAX].rstrip()


def _numbers(wanted: Wanted, codes: tuple[str, ...]) -> list[tuple[str, str]]:
    """(code, number) in the order of the codes; hyphens, blanks and case don't count."""
    found = [(each.code.upper(), re.sub(r"[\s-]", "", each.value).casefold()) for each in wanted.identifiers]
    return [(code, value) for wished in codes for code, value in found if code == wished and value]


def _part(wanted: Wanted) -> str:
    """What of a publication is asked for; empty for all of it. The first page is enough, and tells articles apart best."""
    first_page = re.search(r"\w*\d\w*", wanted.pages or "")
    article = f"p{first_page[0].casefold()[:TITLE_MAX]}" if first_page else normalised(wanted.article_title)
    named = {
        "v": " ".join(sorted(filter(None, map(normalised, wanted.volumes)))),
        "i": normalised(wanted.issue),
        "": article,
    }
    return "".join(f"/{mark}{value}" for mark, value in named.items() if value)


def _by_title(wanted: Wanted, part: str) -> list[str]:
    title = normalised(wanted.title)
    article = normalised(wanted.article_title)
    if not (title or article):
        return []
    author = _surname(wanted.article_author or wanted.author)
    return [f"title:{title}/{author}/{article}{part}"]


def _surname(author: str | None) -> str:
    """The first author's last name: what stands before the comma, else the last word; first names are written in many ways."""
    first = re.split(r"[;&]", author or "")[0]
    before, comma, _after = first.partition(",")
    words = normalised(before).split()
    return " ".join(words) if comma else "".join(words[-1:])
