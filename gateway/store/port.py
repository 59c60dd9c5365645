"""What the gateway asks of its store, and the one promise it lives by.

A `Change` is one transaction: the request's new state, its history, the peer's message with the
confirmation it got, the effects that the decision asked for, the effect whose outcome it handles, and
the tasks. All of it is durable when `commit` returns, or none of it is. Changes of different requests may share
a commit of the database (group commit); a batch never holds two changes of one request, and when one change
of a batch can't be written the batch is undone and written again one by one.

Effects are rows that exist only while there is something to do: whoever carries one out takes a lease
(`claim`), marks the row started before the first byte that could have an effect elsewhere (`start`), and
hands in its completion with the decision on its outcome (`Change.completes`). A row that was started
and whose lease has run out is claimed again with `started_at` set: its outcome is unknown.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from gateway.store.audit_port import AuditStore
from gateway.store.bills_port import BillStore
from gateway.store.borrowing_port import BorrowingStore
from gateway.store.copied_port import CopiedStore
from gateway.store.copies_port import CopyStore
from gateway.store.directory_port import DirectoryPort
from gateway.store.errors import (
    AlreadyExists,
    AlreadyStarted,
    BarcodeTaken,
    DatabaseTooNew,
    LeaseLost,
    NameTaken,
    NotEnoughCredit,
    NumbersInDoubt,
    StoreError,
    StoreReadsOnly,
    StoreUnavailable,
    VersionConflict,
)
from gateway.store.facts_port import FactStore
from gateway.store.figures_port import FiguresPort
from gateway.store.hearsay_port import HearsayPort
from gateway.store.invoices_port import InvoiceStore
from gateway.store.items_port import ItemsPort
from gateway.store.keeping_port import Gone, KeepingStore
from gateway.store.notices_port import NoticeStore
from gateway.store.prices_port import PriceStore
from gateway.store.recovery_port import RecoveryStore
from gateway.store.register_port import RegisterPort
from gateway.store.scans_port import ScanStore
from gateway.store.sharing import Attendance
from gateway.store.staff_port import StaffPort
from gateway.store.story_port import StoryStore
from gateway.store.tasks_port import TasksPort
from gateway.store.told_port import ToldStore
from gateway.store.values import (
    AnyWork,
    BackOff,
    Change,
    DoneAct,
    EffectRow,
    HistoryEntry,
    HistoryKind,
    Inbound,
    LaneDepth,
    LoginCount,
    NewEffect,
    PolicyVersion,
    RequestFilter,
    Setback,
    Token,
    Topic,
)
from gateway.store.views_port import ViewStore
from gateway.workflow.finding import ListedItem
from gateway.workflow.records import Request

WAKE_WITHIN: Final = timedelta(seconds=60)
"""How soon new work is due that is told of at its commit: most timers run for days. Whoever waits for those looks again by
himself, in half this time; the other half is for the way from what happened to the commit."""


class Store(DirectoryPort, FiguresPort, ItemsPort, StaffPort, TasksPort, Protocol):
    """The port. Every method may raise StoreUnavailable."""

    @property
    def borrowing(self) -> BorrowingStore:
        """What borrowing keeps beside the requests."""

    @property
    def recovery(self) -> RecoveryStore:
        """What holds all work after a restore."""

    @property
    def prices(self) -> PriceStore:
        """Prices of borrowed items that were not returned."""

    @property
    def told(self) -> ToldStore:
        """What directory services tell of libraries."""

    @property
    def copied(self) -> CopiedStore:
        """Copies that count for the rule of five, and royalties."""

    @property
    def facts(self) -> FactStore:
        """What figures are counted from."""

    @property
    def bills(self) -> BillStore:
        """What partners owe us: bills, payments, the ledger."""

    @property
    def invoices(self) -> InvoiceStore:
        """What lenders ask of us."""

    @property
    def notices(self) -> NoticeStore:
        """Mails that go out."""

    @property
    def audit(self) -> AuditStore:
        """The chain of seals over history."""

    @property
    def keeping(self) -> KeepingStore:
        """What lets go of what is not kept any longer, and knows what was."""

    @property
    def scans(self) -> ScanStore:
        """What was scanned at the desk."""

    @property
    def story(self) -> StoryStore:
        """Requests' stories, piece by piece, and what acts under one-use keys came to."""

    @property
    def register(self) -> RegisterPort:
        """By what requests are found, counted and sorted."""

    @property
    def views(self) -> ViewStore:
        """What people keep of their work: views, and which papers were sent to print."""

    @property
    def hearsay(self) -> HearsayPort:
        """What gateways that share the store say to each other without keeping it."""

    @property
    def copies(self) -> CopyStore:
        """Files of copies."""

    # life

    async def open(self) -> None:
        """Connect, and take what must be ours alone. Raises DatabaseTooNew."""

    async def close(self) -> None:
        """Write what waits, then let go of everything; whatever is asked after that raises StoreUnavailable."""

    async def migrate(self) -> tuple[int, int]:
        """Bring the tables to this program's version; give (version before, version after). Raises DatabaseTooNew.

        Before anything else is asked of this store.
        """

    async def free_leases(self, owner: str) -> int:
        """Free the leases that this owner held before it was stopped, so that its work goes on at once; give how many.

        Only for a name that nobody else uses at the same time.
        """

    async def check(self) -> None:
        """Read and write a trifle: raises StoreUnavailable where the store does not work."""

    @property
    def reads_only(self) -> bool:
        """Whether the database answers questions, and took no change when it was last asked to: a standby, or one that was set so."""

    def on_commit(self, wake: Callable[[Iterable[str | None]], None]) -> None:
        """Call `wake` with the lanes that got work, after each commit here or (PostgreSQL) elsewhere.

        Work is a new row that is due within WAKE_WITHIN of what its change tells of, or one that a completed or withdrawn row held
        up. `wake` runs on the event loop and may only schedule: what it schedules comes after those who wait for the
        commit.
        """

    def on_change(self, topic: Topic, tell: Callable[[], None]) -> None:
        """Call `tell` after a change of the topic by a gateway that shares the store, perhaps once too often; it may only schedule."""

    # several gateways

    async def attend(self, name: str, *, seats: int, in_use: int, for_s: float) -> Attendance:
        """Say that the gateway of this name lives for another `for_s` seconds; give how many of `seats` it may use.

        Seats are the connections that all gateways share. They are divided evenly among those that live, and no two
        ever have the same: `in_use` is how many this one may still be using, and stays its own until it says less.
        A gateway that was not heard of in time is gone: its seats are free, its leases too. Raises NameTaken where
        another one has begun to attend under the name.
        """

    async def leave(self, name: str) -> None:
        """Say that the gateway of this name stops: free its seats and its leases."""

    async def logins(self, acs: str) -> LoginCount:
        """How all gateways' logins at this circulation system went; what was not yet written is version 0."""

    async def set_logins(self, acs: str, count: LoginCount) -> bool:
        """Write it, durably, in place of the version it was read as; False where that has changed since."""

    async def take_turn(self, duty: str, *, at: datetime, now: datetime) -> bool:
        """Take on what one gateway is to do at that time; False where another has, or has for a later one that no clock was ahead for (`too_late`)."""

    async def turn_of(self, duty: str) -> datetime | None:
        """Return the time for which a duty was last taken on; None if it never was."""

    # the one way to write what a decision said

    async def commit(self, change: Change) -> None:
        """Write it all, durably. Raises VersionConflict, AlreadyExists, AlreadyStarted, LeaseLost."""

    # the queue

    async def claim(
        self,
        lane: str | None,
        *,
        now: datetime,
        until: datetime,
        owner: str,
        limit: int,
        at_most: int | None = None,
        in_turn: bool = False,
    ) -> tuple[EffectRow, ...]:
        """Lease due rows of a lane, oldest first, none that has an earlier row of its request in the same lane.

        Nor one about an item of which another request, that asked for it before, wants something now (NewEffect.item).

        With `in_turn` peers take turns, each with its oldest row, and what is `ahead` goes before them all. A turn is
        given when a row is written: one after the last turn of its peer, and none that is over by now.
        With `at_most` never so many that more rows of the lane are leased, by whomever, than that.
        None stands for the rows without a lane, which have no order. A row of a kind that only a newer program
        knows is leased and left out, for that program to find once the lease has run out.
        """

    async def start(self, effect_id: int, *, owner: str, at: datetime, payload: bytes | None = None) -> None:
        """Mark started, durably, keeping the payload (None keeps the one it has). Raises LeaseLost."""

    async def postpone(
        self,
        effect_id: int,
        *,
        owner: str,
        due_at: datetime,
        unstarted: bool,
        attempt: bool = True,
        with_lane: bool = False,
        setback: Setback | None = None,
    ) -> None:
        """Give the lease back; due again then, or `with_lane` as soon as its lane is back. Raises LeaseLost.

        `unstarted`: it is known that nothing arrived, in this attempt or an earlier one; `started_at` is cleared.
        `attempt`: whether this counts as an attempt. `setback`: why it was put off, in place of what was kept of that before; since when it fails stays.
        """

    async def free_stranded(self, lane: str | None, *, owner: str, held: Collection[int]) -> int:
        """Free this owner's leases in a lane but for rows `held`: those that broke off with the store; give how many."""

    async def next_due(self, lane: str | None, *, now: datetime) -> datetime | None:
        """When the next row of the lane, now neither due nor leased, is due."""

    async def hurry(self, request: str, *, now: datetime) -> int:
        """Make a request's waiting work (not its timers) due now; give how many rows. Wakes their lanes everywhere."""

    async def bring_back(self, lane: str, *, now: datetime, failed: bool = False) -> None:
        """Make due now what was put off with its lane, and with `failed` whatever failed in it. Wakes the lane everywhere."""

    async def clock_set(self, before: datetime, now: datetime, *, owner: str) -> None:
        """The owner's clock was set from one time to another: its leases go with it.

        Where it was set back, what was due stays due; waits that end within CLOCK_NEAR keep their length, and those of what failed and of lanes that
        are left alone however long they are; timers do only where the step was no longer than that, else they go by the calendar.
        """

    async def lanes(self) -> tuple[str | None, ...]:
        """Every lane that has a row."""

    async def depths(self, now: datetime) -> tuple[LaneDepth, ...]:
        """How much waits in each lane that has something waiting."""

    async def count_waiting(self, lane: str) -> int:
        """How many requests have something waiting in a lane."""

    async def failing(self, lanes: Sequence[str]) -> tuple[BackOff, ...]:
        """What failed in each of these lanes and is tried again, as if it were the lane's back-off: how many rows, since when, until when."""

    async def count_due(self, key: str, *, before: datetime) -> int:
        """How many rows without a lane have this key and are due before that time."""

    async def set_backoff(self, backoff: BackOff) -> None:
        """Keep a lane's back-off, in place of the one it had."""

    async def clear_backoff(self, lane: str) -> None:
        """Forget a lane's back-off, if it has one."""

    async def backoffs(self) -> tuple[BackOff, ...]:
        """Every back-off that is kept, past ones too."""

    # reads

    async def request(self, request_id: str, *, first: bool = False) -> Request | None:
        """By our id; `first` if a partner's message or a decision waits for it: behind no page's reads, if the database can tell who waits."""

    async def request_by_partner_id(self, requesting_agency: str, partner_request_id: str) -> Request | None:
        """The request to us by its requesting agency, however that is written, and the partner's own id."""

    async def confirmation(self, peer: str, digest: str) -> bytes | None:
        """The confirmation that an equal message of this peer got, where it was OK."""

    async def first_content(self, request_id: str) -> str | None:
        """The `content` digest of the message that made the request."""

    async def requests(self, where: RequestFilter) -> tuple[Request, ...]:
        """What the filter lets through, newest first."""

    async def changed_after(self, at: datetime, *, limit: int) -> tuple[tuple[str, datetime], ...]:
        """Requests that were changed after a time, the last ones first, each with when."""

    async def count_by_state(self) -> Mapping[str, int]:
        """How many requests are in each state that has any."""

    async def count_of_partner(
        self, partner: str, states: Collection[str], *, before: tuple[datetime, str] | None = None
    ) -> int:
        """How many lending requests of a partner are in the states; with `before`, of those updated before (time, id)."""

    async def history(self, request_id: str | None) -> tuple[HistoryEntry, ...]:
        """A request's timeline, oldest first; of None, what people did that was of no request."""

    async def pending(self, request_id: str) -> tuple[EffectRow, ...]:
        """A request's queued effects, oldest first."""

    async def before_at_item(self, request_id: str, *, now: datetime) -> Mapping[int, str]:
        """Of a request's effects, those that can't be claimed now because another request stands before them at their item: which."""

    async def messages(self, request_id: str) -> tuple[Inbound, ...]:
        """The peer's messages about a request, oldest first."""

    # by what rules we answer

    async def policy(self) -> tuple[int, bytes] | None:
        """The newest policy's version and document."""

    async def policy_of(self, version: int) -> bytes | None:
        """An older policy's document; None where there is no such version."""

    async def policies(self, *, limit: int) -> tuple[PolicyVersion, ...]:
        """Every version of the policy, the newest first, so many at the most."""

    async def save_policy(self, document: bytes, *, at: datetime, by: str, after: int | None = None) -> int:
        """Keep a policy under the next version and give that; a document equal to the newest keeps its version.

        `after` names the version that it changes: raises VersionConflict where that is the newest no more.
        """


__all__ = [
    "AlreadyExists",
    "AlreadyStarted",
    "AnyWork",
    "Attendance",
    "BackOff",
    "BarcodeTaken",
    "Change",
    "DatabaseTooNew",
    "DoneAct",
    "EffectRow",
    "Gone",
    "HistoryEntry",
    "HistoryKind",
    "Inbound",
    "LaneDepth",
    "LeaseLost",
    "ListedItem",
    "LoginCount",
    "NameTaken",
    "NewEffect",
    "NotEnoughCredit",
    "NumbersInDoubt",
    "PolicyVersion",
    "RequestFilter",
    "Setback",
    "Store",
    "StoreError",
    "StoreReadsOnly",
    "StoreUnavailable",
    "Token",
    "Topic",
    "VersionConflict",
]
