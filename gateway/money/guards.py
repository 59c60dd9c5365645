"""Conditions of rows: each looks at the bill and at what happens to it."""

from gateway.money.amounts import NOTHING
from gateway.money.effects import REMINDERS, BillPaper
from gateway.money.events import (
    BillActed,
    BillItemSeen,
    CameBack,
    Credited,
    CreditUsed,
    Mailed,
    NotMailed,
    Paid,
    PaperMade,
    Reversed,
)
from gateway.money.records import Bill, BillKind, BillWay, Seen

AnyMoney = Paid | CreditUsed


def is_of_an_item(bill: Bill, event: object) -> bool:
    """There is an item that may have come back."""
    return bill.item_barcode is not None


def was_not_looked_at(bill: Bill, event: object) -> bool:
    """The circulation system has not answered yet."""
    return bill.seen is None


def is_unclear(bill: Bill, event: BillItemSeen) -> bool:
    """The circulation system's answer does not say where the item is."""
    return event.seen is Seen.UNCLEAR


def is_back(bill: Bill, event: object) -> bool:
    """The circulation system shows the item as back."""
    return bill.seen is Seen.BACK


def was_known_to_be_back(bill: Bill, event: CameBack) -> bool:
    """It was told before."""
    return bill.back_at is not None


def is_to_be_credited(bill: Bill, event: CameBack) -> bool:
    """The terms take something back, something is left to take back, and nobody has begun to."""
    return event.credits and bill.credited == NOTHING and bill.balance + bill.paid > NOTHING


def is_credit_note(bill: Bill, event: object) -> bool:
    """It is no invoice."""
    return bill.kind is BillKind.CREDIT_NOTE


def asks_for_nothing(bill: Bill, event: object) -> bool:
    """It has no line, or lines of nothing."""
    return bill.total <= NOTHING


def has_an_empty_line(bill: Bill, event: object) -> bool:
    """A line waits for its amount."""
    return any(line.amount <= NOTHING for line in bill.lines)


def has_no_paper(bill: Bill, event: object) -> bool:
    """Its PDF is not made yet."""
    return not bill.paper_made


def names_no_address(bill: Bill, event: BillActed) -> bool:
    """Nobody knows where the mail is to go."""
    return not event.to


def has_no_reason(bill: Bill, event: BillActed) -> bool:
    """Whoever did it did not say why."""
    return not event.words.strip()


def is_reminder(bill: Bill, event: PaperMade | Mailed | NotMailed) -> bool:
    """It is about a reminder letter, not about the bill itself."""
    return event.paper is not BillPaper.BILL


def is_reminder_by_mail(bill: Bill, event: PaperMade) -> bool:
    """It is a reminder, and the bill went by e-mail."""
    return is_reminder(bill, event) and bill.sent_by is BillWay.EMAIL and bill.sent_to is not None


def has_a_reminder_left(bill: Bill, event: object) -> bool:
    """A reminder has not gone out yet."""
    return bill.reminders < len(REMINDERS)


def has_no_reminder_left(bill: Bill, event: object) -> bool:
    """Every reminder has gone out."""
    return not has_a_reminder_left(bill, event)


def was_sent(bill: Bill, event: object) -> bool:
    """The partner has it."""
    return bill.sent_at is not None


def was_paid_in_part(bill: Bill, event: object) -> bool:
    """Some of it is paid."""
    return bill.paid > NOTHING


def covers(bill: Bill, event: AnyMoney) -> bool:
    """It is all that is owed."""
    return NOTHING < event.amount == bill.balance


def fits(bill: Bill, event: AnyMoney) -> bool:
    """It is a part of what is owed."""
    return NOTHING < event.amount < bill.balance


def fits_the_waived(bill: Bill, event: Paid) -> bool:
    """It is no more than what was written off."""
    return NOTHING < event.amount <= bill.waived


def was_not_paid_so_much(bill: Bill, event: Reversed) -> bool:
    """So much of it is not paid."""
    return not NOTHING < event.amount <= bill.paid


def leaves_a_part_paid(bill: Bill, event: Reversed) -> bool:
    """More of it is paid than by that."""
    return event.amount < bill.paid


def can_be_credited(bill: Bill, event: Credited) -> bool:
    """No more is taken back than was asked for and not waived."""
    return NOTHING < event.amount <= bill.balance + bill.paid


def credit_ends_it_unpaid(bill: Bill, event: Credited) -> bool:
    """Nothing is owed then, and nothing of it was paid for good."""
    return can_be_credited(bill, event) and event.amount == bill.balance + bill.paid


def credit_ends_it(bill: Bill, event: Credited) -> bool:
    """Nothing is owed then."""
    return can_be_credited(bill, event) and event.amount >= bill.balance


def replaces_all(bill: Bill, event: BillActed) -> bool:
    """The replacement stands for all that is owed."""
    return event.amount is None or event.amount == bill.balance


def replaces_some(bill: Bill, event: BillActed) -> bool:
    """It stands for a part of that."""
    return event.amount is not None and NOTHING < event.amount < bill.balance
