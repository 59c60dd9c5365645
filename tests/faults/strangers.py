"""The circulation system's other customers and staff: they borrow, return and hold the very items that the gateway acts on.

They live in the circulation system's own process and follow its journal, so that they come between an act of the gateway and
its next look, also where the reply was lost. What they do is in the journal like everything else, under cards of their own:
the comparison knows by the card, and by who acted, whether the gateway touched what is theirs. Nothing here knows what the
gateway has in its books.

A stranger takes nothing that can't be had: where the circulation system refuses, nothing happens. Sooner or later each
brings back what he borrowed, and fetches what is kept for him or takes his hold off; all do so at once when the run calms down.
"""

import asyncio
import heapq
import random
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from typing import Final

import msgspec

from gateway.demo.acs.holds import cancel_hold, place_hold
from gateway.demo.acs.library import Library
from gateway.demo.acs.loans import checkin, checkout
from gateway.demo.acs.records import Act, ActKind, Customer, Hold, HoldWish, Loan, Source
from gateway.demo.acs.shelves import Refused, hold_keeping, queue_for

LOOK_S: Final = 0.004
"""Between two looks at the journal: well under the time in which a lost line is opened again."""
LOSES_PATIENCE: Final = 0.5
CARDS: Final = tuple(f"7000000{n:07}" for n in range(1, 9))
_NAME: Final = "A stranger"


class StrangersSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where they are at home, and on which items some place a hold of their own accord."""

    seed: int
    branch: str
    beforehand: tuple[str, ...] = ()
    has_open_shelves: bool = False
    """Whether an item stands where they can take it until somebody fetches it."""


Deed = Callable[["Strangers", str], None]


class Reaction(msgspec.Struct, frozen=True, kw_only=True):
    """How often the journal's line of an act brings a stranger to the item, and what he does there."""

    of: ActKind
    was_on_loan: bool | None = None
    """Of a check-in: whether it ended a loan."""
    from_shelf: bool = False
    """Only of an item on an open shelf, which no other request wants: somebody has it in hand for that one."""
    rate: float
    does: Deed


class Strangers:
    """All of them. `library` gives the books as they are now."""

    def __init__(self, settings: StrangersSettings, library: Callable[[], Library]) -> None:
        self._settings = settings
        self._library = library
        self._chance = random.Random(f"strangers {settings.seed} {len(library().state.journal)}")
        self._read = len(library().state.journal)
        self._errands: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = count()
        self._quiet = False

    async def run(self) -> None:
        """Come, and follow the journal until cancelled."""
        self.come()
        while True:
            self.step()
            await asyncio.sleep(LOOK_S)

    def come(self) -> None:
        """Go on with what they had before the circulation system was restarted; at first, place the first holds."""
        for loan in self._loans():
            self._later(loan.item, self._bring_back)
        for hold in self._holds():
            self._later(hold.item or "", self._fetch)
        for barcode in self._settings.beforehand if not self._read else ():
            self.hold(barcode)

    def step(self) -> None:
        """React to what is new in the journal, and do what is due."""
        self._follow()
        while self._errands and self._errands[0][0] <= asyncio.get_running_loop().time():
            heapq.heappop(self._errands)[2]()

    def go_home(self) -> None:
        """Bring everything back, take every hold off, and do nothing more."""
        self._quiet = True
        self._errands.clear()
        for loan in self._loans():
            self._bring_back(loan.item)
        for hold in self._holds():
            self._withdraw(hold)

    # ── what they do ─────────────────────────────────────────────────────────────────────────────

    def borrow(self, barcode: str) -> None:
        """From the shelf, or from the trolley of what has just come back."""
        if self._try(lambda library, now: checkout(library, self._card(), barcode, now)):
            self._later(barcode, self._bring_back)

    def hold(self, barcode: str) -> None:
        """The next in the queue; some lose patience."""
        wish = HoldWish(customer=self._card(), item=barcode, pickup=self._settings.branch)
        if self._try(lambda library, now: place_hold(library, wish, now)) and self._chance.random() < LOSES_PATIENCE:
            self._later(barcode, self._lose_patience)

    def _bring_back(self, barcode: str) -> None:
        loan = self._library().state.loans.get(barcode)
        if loan is not None and loan.customer in CARDS:
            self._try(lambda library, now: checkin(library, barcode, self._settings.branch, now))

    def _fetch(self, barcode: str) -> None:
        """What is kept for one of them."""
        keeper = hold_keeping(self._library().state, barcode)
        if keeper is None or keeper.customer not in CARDS:
            return
        if self._try(lambda library, now: checkout(library, keeper.customer, barcode, now)):
            self._later(barcode, self._bring_back)

    def _lose_patience(self, barcode: str) -> None:
        for hold in self._holds():
            if hold.item == barcode and not hold.trapped:
                self._withdraw(hold)

    def _withdraw(self, hold: Hold) -> None:
        wish = HoldWish(customer=hold.customer, item=hold.item or "")
        self._try(lambda library, now: cancel_hold(library, wish, now))

    # ── how they come to it ──────────────────────────────────────────────────────────────────────

    def _follow(self) -> None:
        journal = self._library().state.journal
        new, self._read = journal[self._read :], len(journal)
        for act in new:
            if self._quiet:
                continue
            if act.kind is ActKind.CHECKIN:
                self._later(act.item, self._fetch)
            if act.customer not in CARDS:
                self._react(act)

    def _react(self, act: Act) -> None:
        for reaction in REACTIONS:
            fits = reaction.of is act.kind and reaction.was_on_loan in {None, bool(act.customer)}
            if fits and (not reaction.from_shelf or self._is_on_shelf(act)) and self._chance.random() < reaction.rate:
                reaction.does(self, act.item)

    def _is_on_shelf(self, act: Act) -> bool:
        state = self._library().state
        wanted = [hold for hold in queue_for(state, state.items[act.item]) if hold.customer not in CARDS]
        return self._settings.has_open_shelves and len(wanted) == (act.kind is ActKind.HOLD_PLACED)

    def _try(self, do: Callable[[Library, datetime], object]) -> bool:
        try:
            do(self._library().seen_by(Source.DESK), datetime.now(UTC))
        except Refused:
            return False
        return True

    def _later(self, barcode: str, do: Callable[[str], None]) -> None:
        self._at(asyncio.get_running_loop().time() + 0.5 + 3.0 * self._chance.random(), lambda: do(barcode))

    def _at(self, due_s: float, do: Callable[[], None]) -> None:
        heapq.heappush(self._errands, (due_s, next(self._numbers), do))

    def _card(self) -> str:
        return self._chance.choice(CARDS)

    def _loans(self) -> list[Loan]:
        return [loan for loan in self._library().state.loans.values() if loan.customer in CARDS]

    def _holds(self) -> list[Hold]:
        return [hold for hold in self._library().state.holds.values() if hold.customer in CARDS]


def cards() -> dict[str, Customer]:
    """Their accounts, for the circulation system's books."""
    return {barcode: Customer(barcode, pin="", name=_NAME, loan_limit=9_999, hold_limit=9_999) for barcode in CARDS}


# fmt: off
REACTIONS: Final = (
    Reaction(of=ActKind.CHECKIN, was_on_loan=True,  rate=0.20, does=Strangers.borrow),
    Reaction(of=ActKind.CHECKIN, was_on_loan=False, rate=0.06, does=Strangers.borrow),
    Reaction(of=ActKind.CHECKIN, was_on_loan=False, rate=0.03, does=Strangers.hold),
    Reaction(of=ActKind.HOLD_PLACED,                rate=0.05, does=Strangers.borrow, from_shelf=True),
    Reaction(of=ActKind.HOLD_PLACED,                rate=0.06, does=Strangers.hold),
    Reaction(of=ActKind.HOLD_CANCELLED,             rate=0.06, does=Strangers.borrow, from_shelf=True),
    Reaction(of=ActKind.CHECKOUT,                   rate=0.06, does=Strangers.hold),
)
"""What brings a stranger to an item."""
# fmt: on
