"""One open request of a restored copy beside what the circulation system and the lender say of it now. Pure; nothing here acts.

What may have happened since the copy was made, and nobody can be asked about, is a person's to find out: an order may have gone to a
lender, an answer to a partner. Such a request is `UNCLEAR` however well everything else agrees.
"""

from collections.abc import Callable
from typing import Final

import msgspec

from gateway.workflow.borrowing.groups import COMING, UNASKED
from gateway.workflow.lending.groups import ACTING, UNDECIDED
from gateway.workflow.records import Request, Role, State
from gateway.workflow.recovery import Agreement, Beside

LENDERS_WORD: Final = frozenset({*COMING, State.SENT_BACK})
"""States in which the lender knows where a request of ours stands; in others the item is here, and the circulation system knows."""


class LearnedOfRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What could be learned of one request."""

    difference: tuple[str, str] | None = None
    """What differs on the circulation system, and what is proposed."""
    compared: bool = True
    """The circulation system's lists of its account were had."""
    strays: tuple[str, ...] = ()
    """Items on loan or on hold for its partner that no request knows."""
    lender_spoke: bool = False
    """The lender has written since the restore."""
    ask_refused: str | None = None
    """Why the lender could not be asked where it stands."""


_Rule = Callable[[Request, LearnedOfRequest], tuple[Agreement, str, str] | None]


def beside(request: Request, known: LearnedOfRequest) -> Beside:
    """Judge a request: the first rule that has something to say counts."""
    for rule in _RULES:
        if said := rule(request, known):
            agreement, words, act = said
            return Beside(request=request.id, agreement=agreement, words=words, act=act)
    return Beside(request=request.id, agreement=Agreement.AGREES)


def _differs(_request: Request, known: LearnedOfRequest) -> tuple[Agreement, str, str] | None:
    return (Agreement.DIFFERS, *known.difference) if known.difference else None


def _may_have_a_stray(request: Request, known: LearnedOfRequest) -> tuple[Agreement, str, str] | None:
    if request.role is not Role.LENDING or request.state not in UNDECIDED or not known.strays:
        return None
    words = f"The partner has {', '.join(known.strays)} on loan or on hold, of which no request here knows: it may be for this one."
    return Agreement.DIFFERS, words, "Look at the item in the ILS. If it is this request's, answer with its barcode."


def _is_silent(_request: Request, known: LearnedOfRequest) -> tuple[Agreement, str, str] | None:
    if known.compared:
        return None
    return Agreement.UNCLEAR, "The circulation system did not say what it knows of this.", "Compare again."


def _may_have_gone_out(request: Request, _known: LearnedOfRequest) -> tuple[Agreement, str, str] | None:
    if request.role is not Role.BORROWING or request.state not in UNASKED:
        return None
    words = "A lender may have been asked since the copy was made."
    return Agreement.UNCLEAR, words, "Ask those that are first in its rota whether they have it, before it goes on."


def _lender_has_not_spoken(request: Request, known: LearnedOfRequest) -> tuple[Agreement, str, str] | None:
    if request.role is not Role.BORROWING or request.state not in LENDERS_WORD or known.lender_spoke:
        return None
    if known.ask_refused:
        words = f"The lender can't be asked where it stands: {known.ask_refused.rstrip('.')}."
        return Agreement.UNCLEAR, words, "Ask it by phone or e-mail."
    words = "The lender was asked where it stands, and has not answered yet."
    return Agreement.UNCLEAR, words, "Compare again once it has, or ask it by phone or e-mail."


def _looks_by_itself(request: Request, _known: LearnedOfRequest) -> tuple[Agreement, str, str] | None:
    if request.state not in ACTING:
        return None
    return Agreement.AGREES, "An act was under way; it is looked at before anything is done.", ""


_RULES: Final[tuple[_Rule, ...]] = (
    _differs,
    _may_have_a_stray,
    _is_silent,
    _may_have_gone_out,
    _lender_has_not_spoken,
    _looks_by_itself,
)
