"""What a form of intake says, read and checked as a whole: a customer's order, or every problem with it in words.

Problems quote nothing, for a wrong field may hold the customer's data. Pure.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, tzinfo
from typing import Any, Final, TypeVar

import msgspec

from gateway.barcodes import scanned
from gateway.desk.ports import PickupRules
from gateway.desk.structs.orders import TEXTS, AskedBody, LinkBody, WorkBody
from gateway.desk.times import end_of_day, moment
from gateway.dispatch.asking import Order
from gateway.dispatch.note_guard import data_of, tells
from gateway.iso18626.codes import CopyrightCompliance, OpenCode, ServiceLevel
from gateway.money.amounts import price_faults
from gateway.orders.cells import CellError, doubt_about_customer, read_branch, read_customer
from gateway.orders.citation import NORMALISERS, Citation, cite, identified, limited
from gateway.orders.openurl import read_openurl
from gateway.orders.request_list import ListedRequest
from gateway.store.borrowing_port import Customer
from gateway.workflow.borrowing_records import Concern
from gateway.workflow.values import Money, Wanted

LIST_KEY: Final = "list:"
"""What the keys of a list's lines begin with: whoever calls the API can't make one that is a line's."""
CALLER_KEY: Final = "call:"
KEY_MAX: Final = 200
SET_ASIDE: Final = frozenset({Concern.DUPLICATE, Concern.OWNED, Concern.WORK})
"""What whoever orders may set aside at once. The customer and the copyright may need a manager; a note is written anew."""


class OrderProblem(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with a field."""

    column: str
    words: str


class BadOrder(ValueError):  # noqa: N818 - it says what the form is
    """The form can't be taken; `problems` are all that is wrong with it."""

    def __init__(self, problems: Iterable[OrderProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("the order can't be taken as it is")


Read = TypeVar("Read")


class _Form:
    """One form while it is read, and what is wrong with it."""

    def __init__(self) -> None:
        self.problems: list[OrderProblem] = []

    def read(self, column: str, read: Callable[[], Read]) -> Read | None:
        """Read a field; None where it was wrong, which is told."""
        try:
            return read()
        except ValueError as error:
            self.problems.append(OrderProblem(column=column, words=str(error)))
            return None


def order_of(
    body: WorkBody | LinkBody, *, key: str | None, rules: PickupRules, zone: tzinfo, now: datetime
) -> tuple[Order, tuple[str, ...]]:
    """Make the order of a form, and say what is odd about it. Raises BadOrder."""
    form = _Form()
    customer = form.read("customer", lambda: _customer(body))
    citation = form.read("openurl" if isinstance(body, LinkBody) else "title", lambda: citation_of(body))
    pickup = form.read("pickup_branch", lambda: pickup_branch(body.pickup_branch, rules))
    need_before = form.read("need_before", lambda: _need_before(body.need_before, zone, now))
    level = form.read("level", lambda: _code(body.level, ServiceLevel))
    copyright_ = form.read("copyright", lambda: _code(body.copyright, CopyrightCompliance))
    form.read("max_cost", lambda: _check_cost(body.max_cost))
    form.read("waived", lambda: _check_waived(body.waived))
    if customer is None or citation is None or pickup is None or form.problems:
        raise BadOrder(form.problems)
    order = Order(
        customer=customer,
        citation=citation,
        pickup_branch=pickup,
        level=level,
        need_before=need_before,
        note=body.note,
        max_cost=body.max_cost,
        copyright=copyright_,
        any_edition=body.any_edition,
        waived=body.waived,
        key=key,
    )
    _check_note(order)
    return order, _warnings(order)


def listed_order(listed: ListedRequest, *, rules: PickupRules, zone: tzinfo) -> Order:
    """Make the order of a line of a list, which was checked as it was read. Raises BadOrder."""
    form = _Form()
    pickup = form.read("pickup branch", lambda: pickup_branch(listed.pickup, rules))
    if pickup is None:
        raise BadOrder(form.problems)
    order = Order(
        customer=Customer(barcode=listed.customer),
        citation=listed.citation,
        pickup_branch=pickup,
        need_before=end_of_day(listed.need_before, zone) if listed.need_before else None,
        note=listed.note,
        key=f"{LIST_KEY}{listed.key}",
    )
    _check_note(order)
    return order


def caller_key(caller: str, header: str | None) -> str | None:
    """Return the key under which a caller's order is kept; callers don't share keys. Raises ValueError."""
    if header is None:
        return None
    key = header.strip().strip('"')
    if not key or len(key) > KEY_MAX or not (key.isascii() and key.isprintable()):
        raise ValueError(f"1 to {KEY_MAX} printable ASCII characters")
    return f"{CALLER_KEY}{caller}:{key}"


def pickup_branch(text: str | None, rules: PickupRules) -> str:
    """Read a pickup branch; the usual one where none is named. Raises CellError."""
    branch = read_branch((text or "").strip(), rules.branches) or rules.default
    if branch is None:
        raise CellError("name the branch at which the customer picks it up")
    return branch


def citation_of(body: WorkBody | LinkBody) -> Citation:
    """Return the work that a form asks for. Raises NothingToIdentifyError, CellError."""
    if isinstance(body, LinkBody):
        citation = read_openurl(body.openurl)
        return msgspec.structs.replace(citation, service=body.service) if body.service else citation
    known = {code.casefold(): code for code in NORMALISERS}
    for each in body.identifiers:
        if each.code.strip().casefold() not in known:
            raise CellError(f"an identifier's code is none of {', '.join(NORMALISERS)}")
    identifiers, doubts = identified((known[each.code.strip().casefold()], each.value) for each in body.identifiers)
    texts: dict[str, Any] = {name: limited(getattr(body, name) or "")[0] for name in TEXTS}
    wanted = Wanted(
        **texts,
        identifiers=identifiers,
        volumes=tuple(filter(None, (limited(volume)[0] for volume in body.volumes))),
    )
    return cite(wanted, body.service, note=None, warnings=doubts)


def _customer(body: AskedBody) -> Customer:
    barcode = read_customer(scanned(body.customer).barcode)
    return Customer(barcode=barcode, name=_text(body.name), email=_text(body.email), phone=_text(body.phone))


def _text(value: str | None) -> str | None:
    return (value or "").strip() or None


def _need_before(text: str | None, zone: tzinfo, now: datetime) -> datetime | None:
    if text is None:
        return None
    try:
        at = moment(text, zone)
    except ValueError:
        raise CellError("not a date or time of ISO 8601") from None
    if at < now:
        raise CellError("this is past already")
    return at


def _code(text: str | None, codes: type[OpenCode]) -> str | None:
    """A code as the list has it: we never invent one (iso18626.md, "Open code lists")."""
    if text is None:
        return None
    code = codes.lookup(text)
    if code is None:
        raise CellError(f"none of {', '.join(codes)}")
    return code.value


def _check_waived(concerns: Iterable[Concern]) -> None:
    if not SET_ASIDE.issuperset(concerns):
        raise CellError(f"only {', '.join(sorted(SET_ASIDE))} can be set aside before it is sent")


def _check_cost(cost: Money | None) -> None:
    faults = [f"the {part} {words}" for part, words in price_faults(cost)]
    if faults:
        raise CellError("; ".join(faults))


def _check_note(order: Order) -> None:
    objection = tells([order.words], data_of(order.customer))
    if objection:
        raise BadOrder([OrderProblem(column="note", words=objection)])


def _warnings(order: Order) -> tuple[str, ...]:
    """What is odd about an order: about its work, and about the customer's barcode."""
    doubt = doubt_about_customer(order.customer.barcode)
    return (*order.citation.warnings, *((f"{doubt[0].upper()}{doubt[1:]}.",) if doubt else ()))
