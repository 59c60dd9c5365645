"""Before an order is sent: what a link or a number fills its form with, what the form's fields take, and what would stand in its way.

Nothing here is written. What is foreseen is what the request itself would meet (dispatch/performers/vetting.py).
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, Final

import msgspec

from gateway.catalogue.likeness import folded, words
from gateway.catalogue.works import Work
from gateway.desk.access import Caller
from gateway.desk.cards import read_card
from gateway.desk.errors import ConflictError, UnusableError
from gateway.desk.orders import SET_ASIDE, BadOrder, order_of
from gateway.desk.ports import Desk
from gateway.desk.reads import names_of, partners_by_id
from gateway.desk.scans import request_of
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
    WorkFound,
    WorksFound,
    WorksQuery,
)
from gateway.dispatch.asking import Order
from gateway.dispatch.catalogues import Works
from gateway.dispatch.performers.vetting import Case
from gateway.iso18626.codes import CopyrightCompliance, ServiceLevel, ServiceType
from gateway.orders.cells import CellError
from gateway.orders.citation import NothingToIdentifyError, identified, limited
from gateway.orders.numbers import numbered
from gateway.orders.openurl import read_openurl
from gateway.store.borrowing_port import Customer
from gateway.workflow.about import by_name
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
LEVELS: Final = (
    ServiceLevel.EXPRESS,
    ServiceLevel.URGENT,
    ServiceLevel.RUSH,
    ServiceLevel.NORMAL,
    ServiceLevel.STANDARD,
    ServiceLevel.SECONDARY_MAIL,
)
"""The fast ones first; the standard lists them by the alphabet."""
UNTAKEN: Final = "The order can't be taken as it is."


async def order_choices(desk: Desk, _caller: Caller) -> OrderChoices:
    """Say what the fields of an order take."""
    branches = sorted(desk.orders.pickup.branches or (), key=desk.library.branch)
    return OrderChoices(
        branches=tuple(Choice(code, desk.library.branch(code)) for code in branches),
        usual_branch=desk.orders.pickup.default,
        services=tuple(Choice(code, words) for code, words in SERVICES.items()),
        levels=tuple(Choice(code.value, _spaced(code)) for code in LEVELS),
        copyrights=tuple(Choice(code.value, COPYRIGHTS.get(code, code.value)) for code in CopyrightCompliance),
        own_currency=desk.money.billing.defaults.currency,
    )


async def draft_by_link(_desk: Desk, _caller: Caller, link: str) -> OrderDraft:
    """Read an OpenURL; one that names no work gives an empty draft that says so."""
    try:
        cited = read_openurl(link)
    except NothingToIdentifyError as nothing:
        return OrderDraft(work=TypedWork(), note=None, warnings=(str(nothing),))
    return OrderDraft(work=typed_work(cited.wanted, cited.service), note=cited.note, warnings=cited.warnings)


async def find_works(desk: Desk, caller: Caller, query: WorksQuery) -> WorksFound:
    """Look a work up by numbers as they are typed or by title, whichever edition: in our own catalogue, and for a person at the desk in
    those of partners. A customers' system asks ours alone, unless the settings look orders up at once. Raises UnusableError.
    """
    return await _find(desk, query, elsewhere=caller.is_at_desk or desk.looking.customers_at_once)


async def find_works_of(desk: Desk, _caller: Caller, request: str) -> WorksFound:
    """Look for the works that a request of ours may mean: ours and those of partners. Raises NotThereError, ConflictError, UnusableError."""
    found = await request_of(desk.store, request)
    if found.borrowing is None:
        raise ConflictError("The work is the partner's to say.")
    typed = typed_work(found.wanted)
    query = WorksQuery(numbers=typed.numbers[:500], title=typed.title[:500], author=typed.author[:500])
    works = await _find(desk, query, elsewhere=True)
    part = {name: text for name in _OF_A_PART if (text := getattr(typed, name))}
    if typed.article_title and typed.published:
        part["published"] = typed.published  # the article's, and not its journal's
    return msgspec.structs.replace(works, works=tuple(msgspec.structs.replace(each, **part) for each in works.works))


async def _find(desk: Desk, query: WorksQuery, *, elsewhere: bool) -> WorksFound:
    identifiers, warnings = identified(numbered(query.numbers))
    title, author = query.title.strip() or None, query.author.strip() or None
    if not (identifiers or title):
        why = " ".join(warnings) or "Give an ISBN, ISSN, OCLC number or DOI, or words of the title."
        raise UnusableError(why, [Problem(column="numbers", words=why)])
    wanted = Wanted(identifiers=identifiers, title=title, author=author, editions=Editions.ANY)
    theirs = await desk.looking.find_works(wanted) if elsewhere else Works()
    names = names_of(await partners_by_id(desk.store))
    try:
        found = await desk.looking.find_copies(wanted)
    except CatalogueSilentError as silent:
        found = Found(words=str(silent))
    return WorksFound(
        works=tuple(_works(found.copies, identifiers, theirs)),
        copies=found.copies,
        branches=desk.library.branches,
        words=" ".join(filter(None, (found.words, by_name(theirs.words, names)))),
        warnings=warnings,
    )


async def check_card(desk: Desk, _caller: Caller, body: CardBody) -> CardChecked:
    """Ask the circulation system (63) whether a card's owner may borrow from elsewhere, by the library's own limits."""
    case = Case(customer=Customer(barcode=read_card(body.customer)), wanted=Wanted(), at=desk.now())
    found = await desk.looking.foresee(case, (Concern.CUSTOMER,))
    if found.not_checked:
        return CardChecked(may_borrow=None, words=" ".join(found.not_checked))
    words = " ".join(doubt.words for doubt in found.doubts)
    return CardChecked(may_borrow=not found.doubts, words=words or "The customer may borrow.")


async def foresee_order(desk: Desk, _caller: Caller, body: WorkBody) -> OrderForeseen:
    """Say what would stand in an order's way: the customer, the same work before, copies of ours, copyright, a note, an unclear work."""
    order, warnings = read_order(desk, body)
    found = await desk.looking.foresee(_case(desk, order), tuple(Concern))
    doubts = (each for each in found.doubts if each.concern not in body.waived)
    return OrderForeseen(
        doubts=tuple(
            DoubtShown(concern=each.concern, words=each.words, may_be_set_aside=each.concern in SET_ASIDE)
            for each in doubts
        ),
        not_checked=found.not_checked,
        copyright=desk.orders.asking.compliance(order, desk.now()),
        warnings=(*warnings, *found.warnings),
    )


def read_order(desk: Desk, body: WorkBody | LinkBody, *, key: str | None = None) -> tuple[Order, tuple[str, ...]]:
    """Make the order of a form, and say what is odd about it. Raises UnusableError with each problem at its field."""
    try:
        return order_of(body, key=key, rules=desk.orders.pickup, zone=desk.zone, now=desk.now())
    except BadOrder as error:
        problems = [Problem(column=each.column, words=each.words) for each in error.problems]
        raise UnusableError(UNTAKEN, problems) from None


def _case(desk: Desk, order: Order) -> Case:
    at = desk.now()
    return Case(
        customer=order.customer,
        wanted=order.citation.wanted,
        service=order.citation.service,
        any_edition=order.any_edition,
        note=order.words,
        copyright=desk.orders.asking.compliance(order, at),
        at=at,
    )


def typed_work(wanted: Wanted, service: ServiceType = ServiceType.LOAN) -> TypedWork:
    """Return a work as it stands in a form."""
    texts = {name: getattr(wanted, name) or "" for name in _SAME}
    numbers = ", ".join(f"{each.code} {each.value}" for each in wanted.identifiers)
    return TypedWork(service=service, numbers=numbers, volume=", ".join(wanted.volumes), **texts)


def order_body(desk: Desk, typed: TypedOrder) -> WorkBody:
    """Read what was typed into a form. Raises UnusableError where the most to be paid is no amount, with all else that is wrong."""
    body = _body(typed)
    try:
        return msgspec.structs.replace(body, max_cost=_money(typed.max_cost, desk.money.billing.defaults.currency))
    except CellError as error:
        problem = Problem(column="max_cost", words=str(error))
    try:
        read_order(desk, body)
    except UnusableError as others:
        raise UnusableError(others.detail, [*(others.problems or ()), problem]) from None
    raise UnusableError(UNTAKEN, [problem])


def _body(typed: TypedOrder) -> WorkBody:
    return WorkBody(
        customer=typed.customer,
        pickup_branch=typed.pickup_branch or None,
        need_before=typed.need_before or None,
        level=typed.level or None,
        note=typed.note or None,
        copyright=typed.copyright or None,
        any_edition=not typed.this_edition,
        waived=typed.waived,
        service=typed.service,
        identifiers=tuple(Identifier(code=code, value=value) for code, value in numbered(typed.numbers)),
        volumes=tuple(filter(None, (typed.volume,))),
        **{name: getattr(typed, name) or None for name in _SAME},
    )


_SAME: Final = (
    "title", "author", "edition", "issue", "pages", "article_title", "article_author", "publisher", "published", "series",
)  # fmt: skip
"""The fields that a work and its form have in common."""
_OF_A_PART: Final = ("volume", "issue", "pages", "article_title", "article_author")
"""What an order says of a part of the work, whichever record the work has."""
_PRICE: Final = re.compile(r"(\d{1,9}(?:\.\d{1,2})?)\s*([A-Z]{3})?", re.ASCII)


def _money(text: str, own_currency: str) -> Money | None:
    """Read an amount, in our own currency if no other is named. Raises CellError."""
    if not text.strip():
        return None
    found = _PRICE.fullmatch(text.strip().upper())
    if found is None:
        raise CellError(
            f"write an amount, like 25.00, in {own_currency}; write the code behind it for another currency"
        )
    return Money(amount=Decimal(found[1]), currency=found[2] or own_currency)


def _works(copies: Iterable[Copy], identifiers: tuple[Identifier, ...], elsewhere: Works) -> Iterator[WorkFound]:
    """Ours, each once, and those of others' catalogues; one that both have is told by theirs, which say more."""
    ours = dict.fromkeys(_work(copy, identifiers) for copy in copies if copy.title)
    theirs = [_found(each) for each in elsewhere.works]
    known = {_alike(each) for each in theirs}
    yield from (_typed(wanted, is_ours=True) for wanted in ours if _alike(_typed(wanted)) not in known)
    for each in theirs:
        yield msgspec.structs.replace(each, is_ours=_alike(each) in {_alike(_typed(wanted)) for wanted in ours})


def _work(copy: Copy, identifiers: tuple[Identifier, ...]) -> Wanted:
    published = str(copy.published) if copy.published else None
    return Wanted(title=copy.title, author=copy.author, published=published, identifiers=identifiers)


def _found(work: Work) -> WorkFound:
    return _typed(work.wanted, where=work.where, parts=work.parts)


def _typed(wanted: Wanted, **more: Any) -> WorkFound:
    return WorkFound(**msgspec.structs.asdict(typed_work(wanted)), **more)


def _alike(work: TypedWork) -> tuple[object, ...]:
    """What tells one work in a list from the next: the title without its subtitle, the author's family name, the year."""
    main, family = work.title.partition(" : ")[0], work.author.partition(",")[0]
    return words(main), folded(family), work.published


def read_work(typed: TypedWork, now: Wanted) -> Wanted:
    """Read the work that staff say is meant; what is asked for of it beyond the form (any edition) stays. Raises UnusableError."""
    texts = {name: getattr(typed, name) for name in _SAME}
    identifiers, warnings = identified(numbered(typed.numbers))
    wanted = msgspec.structs.replace(
        now,
        identifiers=identifiers,
        volumes=tuple(filter(None, (limited(typed.volume)[0],))),
        **{name: limited(text)[0] for name, text in texts.items()},
    )
    if not (wanted.title or wanted.article_title or wanted.identifiers):
        why = " ".join(warnings) or "Give a title, or a number."
        raise UnusableError(f"work.title: {why}", [Problem(column="work.title", words=why)])
    return wanted


def _spaced(code: str) -> str:
    """“SecondaryMail” as people write it."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", code).capitalize()
