"""Changes as rows of parameters, and rows as values: what the two databases share. Pure.

Lane `''` stands for no lane.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

import msgspec
import structlog

from gateway.store import encoding
from gateway.store.borrowing_port import Customer
from gateway.store.columns import Fetched, Params, lines, moment, optional_moment, plain, stamp
from gateway.store.port import (
    WAKE_WITHIN,
    BackOff,
    Change,
    DoneAct,
    EffectRow,
    HistoryEntry,
    Inbound,
    LaneDepth,
    LoginCount,
    NewEffect,
    PolicyVersion,
    Token,
)
from gateway.store.register_rows import RegisterRows, register_rows
from gateway.store.request_rows import keeps_names, known_request, new_request, step
from gateway.workflow.borrowing_records import BarcodeMove, PoolState
from gateway.workflow.effects import OpenTask

_log = structlog.get_logger(__name__)

USUAL_BYTES = 16 * 1024
"""More than most messages have."""
NO_WORK = ""
"""In place of the keys of a work that has none, so that its request is found by its customer's card all the same."""
_WHENEVER = -1
"""In place of since when a barcode was free, where that does not matter."""
_NOBODYS = frozenset({PoolState.COOLING, PoolState.FREE})
"""States in which a barcode of the pool belongs to no request."""


class ChangeRows(msgspec.Struct, frozen=True, kw_only=True):
    """A change as rows, by what is done with them; the statements are in sql.py, their order in writes.py."""

    subject: str | None
    """The request it belongs to."""
    created: bool
    weight: int = 1
    """What it costs to write, in changes of the usual length."""
    must_withdraw: tuple[Params, ...] = ()
    must_stop: tuple[Params, ...] = ()
    withdraw: tuple[Params, ...] = ()
    complete: tuple[Params, ...] = ()
    insert_request: tuple[Params, ...] = ()
    update_request: tuple[Params, ...] = ()
    step_request: tuple[Params, ...] = ()
    """In its place, of one that is found under the same names as before."""
    customer: tuple[Params, ...] = ()
    works: tuple[Params, ...] = ()
    corrected: tuple[Params, ...] = ()
    """A customer in place of the one that was known."""
    corrected_works: tuple[Params, ...] = ()
    """The card in place of that customer's."""
    intake_key: tuple[Params, ...] = ()
    copied: tuple[Params, ...] = ()
    done: tuple[Params, ...] = ()
    """The act under a one-use key."""
    taken: tuple[Params, ...] = ()
    """Pool barcodes that the request has from now on."""
    freed: tuple[Params, ...] = ()
    """Those that it lets go, where another doesn't have them by now."""
    register: RegisterRows = RegisterRows()
    """How it is found."""
    history: tuple[Params, ...] = ()
    message: tuple[Params, ...] = ()
    effects: tuple[Params, ...] = ()
    unordered: tuple[Params, ...] = ()
    """Effects of no lane."""
    promote: tuple[Params, ...] = ()
    """The request, where rows of its go: those behind them may run then."""
    close_tasks: tuple[Params, ...] = ()
    first_tasks: tuple[Params, ...] = ()
    """Of a request that is new."""
    open_tasks: tuple[Params, ...] = ()
    lanes: frozenset[str] = frozenset()
    """Lanes of the new effects that are due soon."""


def change_rows(change: Change) -> ChangeRows:
    """Return a change's rows, encoded. Raises ValueError on a change that makes no sense."""
    request = change.request
    subject = request.id if request is not None else change.history_of
    _check(change, subject)
    goes = change.completes is not None or change.withdraw or change.must_withdraw or change.must_stop
    return ChangeRows(
        subject=subject,
        created=change.created,
        weight=1 if change.inbound is None else 1 + len(change.inbound.document) // USUAL_BYTES,
        must_withdraw=_keyed(subject, change.must_withdraw),
        must_stop=_keyed(subject, change.must_stop),
        withdraw=((subject, lines(change.withdraw)),) if change.withdraw else (),
        complete=() if change.completes is None else ((change.completes, change.owner, subject),),
        insert_request=(new_request(request, change.inbound),) if request is not None and change.created else (),
        update_request=() if request is None or change.created or keeps_names(change) else (known_request(request),),
        step_request=(step(request),) if request is not None and keeps_names(change) else (),
        customer=_customer(subject, change),
        works=_works(subject, change),
        corrected=_corrected(subject, change, encoding.encode),
        corrected_works=_corrected(subject, change, lambda customer: customer.barcode),
        intake_key=_intake_key(subject, change),
        copied=_copied(subject, change),
        done=_done(change.done),
        taken=_moved(subject, change, lambda move: move.to not in _NOBODYS),
        freed=_moved(subject, change, lambda move: move.to in _NOBODYS),
        register=register_rows(change, subject),
        history=_history(subject, change),
        message=() if change.inbound is None else (_message(subject, change.inbound),),
        effects=tuple([effect_params(subject, new) for new in change.effects if new.lane is not None]),
        unordered=tuple([_unordered(subject, new) for new in change.effects if new.lane is None]),
        promote=((subject,),) if goes else (),
        close_tasks=((subject, lines(change.close_tasks), stamp(_time_of(change))),) if change.close_tasks else (),
        first_tasks=_first_tasks(subject, change) if change.created else (),
        open_tasks=() if change.created else _tasks(subject, change),
        lanes=_lanes(change),
    )


def _check(change: Change, subject: str | None) -> None:
    """Raise ValueError where parts of a change lack the request that they belong to."""
    if change.created and change.request is None:
        raise ValueError("a change that creates a request must hold it")
    taken_back = (change.withdraw, change.must_withdraw, change.must_stop)
    theirs = (change.effects, *taken_back, change.open_tasks, change.close_tasks)
    if subject is None and (change.completes is not None or any(theirs)):
        raise ValueError("effects and tasks belong to a request, and the change names none")


def _time_of(change: Change) -> datetime:
    """Say when a change happened. Raises ValueError where it doesn't say."""
    if change.request is not None:
        return change.request.updated_at
    if change.event is not None:
        return change.event.at
    if change.history:
        return change.history[0].at
    raise ValueError("the change does not say when it happened")


def _history(subject: str | None, change: Change) -> tuple[Params, ...]:
    """Return the rows of the timeline; the event stands beside the first line, or alone where there is none."""
    event = None if change.event is None else encoding.encode(change.event)
    if not change.history:
        return () if change.event is None else ((subject, stamp(change.event.at), None, event),)
    first, *others = change.history
    return (_line(subject, first, event), *(_line(subject, entry, None) for entry in others))


def _line(subject: str | None, entry: HistoryEntry, event: str | None) -> Params:
    return subject, stamp(entry.at), encoding.encode(entry), event


def _message(subject: str | None, inbound: Inbound) -> Params:
    return (
        subject,
        inbound.peer,
        inbound.digest,
        inbound.content,
        stamp(inbound.received_at),
        str(inbound.kind),
        inbound.ok,
        inbound.document,
        inbound.confirmation,
        encoding.encode_repairs(inbound.repairs),
    )


def _customer(subject: str | None, change: Change) -> tuple[Params, ...]:
    return () if change.asked is None else ((subject, encoding.encode(change.asked.customer)),)


def _works(subject: str | None, change: Change) -> tuple[Params, ...]:
    asked = change.asked
    if asked is None:
        return ()
    at, works = stamp(_time_of(change)), asked.works or (NO_WORK,)
    return tuple((subject, asked.customer.barcode, plain(work), at) for work in works)


def _corrected(subject: str | None, change: Change, written: Callable[[Customer], str]) -> tuple[Params, ...]:
    return () if change.corrected is None else ((subject, written(change.corrected)),)


def _intake_key(subject: str | None, change: Change) -> tuple[Params, ...]:
    key = None if change.asked is None else change.asked.intake_key
    return () if key is None else ((key, subject),)


def _copied(subject: str | None, change: Change) -> tuple[Params, ...]:
    if change.asked is None or change.asked.copied is None or change.request is None:
        return ()
    return ((subject, plain(change.asked.copied), stamp(change.request.created_at)),)


def _done(act: DoneAct | None) -> tuple[Params, ...]:
    return () if act is None else ((act.key, stamp(act.at), encoding.encode(act)),)


def _keyed(subject: str | None, keys: tuple[str, ...]) -> tuple[Params, ...]:
    return tuple([(subject, key) for key in keys])


def _moved(subject: str | None, change: Change, is_meant: Callable[[BarcodeMove], bool]) -> tuple[Params, ...]:
    if not change.barcodes:
        return ()
    return tuple(_barcode(subject, move, _time_of(change)) for move in change.barcodes if is_meant(move))


def _barcode(subject: str | None, move: BarcodeMove, at: datetime) -> Params:
    holder = None if move.to in _NOBODYS else subject
    free_since = _WHENEVER if move.free_since is None else stamp(move.free_since)
    return move.barcode, move.to.value, holder, stamp(at), subject, free_since


def effect_params(subject: str | None, new: NewEffect) -> Params:
    """Return the parameters of sql.INSERT_EFFECT."""
    effect = new.effect
    kind = str(effect.__struct_config__.tag)
    row = (subject, effect.key, kind, new.lane or "", stamp(new.due_at), encoding.encode(effect))
    return (*row, new.peer, int(new.ahead), new.item, new.item_turn)


def _unordered(subject: str | None, new: NewEffect) -> Params:
    effect = new.effect
    return subject, effect.key, str(effect.__struct_config__.tag), stamp(new.due_at), encoding.encode(effect)


def _lanes(change: Change) -> frozenset[str]:
    if not change.effects:
        return frozenset()
    soon = _time_of(change) + WAKE_WITHIN
    return frozenset([new.lane or "" for new in change.effects if new.due_at < soon])


def _tasks(subject: str | None, change: Change) -> tuple[Params, ...]:
    return tuple([_task(subject, task, _time_of(change)) for task in change.open_tasks])


def _first_tasks(subject: str | None, change: Change) -> tuple[Params, ...]:
    """Of two of a kind the words of the last."""
    return tuple({task[1]: task for task in _tasks(subject, change)}.values())


def _task(subject: str | None, task: OpenTask, at: datetime) -> Params:
    return subject, str(task.kind), plain(task.words), stamp(at)


def effect_row(row: Fetched) -> EffectRow:
    """Read a row of sql.EFFECT_COLUMNS."""
    number, request, effect, lane, due_at, attempts, started_at, payload, *more = row
    turn, item_turn, with_lane, leased_until, failed, failing_since = more
    return EffectRow(
        id=number,
        request=request,
        effect=encoding.decode_effect(effect),
        lane=lane or None,
        due_at=moment(due_at),
        attempts=attempts,
        started_at=optional_moment(started_at),
        payload=payload,
        ahead=turn == 0,
        item_turn=item_turn,
        with_lane=bool(with_lane),
        leased_until=optional_moment(leased_until),
        failed=failed,
        failing_since=optional_moment(failing_since),
    )


def readable(claimed: Iterable[Fetched], until: datetime) -> tuple[EffectRow, ...]:
    """Read rows that were claimed until then, and leave the ones that a newer program wrote to it: their lease runs out unused."""
    effects = []
    for row in claimed:
        try:
            effects.append(msgspec.structs.replace(effect_row(row), leased_until=until))
        except msgspec.MsgspecError as error:
            _log.error("effect_unreadable", effect=row[0], error=str(error))
    return tuple(effects)


def inbound(row: Fetched) -> Inbound:
    """Read a row of sql.MESSAGES."""
    peer, digest, content, received_at, kind, ok, document, confirmation, repairs = row
    return Inbound(
        peer=peer,
        digest=digest,
        content=content,
        received_at=moment(received_at),
        kind=kind,
        ok=bool(ok),
        document=document,
        confirmation=confirmation,
        repairs=encoding.decode_repairs(repairs),
    )


def lane_depth(row: Fetched) -> LaneDepth:
    """Read a row of sql.DEPTHS."""
    lane, depth, oldest_due_at = row
    return LaneDepth(lane=lane or None, depth=depth, oldest_due_at=optional_moment(oldest_due_at))


def backoff(row: Fetched) -> BackOff:
    """Read a row of sql.BACKOFFS."""
    lane, until, failures, words, since = row
    return BackOff(lane=lane, until=moment(until), failures=failures, words=words or "", since=optional_moment(since))


def login_count(row: Fetched) -> LoginCount:
    """Read a row of sql.LOGINS."""
    refusals, refused_at, trying, tried_at, version, forgiven_at = row
    return LoginCount(
        refusals=refusals,
        refused_at=optional_moment(refused_at),
        trying=trying,
        tried_at=optional_moment(tried_at),
        version=version,
        forgiven_at=optional_moment(forgiven_at),
    )


def policy_version(row: Fetched) -> PolicyVersion:
    """Read a row of sql.POLICIES."""
    version, saved_at, saved_by = row
    return PolicyVersion(version=version, saved_at=moment(saved_at), saved_by=saved_by)


def token(row: Fetched) -> Token:
    """Read a row of sql.TOKENS."""
    name, role, hashed, created_at, revoked_at, ends_at, suspended_at = row
    return Token(
        name=name,
        role=role,
        hash=hashed,
        created_at=moment(created_at),
        revoked_at=optional_moment(revoked_at),
        ends_at=optional_moment(ends_at),
        suspended_at=optional_moment(suspended_at),
    )
