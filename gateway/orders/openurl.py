"""OpenURLs: what a link from a database, a catalogue or a form asks for, as a citation.

Reads Key/Encoded-Value OpenURLs of ANSI/NISO Z39.88-2004 (`rft.` keys of the journal, book, dissertation and Dublin Core
formats; `rft_id`) and those of version 0.1 (the same keys without `rft.`; `id`), and the mixtures that are about. Unknown
keys become a note; what tells of the customer (`req_…` and whatever looks like it) is dropped. Only a link that names no
work raises. By-reference links (`rft_ref`) are never fetched. Pure.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from urllib.parse import unquote_to_bytes

from gateway.iso18626.codes import BibliographicItemIdCode, BibliographicRecordIdCode, ServiceType
from gateway.orders.citation import Citation, cite, identified, limited
from gateway.texts import decoded, one_line
from gateway.workflow.values import Wanted

LENGTH_MAX: Final = 16_384
"""Characters of a link that are read; browsers and servers pass hardly half of that."""
NOTE_MAX: Final = 1_000

ISBN, ISSN = BibliographicItemIdCode.ISBN, BibliographicItemIdCode.ISSN
DOI, PMID = BibliographicItemIdCode.DOI, BibliographicItemIdCode.PMID
OCLC, LCCN = BibliographicRecordIdCode.OCLC, BibliographicRecordIdCode.LCCN

_Keys = Mapping[str, Sequence[str]]
"""Every value of every key, cleaned and not empty, in order; keys in small letters, without `rft.`."""

NUMBER_KEYS: Final[Mapping[str, str]] = {
    "isbn": ISBN, "eisbn": ISBN, "issn": ISSN, "eissn": ISSN,
    "doi": DOI, "pmid": PMID, "oclcnum": OCLC, "oclc": OCLC, "lccn": LCCN,
}  # fmt: skip
"""Keys whose value is a number of one kind. KEV guidelines 5.4; the last five are found in 0.1 links though not in its list."""

ID_KEYS: Final = ("rft_id", "id", "identifier")
"""Keys whose value says itself of which kind it is: Z39.88 5.2.1, OpenURL 0.1, Dublin Core."""

ID_FORMS: Final[Sequence[tuple[re.Pattern[str], str]]] = tuple(
    (re.compile(form, re.IGNORECASE | re.ASCII), code)
    for form, code in (
        (r"info:doi/(.+)", DOI),
        (r"(?:urn:)?doi:(.+)", DOI),
        (r"https?://(?:dx\.)?doi\.org/(.+)", DOI),
        (r"info:pmid/(.+)", PMID),
        (r"pmid:(.+)", PMID),
        (r"https?://pubmed\.ncbi\.nlm\.nih\.gov/(\d+)/?", PMID),
        (r"https?://www\.ncbi\.nlm\.nih\.gov/pubmed/(\d+)/?", PMID),
        (r"info:oclcnum/(.+)", OCLC),
        (r"oclc(?:num)?:(.+)", OCLC),
        (r"https?://(?:www\.)?worldcat\.org/oclc/(\d+)", OCLC),
        (r"info:lccn/(.+)", LCCN),
        (r"lccn:(.+)", LCCN),
        (r"https?://lccn\.loc\.gov/(.+)", LCCN),
        (r"(?:urn:)?isbn:(.+)", ISBN),
        (r"(?:urn:)?e?issn:(.+)", ISSN),
    )
)
"""The forms of an identifier that names its kind: `info:` URIs, URNs, the 0.1 prefixes, the addresses of resolvers."""

TEXT_KEYS: Final[Mapping[str, Sequence[str]]] = {
    "title": ("jtitle", "btitle", "title", "stitle"),
    "edition": ("edition",),
    "publisher": ("pub", "publisher", "inst"),
    "published": ("date", "year"),
    "volume": ("volume",),
    "issue": ("issue",),
    "article_title": ("atitle",),
}
"""The keys that a text is taken from: the first that is there."""

AUTHOR_KEYS: Final = ("au", "creator", "aucorp")
NAME_KEYS: Final = ("aulast", "aufirst", "auinit", "auinit1", "auinitm", "ausuffix")
PAGE_KEYS: Final = ("pages", "spage", "epage", "artnum")
AUTHORS_MAX: Final = 10

SERVICES: Final[Mapping[str, ServiceType]] = {
    "article": ServiceType.COPY,
    "preprint": ServiceType.COPY,
    "proceeding": ServiceType.COPY,
    "bookitem": ServiceType.COPY,
    "book": ServiceType.LOAN,
    "conference": ServiceType.LOAN,
    "report": ServiceType.LOAN,
    "document": ServiceType.LOAN,
    "dissertation": ServiceType.LOAN,
    "journal": ServiceType.LOAN,
    "issue": ServiceType.LOAN,
}
"""What a genre is asked for as (KEV guidelines 5.4.1 to 5.4.3): parts are copied, wholes are lent."""

FORMATS: Final[Mapping[str, ServiceType]] = {
    "book": ServiceType.LOAN,
    "dissertation": ServiceType.LOAN,
    "dc": ServiceType.LOAN,
}
"""What a metadata format (`rft_val_fmt`) without a genre is asked for as; journal: by what else is said."""

FRAME_KEYS: Final = frozenset(
    {"url_ver", "url_tim", "url_ctx_fmt", "url_ctx_val", "url_ctx_ref", "ctx_ver", "ctx_enc", "ctx_id", "ctx_tim",
     "rft_val_fmt", "rfe_val_fmt", "rfr_val_fmt", "svc_val_fmt", "res_id", "res_val_fmt", "genre", "pid"}
)  # fmt: skip
"""Keys about the link itself; nothing of them is worth a note. `pid` of version 0.1 is the sender's private text."""

_CUSTOMERS: Final = re.compile(
    r"^req[._]|user|patron|customer|borrower|reader|member|student|staff|mail|phone|mobile|barcode|card|pin\b|pass|token|"
    r"session|cookie|auth(?!or)|login|address|street|name|birth|dob|sms|notif|ticket|affil",
    re.IGNORECASE,
)
"""What a key about a customer looks like; keys that name a work have been taken before."""
_LOOKS_PERSONAL: Final = re.compile(r"\S@\S|\b2\d{13}\b")
"""An e-mail address, a customer's barcode (ill.md, "Barcodes")."""


def read_openurl(link: str) -> Citation:
    """Read a link, or its query alone. Raises NothingToIdentifyError where it names no work, and nothing else."""
    cut = () if len(link) <= LENGTH_MAX else ("The link is too long: its end was not read.",)
    keys = _keys(link[:LENGTH_MAX])
    texts, cut_texts = _texts(keys)
    numbers, other_ids = _numbers(keys)
    identifiers, doubts = identified(numbers)
    service = _service(keys)
    author = _author(keys)
    is_part = service is ServiceType.COPY
    wanted = Wanted(
        title=texts.get("title"),
        author=None if is_part else author,
        identifiers=identifiers,
        edition=texts.get("edition"),
        volumes=(texts["volume"],) if "volume" in texts else (),
        issue=texts.get("issue"),
        pages=_pages(keys),
        article_title=texts.get("article_title"),
        article_author=author if is_part else None,
        publisher=texts.get("publisher"),
        published=texts.get("published"),
    )
    return cite(wanted, service, note=_note(keys, other_ids), warnings=(*cut, *doubts, *cut_texts))


# ── keys and values ──────────────────────────────────────────────────────────────────────────────


def _keys(link: str) -> _Keys:
    """Divide the query, `&amp;` for `&` put right; where `rft.x` and the 0.1 key `x` are both there, the first counts."""
    query = link.partition("?")[2] if re.match(r"[a-z]+://[^?=&]*\?|\?", link, re.IGNORECASE) else link
    pairs = [pair.partition("=") for pair in query.partition("#")[0].replace("&amp;", "&").split("&")]
    raw = [(_bytes(key), _bytes(value)) for key, _equals, value in pairs]
    page = next((decoded(value).rpartition(":")[2] for key, value in raw if key == b"ctx_enc"), "")
    old: dict[str, list[str]] = {}
    new: dict[str, list[str]] = {}
    for key, value in raw:
        name, text = one_line(decoded(key, page)).casefold(), one_line(decoded(value, page))
        if name and text:
            (new if name.startswith("rft.") else old).setdefault(name.removeprefix("rft."), []).append(text)
    return {**old, **new}


def _bytes(text: str) -> bytes:
    """Undo the percent signs; a lone surrogate, which no bytes stand for, becomes a question mark."""
    return unquote_to_bytes(text.replace("+", " ").encode("utf-8", errors="replace"))


def _texts(keys: _Keys) -> tuple[dict[str, str], tuple[str, ...]]:
    texts: dict[str, str] = {}
    cut: list[str] = []
    for name, sources in TEXT_KEYS.items():
        value = next((keys[source][0] for source in sources if source in keys), "")
        text, was_cut = limited(value)
        if text:
            texts[name] = text
        if was_cut:
            cut.append(f"The {name.replace('_', ' ')} is too long: its end was cut off.")
    return texts, tuple(cut)


def _numbers(keys: _Keys) -> tuple[list[tuple[str, str]], list[str]]:
    """Return (code, text) of every number, and the identifiers of kinds that nobody looks up."""
    numbers = [(code, value) for key, code in NUMBER_KEYS.items() for value in keys.get(key, ())]
    others: list[str] = []
    for value in (value for key in ID_KEYS for value in keys.get(key, ())):
        found = _of_known_form(value)
        if found:
            numbers.append(found)
        else:
            others.append(value)
    return numbers, others


def _of_known_form(value: str) -> tuple[str, str] | None:
    for form, code in ID_FORMS:
        if match := form.fullmatch(value):
            return code, match[1]
    return None


def _author(keys: _Keys) -> str | None:
    """Authors as whole names where there are any, else the first author put together from its parts."""
    names = next((keys[key] for key in AUTHOR_KEYS if key in keys), ())
    if names:
        return limited("; ".join(dict.fromkeys(names[:AUTHORS_MAX])))[0]
    part = {key: keys[key][0] for key in NAME_KEYS if key in keys}
    initials = part.get("auinit") or " ".join(part[key] for key in ("auinit1", "auinitm") if key in part)
    first = part.get("aufirst") or initials
    return limited(", ".join(text for text in (part.get("aulast"), first, part.get("ausuffix")) if text))[0]


def _pages(keys: _Keys) -> str | None:
    """As given, else from first and last page; an article number where there are no pages."""
    page = {key: keys[key][0] for key in PAGE_KEYS if key in keys}
    span = "-".join(dict.fromkeys(page[key] for key in ("spage", "epage") if key in page))
    return limited(page.get("pages") or span or page.get("artnum") or "")[0]


def _service(keys: _Keys) -> ServiceType:
    """By genre, else by format; where neither tells, a part of a work is a Copy."""
    genre = keys.get("genre", ("",))[0].casefold()
    if genre in SERVICES:
        return SERVICES[genre]
    is_part = any(key in keys for key in ("atitle", *PAGE_KEYS))
    by_parts = ServiceType.COPY if is_part else ServiceType.LOAN
    format_ = keys.get("rft_val_fmt", ("",))[0].casefold().rpartition(":")[2]
    return by_parts if "atitle" in keys else FORMATS.get(format_, by_parts)


# ── what is left over ────────────────────────────────────────────────────────────────────────────

_READ: Final = frozenset(
    {*NUMBER_KEYS, *ID_KEYS, *AUTHOR_KEYS, *NAME_KEYS, *PAGE_KEYS, *FRAME_KEYS}.union(*TEXT_KEYS.values())
)


def _note(keys: _Keys, other_ids: Iterable[str]) -> str | None:
    """Every key that nothing was made of, but for a customer's; identifiers of other kinds first."""
    left = [
        *(("identifier", value) for value in other_ids),
        *((key, value) for key, values in keys.items() if key not in _READ for value in values),
    ]
    kept = (f"{key}: {value}" for key, value in left if not _is_personal(key, value))
    return "; ".join(dict.fromkeys(kept))[:NOTE_MAX].rstrip() or None


def _is_personal(key: str, value: str) -> bool:
    return bool(_CUSTOMERS.search(key) or _LOOKS_PERSONAL.search(value))
