"""One request on one page: what it is, what it waits for, what can be done about it, and what happened. Words for people throughout."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Final, Literal

import msgspec

from gateway.desk.structs.copies import CopyShown
from gateway.desk.structs.papers import Slip
from gateway.desk.structs.requests import Upcoming
from gateway.workflow.meaning import ActFlag
from gateway.workflow.records import Role, State
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import StaffAction

_RUN_TOGETHER: Final = re.compile(r"\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b")
"""How the protocol writes what a partner is told: WillSupply."""


def in_words(text: str) -> str:
    """Say what the protocol runs together as people read it: “Will supply”."""
    return _RUN_TOGETHER.sub(lambda found: re.sub(r"(?<=[a-z])(?=[A-Z])", " ", found[0]).capitalize(), text)


def line_of(does: str, tells: str | None) -> str:
    """Say of an act what it does, and who hears of it, as sentences."""
    return f"{does}. {told_to(tells)}"


def told_to(tells: str | None) -> str:
    """Say who hears of an act, as a sentence."""
    return f"Tells {in_words(tells)}." if tells else "Nobody is told."


class Kind(StrEnum):
    """What a field of a form takes."""

    BARCODE = "barcode"
    LINE = "line"
    TEXT = "text"
    DATE = "date"
    AMOUNT = "amount"
    FILE = "file"
    CHOICE = "choice"
    HIDDEN = "hidden"


class Goes(StrEnum):
    """Who reads what is written into a field."""

    INSIDE = "inside"
    PARTNER = "partner"


class SheetChoice(msgspec.Struct, frozen=True):
    """One of several: as it is sent, and in words."""

    value: str
    words: str


class FormField(msgspec.Struct, frozen=True, kw_only=True):
    """One field of an act's form; `name` is where it stands in `ActBody`, such as `answer.cost.amount`."""

    name: str
    label: str
    kind: Kind
    required: bool = False
    value: str = ""
    """What is proposed."""
    choices: tuple[SheetChoice, ...] = ()
    hint: str = ""
    goes: Goes | None = None

    @property
    def shown(self) -> str:
        """What is proposed, in words; nothing for what is hidden."""
        if self.kind is Kind.HIDDEN:
            return ""
        return next((choice.words for choice in self.choices if choice.value == self.value), self.value)


class ActForm(msgspec.Struct, frozen=True, kw_only=True):
    """An act that can be asked for now: its button, what it does, who is told, and what its form asks."""

    action: StaffAction
    name: str
    """What stands on the button."""
    does: str
    tells: str | None
    flags: tuple[ActFlag, ...]
    asks: bool
    """A person is asked whether it is meant."""
    fields: tuple[FormField, ...]
    is_empty: bool = False
    """As it stands it says nothing: its fields are looked at before it is sent."""

    @property
    def at_once(self) -> bool:
        """Whether one press does it: nothing has to be filled in, and nobody is asked."""
        return not self.asks and self.is_filled

    @property
    def is_filled(self) -> bool:
        """Whether nothing has to be filled in: what is proposed is enough."""
        return not self.is_empty and all(field.value for field in self.fields if field.required)

    @property
    def proposes(self) -> str:
        """What is filled in, in words."""
        return "; ".join(f"{field.label.lower()}: {field.shown}" for field in self.fields if field.shown)

    @property
    def told(self) -> str:
        """Who hears of it, as a sentence."""
        return told_to(self.tells)

    @property
    def line(self) -> str:
        """What it does, and who hears of it."""
        return line_of(self.does, self.tells)


class ActGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Acts that belong together, under a heading."""

    heading: str
    acts: tuple[ActForm, ...]


class TaskShown(msgspec.Struct, frozen=True, kw_only=True):
    """A task with what settles it, the proposal filled in."""

    id: int
    kind: TaskKind
    words: str
    facts: str = ""
    """What it is about, as far as the title and the words do not say it: numbers, item, shelf, library, day."""
    read: str
    """The words as they are kept."""
    told: int
    """How often it was told, which is given back when it is closed."""
    opened_at: datetime
    claimed_by: str | None
    request: str | None
    about: str | None = None
    title: str | None = None
    state: str | None = None
    """The request's state in words."""
    seen: int | None = None
    """The version of the request that is shown."""
    seen_in: State | None = None
    settles: tuple[ActForm, ...] = ()
    proposed: StaffAction | None = None
    """The answer that the policy proposes. It waits for a minute before it is sent, and can be undone."""
    can_close: bool
    """It can be closed as it is: nothing else waits for it."""

    @property
    def by_one_press(self) -> tuple[ActForm, ...]:
        """What one press does where the task is listed: what asks nobody whether it is meant, and what is proposed."""
        return tuple(form for form in self.settles if form.at_once or (form.is_filled and form.action is self.proposed))


class SheetMark(msgspec.Struct, frozen=True, kw_only=True):
    """A word that marks a request, and how pressing it is."""

    words: str
    colour: Literal["red", "amber", "blue", "green", "plain"] = "plain"


class ItemShown(msgspec.Struct, frozen=True, kw_only=True):
    """One item of a request."""

    barcode: str
    title: str | None
    branch: str
    """By its name."""
    call_number: str | None
    place: str
    """Where it is, in words."""
    due_at: datetime | None
    trouble: str
    """What the last act on it answered, where that was no success."""


class PartnerBrief(msgspec.Struct, frozen=True, kw_only=True):
    """The other library. `id` is None where it is none of our partners."""

    id: str | None
    name: str
    number: str | None
    """Its own number of the request."""
    contact: str | None = None


class CustomerMasked(msgspec.Struct, frozen=True, kw_only=True):
    """The customer, as far as anybody may see without a reason."""

    card: str
    pickup_branch: str
    note_for_lender: str | None = None


class Side(StrEnum):
    """Where a note stands: inside the house, to the other library, or from it."""

    INSIDE = "inside"
    TO = "to the partner"
    FROM = "from the partner"


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """Words that somebody has written."""

    at: datetime
    by: str
    side: Side
    words: str
    unread: bool = False
    """From the partner, and nobody has said that it is read."""
    new: bool = False
    """Of somebody else, and written since the caller opened the request last."""


class Whose(StrEnum):
    """Who made a thing happen."""

    PEOPLE = "people"
    PARTNER = "partner"
    ACS = "circulation system"
    GATEWAY = "gateway"


class EntryMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message of either protocol that belongs to an entry; `line` is what its text is asked for with."""

    line: int
    words: str


class StoryEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened, with the messages that it came with."""

    line: int
    at: datetime
    by: str
    whose: Whose
    words: str
    quote: str | None = None
    """What a person has written, as it was written."""
    in_full: str | None = None
    """The line with the points of each lender and what they come of, where `words` leave them out."""
    why: str | None = None
    state: str | None = None
    """The state that was reached, in words, where it is another than before."""
    exchanges: tuple[EntryMessage, ...] = ()


class StoryQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of a story; `before` is the `next` of the part before."""

    people: bool = False
    """Only what people did."""
    before: Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)] | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a request's story, newest first; `next` is None where it began."""

    request: str
    entries: tuple[StoryEntry, ...]
    next: int | None


class RawShown(msgspec.Struct, frozen=True, kw_only=True):
    """The texts of one message, without secrets, by what they are."""

    request: str
    line: int
    words: str
    texts: Mapping[str, str]


class BillBrief(msgspec.Struct, frozen=True, kw_only=True):
    """A bill that the request's item, or a fee of it, stands on."""

    id: str
    kind: str
    state: str
    number: str | None
    currency: str
    total: Decimal
    balance: Decimal
    due: date | None
    came_back: bool
    """Its item is back: it should be credited, or dropped."""


class WorkLine(msgspec.Struct, frozen=True, kw_only=True):
    """A field of the work of which two things are said."""

    label: str
    written: str
    """As it was ordered; empty where that was left out."""
    now: str
    """As lenders are asked for it; where `is_kept`, as a catalogue has it."""
    is_kept: bool = False
    """A catalogue says otherwise, and what was ordered stands."""


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """One request, as its page shows it."""

    id: str
    role: Role
    seen: int
    """The version that is shown; an act that carries it is refused if another person has acted since."""
    changed_at: datetime
    seen_in: State
    title: str | None
    author: str | None
    about: tuple[str, ...]
    """Further words about the work: edition, volume, year, pages, numbers."""
    work: tuple[WorkLine, ...] = ()
    """What was completed or corrected since it was ordered, and what a catalogue says otherwise."""
    may_say_work: bool = False
    """Whether it can still be said which work is meant."""
    service: str
    created_at: datetime
    need_before: datetime | None
    copyright: str | None = None
    """Under which rule of copyright a copy is asked for, where the request says so."""
    asks_for: str | None = None
    """The partner's words that say which copy will do: whoever ships it looks first."""
    partner: PartnerBrief
    state: str
    is_over: bool
    waits: str
    since: datetime
    marks: tuple[SheetMark, ...]
    assigned_to: str | None
    flag: str | None
    next: ActForm | None
    """The step at hand. Each act stands in one place: here, else at the tasks that it settles, else under `more`."""
    next_elsewhere: TaskKind | None = None
    """In place of a step at hand: the kind of task that comes first, if it is settled among bills or prices."""
    undo: ActForm | None
    """Taking the last step back, while that is possible."""
    note: ActForm | None
    """Writing something for staff alone."""
    message: ActForm | None
    """Writing to the other library, unless it stands at a task."""
    more: tuple[ActGroup, ...]
    tasks: tuple[TaskShown, ...]
    due_here: datetime | None
    """Where we borrow: when our customer must bring it back. Where we lend: when the circulation system wants it back."""
    due_there: datetime | None
    """Where we borrow: when the lender wants it back. Where we lend: when the partner was told that it is due."""
    terms: tuple[str, ...]
    items: tuple[ItemShown, ...]
    customer: CustomerMasked | None
    notes: tuple[Note, ...]
    papers: tuple[Slip, ...]
    copy: CopyShown | None = None
    """The file that is kept of it."""
    link: str | None = None
    """Where the lender says that its copy can be fetched; http and https alone."""
    bills: tuple[BillBrief, ...] = ()
    upcoming: tuple[Upcoming, ...]
    story: Story
