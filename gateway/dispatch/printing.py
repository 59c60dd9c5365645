"""Papers made into a PDF, away from the event loop: each job in a process of its own, one after the other.

A process costs 0.15 s of CPU more than a thread would, and is worth it: Typst keeps what it has set (200 slips leave 200 MB in a process
that stays), and a library's template that runs wild, or a crash in what draws its logo, ends with the job. It runs at a lower
priority and on one core, so that accepting messages doesn't notice.
"""

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import Callable, Iterable
from datetime import date, datetime, tzinfo
from typing import Final

import msgspec

from gateway.config.papers import PapersSection
from gateway.documents.job import Job, PaperStyle, PrintChoice, Stationery, runs
from gateway.documents.papers import Paper

PATIENCE_S: Final = 60.0
"""For one job, which takes a second or two."""
MOST_WAITING: Final = 16
_MODULE: Final = "gateway.documents.pdf"

_log = logging.getLogger(__name__)


class NotPrinted(Exception):  # noqa: N818 - an outcome, in words for whoever asked
    """There is no PDF; the text says why: a template's mistake with its line, or a job that took too long."""


class TooMuchToPrint(Exception):  # noqa: N818 - likewise
    """So many jobs wait that this one is not taken."""


class Printing:
    """Prints what one library prints, as its settings have it."""

    def __init__(self, look: PaperStyle, stationery: Stationery, now: Callable[[], datetime], zone: tzinfo) -> None:
        self.look = look
        self.stationery = stationery
        self._now = now
        self._zone = zone
        self._turn = asyncio.Lock()
        self._waiting = 0

    def today(self) -> date:
        """Return the day at the library."""
        return self._now().astimezone(self._zone).date()

    async def pdf(self, title: str, papers: Iterable[Paper], choice: PrintChoice, *, outlines: bool = False) -> bytes:
        """Print papers in the order in which they come, with the outlines of a sheet's places if wanted. Raises Unprintable, NotPrinted, TooMuchToPrint."""
        job = Job(
            title=title, day=self.today(), runs=runs(papers, self.stationery, choice), look=self.look, outlines=outlines
        )
        if self._waiting >= MOST_WAITING:
            raise TooMuchToPrint("Too much waits to be printed: try again in a moment.")
        self._waiting += 1
        try:
            async with self._turn:
                return await _printed(msgspec.json.encode(job))
        finally:
            self._waiting -= 1


async def _printed(job: bytes) -> bytes:
    """Give a job to a process of its own, which is stopped if nobody waits for it any more. Raises NotPrinted."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", _MODULE, stdin=-1, stdout=-1, stderr=-1, env=_environment()
    )
    try:
        async with asyncio.timeout(PATIENCE_S):
            pdf, words = await process.communicate(job)
    except TimeoutError:
        raise NotPrinted(f"Printing took more than {PATIENCE_S:g} s and was stopped.") from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    said = words.decode("utf-8", "replace")
    if process.returncode != 0:
        raise NotPrinted(said if process.returncode == 1 and said else "The process that prints has broken down.")
    if said != "0":
        _log.warning("%s characters are in no font of the papers, and were printed as boxes: see [papers] fonts", said)
    return pdf


def look_of(papers: PapersSection) -> PaperStyle:
    """Return the look of a library's papers, as its settings have it."""
    return PaperStyle(
        item_bars=papers.item_bars,
        templates=papers.templates,
        logo=papers.logo,
        fonts=papers.fonts,
        desk=papers.desk_url,
    )


def stationery_of(papers: PapersSection) -> Stationery:
    """Return what a library prints on, likewise."""
    return Stationery(sheet=papers.sheet, stock=papers.stock, printers=papers.printers)


def _environment() -> dict[str, str]:
    """What the process may know: where our modules are, and none of the gateway's secrets. One thread sets a page."""
    return {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "RAYON_NUM_THREADS": "1", "LC_ALL": "C.UTF-8"}
