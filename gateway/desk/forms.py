"""The form of each act: which details it asks, with the proposal filled in; and what was sent, as the body of an act. Pure.

Which details count is said at the act's rows in the tables; here is how each is asked. Names are those of `ActBody`, with a full stop
between a detail and its parts. Codes of open lists are offered in words.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, tzinfo
from functools import cache
from typing import Any, Final

import msgspec

from gateway.desk.drafts import typed_work
from gateway.desk.errors import UnusableError
from gateway.desk.structs.acts import ActBody
from gateway.desk.structs.common import Problem
from gateway.desk.structs.sheet import ActForm, FormField, Goes, Kind, SheetChoice
from gateway.dispatch.by_hand import WANTED
from gateway.dispatch.roles import TABLES
from gateway.iso18626.codes import LoanCondition, OpenCode, ReasonRetry, ReasonUnfilled, ServiceType
from gateway.workflow.borrowing.force import RESTS as BORROWING_RESTS
from gateway.workflow.lending.force import RESTS as LENDING_RESTS
from gateway.workflow.meaning import NAMES, ActLine
from gateway.workflow.records import Answer, AnswerKind, ItemPlace, Request, Role, State
from gateway.workflow.tasks import Task, TaskKind
from gateway.workflow.triggers import Deed, StaffAction
from gateway.workflow.words import code_words

A = StaffAction
Asks = Callable[["About"], Iterable[FormField]]
DATED: Final = frozenset({Deed.CHECKOUT, Deed.RENEW, Deed.DUE_DATE})
"""What is done by hand with a due date."""


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What a form is about: the request, the task that it settles, and the library's time."""

    request: Request
    zone: tzinfo
    caller: str
    task: Task | None = None
    people: tuple[str, ...] = ()
    """Whom it can be assigned to."""
    partners: Mapping[str, str] = {}
    """Their names, by their ids, and by those of the partners that were merged into them."""
    own_partners: Mapping[str, str] = {}
    """Their names, by the ids that they have now."""
    branches: Mapping[str, str] = {}
    """The names of our branches, by their codes."""

    @property
    def proposal(self) -> Answer | None:
        """What the policy proposes while staff are to answer."""
        return self.request.answer if self.request.state is State.DECIDING else None

    def day(self, at: datetime | None) -> str:
        """Write a day as a field holds it."""
        return at.astimezone(self.zone).date().isoformat() if at else ""


def form_of(line: ActLine, about: About) -> ActForm:
    """Return an act's form."""
    asks = _ASKS.get(line.action)
    return ActForm(
        action=line.action,
        name=_name(line.action, about.request),
        does=line.does,
        tells=line.tells,
        flags=line.flags,
        asks=line.asks,
        fields=tuple(asks(about)) if asks else (),
        is_empty=_says_nothing(line.action, about),
    )


def _says_nothing(action: StaffAction, about: About) -> bool:
    """An offer without terms; words that nobody has read yet; a copy of which nobody has said whether there is a file or a link."""
    return action in {A.COPY_SENT, A.SEND_MESSAGE} or (action is A.OFFER and not has_terms(about.proposal))


def has_terms(answer: Answer | None) -> bool:
    """Whether an answer names a price or a condition, without which nothing is offered."""
    return answer is not None and bool(answer.cost or answer.condition)


def body_of(fields: Mapping[str, str], **more: Any) -> ActBody:
    """Read what a form sent; a field that was left empty is as one that isn't there. Raises UnusableError, with the field."""
    given: dict[str, Any] = dict(more)
    for name, text in fields.items():
        if name in _NAMES and text.strip():
            _put(given, name.split("."), text)
    try:
        return msgspec.convert(given, ActBody, strict=False)
    except msgspec.ValidationError as error:
        name = _at_fault(str(error))
        words = _LIKE.get(name, "This can't be used as it stands.")
        raise UnusableError(f"{name}: {words}" if name else words, [Problem(column=name, words=words)]) from None


_LIKE: Final[Mapping[str, str]] = {
    "answer.cost.amount": "Write an amount like 12.50; a price has an amount and a currency.",
    "answer.cost.currency": "Write the three letters of its code, like USD; a price has an amount and a currency.",
}
"""What is wrong with fields in which much can be."""


def _at_fault(words: str) -> str:
    """Which field msgspec's words mean, one that is missing among them."""
    place = re.search(r"at `\$\.([^`\[]+)", words)
    missing = re.search(r"missing required field `(\w+)`", words)
    return ".".join(found[1] for found in (place, missing) if found)


def problems_of(error: UnusableError) -> dict[str, str]:
    """Return what is wrong by field; what is wrong as a whole stands under the empty name."""
    if error.problems:
        return {str(problem.column or ""): problem.words for problem in error.problems}
    name, words = at_field(error.detail)
    return {name: words}


def at_field(detail: str) -> tuple[str, str]:
    """Return the field of an act's form that stands before what is wrong, and the words without it; the empty name where none does."""
    name, colon, words = detail.partition(": ")
    name = name.split(",")[0].split(".0")[0]
    return (name, words[:1].upper() + words[1:]) if colon and name in {*_NAMES, "file"} else ("", detail)


def _put(given: dict[str, Any], path: list[str], text: str) -> None:
    if path == ["item_barcodes"]:
        given["item_barcodes"] = text.split()
        return
    *parents, name = path
    for parent in parents:
        given = given.setdefault(parent, {})
    given[name] = text.strip() if name != "note" else text


def _name(action: StaffAction, request: Request) -> str:
    return _NAMES_AT.get((request.state, action)) or _NAMES_IN.get((request.role, action)) or NAMES[action]


_NAMES_IN: Final[Mapping[tuple[Role, StaffAction], str]] = {
    (Role.BORROWING, A.ANSWER_UNFILLED): "It can't be had",
    (Role.BORROWING, A.TRY_AGAIN): "Try again",
    (Role.LENDING, A.SEND_MESSAGE): "Write to the partner",
    (Role.BORROWING, A.SEND_MESSAGE): "Write to the lender",
}
_NAMES_AT: Final[Mapping[tuple[State, StaffAction], str]] = {
    (State.SENT_BACK, A.DONE_BY_HAND): "The lender has confirmed it",
    (State.LOST, A.DONE_BY_HAND): "The lender wants nothing more",
}
"""Where nothing of the ILS is said to be done: the loan ends."""


# ── fields ───────────────────────────────────────────────────────────────────────────────────────


@cache
def _codes(codes: type[OpenCode]) -> tuple[SheetChoice, ...]:
    return tuple(SheetChoice(code.value, code_words(code.value)) for code in codes)


def _reason(codes: type[OpenCode], value: str | None, name: str = "reason") -> FormField:
    return FormField(
        name=name, label="Reason", kind=Kind.CHOICE, choices=_codes(codes), value=value or "", required=name == "reason"
    )


def _to_partner(
    label: str = "Words for the other library", name: str = "note", *, required: bool = False, value: str = ""
) -> FormField:
    hint = "The other library reads this. Nothing about the customer."
    return FormField(
        name=name, label=label, kind=Kind.TEXT, goes=Goes.PARTNER, hint=hint, required=required, value=value
    )


def _message(about: About) -> Iterable[FormField]:
    """What is asked of the other library is proposed; whoever sends it sees it first (`_says_nothing`)."""
    yield _to_partner("Message", required=True, value=_proposed_words(about))


def _proposed_words(about: About) -> str:
    if about.task is None:
        return ""
    words = _ASKED_OF_PARTNER.get((about.request.role, about.task.kind), "")
    since = about.request.returned_at or about.request.shipped_at
    return words.format(on=f" on {about.day(since)}" if since else "")


_ASKED_OF_PARTNER: Final[Mapping[tuple[Role, TaskKind], str]] = {
    (Role.LENDING, TaskKind.NOT_RECEIVED): "This was shipped{on}. Has it arrived?",
    (Role.LENDING, TaskKind.NOT_RETURNED): "This was sent back{on} and is not here yet. How was it sent?",
    (Role.LENDING, TaskKind.SENT_ON): "To which library was this sent on, and when?",
    (Role.BORROWING, TaskKind.NOT_RECEIVED): "This was sent{on} and is not here yet. How was it sent?",
    (Role.BORROWING, TaskKind.NOT_RETURNED): "This was sent back{on}. Has it arrived?",
    (Role.BORROWING, TaskKind.LENDER_SILENT): "Where does this request stand, please?",
    (Role.BORROWING, TaskKind.WITHDRAWAL_SILENT): "We have cancelled this request. Do you send it all the same?",
    (Role.BORROWING, TaskKind.RENEWAL_SILENT): "We have asked for more time. May it be kept?",
    (Role.BORROWING, TaskKind.HOLD_RETURN): "We keep it until you want it back.",
}
"""What is written at a task, as it may be sent."""


def _inside(label: str, *, required: bool = False) -> FormField:
    hint = "Stays inside: only the department sees it. Nothing about the customer."
    return FormField(name="inside", label=label, kind=Kind.TEXT, goes=Goes.INSIDE, hint=hint, required=required)


def _barcodes(label: str, hint: str = "", value: str = "", *, required: bool = False) -> FormField:
    return FormField(name="item_barcodes", label=label, kind=Kind.BARCODE, hint=hint, value=value, required=required)


def _due(value: str, *, required: bool) -> FormField:
    hint = "As the ILS has it."
    return FormField(name="due_at", label="Due date", kind=Kind.DATE, value=value, hint=hint, required=required)


def _why(label: str = "Reason") -> FormField:
    return FormField(
        name="reason", label=label, kind=Kind.LINE, required=True, goes=Goes.INSIDE, hint="For the history."
    )


REASONS: Final[Mapping[StaffAction, FormField]] = {
    A.GO_ON: _why("Why all the same"),
    A.OVERRIDE: _why("Why the rule is set aside"),
}
"""Acts that ask for a reason and nothing else, whatever the request: for several one is given."""


def _supply(about: About) -> Iterable[FormField]:
    request, answer = about.request, about.proposal
    choice = answer.choice if answer else None
    copies = {status.copy.item_barcode for status in request.candidates}
    known = choice or next(iter(request.candidates), None)
    hint = "Left as it is, the proposed copy." if copies or choice else "No copy is proposed: scan one."
    yield _barcodes("Barcode of the item", hint, known.copy.item_barcode if known else "", required=known is None)


def _retry(about: About) -> Iterable[FormField]:
    answer = about.proposal
    meant = answer if answer and answer.kind is AnswerKind.RETRY else None
    yield _reason(ReasonRetry, meant.reason if meant else None)
    day = about.day(meant.retry_after) if meant else ""
    yield FormField(name="retry_after", label="Ask again after", kind=Kind.DATE, value=day)
    yield _to_partner()


def _unfilled(about: About) -> Iterable[FormField]:
    if about.request.role is Role.BORROWING:
        return
    answer = about.proposal
    yield _reason(ReasonUnfilled, answer.reason if answer and answer.kind is AnswerKind.UNFILLED else None)
    yield _to_partner()


def _offer(about: About) -> Iterable[FormField]:
    answer = about.proposal
    cost = answer.cost if answer else None
    amount, currency = (str(cost.amount), cost.currency) if cost else ("", "")
    yield FormField(name="answer.cost.amount", label="Price", kind=Kind.AMOUNT, value=amount, hint="Such as 12.50.")
    yield FormField(name="answer.cost.currency", label="Currency", kind=Kind.LINE, value=currency, hint="Such as USD.")
    conditions = _codes(LoanCondition)
    condition = (answer.condition if answer else None) or ""
    yield FormField(name="answer.condition", label="Condition", kind=Kind.CHOICE, choices=conditions, value=condition)
    yield _reason(ReasonRetry, answer.reason if answer else None, "answer.reason")
    yield _to_partner(name="answer.note")


def _here(about: About) -> Iterable[FormField]:
    own = " ".join(item.barcode for item in about.request.items)
    yield _barcodes("What is here", "Another copy of the title, or several: scan them.", own)


def _back(about: About) -> Iterable[FormField]:
    out = [item.barcode for item in about.request.items if item.place is ItemPlace.OUT]
    several = "One after the other, or all that are back." if len(out) > 1 else ""
    yield _barcodes("What is back", several, " ".join(out) if len(out) == 1 else "", required=len(out) > 1)


def _by_hand(about: About) -> Iterable[FormField]:
    wanted = WANTED[about.request.role](about.request)
    if about.task is not None:
        yield FormField(name="task", label="Task", kind=Kind.HIDDEN, value=str(about.task.id))
    elif wanted is not None:
        yield FormField(name="did", label="What", kind=Kind.HIDDEN, value=wanted)
    if wanted in DATED or about.request.state in {State.WILL_SUPPLY, State.ARRIVED, State.CHECKED_OUT}:
        known = about.request.due_at or next((item.due_at for item in about.request.items if item.due_at), None)
        yield _due(about.day(known), required=True)


def _told(about: About) -> Iterable[FormField]:
    if about.request.state is State.CHECKED_OUT:
        known = about.request.due_at or next((item.due_at for item in about.request.items if item.due_at), None)
        yield _due(about.day(known), required=True)


def _force(about: About) -> Iterable[FormField]:
    role = about.request.role
    rests = LENDING_RESTS if role is Role.LENDING else BORROWING_RESTS
    states = tuple(SheetChoice(state.value, TABLES[role].standing(state).name) for state in rests)
    yield FormField(name="state", label="Where it stands", kind=Kind.CHOICE, choices=states, required=True)
    yield _why()
    yield _barcodes("Barcode of the item", "Where an item is promised, here or out.")
    yield _due("", required=False)
    yield _to_partner()


def _assign(about: About) -> Iterable[FormField]:
    people = dict.fromkeys((about.caller, *about.people))
    choices = tuple(SheetChoice(name, f"{name} (you)" if name == about.caller else name) for name in people)
    proposed = "" if about.request.assigned_to == about.caller else about.caller
    yield FormField(
        name="assignee", label="Who sees to it", kind=Kind.CHOICE, choices=choices, value=proposed, hint="None: nobody."
    )


def _which_partner(about: About) -> Iterable[FormField]:
    own = sorted(about.own_partners.items(), key=lambda each: each[1].casefold())
    choices = tuple(SheetChoice(code, name) for code, name in own)
    yield FormField(name="partner", label="Which partner it is", kind=Kind.CHOICE, choices=choices, required=True)


WORK: Final = (
    ("title", "Title"), ("author", "Author"), ("numbers", "Numbers"), ("published", "Published"), ("edition", "Edition"),
    ("volume", "Volume"), ("series", "Series"), ("publisher", "Publisher"), ("article_title", "Article or chapter"),
    ("article_author", "Its author"), ("issue", "Issue"), ("pages", "Pages"),
)  # fmt: skip
"""The fields of a work, as in an order's form, with their labels."""
_OF_A_PART: Final = frozenset({"article_title", "article_author", "issue", "pages"})


def _work(about: About) -> Iterable[FormField]:
    """The work as it stands; of a loan without what is an article's."""
    typed = typed_work(about.request.wanted)
    for name, label in WORK:
        if name not in _OF_A_PART or about.request.service is not ServiceType.LOAN:
            yield FormField(name=f"work.{name}", label=label, kind=Kind.LINE, value=getattr(typed, name))


def _received(about: About) -> Iterable[FormField]:
    hint = "Left empty, one of the pool." if not about.request.items else "To put another one on it."
    yield _barcodes("Barcode on the item", hint)


def _file(label: str, hint: str, goes: Goes) -> FormField:
    hint = f"PDF, TIFF, JPEG or PNG. {hint}"
    return FormField(name="file", label=label, kind=Kind.FILE, hint=hint, goes=goes)


def _one(*fields: FormField) -> Asks:
    return lambda _about: fields


_ASKS: Final[Mapping[StaffAction, Asks]] = {
    A.APPROVE: _which_partner,
    A.REFUSE: _one(_reason(ReasonUnfilled, None), _to_partner()),
    A.ANSWER_SUPPLY: _supply,
    A.ANSWER_RETRY: _retry,
    A.ANSWER_UNFILLED: _unfilled,
    A.OFFER: _offer,
    A.ARRIVE: _here,
    A.ARRIVE_AND_SHIP: _here,
    A.SHIP: _here,
    A.CHECK_IN: _back,
    A.COPY_SENT: _one(
        _file("The scan", "The partner gets a link to it.", Goes.PARTNER),
        FormField(
            name="link", label="Or a link to the copy", kind=Kind.LINE, hint="Both left empty where it was posted.",
            goes=Goes.PARTNER,
        ),
    ),
    A.HANDED_OVER: _one(_file("The file", "Kept for the customer's branch. Left empty where it was printed.", Goes.INSIDE)),
    A.DONE_BY_HAND: _by_hand,
    A.NOT_DONE: _by_hand,
    A.TOLD_BY_HAND: _told,
    A.NOTE: _one(_inside("Inside note", required=True)),
    A.SEND_MESSAGE: _message,
    A.ASSIGN: _assign,
    A.FLAG: _one(_inside("Why it needs attention")),
    A.FORCE: _force,
    **{action: _one(field) for action, field in REASONS.items()},
    A.CORRECT_CARD: _one(FormField(name="customer", label="The right card", kind=Kind.BARCODE, required=True)),
    A.CORRECT_WORK: _work,
    A.SERVE_HERE: _one(_barcodes("Barcode of our copy", required=True)),
    A.RECEIVE: _received,
}  # fmt: skip
"""Acts that are not here ask for nothing."""
_NAMES: Final = frozenset(
    {
        "item_barcodes", "reason", "note", "inside", "due_at", "retry_after", "link", "partner", "customer", "state",
        "task", "did", "assignee", "sure", "answer.cost.amount", "answer.cost.currency", "answer.condition",
        "answer.reason", "answer.note", *(f"work.{name}" for name, _label in WORK),
    }
)  # fmt: skip
"""What a form may send; `seen`, `seen_in`, `key` and `undo_s` are the page's own."""
