"""What a change writes into the register, as rows of parameters. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

import msgspec

from gateway.iso18626.codes import ServiceLevel
from gateway.store import wording
from gateway.store.columns import Params, optional_stamp, plain, stamp
from gateway.store.port import Change
from gateway.store.register_port import Flag
from gateway.workflow.borrowing.groups import FINALS as BORROWING_FINALS
from gateway.workflow.lending.groups import FINALS as LENDING_FINALS
from gateway.workflow.places import branch_of
from gateway.workflow.records import Request, Role

FINALS: Final = {Role.LENDING: LENDING_FINALS, Role.BORROWING: BORROWING_FINALS}
"""States in which a request has ended, by the role that we have in it."""
_HURRIED: Final = frozenset(
    level.casefold() for level in (ServiceLevel.EXPRESS, ServiceLevel.RUSH, ServiceLevel.URGENT)
)


class RegisterRows(msgspec.Struct, frozen=True, kw_only=True):
    """A change's rows of the register, by what is done with them."""

    new_line: tuple[Params, ...] = ()
    known_line: tuple[Params, ...] = ()
    step_line: tuple[Params, ...] = ()
    """In its place, of a request that was open and is."""
    new_words: tuple[Params, ...] = ()
    known_words: tuple[Params, ...] = ()
    note: tuple[Params, ...] = ()
    """Words that were written about a request, by whomever."""
    new_numbers: tuple[Params, ...] = ()
    known_numbers: tuple[Params, ...] = ()


def register_rows(change: Change, subject: str | None) -> RegisterRows:
    """Return the rows of a change to this request."""
    if change.request is None:
        return RegisterRows(note=_note(change, subject))
    if change.created:
        return _first_rows(change, change.request, subject)
    if _is_unnoticed(change):
        return RegisterRows()
    line, stays_open = _line(change.request), _stays_open(change)
    words, numbers = ((), ()) if _is_found_as_before(change) else _words_and_numbers(change.request)
    return RegisterRows(
        known_line=() if stays_open else (line,),
        step_line=((line[0], *line[2:]),) if stays_open else (),
        known_words=words,
        note=_note(change, subject),
        known_numbers=numbers,
    )


def _first_rows(change: Change, request: Request, subject: str | None) -> RegisterRows:
    line, words, numbers = lines_of(request)
    note = () if request.note else _note(change, subject)  # else it is among the words
    tasks = ",".join(dict.fromkeys([str(task.kind) for task in change.open_tasks]))
    return RegisterRows(new_line=((*line, tasks),), new_words=(words,), note=note, new_numbers=numbers)


def lines_of(request: Request) -> tuple[Params, Params, tuple[Params, ...]]:
    """Return a request's line, its words, and its numbers."""
    (words,), numbers = _words_and_numbers(request)
    return _line(request), words, numbers


def _words_and_numbers(request: Request) -> tuple[tuple[Params, ...], tuple[Params, ...]]:
    sources = wording.Sources.of(request)
    numbers = tuple([(request.id, number) for number in wording.numbers_of(sources)])
    return ((request.id, _is_open(request), wording.words_of(sources)),), numbers


def _is_found_as_before(change: Change) -> bool:
    """Whether words and numbers of a request stand as they are to be: most steps change neither, nor end it."""
    before, request = change.before, change.request
    if before is None or request is None or _is_open(before) is not _is_open(request):
        return False
    return wording.Sources.of(before) == wording.Sources.of(request)


def _stays_open(change: Change) -> bool:
    """Whether a request was open and is, as far as the change says what was before."""
    before, request = change.before, change.request
    return before is not None and request is not None and _is_open(before) and _is_open(request)


def _is_unnoticed(change: Change) -> bool:
    """Whether nothing has happened that is told, found or counted, as at a look that shows what was known: the line stays, and nobody follows it."""
    before, request = change.before, change.request
    if before is None or request is None or change.history or change.event is not None:
        return False
    return _line(msgspec.structs.replace(before, updated_at=request.updated_at)) == _line(
        request
    ) and _is_found_as_before(change)


def _is_open(request: Request) -> bool:
    return request.state not in FINALS[request.role]


def _line(request: Request) -> Params:
    return (
        request.id,
        _is_open(request),
        str(request.role),  # `.value` takes four times as long, of all enumerations
        str(request.state),
        plain(request.partner or ""),
        plain(branch_of(request)),
        str(request.service),
        stamp(request.created_at),
        stamp(request.updated_at),
        stamp(request.state_since),
        optional_stamp(request.due_at or _first_due(request)),
        ",".join(_flags(request)),
        plain(request.assigned_to or ""),
    )


def to_index(words: Iterable[Params], *, is_open: bool) -> tuple[Params, ...]:
    """Return the words of what is open, or of what has ended, as their index takes them."""
    return tuple([(request, text) for request, whether, text in words if whether is is_open])


def _first_due(request: Request) -> datetime | None:
    return min((item.due_at for item in request.items if item.due_at), default=None) if request.items else None


def _flags(request: Request) -> Iterator[str]:
    if (request.level or "").strip().casefold() in _HURRIED:
        yield Flag.RUSH
    if request.flag is not None:
        yield Flag.ATTENTION
    terms = request.borrowing.terms if request.borrowing else None
    if request.cost or (terms and terms.cost):
        yield Flag.COST


def _note(change: Change, subject: str | None) -> tuple[Params, ...]:
    """Return what the event says in words of its own."""
    written = getattr(change.event, "note", None)
    words = " ".join(wording.words(written)) if subject and isinstance(written, str) else ""
    return ((subject, words),) if words else ()
