"""What goes into the store and comes out of it beside the workflow's records: one transaction, the queue, filters, tokens."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import msgspec

from gateway.money.effects import AnyBillEffect
from gateway.money.invoices.effects import AnyInvoiceEffect
from gateway.notices.effects import SendNotice
from gateway.store.borrowing_port import Asked, Customer
from gateway.workflow.borrowing_records import BarcodeMove
from gateway.workflow.effects import AnyEffect, OpenTask
from gateway.workflow.events import AnyEvent
from gateway.workflow.records import Request, State
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import StaffAction

BACKUP: Final = "backup"
"""The duty under whose name the time of the last back-up is kept."""
_AHEAD: Final = timedelta(days=1)


def too_late(now: datetime) -> datetime:
    """Return a time for which no clock that is right has taken a duty on by now: it was one that was ahead."""
    return now + _AHEAD


class Topic(StrEnum):
    """What gateways that share a store tell each other of, besides work."""

    BACKOFFS = "backoffs"
    DIRECTORY = "directory"
    """Peers, partners and the policy."""
    LOGINS = "logins"
    """Our logins at the circulation system that were refused."""
    RECOVERY = "recovery"
    """Whether work is held after a restore; told of what changes here, too."""
    REQUESTS = "requests"
    """Requests and their tasks; told of what is committed here, too."""


class HistoryKind(StrEnum):
    """What a line of a request's history tells of."""

    DECISION = "decision"
    IGNORED = "ignored"
    MESSAGE_IN = "message in"
    MESSAGE_OUT = "message out"
    SIP2 = "sip2"
    NOTE = "note"


class HistoryEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a request's timeline. `detail` holds redacted protocol text or the row's reason, JSON-able."""

    at: datetime
    by: str
    kind: HistoryKind
    words: str
    state: str | None = None
    """The state that was reached, on decisions."""
    policy_version: int = 0
    detail: dict[str, Any] = {}


class Inbound(msgspec.Struct, frozen=True, kw_only=True):
    """A peer's message as it is kept: for the repeat, for the timeline, for the proof."""

    peer: str
    digest: str
    """Of the decoded message with its timestamp, which it begins with: two equal ones are a repeat."""
    content: str
    """Of the decoded message without its timestamp: tells a resent New from another with the same id."""
    received_at: datetime
    kind: str
    ok: bool
    document: bytes
    """Redacted."""
    confirmation: bytes
    repairs: tuple[str, ...] = ()


AnyWork = AnyEffect | AnyBillEffect | AnyInvoiceEffect | SendNotice
"""Of a request, a bill, a lender's invoice or a notice."""


class NewEffect(msgspec.Struct, frozen=True, kw_only=True):
    """An effect to queue: its lane (None: no order, no limit) and when it is due."""

    effect: AnyWork
    lane: str | None
    due_at: datetime
    peer: str | None = None
    """Whose turn it takes, in a lane that peers share; None in a lane that goes by due times alone."""
    ahead: bool = False
    """Before everybody's turn: a person waits for it."""
    item: str | None = None
    """The item that it is about, in a lane in which requests keep their order at an item; None: no such order."""
    item_turn: int | None = None
    """The place at the item of the work that it follows; None: the one that its request has there, else the next."""


class EffectRow(msgspec.Struct, frozen=True, kw_only=True):
    """A queued effect."""

    id: int
    request: str
    """Or a bill, an invoice or a notice, for an effect of one."""
    effect: AnyWork
    lane: str | None
    due_at: datetime
    attempts: int
    started_at: datetime | None
    payload: bytes | None
    """The very bytes of a message once it was first sent."""
    ahead: bool = False
    """As for NewEffect."""
    item_turn: int | None = None
    """Likewise."""
    with_lane: bool = False
    """It was put off because its lane failed."""
    leased_until: datetime | None = None
    """Somebody works on it, or did when it broke off."""
    failed: str | None = None
    """Why the last try came to nothing, in words; None where none has failed."""
    failing_since: datetime | None = None
    """When the first of its tries came to nothing."""


class Setback(msgspec.Struct, frozen=True, kw_only=True):
    """A try that came to nothing: when, and why, in words that quote nothing of what was sent or heard."""

    at: datetime
    words: str


class DoneAct(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An act under a one-use key, and where it left the request."""

    key: str
    request: str
    action: StaffAction
    state: State
    at: datetime
    ignored: bool = False
    """It changed nothing any more."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One transaction. `request` carries the new version; the store checks that it held version - 1.

    Effects, tasks and completions belong to `request`, else to `history_of`: without either they are a ValueError. So are
    effects and tasks of a change that doesn't say when it happened: by `request`, `event` or `history`.
    """

    request: Request | None = None
    """Its role and requesting agency are those it was created with."""
    before: Request | None = None
    """The request at the version before, where that was read: what it is found by is then written where it has changed, and else every time."""
    created: bool = False
    """The request is new: insert it, AlreadyExists if its ids are taken."""
    history_of: str | None = None
    """The request the history belongs to, where the request itself doesn't change; None with no request at all."""
    event: AnyEvent | None = None
    history: tuple[HistoryEntry, ...] = ()
    inbound: Inbound | None = None
    effects: tuple[NewEffect, ...] = ()
    completes: int | None = None
    """The id of this request's effect whose outcome is decided on here: its row goes."""
    owner: str | None = None
    """Who must hold the lease of `completes`."""
    withdraw: tuple[str, ...] = ()
    """Keys of this request's effects to delete unless started."""
    must_withdraw: tuple[str, ...] = ()
    """Keys of which each must still be there unstarted (they are deleted); else AlreadyStarted."""
    must_stop: tuple[str, ...] = ()
    """Keys of which none may have started, there or not: unstarted ones are deleted; else AlreadyStarted."""
    open_tasks: tuple[OpenTask, ...] = ()
    """A task of a kind that is already open for the request isn't opened twice: its words are renewed."""
    close_tasks: tuple[TaskKind, ...] = ()
    """Kinds to close; done before `open_tasks`, so that a kind named in both is a new task."""
    asked: Asked | None = None
    """Who asked for a new request of ours, and what it is counted and known by. AlreadyExists where its key is taken."""
    corrected: Customer | None = None
    """Who asked, where the order had it wrong: what is kept of the customer is written anew."""
    done: DoneAct | None = None
    """The act that was decided on; AlreadyExists where its key is taken."""
    barcodes: tuple[BarcodeMove, ...] = ()
    """Steps of pool barcodes; BarcodeTaken where another request has one that is taken, and one that is let go stays another's."""


class RequestFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which requests to list: newest first, `before` is the (updated_at, id) of the last one seen."""

    states: tuple[str, ...] = ()
    role: str | None = None
    partner: str | None = None
    peer: str | None = None
    before: tuple[datetime, str] | None = None
    limit: int = 50


class LaneDepth(msgspec.Struct, frozen=True, kw_only=True):
    """How much waits in a lane (timers only once they are due), and since when the oldest due row has been due.

    A row behind another of its request and lane is not due before that one has ended.
    """

    lane: str | None
    depth: int
    oldest_due_at: datetime | None


class BackOff(msgspec.Struct, frozen=True, kw_only=True):
    """A lane that is left alone until a time, after so many failures. So is a library behind it, whose name follows the lane's."""

    lane: str
    until: datetime
    failures: int
    words: str = ""
    """Why, as the last try showed."""
    since: datetime | None = None
    """Since when nothing has worked there."""


class LoginCount(msgspec.Struct, frozen=True, kw_only=True):
    """How all gateways' logins at a circulation system went: how many it refused, when the last, and who is trying, since when."""

    refusals: int = 0
    refused_at: datetime | None = None
    trying: str | None = None
    """The name of the gateway whose login is under way, or was when it died."""
    tried_at: datetime | None = None
    version: int = 0
    forgiven_at: datetime | None = None
    """When one that was answered neither yes nor no was forgiven, since the last that worked."""


class PolicyVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One version of the policy: when it began to count, and who wrote it."""

    version: int
    saved_at: datetime
    saved_by: str


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """An API token: the name and role written into history, and the hash of the secret (never the secret)."""

    name: str
    role: str
    hash: str
    created_at: datetime
    revoked_at: datetime | None = None
    ends_at: datetime | None = None
    """From when on it counts no more by itself; None: never."""
    suspended_at: datetime | None = None
    """Since when it rests after a restore, until an administrator confirms it: whether it was revoked meanwhile, the copy does not know."""
