"""What is asked for: work of the queue, clocks, and what only a person can do."""

from gateway.money.amounts import NOTHING
from gateway.money.effects import REMINDERS, AskItem, MailPaper, MakePaper, RemindLater
from gateway.money.events import BillActed, NotMailed, PaperMade, PaperNotMade
from gateway.money.machine import BillDraft
from gateway.money.records import BillKind
from gateway.workflow.tasks import TaskKind


def item(draft: BillDraft, event: object) -> None:
    """Ask the circulation system whether the item has come back."""
    if draft.bill.item_barcode is not None:
        draft.withdraw(AskItem.key_of())
        draft.emit(AskItem(item_barcode=draft.bill.item_barcode))


def paper(draft: BillDraft, event: object) -> None:
    """Have the bill's PDF made."""
    draft.close(TaskKind.PAPER_FAILED)
    draft.emit(MakePaper())


def mend_template(draft: BillDraft, event: PaperNotMade) -> None:
    """Ask staff: the template is wrong."""
    draft.open(TaskKind.PAPER_FAILED, f"The {event.paper} can't be printed. {event.words}")


def mail(draft: BillDraft, event: BillActed) -> None:
    """Send the bill by e-mail. What was asked before and has not begun is not sent beside it."""
    assert event.to is not None, "a row before this refuses"
    mailing = MailPaper(to=event.to, time=draft.bill.version + 1)
    draft.close(TaskKind.NOT_MAILED, TaskKind.PERHAPS_MAILED)
    draft.withdraw(mailing.key)
    draft.emit(mailing)


def not_mailed(draft: BillDraft, event: NotMailed) -> None:
    """Ask staff: the mail could not be handed over."""
    draft.open(TaskKind.NOT_MAILED, f"The {event.paper} was not sent: {event.words}")


def perhaps_mailed(draft: BillDraft, event: NotMailed) -> None:
    """Ask staff: it may have arrived."""
    words = f"The {event.paper} may have been sent: {event.words} Ask the partner before you send it again."
    draft.open(TaskKind.PERHAPS_MAILED, words)


def credit(draft: BillDraft, event: object) -> None:
    """Ask staff: what was billed is back."""
    words = f"The item is back that was billed by {draft.bill.number}: begin a credit note, as the partner's terms say."
    draft.open(TaskKind.BILLED_CAME_BACK, words)


def no_credit(draft: BillDraft, event: object) -> None:
    """A credit note is made."""
    draft.close(TaskKind.BILLED_CAME_BACK)


def nothing_more_to_send(draft: BillDraft, event: object) -> None:
    """It was sent after all."""
    draft.close(TaskKind.NOT_MAILED, TaskKind.PERHAPS_MAILED)


def reminder(draft: BillDraft, event: object) -> None:
    """Have the next reminder's letter made."""
    draft.withdraw(RemindLater.key_of())
    draft.emit(MakePaper(paper=REMINDERS[draft.bill.reminders]))


def mail_reminder(draft: BillDraft, event: PaperMade) -> None:
    """It goes where the bill went."""
    assert draft.bill.sent_to is not None, "its guard says so"
    draft.emit(MailPaper(to=draft.bill.sent_to, paper=event.paper, time=draft.bill.version + 1))


def post_reminder(draft: BillDraft, event: PaperMade) -> None:
    """Ask staff: print the letter and send it."""
    draft.open(TaskKind.POST_LETTER, f"Print {event.paper}, and send it on paper as the bill was.")


def next_reminder(draft: BillDraft, event: object) -> None:
    """Let the clock of the next reminder run, if there is one and something is owed."""
    bill = draft.bill
    draft.withdraw(RemindLater.key_of())
    if bill.kind is BillKind.INVOICE and bill.face and bill.balance > NOTHING and bill.reminders < len(REMINDERS):
        draft.emit(RemindLater(number=bill.reminders + 1, since=draft.at))


def first_reminder(draft: BillDraft, event: object) -> None:
    """Likewise, if it is sent for the first time."""
    if draft.bill.sent_at is None:
        next_reminder(draft, event)


def no_reminder(draft: BillDraft, event: object) -> None:
    """Nobody is reminded any more."""
    draft.withdraw(RemindLater.key_of(), *map(MakePaper.key_of, REMINDERS), *map(MailPaper.key_of, REMINDERS))
    draft.close(TaskKind.POST_LETTER)
