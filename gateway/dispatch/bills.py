"""The door of bills: every event of one comes in here, is decided on, and is written with all that it asks for in one transaction.

It is of the same make as the door of requests (intake.py): whoever read an older version reads and decides again; the outcome of a
piece of work and the decision on it are one transaction. What concerns several bills at once (a payment that is shared among them, a
credit note and its invoice) is one transaction too: all of it happens, or nothing does.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

import msgspec

from gateway.dispatch.bill_planning import BillPlanner
from gateway.dispatch.ids import PAYMENT_LETTER, Numbers
from gateway.money import payments
from gateway.money.amounts import NOTHING
from gateway.money.effects import BillPaper, MailPaper
from gateway.money.engine import MoneyIgnored, MoneyRefused
from gateway.money.events import AnyBillEvent, BillAct, BillActed, Credited, CreditUsed, Moved, Paid, Proposed, Reversed
from gateway.money.groups import NUMBERED, UNNUMBERED
from gateway.money.machine import BillDecision, BillRuling
from gateway.money.records import Bill, BillKind, LedgerEntry, Payment, Shares
from gateway.money.table import decide
from gateway.money.words import narrate
from gateway.notices.bills import id_of, noticed, posted
from gateway.store.bills_port import BillChange, BillFilter, BillWrite, CreditMove, KeptPaper
from gateway.store.port import HistoryEntry, HistoryKind, NotEnoughCredit, NumbersInDoubt, Store, VersionConflict
from gateway.workflow.values import Money

_MOVED_AT_ONCE: Final = 100
MAX_CONFLICTS: Final = 20
"""How often a decision is made anew because somebody else decided first."""
IN_DOUBT: Final = (
    "The store was brought back from a copy, and nobody has said yet which number went out last: an administrator says so on the "
    "page “After a restore”."
)
CHANGED: Final = "The bill has changed since you saw it: look at it once more."
NO_CREDIT: Final = "The partner has not so much credit."
CREDIT_IS_USED: Final = "What this payment left as credit was used for other bills: take it back there first."


class UnknownBill(Exception):  # noqa: N818 - it says what it is
    """No bill has this id."""


class UnknownPayment(Exception):  # noqa: N818 - likewise
    """No payment has this id."""


class BillCause(msgspec.Struct, frozen=True, kw_only=True):
    """What brought an event, and is written in the transaction of its decision."""

    completes: int | None = None
    """The id of the work that it is the outcome of."""
    owner: str | None = None
    history: tuple[HistoryEntry, ...] = ()
    """Lines that stand before the decision's own."""
    paper: KeptPaper | None = None
    key: str | None = None
    """For one use: AlreadyExists if it was used."""
    seen: int | None = None
    """The version of the bill that a person's form names: refused if it is another when it is decided."""


class _Together(msgspec.Struct, frozen=True, kw_only=True):
    """Events of several bills that happen together, and what is booked beside them."""

    at: datetime
    events: Mapping[str, AnyBillEvent]
    entries: tuple[LedgerEntry, ...] = ()
    credit: tuple[CreditMove, ...] = ()
    payment: Payment | None = None
    reversed: Payment | None = None


class BillIntake:
    """One way in for people, clocks, money and our own work."""

    def __init__(self, store: Store, planner: BillPlanner) -> None:
        self._store = store
        self._planner = planner
        self._payments = Numbers(PAYMENT_LETTER)

    async def begin(self, event: Proposed, *, key: str | None = None) -> Bill:
        """Make a bill. Raises AlreadyExists if another is for its item, or the key was used."""
        ruling = decide(None, event)
        assert isinstance(ruling, BillDecision), "every proposal has a row"
        await self._store.bills.commit(self._change(event.at, [(None, event, ruling)], BillCause(key=key)))
        return ruling.bill

    async def submit_bill(self, bill_id: str, event: AnyBillEvent, cause: BillCause = BillCause()) -> BillRuling:  # noqa: B008 - frozen
        """Decide on an event of a bill and write what follows; a credit note's finalising is booked on its invoice as well.

        Raises UnknownBill; AlreadyExists if the key was used; LeaseLost; StoreUnavailable.
        """

        async def together() -> _Together:
            events = {bill_id: event}
            if isinstance(event, BillActed) and event.act is BillAct.FINALISE:
                events |= await self._of_the_credited(bill_id, event)
            return _Together(at=event.at, events=events)

        try:
            return await self._happen(together, cause, bill_id)
        except NotEnoughCredit:
            return MoneyRefused(NO_CREDIT)
        except NumbersInDoubt:
            return MoneyRefused(IN_DOUBT)

    async def pay(self, payment: Payment, shares: Shares, *, key: str | None = None) -> Payment | MoneyRefused:
        """Book a payment with its shares; what is left over stays as the partner's credit. Raises ShareFault, AlreadyExists."""
        booked = msgspec.structs.replace(payment, id=self._payments.next(payment.booked_at))
        at, by = booked.booked_at, booked.booked_by

        async def together() -> _Together:
            payments.check(booked, shares, await self._bills(shares))
            rest = payments.left_over(booked, shares)
            return _Together(
                at=at,
                events={bill: Paid(at=at, by=by, payment=booked.id, amount=share) for bill, share in shares.items()},
                entries=(rest,) if rest else (),
                credit=(_move(rest),) if rest else (),
                payment=booked,
            )

        ruling = await self._happen(together, BillCause(key=key))
        return ruling if isinstance(ruling, MoneyRefused) else booked

    async def pay_back(self, payment: Payment, *, key: str | None = None) -> Payment | MoneyRefused:
        """Book that some of a partner's credit was paid back to it. Raises AlreadyExists."""
        booked = msgspec.structs.replace(payment, id=self._payments.next(payment.booked_at), back=True)
        entry = payments.paid_back(booked)

        async def together() -> _Together:
            return _Together(at=booked.booked_at, events={}, entries=(entry,), credit=(_move(entry),), payment=booked)

        try:
            await self._happen(together, BillCause(key=key))
        except NotEnoughCredit:
            return MoneyRefused(NO_CREDIT)
        return booked

    async def take_back(self, payment_id: str, *, why: str, at: datetime, by: str) -> Payment | MoneyRefused:
        """Take a payment back that did not hold. Raises UnknownPayment."""
        found: list[Payment] = []

        async def together() -> _Together:
            payment = await self._store.bills.payment(payment_id)
            if payment is None:
                raise UnknownPayment(payment_id)
            entries = await self._store.bills.ledger(payment=payment_id)
            bills = await self._bills({entry.bill for entry in entries if entry.bill})
            back = payments.taken_back(payment, entries, bills, at, by)
            found.append(msgspec.structs.replace(payment, reversed_at=at, reversed_why=why))
            return _Together(
                at=at,
                events={
                    bill: Reversed(at=at, by=by, payment=payment_id, amount=share, words=why)
                    for bill, share in back.shares.items()
                },
                entries=(back.credit,) if back.credit else (),
                credit=(_move(back.credit),) if back.credit else (),
                reversed=found[-1],
            )

        payment = await self._store.bills.payment(payment_id)
        if payment is not None and payment.reversed_at is not None:
            return MoneyRefused("The payment was taken back before.")
        try:
            ruling = await self._happen(together, BillCause())
        except NotEnoughCredit:
            return MoneyRefused(CREDIT_IS_USED)
        return ruling if isinstance(ruling, MoneyRefused) else found[-1]

    async def use_credit(self, bill_id: str, amount: Decimal, *, at: datetime, by: str) -> BillRuling:
        """Pay for a bill with the partner's credit. Raises UnknownBill."""
        return await self.submit_bill(bill_id, CreditUsed(at=at, by=by, amount=amount))

    async def move(self, was: str, now: str, *, at: datetime, by: str, words: str) -> int:
        """Give a partner's bills, credit and payments to the one that it was merged into; return how many bills.

        Bill after bill, so that nobody waits; whoever is broken off does it once more. Raises StoreUnavailable.
        """
        count, event = 0, Moved(at=at, by=by, partner=now, words=words)
        where = BillFilter(partner=was, states=(*UNNUMBERED, *NUMBERED), limit=_MOVED_AT_ONCE)
        while found := await self._store.bills.bills(where):
            for bill in found:
                await self.submit_bill(bill.id, event)
            count += len(found)
        for _ in range(MAX_CONFLICTS):
            credit = [Money(amount=amount, currency=of) for _, of, amount in await self._store.bills.credit(was)]
            lines = [payments.credit_moved(was, each, event) for each in credit]
            entries = tuple(entry for pair in lines for entry in pair)
            change = BillChange(at=at, entries=entries, credit=_summed(map(_move, entries)), payments_moved=(was, now))
            try:
                await self._store.bills.commit(change)
            except NotEnoughCredit:  # some of it was used meanwhile
                continue
            return count
        raise VersionConflict(was)

    async def _bills(self, names: Iterable[str]) -> dict[str, Bill]:
        found = {name: await self._store.bills.bill(name) for name in names}
        return {name: bill for name, bill in found.items() if bill is not None}

    async def _of_the_credited(self, bill_id: str, event: BillActed) -> dict[str, AnyBillEvent]:
        """What finalising a credit note does to its invoice."""
        note = await self._store.bills.bill(bill_id)
        if note is None or note.kind is not BillKind.CREDIT_NOTE or note.credits is None:
            return {}
        credited = Credited(at=event.at, by=event.by, credit_note=note.id, amount=note.total, words=event.words)
        return {note.credits: credited}

    async def _happen(
        self, make: Callable[[], Awaitable[_Together]], cause: BillCause, first: str | None = None
    ) -> BillRuling:
        """Decide on all that happens together, and write it; anew if somebody else was first. The ruling is the first bill's."""
        for _ in range(MAX_CONFLICTS):
            together = await make()
            ruled = [(await self._read(name), event) for name, event in together.events.items()]
            if cause.seen is not None and cause.seen != ruled[0][0].version_of_forms:
                return MoneyRefused(CHANGED)
            rulings = [(bill, event, decide(bill, event)) for bill, event in ruled]
            refused = next((ruling for _, _, ruling in rulings if isinstance(ruling, MoneyRefused)), None)
            if refused is not None:
                return refused
            change = self._change(together.at, rulings, cause, first)
            change = msgspec.structs.replace(
                change,
                entries=(*change.entries, *together.entries),
                credit=_summed((*change.credit, *together.credit)),
                payment=together.payment,
                reversed=together.reversed,
            )
            try:
                await self._store.bills.commit(change)
            except VersionConflict:
                continue
            return rulings[0][2] if rulings else MoneyIgnored("Nothing but the partner's credit has changed.")
        raise VersionConflict(first or "payment")

    async def _read(self, bill_id: str) -> Bill:
        bill = await self._store.bills.bill(bill_id)
        if bill is None:
            raise UnknownBill(bill_id)
        return bill

    def _change(
        self,
        at: datetime,
        rulings: Iterable[tuple[Bill | None, AnyBillEvent, BillRuling]],
        cause: BillCause,
        subject: str | None = None,
    ) -> BillChange:
        rulings = list(rulings)
        decided = [(before, event, ruling) for before, event, ruling in rulings if isinstance(ruling, BillDecision)]
        ignored = [(before, event, ruling) for before, event, ruling in rulings if isinstance(ruling, MoneyIgnored)]
        return BillChange(
            at=at,
            writes=(
                *(self._write(before, event, ruling, cause) for before, event, ruling in decided),
                *(_ignored(before, event, ruling, cause) for before, event, ruling in ignored if before is not None),
            ),
            entries=tuple(entry for _, _, ruling in decided for entry in ruling.entries),
            credit=_summed(
                CreditMove(partner=ruling.bill.partner, currency=ruling.bill.currency, by=ruling.credit)
                for _, _, ruling in decided
            ),
            paper=cause.paper if decided else None,
            told={name: entry for _, event, ruling in decided for name, entry in _told(event, ruling.bill).items()},
            completes=cause.completes,
            owner=cause.owner,
            subject=subject,
            key=cause.key,
        )

    def _write(self, before: Bill | None, event: AnyBillEvent, ruling: BillDecision, cause: BillCause) -> BillWrite:
        bill = ruling.bill
        entry = HistoryEntry(
            at=event.at,
            by=event.by,
            kind=HistoryKind.DECISION,
            words=narrate(event),
            state=bill.state,
            detail={"why": ruling.row.why},
        )
        return BillWrite(
            bill=bill,
            created=before is None,
            lines=before is None or before.lines != bill.lines,
            takes_number=ruling.takes_number,
            event=event,
            history=(*cause.history, entry),
            effects=tuple(self._planner.plan(effect, at=event.at) for effect in ruling.effects),
            withdraw=ruling.withdraw,
            open_tasks=ruling.open_tasks,
            close_tasks=ruling.close_tasks,
            notices=noticed(
                bill, event, {each.paper: each.to for each in ruling.effects if isinstance(each, MailPaper)}
            ),
            notices_set_aside=id_of(bill.id, BillPaper.BILL) if posted(event) else None,
        )


def _ignored(bill: Bill, event: AnyBillEvent, ruling: MoneyIgnored, cause: BillCause) -> BillWrite:
    """A line of history alone: the bill's version moves all the same, for that is how two writers hear of each other."""
    words = f"{narrate(event)} {ruling.words}"
    entry = HistoryEntry(at=event.at, by=event.by, kind=HistoryKind.IGNORED, words=words, state=bill.state)
    moved = msgspec.structs.replace(bill, version=bill.version + 1, quiet=bill.quiet + 1)
    return BillWrite(bill=moved, event=event, history=(*cause.history, entry))


def _told(event: AnyBillEvent, bill: Bill) -> dict[str, HistoryEntry]:
    """What the requests' own histories say of a bill: that there is one. Their tasks to be billed are over with that."""
    if not (isinstance(event, BillActed) and event.act is BillAct.FINALISE):
        return {}
    words = f"A {bill.kind} about it was finalised: {bill.id}, {bill.total} {bill.currency}."
    entry = HistoryEntry(at=event.at, by=event.by, kind=HistoryKind.NOTE, words=words)
    return dict.fromkeys(bill.requests, entry)


def _move(entry: LedgerEntry) -> CreditMove:
    """What a line of no bill does to the credit."""
    return CreditMove(partner=entry.partner, currency=entry.currency, by=-entry.amount)


def _summed(moves: Iterable[CreditMove]) -> tuple[CreditMove, ...]:
    """One move for each partner and currency; none where nothing moves."""
    sums: dict[tuple[str, str], Decimal] = {}
    for move in moves:
        sums[move.partner, move.currency] = sums.get((move.partner, move.currency), NOTHING) + move.by
    return tuple(
        CreditMove(partner=partner, currency=currency, by=by) for (partner, currency), by in sums.items() if by
    )
