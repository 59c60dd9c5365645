"""What the demonstration circulation system keeps and answers: plain values, no behaviour and no I/O.

Codes of the circulation status, of the alert and of the hold type are those of SIP2 2.00.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import msgspec


class CirculationStatus(StrEnum):
    """Where an item stands (fixed field of the 18, SIP2 2.00)."""

    OTHER = "01"
    ON_ORDER = "02"
    AVAILABLE = "03"
    CHARGED = "04"
    CHARGED_NOT_RECALLABLE = "05"
    IN_PROCESS = "06"
    RECALLED = "07"
    ON_HOLD_SHELF = "08"
    WAITING_TO_BE_RESHELVED = "09"
    IN_TRANSIT = "10"
    CLAIMED_RETURNED = "11"
    LOST = "12"
    MISSING = "13"


class AlertType(StrEnum):
    """Why a check-in needs somebody's attention (CV of the 10)."""

    UNKNOWN = "00"
    HOLD_HERE = "01"
    HOLD_ELSEWHERE = "02"
    FOR_ILL = "03"
    SEND_TO_BRANCH = "04"
    OTHER = "99"


class CustomerKind(StrEnum):
    """A person, or a partner library with an account of its own."""

    PERSON = "person"
    PARTNER = "partner"


class ActKind(StrEnum):
    """What changes the books. A hold is filled by a checkout and expires by the clock."""

    HOLD_PLACED = "hold placed"
    HOLD_CHANGED = "hold changed"
    HOLD_CANCELLED = "hold cancelled"
    HOLD_FILLED = "hold filled"
    HOLD_EXPIRED = "hold expired"
    CHECKOUT = "checkout"
    CHECKIN = "checkin"
    RENEWAL = "renewal"
    RECALL = "recall"
    LOST = "lost"
    PAYMENT = "payment"


class Source(StrEnum):
    """Who acted: a machine over SIP2, staff at the desk (the control port), or the clock."""

    SIP2 = "sip2"
    DESK = "desk"
    CLOCK = "clock"


class Refusal(StrEnum):
    """Why an act was refused; the value is the screen message (AF)."""

    UNKNOWN_ITEM = "No such item"
    UNKNOWN_CUSTOMER = "No such card"
    UNKNOWN_BRANCH = "No such pickup location"
    BLOCKED = "This card is blocked"
    EXPIRED = "This card has expired"
    FEES = "Fees are too high"
    TOO_MANY_LOANS = "Too many items on loan"
    TOO_MANY_HOLDS = "Too many holds"
    NOT_FOR_LOAN = "This item does not circulate"
    NOT_ON_SHELF = "This item cannot be lent now"
    ON_LOAN_TO_ANOTHER = "This item is on loan to somebody else"
    ALREADY_ON_LOAN = "This item is on loan to you already"
    NOT_ON_LOAN = "This item is not on loan to you"
    ON_HOLD_FOR_ANOTHER = "This item is on hold for somebody else"
    RENEWAL_LIMIT = "No more renewals"
    ALREADY_ON_HOLD = "You have a hold on this already"
    NO_SUCH_HOLD = "No such hold"
    CANCEL_REFUSED = "Holds cannot be cancelled here"


class CancelRule(StrEnum):
    """Which hold a 15- takes off (sip2.md, "Cancel may work by AB only ...")."""

    MATCHING = "matching"
    BY_ITEM_ONLY = "by_item_only"
    NEWEST = "newest"
    NEVER = "never"


class HoldCount(StrEnum):
    """Which holds the hold items count of a 64 means: products differ."""

    ALL = "all"
    WAITING = "waiting"
    READY = "ready"


class DueDateFormat(StrEnum):
    """How AH is written (sip2.md, "Dates")."""

    SIP_LOCAL = "sip_local"  # 20261028    235900
    SIP_UTC = "sip_utc"  # 20261028   Z235900
    SIP_ZEROS = "sip_zeros"  # 202610280000235900
    ISO_TIME = "iso_time"  # 2026-10-28 23:59:59
    ISO_TIME_ZONE = "iso_time_zone"  # 2026-08-31 23:59:00 CEST
    US_TIME = "us_time"  # 5/23/2026,23:59
    US_DATE = "us_date"  # 4/19/2026
    DAY_FIRST = "day_first"  # 19/4/2026
    DOTTED = "dotted"  # 08.06.2026
    ISO_DATE = "iso_date"  # 2026-10-28


class Habits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How this product always is, right or wrong by the specification; faults that come and go are in misbehaviour.py."""

    due_date_format: DueDateFormat = DueDateFormat.SIP_LOCAL
    repeated_checkout_renews: bool = True
    checkout_ends_other_loans: bool = False
    """An 11 for what somebody else has ends that loan and begins another, as Koha does where AllowItemsOnLoanCheckoutSIP is on."""
    duplicate_holds: bool = True
    hold_cancel: CancelRule = CancelRule.MATCHING
    hold_count: HoldCount = HoldCount.ALL
    keeps_hold_expiry: bool = True
    any_pickup: bool = False
    pending_hold_shows_08: bool = False
    destination_by_name: bool = False
    partner_hold_alerts_ill: bool = False


class Branch(msgspec.Struct, frozen=True):
    """A place where items stand or holds are picked up."""

    code: str
    name: str


class ItemType(msgspec.Struct, frozen=True):
    """Loan rules of a kind of item; `loan_days` 0 means that it does not circulate."""

    code: str
    name: str
    loan_days: int
    renewals: int


class Title(msgspec.Struct, frozen=True):
    """A bibliographic record, as far as the item list needs it."""

    record_id: str
    title: str
    call_number: str
    author: str = ""
    isbn: str = ""
    issn: str = ""
    oclc: str = ""


class Item(msgspec.Struct, frozen=True):
    """One copy: `branch` owns it, `location` is where it was seen last or is being sent to."""

    barcode: str
    record_id: str
    branch: str
    item_type: str
    location: str
    status: CirculationStatus = CirculationStatus.AVAILABLE
    price: Decimal = Decimal("25.00")


class Customer(msgspec.Struct, frozen=True):
    """An account; `loan_days` overrides the item type's loan period (partner libraries)."""

    barcode: str
    pin: str
    name: str
    kind: CustomerKind = CustomerKind.PERSON
    blocked: bool = False
    expires: date | None = None
    loan_days: int | None = None
    loan_limit: int = 20
    hold_limit: int = 10
    fee_limit: Decimal = Decimal("20.00")
    fees: Decimal = Decimal(0)
    address: str = ""
    email: str = ""
    phone: str = ""


class Loan(msgspec.Struct, frozen=True):
    """An item with a customer."""

    item: str
    customer: str
    due: datetime
    renewals: int = 0
    recalled: bool = False


class Hold(msgspec.Struct, frozen=True):
    """A place in the queue; `item` None means any copy; `trapped` is the copy kept for it."""

    number: int
    customer: str
    record_id: str
    item: str | None
    pickup: str
    placed: datetime
    expires: datetime | None = None
    trapped: str | None = None


class Act(msgspec.Struct, frozen=True):
    """One line of the journal. `sequence` starts at 1 and has no gaps."""

    sequence: int
    kind: ActKind
    item: str
    customer: str
    source: Source
    at: datetime


class State(msgspec.Struct):
    """Everything the library keeps; dictionaries are keyed by barcode, code, record or hold number."""

    branches: dict[str, Branch] = {}
    item_types: dict[str, ItemType] = {}
    titles: dict[str, Title] = {}
    items: dict[str, Item] = {}
    customers: dict[str, Customer] = {}
    loans: dict[str, Loan] = {}
    holds: dict[int, Hold] = {}
    journal: list[Act] = []
    holds_numbered: int = 0


class ItemInformation(msgspec.Struct, frozen=True):
    """Answer to a 17."""

    item: Item
    title: Title
    status: CirculationStatus
    due: datetime | None
    hold_queue: int
    pickup_until: datetime | None


class CustomerInformation(msgspec.Struct, frozen=True):
    """Answer to a 63; lists hold item barcodes, or the title where a hold names no copy."""

    customer: Customer
    pin_right: bool
    expired: bool
    ready_holds: tuple[str, ...]
    waiting_holds: tuple[str, ...]
    charged: tuple[str, ...]
    overdue: tuple[str, ...]
    recalled: tuple[str, ...]
    fined: tuple[str, ...]


class HoldWish(msgspec.Struct, frozen=True):
    """What a 15 asks for: a hold on `item` where it is given, else on `title` (record id or words); empty is not given."""

    customer: str
    item: str = ""
    title: str = ""
    pickup: str = ""
    expires: datetime | None = None


class HoldOutcome(msgspec.Struct, frozen=True):
    """A hold that was placed, changed or cancelled; `position` counts from 1."""

    hold: Hold
    title: Title
    available: bool
    position: int


class CheckoutOutcome(msgspec.Struct, frozen=True):
    """A checkout or a renewal that was done; `renewed` is true also for a repeated checkout that became a renewal."""

    loan: Loan
    title: Title
    renewed: bool


class CheckinOutcome(msgspec.Struct, frozen=True):
    """A check-in that was done, and where the item goes now."""

    item: Item
    title: Title
    alert: AlertType | None = None
    destination: str | None = None
    hold: Hold | None = None


class Books(msgspec.Struct, frozen=True):
    """The journal and its sums, by which a test shows that no act was done twice.

    `counts` is keyed "kind|item|customer"; `loans` and `holds` are what stands now.
    """

    acts: tuple[Act, ...]
    counts: dict[str, int]
    loans: tuple[Loan, ...]
    holds: tuple[Hold, ...]
