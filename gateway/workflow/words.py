"""Events as sentences for the timeline: what happened, in words that a technician uses. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, tzinfo
from typing import Any, Final

import msgspec

from gateway.iso18626.codes import LoanCondition, ReasonRetry, RequestType
from gateway.workflow.borrowing_events import (
    BarcodeAssigned,
    CustomerAsked,
    ItemSeen,
    LateHeard,
    LenderSaid,
    NeverAsked,
    NoBarcode,
    RotaMade,
    Sent,
    Unsent,
    Vetted,
)
from gateway.workflow.days import at_home
from gateway.workflow.events import (
    Agrees,
    AnyEvent,
    CopiesChecked,
    CopiesFound,
    Differs,
    ItemSought,
    Looked,
    NotTold,
    PartnerActed,
    Performed,
    RequestArrived,
    StaffActed,
    Stuck,
    TimerFired,
    Told,
)
from gateway.workflow.records import Act, AnswerKind, Finding, Outcome
from gateway.workflow.triggers import StaffAction
from gateway.workflow.values import Wanted

ACT_WORDS: dict[Act, str] = {
    Act.HOLD: "hold on {}",
    Act.CANCEL_HOLD: "cancellation of the hold on {}",
    Act.ARRIVE: "check-in of {} at the desk",
    Act.CHECKOUT: "checkout of {}",
    Act.RENEW: "renewal of {}",
    Act.CHECKIN: "check-in of {}",
    Act.RECEIVE: "check-in of {} for the customer",
}
"""Each act on an item, after “the”."""
FOUND_WORDS: dict[Act, tuple[str, str]] = {
    Act.HOLD: ("our hold is on it", "our hold is not on it"),
    Act.CANCEL_HOLD: ("our hold is off", "our hold is still on it"),
    Act.ARRIVE: ("it is checked in at the desk", "it is not checked in at the desk"),
    Act.CHECKOUT: ("it is checked out", "it is not checked out"),
    Act.RENEW: ("it is renewed", "it is not renewed"),
    Act.CHECKIN: ("it is checked in", "it is not checked in"),
    Act.RECEIVE: ("it is checked in for the customer", "it is not checked in for the customer"),
}
"""What a look at an item shows of each act: that it is done, and that it is not."""


_ABBREVIATED: Final[Mapping[str, str]] = {
    ReasonRetry.NOT_CURRENT_AVAILABLE_FOR_ILL: "Not available for ILL just now",
    ReasonRetry.REQ_DEL_DATE_NOT_POSSIBLE: "Not possible by the date that was asked for",
    ReasonRetry.REQ_DEL_METHOD_NOT_SUPP: "Way of delivery not supported",
    ReasonRetry.COURIER_NOT_SUPP: "Courier not supported",
    ReasonRetry.MULTI_VOL_AVAIL: "Several volumes available",
    ReasonRetry.REQ_EDITION_NOT_POSSIBLE: "Edition that was asked for not possible",
    ReasonRetry.REQ_FORMAT_NOT_POSSIBLE: "Format that was asked for not possible",
    ReasonRetry.REQ_PAY_METHOD_NOT_SUPPORTED: "Way of payment not supported",
    ReasonRetry.REQ_SERV_LEVEL_NOT_SUPP: "Level of service not supported",
    ReasonRetry.REQ_SERV_TYPE_NOT_POSSIBLE: "Type of service not possible",
    LoanCondition.SPEC_COLL_SUPERV_REQ: "Use under supervision, as of special collections",
}
"""Codes whose own words would be abbreviations, or no English."""


def code_words(code: str) -> str:
    """Say a code of an open list in words: “Not available for ILL”."""
    if code in _ABBREVIATED:
        return _ABBREVIATED[code]
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", code).split() or [""]
    rest = (word if word.isupper() else word.lower() for word in words[1:])
    return " ".join((words[0], *rest))


def within(code: str) -> str:
    """Say the same within a sentence: “not available for ILL”."""
    first, *rest = code_words(code).split(" ")
    return " ".join((first if first.isupper() else first.lower(), *rest))


def narrate(event: AnyEvent, zone: tzinfo) -> str:
    """Say what happened in one sentence, with the library's own days."""
    due_at = getattr(event, "due_at", None)
    here = msgspec.structs.replace(event, due_at=at_home(due_at, zone)) if due_at else event
    return SENTENCES[type(event)](here)


def _request_arrived(event: RequestArrived) -> str:
    return f"{event.requesting_agency} asks for {_title(event.wanted)} ({event.service}), its number {event.partner_request_id}."


def _partner_acted(event: PartnerActed) -> str:
    return _join(f"The partner says: {event.action}.", event.note)


def _copies_found(event: CopiesFound) -> str:
    return _join(f"{_copies(len(event.copies))} found.", event.words)


def _copies_checked(event: CopiesChecked) -> str:
    return _join(f"Asked about {_copies(len(event.copies))}: {_ANSWERS[event.answer.kind]}.", event.answer.words)


_REQUESTS: Final = frozenset(RequestType) - {RequestType.REMINDER}
_ANSWERS: Final[Mapping[AnswerKind, str]] = {
    AnswerKind.SUPPLY: "it can be supplied",
    AnswerKind.RETRY: "not now",
    AnswerKind.UNFILLED: "it can't be supplied",
    AnswerKind.STAFF: "staff decide",
}


def _performed(event: Performed) -> str:
    act = ACT_WORDS[event.act].format(event.item_barcode)
    if event.outcome is Outcome.UNKNOWN:
        return _join(f"Whether the circulation system did the {act} is not known yet.", event.words)
    said = f"The circulation system answers the {act}: {event.outcome}."
    return _join(said, _due(event.due_at), event.words)


def _looked(event: Looked) -> str:
    said = f"Looked at {event.item_barcode}: {_found(event.act, event.finding)}."
    back = "It is back." if event.act is Act.RENEW and event.charged is False else ""
    whose = "Somebody else has it." if event.is_anothers else ""
    return _join(said, _due(event.due_at), back, whose, event.words)


def _found(act: Act, finding: Finding) -> str:
    done, not_done = FOUND_WORDS[act]
    if finding is Finding.UNCLEAR:
        return f"whether {done} can't be told"
    return done if finding is Finding.YES else not_done


def _told(event: Told) -> str:
    return f"The partner confirmed {event.reason} {event.status}."


def _not_told(event: NotTold) -> str:
    return _join(f"The partner did not take {event.reason} {event.status}.", event.words)


def _stuck(event: Stuck) -> str:
    return _join("Tried many times without success.", sentence(event.words))


def sentence(words: str) -> str:
    """Return what stands for itself with a capital and a full stop."""
    ended = words if not words or words.endswith((".", "!", "?")) else f"{words}."
    return ended[:1].upper() + ended[1:]


def _differs(event: Differs) -> str:
    return f"Compared with the circulation system: {event.words}"


def _agrees(_event: Agrees) -> str:
    return "Compared with the circulation system: it agrees again."


def _timer_fired(event: TimerFired) -> str:
    never = "The partner says Received of nothing that it is lent: nobody is asked." if event.never_said else None
    return _join(f"The clock “{event.clock}” has run.", never)


def _staff_acted(event: StaffActed) -> str:
    deed = f" ({event.deed})" if event.deed else ""
    inside = f"For staff: {event.inside}" if event.inside else None
    to = f"To {event.assignee or 'nobody'}." if event.action is StaffAction.ASSIGN else None
    return _join(
        f"{event.by}: {event.action}{deed}.",
        to,
        _work_named(event.wanted),
        ", ".join(event.item_barcodes),
        event.reason,
        event.note,
        inside,
    )


def _work_named(wanted: Wanted | None) -> str | None:
    """Which work staff say is meant."""
    if wanted is None:
        return None
    numbers = (f"{each.code} {each.value}" for each in wanted.identifiers)
    named = (wanted.author, wanted.edition, ", ".join(wanted.volumes), wanted.published, *numbers)
    return f"{', '.join(filter(None, (_title(wanted), *named)))}."


def _customer_asked(event: CustomerAsked) -> str:
    return f"A customer asks for {_title(event.wanted)} ({event.service})."


def _lender_said(event: LenderSaid) -> str:
    why = f", {within(event.reason)}" if event.reason else ""
    return _join(f"The lender says: {event.says}{why}.", _due(event.due_at), event.note)


def _vetted(event: Vetted) -> str:
    if not event.doubts:
        return _join("Nothing stands in the way of sending it out.", *event.warnings)
    return _join("Looked whether it may go out:", *(doubt.words for doubt in event.doubts), *event.warnings)


def _rota_made(event: RotaMade) -> str:
    return _to_ask(event, (f"{line.partner} ({line.score:.0f}: {line.reason})" for line in event.lenders))


def _to_ask(event: RotaMade | LateHeard, lenders: Iterable[str]) -> str:
    late = ("Catalogues have answered that were late.",)
    told = late if isinstance(event, LateHeard) else _work_told(event)
    return _join(*told, f"Lenders to ask: {', '.join(lenders) or 'none'}.", event.words)


def without_points(event: RotaMade | LateHeard, names: Mapping[str, str]) -> str:
    """Say whom there is to ask by name, without what each one's place comes of; `names` are those of the partners, by their ids."""
    return _to_ask(event, (names.get(line.partner, line.partner) for line in event.lenders))


def _work_told(event: RotaMade) -> Iterator[str]:
    """What a catalogue adds to the work, and what it says otherwise."""
    yield from (doubt.words for doubt in event.doubts)
    if event.filled:
        yield f"Completed from the catalogue of {event.described_by}: {', '.join(event.filled)}."
    for each in event.differs:
        yield f"Ordered with {each.field} “{each.written}”; the catalogue of {event.described_by} has “{each.catalogued}”."


def _late_heard(event: LateHeard) -> str:
    return _to_ask(event, (f"{line.partner} ({line.reason})" for line in event.lenders))


def _sent(event: Sent) -> str:
    return f"The lender confirmed {event.what}."


def _never_asked(event: NeverAsked) -> str:
    return f"{_letter(event.what)} was not sent: another lender had sent the item by then."


def _not_sent(event: Unsent) -> str:
    what = _letter(event.what)
    return _join(f"The lender did not take {what[0].lower()}{what[1:]}.", event.words)


def _letter(what: str) -> str:
    """Say which message it is: a request, or an action by its name."""
    return "The request" if what in _REQUESTS else f"“{what}”"


def _barcode_assigned(event: BarcodeAssigned) -> str:
    return _join(f"Barcode {event.barcode} stands for the item here.", event.why, event.words)


def _no_barcode(event: NoBarcode) -> str:
    return _join("No barcode of the pool could be had.", event.words)


def _item_seen(event: ItemSeen) -> str:
    if event.by_another:
        return _join("Somebody else has it: it is not among our customer's loans.", _due(event.due_at))
    waits = "It is not kept for a hold." if event.kept is False else "The customer has not fetched it yet."
    not_out = "The customer has brought it back." if event.before or event.was_fetched else waits
    says = {True: "The customer has it.", False: not_out, None: "The circulation system does not say where it is."}
    return _join(says[event.out], _due(event.due_at))


def _item_sought(event: ItemSought) -> str:
    said = "is on its way to the desk" if event.coming else "is not seen on its way to the desk"
    return _join(f"Looked for {event.item_barcode}: it {said}.", event.words)


SENTENCES: Final[Mapping[type[AnyEvent], Callable[[Any], str]]] = {
    RequestArrived: _request_arrived,
    PartnerActed: _partner_acted,
    CopiesFound: _copies_found,
    CopiesChecked: _copies_checked,
    Performed: _performed,
    Looked: _looked,
    Told: _told,
    NotTold: _not_told,
    Stuck: _stuck,
    Differs: _differs,
    Agrees: _agrees,
    TimerFired: _timer_fired,
    StaffActed: _staff_acted,
    CustomerAsked: _customer_asked,
    LenderSaid: _lender_said,
    Vetted: _vetted,
    RotaMade: _rota_made,
    LateHeard: _late_heard,
    Sent: _sent,
    Unsent: _not_sent,
    NeverAsked: _never_asked,
    BarcodeAssigned: _barcode_assigned,
    NoBarcode: _no_barcode,
    ItemSeen: _item_seen,
    ItemSought: _item_sought,
}
"""Each kind of event and its sentence."""


def _join(*parts: str | None) -> str:
    return " ".join(part for part in parts if part)


def _title(wanted: Wanted) -> str:
    return f"“{wanted.title or wanted.article_title or 'an untitled work'}”"


def _due(due_at: datetime | None) -> str | None:
    return f"Due {due_at:%Y-%m-%d}." if due_at else None


def _copies(number: int) -> str:
    return f"{number} {'copy' if number == 1 else 'copies'}"
