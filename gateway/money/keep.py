"""What is known of a bill now: what rows write into its record."""

from gateway.money.events import BillActed, BillItemSeen, CameBack, Mailed, NotMailed, Proposed
from gateway.money.machine import BillDraft
from gateway.money.records import Bill, BillState, BillWay, Seen


def begin(event: Proposed) -> Bill:
    """Make the bill of a proposal."""
    return Bill(
        id=event.bill,
        kind=event.kind,
        state=BillState.DRAFT,
        partner=event.partner,
        currency=event.currency,
        created_at=event.at,
        updated_at=event.at,
        state_since=event.at,
        lines=event.lines,
        item_barcode=event.item_barcode,
        credits=event.credits,
        gathers=event.gathers,
    )


def seen(draft: BillDraft, event: BillItemSeen) -> None:
    """What the circulation system shows of the item."""
    draft.set(seen=event.seen, seen_at=event.at, seen_words=event.words)


def quiet(draft: BillDraft, event: object) -> None:
    """Whoever has the bill open can go on: nobody has acted, and every act means what it did."""
    draft.set(quiet=draft.bill.quiet + 1)


def back(draft: BillDraft, event: CameBack) -> None:
    """Its item is back."""
    draft.set(back_at=event.at)


def seen_back(draft: BillDraft, event: CameBack) -> None:
    """Likewise before it has a number: it is not finalised then."""
    draft.set(back_at=event.at, seen=Seen.BACK, seen_at=event.at, seen_words="It was checked in here.")


def not_seen(draft: BillDraft, event: object) -> None:
    """It is asked anew: what it showed before counts no more."""
    draft.set(seen=None, seen_at=None, seen_words="")


def shelf_checked(draft: BillDraft, event: BillActed) -> None:
    """Somebody has looked at our own shelf."""
    draft.set(shelf_checked_by=event.by)


def lines(draft: BillDraft, event: BillActed) -> None:
    """The lines as a person wrote them."""
    draft.set(lines=draft.bill.lines if event.lines is None else event.lines)


def face(draft: BillDraft, event: BillActed) -> None:
    """What is frozen, beside the number that the store gives."""
    draft.set(face=event.face, series=event.series, fiscal_year=event.fiscal_year, template_hash=event.template_hash)
    draft.takes_number = True


def template(draft: BillDraft, event: BillActed) -> None:
    """The template that it is to be made by, after all."""
    draft.set(template_hash=event.template_hash)


def paper_made(draft: BillDraft, event: object) -> None:
    """Its PDF is kept."""
    draft.set(paper_made=True)


def mailed(draft: BillDraft, event: Mailed) -> None:
    """The partner was sent it by e-mail; the first time counts."""
    draft.set(sent_at=draft.bill.sent_at or event.at, sent_by=BillWay.EMAIL, sent_to=event.to)


def posted(draft: BillDraft, event: BillActed) -> None:
    """Likewise on paper."""
    draft.set(sent_at=draft.bill.sent_at or event.at, sent_by=BillWay.PAPER, sent_to=None)


def mailed_perhaps(draft: BillDraft, event: NotMailed) -> None:
    """Nobody knows: whoever sends it again knows to whom it may have gone."""
    draft.set(sent_to=event.to)


def reminded(draft: BillDraft, event: object) -> None:
    """One reminder more has gone out."""
    draft.set(reminders=draft.bill.reminders + 1, reminded_at=draft.at)


def disputed(draft: BillDraft, event: BillActed) -> None:
    """The partner's reason."""
    draft.set(disputed=event.words)


def not_disputed(draft: BillDraft, event: object) -> None:
    """It is settled between us."""
    draft.set(disputed=None)
