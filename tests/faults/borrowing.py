"""The scripts of the borrowing side: what a partner library does with one loan, each step sent until it is confirmed. No I/O of its own.

A script waits for what the supplier says and never for the clock. A message that was not confirmed is sent again in the
same bytes until it is; a refusal is kept for the comparison, for nothing in these scripts deserves one.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final

import msgspec

from gateway.demo.partner.library import PartnerLibrary
from gateway.demo.partner.records import Novelty, Page, Sending, Sent, Wish
from gateway.iso18626.codes import Action, ReasonForMessage, RequestType, Status
from tests.faults.world import Course, LoanPlan

RESEND_S: Final = 0.2
KEPT_S: Final = 1.0
"""A message kept back to go out late goes with the next one, or after so long."""
_LOOK_S: Final = 0.03
_LONGEST_LOOK_S: Final = 0.5
"""A borrower looks often at first and then more seldom: thousands that wait for long must not keep the machine busy."""

OVER: Final = frozenset({Status.UNFILLED, Status.RETRY_POSSIBLE, Status.CANCELLED, Status.LOAN_COMPLETED})
HAVING: Final = frozenset({Status.LOANED, Status.RECALLED, Status.OVERDUE})


class Log(msgspec.Struct):
    """What the borrower knows of one loan besides its page: the letters it wrote, by their kind, and what went wrong."""

    letters: list[str] = []
    sent_back_at: datetime | None = None
    trouble: str = ""


class Borrower:
    """One loan from the request to its end."""

    def __init__(self, library: PartnerLibrary, plan: LoanPlan, chance: random.Random, *, patience_s: float) -> None:
        self.log = Log()
        self._library = library
        self._plan = plan
        self._chance = chance
        self._patience_s = patience_s

    async def run(self) -> None:
        """Play the loan; `log.trouble` says what stopped it, if anything did."""
        try:
            async with asyncio.timeout(4 * self._patience_s):
                await self._play()
        except TimeoutError:
            self.log.trouble = self.log.trouble or "gave up"

    @property
    def _page(self) -> Page:
        return self._library.books.page(self._plan.id)

    async def _play(self) -> None:
        plan = self._plan
        wish = Wish(id=plan.id, record_id=plan.record_id, title=f"The Imaginary Almanac, year {plan.record_id}")
        await self._send(RequestType.NEW, lambda: self._library.ask(wish))
        if plan.course is Course.ASKED_ABOUT:
            await self._ask_about()
        if plan.course is Course.CANCELLED:
            await asyncio.sleep(self._chance.random() ** 2 * 1.5)
            await self._action(Action.CANCEL)
            await self._answer(ReasonForMessage.CANCEL_RESPONSE, Action.CANCEL)
        await self._until(lambda page: page.status in OVER | HAVING, "Loaned, or another answer")
        if self._page.status not in OVER:
            await self._have_it()

    async def _have_it(self) -> None:
        """The item is here, for a while."""
        await self._action(Action.RECEIVED)
        match self._plan.course:
            case Course.RENEWED:
                await self._action(Action.RENEW)
                await self._answer(ReasonForMessage.RENEW_RESPONSE, Action.RENEW)
            case Course.RECALLED:
                await self._until(lambda page: page.status is Status.RECALLED, "Recalled")
            case Course.ASKED_ABOUT:
                await self._ask_about()
            case Course.CANCELLED_LATE:
                await self._action(Action.CANCEL)
                await self._answer(ReasonForMessage.CANCEL_RESPONSE, Action.CANCEL)
        self.log.sent_back_at = datetime.now(UTC)
        await self._action(Action.SHIPPED_RETURN)
        await self._until(lambda page: page.status in OVER, "LoanCompleted")

    async def _ask_about(self) -> None:
        await self._action(Action.STATUS_REQUEST)
        await self._answer(ReasonForMessage.STATUS_REQUEST_RESPONSE, Action.STATUS_REQUEST)
        await self._send(RequestType.REMINDER, lambda: self._library.remind(self._plan.id))

    async def _action(self, action: Action) -> None:
        await self._send(action, lambda: self._library.act(self._plan.id, action))

    async def _send(self, what: RequestType | Action, send: Callable[[], Awaitable[Page]]) -> None:
        """Write one letter, and send it until it is confirmed.

        Only tries of this letter count: one that was kept back earlier may go out, and be confirmed, in between.
        """
        self.log.letters.append(what)
        before = len(self._page.sent) if self._plan.id in self._library.books else 0
        await send()
        while (last := self._last_try(what, before)).sending is not Sending.CONFIRMED:
            if last.sending is Sending.REFUSED:
                self.log.trouble = f"{what} was refused: {last.words}"
                return
            await asyncio.sleep(KEPT_S if last.sending is Sending.KEPT else RESEND_S)
            if self._last_try(what, before).sending is not Sending.CONFIRMED:
                await self._library.resend(self._plan.id)

    def _last_try(self, what: RequestType | Action, before: int) -> Sent:
        return next(sent for sent in reversed(self._page.sent[before:]) if sent.what is what)

    async def _answer(self, reason: ReasonForMessage, asked_by: Action) -> None:
        """Wait until every letter of this kind has its answer."""
        asked = self.log.letters.count(asked_by)
        await self._until(lambda page: answers(page, reason) >= asked, f"an answer to {asked_by}")

    async def _until(self, fits: Callable[[Page], bool], what: str) -> None:
        look_s = _LOOK_S
        try:
            async with asyncio.timeout(self._patience_s):
                while not fits(self._page):
                    await asyncio.sleep(look_s)
                    look_s = min(1.1 * look_s, _LONGEST_LOOK_S)
        except TimeoutError:
            self.log.trouble = f"waited in vain for {what}"
            raise


def answers(page: Page, reason: ReasonForMessage) -> int:
    """How many different messages with this reason were heard."""
    return sum(told.reason is reason and told.novelty is not Novelty.SAME_BYTES for told in page.told)
