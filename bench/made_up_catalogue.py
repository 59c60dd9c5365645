"""A made-up catalogue: works in editions and reprints, sets of several volumes, serials; as MARC, with the faults that catalogues have.

Written before what finds copies (gateway/catalogue) and without a look at it: what is wrong with a record is decided here by
chance alone. Seeded: the same seed gives the same catalogue. Faults: records without an OCLC number, LCCN or ISBN; prefixes
and leading zeros; hyphens and qualifiers; old ISBNs of ten digits and numbers of nine from before them; a missing or
wrong check digit; ISBNs of a reprint or of another binding beside a record's own; dates such as `[1972?]`; years of reprints.
"""

import random
import unicodedata
from collections.abc import Iterator
from enum import StrEnum

import msgspec
from pymarc import Field, Indicators, Record, Subfield
from stdnum import ean, isbn, issn

from bench import made_up_words as words

LAST_YEAR = 2024
ISBN_SINCE = 1970
ISBN_13_SINCE = 2007


class Kind(StrEnum):
    """What a record describes."""

    BOOK = "book"
    SET = "set"
    SERIAL = "serial"


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """One item: `number` is its volume (or year of a serial), `caption` what the catalogue writes."""

    barcode: str
    branch: str
    number: int | None = None
    caption: str | None = None
    year: int | None = None


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """What an author wrote, whatever it was printed as."""

    number: int
    kind: Kind
    title: str
    subtitle: str | None
    surname: str | None
    forename: str | None


class Edition(msgspec.Struct, frozen=True, kw_only=True):
    """One record of a work, as it truly is; `marc` makes the record with its faults."""

    number: int
    work: Work
    year: int
    edition: int
    publisher: str
    isbn13: str | None
    oclc: int
    lccn_serial: int
    issn: str | None
    items: tuple[Held, ...]

    @property
    def record_id(self) -> str:
        """Its number in our catalogue."""
        return f"b{self.number:07}"


class Shelves:
    """Makes editions, work after work. `chance` decides everything."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._records = 0
        self._works = 0
        self._items = 0
        self._isbns: set[str] = set()

    def editions(self, count: int) -> list[Edition]:
        """So many records."""
        made: list[Edition] = []
        while len(made) < count:
            made.extend(self._work())
        return made[:count]

    def _work(self) -> Iterator[Edition]:
        chance, self._works = self._chance, self._works + 1
        work = self._written()
        year = chance.randint(1930, LAST_YEAR)
        editions = chance.choices((1, 2, 3), weights=(75, 17, 8))[0] if work.kind is Kind.BOOK else 1
        previous: str | None = None
        for number in range(1, editions + 1):
            is_reprint = number > 1 and chance.random() < 0.25
            own = previous if is_reprint else self._isbn(year, work.kind)
            yield self._edition(work, year, 1 if is_reprint else number, own)
            previous = own
            year = min(LAST_YEAR, year + chance.randint(2, 9))

    def _written(self) -> Work:
        kind = self._chance.choices(list(Kind), weights=(82, 8, 10))[0]
        title, subtitle = self._title(kind)
        has_author = kind is not Kind.SERIAL and self._chance.random() < 0.9
        return Work(
            number=self._works,
            kind=kind,
            title=title,
            subtitle=subtitle,
            surname=self._chance.choice(words.SURNAMES) if has_author else None,
            forename=self._chance.choice(words.FORENAMES) if has_author else None,
        )

    def _edition(self, work: Work, year: int, edition: int, own_isbn: str | None) -> Edition:
        chance, self._records = self._chance, self._records + 1
        return Edition(
            number=self._records,
            work=work,
            year=year,
            edition=edition,
            publisher=chance.choice(words.PUBLISHERS),
            isbn13=own_isbn,
            oclc=chance.choice((chance.randint(1_000, 99_999_999), chance.randint(10**8, 2 * 10**9))),
            lccn_serial=chance.randint(1, 999_999),
            issn=self._issn() if work.kind is Kind.SERIAL else None,
            items=tuple(self._items_of(work.kind, year)),
        )

    def _title(self, kind: Kind) -> tuple[str, str | None]:
        pattern = self._chance.choice(words.SERIAL_TITLES if kind is Kind.SERIAL else words.BOOK_TITLES)
        topic = self._chance.choice(words.TOPICS)
        noun, noun2 = self._chance.sample(words.NOUNS, 2)
        text = pattern.format(
            adjective=self._chance.choice(words.ADJECTIVES),
            noun=noun,
            noun2=noun2,
            topic=topic,
            Topic=topic.capitalize(),
            place=self._chance.choice(words.PLACES),
        )
        title, _, subtitle = text.partition(": ")
        return title, subtitle or None

    def _isbn(self, year: int, kind: Kind) -> str | None:
        if year < ISBN_SINCE - 3 or kind is Kind.SERIAL or self._chance.random() < 0.05:
            return None
        while True:
            body = f"978{self._chance.choice('013')}{self._chance.randint(0, 10**8 - 1):08}"
            if body not in self._isbns:
                self._isbns.add(body)
                return body + ean.calc_check_digit(body)

    def _issn(self) -> str:
        body = f"{self._chance.randint(1, 9_999_999):07}"
        return body + issn.calc_check_digit(body)

    def _items_of(self, kind: Kind, year: int) -> Iterator[Held]:
        match kind:
            case Kind.BOOK:
                for _ in range(self._chance.choices((1, 2, 3, 6), weights=(55, 25, 15, 5))[0]):
                    yield self._held()
            case Kind.SET:
                style = self._chance.choice(("v.{}", "vol. {}", "Bd. {}", "t. {}", "pt.{}", "{}"))
                roman = self._chance.random() < 0.2
                for number in range(1, self._chance.randint(2, 6) + 1):
                    yield self._held(number, style.format(ROMAN[number] if roman else number))
            case Kind.SERIAL:
                style = self._chance.choice(
                    ("v.{n} ({y})", "v. {n}, {y}", "Vol. {n} no. 1-4 ({y})", "Jg. {n} ({y})", "{y}:{n}")
                )
                for number in range(1, self._chance.randint(3, 12) + 1):
                    this_year = min(LAST_YEAR, year + number - 1)
                    yield self._held(number, style.format(n=number, y=this_year), this_year)

    def _held(self, number: int | None = None, caption: str | None = None, year: int | None = None) -> Held:
        self._items += 1
        branch = self._chance.choice(words.BRANCHES)
        return Held(barcode=f"3{self._items:013}", branch=branch, number=number, caption=caption, year=year)


ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


def catalogue(seed: int, count: int) -> list[Edition]:
    """Make so many records' truth."""
    return Shelves(random.Random(seed)).editions(count)


# ── MARC, with faults ────────────────────────────────────────────────────────────────────────────


def marc(edition: Edition, chance: random.Random) -> Record:
    """Write an edition's record as a cataloguer may have written it."""
    record = Record(
        leader="00000nas a2200000 a 4500" if edition.work.kind is Kind.SERIAL else "00000nam a2200000 a 4500"
    )
    record.fields = [
        Field(tag="001", data=edition.record_id),
        Field(tag="008", data=_fixed(edition)),
        *_numbers(edition, chance),
        *_description(edition, chance),
        *_holdings(edition, chance),
    ]
    return record


def _fixed(edition: Edition) -> str:
    return f"240101{'c' if edition.work.kind is Kind.SERIAL else 's'}{edition.year:04}    xx            000 0 eng d"


def _numbers(edition: Edition, chance: random.Random) -> Iterator[Field]:
    if edition.year < 2001 and chance.random() < 0.6:
        yield _field("010", a=lccn_as_catalogued(edition, chance))
    if edition.isbn13 is not None:
        yield _field("020", a=isbn_as_catalogued(edition.isbn13, edition.year, chance))
        if chance.random() < 0.1:
            yield _field("020", z=isbn_as_catalogued(_neighbour(edition.isbn13), edition.year, chance))
    if edition.issn is not None:
        yield _field("022", a=f"{edition.issn[:4]}-{edition.issn[4:]}" if chance.random() < 0.97 else edition.issn)
    if chance.random() < 0.9:
        yield _field("035", a=oclc_as_catalogued(edition.oclc, chance))


def lccn_as_catalogued(edition: Edition, chance: random.Random) -> str:
    """An LCCN: three blanks, two digits of the year, six of a serial number, a blank; sometimes as people write it."""
    year = edition.year % 100
    plain = f"{year:02}{edition.lccn_serial:06}"
    return chance.choices(
        (f"   {plain} ", f"   {plain} //r86", f"{year:02}-{edition.lccn_serial}", plain), weights=(80, 8, 6, 6)
    )[0]


def isbn_as_catalogued(isbn13: str, year: int, chance: random.Random) -> str:
    """An ISBN as of its time, with what cataloguers write around it, and their slips."""
    number = isbn13 if year >= ISBN_13_SINCE else isbn.to_isbn10(isbn13)
    fault = chance.random()
    if fault < 0.01:
        number = number[:-1]
    elif fault < 0.02:
        number = number[:-1] + str((int(number[-1].replace("X", "0")) + 3) % 10)
    elif fault < 0.12:
        number = isbn.format(number)
    elif fault < 0.14 and year < ISBN_SINCE + 5 and number.startswith("0"):
        number = number[1:]
    return (
        number
        + chance.choices(("", " (pbk.)", " (hardcover) :", " :", " (alk. paper)"), weights=(50, 20, 10, 10, 10))[0]
    )


def _neighbour(isbn13: str) -> str:
    """The ISBN of another binding: the next number."""
    body = f"{int(isbn13[:12]) + 1:012}"
    return body + ean.calc_check_digit(body)


def oclc_as_catalogued(number: int, chance: random.Random) -> str:
    """An OCLC number with one of its prefixes."""
    prefix = "ocm" if number < 10**8 else "ocn" if number < 10**9 else "on"
    return chance.choices(
        (f"(OCoLC){number}", f"(OCoLC){prefix}{number:08}", f"{prefix}{number:08}", f"(OCoLC){number:010}"),
        weights=(60, 20, 10, 10),
    )[0]


def _description(edition: Edition, chance: random.Random) -> Iterator[Field]:
    if edition.work.surname is not None:
        yield _field(
            "100",
            "1 ",
            a=f"{edition.work.surname}, {edition.work.forename}{chance.choice((',', '.'))}",
            d=chance.choice(("1901-1980.", None)),
        )
    parts: dict[str, str | None] = {
        "a": edition.work.title + (" :" if edition.work.subtitle else " /"),
        "b": None,
        "c": None,
    }
    parts["b"] = f"{edition.work.subtitle} /" if edition.work.subtitle else None
    parts["c"] = f"{edition.work.forename} {edition.work.surname}." if edition.work.surname else None
    article = next((len(each) for each in ("The ", "A ", "An ", "L'") if edition.work.title.startswith(each)), 0)
    decomposed = chance.random() < 0.5
    yield _field(
        "245", f"1{article}", **{code: _marc8_like(text, decomposed=decomposed) for code, text in parts.items()}
    )
    if edition.edition > 1:
        yield _field("250", a=chance.choice((f"{edition.edition}. ed.", f"{ORDINALS[edition.edition]} edition.")))
    date = chance.choices(
        (f"{edition.year}.", f"c{edition.year}.", f"[{edition.year}?]", f"©{edition.year}"), weights=(5, 3, 1, 1)
    )[0]
    yield _field(chance.choice(("260", "264")), " 1", b=f"{edition.publisher},", c=date)


ORDINALS = ("", "First", "2nd", "3rd", "4th")


def _marc8_like(text: str | None, *, decomposed: bool) -> str | None:
    """Half of all catalogues write letters and accents apart."""
    return unicodedata.normalize("NFD", text) if text and decomposed else text


def _holdings(edition: Edition, chance: random.Random) -> Iterator[Field]:
    shelf = (
        f"{chance.randint(1, 999)}.{chance.randint(1, 99)} {(edition.work.surname or edition.work.title)[:3].upper()}"
    )
    kind = "journal" if edition.work.kind is Kind.SERIAL else chance.choice(words.ITEM_TYPES)
    for item in edition.items:
        yield _field("952", p=item.barcode, b=item.branch, o=shelf, y=kind, h=item.caption)


def _field(tag: str, indicators: str = "  ", **subfields: str | None) -> Field:
    present = [Subfield(code, text) for code, text in subfields.items() if text]
    return Field(tag=tag, indicators=Indicators(*indicators), subfields=present)
