"""How circulation systems misbehave, as a table, and the orders by which the demonstration ACS does so. Pure.

Each row of `TABLE` says which requests it befalls, who answers them, what is done to the body and to the frame of the
reply, and how the bytes go out (sip2.md gives the sightings). Several orders may fire on one request: their edits are
chained in the order in which they were given, and the last one that names another answerer or delivery wins.
"""

import random
from collections.abc import Iterable
from enum import Enum, StrEnum, auto

import msgspec

from gateway.demo.acs import edits
from gateway.demo.acs.edits import Edit
from gateway.demo.acs.frames import RESEND_REQUEST


class Answerer(Enum):
    """Who is asked for the reply: each but NOBODY is a server of its own behind the relay."""

    LIBRARY = auto()
    REHEARSAL = auto()
    """Acts on a copy of the books, so that it says ok and nothing is kept."""
    EMPTY_LIBRARY = auto()
    """Its database has gone: no item, no customer, no login."""
    WITHOUT_HOLDS = auto()
    FEW_MESSAGES = auto()
    """It knows no 15, 17 and 29, as edge-sip2 did at first."""
    CANCELS_ONLY = auto()
    REFUSES_ALL = auto()
    NOBODY = auto()


class Delivery(Enum):
    """How a reply goes out."""

    WHOLE = auto()
    IN_SEGMENTS = auto()
    HELD_BACK = auto()
    """Kept, and sent in one segment with the next reply."""
    NOT_AT_ALL = auto()
    CONNECTION_CLOSED = auto()


class Misbehaviour(StrEnum):
    """Names of the rows."""

    LOST_BEFORE_ACT = "lost_before_act"
    LOST_AFTER_ACT = "lost_after_act"
    SILENCE = "silence"
    SILENCE_AFTER_ACT = "silence_after_act"
    OK_THAT_LIES = "ok_that_lies"
    DONE_BUT_OK_0 = "done_but_ok_0"
    REFUSED_BUT_OK_1 = "refused_but_ok_1"
    SLOW = "slow"
    GARBAGE = "garbage"
    CRLF = "crlf"
    LF = "lf"
    NO_TERMINATOR = "no_terminator"
    LEADING_BLANKS = "leading_blanks"
    WRONG_CHECKSUM = "wrong_checksum"
    ZERO_CHECKSUM = "zero_checksum"
    LOWER_CASE_CHECKSUM = "lower_case_checksum"
    NO_SEQUENCE = "no_sequence"
    WRONG_SEQUENCE = "wrong_sequence"
    WRONG_ITEM = "wrong_item"
    REFUSED_LOGIN = "refused_login"
    CLOSED_IDLE = "closed_idle"
    CONNECTION_LIMIT = "connection_limit"
    UNSOLICITED_98 = "unsolicited_98"
    TWO_REPLIES = "two_replies"
    HELD_BACK = "held_back"
    SEGMENTS = "segments"
    ASKS_RESEND = "asks_resend"
    NO_LAST_BAR = "no_last_bar"
    BLANKS_BEFORE_SEQUENCE = "blanks_before_sequence"
    SHORT_BX = "short_bx"
    LONG_BX = "long_bx"
    NO_HOLDS = "no_holds"
    FEW_MESSAGES = "few_messages"
    CANCEL_ONLY_HOLDS = "cancel_only_holds"
    NO_SUCH_ITEM = "no_such_item"
    ALERT_ALWAYS_N = "alert_always_n"
    BLANK_COUNTS = "blank_counts"
    LETTERS_IN_TIMEOUT = "letters_in_timeout"
    SHORT_STATUS = "short_status"
    BAR_IN_TITLE = "bar_in_title"
    BAR_AFTER_FIXED_PART = "bar_after_fixed_part"
    STRANGE_FIELDS = "strange_fields"


class Conduct(msgspec.Struct, frozen=True, kw_only=True):
    """One misbehaviour. `codes`: the requests it befalls unless an order names others; empty means all."""

    codes: frozenset[str] = frozenset()
    answers: Answerer = Answerer.LIBRARY
    body: Edit | None = None
    frame: Edit | None = None
    sends: Delivery = Delivery.WHOLE


def _on(*codes: str) -> frozenset[str]:
    return frozenset(codes)


ACTS = _on("09", "11", "15", "29")

TABLE: dict[Misbehaviour, Conduct] = {
    # outcomes that the client cannot know or must not believe
    Misbehaviour.LOST_BEFORE_ACT: Conduct(answers=Answerer.NOBODY, sends=Delivery.CONNECTION_CLOSED),
    Misbehaviour.LOST_AFTER_ACT: Conduct(sends=Delivery.CONNECTION_CLOSED),
    Misbehaviour.SILENCE: Conduct(answers=Answerer.NOBODY, sends=Delivery.NOT_AT_ALL),
    Misbehaviour.SILENCE_AFTER_ACT: Conduct(sends=Delivery.NOT_AT_ALL),
    Misbehaviour.OK_THAT_LIES: Conduct(codes=ACTS, answers=Answerer.REHEARSAL),
    Misbehaviour.DONE_BUT_OK_0: Conduct(codes=ACTS, body=edits.set_ok(b"0")),
    Misbehaviour.REFUSED_BUT_OK_1: Conduct(codes=ACTS, answers=Answerer.REFUSES_ALL, body=edits.set_ok(b"1")),
    Misbehaviour.NO_SUCH_ITEM: Conduct(answers=Answerer.EMPTY_LIBRARY),
    Misbehaviour.WRONG_ITEM: Conduct(body=edits.name_another_item),
    Misbehaviour.WRONG_SEQUENCE: Conduct(frame=edits.another_sequence),
    Misbehaviour.UNSOLICITED_98: Conduct(frame=edits.always(edits.UNSOLICITED_98)),
    Misbehaviour.TWO_REPLIES: Conduct(frame=edits.follow_with(edits.UNSOLICITED_98)),
    Misbehaviour.HELD_BACK: Conduct(sends=Delivery.HELD_BACK),
    Misbehaviour.ASKS_RESEND: Conduct(answers=Answerer.NOBODY, frame=edits.always(RESEND_REQUEST)),
    # the wire
    Misbehaviour.SLOW: Conduct(),
    Misbehaviour.SEGMENTS: Conduct(sends=Delivery.IN_SEGMENTS),
    Misbehaviour.GARBAGE: Conduct(frame=edits.always(edits.GARBAGE)),
    Misbehaviour.CRLF: Conduct(frame=edits.end_with(b"\r\n")),
    Misbehaviour.LF: Conduct(frame=edits.end_with(b"\n")),
    Misbehaviour.NO_TERMINATOR: Conduct(frame=edits.end_with(b"")),
    Misbehaviour.LEADING_BLANKS: Conduct(frame=edits.begin_with(b"\n  ")),
    Misbehaviour.WRONG_CHECKSUM: Conduct(frame=edits.wrong_checksum),
    Misbehaviour.ZERO_CHECKSUM: Conduct(frame=edits.zero_checksum),
    Misbehaviour.LOWER_CASE_CHECKSUM: Conduct(frame=edits.lower_case_checksum),
    Misbehaviour.NO_SEQUENCE: Conduct(frame=edits.drop_sequence),
    Misbehaviour.NO_LAST_BAR: Conduct(body=edits.drop_last_bar),
    Misbehaviour.BLANKS_BEFORE_SEQUENCE: Conduct(body=edits.blanks_at_end),
    Misbehaviour.BAR_AFTER_FIXED_PART: Conduct(body=edits.bar_after_fixed_part),
    Misbehaviour.BAR_IN_TITLE: Conduct(body=edits.bar_in_title),
    Misbehaviour.STRANGE_FIELDS: Conduct(body=edits.strange_fields),
    Misbehaviour.BLANK_COUNTS: Conduct(codes=_on("63"), body=edits.blank_counts),
    Misbehaviour.SHORT_STATUS: Conduct(codes=_on("17"), body=edits.shorten_status),
    Misbehaviour.LETTERS_IN_TIMEOUT: Conduct(codes=_on("99"), body=edits.letters_in_timeout),
    # what a product lacks
    Misbehaviour.SHORT_BX: Conduct(codes=_on("99"), body=edits.resize_supported_messages(12)),
    Misbehaviour.LONG_BX: Conduct(codes=_on("99"), body=edits.resize_supported_messages(20)),
    Misbehaviour.NO_HOLDS: Conduct(codes=_on("15", "99"), answers=Answerer.WITHOUT_HOLDS),
    Misbehaviour.FEW_MESSAGES: Conduct(codes=_on("15", "17", "29", "99"), answers=Answerer.FEW_MESSAGES),
    Misbehaviour.CANCEL_ONLY_HOLDS: Conduct(codes=_on("15"), answers=Answerer.CANCELS_ONLY),
    Misbehaviour.ALERT_ALWAYS_N: Conduct(codes=_on("09"), body=edits.silence_alert),
    # the session
    Misbehaviour.REFUSED_LOGIN: Conduct(codes=_on("93"), answers=Answerer.EMPTY_LIBRARY),
    Misbehaviour.CLOSED_IDLE: Conduct(codes=_on("idle")),
    Misbehaviour.CONNECTION_LIMIT: Conduct(codes=_on("accept")),
}


class Order(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An order to misbehave.

    Fires on requests whose code is in `codes` (default: those of the row), after the first `skip` of them, `count`
    times (None: for ever), each time with `probability`. `delay_s` is the wait before the reply, whatever the row; for
    closed_idle the time after which an idle connection is closed. `limit` is how many connections connection_limit serves.
    """

    name: Misbehaviour
    codes: frozenset[str] = frozenset()
    skip: int = 0
    count: int | None = None
    probability: float = 1.0
    delay_s: float = 0.0
    limit: int = 0


class Plan(msgspec.Struct, frozen=True):
    """What is to be done with one request."""

    answers: Answerer = Answerer.LIBRARY
    bodies: tuple[Edit, ...] = ()
    frames: tuple[Edit, ...] = ()
    sends: Delivery = Delivery.WHOLE
    delay_s: float = 0.0


class Script:
    """The orders in force and how often each has fired. Random, and repeatable by its seed; `always` outlasts `clear`."""

    def __init__(self, orders: Iterable[Order] = (), seed: int = 0, always: Iterable[Order] = ()) -> None:
        self._random = random.Random(seed)  # noqa: S311 - chooses faults, guards nothing
        self._always = tuple(always)
        self.orders: list[Order] = [*self._always, *orders]

    def add(self, order: Order) -> None:
        """Put an order in force, after those that are."""
        self.orders.append(order)

    def clear(self) -> None:
        """Behave, as far as the product ever does."""
        self.orders = list(self._always)

    def plan(self, code: str) -> Plan:
        """What to do with the request that has just come, and count it."""
        plan = Plan()
        for index, order in enumerate(self.orders):
            if code in (order.codes or TABLE[order.name].codes or {code}):
                fires, self.orders[index] = self._draw(order)
                plan = _with(plan, order) if fires else plan
        self.orders = [order for order in self.orders if order.count != 0]
        return plan

    def idle_s(self) -> float | None:
        """After how long an idle connection is closed; None for never."""
        return next((order.delay_s for order in self.orders if order.name is Misbehaviour.CLOSED_IDLE), None)

    def connection_limit(self) -> int | None:
        """How many connections are served; None for all."""
        return next((order.limit for order in self.orders if order.name is Misbehaviour.CONNECTION_LIMIT), None)

    def _draw(self, order: Order) -> tuple[bool, Order]:
        """Whether the order fires now, and what is left of it."""
        if order.skip:
            return False, msgspec.structs.replace(order, skip=order.skip - 1)
        if order.probability < 1 and self._random.random() >= order.probability:
            return False, order
        left = None if order.count is None else order.count - 1
        return True, msgspec.structs.replace(order, count=left)


def _with(plan: Plan, order: Order) -> Plan:
    row = TABLE[order.name]
    return Plan(
        answers=plan.answers if row.answers is Answerer.LIBRARY else row.answers,
        bodies=(*plan.bodies, row.body) if row.body else plan.bodies,
        frames=(*plan.frames, row.frame) if row.frame else plan.frames,
        sends=plan.sends if row.sends is Delivery.WHOLE else row.sends,
        delay_s=plan.delay_s + order.delay_s,
    )
