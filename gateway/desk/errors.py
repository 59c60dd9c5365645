"""Why something can't be done, in words for people. Each way in says them in its own manner: `web/answers.py` has the table of statuses.

DeskError                what was asked can't be done; `detail` is a sentence, `problems` are the places that are wrong
├── UnreadableError      what was handed in is not what it says it is: no JSON, no text
├── NotAllowedError      whoever asks lacks the right
├── NotThereError        what is named doesn't exist
│   └── HasNoneError     what is named exists, but has nothing of what was asked for, or no more
├── ConflictError        not possible as things stand; the workflow's own words if it refused
├── UnusableError        it can be read, but isn't what is taken here
├── NotPrintedError      a library's template is wrong, with the place; or what prints has broken down
├── BusyError            so much waits that no more is taken
├── WrongPasswordError   who somebody says it is was not proved
├── TooOftenError        too many tries; `wait_s` says when the next may come
└── StoreFailedError     the store failed on the way, and what that means is said

StoreUnavailable passes through from the store: any of the functions may raise it.

StoreUnavailable, which any function of the desk may raise, and its kind StoreReadsOnly are given on, so that whoever calls them imports nothing of the store.
"""

from collections.abc import Iterable

from gateway.desk.structs.common import Problem
from gateway.store.errors import StoreReadsOnly, StoreUnavailable

__all__ = [
    "BusyError",
    "ConflictError",
    "DeskError",
    "HasNoneError",
    "NotAllowedError",
    "NotPrintedError",
    "NotThereError",
    "StoreFailedError",
    "StoreReadsOnly",
    "StoreUnavailable",
    "TooOftenError",
    "UnreadableError",
    "UnusableError",
    "WrongPasswordError",
]


class DeskError(Exception):
    """What was asked can't be done."""

    def __init__(self, detail: str, problems: Iterable[Problem] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.problems = None if problems is None else tuple(problems)


class UnreadableError(DeskError):
    """What was handed in is not what it says it is."""


class NotAllowedError(DeskError):
    """Whoever asks lacks the right."""


class NotThereError(DeskError):
    """What is named doesn't exist."""


class HasNoneError(NotThereError):
    """What is named exists, but has nothing of what was asked for, or no more: the words say all."""


class ConflictError(DeskError):
    """Not possible as things stand."""


class UnusableError(DeskError):
    """It can be read, but isn't what is taken here."""


class NotPrintedError(DeskError):
    """There is no PDF, and the words say why."""


class BusyError(DeskError):
    """So much waits that no more is taken."""


class WrongPasswordError(DeskError):
    """Who somebody says it is was not proved."""


class TooOftenError(DeskError):
    """Too many tries."""

    def __init__(self, detail: str, wait_s: float) -> None:
        super().__init__(detail)
        self.wait_s = wait_s


class StoreFailedError(DeskError):
    """The store failed on the way."""
