"""Before an order is sent: what a link or a number fills its form with, what the form's fields take, and what would stand in its way.

Nothing here is written. What is foreseen is what the request itself would meet (dispatch/performers/vetting.py).
"""

import re
from decimal import Decimal
from typing import Final

from gateway.desk.access import Caller
from gateway.desk.cards import read_card
from gateway.desk.errors import UnusableError
from gateway.desk.orders import SET_ASIDE, BadOrder, order_of
from gateway.desk.ports import Desk
from gateway.desk.structs.common import Problem
from gateway.desk.structs.customers import CardBody
from gateway.desk.structs.orders import (
    CardChecked,
    Choice,
    DoubtShown,
    LinkBody,
    OrderChoices,
    OrderDraft,
    OrderForeseen,
    TypedOrder,
    TypedWork,
    WorkBody,
    WorksFound,
    WorksQuery,
)
from gateway.dispatch.asking import Order
from gateway.dispatch.performers.vetting import Case
from gateway.iso18626.codes import CopyrightCompliance, ServiceLevel, ServiceType
from gateway.orders.citation import NothingToIdentifyError, identified
from gateway.orders.numbers import numbered
from gateway.orders.openurl import read_openurl
from gateway.store.borrowing_port import Customer
from gateway.workflow.borrowing_records import Concern
from gateway.workflow.finding import CatalogueSilentError, Found
from gateway.workflow.records import Copy
from gateway.workflow.values import Editions, Identifier, Money, Wanted

SERVICES: Final = {
    ServiceType.LOAN: "Loan",
    ServiceType.COPY: "Copy of a part",
    ServiceType.COPY_OR_LOAN: "Copy, or a loan if need be",
}
COPYRIGHTS: Final = {
    CopyrightCompliance.US_CCG: "US-CCG: within the guidelines (the rule of five counts)",
    CopyrightCompliance.US_CCL: "US-CCL: within the law otherwise",
}
"""The first are what the rules choose between (workflow/copyright.py); the others stand as their codes."""


async def order_choices(desk: Desk, _caller: Caller) -> OrderChoices:
    """Say what the fields of an order take."""
    branches = sorted(desk.pickup.branches or (), key=desk.library.branch)
    return OrderChoices(
        branches=tuple(Choice(code, desk.library.branch(code)) for code in branches),
        usual_branch=desk.pickup.default,
        services=tuple(Choice(code, words) for code, words in SERVICES.items()),
        levels=tuple(Choice(code.value, _spaced(code)) for code in ServiceLevel),
        copyrights=tuple(Choice(code.value, COPYRIGHTS.get(code, code.value)) for code in CopyrightCompliance),
    )


async def draft_by_link(_desk: Desk, _caller: Caller, link: str) -> OrderDraft:
    """Read an OpenURL; one that names no work gives an empty draft that says so."""
    try:
        cited = read_openurl(link)
    except NothingToIdentifyError as nothing:
        return OrderDraft(work=TypedWork(), note=None, warnings=(str(nothing),))
    return OrderDraft(work=typed_work(cited.wanted, cited.service), note=cited.note, warnings=cited.warnings)


async def find_works(desk: Desk, _caller: Caller, query: WorksQuery) -> WorksFound:
    """Look a work up in our own catalogue, by numbers as they are typed or by title, whichever edition. Raises UnusableError."""
    identifiers, warnings = identified(numbered(query.numbers))
    title, author = query.title.strip() or None, query.author.strip() or None
    if not (identifiers or title):
        words = " ".join(warnings) or "Give an ISBN, ISSN, OCLC number or DOI, or words of the title."
        raise UnusableError(words, [Problem(column="numbers", words=words)])
    wanted = Wanted(identifiers=identifiers, title=title, author=author, editions=Editions.ANY)
    try:
        found = await desk.find_copies(wanted)
    except CatalogueSilentError as silent:
        found = Found(words=str(silent))
    return WorksFound(
        works=tuple(dict.fromkeys(_work(copy, identifiers) for copy in found.copies if copy.title)),
        copies=found.copies,
        branches=desk.library.branches,
        words=found.words,
        warnings=warnings,
    )


async def check_card(desk: Desk, _caller: Caller, body: CardBody) -> CardChecked:
    """Ask the circulation system (63) whether a card's owner may borrow from elsewhere, by the library's own limits."""
    case = Case(customer=Customer(barcode=read_card(body.customer)), wanted=Wanted(), at=desk.now())
    found = await desk.foresee(case, (Concern.CUSTOMER,))
    if found.not_checked:
        return CardChecked(may_borrow=None, words=" ".join(found.not_checked))
    words = " ".join(doubt.words for doubt in found.doubts)
    return CardChecked(may_borrow=not found.doubts, words=words or "The customer may borrow.")


async def foresee_order(desk: Desk, _caller: Caller, body: WorkBody) -> OrderForeseen:
    """Say what would stand in an order's way: the customer, the same work before, copies of ours, copyright, a note, an unclear work."""
    order, warnings = read_order(desk, body)
    found = await desk.foresee(_case(desk, order), tuple(Concern))
    doubts = (each for each in found.doubts if each.concern not in body.waived)
    return OrderForeseen(
        doubts=tuple(
            DoubtShown(concern=each.concern, words=each.words, may_be_set_aside=each.concern in SET_ASIDE)
            for each in doubts
        ),
        not_checked=found.not_checked,
        copyright=desk.asking.compliance(order, desk.now()),
        warnings=(*warnings, *found.warnings),
    )


def read_order(desk: Desk, body: WorkBody | LinkBody, *, key: str | None = None) -> tuple[Order, tuple[str, ...]]:
    """Make the order of a form, and say what is odd about it. Raises UnusableError with each problem at its field."""
    try:
        return order_of(body, key=key, rules=desk.pickup, zone=desk.zone, now=desk.now())
    except BadOrder as error:
        problems = [Problem(column=each.column, words=each.words) for each in error.problems]
        raise UnusableError("The order can't be taken as it is.", problems) from None


def _case(desk: Desk, order: Order) -> Case:
    at = desk.now()
    return Case(
        customer=order.customer,
        wanted=order.citation.wanted,
        service=order.citation.service,
        note=order.words,
        copyright=desk.asking.compliance(order, at),
        at=at,
    )


def typed_work(wanted: Wanted, service: ServiceType = ServiceType.LOAN) -> TypedWork:
    """Give a work as it stands in a form."""
    texts = {name: getattr(wanted, name) or "" for name in _SAME}
    numbers = ", ".join(f"{each.code} {each.value}" for each in wanted.identifiers)
    return TypedWork(service=service, numbers=numbers, volume=", ".join(wanted.volumes), **texts)


def order_body(typed: TypedOrder) -> WorkBody:
    """Read what was typed into a form. Raises UnusableError where the most to be paid is no amount."""
    return WorkBody(
        customer=typed.customer,
        pickup_branch=typed.pickup_branch or None,
        need_before=typed.need_before or None,
        level=typed.level or None,
        note=typed.note or None,
        max_cost=_money(typed.max_cost),
        copyright=typed.copyright or None,
        any_edition=not typed.this_edition,
        waived=typed.waived,
        service=typed.service,
        identifiers=tuple(Identifier(code=code, value=value) for code, value in numbered(typed.numbers)),
        volumes=tuple(filter(None, (typed.volume,))),
        **{name: getattr(typed, name) or None for name in _SAME},
    )


_SAME: Final = (
    "title", "author", "edition", "issue", "pages", "article_title", "article_author", "publisher", "published",
)  # fmt: skip
"""The fields that a work and its form have in common."""
_PRICE: Final = re.compile(r"(\d{1,9}(?:\.\d{1,2})?)\s*([A-Z]{3})", re.ASCII)


def _money(text: str) -> Money | None:
    if not text.strip():
        return None
    found = _PRICE.fullmatch(text.strip().upper())
    if found is None:
        words = "write an amount and its currency, like 25.00 USD"
        raise UnusableError("The order can't be taken as it is.", [Problem(column="max_cost", words=words)])
    return Money(amount=Decimal(found[1]), currency=found[2])


def _work(copy: Copy, identifiers: tuple[Identifier, ...]) -> TypedWork:
    published = str(copy.published) if copy.published else None
    return typed_work(Wanted(title=copy.title, author=copy.author, published=published, identifiers=identifiers))


def _spaced(code: str) -> str:
    """“SecondaryMail” as people write it."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", code).capitalize()
