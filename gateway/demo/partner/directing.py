"""What the partner's page offers: works to ask for, steps with a request of its own, and trouble. Tables, and pure.

What it can say as lender stands in lender.py.
"""

from typing import Final

import msgspec

from gateway.demo.partner.misbehaviour import Misbehaviour, Order
from gateway.demo.partner.records import Page, Wish
from gateway.iso18626.codes import Action, ServiceType, Status

SLOW_S: Final = 8.0
"""How long a slow answer takes."""


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """A work that can be asked for, and how it stands with it at Example Valley Library when the demonstration begins."""

    stands: str
    wish: Wish


def _work(stands: str, title: str, author: str, isbn: str | None) -> Work:
    return Work(stands=stands, wish=Wish(title=title, author=author, isbn=isbn))


ON_SHELF: Final = "On the shelf"
CHECKED_OUT: Final = "Checked out"
REFERENCE: Final = "For reference only"
NOBODYS: Final = "Nobody has it"
# fmt: off
WORKS: Final[dict[str, Work]] = {
    "bridges":    _work(ON_SHELF,    "The Atlas of Unbuilt Bridges",     "Mockup, Archie",   "9780000000040"),
    "tomorrow":   _work(ON_SHELF,    "A Short History of Tomorrow",      "Placeholder, Ada", "9780000000132"),
    "birds":      _work(ON_SHELF,    "A Field Guide to Nonexistent Birds", "Sample, Robin",  "9780000000026"),
    "knots":      _work(ON_SHELF,    "Knots Nobody Ties",                "Example, Lena",    "9780000000057"),
    "memoirs":    _work(ON_SHELF,    "Mémoires d'une ville imaginée",    "Modèle, Édith",    "9780000000125"),
    "almanac":    _work(ON_SHELF,    "The Imaginary Almanac",            "Placeholder, Ada", "9780000000019"),
    "herbs":      _work(CHECKED_OUT, "Cooking with Hypothetical Herbs",  "Specimen, Basil",  "9780000000033"),
    "clockmaker": _work(CHECKED_OUT, "The Clockmaker of Nowhere",        "Fixture, Tom",     "9780000000071"),
    "things":     _work(REFERENCE,   "Encyclopaedia of Things Made Up",  "Sample, Robin",    "9780000000163"),
    "nobody":     _work(NOBODYS,     "The Book That Nobody Wrote",       "Nemo, Nora",       "9780000000194"),
}
"""By the word that the form sends."""


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """A step with a request of the partner's own: offered after one of these statuses (None: nothing heard yet), `once` or again."""

    words: str
    after: frozenset[Status | None]
    once: bool = False


S = Status
OUT = frozenset({S.LOANED, S.OVERDUE, S.RECALLED})
BEFORE = frozenset({None, S.REQUEST_RECEIVED, S.EXPECT_TO_SUPPLY, S.WILL_SUPPLY, S.RETRY_POSSIBLE})

MOVES: Final[dict[Action, Move]] = {
    Action.RECEIVED:       Move(words="It has come (Received)",      after=OUT, once=True),
    Action.RENEW:          Move(words="Ask for a renewal (Renew)",   after=frozenset({S.LOANED, S.OVERDUE})),
    Action.SHIPPED_RETURN: Move(words="Send it back (ShippedReturn)", after=OUT, once=True),
    Action.CANCEL:         Move(words="Call it off (Cancel)",        after=BEFORE),
    Action.STATUS_REQUEST: Move(words="Ask how it stands",           after=BEFORE | OUT),
    Action.NOTIFICATION:   Move(words="Send the note alone",         after=frozenset({None, *Status})),
}
# fmt: on


def moves_for(page: Page) -> tuple[Action, ...]:
    """The steps that can sensibly be taken with a request now, in the table's order."""
    done = {sent.what for sent in page.sent}
    return tuple(
        action for action, move in MOVES.items() if page.status in move.after and not (move.once and action in done)
    )


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """A button that makes trouble: what it says, and the order it gives."""

    words: str
    order: Order


# fmt: off
TROUBLES: Final[dict[str, Trouble]] = {
    "away":    Trouble(words="Be away until we behave again",    order=Order(name=Misbehaviour.UNAVAILABLE)),
    "silent":  Trouble(words="Give no answer to the next message",  order=Order(name=Misbehaviour.SILENT, count=1)),
    "slow":    Trouble(words=f"Answer the next message after {SLOW_S:.0f} seconds", order=Order(name=Misbehaviour.SLOW, count=1, delay_s=SLOW_S)),
    "refuse":  Trouble(words="Refuse the next message",             order=Order(name=Misbehaviour.REFUSES, count=1)),
    "twice":   Trouble(words="Send our next message twice",         order=Order(name=Misbehaviour.SENDS_TWICE, count=1)),
}
# fmt: on

COPY: Final = Wish(service=ServiceType.COPY, article_title="A Chapter That Is Not There", pages="1-12")
"""What is asked for where a copy is wanted, besides the work."""
