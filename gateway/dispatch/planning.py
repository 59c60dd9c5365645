"""Which lane an effect goes into, and when it is due. Pure.

Lanes order the effects of one request and bound how many run at once: one per peer, one for the circulation
system, one for look-ups. Timers have none. In the lanes that all peers share they take turns, so that one with ten
thousand requests makes nobody else wait; what staff asked for goes ahead of them, for a person waits at the desk.
At an item requests keep their order, whosever turn it is: an act and the look after it are over before another request's begins.
"""

import zlib
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from gateway.iso18626.values import agency_key
from gateway.sip2.codec import folded
from gateway.store.port import AnyWork, EffectRow, NewEffect
from gateway.workflow.calendar import Calendar, Calendars
from gateway.workflow.effects import (
    AnyEffect,
    AskCopies,
    AssignBarcode,
    FindCopies,
    HearLate,
    Look,
    MakeRota,
    Perform,
    Seek,
    SendAction,
    SendRequest,
    StartTimer,
    Tell,
    Vet,
    Watch,
)
from gateway.workflow.policy import ClockSetting
from gateway.workflow.records import Clock, Request

ACS_LANE = "acs:main"
LOOK_UP_LANE = "look-ups"
SHARED_LANES = frozenset({ACS_LANE, LOOK_UP_LANE})
PEER_LANE = "peer:"
PULLING = frozenset({Clock.HOLD_AMBER, Clock.HOLD})
"""Clocks that wait for the branch that has the item, and count its open days."""
WATCHING = frozenset({Clock.WATCH, Clock.WATCH_LOAN})
"""Clocks that look for what happens at the pickup branch: while it is closed, nothing does."""
UNTIL_BILLED = frozenset({Clock.OVERDUE_THIRD, Clock.BILLABLE})
REMINDED_BEFORE = 21
"""Days before it is billed at which the last reminder goes out (money.md)."""
MIXED_MS = 1000
"""Over how long the look-ups of a batch are mixed."""
OPENING_S = 3600
"""Over how long the looks are spread that wait for a branch to open."""


class Planner(msgspec.Struct, frozen=True, kw_only=True):
    """The library's clocks and calendars, for turning effects into rows. `batch_s`: how often customers' orders are looked up elsewhere.

    `billable_days`: after how many days overdue a partner is billed, if its record says so.
    """

    clocks: dict[Clock, ClockSetting]
    calendars: Calendars
    batch_s: Callable[[], float] = lambda: 0.0
    billable_days: Callable[[str | None], int | None] = lambda _partner: None

    def plan(
        self,
        effect: AnyEffect,
        request: Request,
        *,
        at: datetime,
        first_message_wait_s: float,
        for_staff: bool = False,
        follows: EffectRow | None = None,
    ) -> NewEffect:
        """Return the row for an effect that was decided on at `at`, `for_staff` where a person waits for it.

        `follows`: the work on whose outcome it was decided, whose place at the item it takes over.
        """
        lane, item = lane_of(effect, request), item_of(effect)
        return NewEffect(
            effect=effect,
            lane=lane,
            due_at=self._due(effect, request, at, first_message_wait_s, for_staff=for_staff),
            peer=request.peer if lane in SHARED_LANES else None,
            ahead=for_staff and lane in SHARED_LANES,
            item=item,
            item_turn=follows.item_turn if follows and item_of(follows.effect) == item else None,
        )

    def _due(self, effect: AnyEffect, request: Request, at: datetime, wait_s: float, *, for_staff: bool) -> datetime:
        match effect:
            case MakeRota() if not (for_staff or request.borrowed.at_desk or request.borrowed.asked):
                return self._next_batch(request, at)
            case StartTimer(until=datetime() as until):
                return until
            case StartTimer(clock=clock, since=since, third_of=Clock() as whole):
                calendar = self._calendar(clock, request)
                third = (calendar.clock_end(self.clocks[whole], since) - since) / 3
                return max(calendar.clock_end(self.clocks[clock], since), since + third)
            case StartTimer(clock=clock, since=since, more_days=more_days):
                calendar, setting = self._calendar(clock, request), self._setting(clock, request)
                end = calendar.clock_end(setting.longer_by(more_days), since)
                late_s = zlib.crc32(request.id.encode()) % OPENING_S
                return calendar.when_open(end, late_s) if clock in WATCHING else end
            case Tell(delay_s=delay_s):
                # A peer may store its request only after it has read our confirmation (iso18626.md, "What a message means").
                return max(at + timedelta(seconds=delay_s), request.created_at + timedelta(seconds=wait_s))
            case _:
                return at + timedelta(seconds=effect.delay_s)

    def _setting(self, clock: Clock, request: Request) -> ClockSetting:
        """How long a clock runs; until it is billed, and from the last reminder before that, as the partner's own terms say."""
        usual = self.clocks[clock]
        own = self.billable_days(request.partner) if clock in UNTIL_BILLED else None
        if own is None:
            return usual
        if clock is Clock.BILLABLE:
            return ClockSetting(days=own)
        return ClockSetting(days=max(own - REMINDED_BEFORE, self.clocks[Clock.OVERDUE_SECOND].days + 1))

    def _next_batch(self, request: Request, at: datetime) -> datetime:
        """When customers' orders are looked up in foreign catalogues: together, in no order, so that no query tells whose it is by its time."""
        batch_s = self.batch_s()
        if batch_s <= 0:
            return at
        wait_s = batch_s - at.timestamp() % batch_s
        return at + timedelta(seconds=wait_s, milliseconds=zlib.crc32(request.id.encode()) % MIXED_MS)

    def _calendar(self, clock: Clock, request: Request) -> Calendar:
        branch = request.items[0].copy.branch if clock in PULLING and request.items else None
        if clock in WATCHING:
            branch = request.borrowed.pickup_branch
        return self.calendars.of(branch)


def library_of(effect: AnyWork, request: Request, is_broker: Callable[[str], bool]) -> str | None:
    """Return the key of the library that a message is for, where the peer of its lane has several behind it."""
    match effect:
        case Tell() if is_broker(request.peer):
            return agency_key(request.requesting_agency)
        case SendRequest(lender=lender) | SendAction(lender=lender) if is_broker(lender.peer):
            return agency_key(lender.agency)
        case _:
            return None


def lane_of(effect: AnyEffect, request: Request) -> str | None:
    """Return the lane: the peer's for messages, the circulation system's for SIP2, one for look-ups."""
    match effect:
        case StartTimer() | MakeRota() | HearLate():
            return None
        case Tell():
            return f"{PEER_LANE}{request.peer}"
        case SendRequest(lender=lender) | SendAction(lender=lender):
            return f"{PEER_LANE}{lender.peer}"
        case Perform() | Look() | AskCopies() | Vet() | AssignBarcode() | Watch() | Seek():
            return ACS_LANE
        case FindCopies():
            return LOOK_UP_LANE


def item_of(effect: AnyWork) -> str | None:
    """Return the item at which requests keep their order: of an act, and of the look after it."""
    match effect:
        case Perform(item_barcode=barcode) | Look(item_barcode=barcode):
            return folded(barcode)
        case _:
            return None
