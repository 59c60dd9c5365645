"""Jinja2 as pages use it: autoescape on, a name that isn't given is a mistake, and the few filters that templates know."""

import asyncio
import re
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime, tzinfo
from functools import lru_cache, partial
from operator import itemgetter
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp_jinja2
from aiohttp import web
from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined, Template
from jinja2.bccache import Bucket
from markupsafe import Markup, escape

from gateway.desk.access import Right
from gateway.desk.ports import Desk
from gateway.desk.structs.sheet import in_words
from gateway.pages import words
from gateway.pages.assets import address_of
from gateway.pages.facets import parted
from gateway.pages.navigation import Navigation
from gateway.right_of_way import RightOfWay

PIECE_S: Final = 0.001
"""How long a template writes at a time, and as much longer as the text takes that it is at: what a macro gives, such as a task's line, is one."""
ASIDE_S: Final = 0.01
"""How long all pieces of a page stand aside."""
NAVIGATIONS_KEPT: Final = 64
"""Of 4 KB each. Counts change every few seconds, and people are at some ten pages."""
TEMPLATES: Final = Path(__file__).parent / "templates"


class Compiled(FileSystemBytecodeCache):
    """What templates were compiled to, for all sites of this process, and for the next ones in a folder, if that can be written."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder), "%s.template")
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what is kept of a template as it is now, if anything is."""
        if (code := self._kept.get(bucket.key)) is not None:
            bucket.bytecode_from_string(code)
        else:
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it; on the disk where Python may keep what it compiles."""
        self._kept[bucket.key] = bucket.bytecode_to_string()
        if not sys.dont_write_bytecode:
            with suppress(OSError):
                super().dump_bytecode(bucket)


class Unindented(FileSystemLoader):
    """Templates without the spaces that begin their lines: a tenth of a full list's bytes, which say nothing to a browser."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """Return a template's text, its file, and whether it is still so. Raises TemplateNotFound."""
        source, file, is_same = super().get_source(environment, template)
        return _INDENT.sub("", source), file, is_same


_INDENT: Final = re.compile("^ +", re.MULTILINE)
_COMPILED: Final = Compiled(Path(__file__).parent / "__pycache__")
"""Beside what Python has compiled of this package: a start without it spends a fifth of its processor time on templates."""


def set_up(application: web.Application, desk: Desk) -> None:
    """Let the application's pages be rendered. Times are the library's own."""
    environment = aiohttp_jinja2.setup(
        application,
        loader=Unindented(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=_COMPILED,
    )
    environment.filters |= _filters(desk.now, desk.zone)
    environment.globals["asset"] = address_of
    environment.globals["Right"] = Right
    environment.globals["navigation"] = _navigation(environment)


def _navigation(environment: Environment) -> Callable[[Navigation], Markup]:
    """Return what writes the places on the left, once for all who have the same before them: the same page, the same counts and the same rights."""

    @lru_cache(maxsize=NAVIGATIONS_KEPT)
    def navigation(groups: Navigation) -> Markup:
        return Markup(environment.get_template("navigation.html").render(groups=groups))  # noqa: S704 - escaped there

    return navigation


def compile_templates(application: web.Application) -> None:
    """Compile all templates: one takes up to 80 ms, for which no visit, and no partner's message, is to wait. In a thread: the start does not wait either."""
    environment = aiohttp_jinja2.get_env(application)
    for name in environment.list_templates():
        environment.get_template(name)


async def written(template: Template, context: Mapping[str, Any], right_of_way: RightOfWay) -> str:
    """Write a page, piece by piece, with everybody else's turn of the event loop before each: a list of fifty takes 2 ms in all.

    What has the right of way goes first, for so long as pages that wait for this one can bear.
    """
    texts, parts, clock = template.generate(context), list[str](), asyncio.get_running_loop().time
    aside_s = ASIDE_S
    while True:
        await asyncio.sleep(0)
        aside_s = await right_of_way.stand_aside(aside_s)
        until_s = clock() + PIECE_S
        for text in texts:
            parts.append(text)
            if clock() >= until_s:
                break
        else:
            return "".join(parts)


def _filters(now: Callable[[], datetime], zone: tzinfo) -> dict[str, Callable[..., object]]:
    def when(at: datetime) -> Markup:
        """A moment: in short, with the full time on hover."""
        return _time(at, words.moment_words(at, now(), zone))

    def day(at: datetime | date) -> Markup:
        """A day, of a moment too."""
        today = now().astimezone(zone).date()
        if isinstance(at, datetime):
            return _time(at, words.day_words(at.astimezone(zone).date(), today))
        return _time_of(at.isoformat(), words.full_day(at), words.day_words(at, today))

    def age(since: datetime) -> Markup:
        """How long ago."""
        return _time(since, words.age_words(since, now()))

    def clock(at: datetime) -> Markup:
        """A moment of today, to the second."""
        return _time(at, words.clock_words(at.astimezone(zone)))

    def _time(at: datetime, text: str) -> Markup:
        return _time_of(at.isoformat(timespec="seconds"), words.full_words(at, zone), text)

    return {
        "when": when,
        "day": day,
        "dated": partial(dated, day=day),
        "age": age,
        "clock": clock,
        "counted": words.counted,
        "browser": words.browser_words,
        "lasting": words.lasting_words,
        "lasted": words.lasted_words,
        "plainly": words.plain_words,
        "figure": words.figure_words,
        "is_some": words.is_some,
        "in_words": in_words,
        "safe_link": safe_link,
        "linked": linked,
        "parted": parted,
    }


def _time_of(iso: str, full: str, short: str) -> Markup:
    """Write a time, with the full one on hover. All three are made of numbers, names of months and days, and words of ours: nothing is to be escaped."""
    return Markup(f'<time datetime="{iso}" title="{full}">{short}</time>')  # noqa: S704 - see above


_DAY: Final = re.compile(r"“[^”]*”|(?P<on>\bon )?\b(?P<day>20\d\d-\d\d-\d\d)\b")
"""A day, or what is quoted: that stays as it was written."""
_NEAR: Final = (">today<", ">tomorrow<", ">yesterday<")
_REQUEST: Final = re.compile(r"\b[BL]-[0-9A-Z]{5}-[0-9A-Z]{5}\b")


def dated(text: str, day: Callable[[date], Markup]) -> Markup:
    """Return words of ours with each day in them as people write it; history has it as 2027-02-18."""
    parts, end = [], 0
    for found in filter(itemgetter("day"), _DAY.finditer(text)):
        shown = _day(found["day"], day)
        on = "" if any(word in shown for word in _NEAR) else found["on"] or ""  # “on today” is no English
        parts += [escape(text[end : found.start()]), on, shown]
        end = found.end()
    return Markup("").join((*parts, escape(text[end:])))


def _day(written: str, day: Callable[[date], Markup]) -> Markup:
    try:
        return day(date.fromisoformat(written))
    except ValueError:  # there is no such day
        return escape(written)


def linked(text: str) -> Markup:
    """Return words with each request's number as a link to it."""
    parts, end = [], 0
    for found in _REQUEST.finditer(text):
        parts += [
            escape(text[end : found.start()]),
            Markup('<a href="/requests/{0}"><code>{0}</code></a>').format(found[0]),
        ]
        end = found.end()
    return Markup("").join((*parts, escape(text[end:])))


def safe_link(address: str | None) -> str:
    """Return an address that somebody else named, if a browser may be led there: http and https alone; else nothing."""
    return address if address and urlsplit(address).scheme in {"http", "https"} else ""
