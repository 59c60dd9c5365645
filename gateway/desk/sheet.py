"""One request on one page: what it is and waits for, the act at hand and the others, tasks, dates, items, notes, papers, story."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

import msgspec

from gateway.desk.access import Caller, Right
from gateway.desk.accounts import people
from gateway.desk.bill_shown import bill_line
from gateway.desk.copies import show_copy
from gateway.desk.drafts import typed_work
from gateway.desk.forms import WORK, About, form_of
from gateway.desk.notes import with_new
from gateway.desk.offered import offers
from gateway.desk.paperwork import slips_of
from gateway.desk.ports import Desk
from gateway.desk.prices import is_price_to_set
from gateway.desk.reads import names_of, partners_by_id
from gateway.desk.requests import surroundings
from gateway.desk.scans import request_of
from gateway.desk.settling import at_hand, grouped, settling
from gateway.desk.shown import shown
from gateway.desk.story import story_of
from gateway.desk.structs.sheet import (
    ActForm,
    ActGroup,
    BillBrief,
    CustomerMasked,
    ItemShown,
    Note,
    PartnerBrief,
    Sheet,
    SheetMark,
    Side,
    StoryQuery,
    TaskShown,
    WorkLine,
)
from gateway.desk.upcoming import upcoming
from gateway.desk.views import partner_name
from gateway.dispatch.roles import TABLES
from gateway.documents.words import conditions
from gateway.iso18626.codes import ServiceLevel, ServiceType
from gateway.store.port import Store
from gateway.store.story_port import StoryLine
from gateway.workflow.borrowing.groups import HERE
from gateway.workflow.borrowing_events import CustomerAsked, LenderSaid
from gateway.workflow.events import PartnerActed, RequestArrived, StaffActed
from gateway.workflow.lending.groups import MAY_BE_ON_LOAN
from gateway.workflow.meaning import ActLine
from gateway.workflow.partners import OurLibrary, Partner
from gateway.workflow.places import PLACE_WORDS
from gateway.workflow.records import AnswerKind, Item, ItemPlace, Outcome, Request, Role, State
from gateway.workflow.tasks import Task, TaskKind
from gateway.workflow.triggers import StaffAction
from gateway.workflow.values import Money, Wanted

NOTES_FROM: Final = 500
"""Lines of history, the newest, in which notes are looked for."""
_NOT_UNDONE: Final = frozenset(
    {
        StaffAction.UNDO,
        StaffAction.NOTE,
        StaffAction.SEND_MESSAGE,
        StaffAction.ASSIGN,
        StaffAction.FLAG,
        StaffAction.UNFLAG,
        StaffAction.TOLD_BY_HAND,
        StaffAction.ASK_RENEWAL,
        StaffAction.ASK_STATUS,
        StaffAction.REMIND,
        StaffAction.SEND_OTHER_BACK,
    }
)
"""What undo passes over: it leaves a request where it stands."""
_PRESSING: Final = frozenset({ServiceLevel.RUSH, ServiceLevel.EXPRESS, ServiceLevel.URGENT})


async def show_sheet(desk: Desk, caller: Caller, request: str) -> Sheet:
    """Return one request as its page shows it: in words, with the acts that are possible and what their forms ask."""
    found = await request_of(desk.store, request)
    waiting, tasks = await desk.store.pending(found.id), await desk.store.tasks(request=found.id)
    partners = await partners_by_id(desk.store)
    lines = await desk.store.story.lines(found.id, limit=NOTES_FROM)
    acts = offers(found, caller, waiting, tasks, desk.now())
    names = names_of(partners)
    about = About(
        request=found,
        zone=desk.zone,
        caller=caller.name,
        people=await people(desk),
        partners=names,
        own_partners={code: partner.name for code, partner in partners.items() if code == partner.id},
        branches=desk.library.branches,
    )
    standing = TABLES[found.role].standing(found.state)
    elsewhere = await _first_elsewhere(desk.store, found, tasks) if caller.may(Right.ACT) else None
    placed = _placed(found, tasks, acts, about, is_elsewhere=elsewhere is not None)
    return Sheet(
        id=found.id,
        role=found.role,
        seen=found.version,
        changed_at=found.updated_at,
        seen_in=found.state,
        title=found.wanted.article_title or found.wanted.title,
        author=found.wanted.article_author or found.wanted.author,
        about=tuple(_about(found.wanted)),
        service=found.service.value,
        created_at=found.created_at,
        need_before=found.need_before,
        copyright=found.borrowing.copyright if found.borrowing else found.copyright,
        asks_for=found.asks_for,
        partner=_partner(found, partners),
        state=standing.name,
        is_over=found.state in TABLES[found.role].finals,
        waits=standing.waits,
        since=found.state_since,
        marks=tuple(_marks(desk, found, tasks)),
        assigned_to=found.assigned_to,
        flag=found.flag,
        next=placed.next,
        next_elsewhere=elsewhere,
        undo=placed.of(StaffAction.UNDO),
        note=placed.of(StaffAction.NOTE),
        message=placed.of(StaffAction.SEND_MESSAGE),
        more=placed.more,
        tasks=placed.tasks,
        due_here=_due_here(found),
        due_there=found.due_at,
        work=tuple(_work_lines(found)),
        may_say_work=any(line.action is StaffAction.CORRECT_WORK for line in acts),
        terms=tuple(_terms(found)),
        items=tuple(_item(desk.library, found, item) for item in found.items),
        customer=await _customer(desk, found),
        notes=await with_new(desk, caller, found.id, _notes(lines, tasks)),
        papers=slips_of(found, partners),
        copy=await show_copy(desk, found.id) if found.service is not ServiceType.LOAN else None,
        link=_link(found),
        bills=tuple(
            [
                shown(await bill_line(desk, bill, partners), BillBrief)
                for bill in await desk.store.bills.of_request(found.id)
            ]
        ),
        upcoming=upcoming(waiting, await surroundings(desk, found, names)),
        story=await story_of(desk, found, StoryQuery(), names),
    )


# ── where its acts stand ─────────────────────────────────────────────────────────────────────────

_APART: Final = (StaffAction.UNDO, StaffAction.NOTE, StaffAction.SEND_MESSAGE)
"""Acts that have a place of their own: beside the step at hand, and where notes are read."""


class _Placed(msgspec.Struct, frozen=True, kw_only=True):
    """Each act that is offered, in one place."""

    next: ActForm | None
    apart: tuple[ActForm, ...]
    tasks: tuple[TaskShown, ...]
    more: tuple[ActGroup, ...]

    def of(self, action: StaffAction) -> ActForm | None:
        """Return the form of an act that stands apart, if it does."""
        return next((form for form in self.apart if form.action is action), None)


async def _first_elsewhere(store: Store, request: Request, tasks: Sequence[Task]) -> TaskKind | None:
    """Return the kind of task of a lost item that comes before any act: its bill, or its price until that is set in the ILS."""
    if request.state is not State.LOST:
        return None
    kinds = {task.kind for task in tasks}
    if TaskKind.PRICE in kinds and await is_price_to_set(store, request.id):
        return TaskKind.PRICE
    return TaskKind.BILL if TaskKind.BILL in kinds else None


def _placed(
    request: Request, tasks: Sequence[Task], lines: Sequence[ActLine], about: About, *, is_elsewhere: bool
) -> _Placed:
    """Give each act its place: at hand, unless what comes first is done elsewhere; at the tasks that it settles, apart, or under a heading."""
    first = None if is_elsewhere else at_hand(request, tasks, (line.action for line in lines))
    others = [line for line in lines if line.action not in {first, StaffAction.UNDO}]
    shown = tuple(settling(task, request, others, msgspec.structs.replace(about, task=task)) for task in tasks)
    taken = {first} | {form.action for task in shown for form in task.settles}
    forms = [form_of(line, about) for line in lines]
    left = [form for form in forms if form.action not in taken]
    return _Placed(
        next=next((form for form in forms if form.action is first), None),
        apart=tuple(form for form in left if form.action in _APART),
        tasks=shown,
        more=grouped(form for form in left if form.action not in _APART),
    )


# ── what it is ───────────────────────────────────────────────────────────────────────────────────


def _about(wanted: Wanted) -> Iterator[str]:
    if wanted.article_title and wanted.title:
        yield f"in {wanted.title}"
    named = {"edition": wanted.edition, "issue": wanted.issue, "pages": wanted.pages, "as": wanted.form}
    yield from filter(None, (", ".join(wanted.volumes) or None, wanted.publisher, wanted.published))
    yield from (f"{name} {text}" for name, text in named.items() if text)
    yield from (f"{each.code} {each.value}" for each in wanted.identifiers)


def _work_lines(request: Request) -> Iterator[WorkLine]:
    """What is told of the work beside what was ordered."""
    borrowed = request.borrowing
    if borrowed is None:
        return
    now, written = typed_work(request.wanted), typed_work(borrowed.written or request.wanted)
    for name, label in WORK:
        before, after = getattr(written, name), getattr(now, name)
        if before != after:
            yield WorkLine(label=label, written=before, now=after)
    labels = dict(WORK)
    for each in borrowed.differs:
        yield WorkLine(label=labels[each.field], written=each.written, now=each.catalogued, is_kept=True)


def _partner(request: Request, partners: Mapping[str, Partner]) -> PartnerBrief:
    partner = partners.get(request.partner or "")
    number = request.partner_request_id
    if request.role is Role.BORROWING:
        number = request.borrowed.lender_request_id or ""
    return PartnerBrief(id=partner.id if partner else None, name=partner_name(request, partners), number=number or None)


def _marks(desk: Desk, request: Request, tasks: Iterable[Task]) -> Iterator[SheetMark]:
    """A word for each thing that should be seen at once."""
    if request.level and ServiceLevel.lookup(request.level) in _PRESSING:
        yield SheetMark(words=request.level[:20], colour="red")
    if request.flag is not None:
        yield SheetMark(words="Needs attention", colour="amber")
    if request.cost or request.max_cost:
        yield SheetMark(words="Has a cost", colour="plain")
    if any(task.kind is TaskKind.READ_NOTE for task in tasks):
        yield SheetMark(words="Unread", colour="blue")
    is_late = request.due_at is not None and request.due_at < desk.now() and request.state in _with_somebody(request)
    if is_late or request.state is State.OVERDUE:
        yield SheetMark(words="Late", colour="red")


def _with_somebody(request: Request) -> frozenset[State]:
    if request.role is Role.LENDING:
        return frozenset(MAY_BE_ON_LOAN)
    return frozenset(HERE)


# ── dates, terms, items ──────────────────────────────────────────────────────────────────────────


def _link(request: Request) -> str | None:
    """The lender's link to a copy, where a browser may follow it."""
    link = request.borrowing.link if request.borrowing else None
    return link if link and urlsplit(link).scheme in {"http", "https"} else None


def _due_here(request: Request) -> datetime | None:
    return min((item.due_at for item in request.items if item.due_at is not None), default=None)


def _terms(request: Request) -> Iterator[str]:
    """What it goes out, or comes, under."""
    answer = request.answer
    if answer is not None and answer.kind is AnswerKind.SUPPLY and answer.loan_days:
        yield f"{answer.loan_days} days"
    if request.renewals_allowed is not None:
        yield f"{request.renewals} of {request.renewals_allowed} renewals"
    elif request.renewals:
        yield f"renewed {request.renewals} times" if request.renewals > 1 else "renewed once"
    yield from conditions((request.condition,))
    terms = request.borrowing.terms if request.borrowing else None
    yield from conditions(terms.conditions if terms else ())
    cost = request.cost or (terms.cost if terms else None)
    yield f"costs {_money(cost)}" if cost else "no charge"
    if request.max_cost:
        yield f"at most {_money(request.max_cost)}"
    if request.borrowing and request.borrowing.copyright:
        yield request.borrowing.copyright


def _money(money: Money) -> str:
    return f"{money.amount} {money.currency}"


def _item(library: OurLibrary, request: Request, item: Item) -> ItemShown:
    is_lost = request.state is State.LOST and item.place is not ItemPlace.BACK
    failed = item.outcome is not None and item.outcome is not Outcome.DONE
    return ItemShown(
        barcode=item.barcode,
        title=item.copy.title,
        branch=library.branch(item.copy.branch),
        call_number=item.copy.call_number,
        place="Lost" if is_lost else PLACE_WORDS[item.place][request.role].capitalize(),
        due_at=item.due_at,
        trouble=item.outcome_words if failed else "",
    )


async def _customer(desk: Desk, request: Request) -> CustomerMasked | None:
    if request.role is Role.LENDING:
        return None
    customer = await desk.store.borrowing.customer(request.id)
    card = f"…{customer.barcode[-4:]}" if customer else "not known any more"
    branch = desk.library.branch(request.borrowed.pickup_branch)
    return CustomerMasked(card=card, pickup_branch=branch, note_for_lender=request.note)


# ── notes ────────────────────────────────────────────────────────────────────────────────────────


def _notes(lines: Iterable[StoryLine], tasks: Iterable[Task]) -> tuple[Note, ...]:
    """What people have written, newest first: inside, to the partner, from the partner. Unread is what no one has said to have read.

    What was written with an act that was undone is left out: the partner has not been told it.
    """
    unread_from = min((task.opened_at for task in tasks if task.kind is TaskKind.READ_NOTE), default=None)
    found: list[Note] = []
    to_undo = 0
    for line in lines:
        event, by = line.event, line.entry.by if line.entry else ""
        if isinstance(event, StaffActed):
            to_undo += event.action is StaffAction.UNDO
            was_undone = to_undo > 0 and event.action not in _NOT_UNDONE
            to_undo -= was_undone
            if event.inside:
                found.append(Note(at=line.at, by=event.by, side=Side.INSIDE, words=event.inside))
            told = event.note or (event.answer.note if event.answer else None)
            if told and not was_undone:
                found.append(Note(at=line.at, by=event.by, side=Side.TO, words=told))
        elif isinstance(event, PartnerActed | LenderSaid | RequestArrived) and event.note:
            is_unread = unread_from is not None and line.at >= unread_from
            found.append(Note(at=line.at, by=by, side=Side.FROM, words=event.note, unread=is_unread))
        elif isinstance(event, CustomerAsked) and event.note:
            found.append(Note(at=line.at, by=by, side=Side.TO, words=event.note))
    return tuple(found)
