"""Why a piece of work has not gone on, in words: what it waits for, since when, why, and when it is tried next. Pure.

The words hold no times: whoever shows them writes those in the zone of the one who reads.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from gateway.desk.structs.requests import Wait
from gateway.dispatch.planning import ACS_LANE, LOOK_UP_LANE, PEER_LANE, library_of
from gateway.iso18626.values import agency_key
from gateway.store.port import BackOff, EffectRow
from gateway.workflow.effects import Look, Perform, StartTimer
from gateway.workflow.partners import Partner
from gateway.workflow.records import Request


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What a request's work may wait for that is not its own."""

    request: Request
    now: datetime
    backoffs: Mapping[str, BackOff]
    """What is left alone: lanes, and libraries behind them, by the names that they are stored under."""
    before_at_item: Mapping[int, str]
    """By row: the request that stands before it at its item."""
    names: Mapping[str, str] = {}
    """The names of other libraries, by their ids."""


def why_waiting(row: EffectRow, rows: Sequence[EffectRow], around: Surroundings) -> Wait | None:
    """Say why a row of the request's `rows` has not gone on; None where only its time has not come, clocks among them."""
    if isinstance(row.effect, StartTimer):
        return None
    if row.leased_until is not None and row.leased_until > around.now:
        return Wait(words="it is being tried now", since=row.started_at)
    if row.lane is not None and any(each.lane == row.lane and each.id < row.id for each in rows):
        return Wait(words="it comes after the request's other work for " + whom(row.lane))
    return _left_alone(row, around) or _failed(row, around.now) or _in_line(row, around)


def whom(lane: str) -> str:
    """Name who is at the other end of a lane."""
    return _WHOM.get(lane) or f"the system of {lane.removeprefix(PEER_LANE)}"


def lanes_of(partner: Partner) -> frozenset[str]:
    """Return what a back-off of a partner's may be stored under: its system's lane, and its own behind a system of several libraries."""
    lane = f"{PEER_LANE}{partner.peer}"
    return frozenset({lane, *(f"{lane} {agency_key(each)}" for each in (*partner.symbols, *partner.aliases))})


def library_or_system(name: str, partners: Iterable[Partner]) -> str:
    """Name the library that a back-off is about; of several behind one system, the system and how many they are."""
    lane, _, library = name.partition(" ")
    behind = [partner for partner in partners if f"{PEER_LANE}{partner.peer}" == lane]
    if library:
        named = (each.name for each in behind if name in lanes_of(each))
        return next(named, f"{library}, behind {whom(lane)},")
    if len(behind) == 1:
        return behind[0].name
    return f"{whom(lane)}, with {len(behind)} libraries behind it," if behind else whom(lane)


_WHOM: Final = {ACS_LANE: "the circulation system", LOOK_UP_LANE: "the catalogue"}


def _left_alone(row: EffectRow, around: Surroundings) -> Wait | None:
    """Its lane, or the library behind it, fails: it is due again with that, unless it has a longer wait of its own."""
    if row.lane is None:
        return None
    library = library_of(row.effect, around.request, lambda _peer: True)
    who = {row.lane: whom(row.lane), f"{row.lane} {library}": f"{library}, behind {whom(row.lane)},"}
    alone = [(around.backoffs[name], words) for name, words in who.items() if name in around.backoffs]
    if not alone:
        return None
    backoff, words = max(alone, key=lambda each: each[0].until)
    if row.failed and not row.with_lane and row.due_at > max(backoff.until, around.now):
        return None
    return Wait(
        words=f"{words} has given no usable answer",
        since=backoff.since,
        reason=backoff.words or row.failed,
        next_at=max(backoff.until, row.due_at, around.now),
    )


def _failed(row: EffectRow, now: datetime) -> Wait | None:
    if not row.failed:
        return None
    return Wait(words="it has failed", since=row.failing_since, reason=row.failed, next_at=max(row.due_at, now))


def _in_line(row: EffectRow, around: Surroundings) -> Wait | None:
    if row.due_at > around.now:
        return None
    other = around.before_at_item.get(row.id)
    if other is not None and isinstance(row.effect, Perform | Look):
        return Wait(words=f"request {other} comes first at item {row.effect.item_barcode}")
    return Wait(words="it waits for its turn", since=row.due_at)
