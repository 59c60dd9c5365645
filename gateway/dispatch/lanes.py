"""What the worker knows of one lane, and whom it blames for work that failed. No store, no clock: times are passed in.

One failure alone does not say whether the other side is away or the one question can't be answered. So the smallest
thing is blamed that explains all failures since the other side was last heard:

    one request                                      its row waits by itself, and whatever is behind it goes on
    several requests of one library behind a broker  that library is left alone
    several requests else, several libraries         the lane is left alone
    nothing got through (Fault.LANES)                likewise

A request that failed while another got through has explained itself: until it gets through it is its own problem, and counts
no more in what is blamed else. So does a library behind a broker. However many there are of either, they stop nobody.

A lane or a library that is left alone is tried with one row after pauses that grow; the first sign of life ends that. A try that gets
through, after nothing did, and is in vain all the same (a reply that is damaged) is half a sign: the pauses begin anew, once in a trouble.
What fails while its lane is left alone says nothing of itself and is due again with the lane.
"""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import Enum
from math import inf
from typing import Final

import msgspec

from gateway.dispatch.results import Fault, Later
from gateway.store.port import BackOff, EffectRow, Setback

LOOK_AGAIN: Final = timedelta(seconds=5)
"""How long a row waits, at the most, for the one that tries its library."""

SPOKEN_TO_EVERY: Final = timedelta(seconds=30)
"""Who speaks to us and can't be spoken to is tried for that no more often."""

MOST_REMEMBERED: Final = 1000
"""Requests of a lane of which it is known that they fail by themselves: the oldest is forgotten first."""

Lane = str | None


class Blame(Enum):
    """Who waits because of a failure."""

    ROW = "row"
    NOBODY_YET = "nobody yet"
    """The row, for it failed again; but nobody else was heard meanwhile, so that it may be the lane."""
    LIBRARY = "library"
    LANE = "lane"


class Try(msgspec.Struct, frozen=True, kw_only=True):
    """A row that is being worked on. `began` is the lane's own count of what begins and what fails."""

    row: EffectRow
    lane: Lane
    began: int
    library: str | None = None
    """Whom the message is for, where its lane has several libraries behind it: a broker's."""

    def behind(self, library: str | None) -> "Try":
        """Say whom it is for, once that is known."""
        return msgspec.structs.replace(self, library=library)


class Remembered:
    """Names in the order in which they came, no more than MOST_REMEMBERED."""

    def __init__(self) -> None:
        self.names: dict[str, None] = {}

    def add(self, name: str) -> None:
        """Remember a name as the last that came."""
        self.forget(name)
        self.names[name] = None
        if len(self.names) > MOST_REMEMBERED:
            self.forget(next(iter(self.names)))

    def forget(self, name: str) -> None:
        """Remember a name no longer, if it was remembered at all."""
        self.names.pop(name, None)


class LaneTrouble:
    """How often a lane, or a library behind one, failed in a row, and until when it is left alone."""

    def __init__(self) -> None:
        self.failures = 0
        self.until: datetime | None = None
        self.words = ""
        self.since: datetime | None = None
        self.put_off_at: datetime | None = None
        self.failed_at = 0
        """By the lane's count."""

    def learn(self, kept: BackOff | None) -> None:
        """Take over what is stored."""
        self.failures, self.until = (kept.failures, kept.until) if kept else (0, None)
        self.words, self.since = (kept.words, kept.since) if kept else ("", None)

    def put_off(self, setback: Setback, until: datetime) -> None:
        """Leave it alone until then; since when it has failed stays."""
        self.words, self.since, self.until = setback.words, self.since or setback.at, until
        self.put_off_at = setback.at

    def kept_as(self, name: str) -> BackOff:
        """Return what is stored of it. It was put off before."""
        assert self.until is not None, "what was never put off is not stored"
        return BackOff(lane=name, until=self.until, failures=self.failures, words=self.words, since=self.since)


class LaneState:
    """One lane: what runs in it, what ails it, and how much of it may run at once."""

    def __init__(self, lane: Lane) -> None:
        self.wake = asyncio.Event()
        self.running: dict[int, asyncio.Task[None]] = {}
        """The work under way, by its row."""
        self.stranded = False
        """The store broke off: rows may be leased to us that nobody here works on."""
        self.trouble = LaneTrouble()
        self.pace = inf
        """How many rows may run at once: one after a failure, then twice as many after each that went well."""
        self._lane = lane
        self._libraries: dict[str, LaneTrouble] = {}
        """The libraries behind a broker that are left alone."""
        self._trying: dict[str, int] = {}
        """Of those, the ones that are being tried, each with a row."""
        self._doubted: dict[str | None, Remembered] = {}
        """Requests that failed since their library was last heard."""
        self._silent: set[str | None] = set()
        """Libraries that failed since anybody in the lane was last heard."""
        self._bad = Remembered()
        """Requests that failed while another got through, until they get through themselves."""
        self._deaf = Remembered()
        """Libraries behind a broker of which the same is true."""
        self._unproven = False
        """A row waits of which nobody knows yet whether it is to blame."""
        self._cut_off = False
        """When it last failed, nothing got through."""
        self._half_heard = False
        """Since its trouble began something got through again, in vain."""
        self._count = 0

    def begin(self, row: EffectRow) -> Try:
        """Note that a row is taken up, before anything is read for it: what is taken up together fails together."""
        self._count += 1
        return Try(row=row, lane=self._lane, began=self._count)

    # what failed

    def blame(self, tried: Try, fault: Fault) -> Blame:
        """Say who is to wait."""
        if fault is Fault.ITS_OWN or self._lane is None:
            return Blame.ROW
        self.pace = 1.0
        if fault is Fault.LANES:
            self._cut_off = True
            return Blame.LANE
        if self._cut_off and not self._half_heard and tried.began > self.trouble.failed_at:
            self._half_heard, self.trouble.failures = True, min(self.trouble.failures, 1)
        self._cut_off = False
        failed = self._doubted.setdefault(tried.library, Remembered())
        again = tried.row.request in failed.names
        failed.add(tried.row.request)
        if tried.row.request not in self._bad.names:
            together = self._blame_together(tried.library, failed)
            if together is not None:
                return together
        self._unproven |= again
        return Blame.NOBODY_YET if again else Blame.ROW

    def _blame_together(self, library: str | None, failed: Remembered) -> Blame | None:
        """Say whether the lane or the library explains that the request failed; None: neither need be to blame."""
        is_known = library in self._libraries or library in self._deaf.names
        if not is_known:
            self._silent.add(library)
            if self.trouble.failures or len(self._silent) > 1:
                return Blame.LANE
        if library in self._libraries or len(failed.names.keys() - self._bad.names.keys()) > 1:
            return Blame.LANE if library is None else Blame.LIBRARY
        return None

    def failed(self, tried: Try, blame: Blame) -> LaneTrouble | None:
        """Count a failure of the lane or the library; None where it had failed after this try began: that is one failure."""
        alone = tried.library if blame is Blame.LIBRARY else None
        trouble = self.trouble if alone is None else self._libraries.setdefault(alone, LaneTrouble())
        if trouble.failures and tried.began <= trouble.failed_at:
            return None
        self._count += 1
        trouble.failures, trouble.failed_at = trouble.failures + 1, self._count
        return trouble

    # what went well

    def heard(self, tried: Try) -> bool:
        """Take a sign of life; whether it ends any trouble. What failed before it is to blame itself."""
        self.pace *= 2
        for request in self._doubted.pop(tried.library, Remembered()).names:
            self._bad.add(request)
        for library in self._silent - {None}:
            self._deaf.add(str(library))
        self._silent.clear()
        self._deaf.forget(str(tried.library))
        self.forget(tried.row.request)
        return self._unproven or bool(self.trouble.failures) or tried.library in self._libraries

    def forget(self, request: str) -> None:
        """A request got through, or what it wanted here was withdrawn: it is no longer known to fail by itself."""
        for names in (self._bad, *self._doubted.values()):
            names.forget(request)

    def spoke(self, now: datetime) -> bool:
        """The other side spoke to us by itself; whether its lane, which is left alone, is tried with one row for that."""
        trouble = self.trouble
        is_left_alone = trouble.until is not None and trouble.until > now
        if not is_left_alone or (trouble.put_off_at is not None and now - trouble.put_off_at < SPOKEN_TO_EVERY):
            return False
        trouble.until = now
        return True

    def names(self, library: str | None = None) -> tuple[str, ...]:
        """Return the names under which the trouble of the lane, and of a library behind it, is stored."""
        of_lane = (self.stored_as(None),) if self.trouble.failures else ()
        return (*of_lane, self.stored_as(library)) if library in self._libraries else of_lane

    def end(self, library: str | None) -> None:
        """Forget the trouble of the lane, and of a library behind it."""
        self._unproven = self._cut_off = self._half_heard = False
        self.trouble.learn(None)
        if library is not None:
            self._libraries.pop(library, None)

    def setback(self, later: Later, at: datetime) -> Setback:
        """Say why a try came to nothing: for what was not even tried, what ailed the lane before."""
        return Setback(at=at, words=(self.trouble.words if later.untried else "") or later.words)

    # who waits

    @property
    def is_troubled(self) -> bool:
        """Whether the lane or a library behind it is left alone."""
        return bool(self.trouble.failures or self._libraries)

    @property
    def libraries(self) -> tuple[str, ...]:
        """Those behind the lane that are left alone."""
        return tuple(self._libraries)

    def held_back(self, tried: Try, now: datetime) -> datetime | None:
        """Until when a row waits for its library. None: not at all; if the library is left alone, the row is what tries it."""
        trouble = self._libraries.get(tried.library) if tried.library is not None else None
        if tried.library is None or trouble is None:
            return None
        if trouble.until is not None and trouble.until > now:
            return trouble.until
        if tried.library in self._trying:
            return now + LOOK_AGAIN
        self._trying[tried.library] = tried.row.id
        return None

    def over(self, tried: Try) -> None:
        """A row is no longer under way."""
        if tried.library is not None and self._trying.get(tried.library) == tried.row.id:
            del self._trying[tried.library]

    # what is stored

    def stored_as(self, library: str | None) -> str:
        """Return the name of the back-off of the lane, or of a library behind it."""
        return f"{self._lane} {library}" if library is not None else str(self._lane)

    def learn(self, kept: dict[str | None, BackOff]) -> None:
        """Take over the stored back-offs, each by its library, the lane's own under None."""
        if self.trouble.failures and None not in kept:
            self.pace = 1.0
        self.trouble.learn(kept.get(None))
        self._libraries = {name: self._libraries.get(name, LaneTrouble()) for name in kept if name is not None}
        for library, trouble in self._libraries.items():
            trouble.learn(kept[library])


def by_lane(kept: Iterable[BackOff]) -> dict[str, dict[str | None, BackOff]]:
    """Sort stored back-offs by lane and library. No lane's name has a blank in it."""
    found: dict[str, dict[str | None, BackOff]] = {}
    for backoff in kept:
        lane, _, library = backoff.lane.partition(" ")
        found.setdefault(lane, {})[library or None] = backoff
    return found
