"""Decisions on bills: what the engine (engine.py) decides for whatever has a life, with the ledger's lines and the number beside it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from gateway.money.amounts import NOTHING
from gateway.money.effects import AnyBillEffect
from gateway.money.engine import Decision, Draft, MoneyIgnored, MoneyRefused, MoneyRow, Table
from gateway.money.events import BillAct
from gateway.money.records import Bill, EntryKind, LedgerEntry


@dataclass(frozen=True, slots=True)
class BillDecision(Decision[Bill, AnyBillEffect]):
    """What became of the bill, and what is to be done; written in one transaction."""

    entries: tuple[LedgerEntry, ...] = ()
    credit: Decimal = NOTHING
    """By how much the partner's credit changes."""
    takes_number: bool = False
    """The bill gets the next number of its series in this transaction."""

    @property
    def bill(self) -> Bill:
        """As it is from now on."""
        return self.subject


BillRuling = BillDecision | MoneyIgnored | MoneyRefused


class BillDraft(Draft[Bill, AnyBillEffect]):
    """A decision on a bill being made."""

    def __init__(self, bill: Bill, at: datetime, by: str) -> None:
        super().__init__(bill, at, by)
        self.entries: list[LedgerEntry] = []
        self.credit = NOTHING
        self.takes_number = False

    @property
    def bill(self) -> Bill:
        """As far as it is decided."""
        return self.subject

    def post(self, kind: EntryKind, amount: Decimal, *, on_bill: bool = True, **more: Any) -> None:
        """Write a line of the ledger: of the bill, or of the partner's credit. An amount of nothing is no line."""
        if amount != NOTHING:
            bill = self.bill
            entry = LedgerEntry(
                partner=bill.partner,
                currency=bill.currency,
                bill=bill.id if on_bill else None,
                kind=kind,
                amount=amount,
                at=self.at,
                by=self.by,
                **more,
            )
            self.entries.append(entry)

    def decision(self, found: MoneyRow, *, is_new: bool) -> BillDecision:
        """Return what was decided, with what is booked."""
        made = super().decision(found, is_new=is_new)
        return BillDecision(
            subject=made.subject,
            row=made.row,
            effects=made.effects,
            withdraw=made.withdraw,
            open_tasks=made.open_tasks,
            close_tasks=made.close_tasks,
            entries=tuple(self.entries),
            credit=self.credit,
            takes_number=self.takes_number,
        )


BillTable = Table[Bill, AnyBillEffect, BillAct]
