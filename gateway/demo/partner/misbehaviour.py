"""How partners' systems misbehave, as a table, and the orders by which the demonstration partner does so. Pure.

Each row of `TABLE` says what becomes of a message of the supplier: whether it is taken into the books, and what is
answered. The rows of `SENDING` befall the partner's own messages instead. Of several orders that fit a message, the
first alone fires.
"""

from collections import Counter
from collections.abc import Iterable
from enum import Enum, StrEnum, auto
from http import HTTPStatus

import msgspec

from gateway.iso18626.codes import ErrorType


class Misbehaviour(StrEnum):
    """Names of the rows; "after" means that the message was taken into the books all the same."""

    FAILS = "fails"
    FAILS_AFTER = "fails_after"
    UNAVAILABLE = "unavailable"
    SILENT = "silent"
    SILENT_AFTER = "silent_after"
    HANGS_UP = "hangs_up"
    HANGS_UP_AFTER = "hangs_up_after"
    REFUSES = "refuses"
    WEB_PAGE = "web_page"
    WEB_PAGE_AFTER = "web_page_after"
    SLOW = "slow"
    SENDS_TWICE = "sends_twice"
    SENDS_LATE = "sends_late"


class Answering(Enum):
    """What goes back to the supplier."""

    CONFIRMATION = auto()
    ERROR = auto()
    """A confirmation ERROR of the order's type."""
    HTTP_STATUS = auto()
    WEB_PAGE = auto()
    """HTTP 200 and a page for people, as a login portal gives it."""
    NOTHING = auto()
    CONNECTION_CLOSED = auto()


class Treatment(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of one message of the supplier."""

    takes: bool = True
    answers: Answering = Answering.CONFIRMATION
    http_status: HTTPStatus = HTTPStatus.OK


TABLE: dict[Misbehaviour, Treatment] = {
    Misbehaviour.FAILS: Treatment(
        takes=False, answers=Answering.HTTP_STATUS, http_status=HTTPStatus.INTERNAL_SERVER_ERROR
    ),
    Misbehaviour.FAILS_AFTER: Treatment(answers=Answering.HTTP_STATUS, http_status=HTTPStatus.INTERNAL_SERVER_ERROR),
    Misbehaviour.UNAVAILABLE: Treatment(
        takes=False, answers=Answering.HTTP_STATUS, http_status=HTTPStatus.SERVICE_UNAVAILABLE
    ),
    Misbehaviour.SILENT: Treatment(takes=False, answers=Answering.NOTHING),
    Misbehaviour.SILENT_AFTER: Treatment(answers=Answering.NOTHING),
    Misbehaviour.HANGS_UP: Treatment(takes=False, answers=Answering.CONNECTION_CLOSED),
    Misbehaviour.HANGS_UP_AFTER: Treatment(answers=Answering.CONNECTION_CLOSED),
    Misbehaviour.REFUSES: Treatment(takes=False, answers=Answering.ERROR),
    Misbehaviour.WEB_PAGE: Treatment(takes=False, answers=Answering.WEB_PAGE),
    Misbehaviour.WEB_PAGE_AFTER: Treatment(answers=Answering.WEB_PAGE),
    Misbehaviour.SLOW: Treatment(),
}

SENDING = frozenset({Misbehaviour.SENDS_TWICE, Misbehaviour.SENDS_LATE})
"""What befalls our own messages: sent again in the same bytes, as if the confirmation had been lost; or kept, and sent
after the next one."""


class Order(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An order to misbehave.

    Fires on messages of which `about` names the status, reason, action or request type (empty: all), after the first
    `skip` of them, `count` times (None: for ever). `delay_s` is the wait before the answer, whatever the row, once the
    books are written; `error_type` is what a message is refused with.
    """

    name: Misbehaviour
    about: frozenset[str] = frozenset()
    skip: int = 0
    count: int | None = None
    delay_s: float = 0.0
    error_type: ErrorType = ErrorType.UNRECOGNISED_DATA_VALUE


class Script:
    """The orders in force, and how often each misbehaviour was seen (`fired`)."""

    def __init__(self, orders: Iterable[Order] = ()) -> None:
        self.orders: list[Order] = list(orders)
        self.fired: Counter[Misbehaviour] = Counter()

    def add(self, order: Order) -> None:
        """Put an order in force, after those that are."""
        self.orders.append(order)

    def clear(self) -> None:
        """Behave."""
        self.orders.clear()

    def for_heard(self, *words: str | None) -> Order | None:
        """The order that a message of the supplier with these words meets, counted; None to behave."""
        return self._draw({word for word in words if word}, TABLE.keys())

    def for_sent(self, *words: str | None) -> Order | None:
        """The order that a message of our own meets, likewise."""
        return self._draw({word for word in words if word}, SENDING)

    def _draw(self, words: set[str], names: Iterable[Misbehaviour]) -> Order | None:
        for index, order in enumerate(self.orders):
            if order.name not in names or not (words & order.about or not order.about):
                continue
            if order.skip:
                self.orders[index] = msgspec.structs.replace(order, skip=order.skip - 1)
                continue
            self._count(index, order)
            return order
        return None

    def _count(self, index: int, order: Order) -> None:
        self.fired[order.name] += 1
        if order.count is None:
            return
        if order.count > 1:
            self.orders[index] = msgspec.structs.replace(order, count=order.count - 1)
        else:
            del self.orders[index]
