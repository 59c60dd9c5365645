"""Acts on the circulation system, and the looks that show what they did: SIP2 calls, each reported by an event.

An act is marked started before its first byte; one that is found started is not done again. One that comes late, or once
more, is looked at first: the item may be somebody else's by now.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

import msgspec

from gateway.clock import TimeSource
from gateway.dispatch.results import Happened, Report, nothing_done
from gateway.dispatch.roles import MOST_WITH_BARCODE, OPEN
from gateway.mapping import circulation, looking
from gateway.mapping.circulation import Answered, Desk
from gateway.metrics import Metrics
from gateway.sip2.codec import Reply, folded
from gateway.sip2.errors import Inexpressible, NotSent, Unknown
from gateway.sip2.pieces import Line
from gateway.store.port import EffectRow, RequestFilter, Store
from gateway.workflow.effects import Look, Perform
from gateway.workflow.events import Looked, Performed
from gateway.workflow.records import Act, Finding, ItemPlace, Outcome, Request

LATE: Final = timedelta(seconds=1)
"""An act that begins so long after it was due is looked at first, where it could harm somebody else's loan."""
FIRST_AT_ITEM: Final = 1
"""The place at an item of what nobody's work stood before."""
INTERRUPTED: Final = "The gateway was interrupted while it waited for the answer."

Standing = Callable[[Request], Awaitable[tuple[str, Desk]]]
"""The account that a request's acts are for, empty where there is none, and the desk that they are done at."""


class Acts:
    """One method for an act, one for a look."""

    def __init__(
        self,
        *,
        store: Store,
        time: TimeSource,
        acs: Line,
        desk: Desk,
        standing: Standing,
        metrics: Metrics,
        owner: str,
    ) -> None:
        self._store = store
        self._time = time
        self._acs = acs
        self._desk = desk
        self._standing = standing
        self._metrics = metrics
        self._owner = owner

    # ── acting ───────────────────────────────────────────────────────────────────────────────────

    async def act(self, row: EffectRow, effect: Perform, request: Request) -> Report:
        """Do it, once. Raises LeaseLost, StoreUnavailable."""
        if row.started_at is not None:
            return self._performed(effect, Answered(outcome=Outcome.UNKNOWN, words=INTERRUPTED))
        account, desk = await self._standing(request)
        otherwise = await self._otherwise(row, effect, request, account)
        if otherwise is not None:
            return otherwise
        wire = circulation.request_for(
            effect.act, item=effect.item_barcode, account=account, at=self._time.now(), desk=desk
        )
        try:
            reply = await self._acs.exchange(wire, before_write=lambda: self._start(row))
        except Inexpressible as exc:
            return self._performed(effect, Answered(outcome=Outcome.REFUSED, words=str(exc)))
        except NotSent as exc:
            return nothing_done(exc)
        except Unknown as exc:
            return self._performed(effect, Answered(outcome=Outcome.UNKNOWN, words=str(exc)))
        answered = circulation.outcome_of(effect.act, reply, account=account, desk=self._desk)
        words = await self._whose_hold(effect, request, reply, answered)
        return self._performed(effect, answered, words)

    async def _start(self, row: EffectRow) -> None:
        await self._store.start(row.id, owner=self._owner, at=self._time.now())

    def _performed(self, effect: Perform, answered: Answered, words: str = "") -> Happened:
        if answered.outcome is Outcome.UNKNOWN:
            self._metrics.outcome_unknown(effect.act)
        return Happened(
            event=Performed(
                at=self._time.now(),
                act=effect.act,
                item_barcode=effect.item_barcode,
                outcome=answered.outcome,
                words=" ".join(filter(None, (answered.words, words))),
                due_at=answered.due_at,
                route_to=answered.route_to,
                for_customer=answered.for_customer,
            ),
            heard=answered.outcome is not Outcome.UNKNOWN,
        )

    async def _otherwise(self, row: EffectRow, effect: Perform, request: Request, account: str) -> Report | None:
        """Say what comes in place of the act; None where it may be done as it was asked for."""
        why_not = self._cannot(effect, account)
        if why_not is not None:
            event = Looked(
                at=self._time.now(),
                act=effect.act,
                item_barcode=effect.item_barcode,
                finding=Finding.UNCLEAR,
                words=why_not,
                unasked=True,
            )
            return Happened(event=event)
        if effect.once_more or (effect.act in looking.MAY_HARM and self._is_late(row, request)):
            return await self._out_of_place(effect, request, account)
        return None

    def _cannot(self, effect: Perform, account: str) -> str | None:
        if not account and effect.act not in circulation.WITHOUT_ACCOUNT:
            return "There is no account for it on the circulation system."
        supported = self._acs.supports(circulation.MESSAGES[effect.act])
        return circulation.not_possible(effect.act, self._desk.profile, supported=supported)

    def _is_late(self, row: EffectRow, request: Request) -> bool:
        """Whether an act has waited, or another request's work stood before it: what was so when it was asked for need not be so now.

        What was scanned began a state: an act behind others of that state is as late as they were.
        """
        stood_behind = row.item_turn is not None and row.item_turn > FIRST_AT_ITEM
        asked_at = min(row.due_at, request.state_since)
        return stood_behind or row.attempts > 0 or row.with_lane or self._time.now() - asked_at > LATE

    async def _out_of_place(self, effect: Perform, request: Request, account: str) -> Report | None:
        item = request.item(effect.item_barcode)
        look = Look(act=effect.act, item_barcode=effect.item_barcode, due_at=item.due_at if item else None)
        try:
            seen, finding = await self._see(look, account)
        except (NotSent, Unknown) as exc:
            return nothing_done(exc)
        if not looking.is_out_of_place(look, seen, finding, self._desk):
            return None
        return Happened(event=self._looked(look, seen, finding))

    async def _whose_hold(self, effect: Perform, request: Request, reply: Reply, answered: Answered) -> str:
        """Name the request of ours whose hold has trapped what arrived for this one, if it is ours."""
        if effect.act is not Act.ARRIVE or answered.outcome is not Outcome.REFUSED:
            return ""
        where = RequestFilter(states=OPEN, text=effect.item_barcode, limit=MOST_WITH_BARCODE)
        found = await self._store.requests(where)
        others = [each for each in found if each.id != request.id and _waits_for(each, effect.item_barcode)]
        holder = circulation.trapped_for(reply)
        if holder:
            others = [each for each in others if folded((await self._standing(each))[0]) == holder]
        return f"It is wanted for our request {', '.join(each.id for each in others)} too." if others else ""

    # ── looking ──────────────────────────────────────────────────────────────────────────────────

    async def look(self, effect: Look, request: Request) -> Report:
        """Ask whether an act was done."""
        account, _ = await self._standing(request)
        try:
            seen, finding = await self._see(effect, account)
        except (NotSent, Unknown) as exc:
            return nothing_done(exc)
        return Happened(event=self._looked(effect, seen, finding))

    async def _see(self, look: Look, account: str) -> tuple[circulation.Seen, Finding]:
        """Ask one question after the other until the finding is clear: no round trip more than it takes. Raises NotSent, Unknown."""
        seen: circulation.Seen = {}
        finding = looking.judge(look, seen, self._desk)
        for question in looking.QUESTIONS[look.act]:
            if looking.is_settled(look, seen, finding, self._desk):
                break
            if not self._may_ask(question, account):
                continue
            wire = circulation.question_request(
                question, item=look.item_barcode, account=account, at=self._time.now(), desk=self._desk
            )
            try:
                seen[question] = await self._acs.exchange(wire)
            except Inexpressible:
                continue
            finding = looking.judge(look, seen, self._desk)
        return seen, looking.judge_last(look, seen, finding)

    def _looked(self, look: Look, seen: circulation.Seen, finding: Finding) -> Looked:
        looked = Looked(
            at=self._time.now(),
            act=look.act,
            item_barcode=look.item_barcode,
            finding=finding,
            by_hand=look.by_hand,
            due_at=looking.found_due_date(look, seen, self._desk),
            charged=looking.found_charged(seen),
            kept=looking.found_kept(look, seen),
            ours=looking.found_ours(look, seen, self._desk),
        )
        return msgspec.structs.replace(looked, due_at=None) if looked.is_anothers else looked

    def _may_ask(self, question: circulation.Question, account: str) -> bool:
        """Whether there is an account to ask about, where it is about one, and the circulation system knows the message."""
        named = question is circulation.Question.ITEM or bool(account)
        return named and self._acs.supports(circulation.message_of(question)) is not False


def _waits_for(request: Request, barcode: str) -> bool:
    """Whether a hold of the request may stand on the item."""
    item = request.item(barcode)
    return item is not None and item.place in {ItemPlace.CHOSEN, ItemPlace.HELD}
