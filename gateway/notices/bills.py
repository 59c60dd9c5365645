"""What a mail with a bill or a reminder says, and how it stands in the list of mails. Pure."""

from collections.abc import Mapping
from typing import Final

from gateway.money.effects import BillPaper
from gateway.money.events import AnyBillEvent, BillAct, BillActed, Mailed, NotMailed
from gateway.money.records import Bill
from gateway.notices.records import Notice, NoticeKind, NoticeState
from gateway.notices.texts import Text, written


def mail_text(bill: Bill, paper: BillPaper, own: Mapping[str, str]) -> Text:
    """Return subject and body of a mail with this paper; `own` has the library's words."""
    return written(kind_of(paper), _facts(bill), own)


def kind_of(paper: BillPaper) -> NoticeKind:
    """Say what kind of mail a paper goes with."""
    return NoticeKind.BILL if paper is BillPaper.BILL else NoticeKind.REMINDER


def _facts(bill: Bill) -> dict[str, str]:
    face = bill.face
    assert face is not None, "only what is finalised is sent"
    return {
        "kind": bill.kind.value,
        "number": str(bill.number),
        "total": str(bill.total),
        "owed": str(bill.balance),
        "currency": bill.currency,
        "dated": face.dated.isoformat(),
        "due": f"It is due on {face.due.isoformat()}." if face.due else "",
        "partner": face.buyer.name,
        "library": face.seller.name,
        "contact": face.seller.contact or face.seller.name,
    }


_BECAME: Final = {True: NoticeState.UNKNOWN, False: NoticeState.REFUSED}


def noticed(bill: Bill, event: AnyBillEvent, asked: Mapping[BillPaper, str]) -> tuple[Notice, ...]:
    """Return what an event of a bill makes of its mails; `asked`: addresses to which papers are to be sent from now on."""
    match event:
        case Mailed(paper=paper, to=to):
            return (_notice(bill, event, paper, to, NoticeState.SENT),)
        case NotMailed(paper=paper, to=to, perhaps=perhaps):
            return (_notice(bill, event, paper, to, _BECAME[perhaps]),)
    return tuple(_notice(bill, event, paper, to, NoticeState.WAITING) for paper, to in asked.items())


def posted(event: AnyBillEvent) -> bool:
    """Whether staff have sent the bill on paper: no mail of it is open any more."""
    return isinstance(event, BillActed) and event.act is BillAct.POSTED


def id_of(bill: str, paper: BillPaper) -> str:
    """Return the id of the one line that a bill's paper has among the mails."""
    return f"{bill} {paper}"


def _notice(bill: Bill, event: AnyBillEvent, paper: BillPaper, to: str, state: NoticeState) -> Notice:
    what = f"{bill.kind} {bill.number}" if paper is BillPaper.BILL else f"{paper} about {bill.number}"
    return Notice(
        id=id_of(bill.id, paper),
        kind=kind_of(paper),
        state=state,
        about=bill.id,
        to=to,
        subject=what,
        made_at=event.at,
        changed_at=event.at,
        changed_by=event.by,
        words=event.words if isinstance(event, Mailed | NotMailed) else "",
    )
