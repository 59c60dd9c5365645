"""What a decision asks for: every kind of work is one of these values, and a row of one queue.

Pure data. `store` encodes them (tags and released fields are never renamed), `dispatch.performers`
carries them out and reports by an event.
"""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, NewType

import msgspec

from gateway.iso18626.codes import Action as IsoAction
from gateway.iso18626.codes import ReasonForMessage, RequestType, Status, YesNo
from gateway.workflow.borrowing_records import LenderLine
from gateway.workflow.records import Act, Clock, Copy, Outcome
from gateway.workflow.tasks import TaskKind
from gateway.workflow.values import Money, Wanted

WorkKey = NewType("WorkKey", str)
"""Names a piece of work among its request's. Made by the class of the work alone: put together by hand it could name nothing."""


class WorkKind(StrEnum):
    """The kinds of work, by the tags of their effects."""

    FIND_COPIES = "find copies"
    ASK_COPIES = "ask copies"
    PERFORM = "perform"
    LOOK = "look"
    TELL = "tell"
    TIMER = "timer"
    VET = "vet"
    MAKE_ROTA = "make rota"
    HEAR_LATE = "hear late"
    SEND_REQUEST = "send request"
    SEND_ACTION = "send action"
    ASSIGN_BARCODE = "assign barcode"
    WATCH = "watch"
    SEEK = "seek"


class Effect(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="effect"):
    """What all effects share: a wait before they may start, and a key by which they are withdrawn."""

    delay_s: float = 0.0

    @property
    def key(self) -> WorkKey:
        """Name this effect among its request's, for `Decision.withdraw`."""
        raise NotImplementedError

    @property
    def work_kind(self) -> WorkKind:
        """Say of which kind it is."""
        return WorkKind(str(self.__struct_config__.tag))


class Sole(Effect, frozen=True, kw_only=True):
    """Work of which a request needs one at a time; its kind names it."""

    @classmethod
    def sole_key(cls) -> WorkKey:
        """The kind itself."""
        return WorkKey(str(cls.__struct_config__.tag))

    @property
    def key(self) -> WorkKey:
        """The kind itself."""
        return self.sole_key()


def _given_up(item_barcode: str) -> WorkKey:
    return WorkKey(f"give up:{item_barcode}")


class FindCopies(Sole, frozen=True, kw_only=True, tag="find copies"):
    """Look the work up in the item list or the catalogue. Reports CopiesFound."""

    wanted: Wanted


class AskCopies(Sole, frozen=True, kw_only=True, tag="ask copies"):
    """Ask the circulation system (17) about each copy and the policy about the whole. Reports CopiesChecked."""

    copies: tuple[Copy, ...]


class Perform(Effect, frozen=True, kw_only=True, tag="perform"):
    """Change something on the circulation system, once. Reports Performed."""

    act: Act
    item_barcode: str
    given_up: bool = False
    """The item is the request's no more: whatever becomes of the request, this is not taken back."""
    once_more: bool = False
    """Look first whether it was done meanwhile, or the item is somebody else's: a person has it tried again, or it is a barcode of the pool."""

    @classmethod
    def key_of(cls, act: Act) -> WorkKey:
        """`perform:<act>`."""
        return WorkKey(f"perform:{act}")

    @property
    def key(self) -> WorkKey:
        """`perform:<act>`, `give up:<item>` for an item that is given up."""
        return _given_up(self.item_barcode) if self.given_up else self.key_of(self.act)


class Look(Effect, frozen=True, kw_only=True, tag="look"):
    """Ask (17, 63) whether an act was done. Reports Looked."""

    act: Act
    item_barcode: str
    queue_length: int | None = None
    """The hold queue before our hold; None where nobody asked."""
    due_at: datetime | None = None
    """The due date before a renewal, or the one that a checkout answered."""
    answered: Outcome | None = None
    """What the act itself answered; None where we look without having heard."""
    answered_due_at: datetime | None = None
    """The due date that a renewal answered: it tells where nobody knows the one before."""
    by_hand: bool = False
    """Staff say that they did it."""
    for_customer: bool | None = None
    """Whether the item is kept for our customer, as the act's answer said; None where it didn't."""
    given_up: bool = False
    """As for Perform."""

    @classmethod
    def key_of(cls, act: Act) -> WorkKey:
        """`look:<act>`."""
        return WorkKey(f"look:{act}")

    @property
    def key(self) -> WorkKey:
        """`look:<act>`, `look:by hand:<act>` at what staff did, `give up:<item>` for an item that is given up."""
        if self.by_hand:
            return WorkKey(f"look:by hand:{self.act}")
        return _given_up(self.item_barcode) if self.given_up else self.key_of(self.act)


class Tell(Effect, frozen=True, kw_only=True, tag="tell"):
    """Send the partner a supplyingAgencyMessage. Reports Told or NotTold.

    All facts the message states are here, so that a message built late still says what was decided; `as_it_is` alone
    leaves them to the moment when it is first sent.
    """

    reason: ReasonForMessage
    status: Status
    answer: YesNo | None = None
    note: str | None = None
    reason_unfilled: str | None = None
    reason_retry: str | None = None
    retry_after: datetime | None = None
    expected_at: datetime | None = None
    due_at: datetime | None = None
    last_change: datetime
    cost: Money | None = None
    condition: str | None = None
    sent_at: datetime | None = None
    item_barcodes: tuple[str, ...] = ()
    link: str | None = None
    """Where a copy can be fetched."""
    as_it_is: bool = False
    """Says where the request stands, and is overtaken: Loaned is to be told before it."""

    @classmethod
    def key_of(cls, what: Status | ReasonForMessage) -> WorkKey:
        """`tell:<status>`."""
        return WorkKey(f"tell:{what}")

    @property
    def key(self) -> WorkKey:
        """`tell:<status>`, `tell:Notification` for words alone."""
        return self.key_of(self.reason if self.reason is ReasonForMessage.NOTIFICATION else self.status)


class StartTimer(Effect, frozen=True, kw_only=True, tag="timer"):
    """Wake the request when a clock has run. Reports TimerFired."""

    clock: Clock
    since: datetime
    """Where the clock starts: the decision's time, or a due date."""
    until: datetime | None = None
    """When it ends, where the partner said so; else the setting of the clock counts."""
    third_of: Clock | None = None
    """It ends after a third of this clock, and no sooner than after its own length."""
    more_days: int = 0
    """Days of its kind beyond its setting: what the branch that has the item needs to bring it."""

    @classmethod
    def key_of(cls, clock: Clock) -> WorkKey:
        """`timer:<clock>`."""
        return WorkKey(f"timer:{clock}")

    @property
    def key(self) -> WorkKey:
        """`timer:<clock>`."""
        return self.key_of(self.clock)


class Vet(Sole, frozen=True, kw_only=True, tag="vet"):
    """Look whether a customer's request may go out: 63, earlier requests, our own shelves, copyright. Reports Vetted."""


class MakeRota(Sole, frozen=True, kw_only=True, tag="make rota"):
    """Put the partners who may be asked into their order. Reports RotaMade."""


class HearLate(Sole, frozen=True, kw_only=True, tag="hear late"):
    """Put those who are still to be asked into their order again, with what catalogues have answered meanwhile. Reports LateHeard."""


class SendRequest(Effect, frozen=True, kw_only=True, tag="send request"):
    """Send the lender a request: New, Retry (with the number of the one before) or Reminder. Reports Sent or Unsent.

    What it asks for is the request's own; who is asked stands here, for a message built late.
    """

    kind: RequestType
    attempt: int
    lender: LenderLine
    previous: int | None = None
    """The attempt that a Retry follows; None: the one before."""

    @classmethod
    def key_of(cls, kind: RequestType) -> WorkKey:
        """`send:<kind>`."""
        return WorkKey(f"send:{kind}")

    @property
    def key(self) -> WorkKey:
        """`send:<kind>`."""
        return self.key_of(self.kind)


class SendAction(Effect, frozen=True, kw_only=True, tag="send action"):
    """Send a lender a requestingAgencyMessage. Reports Sent or Unsent."""

    action: IsoAction
    attempt: int
    lender: LenderLine
    note: str | None = None
    accepted: bool | None = None
    """The answer to conditions, where the note's conventions of the lender's system have a word for it."""
    in_place_of: IsoAction | None = None
    """What a Notification says in words, for a lender that did not take the action itself."""
    supplier: str | None = None
    """Behind a broker: the supplier that a Cancel is for, so that the broker asks its next; else it would end all."""
    aside: bool = False
    """To a lender whom we had left: whatever becomes of the request, this is not taken back."""

    YES: ClassVar[WorkKey] = WorkKey("send:yes")
    """Of the Notification that accepts terms: no other is taken back with it."""

    @property
    def what(self) -> str:
        """What it comes to, for Sent and Unsent: Cancel for a broker's supplier is none of the request."""
        return f"{self.action} to supplier" if self.supplier else self.action.value

    @classmethod
    def key_of(cls, action: IsoAction) -> WorkKey:
        """`send:<action>`."""
        return WorkKey(f"send:{action}")

    @property
    def key(self) -> WorkKey:
        """`send:<action>`, `send:<action> to supplier`, `send:<action> of attempt <n>` to a lender whom we had left; `send:yes` to its terms."""
        if self.action is IsoAction.NOTIFICATION and self.accepted:
            return self.YES
        return WorkKey(f"send:{self.what} of attempt {self.attempt}" if self.aside else f"send:{self.what}")


class AssignBarcode(Sole, frozen=True, kw_only=True, tag="assign barcode"):
    """Find a free barcode of the pool that the circulation system knows as available (17). Reports BarcodeAssigned or NoBarcode."""

    named: str | None = None
    """The one that staff put on the item."""


class Watch(Sole, frozen=True, kw_only=True, tag="watch"):
    """Ask 17 whether the customer has the item, or has brought it back. Reports ItemSeen."""

    item_barcode: str
    was_out: bool


class Seek(Sole, frozen=True, kw_only=True, tag="seek"):
    """Ask 17 whether a promised item is on its way, before anybody is troubled or a promise is broken. Reports ItemSought."""

    item_barcode: str
    after: Clock
    """The clock that has run."""


AnyEffect = (
    FindCopies
    | AskCopies
    | Perform
    | Look
    | Tell
    | StartTimer
    | Vet
    | MakeRota
    | HearLate
    | SendRequest
    | SendAction
    | AssignBarcode
    | Watch
    | Seek
)


class OpenTask(msgspec.Struct, frozen=True, kw_only=True):
    """A task for staff. Not queued: it is written in the decision's own transaction."""

    kind: TaskKind
    words: str
