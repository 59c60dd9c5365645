"""What the gateway proposes where it asks a person, against what is right: whether it would have been, and why the person is asked."""

from typing import Final

from bench.month.expected import Kind, Right
from gateway.workflow.records import Answer, AnswerKind

TERM: Final = "the note's term: who has the book in hand must look"
NOT_CERTAIN: Final = "nothing was found for sure, and what was asked for may be misspelt"


def doubt_of(proposed: Answer, right: Right) -> str:
    """Why a person is asked, without what is said of this request alone."""
    if right.person:
        return TERM
    return (proposed.doubt or NOT_CERTAIN).split("“")[0].split(": ")[0].split(" (")[0].strip()


def would_be_right(proposed: Answer, right: Right) -> bool:
    """Whether what is proposed is right, and nobody need look at the book."""
    if proposed.kind is AnswerKind.STAFF or right.person:
        return False
    return right.fits(*as_judged(proposed))


def as_judged(answer: Answer) -> tuple[Kind, tuple[str, ...]]:
    """What an answer comes to, and the copies that it promises."""
    return Kind(answer.kind.value), (answer.choice.copy.item_barcode,) if answer.choice else ()
