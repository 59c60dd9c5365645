"""Which of several copies is the best, by rules one can read, and why each other one is not. Pure.

The rules are asked in the policy's order; the first in which two copies differ decides between them. Duty 4 of ill.md: a copy
that is available here, with the fewest holds, of the nearest branch, of the cheapest type.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Final, NamedTuple

import msgspec

from gateway.iso18626.codes import Format, ServiceType
from gateway.workflow.policy import Policy, Preference
from gateway.workflow.records import Answer, AnswerKind, Copy, CopyStatus


class Candidate(NamedTuple):
    """A copy that can go: how many days later than one from the shelf, and on which day it can be at the desk."""

    status: CopyStatus
    extra_days: int
    ready: date


Rank = tuple[int, ...]
"""A copy's place by a rule: the least is the best."""


def _available(copy: Candidate, _policy: Policy) -> Rank:
    """“Any candidate with CF 0 wins” (ill.md)."""
    return (int(copy.status.queue_length > 0),)


def _soonest(copy: Candidate, _policy: Policy) -> Rank:
    """By the branch's open days and its courier; then the one from the shelf, then the one that stands where it belongs."""
    is_away = copy.status.current_branch not in (None, copy.status.copy.branch)
    return copy.ready.toordinal(), copy.extra_days, int(is_away)


def _holds(copy: Candidate, _policy: Policy) -> Rank:
    return (copy.status.queue_length,)


def _branch(copy: Candidate, policy: Policy) -> Rank:
    return (_place(copy.status.copy.branch, policy.branch_order),)


def _item_type(copy: Candidate, policy: Policy) -> Rank:
    return (_place(copy.status.copy.item_type, policy.item_type_order),)


def _place(name: str | None, order: Sequence[str]) -> int:
    """Where a name stands in an order; behind all that are in it where it is not."""
    return order.index(name) if name in order else len(order)


RULES: dict[Preference, tuple[Callable[[Candidate, Policy], Rank], str]] = {
    Preference.AVAILABLE: (_available, "is not at hand as the chosen one is"),
    Preference.SOONEST: (_soonest, "would be here later"),
    Preference.HOLDS: (_holds, "has more holds"),
    Preference.BRANCH: (_branch, "its branch is farther"),
    Preference.ITEM_TYPE: (_item_type, "its item type is dearer"),
}
"""Each rule, and what is said of a copy that the chosen one beats by it."""


def rank(candidate: Candidate, policy: Policy) -> tuple[Rank, ...]:
    """Return the key by which candidates are put in order, the best first."""
    return tuple(RULES[rule][0](candidate, policy) for rule in order(policy))


def order(policy: Policy) -> tuple[Preference, ...]:
    """Return the rules, the strongest first: the expected day stands behind availability where the policy gives it no other place."""
    named = policy.preferences
    if Preference.SOONEST in named:
        return named
    behind = named.index(Preference.AVAILABLE) + 1 if Preference.AVAILABLE in named else 0
    return (*named[:behind], Preference.SOONEST, *named[behind:])


def explain(best: Candidate, others: Iterable[Candidate], policy: Policy) -> str:
    """Say which copy was chosen, and of each other candidate why not."""
    chosen = rank(best, policy)
    reasons = [f"{_named(other)} {_why_not(chosen, rank(other, policy), policy)}" for other in others]
    return "; ".join([f"Chosen: {_named(best)}", *reasons])


def _why_not(chosen: tuple[Rank, ...], other: tuple[Rank, ...], policy: Policy) -> str:
    ranked = zip(order(policy), chosen, other, strict=True)
    return next((RULES[rule][1] for rule, ours, theirs in ranked if ours != theirs), "is as good and comes later")


def _named(candidate: Candidate) -> str:
    return candidate.status.copy.item_barcode


def shortlist(copies: Sequence[Copy], policy: Policy) -> tuple[Copy, ...]:
    """Return the copies that are asked about: where there are too many, those of the nearest branches."""
    if len(copies) <= policy.max_copies:
        return tuple(copies)
    nearest = sorted(copies, key=lambda copy: (copy.doubt is not None, _place(copy.branch, policy.branch_order)))
    return tuple(nearest[: policy.max_copies])


def with_doubts(answer: Answer, copies: Iterable[CopyStatus], policy: Policy) -> Answer:
    """Keep an answer for staff where a copy that it rests on may not be what was asked for, and say so.

    A no is not held back: whichever of the copies is meant, none could be sent.
    """
    doubts = tuple(dict.fromkeys(status.copy.doubt for status in copies if status.copy.doubt))
    if not doubts:
        return answer
    answer = msgspec.structs.replace(answer, words=f"{answer.words}. In doubt: {'; '.join(doubts)}")
    if _is_plain_no(answer):
        return answer
    held_back = [
        each.copy.doubt for each in copies if each.copy.doubt and not (each.copy.number_alone and policy.other_number)
    ]
    return msgspec.structs.replace(answer, doubt=held_back[0]) if held_back else answer


def _is_plain_no(answer: Answer) -> bool:
    """No, or not now, and no offer of a copy."""
    return answer.kind in {AnswerKind.UNFILLED, AnswerKind.RETRY} and answer.choice is None


def with_note(answer: Answer, note: str | None, policy: Policy) -> Answer:
    """Keep a promise for staff where the partner's note says which copy will do; a no goes out all the same."""
    found = term_in(note or "", policy.note_terms)
    if found is None:
        return answer
    said = sentence_with(note or "", found)
    if answer.service is ServiceType.COPY:  # of whichever item: it is made by a person, who reads this on the slip
        return msgspec.structs.replace(answer, asks_for=said)
    return _held_back(answer, said, f"The partner's note says “{found}”: {said}")


def with_form(answer: Answer, form: str | None) -> Answer:
    """Keep a promise for staff where the request names a form that is not what shelves and copiers give."""
    if form is None or Format.lookup(form) in USUAL_FORMS:
        return answer
    return _held_back(answer, form, f"The request asks for the form “{form[:NOTE_QUOTED]}”")


def _held_back(answer: Answer, asks_for: str, why: str) -> Answer:
    """Keep what is asked of the copy, for whoever has it in hand; a promise waits for that person, a no goes out."""
    both = "; ".join(filter(None, (answer.asks_for, asks_for)))[:NOTE_QUOTED]
    answer = msgspec.structs.replace(answer, asks_for=both)
    if _is_plain_no(answer):
        return answer
    return msgspec.structs.replace(answer, doubt=answer.doubt or why, words=f"{answer.words}. {why}")


USUAL_FORMS: Final = frozenset({Format.PRINTED, Format.PAPER_COPY, Format.PDF, Format.TIFF, Format.JPEG})
"""What a shelf or a scanner gives; every other form is looked at."""
NOTE_QUOTED: Final = 140
"""Characters of a note that are quoted where it says why a person looks."""


def term_in(note: str, terms: Iterable[str]) -> str | None:
    """Return the first of the words that the note has, whole and in any case; None where it has none."""
    said = _plain(note)
    return next((term for term in terms if _plain(term) in said), None)


def sentence_with(note: str, term: str) -> str:
    """Return the sentence of a note that has the words: what people need of it, and no more."""
    sentences = (each.strip() for each in _SENTENCE_ENDS.split(note))
    return next((each for each in sentences if _plain(term) in _plain(each)), note.strip())[:NOTE_QUOTED]


def _plain(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.casefold()))} "


_WORD: Final = re.compile(r"[\w']+")
_SENTENCE_ENDS: Final = re.compile(r"(?<=[.!?;])\s+|\n+")
