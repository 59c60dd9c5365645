"""The demonstration library while it is open: its books, its clock, its SIP account, and the file the books are kept in.

Shared by the SIP2 answers (answers.py) and the control port (control.py), which both act through `acting`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from gateway.demo.acs.collection import demonstration_collection, state_at
from gateway.demo.acs.holds import expire_holds
from gateway.demo.acs.library import Library
from gateway.demo.acs.records import Source, State
from gateway.demo.acs.settings import AcsSettings

Clock = Callable[[], datetime]


class Circulation:
    """One open library. `now` gives aware datetimes; they are brought into the library's zone here."""

    def __init__(self, settings: AcsSettings, now: Clock) -> None:
        self.settings = settings
        self.zone = ZoneInfo(settings.time_zone)
        self._now = now
        self._refused_logins = 0
        self._file = Path(settings.state_file) if settings.state_file else None
        self.library = Library(self._open(), settings.habits)

    def now(self) -> datetime:
        """The time in the library's zone."""
        return self._now().astimezone(self.zone)

    @contextmanager
    def acting(self, source: Source = Source.SIP2) -> Iterator[tuple[Library, datetime]]:
        """The library with its expired holds off, and the time; afterwards the books are kept if an act was entered."""
        now, before = self.now(), len(self.library.state.journal)
        expire_holds(self.library, now)
        try:
            yield self.library.seen_by(source), now
        finally:
            if len(self.library.state.journal) != before:
                self.keep()

    def keep(self) -> None:
        """Keep the books, unless that is left to the stop."""
        if not self.settings.keep_at_stop:
            self.write()

    def write(self) -> None:
        """Write the books to their file, whole or not at all (for a killed process, not for a power cut)."""
        if self._file:
            new = self._file.with_name(self._file.name + ".new")
            new.write_bytes(msgspec.json.encode(self.library.state))
            new.replace(self._file)

    def admits(self, user: str, password: str) -> bool:
        """Judge a login, and count the refused ones towards the block."""
        login, block_after = self.settings.login, self.settings.block_after_refusals
        blocked = bool(block_after) and self._refused_logins >= block_after
        right = login is None or (login.user, login.password) == (user, password)
        self._refused_logins = self._refused_logins if right else self._refused_logins + 1
        return right and not blocked

    def reset(self) -> None:
        """Begin anew with the demonstration data and the habits of the settings."""
        self._refused_logins = 0
        self.library = Library(self._fresh(), self.settings.habits)
        self.keep()

    def _open(self) -> State:
        if self._file and self._file.exists():
            return msgspec.json.decode(self._file.read_bytes(), type=State)
        return self._fresh()

    def _fresh(self) -> State:
        return state_at(demonstration_collection(self.settings.collection), self.now())
