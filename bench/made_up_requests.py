"""Requests for the works of a made-up catalogue, as partners send them: each knows the work by one kind of key, and gets things wrong.

Written before what finds copies (gateway/catalogue) and without a look at it; seeded. Faults: prefixes, hyphens, blanks and
labels around numbers; ISBNs of the other length; a missing or mistyped check digit, a mistyped digit; titles with a typo,
without subtitle, article or accents, with the author's statement in it; authors in either order, with initials or
wrong by a letter; a year off by one or none; volumes and issues in several captions; works that we do not have.
"""

import random
import unicodedata
from collections.abc import Callable
from enum import StrEnum

import msgspec
from stdnum import isbn

from bench.made_up_catalogue import ISBN_13_SINCE, ROMAN, Edition, Held, Kind, Shelves
from gateway.workflow.values import Identifier, Wanted


class Key(StrEnum):
    """What a request knows the work by."""

    RECORD = "record number"
    OCLC = "OCLC number"
    LCCN = "LCCN"
    ISBN = "ISBN"
    ISSN = "ISSN"
    TITLE = "title, author, year"
    NOT_HELD = "not in the catalogue"


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A request and the barcodes of which any is right; none where we do not have the work."""

    key: Key
    wanted: Wanted
    right: frozenset[str]


def cases(editions: list[Edition], seed: int) -> list[Case]:
    """A request for each record, and for one in ten a request for something that is not there."""
    chance = random.Random(seed)
    by_isbn = _together(editions, lambda each: each.isbn13)
    by_work = _together(editions, lambda each: str(each.work.number))
    strangers = Shelves(random.Random(seed + 1)).editions(len(editions) // 10)
    known = {_told_by(each) for each in editions} | {each.isbn13 for each in editions if each.isbn13}
    asked = [_case(edition, by_isbn, by_work, chance) for edition in editions]
    strange = [each for each in strangers if each.work.surname and not {_told_by(each), each.isbn13} & known]
    return asked + [Case(key=Key.NOT_HELD, wanted=_stranger(each, chance), right=frozenset()) for each in strange]


def _told_by(edition: Edition) -> str:
    return _plain(f"{edition.work.surname}: {edition.work.title}")


def _together(editions: list[Edition], key_of: Callable[[Edition], str | None]) -> dict[str, list[Edition]]:
    groups: dict[str, list[Edition]] = {}
    for edition in editions:
        if (key := key_of(edition)) is not None:
            groups.setdefault(key, []).append(edition)
    return groups


def _case(
    edition: Edition, by_isbn: dict[str, list[Edition]], by_work: dict[str, list[Edition]], chance: random.Random
) -> Case:
    key = _key(edition, chance)
    item = chance.choice(edition.items)
    right = [edition]
    if key is Key.ISBN:
        right = by_isbn[str(edition.isbn13)]
    elif key is Key.TITLE:
        right = [each for each in by_work[str(edition.work.number)] if abs(each.year - edition.year) <= 1]
    wanted = msgspec.structs.replace(
        _described(edition, item, chance, is_all=key is Key.TITLE),
        record_id=_record(edition.record_id, chance) if key is Key.RECORD else None,
        identifiers=_identifiers(edition, key, chance),
    )
    barcodes = {each.barcode for group in right for each in group.items if each.number == item.number}
    return Case(key=key, wanted=wanted, right=frozenset(barcodes))


def _key(edition: Edition, chance: random.Random) -> Key:
    if edition.work.kind is Kind.SERIAL:
        return chance.choices((Key.ISSN, Key.OCLC, Key.RECORD, Key.TITLE), weights=(70, 15, 5, 10))[0]
    possible = {Key.RECORD: 10, Key.OCLC: 25, Key.TITLE: 25}
    possible |= {Key.ISBN: 40} if edition.isbn13 else {}
    possible |= {Key.LCCN: 25} if edition.year < 2001 else {}
    return chance.choices(list(possible), weights=list(possible.values()))[0]


def _record(record_id: str, chance: random.Random) -> str:
    return chance.choices((record_id, record_id.upper(), f" {record_id}"), weights=(90, 5, 5))[0]


def _identifiers(edition: Edition, key: Key, chance: random.Random) -> tuple[Identifier, ...]:
    match key:
        case Key.OCLC:
            return (Identifier(code="OCLC", value=_oclc(edition.oclc, chance)),)
        case Key.LCCN:
            return (Identifier(code="LCCN", value=_lccn(edition, chance)),)
        case Key.ISBN:
            assert edition.isbn13 is not None
            return (Identifier(code="ISBN", value=_isbn(edition.isbn13, edition.year, chance)),)
        case Key.ISSN:
            assert edition.issn is not None
            return (Identifier(code="ISSN", value=_issn(edition.issn, chance)),)
        case _:
            return ()


def _oclc(number: int, chance: random.Random) -> str:
    prefix = "ocm" if number < 10**8 else "ocn" if number < 10**9 else "on"
    forms = (
        str(number),
        f"{number:08}",
        f"{prefix}{number:08}",
        f"(OCoLC){number}",
        f"(OCoLC){prefix}{number:08}",
        f"OCLC: {number}",
    )
    return chance.choices(forms, weights=(60, 10, 10, 10, 5, 5))[0]


def _lccn(edition: Edition, chance: random.Random) -> str:
    year, serial = edition.year % 100, edition.lccn_serial
    forms = (
        f"{year:02}{serial:06}",
        f"{year:02}-{serial}",
        f"   {year:02}{serial:06} ",
        f"{year:02}-{serial:06}",
        f"LCCN {year:02}{serial:06}",
    )
    return chance.choices(forms, weights=(60, 15, 10, 10, 5))[0]


def _isbn(isbn13: str, year: int, chance: random.Random) -> str:
    """In the length of its time or the other; labels and hyphens; now and then a slip."""
    of_its_time = isbn13 if year >= ISBN_13_SINCE else isbn.to_isbn10(isbn13)
    other = isbn.to_isbn10(isbn13) if year >= ISBN_13_SINCE else isbn13
    number: str = chance.choices((of_its_time, other), weights=(70, 30))[0]
    slip = chance.random()
    if slip < 0.02:
        number = number[:-1]
    elif slip < 0.04:
        place = chance.randrange(4, len(number) - 1)
        number = number[:place] + str((int(number[place]) + chance.randint(1, 9)) % 10) + number[place + 1 :]
    elif slip < 0.2:
        number = isbn.format(number)
    elif slip < 0.23:
        number = number.replace("-", "").lower()
    return chance.choices(
        (number, f"ISBN {number}", f"{number} (pbk.)", f"ISBN-13: {number}", f" {number} "), weights=(80, 6, 6, 4, 4)
    )[0]


def _issn(number: str, chance: random.Random) -> str:
    hyphened = f"{number[:4]}-{number[4:]}"
    return chance.choices(
        (hyphened, number, f"ISSN {hyphened}", number.lstrip("0"), hyphened.lower()), weights=(75, 12, 5, 4, 4)
    )[0]


# ── words ────────────────────────────────────────────────────────────────────────────────────────


def _described(edition: Edition, item: Held, chance: random.Random, *, is_all: bool) -> Wanted:
    """The other fields: complete where there is no number to go by, else as partners happen to fill them in."""
    has_title = is_all or chance.random() < 0.95
    has_author = edition.work.surname is not None and (is_all or chance.random() < 0.8)
    has_year = is_all or chance.random() < 0.7
    wanted = Wanted(
        title=_title(edition, chance) if has_title else None,
        author=_author(edition, chance) if has_author else None,
        published=_year(edition, chance) if has_year else None,
    )
    match edition.work.kind:
        case Kind.SET:
            return msgspec.structs.replace(wanted, volumes=(_volume(item, chance),))
        case Kind.SERIAL:
            issue = chance.choice((None, "2", "no. 3"))
            return msgspec.structs.replace(wanted, volumes=(str(item.number),), issue=issue, published=str(item.year))
        case Kind.BOOK:
            return wanted


def _title(edition: Edition, chance: random.Random) -> str:
    title = edition.work.title
    if edition.work.subtitle and chance.random() < 0.6:
        title += chance.choice((" : ", ": ", " ")) + edition.work.subtitle
    if chance.random() < 0.1:
        title = title.removeprefix("The ").removeprefix("A ").removeprefix("An ")
    if chance.random() < 0.15:
        title = _typo(title, chance)
    if chance.random() < 0.2:
        title = _plain(title)
    if chance.random() < 0.05 and edition.work.surname:
        title += f" / {edition.work.forename} {edition.work.surname}"
    return title.upper() if chance.random() < 0.03 else title


def _typo(text: str, chance: random.Random) -> str:
    """One slip of the hand in a word of some length: a letter left out, doubled, changed, or two in the wrong order."""
    places = [place for place in range(1, len(text) - 1) if text[place].isalpha() and text[place + 1].isalpha()]
    if not places:
        return text
    place = chance.choice(places)
    before, here, after, rest = text[:place], text[place], text[place + 1], text[place + 2 :]
    slips = (
        before + after + rest,
        before + here + here + after + rest,
        before + "xqk"[place % 3] + after + rest,
        before + after + here + rest,
    )
    return chance.choice(slips)


def _plain(text: str) -> str:
    """Small letters without accents."""
    return "".join(each for each in unicodedata.normalize("NFD", text).casefold() if not unicodedata.combining(each))


def _author(edition: Edition, chance: random.Random) -> str:
    surname, forename = str(edition.work.surname), str(edition.work.forename)
    forms = (
        f"{surname}, {forename}",
        f"{forename} {surname}",
        f"{surname}, {forename[0]}.",
        surname,
        _plain(f"{surname}, {forename}"),
    )
    author = chance.choices(forms, weights=(50, 20, 12, 8, 10))[0]
    return _typo(author, chance) if chance.random() < 0.04 else author


def _year(edition: Edition, chance: random.Random) -> str:
    year = edition.year + (chance.choice((-1, 1)) if chance.random() < 0.05 else 0)
    return chance.choices((str(year), f"c{year}", f"[{year}]", f"{year}-01-01"), weights=(85, 5, 5, 5))[0]


def _volume(item: Held, chance: random.Random) -> str:
    number = item.number or 0
    return chance.choices(
        (str(number), f"v. {number}", f"Vol. {number}", ROMAN[number], f"Band {number}", f"volume {number}"),
        weights=(50, 15, 10, 10, 5, 10),
    )[0]


def _stranger(edition: Edition, chance: random.Random) -> Wanted:
    """A work that the catalogue does not have, described as well as any other."""
    wanted = _described(edition, edition.items[0], chance, is_all=True)
    if edition.isbn13 is None or chance.random() < 0.5:
        return wanted
    return msgspec.structs.replace(wanted, identifiers=(Identifier(code="ISBN", value=edition.isbn13),))
