"""What a circulation system's replies give away: which product it is, and which settings of the profile don't fit. Pure.

Guesses are the weighed clues of products.toml; a system may hide behind none. Suggestions come from the replies alone, not
from what a product is said to do. Words never quote a customer's data.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Final

import msgspec

from gateway.sip2.codec import Checksum, Reply
from gateway.sip2.dates import parse_due_date
from gateway.sip2.errors import Outcome, Reason
from gateway.sip2.products import PRODUCTS, Clue
from gateway.sip2.profiles import ChecksumPolicy, DateOrder, Encoding, LoginKind, Profile, Zone, compiled
from gateway.sip2.session import BX_ORDER, read_status
from gateway.sip2.support import makes_sense

LIKELY_WEIGHT: Final = 3
CLOCK_TOLERANCE: Final = timedelta(minutes=5)
_MOST_MONTHS: Final = 12
_SLASHED: Final = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2\d{4}\b")
_BLANKS: Final = b" \r\n\0"
_CP850_ALONE: Final = re.compile(rb"[\x80-\x9f]")
"""Letters in cp850, control characters in ISO 8859-1: bytes from 0xA0 on are letters of both, and far likelier Latin-1."""


class About(StrEnum):
    """What a question is about."""

    STATUS = "status"
    ITEM = "item"
    CUSTOMER = "customer"
    HOLDS = "holds"
    LOANS = "loans"


_CODES: Final[Mapping[About, str]] = {About.ITEM: "17", About.CUSTOMER: "63"}


class HeardReply(msgspec.Struct, frozen=True):
    """A reply as read, and as it came (`raw`, terminator and all)."""

    reply: Reply
    raw: bytes

    def __repr__(self) -> str:
        """Its message alone: the rest holds customers' data."""
        return f"HeardReply({self.reply.code})"


class Inspection(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it. `not_open` says why the session could not be opened; None where it was.

    `at` is our own time when the status was asked; `greeting` is what came before the session was open.
    """

    at: datetime
    greeting: bytes
    not_open: Reason | None = None
    heard: Mapping[About, HeardReply]
    lost: Mapping[About, Outcome]

    def reply(self, asked: About) -> Reply | None:
        """The reply to a question; None where it was not asked or not answered."""
        heard = self.heard.get(asked)
        return heard.reply if heard else None

    def __repr__(self) -> str:
        """What was answered: the rest holds customers' data."""
        return f"Inspection({', '.join(self.heard)})"


class Confidence(StrEnum):
    """How sure a guess is."""

    LIKELY = "likely"
    POSSIBLE = "possible"
    UNKNOWN = "unknown"


class LineEnd(StrEnum):
    """How replies end on the wire."""

    CR = "CR"
    CRLF = "CRLF"
    LF = "LF"
    MIXED = "mixed"


class Guess(msgspec.Struct, frozen=True):
    """A product by its profile's name, and what speaks for it."""

    name: str
    clues: tuple[Clue, ...]

    @property
    def weight(self) -> int:
        """The sum of its clues."""
        return sum(clue.weight for clue in self.clues)


class Weighed(msgspec.Struct, frozen=True):
    """The best guess (None if nothing speaks for any) and how sure it is; `others` speak for themselves too."""

    confidence: Confidence
    guess: Guess | None = None
    others: tuple[Guess, ...] = ()

    @property
    def tied(self) -> tuple[str, ...]:
        """The other products for which as much speaks as for the guess."""
        return tuple(other.name for other in self.others if self.guess and other.weight == self.guess.weight)


class Suggestion(msgspec.Struct, frozen=True):
    """A key of [acs], the value that fits what was seen ("": none does), and why."""

    key: str
    value: str
    words: str


def weigh(heard: Iterable[HeardReply], configured: str = "") -> Weighed:
    """Which product the replies speak for; of several with the same weight `configured` (acs.profile) is named.

    Products with the same weight can't be told apart: none of them is likely.
    """
    replies = tuple(heard)
    guesses = [
        Guess(name, tuple(clue for clue in product.clues if _holds(clue, replies)))
        for name, product in PRODUCTS.items()
    ]
    found = sorted(
        (guess for guess in guesses if guess.weight), key=lambda guess: (-guess.weight, guess.name != configured)
    )
    if not found:
        return Weighed(Confidence.UNKNOWN)
    best, *others = found
    ahead = not others or best.weight > others[0].weight
    sure = Confidence.LIKELY if ahead and best.weight >= LIKELY_WEIGHT else Confidence.POSSIBLE
    return Weighed(sure, best, tuple(others))


def _holds(clue: Clue, replies: tuple[HeardReply, ...]) -> bool:
    """A clue about one message holds if one reply shows it, a clue about every reply if all show it."""
    if not clue.message:
        return bool(replies) and all(_speaks(clue, each) for each in replies)
    return any(_speaks(clue, each) for each in replies if each.reply.code == clue.message)


def _speaks(clue: Clue, heard: HeardReply) -> bool:
    if not clue.field:
        return bool(re.search(clue.pattern, heard.raw.lstrip(_BLANKS).decode("latin-1")))
    return any(re.search(clue.pattern, value) for value in heard.reply.fields.get(clue.field, ()))


def line_end(inspection: Inspection) -> LineEnd | None:
    """How the replies end; None where nothing has come."""
    came = b"".join((inspection.greeting, *(each.raw for each in inspection.heard.values())))
    crlf = came.count(b"\r\n")
    counts = {LineEnd.CRLF: crlf, LineEnd.CR: came.count(b"\r") - crlf, LineEnd.LF: came.count(b"\n") - crlf}
    seen = [end for end, count in counts.items() if count]
    return seen[0] if len(seen) == 1 else LineEnd.MIXED if seen else None


def suggestions(inspection: Inspection, profile: Profile, tz: tzinfo) -> tuple[Suggestion, ...]:
    """What of the profile does not fit; `tz` is the library's zone."""
    heard = tuple(inspection.heard.values())
    status = inspection.reply(About.STATUS)
    found = [
        *_login(inspection, profile),
        *_encoding(heard, profile),
        *_checksum(heard, profile),
        *_order(heard, profile),
    ]
    if status is not None:
        found += [*_clock(status, inspection.at, profile, tz), *_institution(status, profile)]
        found += _answered_all_the_same(inspection, status, profile)
    return tuple(found)


def _login(inspection: Inspection, profile: Profile) -> Iterator[Suggestion]:
    prompt = profile.login_prompt.removesuffix("$")  # what we said to it may have brought the next prompt already
    prompted = compiled(prompt).search(inspection.greeting.decode("latin-1"))
    if inspection.not_open in {Reason.CONNECT, Reason.LOGIN} and profile.login is LoginKind.MESSAGE and prompted:
        yield Suggestion("overrides.login", LoginKind.TELNET, "It asks for a user by a prompt before it speaks SIP2.")


def _encoding(heard: Iterable[HeardReply], profile: Profile) -> Iterator[Suggestion]:
    foreign = [each.raw for each in heard if not each.raw.isascii()]
    if not foreign:
        return
    seen = _code_page(foreign)
    if seen is not profile.encoding:
        yield Suggestion("overrides.encoding", seen, f"Its letters beyond ASCII look like {seen}.")


def _code_page(foreign: Iterable[bytes]) -> Encoding:
    """What the bytes beyond ASCII speak for."""
    if all(map(_is_utf8, foreign)):
        return Encoding.UTF_8
    return Encoding.CP850 if any(map(_CP850_ALONE.search, foreign)) else Encoding.LATIN_1


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _checksum(heard: Iterable[HeardReply], profile: Profile) -> Iterator[Suggestion]:
    sums = [each.reply.checksum for each in heard if each.reply.checksum is not Checksum.ABSENT]
    wrong = sums.count(Checksum.BAD)
    if not wrong or profile.checksum is ChecksumPolicy.IGNORE:
        return
    if wrong == len(sums):
        yield Suggestion("overrides.checksum", ChecksumPolicy.IGNORE, "Its checksums are not the sum of its bytes.")
    else:
        words = f"{wrong} of {len(sums)} replies had a wrong checksum, the others a right one: look at the connection."
        yield Suggestion("", "", words)


def _order(heard: Iterable[HeardReply], profile: Profile) -> Iterator[Suggestion]:
    """Only a day beyond 12 tells which number is the month."""
    for each in heard:
        match = _SLASHED.match(each.reply.first("AH"))
        if match is None:
            continue
        first, mark, second = int(match[1]), match[2], int(match[3])
        by_mark = DateOrder.DAY_FIRST if mark == "." else DateOrder.MONTH_FIRST
        seen = DateOrder.DAY_FIRST if first > _MOST_MONTHS else DateOrder.MONTH_FIRST
        if max(first, second) > _MOST_MONTHS and seen is not (profile.date_order or by_mark):
            yield Suggestion("overrides.date_order", seen, f"Its due dates are written {seen.replace('_', ' ')}.")


def _clock(status: Reply, at: datetime, profile: Profile, tz: tzinfo) -> Iterator[Suggestion]:
    """The 98's own time beside ours, read as the profile says and in the other way."""
    text = status.fixed.get("date_time_sync", "")
    shown = parse_due_date(text, profile, tz)
    if shown is None or abs(shown - at) <= CLOCK_TOLERANCE:
        return
    other = _other_zone(profile)
    as_other = parse_due_date(text, msgspec.structs.replace(profile, zeros_zone=other), tz)
    if as_other is not None and abs(as_other - at) <= CLOCK_TOLERANCE:
        yield Suggestion("overrides.zeros_zone", other, f"The zone 0000 of its dates is {other}.")
        return
    in_utc = parse_due_date(text, profile, UTC)
    is_utc = in_utc is not None and abs(in_utc - at) <= CLOCK_TOLERANCE
    words = (
        "Its clock shows UTC without saying so: due dates may be off by the library's distance from UTC."
        if is_utc
        else f"Its clock is {_distance(shown - at)} ours: compare the clocks, and library.time_zone."
    )
    yield Suggestion("", "", words)


def _other_zone(profile: Profile) -> Zone:
    return Zone.UTC if profile.zeros_zone is Zone.LOCAL else Zone.LOCAL


def _distance(difference: timedelta) -> str:
    minutes = round(abs(difference).total_seconds() / 60)
    return f"{minutes} min {'ahead of' if difference > timedelta(0) else 'behind'}"


def _answered_all_the_same(inspection: Inspection, status: Reply, profile: Profile) -> Iterator[Suggestion]:
    """What its 98 denies and was answered with sense: the 98 is wrong, and the configuration can say so."""
    told = read_status(status)
    answered = {code for asked, code in _CODES.items() if (reply := inspection.reply(asked)) and makes_sense(reply)}
    shown = {code for code in answered if told.supports(code) is False}
    if shown and profile.supports is None:
        codes = sorted(shown | {code for code in BX_ORDER if told.supports(code)})
        value = "[" + ", ".join(f'"{code}"' for code in codes) + "]"
        words = f"It answers {' and '.join(sorted(shown))}, which its 98 denies: list the messages that it does."
        yield Suggestion("overrides.supports", value, words)


def _institution(status: Reply, profile: Profile) -> Iterator[Suggestion]:
    told = status.first("AO")
    if told and told != profile.institution_id.strip():
        yield Suggestion("institution", told, "This is how it calls itself (AO).")


def supported(code: str, inspection: Inspection, profile: Profile) -> bool | None:
    """Whether it does a message: the profile's word, else BX of its 98; None where neither tells."""
    return knows(code, inspection.reply(About.STATUS), profile)


def knows(code: str, status: Reply | None, profile: Profile) -> bool | None:
    """The same of a 98, or of none."""
    if profile.supports is not None:
        return code in profile.supports
    return read_status(status).supports(code) if status else None
