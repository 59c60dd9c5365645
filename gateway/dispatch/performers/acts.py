"""Acts on the circulation system, and the looks that show what they did: SIP2 calls, each reported by an event.

An act is marked started before its first byte; one that is found started is not done again. One that comes late, or once
more, is looked at first: the item may be somebody else's by now.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

import msgspec

from gateway.clock import TimeSource
from gateway.dispatch.acs import Acs
from gateway.dispatch.numbered import with_number
from gateway.dispatch.results import Happened, Result, nothing_done, unanswered
from gateway.dispatch.roles import OPEN
from gateway.mapping import circulation, looking
from gateway.mapping.circulation import Answered, LookKind, Terminal
from gateway.metrics import Metrics
from gateway.sip2.codec import Reply, folded
from gateway.sip2.errors import Inexpressible, NotSent, Unknown
from gateway.sip2.profiles import CustomerList
from gateway.store.port import EffectRow, Store
from gateway.workflow.borrowing import loans
from gateway.workflow.borrowing_events import ItemSeen
from gateway.workflow.effects import Look, Perform, Seek, StartTimer, Watch
from gateway.workflow.events import ItemSought, Looked, Performed
from gateway.workflow.records import Act, Clock, Finding, ItemPlace, Outcome, Request, Role, State

LATE: Final = timedelta(seconds=1)
"""An act that begins so long after it was due, or looked at, is looked at first, where it could harm somebody else's loan."""
_HELD_UP: Final = frozenset({Act.ARRIVE, Act.CHECKOUT})
FIRST_AT_ITEM: Final = 1
"""The place at an item of what nobody's work stood before."""
INTERRUPTED: Final = "The gateway was interrupted while it waited for the answer."


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


async def standing(request: Request, store: Store, terminal: Terminal) -> tuple[str, Terminal]:
    """Return the account that acts are for, empty where there is none, and the terminal with the pickup branch of its holds."""
    if request.role is Role.LENDING:
        return request.account or "", terminal
    customer = await store.borrowing.customer(request.id)
    terminal = msgspec.structs.replace(terminal, pickup=request.borrowed.pickup_branch)
    return customer.barcode if customer else "", terminal


def _asked_at(row: EffectRow, request: Request) -> datetime:
    return min(row.due_at, request.state_since)


class Acts:
    """One method for an act, one for a look at it, one for a look at where a borrowed item is, or one that should come."""

    def __init__(
        self,
        *,
        store: Store,
        time: TimeSource,
        acs: Acs,
        metrics: Metrics,
        owner: str,
        branches: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._store = store
        self._time = time
        self._acs = acs
        self._metrics = metrics
        self._owner = owner
        self._branches = branches

    # ── acting ───────────────────────────────────────────────────────────────────────────────────

    async def act(self, row: EffectRow, effect: Perform, request: Request) -> Result:
        """Do it, once. Raises LeaseLost, StoreUnavailable."""
        if row.started_at is not None:
            return self._performed(effect, Answered(outcome=Outcome.UNKNOWN, words=INTERRUPTED))
        account, terminal = await self._standing(request)
        looks_first = self._looks_first(row, effect, request)
        otherwise = await self._otherwise(effect, request, account, looks_first=looks_first)
        if otherwise is not None:
            return otherwise
        fresh_until = self._fresh_until(row, request, looked=looks_first)
        wire = circulation.request_for(
            effect.act, item=effect.item_barcode, account=account, at=self._time.now(), terminal=terminal
        )
        try:
            reply = await self._acs.exchange(
                wire,
                before_write=lambda: self._start(row),
                may_write=lambda: effect.act not in looking.MAY_HARM or self._time.now() <= fresh_until,
            )
        except Inexpressible as exc:
            return self._performed(effect, Answered(outcome=Outcome.REFUSED, words=str(exc)))
        except NotSent as exc:
            return nothing_done(exc)
        except Unknown as exc:
            return self._performed(effect, Answered(outcome=Outcome.UNKNOWN, words=_sentence(unanswered(exc))))
        answered = circulation.outcome_of(effect.act, reply, account=account, terminal=self._acs.terminal)
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

    async def _otherwise(self, effect: Perform, request: Request, account: str, *, looks_first: bool) -> Result | None:
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
        return await self._out_of_place(effect, request, account) if looks_first else None

    def _looks_first(self, row: EffectRow, effect: Perform, request: Request) -> bool:
        return effect.once_more or (effect.act in looking.MAY_HARM and self._is_late(row, request))

    def _fresh_until(self, row: EffectRow, request: Request, *, looked: bool) -> datetime:
        """Until when what was so as it was asked for, or looked at, is taken for so still: a connection may be long in coming.

        Longer with each try, or on a slow circulation system it would never be done.
        """
        since = self._time.now() if looked else _asked_at(row, request)
        return since + LATE * (1 + row.attempts)

    def _cannot(self, effect: Perform, account: str) -> str | None:
        if not account and effect.act not in circulation.WITHOUT_ACCOUNT:
            return "There is no account for it on the circulation system."
        supported = self._acs.supports(circulation.MESSAGES[effect.act])
        return circulation.not_possible(effect.act, self._acs.terminal.profile, supported=supported)

    def _is_late(self, row: EffectRow, request: Request) -> bool:
        """Whether an act has waited, or another request's work stood before it: what was so when it was asked for need not be so now.

        What was scanned began a state: an act behind others of that state is as late as they were.
        """
        stood_behind = row.item_turn is not None and row.item_turn > FIRST_AT_ITEM
        return stood_behind or row.attempts > 0 or row.with_lane or self._time.now() - _asked_at(row, request) > LATE

    async def _out_of_place(self, effect: Perform, request: Request, account: str) -> Result | None:
        item = request.item(effect.item_barcode)
        look = Look(act=effect.act, item_barcode=effect.item_barcode, due_at=item.due_at if item else None)
        try:
            seen, finding = await self._see(look, account)
        except (NotSent, Unknown) as exc:
            return nothing_done(exc)
        if not looking.is_out_of_place(look, seen, finding, self._acs.terminal):
            return None
        return Happened(event=self._looked(look, seen, finding))

    async def _whose_hold(self, effect: Perform, request: Request, reply: Reply, answered: Answered) -> str:
        """Name the request of ours whose hold has trapped what arrived for this one, or may stand in the way of its checkout."""
        if effect.act not in _HELD_UP or answered.outcome is not Outcome.REFUSED:
            return ""
        found = [each for each in await with_number(self._store, effect.item_barcode) if each.state in OPEN]
        others = [each for each in found if each.id != request.id and _waits_for(each, effect.item_barcode)]
        holder = circulation.trapped_for(reply)
        if holder:
            others = [each for each in others if folded((await self._standing(each))[0]) == holder]
        return f"It is wanted for our request {', '.join(each.id for each in others)} too." if others else ""

    # ── looking ──────────────────────────────────────────────────────────────────────────────────

    async def look(self, effect: Look, request: Request) -> Result:
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
        finding = looking.judge(look, seen, self._acs.terminal)
        for question in looking.QUESTIONS[look.act]:
            if looking.is_settled(look, seen, finding, self._acs.terminal):
                break
            if not self._may_ask(question, account):
                continue
            try:
                seen[question] = await self._acs.ask(question, item=look.item_barcode, account=account)
            except Inexpressible:
                continue
            finding = looking.judge(look, seen, self._acs.terminal)
        return seen, looking.judge_last(look, seen, finding)

    def _looked(self, look: Look, seen: circulation.Seen, finding: Finding) -> Looked:
        looked = Looked(
            at=self._time.now(),
            act=look.act,
            item_barcode=look.item_barcode,
            finding=finding,
            by_hand=look.by_hand,
            due_at=looking.found_due_date(look, seen, self._acs.terminal),
            charged=looking.found_charged(seen),
            kept=looking.found_kept(look, seen),
            ours=looking.found_ours(look, seen, self._acs.terminal),
        )
        return msgspec.structs.replace(looked, due_at=None) if looked.is_anothers else looked

    def _may_ask(self, question: circulation.LookKind, account: str) -> bool:
        """Whether there is an account to ask about, where it is about one, and the circulation system knows the message."""
        named = question is circulation.LookKind.ITEM or bool(account)
        return named and not self._acs.refuses(question)

    async def _standing(self, request: Request) -> tuple[str, Terminal]:
        return await standing(request, self._store, self._acs.terminal)

    # ── where an item of ours is that should come to the desk ────────────────────────────────────

    async def seek(self, effect: Seek, request: Request) -> Result:
        """Ask 17 whether it is on its way; what can't be told counts as not seen."""
        try:
            reply = await self._acs.ask(LookKind.ITEM, item=effect.item_barcode)
        except Inexpressible:
            reply = None
        except (NotSent, Unknown) as trouble:
            return nothing_done(trouble)
        words = (circulation.whereabouts(reply, self._branches), await self._promise_ends(request, effect.after))
        sought = ItemSought(
            at=self._time.now(),
            item_barcode=effect.item_barcode,
            coming=reply is not None and circulation.is_kept(reply) is True,
            after=effect.after,
            words=" ".join(filter(None, words)),
        )
        return Happened(event=sought)

    async def _promise_ends(self, request: Request, after: Clock) -> str:
        """When the copy is given up, if nothing comes between."""
        if after is Clock.HOLD:
            return ""
        pending = await self._store.pending(request.id)
        ends = (row.due_at for row in pending if row.effect.key == StartTimer.key_of(Clock.HOLD))
        end = next(ends, None)
        return f"The promise ends {end.astimezone(self._acs.terminal.zone):%A %d %B, %H:%M}." if end else ""

    # ── where a borrowed item is ─────────────────────────────────────────────────────────────────

    async def watch(self, effect: Watch, request: Request) -> Result:
        """Ask 17 where the item is, and where that can't tell whose loan it is or was, 63. "No such item" proves nothing (sip2.md)."""
        try:
            reply = await self._acs.ask(LookKind.ITEM, item=effect.item_barcode)
            out = circulation.is_charged(reply)
            by_another = bool(out) and await self._is_anothers_loan(effect, request)
            may_be_back = out is False and (loans.is_told(request) or self._waits_for_nobody(request, reply))
            was_fetched = may_be_back and await self._is_hold_gone(effect, request)
        except Inexpressible:
            return Happened(event=ItemSeen(at=self._time.now(), out=None, before=effect.was_out))
        except (NotSent, Unknown) as trouble:
            return nothing_done(trouble)
        return Happened(
            event=ItemSeen(
                at=self._time.now(),
                out=out,
                due_at=circulation.due_date(reply, self._acs.terminal) if out else None,
                before=effect.was_out,
                by_another=by_another,
                kept=circulation.is_kept(reply),
                was_fetched=was_fetched,
            )
        )

    async def _is_anothers_loan(self, effect: Watch, request: Request) -> bool:
        """Whether the customer's loans are known not to have it, and it is on loan still: it may have come back between the two questions."""
        is_kept = CustomerList.CHARGED in self._acs.terminal.profile.lists
        if not (is_kept and await self._is_on_none((LookKind.CHARGED,), effect, request)):
            return False
        return bool(circulation.is_charged(await self._acs.ask(LookKind.ITEM, item=effect.item_barcode)))

    def _waits_for_nobody(self, request: Request, reply: Reply) -> bool:
        """Whether it stands on the hold shelf as far as we know, and 17 shows nobody's hold: fetched and brought back between two looks."""
        return request.state is State.ON_SHELF and circulation.waits_for_nobody(reply)

    async def _is_hold_gone(self, effect: Watch, request: Request) -> bool:
        """Whether the customer's holds are known not to have it any more: a loan has filled it, and is over."""
        return await self._is_on_none(circulation.HOLD_LISTS, effect, request)

    async def _is_on_none(self, questions: Iterable[LookKind], effect: Watch, request: Request) -> bool:
        """Whether these lists of the customer's all lack the item: one that is not complete says nothing."""
        customer = await self._store.borrowing.customer(request.id)
        if customer is None or self._acs.refuses(LookKind.CHARGED):
            return False
        for question in questions:
            reply = await self._acs.ask(question, account=customer.barcode)
            if circulation.is_listed(question, reply, effect.item_barcode, self._acs.terminal.profile) is not False:
                return False
        return True


def _waits_for(request: Request, barcode: str) -> bool:
    """Whether a hold of the request may stand on the item."""
    item = request.item(barcode)
    return item is not None and item.place in {ItemPlace.CHOSEN, ItemPlace.HELD}
