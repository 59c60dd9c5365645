"""Finding and choosing a copy, and keeping the answer that policy or a person gave."""

from datetime import datetime, timedelta

import msgspec

from gateway.workflow.effects import AskCopies, FindCopies
from gateway.workflow.events import (
    CopiesChecked,
    CopiesFound,
    RequestArrived,
    StaffActed,
)
from gateway.workflow.machine import Draft
from gateway.workflow.records import (
    Answer,
    AnswerKind,
    CopyStatus,
    Item,
    LendingState,
    Request,
    Role,
)


def begin(event: RequestArrived) -> Request:
    """Make the request that an arriving message asks for; its first row then gives it a state."""
    return Request(
        id=event.request,
        role=Role.LENDING,
        state=LendingState.SEARCHING,
        peer=event.peer,
        partner=event.partner,
        account=event.account,
        requesting_agency=event.requesting_agency,
        supplying_agency=event.supplying_agency,
        partner_request_id=event.partner_request_id,
        previous_request_id=event.previous_request_id,
        created_at=event.at,
        updated_at=event.at,
        state_since=event.at,
        service=event.service,
        level=event.level,
        need_before=event.need_before,
        wanted=event.wanted,
        note=event.note,
        max_cost=event.max_cost,
        deliver_to=event.deliver_to,
        deliver_by_mail_to=event.deliver_by_mail_to,
        answer=event.turned_away,
        policy_version=event.policy_version,
    )


def find_copies(draft: Draft, event: object) -> None:
    """Look the work up."""
    draft.emit(FindCopies(wanted=draft.request.wanted))


def ask_copies(draft: Draft, event: CopiesFound) -> None:
    """Ask the circulation system about each copy."""
    draft.emit(AskCopies(copies=event.copies))


def keep_answer(draft: Draft, event: CopiesFound | CopiesChecked) -> None:
    """Keep the policy's answer, its choice and the other copies that would do."""
    answer = event.answer
    if answer is None:
        return
    draft.set(answer=answer, candidates=_candidates(answer), expected_at=answer.expected_at, cost=answer.cost)
    draft.set(condition=answer.condition, due_expected=_due_expected(draft.at, answer))
    if isinstance(event, CopiesChecked):
        draft.set(policy_version=event.policy_version)


def _candidates(answer: Answer) -> tuple[CopyStatus, ...]:
    chosen = (answer.choice,) if answer.choice else ()
    return (*chosen, *answer.others)


def _due_expected(at: datetime, answer: Answer) -> datetime | None:
    return None if answer.loan_days is None else at + timedelta(days=answer.loan_days)


def choose_copy(draft: Draft, event: object) -> None:
    """Take the best candidate as the request's item; the rest stay candidates."""
    first, *rest = draft.request.candidates
    item = Item(copy=first.copy, queue_length=first.queue_length)
    draft.set(items=(item,), candidates=tuple(rest), answer=None)


def choose_named_copy(draft: Draft, event: StaffActed) -> None:
    """Take the copy that staff named."""
    copy = event.copies[0]
    known = {status.copy.item_barcode: status for status in draft.request.candidates}
    queue = known[copy.item_barcode].queue_length if copy.item_barcode in known else 0
    others = tuple(status for status in draft.request.candidates if status.copy.item_barcode != copy.item_barcode)
    draft.set(items=(Item(copy=copy, queue_length=queue),), candidates=others, answer=None)


def reject_items(draft: Draft, event: object) -> None:
    """The copies at hand can't be had: remember that, so that they aren't tried act.again."""
    draft.set(rejected=(*draft.request.rejected, *(item.barcode for item in draft.request.items)), items=())


def take_partner(draft: Draft, event: StaffActed) -> None:
    """Set the partner and its account that the approval named."""
    draft.set(partner=event.partner, account=event.account)


def keep_refusal_of_partner(draft: Draft, event: StaffActed) -> None:
    """Not a partner: PolicyProblem, unless staff named another reason."""
    draft.set(answer=Answer(kind=AnswerKind.UNFILLED, reason=event.reason or "PolicyProblem", note=event.note))


def keep_unfilled(draft: Draft, event: StaffActed) -> None:
    """Staff's no with its reason; NotAvailableForILL where none was named."""
    draft.set(answer=Answer(kind=AnswerKind.UNFILLED, reason=event.reason or "NotAvailableForILL", note=event.note))


def keep_retry(draft: Draft, event: StaffActed) -> None:
    """Staff's not now with its reason; NotCurrentAvailableForILL where none was named."""
    reason = event.reason or "NotCurrentAvailableForILL"
    draft.set(answer=Answer(kind=AnswerKind.RETRY, reason=reason, note=event.note, retry_after=event.retry_after))


def keep_offer(draft: Draft, event: StaffActed) -> None:
    """Staff's only-if: a cost, a condition, or both, with RetryPossible (iso18626.md, "only if")."""
    offer = event.answer or Answer(kind=AnswerKind.RETRY)
    reason = offer.reason or event.reason or ("CostExceedsMaxCost" if offer.cost else "MustMeetLoanCondition")
    kept = msgspec.structs.replace(offer, kind=AnswerKind.RETRY, reason=reason, note=offer.note or event.note)
    draft.set(answer=kept, cost=offer.cost, condition=offer.condition)


def keep_not_on_shelf(draft: Draft, event: object) -> None:
    """No copy came: NotOnShelf, unless another candidate is left (duty 7)."""
    note = event.note if isinstance(event, StaffActed) else None
    draft.set(answer=Answer(kind=AnswerKind.UNFILLED, reason="NotOnShelf", note=note))
